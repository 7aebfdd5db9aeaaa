/**
 * What makes a package a WACZ 1.1.1 that other people's tools open: the index of its WARC (CDXJ), the list of its
 * pages, and `datapackage.json` with its digest. Lines and members stand in a fixed order, so the same facts give
 * the same bytes.
 */
import { canonicalJson } from '../core/digest.ts';
import type { WrittenPart } from './zip-writer.ts';

export const WACZ_VERSION = '1.1.1';
export const WARC_PART = 'archive/data.warc.gz';
export const INDEX_PART = 'indexes/index.cdx';
export const PAGES_PART = 'pages/pages.jsonl';
export const DATAPACKAGE_PART = 'datapackage.json';
export const DIGEST_PART = 'datapackage-digest.json';

/** A record of the package's WARC: where it stands in that file, in bytes. */
export interface RecordPlace {
  readonly offset: number;
  readonly length: number;
}

interface IndexedRecord extends RecordPlace {
  readonly url: string;
  readonly at: Date;
  readonly status: number | null;
  readonly mediaType: string | null;
  readonly sha256: string;
}

/** `20261123101500`, as indexes write time. */
const stamp = (at: Date): string => at.toISOString().replace(/[-:T]/g, '').slice(0, 14);

/** Null for what is no address: a hostile record may name anything. */
function addressOf(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/**
 * The key an address is found by: host turned round, then port, path and sorted query, in lower case, as Webrecorder's
 * and pywb's tools write it (SURT).
 */
export function surtOf(url: string): string {
  const found = /^https?:/.test(url) ? addressOf(url.replace(/^(https?:\/\/)www\d*\./, '$1').toLowerCase()) : null;
  if (!found) return url;
  const { hostname, port, pathname, search } = found;
  const query = search ? `?${search.slice(1).split('&').sort().join('&')}` : '';
  return `${hostname.split('.').reverse().join(',')}${port ? `:${port}` : ''})${pathname}${query}`;
}

/** The index of responses, sorted by bytes as readers search it. */
function cdxLines(records: readonly IndexedRecord[]): string {
  const lines = records.map((r) => {
    const told = {
      url: r.url,
      mime: r.mediaType ?? 'application/octet-stream',
      status: String(r.status ?? 200),
      digest: `sha256:${r.sha256}`,
      length: String(r.length),
      offset: String(r.offset),
      filename: WARC_PART.slice('archive/'.length),
    };
    return Buffer.from(`${surtOf(r.url)} ${stamp(r.at)} ${JSON.stringify(told)}\n`, 'utf8');
  });
  return Buffer.concat(lines.sort(Buffer.compare)).toString('utf8');
}

/** A capture as the package's own list tells of it, as far as index and pages need it. */
export interface ListedCapture {
  readonly id: string;
  readonly kind: string;
  readonly finalUrl: string;
  readonly fetchedAt: string;
  readonly status: number | null;
  readonly mediaType: string | null;
  readonly sha256: string;
  readonly title: string | null;
  readonly response: RecordPlace;
}

/** The index of a list of captures. */
export const indexOf = (captures: readonly ListedCapture[]): string =>
  cdxLines(
    captures.map(({ finalUrl, fetchedAt, status, mediaType, sha256, response }) => ({
      ...response,
      url: finalUrl,
      at: new Date(fetchedAt),
      status,
      mediaType,
      sha256,
    })),
  );

const isPage = (c: ListedCapture): boolean =>
  c.kind !== 'image' && /^(text\/html|application\/xhtml\+xml)$/.test(c.mediaType ?? '') && /^https?:/.test(c.finalUrl);

/** The pages among a list of captures. */
export const pagesOf = (captures: readonly ListedCapture[]): PageLine[] =>
  captures.filter(isPage).map((c) => ({ id: c.id, url: c.finalUrl, at: new Date(c.fetchedAt), title: c.title ?? c.finalUrl }));

export interface PageLine {
  readonly id: string;
  readonly url: string;
  readonly at: Date;
  readonly title: string;
}

/** The pages a reader may begin with. */
export function pageLines(pages: readonly PageLine[]): string {
  const head = { format: 'json-pages-1.0', id: 'pages', title: '存证页面 Pages' };
  return [head, ...pages.map((p) => ({ id: p.id, url: p.url, ts: p.at.toISOString(), title: p.title }))].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** `datapackage.json`: every part before it with length and both digests. */
export function datapackage(
  parts: readonly WrittenPart[],
  told: { readonly title: string; readonly description: string; readonly created: Date; readonly software: string; readonly mainPage: PageLine | null },
): string {
  const value = {
    profile: 'data-package',
    wacz_version: WACZ_VERSION,
    title: told.title,
    description: told.description,
    created: told.created.toISOString(),
    software: told.software,
    ...(told.mainPage ? { mainPageUrl: told.mainPage.url, mainPageDate: told.mainPage.at.toISOString() } : {}),
    resources: parts.map((p) => ({
      name: p.path.slice(p.path.lastIndexOf('/') + 1),
      path: p.path,
      hash: `sha256:${p.sha256}`,
      sm3: `sm3:${p.sm3}`,
      bytes: p.bytes,
    })),
  };
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** `datapackage-digest.json`: nothing in it is free, so that changing any byte of it shows. */
export const datapackageDigest = (part: Pick<WrittenPart, 'path' | 'sha256' | 'sm3'>): string =>
  `${canonicalJson({ path: part.path, hash: `sha256:${part.sha256}`, sm3: `sm3:${part.sm3}` })}\n`;
