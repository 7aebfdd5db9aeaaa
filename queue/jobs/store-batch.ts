/** Stores a pushed batch: its sealed body is read back, and posts, accounts to screen and the batch's end go in one transaction. */
import { PinchaError } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import { inTransaction, patiently } from '../../db/connect.ts';
import { endBatch, lockBatch } from '../../db/repositories/batch.ts';
import { readBatch } from '../batches.ts';
import { defineJob } from '../define.ts';
import { callForScreening, storePosts } from '../intake.ts';

export const storeBatch = defineJob({
  name: 'posts.batch',
  queue: 'intake',
  input: TOPICS['posts.batch'],
  attempts: 8,
  backoffMs: 2_000,
  key: ({ batchId }) => batchId,
  run: async ({ batchId }, ctx) => {
    await patiently(ctx.db, async (tx) => {
      const found = await lockBatch(tx, batchId);
      if (found?.batch.state !== 'waiting') return;
      const { batch, place } = found;
      const { sha256, warcFile, warcOffset, warcLength } = place;
      if (sha256 === null || warcFile === null || warcOffset === null || warcLength === null)
        throw new PinchaError('EVIDENCE_BROKEN', { place: `batch ${batchId}`, reason: '没有存证件' });
      const { body } = await ctx.sealer.read({ sha256, warcFile, warcOffset, warcLength });
      const now = ctx.clock.now();
      const { posts } = readBatch(body.toString('utf8'), batch.platform);
      const of = { platform: batch.platform, account: { id: batch.platform, name: batch.platform }, captureId: batch.captureId, now };
      const saved = posts.length > 0 ? await storePosts(tx, posts, of) : null;
      await endBatch(tx, batchId, { state: 'stored', fresh: saved?.fresh.length ?? 0, storedAt: now });
      if (saved && saved.fresh.length > 0) await callForScreening(tx, now);
    });
  },
  failed: async ({ batchId }, ctx, reason) => {
    await inTransaction(ctx.db, (tx) => endBatch(tx, batchId, { state: 'failed', reason: reason.slice(0, 500) }));
  },
});
