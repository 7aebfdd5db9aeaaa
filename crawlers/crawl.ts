/**
 * Walks one source: from its first pages along the links its adapter names, politely through the fetcher, one
 * step per address. A step always says what came of it; a wall ends the walk, because the next address would meet
 * the same wall. Nothing here stores anything: the caller seals and saves each step before asking for the next.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../core/errors.ts';
import type { CaptureKind, FetchResult, Outcome, ParsedPage } from '../core/model/capture.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Fetcher } from '../core/ports.ts';
import { decodeText } from './fetch/charset.ts';
import { hostMatches } from './platforms/define.ts';
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

export interface CrawlRequest {
  readonly source: { readonly platform: string; readonly url: string };
  readonly adapter: PlatformAdapter;
  readonly fetcher: Fetcher;
  /** Post and image addresses that need no second visit. Lists and account pages are always revisited, conditionally. */
  readonly done: ReadonlySet<string>;
  readonly validators: (url: string) => Promise<KnownPage | null>;
  /** Most requests in this walk, pictures included. */
  readonly maxPages: number;
  readonly signal?: AbortSignal;
  /** Overrides the adapter's own floor between requests (the sandbox needs none). */
  readonly floorDelayMs?: number;
}

export interface CrawlStep {
  readonly url: string;
  readonly kind: CaptureKind;
  readonly result: FetchResult;
  readonly parsed: ParsedPage | null;
  readonly via: 'http' | 'browser';
  /** The fetch outcome and the page's own status as one: what to record. */
  readonly outcome: Outcome;
  readonly reason: string | null;
}

/** Outcomes after which the same source is left alone for now. A robots rule concerns one address, so it is not among them. */
const ENDING: ReadonlySet<Outcome> = new Set(['captcha', 'login_wall', 'rate_limited', 'host_paused']);
/** Fetch outcomes whose body may still say more (a removal page answered with 404 or 200). */
const READABLE: ReadonlySet<Outcome> = new Set(['ok', 'deleted', 'removed_by_platform', 'expired', 'unavailable', 'login_wall', 'captcha']);
/** Fetch outcomes that may be another one a moment later. */
const MOMENTARY: ReadonlySet<Outcome> = new Set(['unavailable', 'network', 'timeout']);
const MAX_IMAGES_PER_POST = 9;
const MOST_TRIES = 3;
/** A refusal longer than this ends the walk; its addresses wait for the next night. */
const LONGEST_WAIT_MS = 60_000;

const mediaTypeOf = (result: FetchResult): string | null =>
  result.exchange?.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;

/** What an adapter reads from a fetched page; null when there is nothing textual to read. */
export function parseResult(adapter: PlatformAdapter, result: FetchResult): ParsedPage | null {
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

/** Fetches one address, and renders it when the adapter allows, fields are missing and the page is no wall. */
async function visit(request: CrawlRequest, url: string, kind: CaptureKind, known: KnownPage | null): Promise<CrawlStep> {
  const { adapter, fetcher } = request;
  const floorDelayMs = request.floorDelayMs ?? adapter.politeness.floorDelayMs;
  const signal = request.signal ? { signal: request.signal } : {};
  const fresh = adapter.shell ? null : known;
  const options = { etag: fresh?.etag ?? null, lastModified: fresh?.lastModified ?? null, floorDelayMs, ...signal };
  // A port must not throw for what a host does; should one do so, the walk still ends in an outcome.
  let result = await fetcher.fetch(url, options).catch(failed);
  let parsed = kind === 'image' ? null : parseResult(adapter, result);
  if (result.outcome === 'ok' && parsed?.status === 'parse_drift' && adapter.render === 'when-missing') {
    result = await fetcher.render(url, { floorDelayMs, ...signal }).catch(failed);
    parsed = parseResult(adapter, result);
  }
  return { url, kind, result, parsed, via: result.exchange?.via ?? 'http', ...outcomeOf(result, parsed) };
}

/** Waits until `at`, or until the signal aborts. */
async function pause(at: Date, signal: AbortSignal | undefined): Promise<void> {
  const ms = at.getTime() - Date.now();
  if (ms > 0 && !signal?.aborted) await sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}

/**
 * Visits an address, and once more or twice when it was turned away for a moment: a 429 that says until when, or
 * a list page that failed, without which everything behind it would be missed.
 */
async function visitPatiently(request: CrawlRequest, link: PageLink, known: KnownPage | null): Promise<CrawlStep> {
  for (let tries = 1; ; tries += 1) {
    const step = await visit(request, link.url, link.kind, known);
    const until = step.result.retryAt;
    const briefly = step.outcome === 'rate_limited' && until !== null && until.getTime() - Date.now() <= LONGEST_WAIT_MS;
    const chain = (link.kind === 'list' || link.kind === 'account') && MOMENTARY.has(step.result.outcome);
    if (tries >= MOST_TRIES || request.signal?.aborted || !(briefly || chain)) return step;
    if (until) await pause(until, request.signal);
  }
}

/** Pictures of a post that has nothing but pictures: they are the post, so they are sealed with it. */
const pictureOnly = (post: PostInput): readonly string[] => (post.text?.trim() ? [] : (post.images ?? []).slice(0, MAX_IMAGES_PER_POST));

/** Whether a link may be followed: the source's own origin, or a named host of the platform; loopback never leaves its port. */
function allowed(request: CrawlRequest, link: PageLink): boolean {
  try {
    const [target, home] = [new URL(link.url), new URL(request.source.url)];
    if (target.host === home.host) return true;
    const named = (patterns: readonly string[]): readonly string[] => patterns.filter((p) => !p.includes(':'));
    return hostMatches(named(request.adapter.hosts), target) || (link.kind === 'image' && hostMatches(named(request.adapter.imageHosts), target));
  } catch {
    return false;
  }
}

/** One look at one address outside a walk (a verification probe): no validators, so the page itself comes back. */
export const visitOnce = (request: Pick<CrawlRequest, 'adapter' | 'fetcher' | 'signal' | 'floorDelayMs'>, url: string, kind: CaptureKind): Promise<CrawlStep> =>
  visitPatiently(
    { ...request, source: { platform: request.adapter.id, url }, done: new Set(), validators: async () => null, maxPages: 1 },
    { url, kind },
    null,
  );

const linksAfter = (step: CrawlStep, known: KnownPage | null): readonly PageLink[] =>
  step.outcome === 'unchanged' ? (known?.links ?? []) : (step.parsed?.links ?? []);

/**
 * Walks a source breadth-first and yields a step per address. The pictures of a picture-only post come before the
 * post itself, so that a post once saved is complete even when the process dies between two steps. Never throws
 * for what a host does. Ends early, after yielding the step that says so, on a wall or a paused host, when
 * `maxPages` is reached, or when the signal aborts.
 */
export async function* crawlSource(request: CrawlRequest): AsyncGenerator<CrawlStep, void, undefined> {
  const queue: PageLink[] = request.adapter.firstPages(request.source.url).map((url) => ({ url, kind: request.adapter.kindOf(url) }));
  const seen = new Set(queue.map((link) => link.url));
  /** Whether a link is new here and may be followed; it counts as seen from now on. */
  const take = (link: PageLink): boolean => {
    const known = seen.has(link.url) || ((link.kind === 'post' || link.kind === 'image') && request.done.has(link.url));
    if (known || !allowed(request, link)) return false;
    seen.add(link.url);
    return true;
  };
  let left = request.maxPages;
  // Posts whose host failed for a moment (503, a dropped connection) are looked at once more when all else is through.
  const [failedOnce, again] = [new Set<string>(), [] as PageLink[]];
  for (let link = queue.shift(); link && left > 0 && !request.signal?.aborted; link = queue.shift() ?? again.shift()) {
    const known = await request.validators(link.url);
    const step = await visitPatiently(request, link, known);
    left -= 1;
    let ended = ENDING.has(step.outcome);
    for (const url of (step.parsed?.posts ?? []).flatMap(pictureOnly)) {
      if (ended || left <= 0 || !take({ url, kind: 'image' })) continue;
      const picture = await visitPatiently(request, { url, kind: 'image' }, null);
      left -= 1;
      ended = ENDING.has(picture.outcome);
      yield picture;
    }
    yield step;
    if (ended) return;
    if (link.kind === 'post' && MOMENTARY.has(step.result.outcome) && !failedOnce.has(link.url)) {
      failedOnce.add(link.url);
      again.push(link);
    }
    queue.push(...linksAfter(step, known).filter(take));
  }
}
