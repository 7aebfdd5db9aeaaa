/** The figures of a night by rule, what revisions in the shadow would have changed in it, and the alarms when it is over. */
import { localDate } from '../core/clock.ts';
import type { ScreenResult } from '../core/model/finding.ts';
import type { RunState } from '../core/model/run.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import type { Post } from '../db/repositories/content.ts';
import { addDrift, readDrift } from '../db/repositories/drift.ts';
import { addDifferences, addShadowNight, type SeenDifference } from '../db/repositories/rule-job.ts';
import { addNightHits, raiseAlarms } from '../db/repositories/rule-night.ts';
import type { JobContext, Shadow } from './context.ts';
import { countDrift } from './drift.ts';

interface ScreenedPost {
  readonly post: Post;
  readonly result: ScreenResult;
}

async function runShadow(ctx: JobContext, tx: Db, { revisionId, compare }: Shadow, fresh: readonly ScreenedPost[], day: string): Promise<void> {
  const seen: SeenDifference[] = [];
  let same = 0;
  for (const { post } of fresh) {
    const told = compare(post.input, post.lastSeenAt);
    same += told.same;
    for (const { change, finding } of told.differences) seen.push({ change, finding, post });
  }
  await addDifferences(tx, revisionId, seen, ctx.clock.now());
  const of = (change: string): number => seen.filter((s) => s.change === change).length;
  await addShadowNight(tx, { revisionId, day, posts: fresh.length, added: of('added'), removed: of('removed'), same });
}

/**
 * Counts posts that were screened for the first time, in the transaction that screened them. Rows of a night are shared by
 * all accounts of a platform: they are written last, in one order.
 */
export async function countNight(ctx: JobContext, tx: Db, platform: string, fresh: readonly ScreenedPost[], shadows: readonly Shadow[]): Promise<void> {
  if (fresh.length === 0) return;
  const day = localDate(ctx.clock.now());
  for (const shadow of shadows) await runShadow(ctx, tx, shadow, fresh, day);
  const hits = new Map<string, number>();
  for (const { result } of fresh) {
    const rules = new Set(result.findings.filter((f) => f.source === 'rule' && !f.exempt).map((f) => f.by));
    for (const by of rules) hits.set(by, (hits.get(by) ?? 0) + 1);
  }
  await addDrift(tx, { day, platform, counts: countDrift(fresh, (post) => ctx.law.margins?.(post) ?? []) });
  await addNightHits(tx, { day, platform, posts: fresh.length, hits });
}

/** Looks at the night when its run is over, whatever part of it ended last. @param state of the run, once it was settled */
export async function watchNight(ctx: Pick<JobContext, 'db' | 'clock' | 'log'>, runId: string, state: RunState | null): Promise<void> {
  if (state !== 'done') return;
  const now = ctx.clock.now();
  const raised = await inTransaction(ctx.db, (tx) => raiseAlarms(tx, localDate(now), runId, now));
  for (const { rule, platform, hits, expected } of raised)
    ctx.log.warn({ rule, platform, hits, expected }, 'a rule finds far more or less than in the nights before');
  for (const { measure, platform, psi } of (await readDrift(ctx.db, localDate(now))).filter((d) => d.alarm))
    ctx.log.warn({ measure, platform, psi }, 'posts are made up otherwise than in the nights before');
}
