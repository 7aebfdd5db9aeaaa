/** Runs, their tasks and the accounts they have to screen: started once, resumed after a kill, counted, finished. */
import { and, asc, eq, gte, inArray, or, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { LACKING, type Outcome } from '../../core/model/capture.ts';
import { EMPTY_COUNTS, type RunCounts, type RunKind, type RunState } from '../../core/model/run.ts';
import type { Db } from '../connect.ts';
import { capture, run, runAccount, runAlarm, runTask, source } from '../schema/index.ts';
import { list } from './list.ts';

export interface RunStart {
  readonly kind: RunKind;
  /** YYYY-MM-DD in Asia/Shanghai. */
  readonly runDate: string;
  readonly by: string;
  readonly now: Date;
  readonly sourceIds: readonly string[];
}

/**
 * Starts a run with one task a source, or finds the one that is running (or, for a night, that ran already).
 * @returns `started` false when nothing new was made
 */
export async function startRun(tx: Db, wish: RunStart): Promise<{ runId: string; started: boolean; taskIds: string[] }> {
  const [running] = await tx
    .select({ id: run.id })
    .from(run)
    .where(or(eq(run.state, 'running'), and(eq(run.kind, 'nightly'), eq(run.runDate, wish.kind === 'nightly' ? wish.runDate : ''))))
    .orderBy(sql`(${run.state} = 'running') desc`)
    .limit(1);
  if (running) return { runId: running.id, started: false, taskIds: [] };
  const runId = newId();
  const counts = { ...EMPTY_COUNTS, accountsPlanned: wish.sourceIds.length };
  await tx.insert(run).values({ id: runId, kind: wish.kind, runDate: wish.runDate, state: 'running', counts, startedBy: wish.by, startedAt: wish.now });
  const tasks = wish.sourceIds.map((sourceId) => ({ id: newId(), runId, sourceId, state: 'pending' as const, counts: { ...EMPTY_COUNTS } }));
  for (let i = 0; i < tasks.length; i += 1_000) await tx.insert(runTask).values(tasks.slice(i, i + 1_000));
  return { runId, started: true, taskIds: tasks.map((t) => t.id) };
}

export interface ClaimedTask {
  readonly sourceId: string;
  readonly counts: RunCounts;
  readonly startedAt: Date;
  /** What the first page of the walk came to, when an earlier part of it got so far. */
  readonly outcome: Outcome | null;
}

/**
 * Takes a task to work on; null when it is done already, waits for its time, or its run was stopped. Whoever held it
 * before can store nothing more for it.
 * @param walker a name of the taker's own, new for each taking
 */
export async function claimTask(db: Db, taskId: string, walker: string, now: Date): Promise<ClaimedTask | null> {
  const [row] = await db
    .update(runTask)
    .set({ state: 'working', walker, resumeAt: null, startedAt: sql`coalesce(${runTask.startedAt}, ${now.toISOString()}::timestamptz)` })
    .where(
      and(
        eq(runTask.id, taskId),
        inArray(runTask.state, ['pending', 'working']),
        sql`(${runTask.resumeAt} is null or ${runTask.resumeAt} <= clock_timestamp())`,
        sql`exists (select 1 from ${run} r where r.id = ${runTask.runId} and r.state = 'running')`,
      ),
    )
    .returning({ sourceId: runTask.sourceId, counts: runTask.counts, startedAt: runTask.startedAt, outcome: runTask.outcome });
  return row ? { ...row, startedAt: row.startedAt ?? now } : null;
}

/** Notes how far a walk has come. @returns false when another walker has taken the task: then nothing of this one may be stored */
export async function saveTaskProgress(tx: Db, taskId: string, walker: string, counts: RunCounts, outcome: Outcome | null): Promise<boolean> {
  const mine = and(eq(runTask.id, taskId), eq(runTask.walker, walker));
  const rows = await tx.update(runTask).set({ counts, outcome }).where(mine).returning({ id: runTask.id });
  return rows.length > 0;
}

/** Lets a walk wait in the store: nobody takes its task up before. @returns when that is, by this process's clock */
export async function parkTask(tx: Db, taskId: string, wait: { ms: number; detail: string; now: Date }): Promise<Date> {
  const resumeAt = sql`clock_timestamp() + make_interval(secs => ${wait.ms / 1_000}::float8)`;
  await tx.update(runTask).set({ resumeAt, detail: wait.detail }).where(eq(runTask.id, taskId));
  return new Date(wait.now.getTime() + wait.ms);
}

/**
 * Has a run screen accounts; one that was screened already is screened again, because more of it was seen. However many:
 * they go as one list. In order of ids, so that two walks that saw the same accounts never wait for each other in a ring.
 */
export async function planAccounts(tx: Db, runId: string, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return;
  const ids = [...new Set(accountIds)].sort();
  await tx.execute(sql`
    insert into ${runAccount} (run_id, account_id, state, counts)
    select ${runId}::uuid, a, 'pending', ${JSON.stringify(EMPTY_COUNTS)}::jsonb from unnest(${list(ids, 'uuid')}) with ordinality as l (a, place) order by place
    on conflict (run_id, account_id) do update set state = 'pending' where ${runAccount.state} <> 'pending'`);
}

/**
 * Ends a task and names the accounts it touched, so that the run screens them.
 * @param end.seen accounts whose posts it showed on pages that are not theirs @returns the ids of all
 */
export async function endTask(
  tx: Db,
  end: {
    taskId: string;
    runId: string;
    sourceId: string;
    state: 'done' | 'failed';
    outcome: Outcome | null;
    detail: string | null;
    seen?: Iterable<string>;
    now: Date;
  },
): Promise<string[]> {
  const { taskId, runId, sourceId, state, outcome, detail, now } = end;
  await tx.update(runTask).set({ state, outcome, detail, endedAt: now }).where(eq(runTask.id, taskId));
  const named = await tx
    .selectDistinct({ id: capture.accountId })
    .from(capture)
    .where(and(eq(capture.runId, runId), eq(capture.sourceId, sourceId), sql`${capture.accountId} is not null`));
  const ids = [...new Set([...named.flatMap((r) => r.id ?? []), ...(end.seen ?? [])])];
  await planAccounts(tx, runId, ids);
  return ids;
}

/** Ends the screening of an account in a run; what earlier screenings in the same run found stays counted. */
export async function endAccount(tx: Db, runId: string, accountId: string, state: 'done' | 'failed', counts: Partial<RunCounts>, now: Date): Promise<void> {
  const mine = and(eq(runAccount.runId, runId), eq(runAccount.accountId, accountId));
  const [before] = await tx.select({ counts: runAccount.counts }).from(runAccount).where(mine).for('update');
  const earlier = before?.counts ?? EMPTY_COUNTS;
  const added = { newFindings: earlier.newFindings + (counts.newFindings ?? 0), casesOpened: earlier.casesOpened + (counts.casesOpened ?? 0) };
  const set = { state, endedAt: now, counts: { ...EMPTY_COUNTS, ...counts, ...added, accountsDone: 1 } };
  await tx.update(runAccount).set(set).where(mine);
}

const sumOf = (column: typeof runTask.counts | typeof runAccount.counts, key: keyof RunCounts) =>
  sql`coalesce(sum((${column}->>${sql.raw(`'${key}'`)})::bigint), 0)::bigint`;
const CRAWLED = ['pages', 'unchanged', 'walls', 'errors', 'posts', 'newPosts', 'bytes'] as const;
const SCREENED = ['findings', 'newFindings', 'casesOpened'] as const;

/** Sums up a run's counts from its parts and, when nothing is left to do, ends it. @returns its state now */
export async function settleRun(db: Db, runId: string, now: Date): Promise<RunState | null> {
  return db.transaction(async (tx) => {
    const [row] = await tx.select({ state: run.state }).from(run).where(eq(run.id, runId)).for('update');
    if (!row) return null;
    const left = sql<number>`count(*) filter (where ${runTask.state} in ('pending','working'))::int`;
    const crawled = sql.join(
      CRAWLED.map((k) => sql`${sql.raw(`'${k}'`)}, ${sumOf(runTask.counts, k)}`),
      sql`, `,
    );
    const [tasks] = await tx
      .select({ all: sql<number>`count(*)::int`, left, counts: sql<RunCounts>`jsonb_build_object(${crawled})` })
      .from(runTask)
      .where(eq(runTask.runId, runId));
    const screened = sql.join(
      SCREENED.map((k) => sql`${sql.raw(`'${k}'`)}, ${sumOf(runAccount.counts, k)}`),
      sql`, `,
    );
    const [accounts] = await tx
      .select({
        all: sql<number>`count(*)::int`,
        left: sql<number>`count(*) filter (where ${runAccount.state} = 'pending')::int`,
        again: sql<number>`count(*) filter (where ${runAccount.state} = 'pending' and (${runAccount.counts}->>'accountsDone')::int > 0)::int`,
        counts: sql<RunCounts>`jsonb_build_object(${screened})`,
      })
      .from(runAccount)
      .where(eq(runAccount.runId, runId));
    if (!tasks || !accounts) return row.state;
    const planned = tasks.all + accounts.all;
    // An account that waits to be screened again was gone through: what is done stays done.
    const progress = { accountsPlanned: planned, accountsDone: planned - tasks.left - accounts.left + accounts.again, accountsAgain: accounts.again };
    const counts = { ...EMPTY_COUNTS, ...tasks.counts, ...accounts.counts, ...progress };
    const over = row.state === 'running' && tasks.left === 0 && accounts.left === 0;
    await tx
      .update(run)
      .set(over ? { counts, state: 'done', endedAt: now } : { counts })
      .where(eq(run.id, runId));
    return over ? 'done' : row.state;
  });
}

/** Stops a run: what is sealed stays, what is left is not visited. */
export async function stopRun(tx: Db, runId: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(run)
    .set({ state: 'stopped', endedAt: now })
    .where(and(eq(run.id, runId), eq(run.state, 'running')))
    .returning({ id: run.id });
  return rows.length > 0;
}

/** Whether a run has a walk or an account left; cheap however many it has. */
export async function hasWorkLeft(db: Db, runId: string): Promise<boolean> {
  const { rows } = await db.execute<{ left: boolean }>(sql`
    select exists (select 1 from ${runTask} where run_id = ${runId} and state in ('pending', 'working'))
      or exists (select 1 from ${runAccount} where run_id = ${runId} and state = 'pending') as left`);
  return rows[0]?.left === true;
}

export async function runStateOf(db: Db, runId: string): Promise<RunState | null> {
  const [row] = await db.select({ state: run.state }).from(run).where(eq(run.id, runId));
  return row?.state ?? null;
}

/** What running runs still have to do: what a new process takes up again after a kill. */
export async function unfinished(
  db: Db,
): Promise<{ tasks: { runId: string; taskId: string }[]; accounts: { runId: string; accountId: string }[]; runs: string[] }> {
  const runs = await db.select({ id: run.id }).from(run).where(eq(run.state, 'running'));
  const ids = runs.map((r) => r.id);
  if (ids.length === 0) return { tasks: [], accounts: [], runs: [] };
  const tasks = await db
    .select({ runId: runTask.runId, taskId: runTask.id })
    .from(runTask)
    .where(
      and(
        inArray(runTask.runId, ids),
        inArray(runTask.state, ['pending', 'working']),
        sql`(${runTask.resumeAt} is null or ${runTask.resumeAt} <= clock_timestamp())`,
      ),
    )
    .orderBy(asc(runTask.id));
  const accounts = await db
    .select({ runId: runAccount.runId, accountId: runAccount.accountId })
    .from(runAccount)
    .where(and(inArray(runAccount.runId, ids), eq(runAccount.state, 'pending')));
  return { tasks, accounts, runs: ids };
}

/** Whether a run over all sources began at or after an instant: then the night it stands for is not missed. */
export async function ranSince(db: Db, since: Date): Promise<boolean> {
  const [row] = await db
    .select({ id: run.id })
    .from(run)
    .where(and(gte(run.startedAt, since), inArray(run.kind, ['nightly', 'demand'])))
    .limit(1);
  return row !== undefined;
}

/** Whether any run ever started. */
export async function anyRun(db: Db): Promise<boolean> {
  const [row] = await db.select({ id: run.id }).from(run).limit(1);
  return row !== undefined;
}

/** Pages of a platform that lacked required fields, where a run saw so many of them that its pages must have changed. */
export interface DriftAlarm {
  readonly platform: string;
  readonly pages: number;
  readonly missing: number;
}

/** Above this share of a run's pages of a platform an alarm is raised. */
const DRIFT_SHARE = 0.2;
/** Outcomes of pages that were read, of which fields were required. */
const READ: Outcome[] = ['ok', 'empty_state', 'parse_drift'];

/**
 * Raises an alarm for each platform of which more than a fifth of the run's pages lack required fields, or brings the
 * one that stands up to date. @returns those raised now
 */
export async function raiseDrift(db: Db, runId: string, now: Date): Promise<DriftAlarm[]> {
  // Once for a run, when its last walk has ended.
  const [walking] = await db
    .select({ id: runTask.id })
    .from(runTask)
    .where(and(eq(runTask.runId, runId), inArray(runTask.state, ['pending', 'working'])))
    .limit(1);
  if (walking) return [];
  // A page of which only some posts lack fields is kept for the others, and says so in its reason.
  const lacking = sql`count(*) filter (where ${capture.outcome} = 'parse_drift' or ${capture.reason} like ${`${LACKING}%`})`;
  const missing = sql<number>`(${lacking})::int`;
  const rows = await db
    .select({ platform: source.platform, pages: sql<number>`count(*)::int`, missing })
    .from(capture)
    .innerJoin(source, eq(source.id, capture.sourceId))
    .where(and(eq(capture.runId, runId), inArray(capture.outcome, READ), inArray(capture.kind, ['account', 'list', 'post'])))
    .groupBy(source.platform)
    .having(sql`${lacking} > ${DRIFT_SHARE}::float8 * count(*)`);
  const raised: DriftAlarm[] = [];
  for (const row of rows) {
    const target = [runAlarm.runId, runAlarm.platform, runAlarm.kind];
    const counts = { pages: row.pages, missing: row.missing };
    const [done] = await db
      .insert(runAlarm)
      .values({ runId, kind: 'drift', at: now, ...row })
      .onConflictDoUpdate({ target, set: counts })
      .returning({ fresh: sql<boolean>`xmax = 0` });
    if (done?.fresh) raised.push(row);
  }
  return raised;
}

export const readAlarms = (db: Db, runId: string): Promise<DriftAlarm[]> =>
  db
    .select({ platform: runAlarm.platform, pages: runAlarm.pages, missing: runAlarm.missing })
    .from(runAlarm)
    .where(eq(runAlarm.runId, runId))
    .orderBy(asc(runAlarm.platform));
