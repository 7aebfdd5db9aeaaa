/**
 * What the clock does every half minute: leases that ran out, cases whose day has come, notices whose next attempt
 * is due, sessions that ended, accounts to gather in clusters, and nights that were missed.
 */
import { z } from 'zod';
import { decideCaseBySystem, type SystemAction } from '../../cases/workflow/case-machine.ts';
import { PinchaError } from '../../core/errors.ts';
import type { OutboxRow } from '../../core/model/effects.ts';
import { inTransaction } from '../../db/connect.ts';
import { batchesLeft } from '../../db/repositories/batch.ts';
import { casesToWake, casesWithEndedLease } from '../../db/repositories/case.ts';
import { dirtyAccounts } from '../../db/repositories/cluster.ts';
import { countDue } from '../../db/repositories/due.ts';
import { applyEffects } from '../../db/repositories/effects.ts';
import { noticesDue } from '../../db/repositories/notice.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { payRangesDue } from '../../db/repositories/pay-range.ts';
import { runningImports } from '../../db/repositories/post-import.ts';
import { platformsDue } from '../../db/repositories/revisit.ts';
import { purgeSessions } from '../../db/repositories/session.ts';
import { shotsWait } from '../../db/repositories/shot.ts';
import { CLOCKWORK, type JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { linkingWaits } from '../linking.ts';
import { rootsWait } from '../roots.ts';
import { catchUpNight } from '../runs.ts';
import { revisited } from './revisit-posts.ts';

async function moveCases(ctx: JobContext, action: SystemAction): Promise<void> {
  const now = ctx.clock.now();
  const due = action === 'resume' ? await casesToWake(ctx.db, now) : await casesWithEndedLease(ctx.db, now);
  for (const facts of due) {
    try {
      await inTransaction(ctx.db, (tx) => applyEffects(tx, { cases: [decideCaseBySystem(facts, action, now)] }, CLOCKWORK, now));
    } catch (error) {
      // Somebody was faster: the case is where they put it.
      if (!(error instanceof PinchaError && error.code === 'STALE')) throw error;
    }
  }
}

/** Accounts that were screened since the last look may belong together. */
async function callForClusters(ctx: JobContext): Promise<void> {
  const waiting = (await dirtyAccounts(ctx.db, 1)).length > 0 || (await linkingWaits(ctx.db)) || (await payRangesDue(ctx.db));
  if (waiting) await inTransaction(ctx.db, (tx) => addToOutbox(tx, [{ topic: 'network.cluster' as const, payload: {} }], ctx.clock.now()));
}

/** Posts whose time has come to be looked at again, a job a platform: a platform under way is one job still. */
async function callForLooks(ctx: JobContext): Promise<void> {
  const now = ctx.clock.now();
  const platforms = await platformsDue(ctx.db, await revisited(ctx.db), now);
  const rows = platforms.map((platform) => ({ topic: 'posts.revisit' as const, payload: { platform } }));
  if (rows.length > 0) await inTransaction(ctx.db, (tx) => addToOutbox(tx, rows, now));
}

/** A batch whose job has not come by then may have lost it. */
const LOST_AFTER_MS = 60_000;

/** Batches and accounts that wait although no job may be left that knows of them. */
async function callForIntake(ctx: JobContext): Promise<void> {
  const batches = await batchesLeft(ctx.db, new Date(ctx.clock.now().getTime() - LOST_AFTER_MS));
  const rows: OutboxRow[] = batches.map(({ id }) => ({ topic: 'posts.batch' as const, payload: { batchId: id } }));
  rows.push(...(await runningImports(ctx.db)).map(({ id }) => ({ topic: 'import.posts' as const, payload: { importId: id } })));
  const waiting = (await countDue(ctx.db, 1)) > 0;
  await inTransaction(ctx.db, (tx) => addToOutbox(tx, waiting ? [...rows, { topic: 'accounts.due' as const, payload: {} }] : rows, ctx.clock.now()));
}

/** Days that are over get their root; a time-stamp service that failed is asked again. */
async function callForRoots(ctx: JobContext): Promise<void> {
  if (await rootsWait(ctx.roots)) await inTransaction(ctx.db, (tx) => addToOutbox(tx, [{ topic: 'evidence.roots' as const, payload: {} }], ctx.clock.now()));
}

/** Leads beyond the first of an account get their shot when no run is under way. */
async function callForShots(ctx: JobContext): Promise<void> {
  const now = ctx.clock.now();
  if (await shotsWait(ctx.db, now)) await inTransaction(ctx.db, (tx) => addToOutbox(tx, [{ topic: 'captures.shots' as const, payload: {} }], now));
}

export const sweep = defineJob({
  name: 'clock.sweep',
  queue: 'clock',
  input: z.object({}),
  attempts: 1,
  backoffMs: 0,
  run: async (_input, ctx) => {
    const now = ctx.clock.now();
    await moveCases(ctx, 'lease_expired');
    await moveCases(ctx, 'resume');
    const due = await noticesDue(ctx.db, now);
    await inTransaction(ctx.db, (tx) =>
      addToOutbox(
        tx,
        due.map(({ id }) => ({ topic: 'notice.send' as const, payload: { noticeId: id } })),
        now,
      ),
    );
    await purgeSessions(ctx.db, now);
    await callForIntake(ctx);
    await callForClusters(ctx);
    await callForRoots(ctx);
    await callForShots(ctx);
    await callForLooks(ctx);
    await catchUpNight(ctx);
  },
});
