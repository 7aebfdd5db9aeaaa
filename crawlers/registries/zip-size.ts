/**
 * Counts what an archive really unpacks to before anyone opens it: declared sizes can lie, so every entry is
 * inflated into nothing and its bytes are counted. A workbook of 40 KB must not become 10 GB of memory.
 */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { PinchaError, reasonOf } from '../../core/errors.ts';

const MAX_ENTRIES = 5_000;
const MAX_DIRECTORY = 4_000_000;
/** Parts that are held in memory as a whole may unpack to this much each. */
const MAX_HELD = 300_000_000;
const HELD = /sharedStrings|styles|workbook\.xml|theme/i;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly at: number;
}

/** The entries listed in an archive's central directory. */
async function entriesOf(file: string): Promise<Entry[]> {
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
    const entries: Entry[] = [];
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
      });
      at += 46 + name + extra + comment;
    }
    return entries;
  } finally {
    await handle.close();
  }
}

async function unpackedSize(file: string, entry: Entry, limit: number): Promise<number> {
  if (entry.method === 0 || entry.packed === 0) return entry.packed;
  const input = createReadStream(file, { start: entry.at, end: entry.at + entry.packed - 1 });
  const inflate = createInflateRaw();
  let size = 0;
  try {
    input.on('error', (error) => inflate.destroy(error)).pipe(inflate);
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) break;
    }
    return size;
  } finally {
    input.destroy();
    inflate.destroy();
  }
}

/**
 * Refuses an archive that unpacks to more than `max` bytes.
 * @throws PinchaError FILE_TOO_LARGE, or FILE_UNREADABLE when it is no sound archive
 */
export async function checkZip(file: string, max: number): Promise<void> {
  try {
    let total = 0;
    for (const entry of await entriesOf(file)) {
      const allowed = Math.min(max - total, HELD.test(entry.name) ? MAX_HELD : max);
      const size = await unpackedSize(file, entry, allowed);
      if (size > allowed) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `解压后 ${Math.round(allowed / 1_000_000)} MB` });
      total += size;
    }
  } catch (thrown) {
    if (thrown instanceof PinchaError) throw thrown;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  }
}
