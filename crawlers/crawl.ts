/**
 * Walks one source: from its first pages along the links its adapter names, politely through the fetcher, one
 * step per address. A step always says what came of it; a wall ends the walk, because the next address would meet
 * the same wall. Nothing here stores anything: the caller seals and saves each step before asking for the next.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureKind, Outcome } from '../core/model/capture.ts';
import type { PostInput } from '../core/model/post.ts';
import { allowed, type Following, firstLinks, withOwnPosts } from './following.ts';
import type { PageLink } from './platforms/types.ts';
import { type CrawlStep, type KnownPage, type VisitRequest, visit } from './visit.ts';

export type { CrawlStep } from './visit.ts';

export interface CrawlRequest extends VisitRequest, Following {
  /** Post and image addresses that need no second visit. Lists and account pages are always revisited, conditionally. */
  readonly done: ReadonlySet<string>;
  readonly validators: (url: string) => Promise<KnownPage | null>;
  /** Most requests in this walk, pictures included. */
  readonly maxPages: number;
}

/** Outcomes after which the same source is left alone for now. A robots rule concerns one address, so it is not among them. */
const ENDING: ReadonlySet<Outcome> = new Set(['captcha', 'login_wall', 'rate_limited', 'host_paused']);
/** Fetch outcomes that may be another one a moment later. */
const MOMENTARY: ReadonlySet<Outcome> = new Set(['unavailable', 'network', 'timeout']);
const MAX_IMAGES_PER_POST = 9;
const MOST_TRIES = 3;
/** A refusal longer than this ends the walk; its addresses wait for the next night. */
const LONGEST_WAIT_MS = 60_000;

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
    const step = withOwnPosts(request, await visit(request, link.url, link.kind, known));
    const until = step.result.retryAt;
    const briefly = step.outcome === 'rate_limited' && until !== null && until.getTime() - Date.now() <= LONGEST_WAIT_MS;
    const chain = (link.kind === 'list' || link.kind === 'account') && MOMENTARY.has(step.result.outcome);
    if (tries >= MOST_TRIES || request.signal?.aborted || !(briefly || chain)) return step;
    if (until) await pause(until, request.signal);
  }
}

/** Pictures of a post that has nothing but pictures: they are the post, so they are sealed with it. */
const pictureOnly = (post: PostInput): readonly string[] => (post.text?.trim() ? [] : (post.images ?? []).slice(0, MAX_IMAGES_PER_POST));

/** One look at one address outside a walk (a verification probe): no validators, so the page itself comes back. */
export const visitOnce = (request: VisitRequest, url: string, kind: CaptureKind): Promise<CrawlStep> =>
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
  const queue = firstLinks(request);
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
