/**
 * The sealer: writes each exchange as WARC 1.1 request and response records, one gzip member a record, and
 * returns only when the bytes are on disk. Every process appends to files of its own name, so processes never
 * share one; writes that wait together share one fsync. After a failed write or a kill the file is left as it is
 * and a new one is begun: a torn record at the end is never written behind, and nothing refers to it. In a vault whose
 * names are whole from the start (a bucket) the records that wait together become a file of their own.
 */
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { sha256, sm3 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import type { Exchange } from '../core/model/capture.ts';
import type { Confirmed, RecordPlace, SealedPlace, Sealer, Vault } from '../core/ports.ts';
import { systemCode, WARC_FOLDER, warcName } from './place.ts';
import { type EvidencePlace, vaultAt } from './vault.ts';
import type { ParsedRecord, Via } from './warc-record.ts';
import { newRecordId, parseRecord, parseResponse, requestRecord, responseRecord, revisitRecord, warcinfoRecord } from './warc-record.ts';

export interface SealerOptions {
  /** The evidence folder or another vault; files go to `warc/` in it. */
  readonly dir: EvidencePlace;
  /** A file that has reached this size is closed and a new one begun. Bytes. */
  readonly maxBytes?: number;
  /** Written into warcinfo, e.g. `pincha/0.1.0`. */
  readonly software?: string;
}

/** A sealed place with the digest of the stored record itself, which the ledger keeps so that no bit of it can change unseen. */
export interface SealedRecord extends SealedPlace {
  /** SHA-256 of the `warcLength` bytes as they stand in the file (compressed). */
  readonly recordSha256: string;
}

/** The sealing port, saying a little more of each place. */
export interface RecordSealer extends Sealer {
  seal(exchange: Exchange, via: Via): Promise<SealedRecord>;
}

const DEFAULT_MAX_BYTES = 256 * 1_048_576;
/** Most a record may inflate to when read back: a sealed body is bounded when fetched, a tampered one is not. */
const MAX_RECORD_BYTES = 512 * 1_048_576;
const BATCH = 64;

const compress = promisify<Buffer, Buffer>(gzip);
const inflate = (bytes: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => gunzip(bytes, { maxOutputLength: MAX_RECORD_BYTES }, (error, result) => (error ? reject(error) : resolve(result))));

interface OpenFile {
  readonly name: string;
  /** Writes further records, durable when it returns. */
  append(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
  readonly warcinfoId: string;
  /** Length and SHA-256 of the compressed warcinfo, repeated in every response so that it is covered too. */
  readonly warcinfoDigest: string;
  size: number;
}

interface Waiting {
  readonly exchange: Exchange;
  readonly via: Via;
  /** Of an answer that only confirms what was sealed before. */
  readonly of?: Confirmed;
  readonly resolve: (place: SealedRecord) => void;
  readonly reject: (thrown: unknown) => void;
}

/** `warc/20261123T0130-4711-1f0c….warc.gz`: time for people, process and uuid so that no two writers meet. */
function newFileName(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 13);
  return `${WARC_FOLDER}/${stamp}-${process.pid}-${randomUUID()}.warc.gz`;
}

async function openFile(vault: Vault, software: string): Promise<OpenFile> {
  const now = new Date();
  const name = newFileName(now);
  const warcinfoId = newRecordId();
  const warcinfo = await compress(warcinfoRecord(warcinfoId, name.slice(WARC_FOLDER.length + 1), software, now));
  const told = { name, warcinfoId, warcinfoDigest: `${warcinfo.length} sha256:${sha256(warcinfo)}`, size: warcinfo.length };
  const file = await vault.begin?.(name, warcinfo);
  if (file) return { ...told, append: file.append, close: file.close };
  // Names that are whole from the start: the first batch is all that comes to stand there.
  const put = async (bytes: Buffer): Promise<void> => {
    const whole = Buffer.concat([warcinfo, bytes]);
    // Taken already: by our own put, whose answer was lost on the way.
    if (!(await vault.put(name, whole)) && !(await vault.read(name))?.equals(whole))
      throw new PinchaError('STORE_FAILED', { place: `${vault.title}/${name}`, reason: '名称已被占用' });
  };
  return { ...told, append: put, close: async () => undefined };
}

const mediaTypeOf = (exchange: Exchange): string | null => {
  const value = exchange.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return value?.split(';')[0]?.trim().toLowerCase().slice(0, 200) || null;
};

interface Sealed {
  readonly request: Buffer;
  readonly response: Buffer;
}

/** Both records of an exchange, compressed; the response names its companions with length and digest. */
async function compressed(file: OpenFile, { exchange, via, of }: Waiting): Promise<Sealed> {
  const responseId = newRecordId();
  const requestId = via === 'import' ? null : newRecordId();
  const request = requestId ? await compress(requestRecord(requestId, responseId, file.warcinfoId, exchange)) : Buffer.alloc(0);
  const extra: [string, string][] = [['Pincha-Warcinfo-Bytes', file.warcinfoDigest]];
  if (requestId) extra.push(['Pincha-Request-Bytes', `${request.length} sha256:${sha256(request)}`]);
  const companions = { requestId, warcinfoId: file.warcinfoId, extra };
  const response = await compress(of ? revisitRecord(responseId, exchange, of, companions) : responseRecord(responseId, exchange, via, companions));
  return { request, response };
}

/** Appends the records with one write and one fsync and says where each response stands. */
async function append(file: OpenFile, batch: readonly Waiting[]): Promise<SealedRecord[]> {
  const sealed = await Promise.all(batch.map((w) => compressed(file, w)));
  const bytes = Buffer.concat(sealed.flatMap((s) => [s.request, s.response]));
  await file.append(bytes);
  let offset = file.size;
  const places = sealed.map(({ request, response }, i) => {
    const { body } = (batch[i] as Waiting).exchange;
    const place: SealedRecord = {
      sha256: sha256(body),
      sm3: sm3(body),
      size: body.length,
      mediaType: mediaTypeOf((batch[i] as Waiting).exchange),
      warcFile: file.name,
      warcOffset: offset + request.length,
      warcLength: response.length,
      recordSha256: sha256(response),
    };
    offset += request.length + response.length;
    return place;
  });
  file.size = offset;
  return places;
}

const writeError = (vault: Vault, thrown: unknown): unknown => {
  const code = systemCode(thrown);
  return code === 'ENOSPC' || code === 'EDQUOT' ? new PinchaError('DISK_FULL', { path: vault.title, freeMb: 0, needMb: 1 }, thrown) : thrown;
};

/** Reads `length` bytes of a WARC file at `offset`; fewer when the file ends before. @param label how to name the place in an error */
export async function readBytes(from: EvidencePlace, warcFile: string, offset: number, length: number, label: string): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length <= 0 || length > MAX_RECORD_BYTES)
    throw new PinchaError('EVIDENCE_BROKEN', { place: label, reason: '记录位置或长度不合理' });
  const bytes = await vaultAt(from)
    .read(warcName(warcFile), { offset, length })
    .catch((thrown: unknown) => {
      if (thrown instanceof PinchaError) throw thrown;
      throw new PinchaError('EVIDENCE_BROKEN', { place: label, reason: reasonOf(thrown) }, thrown);
    });
  if (!bytes) throw new PinchaError('EVIDENCE_BROKEN', { place: label, reason: '文件不存在' });
  return bytes;
}

/** Inflates and parses one stored record. @param place how to name it in an error */
export async function recordOf(stored: Buffer, place: string): Promise<ParsedRecord> {
  let raw: Buffer;
  try {
    raw = await inflate(stored);
  } catch (thrown) {
    throw new PinchaError('EVIDENCE_BROKEN', { place, reason: `压缩数据已损坏（${reasonOf(thrown)}）` }, thrown);
  }
  return parseRecord(raw, place);
}

/** `file@offset+length`, how a record is named to people. */
export const placeName = (p: Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength'>): string => `${p.warcFile}@${p.warcOffset}+${p.warcLength}`;

class WarcSealer implements RecordSealer {
  readonly #options: Required<SealerOptions>;
  readonly #vault: Vault;
  readonly #waiting: Waiting[] = [];
  #file: OpenFile | null = null;
  #working: Promise<void> | null = null;
  #closed = false;

  constructor(options: Required<SealerOptions>) {
    this.#options = options;
    this.#vault = vaultAt(options.dir);
  }

  seal(exchange: Exchange, via: Via): Promise<SealedRecord> {
    return this.#wait({ exchange, via });
  }

  async revisit(exchange: Exchange, of: Confirmed): Promise<RecordPlace> {
    const { warcFile, warcOffset, warcLength, recordSha256 } = await this.#wait({ exchange, via: 'http', of });
    return { warcFile, warcOffset, warcLength, recordSha256 };
  }

  #wait(sealed: Pick<Waiting, 'exchange' | 'via' | 'of'>): Promise<SealedRecord> {
    if (this.#closed) return Promise.reject(new PinchaError('INTERRUPTED', { reason: '存证写入已关闭' }));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...sealed, resolve, reject });
      this.#working ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        if (this.#file && this.#file.size >= this.#options.maxBytes) await this.#leave();
        this.#file ??= await openFile(this.#vault, this.#options.software);
        const places = await append(this.#file, batch);
        if (!this.#vault.begin) await this.#leave();
        for (const [i, w] of batch.entries()) w.resolve(places[i] as SealedRecord);
      } catch (thrown) {
        // The file may end in a torn record now: never append behind it.
        await this.#leave();
        const error = writeError(this.#vault, thrown);
        for (const w of batch) w.reject(error);
      }
    }
    this.#working = null;
  }

  async #leave(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => undefined);
  }

  async read(place: Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength' | 'sha256'>): ReturnType<Sealer['read']> {
    const name = placeName(place);
    const stored = await readBytes(this.#vault, place.warcFile, place.warcOffset, place.warcLength, name);
    const { url, status, headers, body } = parseResponse(await recordOf(stored, name), name);
    const found = sha256(body);
    if (found !== place.sha256) throw new PinchaError('EVIDENCE_BROKEN', { place: name, reason: `正文 SHA-256 为 ${found}，与登记的 ${place.sha256} 不符` });
    return { url, status, headers, body };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    await this.#leave();
  }
}

/**
 * A sealer that appends to WARC files of this process alone. Opens its first file with the first exchange.
 * `seal` returns a {@link SealedRecord}; put `recordSha256` into the ledger (see `captureFacts`).
 */
export function createSealer(options: SealerOptions): RecordSealer {
  return new WarcSealer({ maxBytes: DEFAULT_MAX_BYTES, software: 'pincha', ...options });
}
