/**
 * The evidence ledger as pure functions: each row's hash covers the row before it and its own canonical JSON,
 * which repeats sequence number, kind, reference and time, so that neither bytes nor columns can change, and no
 * row can be moved, dropped or inserted, without the chain saying where. Storage belongs to `db/`.
 */
import { canonicalJson, sha256 } from '../core/digest.ts';
import type { Exchange } from '../core/model/capture.ts';
import type { Confirmed, RecordPlace, SealedPlace } from '../core/ports.ts';
import { exchangeFacts } from './exchange-facts.ts';

/** Kinds whose row stands for a file in the content store, made of the capture the row points at. */
export const FILE_KINDS = ['shot', 'dom_text', 'page_layout', 'ocr_text', 'masked'] as const;

export type LedgerKind = 'capture' | (typeof FILE_KINDS)[number] | 'import' | 'root' | 'root_signature' | 'root_timestamp' | 'export' | 'destruction';

export interface LedgerEntry {
  readonly kind: LedgerKind;
  /** The capture (or import file) the row is about. */
  readonly refId: string;
  /** Plain JSON facts, see {@link captureFacts} and {@link blobFacts}. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

export interface LedgerRow {
  readonly seq: number;
  readonly kind: string;
  readonly refId: string;
  /** Canonical JSON text `{at, data, kind, ref, seq}`, the bytes that are hashed. */
  readonly payload: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly at: Date;
}

export interface ChainReport {
  readonly ok: boolean;
  readonly rows: number;
  /** Hash of the last row, what a daily root would sign; null for an empty ledger. */
  readonly head: string | null;
  readonly broken: { readonly seq: number; readonly reason: string } | null;
}

export const GENESIS_HASH = '0'.repeat(64);

const hashOf = (prevHash: string, payload: string): string => sha256(`${prevHash}\n${payload}`);

/**
 * The row that follows `prev`.
 * @param prev the last row's sequence number and hash, or null for the first row (seq 1, genesis hash of 64 zeros)
 */
export function ledgerRow(prev: { readonly seq: number; readonly hash: string } | null, entry: LedgerEntry): LedgerRow & { readonly kind: LedgerKind } {
  const seq = (prev?.seq ?? 0) + 1;
  const prevHash = prev?.hash ?? GENESIS_HASH;
  const payload = canonicalJson({ at: entry.at.toISOString(), data: entry.payload, kind: entry.kind, ref: entry.refId, seq });
  return { seq, kind: entry.kind, refId: entry.refId, payload, prevHash, hash: hashOf(prevHash, payload), at: entry.at };
}

/**
 * What a capture's ledger row states: its addresses, time and outcome, its digests and where its bytes lie (null each
 * when there were none: a wall, a 304, an empty answer), and what is known of the peer.
 */
export function captureFacts(
  place: (SealedPlace & { readonly recordSha256?: string }) | null,
  seen: {
    readonly url: string;
    readonly finalUrl: string;
    readonly status: number | null;
    readonly via: string;
    readonly fetchedAt: Date;
    readonly kind?: string;
    readonly outcome?: string;
    readonly reason?: string | null;
    /** What came of the connection: who answered. */
    readonly exchange?: Exchange | null;
    /** The capture of the plain answer, when this one is the page a browser drew from it. */
    readonly plain?: string;
    /** An answer without a body: its own record, and the capture it says still stands. */
    readonly revisit?: { readonly place: RecordPlace; readonly of: Confirmed };
  },
): Record<string, unknown> {
  return {
    url: seen.url,
    finalUrl: seen.finalUrl,
    status: seen.status,
    via: seen.via,
    captureKind: seen.kind,
    outcome: seen.outcome,
    reason: seen.reason,
    fetchedAt: seen.fetchedAt.toISOString(),
    sha256: place?.sha256 ?? null,
    sm3: place?.sm3 ?? null,
    size: place?.size ?? 0,
    mediaType: place?.mediaType ?? null,
    warcFile: place?.warcFile ?? null,
    warcOffset: place?.warcOffset ?? null,
    warcLength: place?.warcLength ?? null,
    recordSha256: place?.recordSha256,
    plain: seen.plain,
    ...(seen.revisit ? { ...seen.revisit.place, revisit: { of: seen.revisit.of.captureId, sha256: seen.revisit.of.sha256 } } : {}),
    ...exchangeFacts(seen.exchange ?? null),
  };
}

/** What a later row about a capture states: a page shot or DOM text in the content store and how it was made. */
export const blobFacts = (blob: {
  readonly sha256: string;
  readonly sm3?: string;
  readonly size?: number;
  readonly from: 'sealed' | 'live';
  /** Of words read from a picture, and of a masked copy: what made it. */
  readonly engine?: string;
  /** Of a masked copy: SHA-256 of the picture it was made of, and how many places of what were covered. */
  readonly of?: string;
  readonly covered?: Readonly<Record<string, number>>;
}): Record<string, unknown> => ({ ...blob });

/** The members of a payload text, or null when it is not the JSON object we write. */
export function readPayload(payload: string): { at?: unknown; data?: unknown; kind?: unknown; ref?: unknown; seq?: unknown } | null {
  try {
    const value: unknown = JSON.parse(payload);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** What is wrong with `row` as the one after `prev`, or null. */
export function rowFault(prev: { readonly seq: number; readonly hash: string } | null, row: LedgerRow): string | null {
  const expected = (prev?.seq ?? 0) + 1;
  if (row.seq !== expected) return row.seq > expected ? `序号中断：应为 ${expected}，此前的记录缺失` : `序号重复或倒退：应为 ${expected}`;
  if (row.prevHash !== (prev?.hash ?? GENESIS_HASH)) return '前一条的哈希与记录不符';
  if (row.hash !== hashOf(row.prevHash, row.payload)) return '内容与哈希不符';
  const told = readPayload(row.payload);
  if (!told) return '内容不是 JSON 对象';
  if (told.seq !== row.seq || told.kind !== row.kind || told.ref !== row.refId || told.at !== row.at.toISOString())
    return '序号、类别、引用或时间列与已存证内容不符';
  return null;
}

/**
 * Walks a ledger in order of `seq` and stops at the first row that does not hold.
 * A cut at the end cannot be seen from the rows alone: compare `head` with a signed or noted root.
 */
export async function verifyChain(rows: AsyncIterable<LedgerRow> | Iterable<LedgerRow>, onRow?: (row: LedgerRow) => void): Promise<ChainReport> {
  let prev: { seq: number; hash: string } | null = null;
  let count = 0;
  for await (const row of rows) {
    const reason = rowFault(prev, row);
    if (reason) return { ok: false, rows: count, head: prev?.hash ?? null, broken: { seq: row.seq, reason } };
    onRow?.(row);
    prev = { seq: row.seq, hash: row.hash };
    count += 1;
  }
  return { ok: true, rows: count, head: prev?.hash ?? null, broken: null };
}
