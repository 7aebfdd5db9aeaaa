/**
 * Walks one source of a run and keeps every step. Killed at any moment it is taken up again: what was sealed in
 * this run is not fetched a second time, and the accounts it touched are screened when it ends.
 */

import { PinchaError, reasonOf } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import type { Outcome } from '../../core/model/capture.ts';
import type { RunCounts } from '../../core/model/run.ts';
import { adapterOfSource } from '../../crawlers/boards/adapter.ts';
import { crawlSource as walk } from '../../crawlers/crawl.ts';
import { searchOnly } from '../../crawlers/search-only.ts';
import { inTransaction } from '../../db/connect.ts';
import { readPageState } from '../../db/repositories/capture.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { linkSource } from '../../db/repositories/revisit.ts';
import { claimTask, endTask, planAccounts, runStateOf, saveTaskCounts, sealedInRun, settleRun } from '../../db/repositories/run.ts';
import { noteVisit, readSource, type Source } from '../../db/repositories/source.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { keepStep } from './seal-step.ts';
import { lookForUnlisted } from './unlisted.ts';

/** Most requests of one walk; the rest waits for the next night. */
const MAX_PAGES = 20_000;
const SETTLE_EVERY_MS = 1_000;
/** A long walk hands over what it has seen so far this often, so that a board of thousands of pages is screened while it is read. */
const HAND_OVER_EVERY = 150;

interface Walked {
  readonly outcome: Outcome | null;
  readonly detail: string | null;
  readonly changed: boolean;
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

async function walkSource(ctx: JobContext, of: { runId: string; taskId: string; source: Source; counts: RunCounts }): Promise<Walked> {
  const { runId, taskId, source } = of;
  const steps = walk({
    source,
    adapter: source.role === 'search' ? searchOnly(adapterOfSource(source)) : adapterOfSource(source),
    fetcher: ctx.fetcher,
    done: await sealedInRun(ctx.db, runId, source.id),
    validators: (url) => readPageState(ctx.db, url),
    maxPages: MAX_PAGES,
    signal: ctx.signal,
    floorDelayMs: ctx.floorDelayFor(source.platform),
  });
  let total = of.counts;
  let [first, last, detail]: [Outcome | null, Outcome | null, string | null] = [null, null, null];
  let changed = false;
  let settledAt = 0;
  let walked = 0;
  const seen = new Set<string>();
  for await (const step of steps) {
    walked += 1;
    first ??= step.outcome;
    last = step.outcome;
    if (step.outcome !== 'ok' && step.outcome !== 'unchanged') detail = step.reason;
    const kept = await keepStep(ctx, step, { platform: step.platform, runId, sourceId: source.id, kind: step.kind, source }, async (tx, { counts }) => {
      await saveTaskCounts(tx, taskId, addCounts(total, counts));
    });
    total = addCounts(total, kept.counts);
    changed ||= kept.changed;
    if (kept.accountId) seen.add(kept.accountId);
    if (walked % HAND_OVER_EVERY === 0) await handOver(ctx, runId, seen);
    if (Date.now() - settledAt < SETTLE_EVERY_MS) continue;
    settledAt = Date.now();
    if ((await settleRun(ctx.db, runId, ctx.clock.now())) !== 'running') break;
  }
  // Shut down in the middle: the task stays unfinished and the next process takes it up.
  if (ctx.signal.aborted) throw new PinchaError('INTERRUPTED', { reason: 'shutdown' });
  return { outcome: walkOutcome(first, last), detail, changed };
}

async function finish(
  ctx: JobContext,
  of: { runId: string; taskId: string; source: Source; startedAt: Date },
  walked: Walked,
  state: 'done' | 'failed',
): Promise<void> {
  const now = ctx.clock.now();
  const { runId, taskId, source } = of;
  await inTransaction(ctx.db, async (tx) => {
    const touched = await endTask(tx, { taskId, runId, sourceId: source.id, state, outcome: walked.outcome, detail: walked.detail, now });
    const seen = walked.outcome === 'ok' || walked.outcome === 'unchanged';
    await linkSource(tx, source.id, touched, now);
    if (seen && state === 'done') await lookForUnlisted(tx, source, touched, of.startedAt, now);
    await noteVisit(tx, source.id, { outcome: walked.outcome ?? 'network', changed: seen ? walked.changed : null, now });
    await addToOutbox(
      tx,
      touched.map((accountId) => ({ topic: 'account.screen' as const, payload: { accountId, runId } })),
      now,
    );
  });
  await settleRun(ctx.db, runId, ctx.clock.now());
}

export const crawlSource = defineJob({
  name: 'source.crawl',
  queue: 'crawl',
  input: TOPICS['source.crawl'],
  attempts: 3,
  backoffMs: 2_000,
  key: ({ taskId }) => taskId,
  run: async ({ runId, taskId }, ctx) => {
    const task = await claimTask(ctx.db, taskId, ctx.clock.now());
    if (!task) return;
    const source = await readSource(ctx.db, task.sourceId);
    if (!source) throw new PinchaError('NOT_FOUND', { what: '来源' });
    const walked = await walkSource(ctx, { runId, taskId, source, counts: task.counts });
    if ((await runStateOf(ctx.db, runId)) !== 'running') return;
    await finish(ctx, { runId, taskId, source, startedAt: task.startedAt }, walked, 'done');
  },
  failed: async ({ runId, taskId }, ctx, reason) => {
    const task = await claimTask(ctx.db, taskId, ctx.clock.now());
    const source = task ? await readSource(ctx.db, task.sourceId) : null;
    if (source)
      await finish(
        ctx,
        { runId, taskId, source, startedAt: task?.startedAt ?? ctx.clock.now() },
        { outcome: null, detail: reasonOf(reason), changed: false },
        'failed',
      );
  },
});
