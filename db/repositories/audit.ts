/**
 * The audit log: who did or read what. Rows are hash-chained (each hash covers the one before), written in the
 * caller's transaction under one advisory lock, and a trigger refuses update and delete.
 */
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import type { Actor } from '../../core/model/role.ts';
import type { Db } from '../connect.ts';
import { auditEntry } from '../schema/index.ts';

export interface AuditInput {
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly data: Record<string, unknown>;
}
type Row = typeof auditEntry.$inferSelect;

/** Serialises writers of the chain; held until the transaction ends, so append last. */
const CHAIN_LOCK = 8_710_001;
const GENESIS = '0'.repeat(64);

function hashOf(row: Omit<Row, 'hash'>): string {
  const { prevHash, at, ...rest } = row;
  return sha256(`${prevHash}\n${canonicalJson({ ...rest, at: at.toISOString() })}`);
}

/**
 * Appends rows to the chain. Call it as the last write of a transaction: the chain stays locked until it commits.
 * @param tx an open transaction
 * @param ip the caller's address, when a person acted over the network
 */
export async function appendAudit(tx: Db, rows: readonly AuditInput[], actor: Actor, now: Date, ip: string | null = null): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`);
  const [last] = await tx.select({ seq: auditEntry.seq, hash: auditEntry.hash }).from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
  let seq = last?.seq ?? 0;
  let prevHash = last?.hash ?? GENESIS;
  const chained = rows.map((row) => {
    seq += 1;
    // Through JSON and back, so that what is hashed is what the database gives back.
    const data = JSON.parse(JSON.stringify(row.data)) as Record<string, unknown>;
    const unsealed = { seq, at: now, actorId: actor.id, actorName: actor.name, ...row, data, ip, prevHash };
    prevHash = hashOf(unsealed);
    return { ...unsealed, hash: prevHash };
  });
  await tx.insert(auditEntry).values(chained);
}

/** Appends in a transaction of its own, for reads that must be logged. */
export const recordAudit = (db: Db, row: AuditInput, actor: Actor, now: Date, ip: string | null = null): Promise<void> =>
  db.transaction((tx) => appendAudit(tx, [row], actor, now, ip));

/** What was done to one thing, newest first. */
export const auditOf = (db: Db, subjectType: string, subjectId: string, limit: number): Promise<Row[]> =>
  db
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.subjectType, subjectType), eq(auditEntry.subjectId, subjectId)))
    .orderBy(desc(auditEntry.seq))
    .limit(limit);

/**
 * Recomputes the whole chain.
 * @returns how many rows were checked, and the first whose hash, link or number is wrong
 */
export async function verifyAudit(db: Db, batch = 5_000): Promise<{ entries: number; brokenAt: number | null }> {
  let [seq, prevHash] = [0, GENESIS];
  for (;;) {
    const rows = await db.select().from(auditEntry).where(gt(auditEntry.seq, seq)).orderBy(asc(auditEntry.seq)).limit(batch);
    for (const { hash, ...row } of rows) {
      if (row.seq !== seq + 1 || row.prevHash !== prevHash || hashOf(row) !== hash) return { entries: seq, brokenAt: row.seq };
      seq = row.seq;
      prevHash = hash;
    }
    if (rows.length < batch) return { entries: seq, brokenAt: null };
  }
}
