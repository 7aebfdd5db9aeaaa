/**
 * The gate every request passes, plain or rendered: the host's robots.txt, then a slot of the host's clock, then the
 * wait for it. Answers are reported back here, so that the gap grows with the host's slowness and its refusals.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { PinchaError } from '../../core/errors.ts';
import type { FetchResult } from '../../core/model/capture.ts';
import { isNoNews } from '../../core/politeness.ts';
import type { FetchOptions, HostClock, HostReport, SlotWish } from '../../core/ports.ts';
import type { AddressGuard } from './address-guard.ts';
import { failed, type HttpAnswer, type HttpFailure, type HttpSender, headerOf } from './http-sender.ts';
import { nothing, retryAfterMs } from './outcome.ts';
import { productToken, type RobotsRules, readRobots } from './robots.ts';

export interface GateOptions {
  readonly userAgent: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly floorDelayMs: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly clock: Clock;
  readonly hostClock: HostClock;
  readonly guard: AddressGuard;
  readonly sender: HttpSender;
  /** Told once per reading about a robots.txt that is odd. */
  readonly note?: (host: string, words: string) => void;
}

/** By host, how calm it was when its latest slot was given; see `HostSlot.calmMs`. */
type Calm = Bounded<number | null>;

export interface Gate {
  /** Waits for the turn of this URL. @returns null when it may go, else what came of it @throws PinchaError INTERRUPTED */
  enter(url: URL, options: FetchOptions): Promise<FetchResult | null>;
  /** Whether the robots.txt of the URL's host lets us in, without taking a slot for the page itself. */
  barred(url: URL, options: FetchOptions): Promise<FetchResult | null>;
  report(url: URL, kind: HostReport['kind'], latencyMs: number, retryAfterMs: number | null): Promise<void>;
}

export const MAX_REDIRECTS = 5;
/** A start that comes too late for its slot takes another, this often; a process that is always late is starved anyway. */
const MOST_SLOTS = 20;
const ROBOTS_MAX_BYTES = 2 * 1024 * 1024;
/** Rules are kept parsed for this long before the shared clock is asked for the file again. */
const RULES_KEPT_MS = 10 * 60_000;
/** A closed (5xx) or unreachable robots.txt is not asked for again at once. */
const CLOSED_KEPT_MS = 10 * 60_000;
const UNREACHABLE_KEPT_MS = 10_000;
const MAX_HOSTS = 5_000;

/** A map that forgets its oldest entries. */
class Bounded<V> extends Map<string, V> {
  override set(key: string, value: V): this {
    super.delete(key);
    super.set(key, value);
    const oldest = this.size > MAX_HOSTS ? this.keys().next().value : undefined;
    if (oldest !== undefined) super.delete(oldest);
    return this;
  }
}

type Reading = { readonly rules: RobotsRules } | { readonly failure: FetchResult };
interface Kept {
  readonly reading: Reading;
  readonly until: number;
}

/** Waits, by this process's own count of milliseconds. @throws PinchaError INTERRUPTED */
async function waitFor(ms: number, signal: AbortSignal | undefined, url: URL): Promise<void> {
  const interrupted = (): PinchaError => new PinchaError('INTERRUPTED', { reason: url.origin });
  if (signal?.aborted) throw interrupted();
  if (ms <= 0) return;
  try {
    // A timer may fire within the millisecond before its time.
    await sleep(Math.ceil(ms) + 1, undefined, { signal });
  } catch {
    throw interrupted();
  }
}

/** Work of somebody else that we stop waiting for when our own caller aborts. @throws PinchaError INTERRUPTED */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined, url: URL): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new PinchaError('INTERRUPTED', { reason: url.origin }));
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Whose turn it is: pace belongs to a machine, and its ports are one machine, so they share it. Private hosts that
 * configuration names one by one are services of our own, of which many stand on one loopback address.
 */
const paceKey = (guard: AddressGuard, url: URL): string => (guard.allowsPrivate(url) ? url.host : url.hostname.replace(/\.$/, ''));

/** Whose rules hold: scheme, name and port (RFC 9309 section 2.3). */
const robotsKey = (url: URL): string => (url.protocol === 'https:' ? url.host : `http://${url.host}`);

const held = (url: URL, result: FetchResult): FetchResult => ({ ...result, heldHost: url.host });

/**
 * Waits for a slot of the URL's host. A start that would come later than the slot allows (a busy process, a slow
 * store) takes another one: the next to go counts from the slot, not from the start.
 * @returns null when it is our turn, `host_paused` when the host is left alone for now
 */
async function takeSlot(
  options: GateOptions & { readonly calm: Calm },
  url: URL,
  wish: SlotWish,
  signal: AbortSignal | undefined,
): Promise<FetchResult | null> {
  for (let taken = 1; ; taken += 1) {
    const asked = performance.now();
    const host = paceKey(options.guard, url);
    const slot = await options.hostClock.reserve(host, wish);
    options.calm.set(host, slot.calmMs);
    if (slot.at === null)
      return held(url, nothing('host_paused', '对方持续拒绝或要求稍后再来，已暂停访问该主机', new Date(options.clock.now().getTime() + slot.waitMs)));
    await waitFor(slot.waitMs, signal, url);
    const late = performance.now() - asked - slot.waitMs;
    if (slot.graceMs === 0 || late <= slot.graceMs || taken >= MOST_SLOTS) return null;
  }
}

type RobotsFile = { readonly status: number; readonly body: string; readonly retryAfter: number | null } | { readonly failure: FetchResult };

/** Fetches robots.txt, following up to five redirects (RFC 9309 section 2.3.1.2); more count as "there is none". */
async function fetchRobots(
  options: GateOptions,
  origin: URL,
  turn: (url: URL) => Promise<FetchResult | null>,
  tell: Gate['report'],
  signal?: AbortSignal,
): Promise<RobotsFile> {
  const { sender, guard, clock, headers, timeoutMs, idleMs } = options;
  let url = new URL('/robots.txt', origin);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const held = await turn(url);
    if (held !== null) return { failure: held };
    const answer: HttpAnswer | HttpFailure = await sender.send({ url, headers, maxBytes: ROBOTS_MAX_BYTES, timeoutMs, idleMs, signal });
    if (failed(answer)) {
      await tell(url, 'error', answer.elapsedMs, null);
      return { failure: nothing(answer.outcome, `robots.txt:${answer.reason}`) };
    }
    const retryAfter = retryAfterMs(headerOf(answer.headers, 'retry-after'), clock.now());
    await tell(url, answer.status === 429 || answer.status === 503 ? 'refused' : 'ok', answer.latencyMs, retryAfter);
    const location = answer.status >= 300 && answer.status < 400 ? headerOf(answer.headers, 'location') : null;
    if (location === null || !URL.canParse(location, url)) return { status: answer.status, body: answer.body.toString('utf8'), retryAfter };
    try {
      url = guard.check(new URL(location, url).href);
    } catch (thrown) {
      if (!(thrown instanceof PinchaError)) throw thrown;
      return { failure: nothing('refused_address', thrown.message) };
    }
  }
  return { status: 404, body: '', retryAfter: null };
}

/** What fetching for the gate itself needs of the gate. */
interface Turn {
  wish(url: URL, of: FetchOptions, robotsMs: number): SlotWish;
  report: Gate['report'];
}

/** Reads the rules of a host once for all who ask: from memory, the shared clock, or the host. */
function createRulesReader(options: GateOptions & { readonly calm: Calm }, turn: Turn): (url: URL, fetchOptions: FetchOptions) => Promise<Reading> {
  const { hostClock, clock } = options;
  const agent = productToken(options.userAgent);
  const kept = new Bounded<Kept>();
  const underway = new Map<string, Promise<Reading>>();
  const until = (ms: number): number => clock.now().getTime() + ms;

  const read = async (url: URL, fetchOptions: FetchOptions): Promise<Kept> => {
    const stored = await hostClock.robots(robotsKey(url));
    if (stored !== null) return { reading: { rules: readRobots(stored, url, agent) }, until: until(RULES_KEPT_MS) };
    const wait = (to: URL): Promise<FetchResult | null> => takeSlot(options, to, turn.wish(to, fetchOptions, 0), fetchOptions.signal);
    const file = await fetchRobots(options, url, wait, turn.report, fetchOptions.signal);
    if ('failure' in file) return { reading: file, until: until(file.failure.outcome === 'host_paused' ? 0 : UNREACHABLE_KEPT_MS) };
    if (file.status === 429) {
      const retryAt = file.retryAfter === null ? null : new Date(until(file.retryAfter));
      return { reading: { failure: nothing('rate_limited', 'robots.txt:HTTP 429', retryAt) }, until: 0 };
    }
    const rules = readRobots(file, url, agent);
    if (rules.note !== null) options.note?.(url.host, rules.note);
    // A server fault is for the moment: it closes the site, but is not remembered for the day that a real file is.
    if (file.status >= 500)
      return { reading: { failure: nothing('robots_denied', rules.note, new Date(until(CLOSED_KEPT_MS))) }, until: until(CLOSED_KEPT_MS) };
    await hostClock.saveRobots(robotsKey(url), { status: file.status, body: file.body });
    return { reading: { rules }, until: until(RULES_KEPT_MS) };
  };

  const rulesFor = async (url: URL, fetchOptions: FetchOptions): Promise<Reading> => {
    const known = kept.get(url.origin);
    if (known !== undefined && known.until > clock.now().getTime()) return known.reading;
    const waiting = underway.get(url.origin);
    // Whoever shares a reading must not be interrupted by the signal of the one that began it: then it reads for itself.
    if (waiting !== undefined) {
      const shared = await orAbort(
        waiting.catch(() => null),
        fetchOptions.signal,
        url,
      );
      return shared ?? rulesFor(url, fetchOptions);
    }
    const reading = read(url, fetchOptions)
      .then((fresh) => {
        kept.set(url.origin, fresh);
        return fresh.reading;
      })
      .finally(() => underway.delete(url.origin));
    underway.set(url.origin, reading);
    return reading;
  };
  return rulesFor;
}

export function createGate(given: GateOptions): Gate {
  const calm: Calm = new Bounded();
  const options = { ...given, calm };
  const { hostClock, guard } = options;

  /** An adapter may only ask for more than the configured floor; a private host that configuration names (the sandbox) also for less. */
  const floor = (url: URL, asked: number | undefined): number =>
    guard.allowsPrivate(url) ? (asked ?? options.floorDelayMs) : Math.max(options.floorDelayMs, asked ?? 0);
  const wish: Turn['wish'] = (url, of, robotsMs) => ({
    gapMs: Math.max(floor(url, of.floorDelayMs), robotsMs),
    adaptive: !guard.allowsPrivate(url),
    ...(of.maxWaitMs === undefined ? {} : { maxWaitMs: of.maxWaitMs }),
  });
  const report: Gate['report'] = async (url, kind, latencyMs, retryAfter) => {
    const host = paceKey(guard, url);
    const told = { kind, latencyMs: Math.max(0, Math.round(latencyMs)), retryAfterMs: retryAfter };
    if (isNoNews(calm.get(host) ?? null, told)) return;
    calm.delete(host);
    await hostClock.report(host, told);
  };
  const rulesFor = createRulesReader(options, { wish, report });
  const judge = async (url: URL, fetchOptions: FetchOptions): Promise<{ result: FetchResult } | { delayMs: number }> => {
    const reading = await rulesFor(url, fetchOptions);
    if ('failure' in reading) return { result: reading.failure.retryAt === null ? reading.failure : held(url, reading.failure) };
    if (reading.rules.page && fetchOptions.robotsPage === 'closed')
      return { result: nothing('robots_denied', 'robots.txt 返回的是网页，该来源设为按禁止抓取处理') };
    return reading.rules.allows(url) ? { delayMs: reading.rules.delayMs } : { result: nothing('robots_denied', 'robots.txt 不允许抓取该地址') };
  };
  return {
    async enter(url, fetchOptions) {
      const judged = await judge(url, fetchOptions);
      return 'result' in judged ? judged.result : takeSlot(options, url, wish(url, fetchOptions, judged.delayMs), fetchOptions.signal);
    },
    async barred(url, fetchOptions) {
      const judged = await judge(url, fetchOptions);
      return 'result' in judged ? judged.result : null;
    },
    report,
  };
}

/** What `fetch` and `render` share. */
export interface FetchTools {
  readonly guard: AddressGuard;
  readonly gate: Gate;
  readonly sender: HttpSender;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
}

/** The URL as the guard lets it pass, or the refusal. */
export function admit(guard: AddressGuard, url: string): { url: URL } | { refused: FetchResult } {
  try {
    return { url: guard.check(url) };
  } catch (thrown) {
    if (thrown instanceof PinchaError && thrown.code === 'ADDRESS_REFUSED') return { refused: nothing('refused_address', thrown.message) };
    throw thrown;
  }
}
