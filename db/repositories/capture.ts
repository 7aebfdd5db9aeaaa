/** Captures, what is known of an address for the next visit, and the ledger they are entered in. */
import { and, asc, desc, eq, gt, isNotNull, sql } from 'drizzle-orm';
import type { QueryResult } from 'pg';
import type { KnownPage } from '../../core/frontier.ts';
import type { CaptureKind, Outcome, PagePart } from '../../core/model/capture.ts';
import type { Confirmed, SealedPlace } from '../../core/ports.ts';
import type { Db } from '../connect.ts';
import { capture, ledger, pageState } from '../schema/index.ts';

/** Any constant: holders of this lock append to the ledger one after the other. */
const LEDGER_LOCK = 7_310_429;

export type LedgerRecord = typeof ledger.$inferSelect;

const LAST_ROW = sql.raw(`select pg_advisory_xact_lock(${LEDGER_LOCK}); select seq, hash from ledger order by seq desc limit 1`);

/** Keeps everybody else from appending until the transaction ends. */
export async function lockLedger(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LEDGER_LOCK})`);
}

/**
 * Appends one row under the ledger's lock; the caller computes it from the row before.
 * The lock is held until the transaction ends, so that no row can slip in between.
 */
export async function appendLedger(tx: Db, make: (prev: { seq: number; hash: string } | null) => LedgerRecord): Promise<LedgerRecord> {
  // Two statements in one message, each with a snapshot of its own: the second sees the row of whoever held the lock.
  const answers = (await tx.execute(LAST_ROW)) as unknown as readonly QueryResult<{ seq: string; hash: string }>[];
  const prev = answers[1]?.rows[0];
  const row = make(prev ? { seq: Number(prev.seq), hash: prev.hash } : null);
  await tx.insert(ledger).values(row);
  return row;
}

export interface NewCapture {
  readonly id: string;
  readonly runId: string | null;
  readonly sourceId: string | null;
  readonly accountId: string | null;
  readonly kind: CaptureKind;
  readonly url: string;
  readonly finalUrl: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly status: number | null;
  readonly via: 'http' | 'browser' | 'import';
  readonly fetchedAt: Date;
  readonly place: SealedPlace | null;
  /** Of an answer without a body: where its own record stands. */
  readonly record?: Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength'>;
  readonly ledgerSeq: number | null;
}

export async function insertCapture(tx: Db, { place, record, ...row }: NewCapture): Promise<void> {
  const nowhere = { warcFile: null, warcOffset: null, warcLength: null };
  const sealed = place ?? { mediaType: null, size: 0, sha256: null, sm3: null, ...(record ?? nowhere) };
  const { mediaType, size, sha256, sm3, warcFile, warcOffset, warcLength } = sealed;
  await tx.insert(capture).values({ ...row, mediaType, size, sha256, sm3, warcFile, warcOffset, warcLength });
}

/** What the last good visit told of an address; null when there was none. */
export async function readPageState(db: Db, url: string): Promise<KnownPage | null> {
  const [row] = await db
    .select({ etag: pageState.etag, lastModified: pageState.lastModified, links: pageState.links, parts: pageState.parts })
    .from(pageState)
    .where(eq(pageState.url, url));
  return row ?? null;
}

/** The capture a 304 of this address says still stands; null when it was drawn by a browser (which sent no validators) or its bytes are gone. */
export async function confirmedAt(db: Db, url: string): Promise<Confirmed | null> {
  const [row] = await db
    .select({ captureId: capture.id, url: capture.finalUrl, fetchedAt: capture.fetchedAt, sha256: capture.sha256 })
    .from(pageState)
    .innerJoin(capture, eq(capture.id, pageState.captureId))
    .where(and(eq(pageState.url, url), eq(capture.via, 'http'), isNotNull(capture.warcFile)));
  return row?.sha256 ? { ...row, sha256: row.sha256 } : null;
}

export async function savePageState(
  tx: Db,
  seen: {
    url: string;
    etag: string | null;
    lastModified: string | null;
    sha256: string;
    captureId: string;
    links: { url: string; kind: CaptureKind }[];
    parts: PagePart[] | null;
    seenAt: Date;
  },
): Promise<void> {
  const { url: _url, ...state } = seen;
  await tx.insert(pageState).values(seen).onConflictDoUpdate({ target: pageState.url, set: state });
}

/** A capture with the place of its bytes, for making a shot of it. */
export async function readSealed(db: Db, id: string) {
  const [row] = await db
    .select({
      id: capture.id,
      url: capture.finalUrl,
      mediaType: capture.mediaType,
      sha256: capture.sha256,
      warcFile: capture.warcFile,
      warcOffset: capture.warcOffset,
      warcLength: capture.warcLength,
      shotSha256: capture.shotSha256,
      shotFrom: capture.shotFrom,
    })
    .from(capture)
    .where(eq(capture.id, id));
  return row ?? null;
}

/** The newest sealed capture of an address (pictures of a page that is being shot). */
export async function sealedByUrl(db: Db, url: string) {
  const [row] = await db
    .select({ sha256: capture.sha256, warcFile: capture.warcFile, warcOffset: capture.warcOffset, warcLength: capture.warcLength })
    .from(capture)
    .where(and(eq(capture.url, url), isNotNull(capture.sha256)))
    .orderBy(desc(capture.fetchedAt))
    .limit(1);
  return row ?? null;
}

export async function setShot(tx: Db, id: string, shotSha256: string, shotFrom: 'sealed' | 'live'): Promise<void> {
  await tx.update(capture).set({ shotSha256, shotFrom }).where(eq(capture.id, id));
}

/** All ledger rows in order, in batches, so that memory stays flat. */
export async function* ledgerRows(db: Db, batch = 2_000): AsyncGenerator<LedgerRecord> {
  for (let after = 0; ; ) {
    const rows = await db.select().from(ledger).where(gt(ledger.seq, after)).orderBy(asc(ledger.seq)).limit(batch);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.seq;
  }
}

const verified = {
  id: capture.id,
  kind: capture.kind,
  url: capture.url,
  finalUrl: capture.finalUrl,
  outcome: capture.outcome,
  reason: capture.reason,
  status: capture.status,
  via: capture.via,
  fetchedAt: capture.fetchedAt,
  mediaType: capture.mediaType,
  size: capture.size,
  sha256: capture.sha256,
  sm3: capture.sm3,
  warcFile: capture.warcFile,
  warcOffset: capture.warcOffset,
  warcLength: capture.warcLength,
  ledgerSeq: capture.ledgerSeq,
  shotSha256: capture.shotSha256,
  shotFrom: capture.shotFrom,
};

/** All captures as the verifier holds them against the ledger, by id, in batches. */
export async function* capturesToVerify(db: Db, batch = 2_000) {
  for (let after: string | null = null; ; ) {
    const rows: Pick<typeof capture.$inferSelect, keyof typeof verified>[] = await db
      .select(verified)
      .from(capture)
      .where(after === null ? undefined : gt(capture.id, after))
      .orderBy(asc(capture.id))
      .limit(batch);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.id;
  }
}
