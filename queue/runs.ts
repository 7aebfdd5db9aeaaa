/** Starting, resuming and catching up runs. A night that was missed (power cut, stuck queue) is run when we are back. */
import { instantOf, localDate } from '../core/clock.ts';
import type { RunKind, RunState } from '../core/model/run.ts';
import { inTransaction } from '../db/connect.ts';
import { addToOutbox } from '../db/repositories/outbox.ts';
import { runningRuleJobs } from '../db/repositories/rule-job.ts';
import { anyRun, hasWorkLeft, ranSince, runStateOf, settleRun, startRun, unfinished } from '../db/repositories/run.ts';
import { sourcesToVisit } from '../db/repositories/source.ts';
import type { JobContext } from './context.ts';
import { watchNight } from './rule-night.ts';

type RunContext = Pick<JobContext, 'db' | 'clock' | 'config' | 'log'>;
/** A missed night is caught up until this many hours after its time; later, tonight's run is near enough. */
const CATCH_UP_HOURS = 20;
/** What falls due while a night runs is visited in it: a source seen at 02:10 last night is not yet due at 01:30. */
const NIGHT_MS = 8 * 3_600_000;

/** Starts a run and its walks in one transaction, or finds the one that is running. */
export async function beginRun(ctx: RunContext, kind: RunKind, by: string): Promise<{ runId: string; started: boolean }> {
  const now = ctx.clock.now();
  const sources = await sourcesToVisit(ctx.db, kind === 'nightly' ? new Date(now.getTime() + NIGHT_MS) : null);
  try {
    const done = await inTransaction(ctx.db, async (tx) => {
      const begun = await startRun(tx, { kind, runDate: localDate(now), by, now, sourceIds: sources.map((s) => s.id) });
      await addToOutbox(
        tx,
        begun.taskIds.map((taskId) => ({ topic: 'source.crawl' as const, payload: { runId: begun.runId, taskId } })),
        now,
      );
      return begun;
    });
    if (done.started && sources.length === 0) await settleRun(ctx.db, done.runId, now);
    return done;
  } catch (error) {
    // Two starts in one moment: the unique index let one through, and that one is found now.
    const twin = (thrown: unknown): boolean => thrown instanceof Error && (('code' in thrown && thrown.code === '23505') || twin(thrown.cause));
    if (!twin(error)) throw error;
    return inTransaction(ctx.db, (tx) => startRun(tx, { kind, runDate: localDate(now), by, now, sourceIds: [] }));
  }
}

/** Counts of a run are summed up again after this long, and then as many times the time it took: large runs cost more. */
const SETTLE_EVERY_MS = 1_000;
const SETTLE_SHARE = 20;
/** When the counts of a run are next summed up, by run. */
const settleAt = new Map<string, number>();

/**
 * Sums up a run after a part of it ended, once in a while, and at once when it was the last one: a night of a hundred
 * thousand accounts must not sum up all of them after each. @returns the run's state
 */
export async function settleSparingly(ctx: Pick<JobContext, 'db' | 'clock'>, runId: string): Promise<RunState | null> {
  const began = performance.now();
  if (began < (settleAt.get(runId) ?? 0)) {
    const state = await runStateOf(ctx.db, runId);
    if (state !== 'running' || (await hasWorkLeft(ctx.db, runId))) return state;
  }
  // Noted before and after: others that come meanwhile need not do the same.
  settleAt.set(runId, began + SETTLE_EVERY_MS);
  const state = await settleRun(ctx.db, runId, ctx.clock.now());
  const ended = performance.now();
  if (state === 'running') settleAt.set(runId, ended + Math.max(SETTLE_EVERY_MS, SETTLE_SHARE * (ended - began)));
  else settleAt.delete(runId);
  return state;
}

/** Puts what running runs still have to do back into the queue; jobs that are there already stay one. */
export async function resumeRuns(ctx: RunContext): Promise<number> {
  const now = ctx.clock.now();
  const left = await unfinished(ctx.db);
  const rows = [
    ...left.tasks.map((payload) => ({ topic: 'source.crawl' as const, payload })),
    ...left.accounts.map((payload) => ({ topic: 'account.screen' as const, payload })),
    ...(await runningRuleJobs(ctx.db)).map(({ id }) => ({ topic: 'rules.job' as const, payload: { jobId: id } })),
  ];
  await inTransaction(ctx.db, (tx) => addToOutbox(tx, rows, now));
  if (rows.length === 0) for (const runId of left.runs) await watchNight(ctx, runId, await settleRun(ctx.db, runId, now));
  return rows.length;
}

/** Runs last night's run when it never started. A system that has never run has missed nothing. */
export async function catchUpNight(ctx: RunContext): Promise<boolean> {
  const now = ctx.clock.now();
  const due = instantOf(localDate(now), ctx.config.nightlyAt);
  const late = now.getTime() - due.getTime();
  if (late < 5 * 60_000 || late > CATCH_UP_HOURS * 3_600_000) return false;
  if (!(await anyRun(ctx.db)) || (await ranSince(ctx.db, due))) return false;
  const { started, runId } = await beginRun(ctx, 'nightly', '夜间巡查（补跑）');
  if (started) ctx.log.warn({ runId }, 'a missed night is caught up');
  return started;
}
