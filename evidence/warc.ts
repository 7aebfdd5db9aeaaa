/**
 * The sealer: writes each exchange as WARC 1.1 request and response records, one gzip member a record, and
 * returns only when the bytes are on disk. Every process appends to files of its own name, so processes never
 * share one; writes that wait together share one fsync. After a failed write or a kill the file is left as it is
 * and a new one is begun: a torn record at the end is never written behind, and nothing refers to it.
 */
import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { sha256, sm3 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import type { Exchange } from '../core/model/capture.ts';
import type { SealedPlace, Sealer } from '../core/ports.ts';
import { syncFolder, systemCode, WARC_FOLDER, warcPath } from './place.ts';
import type { ParsedRecord, Via } from './warc-record.ts';
import { newRecordId, parseRecord, parseResponse, requestRecord, responseRecord, warcinfoRecord } from './warc-record.ts';

export interface SealerOptions {
  /** The evidence folder; files go to `<dir>/warc/`. */
  readonly dir: string;
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
  readonly handle: FileHandle;
  readonly warcinfoId: string;
  /** Length and SHA-256 of the compressed warcinfo, repeated in every response so that it is covered too. */
  readonly warcinfoDigest: string;
  size: number;
}

interface Waiting {
  readonly exchange: Exchange;
  readonly via: Via;
  readonly resolve: (place: SealedRecord) => void;
  readonly reject: (thrown: unknown) => void;
}

/** `warc/20261123T0130-4711-1f0c….warc.gz`: time for people, process and uuid so that no two writers meet. */
function newFileName(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 13);
  return `${WARC_FOLDER}/${stamp}-${process.pid}-${randomUUID()}.warc.gz`;
}

async function openFile(dir: string, software: string): Promise<OpenFile> {
  const folder = join(dir, WARC_FOLDER);
  await mkdir(folder, { recursive: true });
  const now = new Date();
  const name = newFileName(now);
  const warcinfoId = newRecordId();
  const warcinfo = await compress(warcinfoRecord(warcinfoId, name.slice(WARC_FOLDER.length + 1), software, now));
  const handle = await open(join(dir, name), 'ax', 0o640);
  try {
    await handle.write(warcinfo, 0, warcinfo.length);
    await handle.sync();
    await syncFolder(folder);
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
  return { name, handle, warcinfoId, warcinfoDigest: `${warcinfo.length} sha256:${sha256(warcinfo)}`, size: warcinfo.length };
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
async function compressed(file: OpenFile, { exchange, via }: Waiting): Promise<Sealed> {
  const responseId = newRecordId();
  const requestId = via === 'import' ? null : newRecordId();
  const request = requestId ? await compress(requestRecord(requestId, responseId, file.warcinfoId, exchange)) : Buffer.alloc(0);
  const extra: [string, string][] = [['Pincha-Warcinfo-Bytes', file.warcinfoDigest]];
  if (requestId) extra.push(['Pincha-Request-Bytes', `${request.length} sha256:${sha256(request)}`]);
  const response = await compress(responseRecord(responseId, exchange, via, { requestId, warcinfoId: file.warcinfoId, extra }));
  return { request, response };
}

/** Appends the records with one write and one fsync and says where each response stands. */
async function append(file: OpenFile, batch: readonly Waiting[]): Promise<SealedRecord[]> {
  const sealed = await Promise.all(batch.map((w) => compressed(file, w)));
  const bytes = Buffer.concat(sealed.flatMap((s) => [s.request, s.response]));
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.handle.write(bytes, written, bytes.length - written);
    written += bytesWritten;
  }
  await file.handle.sync();
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

const writeError = (dir: string, thrown: unknown): unknown => {
  const code = systemCode(thrown);
  return code === 'ENOSPC' || code === 'EDQUOT' ? new PinchaError('DISK_FULL', { path: dir, freeMb: 0, needMb: 1 }, thrown) : thrown;
};

/** Reads `length` bytes at `offset`; fewer when the file ends before. */
export async function readBytes(path: string, offset: number, length: number, place: string): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length <= 0 || length > MAX_RECORD_BYTES)
    throw new PinchaError('EVIDENCE_BROKEN', { place, reason: '记录位置或长度不合理' });
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (thrown) {
    throw new PinchaError('EVIDENCE_BROKEN', { place, reason: systemCode(thrown) === 'ENOENT' ? '文件不存在' : reasonOf(thrown) }, thrown);
  }
  try {
    const bytes = Buffer.alloc(length);
    let got = 0;
    while (got < length) {
      const { bytesRead } = await handle.read(bytes, got, length - got, offset + got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    return bytes.subarray(0, got);
  } finally {
    await handle.close();
  }
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
  readonly #waiting: Waiting[] = [];
  #file: OpenFile | null = null;
  #working: Promise<void> | null = null;
  #closed = false;

  constructor(options: Required<SealerOptions>) {
    this.#options = options;
  }

  seal(exchange: Exchange, via: Via): Promise<SealedRecord> {
    if (this.#closed) return Promise.reject(new PinchaError('INTERRUPTED', { reason: '存证写入已关闭' }));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ exchange, via, resolve, reject });
      this.#working ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        if (this.#file && this.#file.size >= this.#options.maxBytes) await this.#leave();
        this.#file ??= await openFile(this.#options.dir, this.#options.software);
        const places = await append(this.#file, batch);
        for (const [i, w] of batch.entries()) w.resolve(places[i] as SealedRecord);
      } catch (thrown) {
        // The file may end in a torn record now: never append behind it.
        await this.#leave();
        const error = writeError(this.#options.dir, thrown);
        for (const w of batch) w.reject(error);
      }
    }
    this.#working = null;
  }

  async #leave(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.handle.close().catch(() => undefined);
  }

  async read(place: Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength' | 'sha256'>): ReturnType<Sealer['read']> {
    const name = placeName(place);
    const stored = await readBytes(warcPath(this.#options.dir, place.warcFile), place.warcOffset, place.warcLength, name);
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
