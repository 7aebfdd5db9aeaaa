/** Legal holds: while one stands on a case, nothing of its account is destroyed. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { Actor } from '../../core/model/role.ts';
import type { Db } from '../connect.ts';
import { account, caseFile, legalHold } from '../schema/index.ts';

export type LegalHold = typeof legalHold.$inferSelect;

/** Whoever destroys and whoever holds come one after the other: a hold that was placed is never overtaken. */
const LOCK = 9_230_017;
export const lockRetention = async (tx: Db): Promise<void> => void (await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`));

/** @returns false when one stands already */
export async function placeHold(tx: Db, caseId: string, reason: string, by: Actor, now: Date): Promise<boolean> {
  await lockRetention(tx);
  const added = await tx
    .insert(legalHold)
    .values({ id: newId(), caseId, reason, byId: by.id, byName: by.name, at: now })
    .onConflictDoNothing()
    .returning({ id: legalHold.id });
  return added.length > 0;
}

/** @returns false when none stands */
export async function liftHold(tx: Db, caseId: string, reason: string, by: Actor, now: Date): Promise<boolean> {
  const lifted = await tx
    .update(legalHold)
    .set({ liftedById: by.id, liftedByName: by.name, liftedAt: now, liftReason: reason })
    .where(and(eq(legalHold.caseId, caseId), isNull(legalHold.liftedAt)))
    .returning({ id: legalHold.id });
  return lifted.length > 0;
}

/** Holds of a case, the newest first. */
export const holdsOf = (db: Db, caseId: string): Promise<LegalHold[]> =>
  db.select().from(legalHold).where(eq(legalHold.caseId, caseId)).orderBy(sql`${legalHold.id} desc nulls last`).limit(20);

/** All standing holds with the case's number and its account. */
export const standingHolds = (db: Db) =>
  db
    .select({ hold: legalHold, number: caseFile.number, account: account.name })
    .from(legalHold)
    .innerJoin(caseFile, eq(caseFile.id, legalHold.caseId))
    .innerJoin(account, eq(account.id, caseFile.accountId))
    .where(isNull(legalHold.liftedAt))
    .orderBy(desc(legalHold.id))
    .limit(1_000);

/** A case by its number or id; null when there is none. */
export async function caseNamed(db: Db, wanted: string): Promise<{ id: string; number: string } | null> {
  const byId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(wanted);
  const [row] = await db
    .select({ id: caseFile.id, number: caseFile.number })
    .from(caseFile)
    .where(byId ? eq(caseFile.id, wanted) : eq(caseFile.number, wanted));
  return row ?? null;
}
