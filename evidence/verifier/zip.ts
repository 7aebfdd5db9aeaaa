/**
 * Reads a package's ZIP as a stranger would: every header is rebuilt from the directory and compared byte by byte, the
 * parts must follow one another without gaps, and nothing may be compressed. So a byte that belongs to no part's
 * content is known beforehand, and there is nothing that could swell.
 */
import type { FileHandle } from 'node:fs/promises';
import { CENTRAL_BYTES, centralHeader, END_BYTES, endRecord, LOCAL_BYTES, localHeader, MAX_ZIP_BYTES, partNameAllowed, type ZipEntry } from '../zip-format.ts';
import { Broken, type Place } from './fault.ts';

export interface Part extends ZipEntry {
  /** Where the content begins, in bytes of the package. */
  readonly start: number;
}

const MAX_DIRECTORY_BYTES = 24 * 1_048_576;
const CHUNK = 1_048_576;

const zipFault = (offset: number, zh: string, en: string): Broken => new Broken({ part: 'zip', offset }, zh, en);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as it stands. @throws Broken for bytes that are no UTF-8: two of them could read alike */
export function strictText(bytes: Buffer, place: Place): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Broken(place, '不是规范的 UTF-8 文本', 'this is not UTF-8');
  }
}

/** The package file, read by place and bounded; nothing of it is ever written anywhere. */
export class PackageFile {
  readonly bytes: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.bytes = bytes;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    if (offset < 0 || length < 0 || offset + length > this.bytes)
      throw zipFault(Math.min(offset, this.bytes), '文件在此之前已结束', 'the file ends before this place');
    const bytes = Buffer.alloc(length);
    for (let got = 0; got < length; ) {
      const { bytesRead } = await this.#handle.read(bytes, got, length - got, offset + got);
      if (bytesRead === 0) throw zipFault(offset + got, '文件在读取时变短', 'the file became shorter while it was read');
      got += bytesRead;
    }
    return bytes;
  }

  /** A stretch of the file in pieces of at most 1 MiB. */
  async *stream(offset: number, length: number): AsyncGenerator<Buffer> {
    for (let done = 0; done < length; done += CHUNK) yield await this.read(offset + done, Math.min(CHUNK, length - done));
  }

  /** A whole part, for those that are small. @throws Broken when it is larger than `max` */
  content(part: Part, max: number): Promise<Buffer> {
    if (part.bytes > max) throw new Broken({ part: part.path, offset: part.start }, `部件超过 ${max} 字节`, `the part is larger than ${max} bytes`);
    return this.read(part.start, part.bytes);
  }

  /** Lines of a part with their number from 1 and where each begins. @throws Broken for a line over `max` bytes, bytes that are no UTF-8 or text after the last line break */
  async *lines(part: Part, max: number): AsyncGenerator<{ readonly text: string; readonly number: number; readonly offset: number }> {
    let rest: Buffer = Buffer.alloc(0);
    let [number, offset] = [0, part.start];
    for await (const chunk of this.stream(part.start, part.bytes)) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        number += 1;
        yield { text: strictText(rest.subarray(0, end), { part: part.path, offset, record: `line ${number}` }), number, offset };
        offset += end + 1;
        rest = rest.subarray(end + 1);
      }
      if (rest.length > max)
        throw new Broken({ part: part.path, offset, record: `line ${number + 1}` }, `一行超过 ${max} 字节`, `a line is longer than ${max} bytes`);
    }
    if (rest.length > 0) throw new Broken({ part: part.path, offset, record: `line ${number + 1}` }, '最后一行不完整', 'the last line is not complete');
  }
}

/** Where two stretches that should be equal first differ; null when they do not. */
function firstDifference(found: Buffer, expected: Buffer): number | null {
  if (found.equals(expected)) return null;
  const at = expected.findIndex((byte, i) => byte !== found[i]);
  return at < 0 ? expected.length : at;
}

async function directoryOf(file: PackageFile): Promise<{ bytes: Buffer; offset: number; entries: number }> {
  if (file.bytes < END_BYTES) throw zipFault(0, '不是证据包：文件过短', 'not a package: the file is too short');
  if (file.bytes > MAX_ZIP_BYTES) throw zipFault(0, '文件超过 4 GiB', 'the file is larger than 4 GiB');
  const endAt = file.bytes - END_BYTES;
  const end = await file.read(endAt, END_BYTES);
  const [entries, length, offset] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  const differs = firstDifference(end, endRecord(entries, length, offset));
  if (differs !== null) throw zipFault(endAt + differs, 'ZIP 结尾记录与规定形式不符', 'the end record of the ZIP is not in the prescribed form');
  if (offset + length !== endAt) throw zipFault(endAt + 12, 'ZIP 目录与结尾记录之间不相接', 'the directory does not end where the end record begins');
  if (length > MAX_DIRECTORY_BYTES) throw zipFault(endAt + 12, 'ZIP 目录过大', 'the directory of the ZIP is too large');
  return { bytes: await file.read(offset, length), offset, entries };
}

/**
 * The parts in the order they stand in.
 * @throws Broken naming the first byte that is not as the names and contents demand
 */
export async function readParts(file: PackageFile): Promise<Part[]> {
  const directory = await directoryOf(file);
  const parts: Part[] = [];
  const seen = new Set<string>();
  let [at, next] = [0, 0];
  for (let i = 0; i < directory.entries; i += 1) {
    const where = directory.offset + at;
    if (at + CENTRAL_BYTES > directory.bytes.length) throw zipFault(where, 'ZIP 目录在此中断', 'the directory of the ZIP ends here too early');
    const head = directory.bytes.subarray(at);
    const nameBytes = head.readUInt16LE(28);
    const path = head.toString('latin1', CENTRAL_BYTES, CENTRAL_BYTES + nameBytes);
    if (!partNameAllowed(path) || seen.has(path))
      throw zipFault(where + CENTRAL_BYTES, '部件名不合规定或重复', 'the name of a part is not allowed or stands twice');
    const entry: ZipEntry = { path, crc: head.readUInt32LE(16), bytes: head.readUInt32LE(20) };
    const expected = centralHeader(entry, next);
    const differs = firstDifference(head.subarray(0, expected.length), expected);
    if (differs !== null)
      throw zipFault(where + differs, `ZIP 目录中 ${path} 的条目与规定形式不符`, `the directory's entry of ${path} is not in the prescribed form`);
    const local = localHeader(entry);
    const found = await file.read(next, local.length);
    const wrong = firstDifference(found, local);
    if (wrong !== null) throw zipFault(next + wrong, `${path} 之前的文件头与目录不符`, `the header before ${path} differs from the directory`);
    const start = next + LOCAL_BYTES + nameBytes;
    if (start + entry.bytes > directory.offset) throw zipFault(next + 18, `${path} 的长度超出文件`, `${path} is longer than the file`);
    parts.push({ ...entry, start });
    seen.add(path);
    next = start + entry.bytes;
    at += expected.length;
  }
  if (at !== directory.bytes.length) throw zipFault(directory.offset + at, 'ZIP 目录之后有多余字节', 'there are bytes behind the last entry of the directory');
  if (next !== directory.offset) throw zipFault(next, '最后一个部件之后有多余字节', 'there are bytes behind the last part');
  return parts;
}
