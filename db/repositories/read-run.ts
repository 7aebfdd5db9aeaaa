/** Runs as the nightly page shows them: the list, one run with its tasks and lanes, and the one before it. */
import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { FAULTS, type Outcome, WALLS } from '../../core/model/capture.ts';
import { EMPTY_COUNTS, type RunCounts } from '../../core/model/run.ts';
import type { Db } from '../connect.ts';
import { account, capture, postVersion, run, runAccount, runTask, source } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';
import { readAlarms } from './run.ts';

export type RunRecord = typeof run.$inferSelect;

/** The query of one page of runs. */
export function runQuery(db: Db, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['instant', 'uuid']);
  return db
    .select()
    .from(run)
    .where(after ? sql`(${run.startedAt}, ${run.id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : undefined)
    .orderBy(sql`${run.startedAt} desc nulls last`, sql`${run.id} desc nulls last`)
    .limit(limit + 1);
}

/** One page of runs, newest first. */
export async function readRuns(db: Db, cursor: string | undefined, limit: number): Promise<Page<RunRecord>> {
  return toPage(await runQuery(db, cursor, limit), limit, (r) => [r.startedAt.toISOString(), r.id]);
}

export async function readLastRun(db: Db): Promise<RunRecord | null> {
  const [row] = await runQuery(db, undefined, 0);
  return row ?? null;
}

const taskQuery = (db: Db, runId: string) =>
  db
    .select({ t: runTask, platform: source.platform, name: source.name, url: source.url })
    .from(runTask)
    .innerJoin(source, eq(source.id, runTask.sourceId))
    .where(eq(runTask.runId, runId));
export type TaskRecord = Awaited<ReturnType<typeof taskQuery>>[number];

/** What came of one platform within the run: tasks crawled, accounts screened. */
export interface LaneSum {
  readonly platform: string;
  readonly sources: number;
  readonly done: number;
  readonly counts: RunCounts;
}

/** What was sealed within one minute of the run on one platform. */
export interface RunTick {
  readonly platform: string;
  readonly minute: number;
  readonly pages: number;
  readonly posts: number;
  readonly walls: number;
  readonly errors: number;
}

const counted = (outcomes: ReadonlySet<Outcome>) => sql<number>`(count(*) filter (where ${inArray(capture.outcome, [...outcomes])}))::int`;
/** Ticks come from the captures, so that they move while a long walk is still going on. */
export function tickQuery(db: Db, row: Pick<RunRecord, 'id' | 'startedAt'>) {
  const kept = db
    .select({ id: postVersion.captureId, n: sql<number>`count(*)::int`.as('n') })
    .from(postVersion)
    .innerJoin(capture, eq(capture.id, postVersion.captureId))
    .where(eq(capture.runId, row.id))
    .groupBy(postVersion.captureId)
    .as('kept');
  return db
    .select({
      platform: source.platform,
      minute: sql<number>`greatest(0, floor(extract(epoch from (${capture.fetchedAt} - ${row.startedAt.toISOString()}::timestamptz)) / 60))::int`,
      pages: sql<number>`count(*)::int`,
      posts: sql<number>`coalesce(sum(${kept.n}), 0)::int`,
      walls: counted(WALLS),
      errors: counted(FAULTS),
    })
    .from(capture)
    .innerJoin(source, eq(source.id, capture.sourceId))
    .leftJoin(kept, eq(kept.id, capture.id))
    .where(eq(capture.runId, row.id))
    .groupBy(sql`1`, sql`2`)
    .orderBy(sql`1`, sql`2`);
}

const CRAWLED = ['pages', 'unchanged', 'walls', 'errors', 'posts', 'newPosts', 'bytes'] as const;
const SCREENED = ['findings', 'newFindings', 'casesOpened'] as const;
const summed = (counts: AnyPgColumn, keys: readonly (keyof RunCounts)[]) =>
  sql<Partial<RunCounts>>`json_build_object(${sql.join(
    keys.map((key) => sql`${sql.raw(`'${key}'`)}, coalesce(sum((${counts}->>${sql.raw(`'${key}'`)})::bigint), 0)`),
    sql`, `,
  )})`;

/** Counts per platform, summed in the database: a run may have a hundred thousand tasks and accounts. */
async function readLanes(db: Db, row: RunRecord): Promise<LaneSum[]> {
  const crawled = await db
    .select({
      platform: source.platform,
      sources: sql<number>`count(*)::int`,
      done: sql<number>`(count(*) filter (where ${runTask.state} in ('done', 'failed')))::int`,
      counts: summed(runTask.counts, CRAWLED),
    })
    .from(runTask)
    .innerJoin(source, eq(source.id, runTask.sourceId))
    .where(eq(runTask.runId, row.id))
    .groupBy(source.platform)
    .orderBy(source.platform);
  const screened = await db
    .select({ platform: account.platform, counts: summed(runAccount.counts, SCREENED) })
    .from(runAccount)
    .innerJoin(account, eq(account.id, runAccount.accountId))
    .where(eq(runAccount.runId, row.id))
    .groupBy(account.platform)
    .orderBy(account.platform);
  const crawls = crawled.map((r) => ({ ...r, counts: { ...EMPTY_COUNTS, ...r.counts, accountsPlanned: r.sources, accountsDone: r.done } }));
  return [...crawls, ...screened.map((r) => ({ ...r, sources: 0, done: 0, counts: { ...EMPTY_COUNTS, ...r.counts } }))];
}

/** Looks of a run by platform and outcome; of the sources named also by source. Pictures are left out: they are no pages. */
export async function readOutcomes(db: Db, runId: string, sourceIds: readonly string[]) {
  const pages = and(eq(capture.runId, runId), sql`${capture.kind} <> 'image'`);
  const n = sql<number>`count(*)::int`;
  const [lanes, tasks] = await Promise.all([
    db
      .select({ key: source.platform, outcome: capture.outcome, n })
      .from(capture)
      .innerJoin(source, eq(source.id, capture.sourceId))
      .where(pages)
      .groupBy(source.platform, capture.outcome),
    sourceIds.length === 0
      ? []
      : db
          .select({ key: sql<string>`${capture.sourceId}`, outcome: capture.outcome, n })
          .from(capture)
          .where(and(pages, inArray(capture.sourceId, [...sourceIds])))
          .groupBy(capture.sourceId, capture.outcome),
  ]);
  return { lanes, tasks };
}
export type OutcomeSum = Awaited<ReturnType<typeof readOutcomes>>['lanes'][number];

/** One run with its lanes, up to 500 tasks (working and failed first) and the run of its kind before it. */
export async function readRun(db: Db, id: string) {
  const [row] = await db.select().from(run).where(eq(run.id, id));
  if (!row) return null;
  const urgency = sql`array_position(array['working','failed','done','pending'], ${runTask.state})`;
  const [alarms, lanes, ticks, tasks, previous] = await Promise.all([
    readAlarms(db, id),
    readLanes(db, row),
    tickQuery(db, row),
    taskQuery(db, id).orderBy(urgency, asc(runTask.id)).limit(500),
    db
      .select()
      .from(run)
      .where(and(eq(run.kind, row.kind), lt(run.startedAt, row.startedAt)))
      .orderBy(desc(run.startedAt))
      .limit(1),
  ]);
  const outcomes = await readOutcomes(
    db,
    id,
    tasks.map(({ t }) => t.sourceId),
  );
  return { run: row, alarms, lanes, ticks, tasks, outcomes, previous: previous[0] ?? null };
}
export type RunDetail = NonNullable<Awaited<ReturnType<typeof readRun>>>;
