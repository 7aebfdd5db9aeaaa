/** Who handed a capture in that we did not fetch, and how it was obtained. */
import { eq } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { captureOrigin } from '../schema/index.ts';

export type Origin = typeof captureOrigin.$inferSelect;

export async function saveOrigin(tx: Db, origin: Origin): Promise<void> {
  await tx.insert(captureOrigin).values(origin);
}

/** @returns null for a capture we fetched ourselves */
export async function readOrigin(db: Db, captureId: string): Promise<Origin | null> {
  const [row] = await db.select().from(captureOrigin).where(eq(captureOrigin.captureId, captureId));
  return row ?? null;
}
