/**
 * One WARC 1.1 record (ISO 28500:2017) as bytes and back. Request and response records hold an HTTP/1.1 head and
 * the body after transfer and content decoding, so heads that would make a reader decode again are kept under
 * `X-Orig-…` names, as webrecorder's tools do. Extension fields start with `Pincha-`; other readers skip them.
 */
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { sha256, sm3 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import type { Exchange } from '../core/model/capture.ts';
import type { Confirmed } from '../core/ports.ts';

/** How an exchange came to us; anything but `http` is marked in its record. */
export type Via = 'http' | 'browser' | 'import';

export type HeaderPair = readonly [string, string];

export interface ParsedRecord {
  /** WARC fields by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly block: Buffer;
}

export interface ParsedResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: Buffer;
  readonly via: Via;
}

/** What a response record says of the records it came with. */
export interface Companions {
  readonly requestId: string | null;
  readonly warcinfoId: string;
  readonly extra: readonly HeaderPair[];
}

const CRLF = '\r\n';
const ORIGINAL = 'X-Orig-';
/** Heads that describe bytes as they travelled, not as they are stored here. */
const TRAVEL_HEADERS = new Set(['content-encoding', 'transfer-encoding', 'content-length']);

export const newRecordId = (): string => `<urn:uuid:${randomUUID()}>`;

/** One line only: a header or URL from a host may not start a line of its own. */
const oneLine = (value: string): string => value.replace(/[\r\n\0]+/g, ' ').trim();

const isLatin1 = (text: string): boolean => !/[^\x00-\xff]/.test(text);

/** HTTP heads are octets: Latin-1 where that is what they were, else UTF-8. */
const headBytes = (head: string): Buffer => Buffer.from(head, isLatin1(head) ? 'latin1' : 'utf8');

/** Header pairs as storable lines; a value with line breaks (browsers join Set-Cookie so) becomes several headers. */
function* headerLines(pairs: Iterable<HeaderPair>, keepTravel: boolean): Generator<string> {
  for (const [rawName, value] of pairs) {
    const name = rawName.replace(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, '_') || '_';
    if (name.startsWith(':')) continue;
    const shown = !keepTravel && TRAVEL_HEADERS.has(name.toLowerCase()) ? `${ORIGINAL}${name}` : name;
    for (const line of value.split(/\r\n|\r|\n/)) yield `${shown}: ${oneLine(line)}`;
  }
}

/** An absolute URL without spaces or controls, as WARC-Target-URI wants it. */
function targetUri(url: string): string {
  try {
    return new URL(url).href;
  } catch {
    return encodeURI(oneLine(url)).slice(0, 8_000);
  }
}

/** A whole uncompressed record. @param fields in order, without Content-Length and block digest, which are added here */
export function recordBytes(fields: readonly HeaderPair[], block: Buffer): Buffer {
  const head = [
    'WARC/1.1',
    ...fields.map(([name, value]) => `${name}: ${oneLine(value)}`),
    `WARC-Block-Digest: sha256:${sha256(block)}`,
    `Content-Length: ${block.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join(CRLF)}${CRLF}${CRLF}`, 'utf8'), block, Buffer.from(`${CRLF}${CRLF}`)]);
}

/** The warcinfo record that opens every file. @param software e.g. `pincha/0.1.0` */
export function warcinfoRecord(id: string, file: string, software: string, at: Date): Buffer {
  const block = Buffer.from(
    [
      `software: ${oneLine(software)}`,
      'format: WARC File Format 1.1',
      'conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/',
      '',
    ].join(CRLF),
    'utf8',
  );
  const fields: HeaderPair[] = [
    ['WARC-Type', 'warcinfo'],
    ['WARC-Record-ID', id],
    ['WARC-Date', at.toISOString()],
    ['WARC-Filename', file],
    ['Content-Type', 'application/warc-fields'],
  ];
  return recordBytes(fields, block);
}

/** The request record; imported captures have none, since we sent nothing. */
export function requestRecord(id: string, responseId: string, warcinfoId: string, exchange: Exchange): Buffer {
  const uri = targetUri(exchange.finalUrl);
  const { pathname, search, host } = URL.canParse(uri) ? new URL(uri) : { pathname: uri, search: '', host: '' };
  const given = Object.entries(exchange.requestHeaders);
  const pairs: HeaderPair[] = given.some(([name]) => name.toLowerCase() === 'host') ? given : [['Host', host], ...given];
  const head = [`${exchange.method} ${pathname}${search} HTTP/1.1`, ...headerLines(pairs, true), '', ''].join(CRLF);
  const fields: HeaderPair[] = [
    ['WARC-Type', 'request'],
    ['WARC-Record-ID', id],
    ['WARC-Date', exchange.fetchedAt.toISOString()],
    ['WARC-Target-URI', uri],
    ['WARC-Concurrent-To', responseId],
    ['WARC-Warcinfo-ID', warcinfoId],
    ['Content-Type', 'application/http; msgtype=request'],
  ];
  return recordBytes(fields, headBytes(head));
}

/** The response record: status line and heads as the host sent them, then the decoded body. */
export function responseRecord(id: string, exchange: Exchange, via: Via, companions: Companions): Buffer {
  const head = headBytes(
    [
      `HTTP/1.1 ${exchange.status} ${oneLine(exchange.statusText)}`,
      ...headerLines(exchange.responseHeaders, false),
      `Content-Length: ${exchange.body.length}`,
      '',
      '',
    ].join(CRLF),
  );
  const requested = targetUri(exchange.url);
  const uri = targetUri(exchange.finalUrl);
  const fields: HeaderPair[] = [
    ['WARC-Type', 'response'],
    ['WARC-Record-ID', id],
    ['WARC-Date', exchange.fetchedAt.toISOString()],
    ['WARC-Target-URI', uri],
    ...(exchange.remoteAddress && isIP(exchange.remoteAddress) ? [['WARC-IP-Address', exchange.remoteAddress] as const] : []),
    ...(companions.requestId ? [['WARC-Concurrent-To', companions.requestId] as const] : []),
    ['WARC-Warcinfo-ID', companions.warcinfoId],
    ['WARC-Payload-Digest', `sha256:${sha256(exchange.body)}`],
    ['Pincha-Payload-SM3', sm3(exchange.body)],
    // A rendered page is the DOM after scripts ran, an import is what somebody handed in: neither is what a host sent.
    ['Pincha-Via', via],
    ...(exchange.httpVersion ? [['Pincha-Http-Version', exchange.httpVersion] as const] : []),
    ...(requested === uri ? [] : [['Pincha-Requested-URI', requested] as const]),
    ['Pincha-Elapsed-Ms', String(Math.round(exchange.elapsedMs))],
    ...companions.extra,
    ['Content-Type', 'application/http; msgtype=response'],
  ];
  return recordBytes(fields, Buffer.concat([head, exchange.body]));
}

/** Why a revisit record stands for a whole answer: the host said 304. */
export const NOT_MODIFIED = 'http://netpreserve.org/warc/1.1/revisit/server-not-modified';

/** The head of an answer without a body, which says that what was sealed before still stands. */
export function revisitRecord(id: string, exchange: Exchange, of: Confirmed, companions: Companions): Buffer {
  const head = [`HTTP/1.1 ${exchange.status} ${oneLine(exchange.statusText)}`, ...headerLines(exchange.responseHeaders, false), '', ''].join(CRLF);
  const fields: HeaderPair[] = [
    ['WARC-Type', 'revisit'],
    ['WARC-Record-ID', id],
    ['WARC-Date', exchange.fetchedAt.toISOString()],
    ['WARC-Target-URI', targetUri(exchange.finalUrl)],
    ['WARC-Profile', NOT_MODIFIED],
    ['WARC-Refers-To-Target-URI', targetUri(of.url)],
    ['WARC-Refers-To-Date', of.fetchedAt.toISOString()],
    ['WARC-Payload-Digest', `sha256:${of.sha256}`],
    ...(exchange.remoteAddress && isIP(exchange.remoteAddress) ? [['WARC-IP-Address', exchange.remoteAddress] as const] : []),
    ...(companions.requestId ? [['WARC-Concurrent-To', companions.requestId] as const] : []),
    ['WARC-Warcinfo-ID', companions.warcinfoId],
    ['Pincha-Elapsed-Ms', String(Math.round(exchange.elapsedMs))],
    ...companions.extra,
    ['Content-Type', 'application/http; msgtype=response'],
  ];
  return recordBytes(fields, headBytes(head));
}

const broken = (place: string, reason: string): PinchaError => new PinchaError('EVIDENCE_BROKEN', { place, reason });

/** Parses one uncompressed record and checks its length and block digest. @param place how to name it in an error */
export function parseRecord(raw: Buffer, place: string): ParsedRecord {
  const split = raw.indexOf('\r\n\r\n');
  if (split < 0) throw broken(place, 'WARC 记录头不完整');
  const [version, ...lines] = raw.subarray(0, split).toString('utf8').split(CRLF);
  if (!version?.startsWith('WARC/1.')) throw broken(place, '不是 WARC 记录');
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const length = Number(fields.get('content-length'));
  const start = split + 4;
  if (!Number.isSafeInteger(length) || length < 0 || start + length + 4 !== raw.length) throw broken(place, 'WARC 记录长度与内容不符');
  const block = raw.subarray(start, start + length);
  const digest = fields.get('warc-block-digest');
  if (digest?.startsWith('sha256:') && digest !== `sha256:${sha256(block)}`) throw broken(place, 'WARC 记录块的 SHA-256 与记录头不符');
  return { fields, block };
}

const viaOf = (value: string | undefined): Via => (value === 'browser' || value === 'import' ? value : 'http');

/** Reads an HTTP response out of a response record; the body is what follows the head. */
export function parseResponse(record: ParsedRecord, place: string): ParsedResponse {
  const split = record.block.indexOf('\r\n\r\n');
  if (record.fields.get('warc-type') !== 'response' || split < 0) throw broken(place, '不是 HTTP 响应记录');
  const bytes = record.block.subarray(0, split);
  const utf8 = bytes.toString('utf8');
  const [statusLine, ...lines] = (utf8.includes('�') ? bytes.toString('latin1') : utf8).split(CRLF);
  const headers: [string, string][] = [];
  const ours = lines.pop();
  if (!ours?.startsWith('Content-Length:')) throw broken(place, 'HTTP 响应头不完整');
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    headers.push([name.startsWith(ORIGINAL) ? name.slice(ORIGINAL.length) : name, line.slice(colon + 1).trim()]);
  }
  return {
    url: record.fields.get('warc-target-uri') ?? '',
    status: Number(statusLine?.split(' ')[1]),
    headers,
    body: record.block.subarray(split + 4),
    via: viaOf(record.fields.get('pincha-via')),
  };
}
