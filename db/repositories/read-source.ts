/** Sources as the screen shows them: newest first, with the last walk of each. */
import { and, desc, eq, ilike, inArray, notInArray, or, type SQL, sql } from 'drizzle-orm';
import type { Outcome } from '../../core/model/capture.ts';
import type { RunCounts } from '../../core/model/run.ts';
import type { Db } from '../connect.ts';
import { capture, run, runTask, source } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';
import { suspicious } from './revisit.ts';

export interface SourceFilter {
  readonly id?: string;
  readonly platform?: string;
  readonly active?: boolean;
  readonly outcome?: Outcome;
  readonly q?: string;
}

/** The source is named with its table: a column alone would be taken for one of the task's. */
const last = <T>(column: typeof runTask.counts | typeof runTask.detail) =>
  sql<T | null>`(select t.${sql.identifier(column.name)} from ${runTask} t where t.source_id = ${source}.id and t.ended_at is not null order by t.id desc limit 1)`;

/** The query of one page of sources, for reading and for explaining its plan. */
export function sourcesQuery(db: Db, filter: SourceFilter, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['uuid']);
  const like = filter.q ? `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` : null;
  const wanted: (SQL | undefined)[] = [
    filter.id ? eq(source.id, filter.id) : undefined,
    filter.platform ? eq(source.platform, filter.platform) : undefined,
    filter.active === undefined ? undefined : eq(source.active, filter.active),
    filter.outcome ? eq(source.lastOutcome, filter.outcome) : undefined,
    like ? or(ilike(source.name, like), ilike(source.url, like)) : undefined,
    after ? sql`${source.id} < ${after[0]}::uuid` : undefined,
  ];
  return db
    .select({ s: source, counts: last<RunCounts>(runTask.counts), detail: last<string>(runTask.detail), nightly: sql<boolean>`${suspicious}` })
    .from(source)
    .where(and(...wanted))
    .orderBy(desc(source.id))
    .limit(limit + 1);
}
export type SourceRecord = Awaited<ReturnType<typeof sourcesQuery>>[number];

export async function readSources(db: Db, filter: SourceFilter, cursor: string | undefined, limit: number): Promise<Page<SourceRecord>> {
  return toPage(await sourcesQuery(db, filter, cursor, limit), limit, (r) => [r.s.id]);
}

const VISITS = 14;
const UNREAD = 30;
const READ: readonly Outcome[] = ['ok', 'unchanged'];

/** The last walks of a source with what came of their looks, and what of the newest could not be read. */
export async function readVisits(db: Db, sourceId: string) {
  const visits = await db
    .select({ t: runTask, at: run.startedAt })
    .from(runTask)
    .innerJoin(run, eq(run.id, runTask.runId))
    .where(eq(runTask.sourceId, sourceId))
    .orderBy(desc(runTask.id))
    .limit(VISITS);
  const [newest] = visits;
  if (!newest) return { visits, outcomes: [], unread: [] };
  const runs = visits.map(({ t }) => t.runId);
  const pages = and(eq(capture.sourceId, sourceId), sql`${capture.kind} <> 'image'`);
  const [outcomes, unread] = await Promise.all([
    db
      .select({ runId: sql<string>`${capture.runId}`, outcome: capture.outcome, n: sql<number>`count(*)::int` })
      .from(capture)
      .where(and(inArray(capture.runId, runs), pages))
      .groupBy(capture.runId, capture.outcome),
    db
      .select({ id: capture.id, url: capture.url, outcome: capture.outcome, reason: capture.reason, at: capture.fetchedAt, sha256: capture.sha256 })
      .from(capture)
      .where(and(eq(capture.runId, newest.t.runId), pages, notInArray(capture.outcome, [...READ])))
      .orderBy(desc(capture.id))
      .limit(UNREAD),
  ]);
  return { visits, outcomes, unread };
}
