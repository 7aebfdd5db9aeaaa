/**
 * The verifier: walks the ledger, then every sealed record and every stored file it speaks of, and names what does
 * not hold by its place. It needs the evidence folder and two lists of rows, not our database, so another office
 * can run it on a copy. Bytes behind the last record anything refers to (a torn write of a killed process) do no
 * harm and are reported, not failed.
 */
import { createHash } from 'node:crypto';
import { sha256, sm3 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import type { SealState } from '../core/model/seal-state.ts';
import type { SealedPlace, Vault } from '../core/ports.ts';
import { DestructionRecords } from './destruction-records.ts';
import { type ChainReport, FILE_KINDS, type LedgerRow, readPayload, verifyChain } from './ledger.ts';
import { warcName } from './place.ts';
import { RootsCheck, type RootsSummary, type SealTrust, type StoredRoot } from './seal.ts';
import { createContentStore } from './store.ts';
import { type EvidencePlace, vaultAt } from './vault.ts';
import { placeName, readBytes, recordOf } from './warc.ts';
import { type ParsedRecord, parseResponse } from './warc-record.ts';

/**
 * A capture row as the verifier needs it; captures without bytes (walls, network faults) have null digests. Members
 * that are left out are not held against the ledger.
 */
export interface CaptureToVerify {
  readonly id: string;
  readonly sha256: string | null;
  readonly sm3: string | null;
  readonly warcFile: string | null;
  readonly warcOffset: number | null;
  readonly warcLength: number | null;
  readonly shotSha256: string | null;
  readonly shotFrom?: string | null;
  readonly kind?: string;
  readonly url?: string;
  readonly finalUrl?: string;
  readonly outcome?: string;
  readonly reason?: string | null;
  readonly status?: number | null;
  readonly via?: string;
  readonly fetchedAt?: Date;
  readonly mediaType?: string | null;
  readonly size?: number;
  readonly ledgerSeq?: number | null;
}

export interface EvidenceFault {
  /** Ledger row, WARC record or stored file, as people can find it. */
  readonly place: string;
  readonly reason: string;
}

export interface EvidenceReport {
  readonly ok: boolean;
  /** How far the weakest root is vouched for; `unsigned` when there is none. */
  readonly state: SealState;
  readonly ledger: ChainReport;
  readonly roots: Omit<RootsSummary, 'state'>;
  readonly captures: { readonly total: number; readonly withBytes: number; readonly sound: number };
  readonly blobs: { readonly checked: number; readonly sound: number };
  /** Captures and files that were destroyed on record: no fault, but no longer there. */
  readonly destroyed: {
    readonly captures: number;
    readonly blobs: number;
    /** Numbers of the records, and those whose bytes still stand. */
    readonly records: readonly number[];
    readonly unfinished: readonly number[];
  };
  /** Bytes in a WARC file behind the last record anything refers to. */
  readonly tails: readonly { readonly warcFile: string; readonly bytes: number }[];
  readonly first: EvidenceFault | null;
  /** The first 100 faults in the order they were found. */
  readonly faults: readonly EvidenceFault[];
  readonly faultCount: number;
}

export interface EvidenceToVerify {
  /** Ledger rows in order of seq. */
  readonly ledgerRows: AsyncIterable<LedgerRow> | Iterable<LedgerRow>;
  readonly captures: AsyncIterable<CaptureToVerify> | Iterable<CaptureToVerify>;
  /** Daily roots in order of their number, with their seals. */
  readonly roots?: readonly StoredRoot[];
  readonly trust?: SealTrust;
  /** The evidence folder, or another vault. */
  readonly dir: EvidencePlace;
  /** False when `captures` is a part of what the ledger speaks of (one case); default true. */
  readonly whole?: boolean;
  readonly onProgress?: (done: number) => void;
}

interface Stated {
  readonly seq: number;
  readonly facts: Readonly<Record<string, unknown>>;
  seen: boolean;
}

interface Blob {
  readonly seq: number;
  readonly kind: string;
  readonly refId: string;
  readonly sha256: string;
  readonly sm3: unknown;
  readonly from: unknown;
}

const MAX_FAULTS = 100;
const COMPANION = /^(\d{1,12}) sha256:([0-9a-f]{64})$/;

/** What a row states that a capture's columns say again; the rest of the row stands for itself. */
const COMPARED = [
  ...['url', 'finalUrl', 'status', 'via', 'captureKind', 'outcome', 'reason', 'fetchedAt'],
  ...['sha256', 'sm3', 'size', 'mediaType', 'warcFile', 'warcOffset', 'warcLength', 'recordSha256'],
] as const;

const asFacts = (value: unknown): Readonly<Record<string, unknown>> => (value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {});

/** SM3 of bytes that are read piece by piece; reading to the end also holds them against their name. */
async function sm3Of(pieces: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sm3');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

type Place = Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength'>;

const placeOf = ({ warcFile, warcOffset, warcLength }: CaptureToVerify): Place | null =>
  warcFile === null || warcOffset === null || warcLength === null ? null : { warcFile, warcOffset, warcLength };

class Verification {
  readonly faults: EvidenceFault[] = [];
  faultCount = 0;
  readonly stated = new Map<string, Stated>();
  readonly blobs: Blob[] = [];
  readonly destruction = new DestructionRecords();
  readonly ends = new Map<string, number>();
  readonly #infos = new Set<string>();
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  fault(place: string, reason: string): void {
    this.faultCount += 1;
    if (this.faults.length < MAX_FAULTS) this.faults.push({ place, reason });
  }

  /** Remembers what a sound ledger row states, to hold the captures and files against it. */
  note(row: LedgerRow): void {
    const facts = asFacts(readPayload(row.payload)?.data);
    if (row.kind === 'destruction') this.destruction.note(facts, row.seq);
    const before = row.kind === 'capture' ? this.stated.get(row.refId) : undefined;
    // A later row could say something else of the same capture: the first one stands.
    if (before) this.fault(`ledger ${row.seq}`, `存证件 ${row.refId} 已由第 ${before.seq} 行登记，不得再次登记`);
    else if (row.kind === 'capture')
      this.stated.set(row.refId, {
        seq: row.seq,
        facts: { ...Object.fromEntries(COMPARED.map((name) => [name, facts[name]])), revisit: asFacts(facts['revisit'])['sha256'] },
        seen: false,
      });
    else if (typeof facts['sha256'] === 'string' && ([...FILE_KINDS, 'import'] as readonly string[]).includes(row.kind))
      this.blobs.push({ seq: row.seq, kind: row.kind, refId: row.refId, sha256: facts['sha256'], sm3: facts['sm3'], from: facts['from'] });
  }

  /** Holds a capture's columns against what the ledger states of it; rows of an older form state less. */
  columns(c: CaptureToVerify, chainSound: boolean): void {
    const stated = this.stated.get(c.id);
    // Captures without bytes of before they had a row of their own.
    const rowless = c.sha256 === null && (c.ledgerSeq ?? null) === null;
    if (!stated) {
      if (chainSound && !rowless) this.fault(`capture ${c.id}`, '存证链中没有该存证件的记录');
      return;
    }
    stated.seen = true;
    const { id: _id, shotSha256: _shot, shotFrom: _from, kind, fetchedAt, ledgerSeq, ...columns } = c;
    const told: Record<string, unknown> = { ...columns, captureKind: kind, fetchedAt: fetchedAt?.toISOString() };
    // Where the bytes stood is no longer said of a capture destroyed on record.
    if (this.destruction.has(c.id)) for (const name of ['warcFile', 'warcOffset', 'warcLength']) delete told[name];
    for (const [name, value] of Object.entries(told)) {
      const fact = stated.facts[name];
      if (fact !== undefined && value !== undefined && fact !== value)
        this.fault(`ledger ${stated.seq} / capture ${c.id}`, `存证件登记的 ${name} 与存证链记录不符`);
    }
    if (ledgerSeq !== undefined && ledgerSeq !== stated.seq) this.fault(`ledger ${stated.seq} / capture ${c.id}`, '存证件登记的存证链序号不符');
  }

  /** Checks one capture's record: place, digests of the body, of the stored bytes, and of the records beside it. */
  async capture(c: CaptureToVerify): Promise<boolean> {
    const before = this.faultCount;
    const stated = this.stated.get(c.id);
    if (this.destruction.has(c.id)) return this.#destroyed(c);
    const place = placeOf(c);
    if (!place) {
      this.fault(`capture ${c.id}`, '登记了摘要但没有 WARC 位置');
      return false;
    }
    await this.#named(place, () =>
      this.#record(c, place, stated?.facts['recordSha256'], (record, name) => {
        const { body } = parseResponse(record, name);
        if (sha256(body) !== c.sha256) return '正文 SHA-256 与登记不符';
        return sm3(body) === c.sm3 ? null : '正文 SM3 与登记不符';
      }),
    );
    return this.faultCount === before;
  }

  /** Whatever goes wrong is a fault of this place. */
  async #named(place: Place, look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (thrown) {
      if (thrown instanceof PinchaError) this.fault(String(thrown.details['place'] ?? placeName(place)), String(thrown.details['reason'] ?? thrown.message));
      else this.fault(placeName(place), reasonOf(thrown));
    }
  }

  /** Checks the record of an answer without a body, which says that what was sealed before still stands. */
  async revisit(c: CaptureToVerify): Promise<void> {
    const place = placeOf(c);
    const facts = this.stated.get(c.id)?.facts;
    if (!place || !facts || this.destruction.has(c.id)) return;
    await this.#named(place, () =>
      this.#record(c, place, facts['recordSha256'], ({ fields }) => {
        if (fields.get('warc-type') !== 'revisit') return '不是 revisit 记录';
        return fields.get('warc-payload-digest') === `sha256:${facts['revisit']}` ? null : '所确认的正文 SHA-256 与存证链登记不符';
      }),
    );
  }

  /** A capture whose bytes were destroyed on record: its columns were held against the ledger, and its bytes must be gone. */
  async #destroyed(c: CaptureToVerify): Promise<boolean> {
    const before = this.faultCount;
    await this.destruction.check(this.#vault, c.id, (file, end) => this.ends.set(file, Math.max(this.ends.get(file) ?? 0, end)));
    return this.faultCount === before;
  }

  /** Reads a stored record; holds what it says by `faultOf`, then its bytes and the records beside it, against what was entered. */
  async #record(c: CaptureToVerify, place: Place, recordSha256: unknown, faultOf: (record: ParsedRecord, name: string) => string | null): Promise<void> {
    const name = `${placeName(place)} (capture ${c.id})`;
    const path = place.warcFile;
    const stored = await readBytes(this.#vault, path, place.warcOffset, place.warcLength, name);
    this.ends.set(path, Math.max(this.ends.get(path) ?? 0, place.warcOffset + place.warcLength));
    if (stored.length !== place.warcLength) return this.fault(name, '文件在该记录之前已结束');
    const record = await recordOf(stored, name);
    const fault = faultOf(record, name);
    if (fault) return this.fault(name, fault);
    if (typeof recordSha256 === 'string' && sha256(stored) !== recordSha256) return this.fault(name, 'WARC 记录的原始字节与存证链登记不符');
    await this.#companion(path, record.fields.get('pincha-request-bytes'), place.warcOffset, `${name} 的请求记录`);
    if (!this.#infos.has(path)) {
      this.#infos.add(path);
      await this.#companion(path, record.fields.get('pincha-warcinfo-bytes'), null, `${path} 的 warcinfo 记录`);
    }
  }

  /** Checks the record that ends where the response begins (request) or opens the file (warcinfo). */
  async #companion(path: string, told: string | undefined, endsAt: number | null, name: string): Promise<void> {
    const match = told ? COMPANION.exec(told) : null;
    if (!match) return;
    const length = Number(match[1]);
    const bytes = await readBytes(this.#vault, path, endsAt === null ? 0 : endsAt - length, length, name);
    if (sha256(bytes) !== match[2]) this.fault(name, '字节与响应记录中登记的摘要不符');
  }

  /** Checks one stored file against its name and its second digest. */
  async blob(digest: string, sm3Told: unknown, place: string): Promise<boolean> {
    try {
      const bytes = await createContentStore(this.#vault).stream(digest);
      if (!bytes) this.fault(place, `文件 blob/${digest} 不存在`);
      else if ((await sm3Of(bytes)) !== sm3Told && typeof sm3Told === 'string') this.fault(place, `文件 blob/${digest} 的 SM3 与登记不符`);
      else return true;
    } catch (thrown) {
      this.fault(place, thrown instanceof PinchaError ? `${thrown.details['place']}:${thrown.details['reason']}` : reasonOf(thrown));
    }
    return false;
  }

  async tails(): Promise<{ warcFile: string; bytes: number }[]> {
    const found: { warcFile: string; bytes: number }[] = [];
    for (const [warcFile, end] of this.ends) {
      const size = (await this.#vault.size(warcName(warcFile)).catch(() => null)) ?? end;
      if (size > end) found.push({ warcFile, bytes: size - end });
    }
    return found;
  }
}

/** What the ledger says of page shots, to hold against what captures say of theirs. */
class ShotRows {
  readonly #rows = new Map<string, Blob>();
  readonly #captures = new Set<string>();

  constructor(blobs: readonly Blob[]) {
    for (const b of blobs.filter(({ kind }) => kind === 'shot')) {
      this.#rows.set(`${b.refId} ${b.sha256}`, b);
      this.#captures.add(b.refId);
    }
  }

  of = (c: CaptureToVerify): Blob | undefined => this.#rows.get(`${c.id} ${c.shotSha256}`);

  fault(c: CaptureToVerify): string | null {
    if (c.shotSha256 === null) return this.#captures.has(c.id) ? '存证链有页面留影的记录，存证件未登记' : null;
    const row = this.of(c);
    if (!row) return '存证链中没有该页面留影的记录';
    return c.shotFrom !== undefined && row.from !== c.shotFrom ? '页面留影的来源与存证链记录不符' : null;
  }
}

/**
 * Checks chain, records and files of an evidence folder. Never throws for broken evidence: it reports it.
 * Memory grows with the number of ledger rows (some 300 bytes each), not with their bytes.
 */
export async function verifyEvidence(input: EvidenceToVerify): Promise<EvidenceReport> {
  const check = new Verification(vaultAt(input.dir));
  const roots = new RootsCheck(input.roots ?? [], input.trust ?? {});
  const chain = await verifyChain(input.ledgerRows, (row) => {
    check.note(row);
    roots.row(row);
  });
  if (chain.broken) check.fault(`ledger ${chain.broken.seq}`, chain.broken.reason);
  if (input.roots) roots.finish(chain.ok, (place, reason) => check.fault(place, reason));
  const captures = { total: 0, withBytes: 0, sound: 0 };
  const blobs = { checked: 0, sound: 0 };
  const shots = new ShotRows(check.blobs);
  for await (const c of input.captures) {
    captures.total += 1;
    const faultsBefore = check.faultCount;
    check.columns(c, chain.ok);
    if (c.sha256 !== null) {
      captures.withBytes += 1;
      // One that was destroyed on record is neither sound nor broken.
      if ((await check.capture(c)) && check.faultCount === faultsBefore && !check.destruction.has(c.id)) captures.sound += 1;
    } else await check.revisit(c);
    const shotFault = chain.ok && !check.destruction.has(c.id) ? shots.fault(c) : null;
    if (shotFault) check.fault(`shot of capture ${c.id}`, shotFault);
    if (c.shotSha256 !== null && !shots.of(c)) {
      blobs.checked += 1;
      if (await check.blob(c.shotSha256, undefined, `shot of capture ${c.id}`)) blobs.sound += 1;
    }
    input.onProgress?.(captures.total);
  }
  for (const b of check.blobs) {
    if (check.destruction.hasBlob(b.sha256, b.seq)) continue;
    blobs.checked += 1;
    if (await check.blob(b.sha256, b.sm3, `ledger ${b.seq} (${b.kind})`)) blobs.sound += 1;
  }
  if (input.whole ?? true) {
    for (const [id, s] of check.stated) if (!s.seen) check.fault(`ledger ${s.seq}`, `存证链记录的存证件 ${id} 已不在库中`);
  }
  const { state, ...vouched } = roots.summary();
  return {
    ok: check.faultCount === 0,
    state,
    ledger: chain,
    roots: vouched,
    captures,
    blobs,
    destroyed: check.destruction.report(),
    tails: await check.tails(),
    first: check.faults[0] ?? null,
    faults: check.faults,
    faultCount: check.faultCount,
  };
}
