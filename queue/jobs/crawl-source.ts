/**
 * Walks one source of a run and keeps every step: what was seen, and what becomes of its address, in one transaction.
 * Killed at any moment it is taken up again where it was; asked to come back later it waits in the store, not here;
 * and the accounts it touched are screened when it ends.
 */

import { PinchaError, reasonOf } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import { newId } from '../../core/ids.ts';
import type { Outcome } from '../../core/model/capture.ts';
import type { RunCounts } from '../../core/model/run.ts';
import { nextNight } from '../../core/politeness.ts';
import { adapterOfSource } from '../../crawlers/boards/adapter.ts';
import { type WalkEnd, type WalkStep, crawlSource as walk } from '../../crawlers/crawl.ts';
import { firstLinks } from '../../crawlers/following.ts';
import { searchOnly } from '../../crawlers/search-only.ts';
import { inTransaction } from '../../db/connect.ts';
import { readPageState } from '../../db/repositories/capture.ts';
import { closeFrontier, openFrontier } from '../../db/repositories/frontier.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { linkSource } from '../../db/repositories/revisit.ts';
import {
  type ClaimedTask,
  claimTask,
  endTask,
  parkTask,
  planAccounts,
  raiseDrift,
  runStateOf,
  saveTaskProgress,
  settleRun,
} from '../../db/repositories/run.ts';
import { noteVisit, readSource, type Source } from '../../db/repositories/source.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { watchNight } from '../rule-night.ts';
import { settleSparingly } from '../runs.ts';
import { keepStep } from './seal-step.ts';
import { lookForUnlisted } from './unlisted.ts';

/** Most requests of one walk in a night; the rest waits for the next. */
const MAX_PAGES = 200_000;
/** A walk that hosts keep waiting is over for the night after this long. */
const PATIENCE_MS = 6 * 3_600_000;
const SETTLE_EVERY_MS = 1_000;
/**
 * A long walk hands over what it has seen so far, so that a board of thousands of pages is screened while it is read:
 * after so many pages, and then whenever it is half as long again. An account is screened whole each time, so doing
 * that at even steps would cost the square of the walk.
 */
const HAND_OVER_FIRST = 150;
const HAND_OVER_FACTOR = 1.5;

/** One walk of one source in one run. */
interface Walk {
  readonly runId: string;
  readonly taskId: string;
  readonly walker: string;
  readonly source: Source;
  readonly task: ClaimedTask;
}
interface Walked {
  readonly end: WalkEnd;
  readonly outcome: Outcome | null;
  readonly detail: string | null;
  readonly changed: boolean;
  /** Accounts seen since the last hand-over. */
  readonly seen: ReadonlySet<string>;
}

export function addCounts(total: RunCounts, part: Partial<RunCounts>): RunCounts {
  const sum = { ...total };
  for (const key of Object.keys(part) as (keyof RunCounts)[]) sum[key] += part[key] ?? 0;
  return sum;
}

/** The outcome that tells most of a walk: a wall that ended it, else what its first page came to. */
function walkOutcome(first: Outcome | null, last: Outcome | null): Outcome | null {
  const ended: ReadonlySet<string> = new Set(['captcha', 'login_wall', 'rate_limited', 'host_paused']);
  return last && ended.has(last) ? last : first;
}

/** Has the accounts seen so far screened while the walk goes on. */
async function handOver(ctx: JobContext, runId: string, seen: Set<string>): Promise<void> {
  const ids = [...seen];
  seen.clear();
  await inTransaction(ctx.db, async (tx) => {
    await planAccounts(tx, runId, ids);
    await addToOutbox(
      tx,
      ids.map((accountId) => ({ topic: 'account.screen' as const, payload: { accountId, runId } })),
      ctx.clock.now(),
    );
  });
}

const walkOf = async (ctx: JobContext, { source, runId, task }: Walk) => {
  const platform = adapterOfSource(source);
  const adapter = source.role === 'search' ? searchOnly(platform) : platform;
  const frontier = await openFrontier(ctx.db, { sourceId: source.id, runId }, firstLinks({ adapter, source }));
  const steps = walk({
    source,
    adapter,
    frontier,
    fetcher: ctx.fetcher,
    validators: (url) => readPageState(ctx.db, url),
    maxPages: Math.max(0, MAX_PAGES - task.counts.pages),
    patienceMs: Math.max(0, task.startedAt.getTime() + PATIENCE_MS - ctx.clock.now().getTime()),
    robotsPage: source.robotsPage,
    signal: ctx.signal,
    floorDelayMs: ctx.floorDelayFor(source.platform),
  });
  return { frontier, steps };
};

/** @returns null when another process has taken the walk over */
async function walkSource(ctx: JobContext, of: Walk): Promise<Walked | null> {
  const { runId, taskId, walker, source, task } = of;
  const { frontier, steps } = await walkOf(ctx, of);
  let total = task.counts;
  let [first, last, detail]: [Outcome | null, Outcome | null, string | null] = [task.outcome, task.outcome, null];
  let settledAt = 0;
  let walked = 0;
  let handOverAt = HAND_OVER_FIRST;
  let takenOver = false;
  const seen = new Set<string>();
  const keep = (step: WalkStep) =>
    keepStep(ctx, step, { platform: step.platform, runId, sourceId: source.id, kind: step.kind, source }, async (tx, { counts, beside }) => {
      takenOver = !(await saveTaskProgress(tx, taskId, walker, addCounts(total, counts), first));
      if (takenOver) throw new PinchaError('STALE');
      // Accounts that no capture names are remembered at once: a kill must not leave their posts unscreened.
      await planAccounts(tx, runId, beside);
      await frontier.settle(tx, step, step.settlement);
    });
  let next = await steps.next();
  for (; !next.done; next = await steps.next()) {
    const step = next.value;
    walked += 1;
    first ??= step.outcome;
    last = step.outcome;
    if (step.outcome !== 'ok' && step.outcome !== 'unchanged') detail = step.reason;
    const kept = await keep(step).catch((error: unknown) => {
      if (takenOver) return null;
      throw error;
    });
    if (kept === null) return null;
    total = addCounts(total, kept.counts);
    for (const id of kept.accountIds) seen.add(id);
    if (walked >= handOverAt) {
      handOverAt = Math.ceil(walked * HAND_OVER_FACTOR);
      await handOver(ctx, runId, seen);
    }
    if (Date.now() - settledAt < SETTLE_EVERY_MS) continue;
    settledAt = Date.now();
    if ((await settleSparingly(ctx, runId)) !== 'running') break;
  }
  // Shut down in the middle: the task stays unfinished and the next process takes it up.
  if (ctx.signal.aborted) throw new PinchaError('INTERRUPTED', { reason: 'shutdown' });
  return { end: next.done ? next.value : { how: 'told' }, outcome: walkOutcome(first, last), detail, changed: total.newPosts > 0, seen };
}

/** The host asked us to come back: the walk waits in the store, and the job that goes on with it is written beside it. */
async function park(ctx: JobContext, { runId, taskId }: Walk, waitMs: number): Promise<void> {
  const now = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const minutes = Math.ceil(waitMs / 60_000);
    const notBefore = await parkTask(tx, taskId, { ms: waitMs, detail: `对方要求稍后再来，约 ${minutes} 分钟后继续；地址已留存`, now });
    await addToOutbox(tx, [{ topic: 'source.crawl' as const, payload: { runId, taskId }, notBefore }], now);
  });
}

async function finish(ctx: JobContext, of: Walk, walked: Omit<Walked, 'end'>, state: 'done' | 'failed'): Promise<void> {
  const now = ctx.clock.now();
  const { runId, taskId, source, task } = of;
  await inTransaction(ctx.db, async (tx) => {
    const waiting = await closeFrontier(tx, { sourceId: source.id });
    const { outcome, detail } = walked;
    const touched = await endTask(tx, { taskId, runId, sourceId: source.id, state, outcome, detail, seen: walked.seen, now });
    const seen = walked.outcome === 'ok' || walked.outcome === 'unchanged';
    await linkSource(tx, source.id, touched, now);
    if (seen && state === 'done' && waiting === 0) await lookForUnlisted(tx, source, touched, task.startedAt, now);
    const night = waiting > 0 ? nextNight(now, ctx.config.nightlyAt) : null;
    await noteVisit(tx, source.id, { outcome: walked.outcome ?? 'network', changed: seen ? walked.changed : null, now, night });
    await addToOutbox(
      tx,
      touched.map((accountId) => ({ topic: 'account.screen' as const, payload: { accountId, runId } })),
      now,
    );
  });
  for (const alarm of await raiseDrift(ctx.db, runId, now))
    ctx.log.error(
      { event: 'drift', runId, ...alarm },
      'required fields are missing on more than a fifth of the pages of a platform: its pages must have changed',
    );
  await watchNight(ctx, runId, await settleRun(ctx.db, runId, ctx.clock.now()));
}

/** Takes a task with the source it is about; null when there is nothing to walk. */
async function takeUp(ctx: JobContext, runId: string, taskId: string): Promise<Walk | null> {
  const walker = newId();
  const task = await claimTask(ctx.db, taskId, walker, ctx.clock.now());
  if (!task) return null;
  const source = await readSource(ctx.db, task.sourceId);
  if (!source) throw new PinchaError('NOT_FOUND', { what: '来源' });
  return { runId, taskId, walker, source, task };
}

export const crawlSource = defineJob({
  name: 'source.crawl',
  queue: 'crawl',
  input: TOPICS['source.crawl'],
  attempts: 3,
  backoffMs: 2_000,
  key: ({ taskId }) => taskId,
  run: async ({ runId, taskId }, ctx) => {
    const mine = await takeUp(ctx, runId, taskId);
    const walked = mine && (await walkSource(ctx, mine));
    if (!mine || !walked || (await runStateOf(ctx.db, runId)) !== 'running') return;
    if (walked.end.how === 'waiting') await park(ctx, mine, walked.end.waitMs);
    else await finish(ctx, mine, walked, 'done');
  },
  failed: async ({ runId, taskId }, ctx, reason) => {
    const mine = await takeUp(ctx, runId, taskId);
    if (mine) await finish(ctx, mine, { outcome: null, detail: reasonOf(reason), changed: false, seen: new Set() }, 'failed');
  },
});
