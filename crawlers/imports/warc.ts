/**
 * Captures from WARC files (ISO 28500) of any writer, plain or gzipped record by record, read as a stream: answers and
 * resources are taken, everything else is passed over, and what a compressed file unpacks to is bounded.
 */

import { createGunzip } from 'node:zlib';
import { PinchaError } from '../../core/errors.ts';
import { storableTime } from '../../core/storable.ts';
import { readAnswer } from './http-body.ts';
import { addressOf, type HandedPage, IMPORT_LIMITS } from './types.ts';

const MAX_HEAD = 65_536;

/** A stream of bytes read by length. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) {
      this.#ended = true;
      return false;
    }
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    return true;
  }

  /** Bytes up to and with a mark; null at the end, or when it does not come within `most`. */
  async upTo(mark: string, most: number): Promise<Buffer | null> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) {
        const found = this.#held.subarray(0, at + mark.length);
        this.#held = this.#held.subarray(at + mark.length);
        return found;
      }
      if (this.#held.length > most || this.#ended || !(await this.#more())) return null;
    }
  }

  /** @returns the bytes, or null when there are more than `most`, which are passed over */
  async take(length: number, most: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      if (this.#held.length === 0 && !(await this.#more())) break;
      const some = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(some.length);
      left -= some.length;
      if (length <= most) parts.push(some);
    }
    return length <= most ? Buffer.concat(parts) : null;
  }

  close(): void {
    void this.#source.return?.();
  }
}

/** @throws PinchaError FILE_TOO_LARGE, FILE_UNREADABLE */
async function* unzipped(bytes: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const feeding = (async () => {
    for await (const chunk of bytes)
      if (!gunzip.write(chunk)) await new Promise<void>((resolve) => gunzip.once('drain', () => resolve()).once('close', () => resolve()));
    gunzip.end();
  })().catch((thrown: unknown) => void gunzip.destroy(thrown instanceof Error ? thrown : undefined));
  let total = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > IMPORT_LIMITS.unpacked) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `解压后 ${IMPORT_LIMITS.unpacked / 1_000_000} MB` });
      yield chunk;
    }
  } catch (thrown) {
    if (thrown instanceof PinchaError) throw thrown;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: '压缩数据已损坏' }, thrown);
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

function pageOf(fields: ReadonlyMap<string, string>, block: Buffer, part: string): HandedPage | null {
  const type = fields.get('warc-type');
  const base = { url: addressOf(fields.get('warc-target-uri')), at: storableTime(fields.get('warc-date')), part };
  if (type === 'resource') return { ...base, status: 200, contentType: fields.get('content-type') ?? null, body: block };
  const answer = type === 'response' ? readAnswer(block) : null;
  return answer && { ...base, status: answer.status, contentType: answer.headers.get('content-type') ?? null, body: answer.body };
}

/**
 * The answers of a WARC file. @param zipped whether its records are gzipped @throws PinchaError FILE_UNREADABLE, FILE_TOO_LARGE
 */
export async function* readWarc(bytes: AsyncIterable<Buffer>, file: string, zipped: boolean, name = ''): AsyncGenerator<HandedPage> {
  const reader = new ByteReader(zipped ? unzipped(bytes, file) : bytes);
  try {
    for (let n = 0; n < IMPORT_LIMITS.parts; n += 1) {
      const head = await reader.upTo('\r\n\r\n', MAX_HEAD);
      if (!head) return;
      const lines = head.toString('utf8').trim().split('\r\n');
      if (!/^WARC\/[\d.]{1,4}$/.test(lines[0] ?? '')) throw new PinchaError('FILE_UNREADABLE', { file, reason: `第 ${n + 1} 个 WARC 记录已损坏` });
      const fields = new Map(lines.slice(1).map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
      const length = Number(fields.get('content-length'));
      if (!Number.isSafeInteger(length) || length < 0) throw new PinchaError('FILE_UNREADABLE', { file, reason: `第 ${n + 1} 个 WARC 记录没有长度` });
      const block = await reader.take(length, IMPORT_LIMITS.body);
      await reader.take(4, 4);
      const page = block && pageOf(fields, block, `${name}${name ? ':' : ''}${n + 1}`);
      if (page) yield page;
    }
  } finally {
    reader.close();
  }
}
