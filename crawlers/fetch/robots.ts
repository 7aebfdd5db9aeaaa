/**
 * robots.txt (RFC 9309): longest match with wildcards, 5xx closes the site, 4xx opens it, a web page in its place
 * is noted: it states no rules, unless its source is set to take it for a no. Crawl-delay (not in the RFC, but widely written) is honoured up to five minutes.
 */
import robotsParser from 'robots-parser';

export interface RobotsRules {
  allows(url: URL): boolean;
  /** The site's wish for our gap, 0 when it has none. */
  readonly delayMs: number;
  /** A web page came in the file's place: what that means is the source's own setting, and here no rules are stated. */
  readonly page: boolean;
  /** What is odd about the file, in words; null when it is a usual one. */
  readonly note: string | null;
}

/** RFC 9309 section 2.5 asks for at least 500 KiB. */
export const ROBOTS_MAX_CHARS = 512 * 1024;
const DELAY_MAX_MS = 300_000;
/** Matching costs pattern × path for lines with wildcards; real files have a few kilobytes of them. */
const WILDCARD_MAX_CHARS = 64 * 1024;

const verdict = (open: boolean, note: string | null, page = false): RobotsRules => ({
  allows: (url) => open || url.pathname === '/robots.txt',
  delayMs: 0,
  page,
  note,
});

const looksLikePage = (body: string): boolean => /^\s*</.test(body.slice(0, 1_000));

/** robots-parser compares the user agent's name with group names as a whole, so only the product token is given. */
export const productToken = (userAgent: string): string => /^[a-z_-]+/i.exec(userAgent)?.[0] ?? '*';

/**
 * Reads a robots.txt as it was answered.
 * @param origin any URL of the host it came from
 * @param agent the product token of our user agent
 */
export function readRobots(robots: { readonly status: number; readonly body: string }, origin: URL, agent: string): RobotsRules {
  if (robots.status >= 500) return verdict(false, `robots.txt 返回 HTTP ${robots.status}，按禁止抓取处理`);
  if (robots.status < 200 || robots.status >= 300) return verdict(true, null);
  const body = robots.body.slice(0, ROBOTS_MAX_CHARS).replace(/^\uFEFF/, '');
  if (looksLikePage(body)) return verdict(true, 'robots.txt 返回的是网页', true);
  const wildcards = body.split(/[\r\n]+/).reduce((sum, line) => (line.includes('*') ? sum + line.length : sum), 0);
  if (wildcards > WILDCARD_MAX_CHARS) return verdict(false, 'robots.txt 通配规则过多，按禁止抓取处理');
  const parsed = robotsParser(new URL('/robots.txt', origin).href, body);
  const delay = parsed.getCrawlDelay(agent) ?? 0;
  return {
    allows: (url) => url.pathname === '/robots.txt' || parsed.isAllowed(url.href, agent) !== false,
    delayMs: Number.isFinite(delay) ? Math.min(DELAY_MAX_MS, Math.max(0, delay * 1_000)) : 0,
    page: false,
    note: null,
  };
}
