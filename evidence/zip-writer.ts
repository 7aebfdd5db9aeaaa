/**
 * Writes a package's ZIP to a file, part by part as the bytes come, in the one form of `zip-format.ts`. A part's
 * header is written when its content has been, so nothing is held in memory; what every part came to (length, CRC,
 * SHA-256, SM3) is known as soon as it is written.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { PinchaError } from '../core/errors.ts';
import { centralHeader, endRecord, localHeader, MAX_ZIP_BYTES, MAX_ZIP_ENTRIES, partNameAllowed, type ZipEntry } from './zip-format.ts';

export interface WrittenPart extends ZipEntry {
  readonly sha256: string;
  readonly sm3: string;
}

/** What a part's author writes through; resolves when the bytes are in the file. */
export type Sink = (bytes: Buffer) => Promise<void>;

export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly sm3: string;
}

const tooLarge = (reason: string): PinchaError => new PinchaError('INPUT_INVALID', { field: 'package', reason });

/** Length and both digests of a file, read once. */
export async function digestFile(file: string): Promise<WrittenFile> {
  const [a, b] = [createHash('sha256'), createHash('sm3')];
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
    a.update(chunk);
    b.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: a.digest('hex'), sm3: b.digest('hex') };
}

export class ZipWriter {
  readonly parts: WrittenPart[] = [];
  readonly #offsets: number[] = [];
  readonly #file: string;
  readonly #handle: FileHandle;
  #end = 0;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** Begins a new file. @throws the system's error when it exists or cannot be written */
  static async create(file: string): Promise<ZipWriter> {
    return new ZipWriter(file, await open(file, 'wx', 0o640));
  }

  async #write(bytes: Buffer, at: number): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written, at + written);
      written += bytesWritten;
    }
  }

  /** Adds one part whose content `author` writes. @throws INPUT_INVALID when the package would pass 4 GiB */
  async add(path: string, author: (sink: Sink) => Promise<void>): Promise<WrittenPart> {
    if (!partNameAllowed(path) || this.parts.some((p) => p.path === path)) throw tooLarge(`部件名不可用：${path.slice(0, 200)}`);
    if (this.parts.length >= MAX_ZIP_ENTRIES) throw tooLarge(`部件超过 ${MAX_ZIP_ENTRIES} 个`);
    const offset = this.#end;
    const head = localHeader({ path, crc: 0, bytes: 0 }).length;
    const [a, b] = [createHash('sha256'), createHash('sm3')];
    let crc = 0;
    let bytes = 0;
    await author(async (chunk) => {
      if (offset + head + bytes + chunk.length > MAX_ZIP_BYTES - 64 * 1_048_576) throw tooLarge('证据包超过 4 GiB，请分案导出');
      await this.#write(chunk, offset + head + bytes);
      a.update(chunk);
      b.update(chunk);
      crc = crc32(chunk, crc);
      bytes += chunk.length;
    });
    const part = { path, crc, bytes, sha256: a.digest('hex'), sm3: b.digest('hex') };
    await this.#write(localHeader(part), offset);
    this.#end = offset + head + bytes;
    this.parts.push(part);
    this.#offsets.push(offset);
    return part;
  }

  /** Adds one part that is at hand. */
  addBytes(path: string, bytes: Buffer | string): Promise<WrittenPart> {
    return this.add(path, (sink) => sink(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'utf8')));
  }

  /** Writes the directory and makes the file durable. @returns length and digests of the whole file */
  async finish(): Promise<WrittenFile> {
    const directory = Buffer.concat(this.parts.map((part, i) => centralHeader(part, this.#offsets[i] ?? 0)));
    await this.#write(Buffer.concat([directory, endRecord(this.parts.length, directory.length, this.#end)]), this.#end);
    await this.#handle.sync();
    await this.#handle.close();
    return digestFile(this.#file);
  }

  /** Leaves no half file behind. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#file, { force: true });
  }
}
