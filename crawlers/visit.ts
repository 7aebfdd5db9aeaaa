/**
 * One look at one address: fetched, read by the source's adapter, rendered when that is allowed and needed, and
 * brought to one outcome. Patience, order and what is looked at next belong to the walk (`crawl.ts`).
 */
import { sha256 } from '../core/digest.ts';
import { reasonOf } from '../core/errors.ts';
import type { KnownPage } from '../core/frontier.ts';
import type { CaptureKind, Exchange, FetchResult, Outcome, PagePart, ParsedPage } from '../core/model/capture.ts';
import type { PostInput } from '../core/model/post.ts';
import type { RobotsPage } from '../core/politeness.ts';
import type { Fetcher, FetchOptions } from '../core/ports.ts';
import { decodeText } from './fetch/charset.ts';
import { namedPlatformOf } from './platforms/registry.ts';
import type { PlatformAdapter } from './platforms/types.ts';

/** What a look needs of a walk. */
export interface VisitRequest {
  readonly adapter: PlatformAdapter;
  readonly fetcher: Fetcher;
  readonly signal?: AbortSignal;
  /** Overrides the adapter's own floor between requests (the sandbox needs none). */
  readonly floorDelayMs?: number;
  /** Longest wait for the host's turn, in ms; what is longer comes back as `host_paused`. */
  readonly maxWaitMs?: number;
  /** What a robots.txt means that answers with a web page; open unless told. */
  readonly robotsPage?: RobotsPage;
}

export interface CrawlStep {
  readonly url: string;
  readonly kind: CaptureKind;
  /** Whose page it is: the source's platform, or the one a feed's link led to. */
  readonly platform: string;
  readonly result: FetchResult;
  /** What the plain request was answered when `result` is the rendered page: sealed beside it. */
  readonly plain?: FetchResult;
  /** What a rendered page was drawn from, itself first, for asking next time whether any of it changed. */
  readonly parts?: readonly PagePart[] | null;
  readonly parsed: ParsedPage | null;
  /** Posts of the page that stand on their own; a walk takes out cards that only point to posts. */
  readonly posts: readonly PostInput[];
  readonly via: 'http' | 'browser';
  /** The fetch outcome and the page's own status as one: what to record. */
  readonly outcome: Outcome;
  readonly reason: string | null;
}

/** Fetch outcomes whose body may still say more (a removal page answered with 404 or 200). */
const READABLE: ReadonlySet<Outcome> = new Set(['ok', 'deleted', 'removed_by_platform', 'expired', 'unavailable', 'login_wall', 'captcha']);
const mediaTypeOf = (result: FetchResult): string | null =>
  result.exchange?.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;

/** A picture, a sound or the like in the place of a page: its type, else null. */
const noPage = (result: FetchResult): string | null => /^(image|audio|video|font)\/[\w.+-]{1,60}/i.exec(mediaTypeOf(result) ?? '')?.[0] ?? null;

/** What an adapter reads from a fetched page; null when there is nothing to read. */
function parseResult(adapter: PlatformAdapter, result: FetchResult): ParsedPage | null {
  const { exchange } = result;
  if (!exchange || exchange.body.length === 0 || !READABLE.has(result.outcome)) return null;
  const mediaType = mediaTypeOf(result);
  const other = noPage(result);
  if (other) return { platform: adapter.id, account: null, posts: [], links: [], status: 'parse_drift', statusReason: `不是网页（${other}）` };
  return adapter.parse({ url: exchange.finalUrl || exchange.url, html: decodeText(exchange.body, mediaType).text, mediaType, fetchedAt: exchange.fetchedAt });
}

/** Page states that say more than a bare 404 or 5xx does. */
const TELLING: ReadonlySet<Outcome> = new Set(['removed_by_platform', 'expired', 'captcha', 'login_wall', 'deleted']);

/** One outcome from the fetch and the page: the page's words count where the fetch went through or knew less. */
export function outcomeOf(result: FetchResult, parsed: ParsedPage | null): { outcome: Outcome; reason: string | null } {
  const byPage =
    parsed !== null && (result.outcome === 'ok' || ((result.outcome === 'deleted' || result.outcome === 'unavailable') && TELLING.has(parsed.status)));
  return byPage ? { outcome: parsed.status, reason: parsed.statusReason } : { outcome: result.outcome, reason: result.reason };
}

const failed = (thrown: unknown): FetchResult => ({ outcome: 'network', reason: reasonOf(thrown), exchange: null, retryAt: null });

/** Who reads a page: where the source names the hosts, the platform whose page it is comes first. */
export const readerOf = (adapter: PlatformAdapter, url: string): PlatformAdapter => (adapter.anyHost && namedPlatformOf(url)) || adapter;

const headerOf = (exchange: Exchange, name: string): string | null => exchange.responseHeaders.find(([n]) => n.toLowerCase() === name)?.[1] ?? null;

/** What a rendered page was drawn from: the plain answer, then what its script fetched; null when it cannot be asked for again. */
function partsOf(url: string, plain: FetchResult, known: readonly PagePart[] | null, drawn: FetchResult): PagePart[] | null {
  if (!drawn.parts) return null;
  const { exchange } = plain;
  const itself = exchange
    ? { url, headers: {}, etag: headerOf(exchange, 'etag'), lastModified: headerOf(exchange, 'last-modified'), sha256: sha256(exchange.body) }
    : known?.[0];
  return itself ? [itself, ...drawn.parts] : null;
}

const samePart = (part: PagePart, result: FetchResult): boolean =>
  result.outcome === 'unchanged' || (result.outcome === 'ok' && result.exchange !== null && sha256(result.exchange.body) === part.sha256);

/** Whether nothing a page was drawn from has changed since: its own plain answer has not, and now its script's requests are asked one by one. */
async function drawnFromTheSame(request: VisitRequest, plain: FetchResult, parts: readonly PagePart[], options: FetchOptions): Promise<boolean> {
  const [itself, ...others] = parts;
  if (!itself || !samePart(itself, plain)) return false;
  for (const part of others) {
    const { etag, lastModified, headers } = part;
    const result = await request.fetcher.fetch(part.url, { ...options, etag, lastModified, headers }).catch(failed);
    if (!samePart(part, result)) return false;
  }
  return true;
}

/**
 * Fetches one address, and renders it when the adapter allows, fields are missing and the page is no wall. A page that
 * a script draws tells nothing by its own validators: it is unchanged only when all that it was drawn from is.
 */
export async function visit(request: VisitRequest, url: string, kind: CaptureKind, known: KnownPage | null): Promise<CrawlStep> {
  const { fetcher, maxWaitMs, robotsPage } = request;
  const adapter = readerOf(request.adapter, url);
  const polite: FetchOptions = {
    floorDelayMs: request.floorDelayMs ?? adapter.politeness.floorDelayMs,
    ...(request.signal ? { signal: request.signal } : {}),
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
    ...(robotsPage === undefined ? {} : { robotsPage }),
  };
  const parts = known?.parts ?? null;
  const fresh = parts?.[0] ?? (adapter.shell ? null : known);
  // Read once, by whoever asks first: the host's clock must know whether a good status hides a wall.
  let last: { readonly exchange: Exchange; readonly page: ParsedPage | null } | null = null;
  const readPage = (result: FetchResult): ParsedPage | null =>
    kind === 'image' ? null : last !== null && last.exchange === result.exchange ? last.page : parseResult(adapter, result);
  const walled = (exchange: Exchange): boolean => {
    last = { exchange, page: readPage({ outcome: 'ok', reason: null, exchange, retryAt: null }) };
    return last.page?.status === 'captcha';
  };
  // A port must not throw for what a host does; should one do so, the walk still ends in an outcome.
  let result = await fetcher.fetch(url, { ...polite, walled, etag: fresh?.etag ?? null, lastModified: fresh?.lastModified ?? null }).catch(failed);
  let parsed = readPage(result);
  let plain: FetchResult | null = null;
  let drawn: PagePart[] | null = null;
  const lacking = result.outcome === 'ok' && parsed?.status === 'parse_drift' && noPage(result) === null;
  if (adapter.render === 'when-missing' && (lacking || (parts !== null && result.outcome === 'unchanged'))) {
    plain = result;
    if (parts !== null && (await drawnFromTheSame(request, plain, parts, polite))) {
      result = { outcome: 'unchanged', reason: null, exchange: null, retryAt: null };
      return { url, kind, platform: adapter.id, result, parsed: null, posts: [], via: 'http', outcome: 'unchanged', reason: null };
    }
    result = await fetcher.render(url, { ...polite, walled }).catch(failed);
    parsed = readPage(result);
    drawn = partsOf(url, plain, parts, result);
  }
  const read = { parsed, posts: parsed?.posts ?? [], ...outcomeOf(result, parsed) };
  return { url, kind, platform: adapter.id, result, ...(plain?.exchange ? { plain } : {}), parts: drawn, via: result.exchange?.via ?? 'http', ...read };
}
