/** Recorded traffic as HAR 1.2 (browsers, and proxies that record mini-programs): each answer with its address and time. */
import { storableTime } from '../../core/storable.ts';
import { at, list, num, str } from '../extract/tree.ts';
import { addressOf, type HandedPage, IMPORT_LIMITS } from './types.ts';

/** Whether a JSON value is recorded traffic. */
export const isHar = (value: unknown): boolean => Array.isArray(at(value, 'log', 'entries'));

export function* readHar(value: unknown): Generator<HandedPage> {
  for (const [n, entry] of list(value, 'log', 'entries').slice(0, IMPORT_LIMITS.parts).entries()) {
    const status = num(entry, 'response', 'status') ?? 0;
    const text = at(entry, 'response', 'content', 'text');
    if (status < 100 || status > 599 || typeof text !== 'string' || text === '') continue;
    const body = str(entry, 'response', 'content', 'encoding') === 'base64' ? Buffer.from(text, 'base64') : Buffer.from(text, 'utf8');
    if (body.length === 0 || body.length > IMPORT_LIMITS.body) continue;
    const written = str(entry, 'response', 'content', 'mimeType')?.slice(0, 200) ?? null;
    // A text of a HAR is decoded already: what charset it came in no longer counts.
    const contentType =
      str(entry, 'response', 'content', 'encoding') === 'base64' ? written : (written?.replace(/;\s*charset=[^;]+/i, '; charset=utf-8') ?? null);
    yield { url: addressOf(str(entry, 'request', 'url')), status, contentType, body, at: storableTime(str(entry, 'startedDateTime')), part: String(n + 1) };
  }
}
