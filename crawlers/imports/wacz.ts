/** Captures from WACZ packages (Webrecorder's WACZ 1.1): the WARC files in their `archive` folder, one after the other. */
import { PinchaError } from '../../core/errors.ts';
import { readEntry, zipEntries } from '../registries/zip.ts';
import { type HandedPage, IMPORT_LIMITS } from './types.ts';
import { readWarc } from './warc.ts';

const ARCHIVE = /^archive\/[^/]+\.warc(\.gz)?$/i;

/** @throws PinchaError FILE_UNREADABLE for an archive that is no WACZ */
export async function* readWacz(file: string): AsyncGenerator<HandedPage> {
  const entries = await zipEntries(file);
  const archives = entries.filter((e) => ARCHIVE.test(e.name));
  if (archives.length === 0) throw new PinchaError('FILE_UNREADABLE', { file, reason: '压缩包不是 WACZ（没有 archive/*.warc）' });
  let left: number = IMPORT_LIMITS.parts;
  for (const entry of archives)
    for await (const page of readWarc(readEntry(file, entry), file, /\.gz$/i.test(entry.name), entry.name.slice('archive/'.length))) {
      left -= 1;
      if (left < 0) return;
      yield page;
    }
}
