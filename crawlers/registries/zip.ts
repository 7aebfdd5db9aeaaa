/**
 * A zip archive read by its directory: each part by its name, in the order the reader wants it, not in the order it
 * lies in the file. What an archive really unpacks to is counted before anyone opens it: declared sizes can lie, so
 * every entry is inflated into nothing and its bytes are counted. A workbook of 40 KB must not become 10 GB of memory.
 */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { PinchaError, reasonOf } from '../../core/errors.ts';

const MAX_ENTRIES = 5_000;
const MAX_DIRECTORY = 4_000_000;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly at: number;
  readonly encrypted: boolean;
}

/** The entries listed in an archive's central directory. @throws PinchaError FILE_UNREADABLE */
export async function zipEntries(file: string): Promise<ZipEntry[]> {
  const { size } = await stat(file);
  const handle = await open(file, 'r');
  try {
    const tail = Buffer.alloc(Math.min(size, 65_557));
    await handle.read(tail, 0, tail.length, size - tail.length);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    if (end < 0 || end + 22 > tail.length) throw new PinchaError('FILE_UNREADABLE', { file, reason: '压缩包目录缺失，文件可能不完整' });
    const [count, length, start] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
    if (count > MAX_ENTRIES || length > MAX_DIRECTORY || start + length > size) throw new PinchaError('FILE_UNREADABLE', { file, reason: '压缩包目录不合理' });
    const directory = Buffer.alloc(length);
    await handle.read(directory, 0, length, start);
    const entries: ZipEntry[] = [];
    for (let at = 0; at + 46 <= length && entries.length < count; ) {
      if (directory.readUInt32LE(at) !== 0x02014b50) break;
      const [name, extra, comment] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30), directory.readUInt16LE(at + 32)];
      const local = directory.readUInt32LE(at + 42);
      const head = Buffer.alloc(30);
      await handle.read(head, 0, 30, local);
      const data = local + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + name),
        method: directory.readUInt16LE(at + 10),
        packed: directory.readUInt32LE(at + 20),
        at: data,
        encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      });
      at += 46 + name + extra + comment;
    }
    return entries;
  } finally {
    await handle.close();
  }
}

/** The bytes of one entry, unpacked as they are read. @throws PinchaError FILE_UNREADABLE for a way of packing other than deflate */
export async function* readEntry(file: string, entry: ZipEntry): AsyncGenerator<Buffer> {
  if (entry.method !== 0 && entry.method !== 8) throw new PinchaError('FILE_UNREADABLE', { file, reason: `${entry.name} 的压缩方式不受支持` });
  if (entry.encrypted) throw new PinchaError('FILE_UNREADABLE', { file, reason: `${entry.name} 已加密` });
  if (entry.packed === 0xffff_ffff) throw new PinchaError('FILE_UNREADABLE', { file, reason: `${entry.name} 超过 4 GB，请拆分` });
  if (entry.packed === 0) return;
  const input = createReadStream(file, { start: entry.at, end: entry.at + entry.packed - 1 });
  const inflate = createInflateRaw();
  const bytes = entry.method === 0 ? input : input.on('error', (error) => inflate.destroy(error)).pipe(inflate);
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) yield chunk;
  } finally {
    input.destroy();
    bytes.destroy();
  }
}

/**
 * Refuses an archive that unpacks to more than `max` bytes.
 * @throws PinchaError FILE_TOO_LARGE, or FILE_UNREADABLE when it is no sound archive
 */
export async function checkZip(file: string, max: number): Promise<void> {
  try {
    let total = 0;
    for (const entry of await zipEntries(file))
      for await (const chunk of readEntry(file, entry)) {
        total += chunk.length;
        if (total > max) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `解压后 ${Math.round(max / 1_000_000)} MB` });
      }
  } catch (thrown) {
    if (thrown instanceof PinchaError) throw thrown;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  }
}
