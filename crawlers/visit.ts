/**
 * One look at one address: fetched, read by the source's adapter, rendered when that is allowed and needed, and
 * brought to one outcome. Patience, order and what is looked at next belong to the walk (`crawl.ts`).
 */
import { reasonOf } from '../core/errors.ts';
import type { CaptureKind, FetchResult, Outcome, ParsedPage } from '../core/model/capture.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Fetcher } from '../core/ports.ts';
import { decodeText } from './fetch/charset.ts';
import { namedPlatformOf } from './platforms/registry.ts';
import type { PageLink, PlatformAdapter } from './platforms/types.ts';

/** What is known of an address from the last visit. */
export interface KnownPage {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /**
   * The links the page led to then, so that a 304 of page one still leads to page two. Without them an unchanged
   * list is a leaf; give null for a source whose last crawl did not reach its end.
   */
  readonly links?: readonly PageLink[];
}

/** What a look needs of a walk. */
export interface VisitRequest {
  readonly adapter: PlatformAdapter;
  readonly fetcher: Fetcher;
  readonly signal?: AbortSignal;
  /** Overrides the adapter's own floor between requests (the sandbox needs none). */
  readonly floorDelayMs?: number;
}

export interface CrawlStep {
  readonly url: string;
  readonly kind: CaptureKind;
  /** Whose page it is: the source's platform, or the one a feed's link led to. */
  readonly platform: string;
  readonly result: FetchResult;
  /** What the plain request was answered when `result` is the rendered page: sealed beside it. */
  readonly plain?: FetchResult;
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

/** What an adapter reads from a fetched page; null when there is nothing textual to read. */
function parseResult(adapter: PlatformAdapter, result: FetchResult): ParsedPage | null {
  const { exchange } = result;
  if (!exchange || exchange.body.length === 0 || !READABLE.has(result.outcome)) return null;
  const mediaType = mediaTypeOf(result);
  if (/^(image|audio|video|font)\//i.test(mediaType ?? '')) return null;
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

/** Fetches one address, and renders it when the adapter allows, fields are missing and the page is no wall. */
export async function visit(request: VisitRequest, url: string, kind: CaptureKind, known: KnownPage | null): Promise<CrawlStep> {
  const { fetcher } = request;
  const adapter = readerOf(request.adapter, url);
  const floorDelayMs = request.floorDelayMs ?? adapter.politeness.floorDelayMs;
  const signal = request.signal ? { signal: request.signal } : {};
  const fresh = adapter.shell ? null : known;
  const options = { etag: fresh?.etag ?? null, lastModified: fresh?.lastModified ?? null, floorDelayMs, ...signal };
  // A port must not throw for what a host does; should one do so, the walk still ends in an outcome.
  let result = await fetcher.fetch(url, options).catch(failed);
  let parsed = kind === 'image' ? null : parseResult(adapter, result);
  let plain: FetchResult | null = null;
  if (result.outcome === 'ok' && parsed?.status === 'parse_drift' && adapter.render === 'when-missing') {
    plain = result;
    result = await fetcher.render(url, { floorDelayMs, ...signal }).catch(failed);
    parsed = parseResult(adapter, result);
  }
  const read = { parsed, posts: parsed?.posts ?? [], ...outcomeOf(result, parsed) };
  return { url, kind, platform: adapter.id, result, ...(plain ? { plain } : {}), via: result.exchange?.via ?? 'http', ...read };
}
