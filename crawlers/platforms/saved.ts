/** One saved page (`pincha parse`, imported captures): bytes to text, the right adapter, and what it reads. */
import { PinchaError } from '../../core/errors.ts';
import type { ParsedPage } from '../../core/model/capture.ts';
import { MAX_PAGE } from '../extract/html.ts';
import { unwrapped } from '../extract/unwrap.ts';
import { decodeText } from '../fetch/charset.ts';
import { isMhtml, readMhtml } from '../imports/mhtml.ts';
import { isReadable } from '../imports/types.ts';
import { savedFrom } from './looks.ts';
import { adapterFor } from './registry.ts';

/** Bytes of a saved page; a UTF-8 page of the longest text we parse is never longer. */
const MAX_SAVED = MAX_PAGE * 3;

export interface SavedPage {
  readonly bytes: Buffer;
  /** Named in errors. */
  readonly file: string;
  readonly platform?: string | null;
  readonly url?: string | null;
  readonly contentType?: string | null;
  /** When it was saved; without it "昨天" and the like stay unread. */
  readonly fetchedAt?: Date | null;
}

/** The page of a file that holds it with its parts (MHTML); any other file as it is. */
function pageOf(saved: SavedPage): SavedPage {
  if (!isMhtml(saved.bytes.subarray(0, 8_000).toString('latin1'))) return saved;
  for (const part of readMhtml(saved.bytes, saved.file)) {
    if (isReadable(part)) {
      const { body, contentType, url, at } = part;
      return { ...saved, bytes: body, contentType, url: saved.url ?? url, fetchedAt: saved.fetchedAt ?? at };
    }
  }
  return saved;
}

/**
 * Reads a saved page with the adapter of its platform, its address or its looks.
 * @throws PinchaError FILE_TOO_LARGE, FILE_UNREADABLE for an empty file, PLATFORM_UNKNOWN naming the known ones
 */
export function parseSaved(given: SavedPage): ParsedPage {
  if (given.bytes.length === 0) throw new PinchaError('FILE_UNREADABLE', { file: given.file, reason: '空文件' });
  if (given.bytes.length > MAX_SAVED) throw new PinchaError('FILE_TOO_LARGE', { file: given.file, limit: `${MAX_SAVED / 1_000_000} MB` });
  const saved = pageOf(given);
  const html = unwrapped(decodeText(saved.bytes, saved.contentType ?? null).text);
  if (html.length > MAX_PAGE) throw new PinchaError('FILE_TOO_LARGE', { file: saved.file, limit: `${MAX_PAGE / 1_000_000} MB` });
  // A browser that saves a page writes down where it came from.
  const url = saved.url ?? savedFrom(html);
  return adapterFor({ platform: saved.platform, url: saved.url, html }).parse({
    url,
    html,
    mediaType: saved.contentType ?? null,
    fetchedAt: saved.fetchedAt ?? null,
  });
}
