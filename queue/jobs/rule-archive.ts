/**
 * Work over the whole archive because of rules: a replay says what a draft would change, a re-screening applies a law that
 * changed. Each step is one transaction with the cursor in it: a kill in the middle loses the step and nothing else, and a
 * step done twice finds its cursor moved.
 */

import type { Compare } from '../../classifiers/rules/lifecycle.ts';
import { comparePack } from '../../classifiers/rules/lifecycle.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import { type Db, inTransaction, patiently } from '../../db/connect.ts';
import {
  accountAfter,
  addDifferences,
  advanceRuleJob,
  endRuleJob,
  postsAfter,
  type RuleJob,
  readRuleJob,
  type SeenDifference,
} from '../../db/repositories/rule-job.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { rescreenAccount } from './screen-account.ts';

const BATCH = 200;

/** Thrown inside a step's transaction to give it up: the job was stopped, or somebody else moved it. */
class Overtaken extends PinchaError {
  constructor() {
    super('STALE', { what: 'rule_job' });
  }
}

/** Compares the next posts. @returns false when none was left */
async function replayStep(ctx: JobContext, job: RuleJob, compare: Compare): Promise<boolean> {
  const now = ctx.clock.now();
  const posts = await postsAfter(ctx.db, job.cursor, job.since, BATCH);
  const last = posts.at(-1);
  if (!last) return false;
  const seen: SeenDifference[] = [];
  const counts: Record<string, number> = {};
  const count = (key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  for (const post of posts) {
    const { differences, same } = compare(post.input, post.lastSeenAt);
    if (same > 0) count('same');
    for (const { change, finding } of differences) {
      count(change);
      count(`${change}/kind/${finding.kind}`);
      count(`${change}/platform/${post.platform}`);
      seen.push({ change, finding, post });
    }
  }
  await inTransaction(ctx.db, async (tx) => {
    if (!(await advanceRuleJob(tx, job, { cursor: last.id, done: posts.length, counts, now }))) throw new Overtaken();
    await addDifferences(tx, job.id, seen, now);
  });
  return true;
}

/** Accounts that fail one after the other before it is no longer for the accounts. */
const MOST_FAILED = 5;

/** Screens the next account again. @param failedBefore accounts that failed just before @returns what came of it, null when none was left */
async function rescreenStep(ctx: JobContext, job: RuleJob, failedBefore: number): Promise<'done' | 'failed' | null> {
  const now = ctx.clock.now();
  const accountId = await accountAfter(ctx.db, job.cursor);
  if (!accountId) return null;
  const move = async (tx: Db, counts: Record<string, number>): Promise<void> => {
    if (!(await advanceRuleJob(tx, job, { cursor: accountId, done: 1, counts, now }))) throw new Overtaken();
  };
  try {
    await patiently(ctx.db, async (tx) => {
      const done = await rescreenAccount(ctx, tx, accountId);
      await move(tx, { findings: done.findings, added: done.added, superseded: done.superseded, cases: done.opened });
    });
  } catch (error) {
    if (error instanceof Overtaken || ctx.signal.aborted || failedBefore >= MOST_FAILED) throw error;
    // One account that cannot be screened must not keep all behind it under the old law.
    ctx.log.error({ accountId, error: reasonOf(error) }, 'account could not be screened again');
    await inTransaction(ctx.db, (tx) => move(tx, { failed: 1 }));
    return 'failed';
  }
  return 'done';
}

/**
 * Works a job off until it is done, stopped, or the process ends.
 * @param tell told after each step how far it is
 * @returns the job as it stands then; still `running` when the signal aborted
 */
export async function workRuleJob(ctx: JobContext, jobId: string, tell: (job: RuleJob) => void = () => undefined): Promise<RuleJob | null> {
  let compare: Compare | null = null;
  let failed = 0;
  for (;;) {
    const job = await readRuleJob(ctx.db, jobId);
    if (!job) return null;
    tell(job);
    if (job.state !== 'running' || ctx.signal.aborted) return job;
    try {
      if (job.kind === 'replay') compare ??= comparePack(ctx.law.active(), job.text ?? '', job.pack ?? '');
      const screened = job.kind === 'replay' ? null : await rescreenStep(ctx, job, failed);
      failed = screened === 'failed' ? failed + 1 : 0;
      const more = compare ? await replayStep(ctx, job, compare) : screened !== null;
      if (!more) await endRuleJob(ctx.db, jobId, 'done', ctx.clock.now());
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
    // Other work of this process gets its turn between steps.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const ruleArchive = defineJob({
  name: 'rules.job',
  queue: 'archive',
  input: TOPICS['rules.job'],
  attempts: 5,
  backoffMs: 5_000,
  key: ({ jobId }) => jobId,
  run: async ({ jobId }, ctx) => {
    await ctx.law.refresh(true);
    await workRuleJob(ctx, jobId);
  },
  failed: async ({ jobId }, ctx, reason) => {
    await endRuleJob(ctx.db, jobId, 'failed', ctx.clock.now(), reason.slice(0, 500));
  },
});
