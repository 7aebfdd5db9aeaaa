/**
 * Page shots from sealed bytes: the page is laid out by a real browser that gets every byte from us and none from
 * the network, with scripts off, so that the picture shows what was sealed and a hostile page can neither run nor
 * call out. WeChat hides article bodies and loads pictures late by script; both are made visible here by a style
 * and by the picture's own `data-src`, and nothing else of the page is changed.
 */
import type { Browser, BrowserContext, Page, Route } from 'playwright';
import { PinchaError } from '../core/errors.ts';
import { MEASURE_LAYOUT, type PageLayout, pageLayoutSchema } from '../core/model/page-layout.ts';

export interface SealedPage {
  /** The page as decoded text. */
  readonly html: string;
  readonly url: string;
  /** Sealed bytes of a picture, style or font the page refers to; null when we hold none. */
  readonly resources: (url: string) => Promise<Buffer | null>;
}

export interface ShotLimits {
  /** CSS pixels. */
  readonly width?: number;
  /** Longer pages are cut here, in CSS pixels. */
  readonly maxHeight?: number;
  readonly timeoutMs?: number;
  readonly maxHtmlChars?: number;
  readonly maxResources?: number;
  readonly maxResourceBytes?: number;
  readonly maxTextChars?: number;
}

export interface PageShot {
  readonly png: Buffer;
  /** The text a reader sees, in reading order. */
  readonly domText: string;
  /** What stands where on it; null when it could not be measured. */
  readonly layout: PageLayout | null;
  /** True when the page was longer than `maxHeight` and the picture ends before it does. */
  readonly cut: boolean;
}

const DEFAULTS: Required<ShotLimits> = {
  width: 900,
  maxHeight: 12_000,
  timeoutMs: 20_000,
  maxHtmlChars: 10_000_000,
  maxResources: 200,
  maxResourceBytes: 20_000_000,
  maxTextChars: 200_000,
};

/** Article bodies that today's templates hide until a script ran. */
const REVEAL = '#js_content,.rich_media_content{visibility:visible!important;opacity:1!important}';

/** Nobody listens there: what slips past interception (preconnect, DNS prefetch) ends at a dead proxy. */
const DEAD_PROXY = { server: 'http://127.0.0.1:9', bypass: '<-loopback>' };

const SIGNATURES: readonly (readonly [string, string])[] = [
  ['89504e47', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
  ['47494638', 'image/gif'],
  ['52494646', 'image/webp'],
  ['424d', 'image/bmp'],
  ['774f4632', 'font/woff2'],
  ['774f4646', 'font/woff'],
];

/** The media type of sealed bytes by their signature; styles and SVG by their text. Never HTML or script. */
function mediaTypeOf(bytes: Buffer, resourceType: string): string {
  const hex = bytes.subarray(0, 4).toString('hex');
  const known = SIGNATURES.find(([signature]) => hex.startsWith(signature))?.[1];
  if (known) return known;
  if (resourceType === 'stylesheet') return 'text/css; charset=utf-8';
  return /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]{0,500}?-->\s*)?<svg[\s>]/.test(bytes.subarray(0, 1_000).toString('utf8'))
    ? 'image/svg+xml'
    : 'application/octet-stream';
}

async function serve(context: BrowserContext, sealed: SealedPage, limits: Required<ShotLimits>): Promise<void> {
  let left = limits.maxResources;
  let pageServed = false;
  const answer = async (route: Route): Promise<void> => {
    const request = route.request();
    const type = request.resourceType();
    if (request.isNavigationRequest()) {
      // The page itself, once. Frames and refreshes are dropped as if the reader had pressed stop: any other failure would put an error page there.
      const own = !pageServed && request.frame().parentFrame() === null;
      pageServed = true;
      return own ? route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: stayHere(sealed.html) }) : route.abort('aborted');
    }
    left -= 1;
    if (left < 0 || !(type === 'image' || type === 'stylesheet' || type === 'font')) return route.abort('blockedbyclient');
    const bytes = await sealed.resources(request.url());
    if (!bytes || bytes.length > limits.maxResourceBytes) return route.abort('blockedbyclient');
    return route.fulfill({ status: 200, contentType: mediaTypeOf(bytes, type), body: bytes });
  };
  await context.route('**/*', (route) => answer(route).catch(() => route.abort().catch(() => undefined)));
  await context.routeWebSocket(/.*/, (socket) => void socket.close());
}

/** A page that sends its reader on by itself would leave nothing to picture; the attribute is disarmed, the rest stays. */
const stayHere = (html: string): string => html.replace(/http-equiv(\s*=\s*["']?\s*refresh)/gi, 'data-http-equiv$1');

/** Runs in the page: reveals what scripts would have, and starts the pictures they would have loaded. */
function reveal(style: string): void {
  const sheet = document.createElement('style');
  sheet.textContent = style;
  document.documentElement.append(sheet);
  for (const image of document.querySelectorAll('img')) {
    const late = image.getAttribute('data-src');
    if (late && /^https?:|^\/\//i.test(late)) image.src = late;
    image.loading = 'eager';
  }
}

const sameAddress = (a: string, b: string): boolean => new URL(a).href === new URL(b).href;

async function settled(page: Page, deadline: number): Promise<void> {
  const loaded = (): boolean => [...document.images].every((image) => image.complete);
  while (Date.now() < deadline && !(await page.evaluate(loaded))) await page.waitForTimeout(50);
}

async function shoot(context: BrowserContext, sealed: SealedPage, limits: Required<ShotLimits>): Promise<PageShot> {
  await serve(context, sealed, limits);
  const page = await context.newPage();
  const started = Date.now();
  await page.goto(sealed.url, { waitUntil: 'domcontentloaded', timeout: limits.timeoutMs });
  await page.evaluate(reveal, REVEAL);
  await settled(page, started + limits.timeoutMs / 2);
  const height = await page.evaluate(() => Math.max(document.documentElement.scrollHeight, document.body?.scrollHeight ?? 0));
  const cut = height > limits.maxHeight;
  // What stands fixed at the window's edge is drawn once, where it is measured.
  await page.setViewportSize({ width: limits.width, height: Math.max(1, Math.min(height, limits.maxHeight)) });
  const measured = pageLayoutSchema.safeParse(await page.evaluate(MEASURE_LAYOUT));
  // biome-ignore lint/performance/useDomNodeTextContent: what a reader sees is wanted, hidden text is not
  const domText = await page.evaluate((max: number) => (document.body?.innerText ?? '').slice(0, max), limits.maxTextChars);
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide', timeout: limits.timeoutMs });
  if (!sameAddress(page.url(), sealed.url)) throw new PinchaError('INTERRUPTED', { reason: '页面在留影时跳转到别处' });
  return { png, domText, layout: measured.success ? measured.data : null, cut };
}

/**
 * Lays out sealed bytes and returns a full-page PNG and the visible text.
 * Nothing is requested from the network: what `resources` does not hold stays blank.
 * @throws INPUT_INVALID when the page is too large, INTERRUPTED when it does not settle in time
 */
export async function shootSealed(browser: Browser, sealed: SealedPage, given: ShotLimits = {}): Promise<PageShot> {
  const limits = { ...DEFAULTS, ...given };
  if (sealed.html.length > limits.maxHtmlChars)
    throw new PinchaError('INPUT_INVALID', { field: 'html', reason: `页面超过 ${limits.maxHtmlChars} 字符，不制作留影` });
  if (!/^https?:/i.test(sealed.url)) throw new PinchaError('INPUT_INVALID', { field: 'url', reason: '只能为 http 或 https 页面制作留影' });
  const context = await browser.newContext({
    javaScriptEnabled: false,
    bypassCSP: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: limits.width, height: 900 },
    serviceWorkers: 'block',
    acceptDownloads: false,
    proxy: DEAD_PROXY,
  });
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PinchaError('INTERRUPTED', { reason: `页面留影超过 ${limits.timeoutMs} 毫秒` })), limits.timeoutMs);
  });
  const work = shoot(context, sealed, limits);
  // When the clock wins, the closing context makes `work` fail later; that failure has been answered already.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
    await context.close().catch(() => undefined);
  }
}
