/**
 * Several files of posts in one zip archive, as the readers of single files want them: unpacked one after the other into
 * a scratch folder, each removed before the next. A workbook is a zip too and is left alone; an archive within an archive
 * is refused, and what all parts unpack to is bounded before it can fill a disk.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { storableText } from '../../core/storable.ts';
import { headOf } from './table.ts';
import { readEntry, type ZipEntry, zipEntries } from './zip.ts';

const LOCAL_HEADER = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
/** Posts pack to a tenth; what swells more than this was made to fill a disk. */
const MOST_SWELLING = 200;
const SMALL = 64_000_000;
const MOST_BYTES = 60_000_000_000;
const READABLE = /\.(jsonl|ndjson|json|csv|tsv|txt|xlsx|html?)$/i;

export interface PostFile {
  /** Place among the parts, from 0. */
  readonly index: number;
  /** Name within the archive; null for a file that is none. */
  readonly name: string | null;
  readonly path: string;
}

/** A name as it is shown and kept: the end of a long one tells most. */
const shownName = ({ name }: ZipEntry): string => storableText(name.slice(-200));

const isPart = ({ name }: ZipEntry): boolean => !name.endsWith('/') && !/(^|\/)(\.|__MACOSX\/)/.test(name);

async function unpack(file: string, entry: ZipEntry, to: string, { room, signal }: { room: number; signal: AbortSignal | undefined }): Promise<number> {
  const out = createWriteStream(to, { mode: 0o600 });
  let size = 0;
  try {
    for await (const chunk of readEntry(file, entry)) {
      if (signal?.aborted) throw new PinchaError('INTERRUPTED', { reason: entry.name });
      size += chunk.length;
      if (size > room) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `解压后 ${Math.round(room / 1_000_000)} MB` });
      if (!out.write(chunk)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
    }
    out.end();
    await finished(out);
    return size;
  } catch (thrown) {
    out.destroy();
    if (thrown instanceof PinchaError) throw thrown;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: `${entry.name}：${reasonOf(thrown)}` }, thrown);
  }
}

/** The parts of an archive of files; null for a file that is none, workbooks included. @throws PinchaError FILE_UNREADABLE */
async function partsOf(file: string): Promise<ZipEntry[] | null> {
  if (!(await headOf(file, 4)).equals(LOCAL_HEADER)) return null;
  const entries = await zipEntries(file);
  if (entries.some((e) => e.name === '[Content_Types].xml' || e.name === 'xl/workbook.xml')) return null;
  const parts = entries.filter(isPart);
  const odd = parts.find((e) => !READABLE.test(e.name));
  if (odd) {
    const reason = /\.(zip|7z|rar|gz|tgz)$/i.test(odd.name) ? `压缩包内不得再有压缩包：${odd.name}` : `压缩包内只能有 jsonl、csv、xlsx、html：${odd.name}`;
    throw new PinchaError('FILE_UNREADABLE', { file, reason });
  }
  if (parts.length === 0) throw new PinchaError('FILE_UNREADABLE', { file, reason: '压缩包内没有文件' });
  return parts;
}

/**
 * The files of posts in a file: itself, or the parts of an archive from `from` on, each readable until the next is asked for.
 * @param scratch a folder of this caller alone; emptied before and after
 * @throws PinchaError FILE_UNREADABLE, FILE_TOO_LARGE, and INTERRUPTED when the signal aborts while one is unpacked
 */
export async function* postFiles(file: string, scratch: string, from = 0, signal?: AbortSignal): AsyncGenerator<PostFile> {
  const parts = await partsOf(file);
  if (!parts) {
    if (from === 0) yield { index: 0, name: null, path: file };
    return;
  }
  const packed = parts.reduce((sum, e) => sum + e.packed, 0);
  let room = Math.min(MOST_BYTES, packed * MOST_SWELLING + SMALL);
  try {
    for (const [index, entry] of parts.entries()) {
      if (index < from) continue;
      await rm(scratch, { recursive: true, force: true });
      await mkdir(scratch, { recursive: true });
      const to = path.join(scratch, `part${path.extname(entry.name).toLowerCase()}`);
      room -= await unpack(file, entry, to, { room, signal });
      const isZip = (await headOf(to, 4)).equals(LOCAL_HEADER);
      if (isZip && !/\.xlsx$/i.test(entry.name)) throw new PinchaError('FILE_UNREADABLE', { file, reason: `压缩包内不得再有压缩包：${entry.name}` });
      yield { index, name: shownName(entry), path: to };
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
