/**
 * A page through a real browser, for pages whose content only scripts make: same guard, same robots, same clock as a
 * plain fetch. Each page has a context of its own, always closed, no side traffic, a time budget and a size limit.
 * What comes back is the serialised DOM.
 */
import type { Browser, BrowserContext, Page, Request, Response, Route } from 'playwright';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { Exchange, FetchResult } from '../../core/model/capture.ts';
import type { FetchOptions } from '../../core/ports.ts';
import { type BrowserTls, watchTls } from './browser-tls.ts';
import { admit, type FetchTools } from './gate.ts';
import { type GuardProxy, startGuardProxy } from './guard-proxy.ts';
import { headerOf } from './http-sender.ts';
import { takeLiveShot } from './live-shot.ts';
import { nothing, outcomeOfStatus, retryAfterMs } from './outcome.ts';
import { inOwnWorld } from './own-world.ts';
import { type PartsTaker, takeParts } from './page-parts.ts';
import { isSideTraffic } from './side-traffic.ts';

const MAX_REQUESTS = 300;
const MAX_NAVIGATIONS = 6;
/** What a page may load altogether, as a multiple of what one answer may have. */
const PAGE_ANSWERS = 4;
/** Until the network falls silent, and then until the DOM stops growing. */
const IDLE_WAIT_MS = 5_000;
const STABLE_POLL_MS = 400;
const STABLE_POLLS = 6;
const CLOSE_TIMEOUT_MS = 5_000;

interface Answer {
  readonly response: Response;
  readonly at: Date;
}

/** One page being rendered. */
interface Visit {
  readonly tools: FetchTools;
  readonly options: FetchOptions;
  readonly url: URL;
  readonly proxy: GuardProxy;
  /** For opening a page at first, for the page itself once its turn has come. */
  budget: Budget;
  /** The latest answer of the page itself, and when its head was there. */
  main: Answer | null;
  requests: number;
  navigations: number;
  /** Why a navigation of the page was held back. */
  held: FetchResult | null;
  /** What its script fetches. */
  readonly parts: PartsTaker;
  /** What the browser sees of encrypted connections. */
  tls: BrowserTls | null;
}

/** A time budget that work is raced against: a page in an endless loop answers nothing, ever. */
class Budget {
  readonly signal: AbortSignal;
  private readonly started = performance.now();
  private readonly ms: number;
  private readonly over: Promise<never>;

  constructor(ms: number, caller: AbortSignal | undefined) {
    this.ms = ms;
    this.signal = caller === undefined ? AbortSignal.timeout(ms) : AbortSignal.any([AbortSignal.timeout(ms), caller]);
    this.over = new Promise((_, reject) => {
      const stop = (): void => reject(new PinchaError('INTERRUPTED', { reason: caller?.aborted ? 'caller' : 'timeout' }));
      if (this.signal.aborted) stop();
      else this.signal.addEventListener('abort', stop, { once: true });
    });
    this.over.catch(() => {});
  }

  get leftMs(): number {
    return Math.max(1, this.ms - (performance.now() - this.started));
  }

  get spentMs(): number {
    return Math.round(performance.now() - this.started);
  }

  race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return Promise.race([work, this.over]);
  }
}

const isMain = (request: Request, page: Page): boolean => request.isNavigationRequest() && request.frame() === page.mainFrame();

/** Decides on one request of the page. Redirects do not pass here; the proxy sees those. */
async function judge(visit: Visit, page: Page, route: Route): Promise<void> {
  const request = route.request();
  const admitted = admit(visit.tools.guard, request.url());
  if ('refused' in admitted) {
    if (isMain(request, page)) visit.held = admitted.refused;
    await route.abort('addressunreachable');
    return;
  }
  visit.requests += 1;
  const main = isMain(request, page);
  if (main) visit.navigations += 1;
  if (main && visit.navigations > MAX_NAVIGATIONS) visit.held = nothing('network', `页面自行跳转超过 ${MAX_NAVIGATIONS - 1} 次`);
  if (
    visit.requests > MAX_REQUESTS ||
    visit.navigations > MAX_NAVIGATIONS ||
    isSideTraffic(request.resourceType(), admitted.url.hostname, visit.url.hostname)
  ) {
    await route.abort('blockedbyclient');
    return;
  }
  // Where a script sends the page next is a page like any other: robots and the clock apply. The first has its slot already.
  if (main && visit.navigations > 1) {
    const held = await visit.tools.gate.enter(admitted.url, { ...visit.options, signal: visit.budget.signal });
    if (held !== null) {
      visit.held = held;
      await route.abort('blockedbyclient');
      return;
    }
  }
  await route.continue();
}

const CONTEXT = {
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  serviceWorkers: 'block',
  acceptDownloads: false,
  viewport: { width: 1280, height: 900 },
} as const;

async function openPage(visit: Visit, browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const { tools, proxy } = visit;
  const context = await browser.newContext({
    ...CONTEXT,
    permissions: [],
    // `<-loopback>` sends even loopback addresses through the proxy, which refuses them.
    proxy: { server: proxy.server, bypass: '<-loopback>' },
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36 ${tools.userAgent}`,
    extraHTTPHeaders: tools.headers.from === undefined ? {} : { from: tools.headers.from },
  });
  const page = await context.newPage();
  context.on('response', (response) => visit.parts.see(response));
  context.on('page', (popup) => void popup.close().catch(() => {}));
  page.on('response', (response) => {
    // A redirect is not an answer yet: what it leads to may be refused.
    const redirect = response.status() >= 300 && response.status() < 400 && response.headers().location !== undefined;
    if (isMain(response.request(), page) && !redirect) visit.main = { response, at: tools.clock.now() };
  });
  visit.tls = await watchTls(context, page);
  await context.route('**/*', (route) => judge(visit, page, route).catch(() => route.abort().catch(() => {})));
  return { context, page };
}

const DOM_SIZE = 'document.documentElement ? document.documentElement.outerHTML.length : 0';
const domWithin = (max: number): string =>
  `(() => { const d = document; const h = d.documentElement ? d.documentElement.outerHTML : ''; return h.length > ${max} ? null : (d.doctype ? '<!DOCTYPE html>' : '') + h; })()`;

/** Waits until the network is silent; on pages that never are, until the DOM stops growing. */
async function settle(visit: Visit, context: BrowserContext, page: Page): Promise<void> {
  const { budget } = visit;
  const silent = await budget.race(
    page.waitForLoadState('networkidle', { timeout: Math.min(IDLE_WAIT_MS, budget.leftMs) }).then(
      () => true,
      () => false,
    ),
  );
  if (silent) return;
  let before: unknown = null;
  for (let poll = 0; poll < STABLE_POLLS; poll += 1) {
    const size = await budget.race(inOwnWorld(context, page, DOM_SIZE));
    if (size === before) return;
    before = size;
    await budget.race(page.waitForTimeout(STABLE_POLL_MS));
  }
}

const OTHER_SCHEME: ReadonlySet<string> = new Set(['ERR_UNSAFE_REDIRECT', 'ERR_UNKNOWN_URL_SCHEME', 'ERR_DISALLOWED_URL_SCHEME']);

/** What a navigation that failed came to. */
function failureOf(visit: Visit, thrown: unknown): FetchResult {
  if (visit.options.signal?.aborted) throw new PinchaError('INTERRUPTED', { reason: visit.url.origin });
  if (visit.held !== null) return visit.held;
  if (visit.proxy.exhausted) return nothing('too_large', '页面加载的内容超过上限');
  if (visit.budget.signal.aborted) return nothing('timeout', `超过 ${visit.tools.timeoutMs} 毫秒未完成`);
  const words = reasonOf(thrown);
  const refused = visit.main === null ? visit.proxy.refusals[0] : undefined;
  if (refused !== undefined) return nothing('refused_address', `页面转往不允许访问的地址 ${refused}`);
  // The browser draws nothing for an answer without content.
  const verdict = visit.main === null ? null : outcomeOfStatus(visit.main.response.status(), false, false);
  if (words.includes('ERR_ABORTED') && verdict !== null && verdict.outcome !== 'ok') return nothing(verdict.outcome, verdict.reason);
  if (words.includes('Timeout')) return nothing('timeout', '页面未能按时加载');
  if (words.includes('Download is starting')) return nothing('unavailable', '该地址是下载文件，不是网页');
  const code = /net::(ERR_\w+)/.exec(words)?.[1];
  // The browser's own word for a redirect to file:, data: and the like.
  if (code !== undefined && OTHER_SCHEME.has(code)) return nothing('refused_address', '页面转往 http 与 https 以外的地址');
  return nothing('network', code === undefined ? '浏览器页面意外关闭' : `页面无法加载（${code}）`);
}

/** Headers that describe the bytes the server sent, which are not the bytes kept here. */
const ABOUT_BYTES: ReadonlySet<string> = new Set(['content-type', 'content-encoding', 'content-length', 'transfer-encoding']);

/** When the head of an answer was there and how long its host took, without what the browser waited for its turn. */
function answeredOf({ response, at }: Answer): Exchange['answered'] {
  const { requestStart, responseStart } = response.request().timing();
  return { at, afterMs: Math.max(0, Math.round(responseStart - Math.max(0, requestStart))) };
}

async function exchangeOf(visit: Visit, page: Page, response: Response, body: Buffer, fetchedAt: Date): Promise<Exchange> {
  const sent = (await response.headersArray()).map(({ name, value }): [string, string] => [name, value]);
  const responseHeaders: [string, string][] = [...sent.filter(([name]) => !ABOUT_BYTES.has(name.toLowerCase())), ['content-type', 'text/html; charset=utf-8']];
  const finalUrl = URL.canParse(page.url()) ? new URL(page.url()) : visit.url;
  const peer = visit.proxy.peerOf(new URL(response.url()));
  const { main } = visit;
  return {
    url: visit.url.href,
    finalUrl: finalUrl.href,
    method: 'GET',
    requestHeaders: await response.request().allHeaders(),
    status: response.status(),
    statusText: response.statusText(),
    httpVersion: '1.1',
    responseHeaders,
    body,
    // Through the proxy the browser sees only the proxy's address; the proxy knows whom it reached, and no more than that.
    remoteAddress: peer?.address ?? null,
    network: {
      resolved: peer?.resolved ?? null,
      tls: (await visit.tls?.of(response)) ?? null,
      observers: { address: 'proxy', tls: 'browser', clock: 'browser' },
    },
    fetchedAt,
    elapsedMs: visit.budget.spentMs,
    ...(main && main.response === response ? { answered: answeredOf(main) } : {}),
    via: 'browser',
  };
}

/** Loads, settles, serialises. */
async function capture(visit: Visit, context: BrowserContext, page: Page): Promise<FetchResult> {
  const { tools, budget, options } = visit;
  const fetchedAt = tools.clock.now();
  await budget.race(page.goto(visit.url.href, { waitUntil: 'domcontentloaded', timeout: budget.leftMs }));
  const first = visit.main;
  if (first === null) return nothing('unavailable', '页面没有应答');
  const latencyMs = Math.max(0, Math.round(first.response.request().timing().responseStart));
  await settle(visit, context, page);
  const { response } = visit.main ?? first;
  const now = tools.clock.now();
  const wait = retryAfterMs(
    headerOf(
      (await budget.race(response.headersArray())).map(({ name, value }) => [name, value] as const),
      'retry-after',
    ),
    now,
  );
  const verdict = outcomeOfStatus(response.status(), false, wait !== null);
  const kept = await keep(visit, context, page, response, fetchedAt);
  const walled = 'body' in kept && verdict.report === 'ok' && options.walled?.(kept) === true;
  await tools.gate.report(new URL(response.url()), walled ? 'refused' : verdict.report, latencyMs, wait);
  if (!('body' in kept)) return kept;
  const parts = await visit.parts.taken(budget);
  return {
    outcome: verdict.outcome,
    reason: verdict.reason,
    exchange: kept,
    retryAt: verdict.outcome === 'rate_limited' && wait !== null ? new Date(now.getTime() + wait) : null,
    parts,
    // A wall, or a page that is gone, is shown from its sealed bytes like any other.
    shot: verdict.outcome === 'ok' && !walled ? await takeLiveShot(context, page, CONTEXT.viewport.width, budget.leftMs) : null,
  };
}

/** The page as it stands, or why it is not kept. */
async function keep(visit: Visit, context: BrowserContext, page: Page, response: Response, fetchedAt: Date): Promise<Exchange | FetchResult> {
  const { tools, budget, options } = visit;
  if (visit.held !== null) return visit.held;
  // Where a script sent the page could not be reached: what stands there now are the browser's own words.
  if (page.url().startsWith('chrome-error:')) {
    const refused = visit.proxy.refusals.at(-1);
    return refused === undefined ? nothing('network', '页面转往的地址无法打开') : nothing('refused_address', `页面转往不允许访问的地址 ${refused}`);
  }
  // A server's redirect reached the browser before we could ask that host's robots.txt: what it forbids is not kept.
  const barred = await tools.gate.barred(new URL(response.url()), { ...options, signal: budget.signal });
  if (barred !== null) return barred;
  const dom = await budget.race(inOwnWorld(context, page, domWithin(options.maxBytes ?? tools.maxBytes)));
  if (typeof dom !== 'string') return nothing('too_large', '页面内容超过上限');
  return budget.race(exchangeOf(visit, page, response, Buffer.from(dom, 'utf8'), fetchedAt));
}

const closeWithin = async (context: BrowserContext): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  });
  await Promise.race([context.close().catch(() => {}), late]);
  clearTimeout(timer);
};

/** Renders one page. @throws PinchaError INTERRUPTED when the caller aborts; nothing else */
export async function renderPage(tools: FetchTools, getBrowser: () => Promise<Browser>, text: string, options: FetchOptions): Promise<FetchResult> {
  const admitted = admit(tools.guard, text);
  if ('refused' in admitted) return admitted.refused;
  let browser: Browser;
  try {
    browser = await getBrowser();
  } catch (thrown) {
    return nothing('unavailable', reasonOf(thrown));
  }
  // Told before a page is opened for nothing; the slot comes after, because opening one takes longer than a slot allows.
  const shut = await tools.gate.barred(admitted.url, options);
  if (shut !== null) return shut;
  const proxy = await startGuardProxy(tools.guard, PAGE_ANSWERS * tools.maxBytes);
  const budget = new Budget(tools.timeoutMs, options.signal);
  const visit: Visit = { tools, options, url: admitted.url, proxy, budget, main: null, requests: 0, navigations: 0, held: null, parts: takeParts(), tls: null };
  const opening = openPage(visit, browser);
  try {
    const { context, page } = await budget.race(opening);
    const held = await tools.gate.enter(admitted.url, options);
    if (held !== null) return held;
    visit.budget = new Budget(tools.timeoutMs, options.signal);
    return await capture(visit, context, page);
  } catch (thrown) {
    const result = failureOf(visit, thrown);
    await tools.gate.report(admitted.url, 'error', visit.budget.spentMs, null);
    return result;
  } finally {
    await opening.then(({ context }) => closeWithin(context)).catch(() => {});
    await proxy.close();
  }
}
