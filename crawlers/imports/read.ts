/**
 * A file somebody hands in, by what its bytes are: a page, saved or recorded pages, a picture, or a chat. What is in it
 * comes out as a stream of pages; nothing is fetched, run or unpacked beyond its bounds.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { ParsedPage } from '../../core/model/capture.ts';
import { parseJson } from '../extract/tree.ts';
import { decodeText } from '../fetch/charset.ts';
import { platformById } from '../platforms/registry.ts';
import { parseSaved } from '../platforms/saved.ts';
import { headOf } from '../registries/table.ts';
import { type Chat, readChat } from './chat.ts';
import { isHar, readHar } from './har.ts';
import { isMhtml, readMhtml } from './mhtml.ts';
import { type HandedPage, IMPORT_LIMITS, isReadable } from './types.ts';
import { readWacz } from './wacz.ts';
import { readWarc } from './warc.ts';

export const CAPTURE_FORMATS = ['html', 'mhtml', 'har', 'warc', 'wacz', 'json', 'picture', 'chat'] as const;
export type CaptureFormat = (typeof CAPTURE_FORMATS)[number];

export interface HandedFile {
  readonly format: CaptureFormat;
  /** Every page of the file, anew each time it is called. */
  pages(): AsyncIterable<HandedPage>;
  /** Set for a chat. */
  readonly chat: Chat | null;
}

const PICTURES: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/webp', /^RIFF.{4}WEBP/s],
  ['image/gif', /^GIF8[79]a/],
];

const one = (contentType: string, body: Buffer, url: string | null): HandedPage => ({ url, status: 200, contentType, body, at: null, part: null });

/** Pages of a source that is read whole, as a stream. */
async function* stream(pages: Iterable<HandedPage>): AsyncGenerator<HandedPage> {
  yield* pages;
}

async function whole(file: string, size: number, most: number): Promise<Buffer> {
  if (size > most) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `${most / 1_000_000} MB` });
  return readFile(file);
}

/** A text by what stands in it. @throws PinchaError FILE_UNREADABLE */
function textFile(file: string, bytes: Buffer, url: string | null): HandedFile {
  const { text } = decodeText(bytes.subarray(0, IMPORT_LIMITS.body));
  const start = text
    .slice(0, 4_000)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (isMhtml(bytes.toString('latin1', 0, 8_192))) return { format: 'mhtml', pages: () => stream(readMhtml(bytes, file)), chat: null };
  if (/^[[{]/.test(start)) {
    const value = parseJson(bytes.toString('utf8').replace(/^\ufeff/, ''));
    if (isHar(value)) return { format: 'har', pages: () => stream(readHar(value)), chat: null };
    if (value !== undefined) return { format: 'json', pages: () => stream([one('application/json', bytes, url)]), chat: null };
  }
  const chat = /^</.test(start) ? null : readChat(text);
  if (chat) return { format: 'chat', pages: () => stream([one('text/plain; charset=utf-8', Buffer.from(text, 'utf8'), null)]), chat };
  // No charset is said: the page's own declaration and its bytes decide, as when it is crawled.
  if (/^<|<(html|body|div|script|article)\b/i.test(start) || /\.(html?|xml|rss|atom)$/i.test(file))
    return { format: 'html', pages: () => stream([one('text/html', bytes, url)]), chat: null };
  throw new PinchaError('FILE_UNREADABLE', { file, reason: '不是网页、MHTML、HAR、WARC、WACZ、JSON、图片或导出的群聊记录' });
}

/**
 * Opens a file of captures.
 * @param url where a single page came from, when the file does not say
 * @throws PinchaError FILE_UNREADABLE, FILE_TOO_LARGE
 */
export async function openHanded(file: string, url: string | null = null): Promise<HandedFile> {
  let size = 0;
  try {
    ({ size } = await stat(file));
  } catch (thrown) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  }
  if (size === 0) throw new PinchaError('FILE_UNREADABLE', { file, reason: '空文件' });
  if (size > IMPORT_LIMITS.file) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `${IMPORT_LIMITS.file / 1_000_000} MB` });
  const head = (await headOf(file, 64)).toString('latin1');
  const type = PICTURES.find(([, begins]) => begins.test(head))?.[0];
  if (type) {
    const body = await whole(file, size, IMPORT_LIMITS.body);
    return { format: 'picture', pages: () => stream([one(type, body, url)]), chat: null };
  }
  const zipped = head.startsWith('\x1f\x8b');
  if (zipped || /^WARC\/\d/.test(head)) {
    const pages = () => readWarc(createReadStream(file) as AsyncIterable<Buffer>, file, zipped);
    return { format: 'warc', pages, chat: null };
  }
  if (head.startsWith('PK\x03\x04')) return { format: 'wacz', pages: () => readWacz(file), chat: null };
  return textFile(file, await whole(file, size, IMPORT_LIMITS.text), url);
}

/**
 * What an adapter reads from a page: the one named, else that of its address or its looks. A page named for another
 * platform than it is from is read by none.
 * @returns null when no adapter knows it
 */
export function readHandedPage(page: HandedPage, how: { readonly platform: string | null; readonly alone: boolean; readonly file: string }): ParsedPage | null {
  if (!isReadable(page) || page.body.length === 0) return null;
  const { url, contentType, at, body } = page;
  // Of many pages only those of the named platform are meant; a page that is the whole file is taken at its word.
  const named = how.platform && !how.alone ? platformById(how.platform) : null;
  if (named && !(url ? named.matches(url) : named.sniff(decodeText(body, contentType).text))) return null;
  try {
    return parseSaved({ bytes: body, file: how.file, url, contentType, fetchedAt: at, platform: how.platform });
  } catch (thrown) {
    if (thrown instanceof PinchaError && (thrown.code === 'PLATFORM_UNKNOWN' || thrown.code === 'FILE_TOO_LARGE')) return null;
    throw thrown;
  }
}

/** How a file is called in an address of our own making. */
export const nameInUrn = (file: string): string => encodeURIComponent(path.basename(file)).slice(0, 200);
