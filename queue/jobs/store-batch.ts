/** Stores a pushed batch: its sealed body is read back, and posts, accounts to screen and the batch's end go in one transaction. */
import { PinchaError } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import { type Db, inTransaction, patiently, refusedValue } from '../../db/connect.ts';
import { type Batch, endBatch, lockBatch } from '../../db/repositories/batch.ts';
import { readBatch } from '../batches.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { callForScreening, type PreparedPost, preparePosts, refusedPosts, storePrepared } from '../intake.ts';

type Store = Pick<JobContext, 'db' | 'clock' | 'sealer'>;

/** A batch that waits, locked, with its posts made ready; null when it waits no more. */
async function openBatch({ sealer }: Store, tx: Db, batchId: string): Promise<{ batch: Batch; prepared: PreparedPost[] } | null> {
  const found = await lockBatch(tx, batchId);
  if (found?.batch.state !== 'waiting') return null;
  const { batch, place } = found;
  const { sha256, warcFile, warcOffset, warcLength } = place;
  if (sha256 === null || warcFile === null || warcOffset === null || warcLength === null)
    throw new PinchaError('EVIDENCE_BROKEN', { place: `batch ${batchId}`, reason: '没有存证件' });
  const { body } = await sealer.read({ sha256, warcFile, warcOffset, warcLength });
  const { posts } = readBatch(body.toString('utf8'), batch.platform);
  return { batch, prepared: preparePosts(posts, { platform: batch.platform, account: { id: batch.platform, name: batch.platform } }) };
}

/** @param refused posts left out because the store refuses what they say, by their place */
async function store(ctx: Store, batchId: string, refused: ReadonlyMap<number, string>): Promise<void> {
  await patiently(ctx.db, async (tx) => {
    const open = await openBatch(ctx, tx, batchId);
    if (!open) return;
    const now = ctx.clock.now();
    const kept = open.prepared.filter((_, i) => !refused.has(i));
    const saved = kept.length > 0 ? await storePrepared(tx, kept, { captureId: open.batch.captureId, now }) : null;
    const ids = open.prepared.flatMap(({ post }, i) => (refused.has(i) ? post.externalId : []));
    const reason = ids.length > 0 ? `${ids.length} 条的内容无法入库：${ids.join('、')}`.slice(0, 500) : null;
    await endBatch(tx, batchId, { state: 'stored', fresh: saved?.fresh.length ?? 0, storedAt: now, reason });
    if (saved && saved.fresh.length > 0) await callForScreening(tx, now);
  });
}

/** Which posts of a batch the store refuses. */
async function refusedOf(ctx: Store, batchId: string): Promise<ReadonlyMap<number, string>> {
  const open = await openBatch(ctx, ctx.db, batchId);
  return open ? refusedPosts(ctx.db, open.prepared, { captureId: open.batch.captureId, now: ctx.clock.now() }) : new Map();
}

export const storeBatch = defineJob({
  name: 'posts.batch',
  queue: 'intake',
  input: TOPICS['posts.batch'],
  attempts: 8,
  backoffMs: 2_000,
  key: ({ batchId }) => batchId,
  run: ({ batchId }, ctx) =>
    store(ctx, batchId, new Map()).catch(async (error: unknown) => {
      if (refusedValue(error) === null) throw error;
      await store(ctx, batchId, await refusedOf(ctx, batchId));
    }),
  failed: async ({ batchId }, ctx, reason) => {
    await inTransaction(ctx.db, (tx) => endBatch(tx, batchId, { state: 'failed', reason: reason.slice(0, 500) }));
  },
});
