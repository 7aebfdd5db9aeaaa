/** The outbox: events written with the state they tell of, and taken to the queue by a dispatcher. */
import { and, asc, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { OutboxRow } from '../../core/model/effects.ts';
import type { Db } from '../connect.ts';
import { outbox } from '../schema/index.ts';

/** Writes events into the caller's transaction. */
export async function addToOutbox(tx: Db, rows: readonly OutboxRow[], now: Date): Promise<void> {
  const values = rows.map((r) => ({ topic: r.topic, payload: r.payload, createdAt: now, notBefore: r.notBefore ?? now }));
  for (let i = 0; i < values.length; i += 1_000) await tx.insert(outbox).values(values.slice(i, i + 1_000));
}

export interface WaitingEvent {
  readonly id: number;
  readonly topic: string;
  readonly payload: Record<string, unknown>;
}

/**
 * Hands waiting events to `send` and marks them dispatched when it returns, in one transaction: a process killed
 * in between sends them again, which a job id and idempotent handlers make harmless. Several dispatchers share.
 * @returns how many were sent
 */
export async function dispatchWaiting(db: Db, now: Date, limit: number, send: (events: readonly WaitingEvent[]) => Promise<void>): Promise<number> {
  return db.transaction(async (tx) => {
    const events = await tx
      .select({ id: outbox.id, topic: outbox.topic, payload: outbox.payload })
      .from(outbox)
      .where(and(isNull(outbox.dispatchedAt), lte(outbox.notBefore, now)))
      .orderBy(asc(outbox.notBefore), asc(outbox.id))
      .limit(limit)
      .for('update', { skipLocked: true });
    if (events.length === 0) return 0;
    await send(events);
    const ids = events.map((e) => e.id);
    await tx.update(outbox).set({ dispatchedAt: now }).where(inArray(outbox.id, ids));
    return events.length;
  });
}

/** Events that have not gone to the queue yet, delayed ones left out. */
export async function countWaiting(db: Db): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`count(*)::int` })
    .from(outbox)
    .where(and(isNull(outbox.dispatchedAt), sql`${outbox.notBefore} <= now()`));
  return row?.n ?? 0;
}
