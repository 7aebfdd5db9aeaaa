/** Daily roots of the ledger, what vouches for them, and what still waits for a signature or a time-stamp. */
import { and, asc, desc, eq, gt, gte, inArray, lte, notInArray, sql } from 'drizzle-orm';
import { instantOf, localDate } from '../../core/clock.ts';
import type { Db } from '../connect.ts';
import { ledger, ledgerRoot, ledgerSeal, ledgerSealWait } from '../schema/index.ts';

export type RootRecord = typeof ledgerRoot.$inferSelect;
export type SealRecord = typeof ledgerSeal.$inferSelect;
export type RootWithSeals = RootRecord & { readonly seals: readonly SealRecord[] };

const DAY_MS = 86_400_000;
/** Rows about roots themselves: they need no root of their own and go under the next one. */
const OWN_KINDS = ['root', 'root_signature', 'root_timestamp'] as const;

export async function lastRoot(db: Db): Promise<RootRecord | null> {
  const [row] = await db.select().from(ledgerRoot).orderBy(desc(ledgerRoot.no)).limit(1);
  return row ?? null;
}

/** Rows that wait for a root, and the day they belong to. */
export interface OpenRange {
  readonly after: RootRecord | null;
  readonly date: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** The first row behind the last root that is not about roots. */
async function firstOpen(db: Db, after: number) {
  const [row] = await db
    .select({ seq: ledger.seq, at: ledger.at })
    .from(ledger)
    .where(and(gt(ledger.seq, after), notInArray(ledger.kind, [...OWN_KINDS])))
    .orderBy(asc(ledger.seq))
    .limit(1);
  return row ?? null;
}

/**
 * The rows of the first day that is over and has no root yet. A day ends when a row of a later day follows; rows that
 * came late stand in the next range. Rows dated ahead of the clock (it was set back) go with their neighbours.
 * @param upToNow also the day that is not over
 * @returns null when nothing waits
 */
export async function openRange(db: Db, now: Date, upToNow = false): Promise<OpenRange | null> {
  const after = await lastRoot(db);
  const first = await firstOpen(db, after?.toSeq ?? 0);
  if (!first) return null;
  const today = localDate(now);
  const own = first.at > now ? localDate(new Date(instantOf(today, '00:00').getTime() - DAY_MS)) : localDate(first.at);
  const date = after && after.date > own ? after.date : own;
  if (date >= today && !upToNow) return null;
  const end = new Date(instantOf(date, '00:00').getTime() + DAY_MS);
  const [next] = upToNow
    ? []
    : await db
        .select({ seq: ledger.seq })
        .from(ledger)
        .where(and(gt(ledger.seq, first.seq), gte(ledger.at, end), lte(ledger.at, now)))
        .orderBy(asc(ledger.seq))
        .limit(1);
  const [head] = next ? [] : await db.select({ seq: ledger.seq }).from(ledger).orderBy(desc(ledger.seq)).limit(1);
  return { after, date: upToNow ? today : date, fromSeq: (after?.toSeq ?? 0) + 1, toSeq: next ? next.seq - 1 : (head?.seq ?? first.seq) };
}

/** The hashes of these rows in order, in batches, so that memory stays flat. */
export async function* ledgerHashes(db: Db, fromSeq: number, toSeq: number, batch = 5_000): AsyncGenerator<string> {
  for (let from = fromSeq; from <= toSeq; ) {
    const rows = await db
      .select({ seq: ledger.seq, hash: ledger.hash })
      .from(ledger)
      .where(and(gte(ledger.seq, from), lte(ledger.seq, toSeq)))
      .orderBy(asc(ledger.seq))
      .limit(batch);
    for (const { hash } of rows) yield hash;
    const last = rows.at(-1);
    if (!last) return;
    from = last.seq + 1;
  }
}

export async function insertRoot(tx: Db, root: RootRecord): Promise<void> {
  await tx.insert(ledgerRoot).values(root);
}

/** @returns whether it was the first of its kind for its root */
export async function insertSeal(tx: Db, seal: SealRecord): Promise<boolean> {
  const rows = await tx.insert(ledgerSeal).values(seal).onConflictDoNothing().returning({ rootId: ledgerSeal.rootId });
  return rows.length > 0;
}

async function withSeals(db: Db, roots: readonly RootRecord[]): Promise<RootWithSeals[]> {
  if (roots.length === 0) return [];
  const ids = roots.map((r) => r.id);
  const seals = await db.select().from(ledgerSeal).where(inArray(ledgerSeal.rootId, ids)).orderBy(ledgerSeal.rootId, ledgerSeal.kind);
  return roots.map((root) => ({ ...root, seals: seals.filter((s) => s.rootId === root.id) }));
}

/** All roots in order of their number; a few kilobytes a day. */
export async function readRoots(db: Db): Promise<RootWithSeals[]> {
  return withSeals(db, await db.select().from(ledgerRoot).orderBy(asc(ledgerRoot.no)));
}

/** The root a ledger row stands under; null while its day has none. */
export async function rootOfRow(db: Db, seq: number): Promise<RootWithSeals | null> {
  const [root] = await withSeals(db, await db.select().from(ledgerRoot).where(gte(ledgerRoot.toSeq, seq)).orderBy(asc(ledgerRoot.toSeq)).limit(1));
  return root ?? null;
}

/** What can vouch for roots as things are configured. */
export interface Vouchers {
  readonly signature: boolean;
  readonly timestamp: boolean;
}

const LACKS = (kind: SealRecord['kind']) => sql`not exists (select 1 from ${ledgerSeal} s where s.root_id = ${ledgerRoot.id} and s.kind = ${kind})`;

/** Roots that lack a seal that could be made, and whose next try has come; the oldest first. */
export async function rootsToSeal(db: Db, can: Vouchers, now: Date, limit: number): Promise<RootWithSeals[]> {
  if (!can.signature && !can.timestamp) return [];
  const lacks = [...(can.signature ? [LACKS('signature')] : []), ...(can.timestamp ? [LACKS('timestamp')] : [])];
  const rows = await db
    .select()
    .from(ledgerRoot)
    .where(
      and(
        sql`(${sql.join(lacks, sql` or `)})`,
        sql`not exists (select 1 from ${ledgerSealWait} w where w.root_id = ${ledgerRoot.id} and w.next_at > ${now.toISOString()})`,
      ),
    )
    .orderBy(asc(ledgerRoot.no))
    .limit(limit);
  return withSeals(db, rows);
}

const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** Notes that a seal could not be made: it is tried again after 1, 2, 4 … minutes, at most six hours. */
export async function noteSealFailure(tx: Db, rootId: string, reason: string, now: Date): Promise<void> {
  const [before] = await tx.select().from(ledgerSealWait).where(eq(ledgerSealWait.rootId, rootId));
  const tries = (before?.tries ?? 0) + 1;
  const row = {
    tries,
    reason: reason.slice(0, 500),
    nextAt: new Date(now.getTime() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 10))),
  };
  await tx
    .insert(ledgerSealWait)
    .values({ rootId, ...row })
    .onConflictDoUpdate({ target: ledgerSealWait.rootId, set: row });
}

export async function forgetSealFailure(tx: Db, rootId: string): Promise<void> {
  await tx.delete(ledgerSealWait).where(eq(ledgerSealWait.rootId, rootId));
}

/** Seals that failed and wait for their next try. */
export const waitingSeals = (db: Db) =>
  db
    .select({ no: ledgerRoot.no, tries: ledgerSealWait.tries, nextAt: ledgerSealWait.nextAt, reason: ledgerSealWait.reason })
    .from(ledgerSealWait)
    .innerJoin(ledgerRoot, eq(ledgerRoot.id, ledgerSealWait.rootId))
    .orderBy(asc(ledgerRoot.no))
    .limit(20);

/** How much of the ledger stands under roots, and how those are vouched for. */
export async function rootFigures(db: Db) {
  const { rows } = await db.execute<{ roots: number; signed: number; stamped: number; covered: string; head: string }>(sql`
    select count(*)::int as roots,
      count(*) filter (where exists (select 1 from ${ledgerSeal} s where s.root_id = r.id and s.kind = 'signature'))::int as signed,
      count(*) filter (where exists (select 1 from ${ledgerSeal} s where s.root_id = r.id and s.kind = 'timestamp'))::int as stamped,
      coalesce(max(r.to_seq), 0) as covered, (select coalesce(max(seq), 0) from ${ledger}) as head from ${ledgerRoot} r`);
  const [row] = rows;
  return {
    roots: row?.roots ?? 0,
    signed: row?.signed ?? 0,
    stamped: row?.stamped ?? 0,
    coveredTo: Number(row?.covered ?? 0),
    rows: Number(row?.head ?? 0),
  };
}
