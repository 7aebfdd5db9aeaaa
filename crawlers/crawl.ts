/**
 * Walks one source: from its first pages along the links its adapter names, politely through the fetcher, one
 * step per address. A step always says what came of it and what is to become of its address; the walk itself
 * remembers nothing: it asks its frontier for the next address, and whoever runs it stores each step and its
 * settlement in one transaction before asking for the next. So it may be killed anywhere and goes on where it was.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Frontier, FrontierEntry, KnownPage, Settlement } from '../core/frontier.ts';
import type { CaptureKind, Outcome } from '../core/model/capture.ts';
import type { PostInput } from '../core/model/post.ts';
import { allowed, type Following, withOwnPosts } from './following.ts';
import type { PageLink } from './platforms/types.ts';
import { type CrawlStep, type VisitRequest, visit } from './visit.ts';

export type { CrawlStep } from './visit.ts';

export interface CrawlRequest extends VisitRequest, Following {
  readonly frontier: Frontier;
  /** How long this walk may still be made to wait in all, in ms; two hours at a time unless it is less. */
  readonly patienceMs?: number;
  readonly validators: (url: string) => Promise<KnownPage | null>;
  /** Most requests in this walk, pictures included. */
  readonly maxPages: number;
}

/** A step of a walk: what was seen, and what becomes of the address. */
export interface WalkStep extends CrawlStep {
  readonly settlement: Settlement;
}

/** How a walk ended: through; at a wall; waiting until its host lets it go on; or because it was told to end. */
export type WalkEnd = { readonly how: 'through' | 'wall' | 'told' } | { readonly how: 'waiting'; readonly waitMs: number };

/** Walls after which the same source is left alone for now. A robots rule concerns one address, so it is not among them. */
const WALL: ReadonlySet<Outcome> = new Set(['captcha', 'login_wall']);
/** Fetch outcomes that may be another one a moment later. */
const MOMENTARY: ReadonlySet<Outcome> = new Set(['unavailable', 'network', 'timeout']);
const MAX_IMAGES_PER_POST = 9;
const MOST_TRIES = 3;
/** A wait longer than this is not sat out: the walk ends for now, and its addresses wait in the store. */
const LONGEST_WAIT_MS = 60_000;
/** A host that wants us back later than this is left for another night. */
export const LONGEST_HOLD_MS = 2 * 3_600_000;
/** So many looks in a row that got no answer: the host is down, and its other addresses need not find out one by one. */
const MOST_UNANSWERED = 12;
/** An address that is refused this often while others are answered is left for another night. */
const MOST_REFUSALS = 8;
/** Longer addresses are nobody's post, and no index takes them. */
const MAX_URL_BYTES = 2_000;

/** Waits, or until the signal aborts. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms > 0 && !signal?.aborted) await sleep(Math.ceil(ms), undefined, signal ? { signal } : {}).catch(() => undefined);
}

const untilRetry = (step: CrawlStep): number | null => (step.result.retryAt === null ? null : Math.max(0, step.result.retryAt.getTime() - Date.now()));

/** Visits an address, and a list or an account once more or twice when it failed for a moment: everything behind it would be missed. */
async function visitPatiently(request: Following & VisitRequest, link: PageLink, known: KnownPage | null): Promise<CrawlStep> {
  for (let tries = 1; ; tries += 1) {
    const step = withOwnPosts(request, await visit(request, link.url, link.kind, known));
    const chain = (link.kind === 'list' || link.kind === 'account') && MOMENTARY.has(step.result.outcome);
    if (tries >= MOST_TRIES || request.signal?.aborted || !chain) return step;
  }
}

/** Pictures of a post that has nothing but pictures: they are the post, so they are sealed with it. */
const pictureOnly = (post: PostInput): readonly string[] => (post.text?.trim() ? [] : (post.images ?? []).slice(0, MAX_IMAGES_PER_POST));

/** One look at one address outside a walk (a verification probe): no validators, so the page itself comes back. A short 429 is waited out. */
export async function visitOnce(request: VisitRequest, url: string, kind: CaptureKind): Promise<CrawlStep> {
  for (let tries = 1; ; tries += 1) {
    const step = await visitPatiently({ ...request, source: { platform: request.adapter.id, url } }, { url, kind }, null);
    const wait = step.outcome === 'rate_limited' ? untilRetry(step) : null;
    if (tries >= MOST_TRIES || request.signal?.aborted || wait === null || wait > LONGEST_WAIT_MS) return step;
    await pause(wait, request.signal);
  }
}

const linksAfter = (step: CrawlStep, known: KnownPage | null): readonly PageLink[] =>
  step.outcome === 'unchanged' ? (known?.links ?? []) : (step.parsed?.links ?? []);

const followed = (request: CrawlRequest, links: readonly PageLink[]): PageLink[] =>
  links.filter((link) => Buffer.byteLength(link.url) <= MAX_URL_BYTES && allowed(request, link));

/**
 * The host itself did not let us ask: it is paused, or keeps its robots.txt back. Nothing was fetched, so nothing is to
 * be said of this address.
 * @returns for how long, null when it was no such thing
 */
function heldFor(step: CrawlStep): number | null {
  const wait = untilRetry(step);
  if (wait === null || step.result.exchange !== null) return null;
  return step.outcome === 'host_paused' || step.outcome === 'rate_limited' || step.outcome === 'robots_denied' ? Math.max(1_000, wait) : null;
}

/** Whether a wait is short enough to go on in this run. A robots.txt that fails closes its site: that is no matter of minutes. */
const tonight = (request: CrawlRequest, step: CrawlStep, waitMs: number): boolean =>
  step.outcome !== 'robots_denied' && waitMs <= Math.min(LONGEST_HOLD_MS, request.patienceMs ?? LONGEST_HOLD_MS);

/**
 * Whether a wall ends the walk. Where the source names the hosts (a feed), a wall of a host its links lead to is that
 * host's alone; the hosts of one platform are one.
 */
const endsWalk = (request: CrawlRequest, step: CrawlStep): boolean =>
  WALL.has(step.outcome) && !(request.adapter.anyHost && new URL(step.url).host !== new URL(request.source.url).host);

/** What becomes of an address after a look at it. */
function settlementOf(request: CrawlRequest, step: CrawlStep, entry: FrontierEntry, links: readonly PageLink[]): Settlement {
  const held = heldFor(step);
  const waitMs = held ?? (step.outcome === 'rate_limited' ? (untilRetry(step) ?? 1_000) : null);
  if (waitMs !== null) return tonight(request, step, waitMs) && entry.refusals + 1 < MOST_REFUSALS ? { when: 'soon', waitMs } : { when: 'night', own: false };
  if (WALL.has(step.outcome)) return { when: 'night', own: true };
  if (!MOMENTARY.has(step.result.outcome) || step.outcome !== step.result.outcome) return { when: 'done', links };
  return entry.kind === 'post' && entry.tries === 0 ? { when: 'last' } : { when: 'night', own: true };
}

/** The pictures of a picture-only post, which come before the post itself, so that a post once saved is complete. */
async function* picturesOf(request: CrawlRequest, step: CrawlStep, most: number): AsyncGenerator<WalkStep, void, undefined> {
  const urls = followed(
    request,
    [...new Set((step.parsed?.posts ?? []).flatMap(pictureOnly))].map((url) => ({ url, kind: 'image' as const })),
  ).map(({ url }) => url);
  const known = urls.length > 0 ? await request.frontier.known(urls) : new Set<string>();
  for (const url of urls.filter((one) => !known.has(one)).slice(0, most)) {
    const picture = await visitPatiently(request, { url, kind: 'image' }, await request.validators(url));
    yield { ...picture, settlement: settlementOf(request, picture, { url, kind: 'image', tries: 0, refusals: 0 }, []) };
    if (WALL.has(picture.outcome) || heldFor(picture) !== null) return;
  }
}

/** Asks for the next address; sits out what is not worth ending for. */
async function nextEntry(request: CrawlRequest): Promise<FrontierEntry | WalkEnd> {
  for (;;) {
    if (request.signal?.aborted) return { how: 'told' };
    const due = await request.frontier.next();
    if (due === null) return { how: 'through' };
    if ('entry' in due) return due.entry;
    if (due.waitMs > LONGEST_WAIT_MS) return { how: 'waiting', waitMs: due.waitMs };
    await pause(due.waitMs + 1, request.signal);
  }
}

/**
 * Walks a source in the order of its frontier and yields a step per address; whoever takes it settles it before asking
 * for the next. Never throws for what a host does. Ends early, after yielding the step that says so, at a wall; when
 * nothing may be asked for longer than a minute; when `maxPages` is reached, or when the signal aborts.
 */
export async function* crawlSource(request: CrawlRequest): AsyncGenerator<WalkStep, WalkEnd, undefined> {
  const patient = { ...request, maxWaitMs: LONGEST_WAIT_MS };
  let unanswered = 0;
  for (let left = request.maxPages; left > 0; ) {
    const entry = await nextEntry(request);
    if ('how' in entry) return entry;
    const known = entry.known === undefined ? await request.validators(entry.url) : entry.known;
    const step = await visitPatiently(patient, entry, known);
    // Told to stop in the middle: what came of it is no answer of the host, and its turn comes again.
    if (request.signal?.aborted && step.result.exchange === null) return { how: 'told' };
    const [held, host] = [heldFor(step), new URL(entry.url).host];
    if (held !== null && (step.result.heldHost ?? host) === host) {
      const soon = tonight(request, step, held);
      await request.frontier.holdHost(host, soon ? held : null);
      // Told once for all of the host's addresses; a short wait is no news.
      if (!soon) yield { ...step, settlement: { when: 'night', own: false } };
      continue;
    }
    left -= 1;
    unanswered = MOMENTARY.has(step.outcome) && step.result.exchange === null ? unanswered + 1 : 0;
    if (unanswered >= MOST_UNANSWERED) await request.frontier.holdHost(host, null);
    const walled = WALL.has(step.outcome);
    let ended = endsWalk(request, step);
    if (walled && !ended) await request.frontier.holdHost(host, null);
    if (!walled)
      for await (const picture of picturesOf(patient, step, left)) {
        left -= 1;
        ended ||= endsWalk(request, picture);
        yield picture;
      }
    yield { ...step, settlement: settlementOf(request, step, entry, followed(request, linksAfter(step, known))) };
    if (ended) return { how: 'wall' };
  }
  return { how: 'told' };
}
