/**
 * The fetcher: the only way out to the web. Guard, robots, the host's clock, a conditional GET bounded in time and
 * size, redirects followed by hand (each through the same gate), and an outcome of the closed set. It says who it is
 * and never pretends otherwise; it throws for nothing a host does, only `INTERRUPTED` when the caller aborts.
 */
import type { Browser } from 'playwright';
import type { Clock } from '../../core/clock.ts';
import type { Exchange, FetchResult } from '../../core/model/capture.ts';
import type { Fetcher, FetchOptions, HostClock } from '../../core/ports.ts';
import { createAddressGuard, type Resolver } from './address-guard.ts';
import { admit, createGate, type FetchTools, MAX_REDIRECTS } from './gate.ts';
import { createHttpSender, failed, type HttpAnswer, headerOf } from './http-sender.ts';
import { nothing, outcomeOfStatus, retryAfterMs } from './outcome.ts';
import { renderPage } from './render.ts';

export interface FetcherOptions {
  /** As `botAgent` makes it. */
  readonly userAgent: string;
  /** Who answers for us (RFC 9110 From, an e-mail address); not sent when it is none. */
  readonly from: string;
  /** Exact `host:port` pairs that may be visited although private. */
  readonly allowPrivate: readonly string[];
  readonly floorDelayMs: number;
  readonly hostClock: HostClock;
  readonly clock: Clock;
  /** Largest body, on the wire and decoded; 16 MB unless told. */
  readonly maxBytes?: number;
  /** For one page, redirects included, without the waiting for slots; 20 s unless told. */
  readonly timeoutMs?: number;
  /** Longest silence of a host; 10 s unless told. */
  readonly idleMs?: number;
  /** A shared browser for `render`; without it `render` says that there is none. */
  readonly browser?: () => Promise<Browser>;
  /** Who knows the addresses of names; the system's resolver unless told. */
  readonly resolver?: Resolver;
  /** Told about oddities worth a line in the log (a robots.txt that is a web page). */
  readonly note?: (host: string, words: string) => void;
}

const MAX_BYTES = 16 * 1024 * 1024;
const HARD_MAX_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
const IDLE_MS = 10_000;
/** A 429 that asks for no more than this is waited out once, on the spot. */
const SHORT_RETRY_MS = 5_000;

/** Printable ASCII only: header values take nothing else, so Chinese contacts are percent-encoded. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]+/g, (run) => encodeURIComponent(run)).trim();

/** Our honest user agent. @param contact how a site's owner reaches us, any script */
export const botAgent = (contact: string): string => `PinchaBot/0.1 (+${headerText(contact).replace(/[()]/g, '')})`;

/** Headers of a script's own request: names and values that cannot be taken for anything else. */
const scriptHeaders = (options: FetchOptions): Record<string, string> =>
  Object.fromEntries(Object.entries(options.headers ?? {}).filter(([name, value]) => /^x-[a-z\d-]{1,60}$/i.test(name) && /^[\x20-\x7e]{0,2000}$/.test(value)));

const conditionals = (options: FetchOptions): Record<string, string> => ({
  ...(options.etag ? { 'if-none-match': headerText(options.etag) } : {}),
  ...(options.lastModified ? { 'if-modified-since': headerText(options.lastModified) } : {}),
});

const exchangeOf = (first: string, url: URL, answer: HttpAnswer, fetchedAt: Date): Exchange => ({
  url: first,
  finalUrl: url.href,
  method: 'GET',
  requestHeaders: answer.requestHeaders,
  status: answer.status,
  statusText: answer.statusText,
  httpVersion: answer.httpVersion,
  responseHeaders: answer.headers,
  body: answer.body,
  remoteAddress: answer.remoteAddress,
  network: answer.network,
  fetchedAt,
  elapsedMs: answer.elapsedMs,
  via: 'http',
});

/** One page on its way: how much of its time is spent, where it has been. */
interface Journey {
  readonly first: string;
  readonly options: FetchOptions;
  readonly seen: Set<string>;
  spentMs: number;
  retried: boolean;
}

/** The next step of a journey: another URL, or its end. */
type Step = { readonly next: URL } | { readonly result: FetchResult };

/** Where a redirect leads, through the guard again. */
function redirected(tools: FetchTools, journey: Journey, from: URL, location: string): Step {
  if (!URL.canParse(location, from)) return { result: nothing('network', '重定向地址有误') };
  const target = new URL(location, from);
  target.hash = '';
  const admitted = admit(tools.guard, target.href);
  if ('refused' in admitted) return { result: admitted.refused };
  if (journey.seen.has(target.href)) return { result: nothing('network', '重定向循环') };
  if (journey.seen.size > MAX_REDIRECTS) return { result: nothing('network', `重定向超过 ${MAX_REDIRECTS} 次`) };
  return { next: admitted.url };
}

async function step(tools: FetchTools, journey: Journey, url: URL): Promise<Step> {
  const { gate, clock } = tools;
  const { options } = journey;
  const held = await gate.enter(url, options);
  if (held !== null) return { result: held };
  const left = tools.timeoutMs - journey.spentMs;
  if (left <= 0) return { result: nothing('timeout', `超过 ${tools.timeoutMs} 毫秒未完成`) };
  journey.seen.add(url.href);
  const condition = conditionals(options);
  const fetchedAt = clock.now();
  const answer = await tools.sender.send({
    url,
    headers: { ...tools.headers, ...scriptHeaders(options), ...condition },
    maxBytes: Math.min(options.maxBytes ?? tools.maxBytes, HARD_MAX_BYTES),
    timeoutMs: left,
    idleMs: tools.idleMs,
    signal: options.signal,
  });
  journey.spentMs += answer.elapsedMs;
  if (failed(answer)) {
    await gate.report(url, 'error', answer.elapsedMs, null);
    return { result: nothing(answer.outcome, answer.reason) };
  }
  const wait = retryAfterMs(headerOf(answer.headers, 'retry-after'), clock.now());
  const verdict = outcomeOfStatus(answer.status, Object.keys(condition).length > 0, wait !== null);
  const location = answer.status >= 300 && answer.status < 400 && answer.status !== 304 ? headerOf(answer.headers, 'location') : null;
  // A 304 has no bytes worth sealing: the capture it confirms is already sealed.
  const seen = exchangeOf(journey.first, url, answer, fetchedAt);
  const exchange = verdict.outcome === 'unchanged' ? null : seen;
  const walled = location === null && exchange !== null && verdict.report === 'ok' && options.walled?.(exchange) === true;
  await gate.report(url, walled ? 'refused' : verdict.report, answer.latencyMs, wait);
  if (location !== null) return redirected(tools, journey, url, location);
  if (verdict.outcome === 'rate_limited' && wait !== null && wait <= SHORT_RETRY_MS && !journey.retried) {
    journey.retried = true;
    return { next: url };
  }
  if (verdict.outcome === 'ok' && answer.body.length === 0) return { result: { outcome: 'unavailable', reason: '应答没有内容', exchange, retryAt: null } };
  const retryAt = verdict.outcome === 'rate_limited' && wait !== null ? new Date(clock.now().getTime() + wait) : null;
  return { result: { outcome: verdict.outcome, reason: verdict.reason, exchange, ...(exchange ? {} : { confirmed: seen }), retryAt } };
}

async function fetchPage(tools: FetchTools, text: string, options: FetchOptions): Promise<FetchResult> {
  const admitted = admit(tools.guard, text);
  if ('refused' in admitted) return admitted.refused;
  const journey: Journey = { first: admitted.url.href, options, seen: new Set(), spentMs: 0, retried: false };
  let url = admitted.url;
  for (;;) {
    const reached = await step(tools, journey, url);
    if ('result' in reached) return reached.result;
    url = reached.next;
  }
}

/** Builds the fetcher of one process; `close` ends its kept connections (a shared browser is its owner's to close). */
export function createFetcher(options: FetcherOptions): Fetcher {
  const guard = createAddressGuard(options.allowPrivate, options.resolver);
  const sender = createHttpSender(guard);
  const userAgent = headerText(options.userAgent);
  const from = headerText(options.from);
  const headers = {
    'user-agent': userAgent,
    ...(/^[^\s@%]+@[^\s@%]+$/.test(from) ? { from } : {}),
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8',
    'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5',
    'accept-encoding': 'gzip, deflate, br',
  };
  const { timeoutMs = TIMEOUT_MS, idleMs = IDLE_MS, maxBytes = MAX_BYTES, clock, hostClock, floorDelayMs, note } = options;
  const gate = createGate({ userAgent, headers, floorDelayMs, timeoutMs, idleMs, clock, hostClock, guard, sender, note });
  const tools: FetchTools = { guard, gate, sender, clock, userAgent, headers, maxBytes, timeoutMs, idleMs };
  const { browser } = options;
  return {
    fetch: (url, fetchOptions = {}) => fetchPage(tools, url, fetchOptions),
    render: (url, fetchOptions = {}) =>
      browser === undefined ? Promise.resolve(nothing('unavailable', '没有可用的浏览器')) : renderPage(tools, browser, url, fetchOptions),
    async close() {
      sender.close();
    },
  };
}
