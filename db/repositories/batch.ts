/** Batches platforms push: once each by their key, waiting until a job has stored their posts. */
import { and, eq, lt, sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { capture, postBatch } from '../schema/index.ts';

export type Batch = typeof postBatch.$inferSelect;

/** A batch by the platform's own key. */
export async function batchByKey(db: Db, platform: string, key: string): Promise<Batch | null> {
  const [row] = await db
    .select()
    .from(postBatch)
    .where(and(eq(postBatch.platform, platform), eq(postBatch.key, key)));
  return row ?? null;
}

/** A batch of this platform by its id. */
export async function batchById(db: Db, platform: string, id: string): Promise<Batch | null> {
  const [row] = await db
    .select()
    .from(postBatch)
    .where(and(eq(postBatch.platform, platform), eq(postBatch.id, id)));
  return row ?? null;
}

/** @returns whether it was added; false when a batch with this key came in the same moment */
export async function addBatch(tx: Db, batch: Omit<Batch, 'state' | 'reason' | 'fresh' | 'storedAt'>): Promise<boolean> {
  const added = await tx
    .insert(postBatch)
    .values({ ...batch, state: 'waiting' })
    .onConflictDoNothing()
    .returning({ id: postBatch.id });
  return added.length > 0;
}

/** How many batches wait to be stored: of this platform, and of all. */
export async function waitingBatches(db: Db, platform: string): Promise<{ mine: number; all: number }> {
  const [row] = await db
    .select({ all: sql<number>`count(*)::int`, mine: sql<number>`count(*) filter (where ${postBatch.platform} = ${platform})::int` })
    .from(postBatch)
    .where(eq(postBatch.state, 'waiting'));
  return { mine: row?.mine ?? 0, all: row?.all ?? 0 };
}

/** A batch and where its sealed body stands, locked until the transaction ends. */
export async function lockBatch(tx: Db, id: string) {
  const { sha256, warcFile, warcOffset, warcLength } = capture;
  const [row] = await tx
    .select({ batch: postBatch, place: { sha256, warcFile, warcOffset, warcLength } })
    .from(postBatch)
    .innerJoin(capture, eq(capture.id, postBatch.captureId))
    .where(eq(postBatch.id, id))
    .for('update', { of: postBatch });
  return row ?? null;
}

export async function endBatch(
  tx: Db,
  id: string,
  done: { state: 'stored'; fresh: number; storedAt: Date; reason?: string | null } | { state: 'failed'; reason: string },
): Promise<void> {
  // One that is stored stays so, whatever becomes of a job that was given up on the way.
  await tx
    .update(postBatch)
    .set(done)
    .where(and(eq(postBatch.id, id), eq(postBatch.state, 'waiting')));
}

/** Batches that wait although no job may be left that knows of them. */
export const batchesLeft = (db: Db, before: Date, limit = 200): Promise<{ id: string }[]> =>
  db
    .select({ id: postBatch.id })
    .from(postBatch)
    .where(and(eq(postBatch.state, 'waiting'), lt(postBatch.receivedAt, before)))
    .orderBy(postBatch.id)
    .limit(limit);
