/**
 * How a saved page names the site it came from: the note a browser leaves when it saves one, its canonical address,
 * and its title. Links and pictures of a site prove nothing: every page links to others.
 */
import { decodeEntities, titleOf } from '../extract/html.ts';

const HEAD = 300_000;
const SAVED = /<!--\s*saved from url=\(\d{1,5}\)(https?:\/\/[^\s>]{3,2000})\s*-->/i;
const NAMED = /<(?:link\b[^>]{0,300}\brel=["']?canonical|meta\b[^>]{0,300}\b(?:property|name)=["']?og:url)\b[^>]{0,600}>/gi;

/** The address a browser wrote into the page when it saved it; null when it wrote none. */
export function savedFrom(html: string): string | null {
  const url = SAVED.exec(html.slice(0, 5_000))?.[1];
  return url && URL.canParse(url) ? new URL(url).href : null;
}

/** Addresses by which a page names itself, its saved-from note first. */
export function ownAddresses(html: string): string[] {
  const head = html.slice(0, HEAD);
  const named = [...head.matchAll(NAMED)].slice(0, 10).map((m) => /\b(?:href|content)=["']?([^"'\s>]{3,2000})/i.exec(m[0])?.[1]);
  const found = [savedFrom(html), ...named.map((u) => (u === undefined ? null : decodeEntities(u.startsWith('//') ? `https:${u}` : u)))];
  return found.filter((u) => u !== null && URL.canParse(u)) as string[];
}

/** Whether a page says by address or title that it is of a site. @param host matched against the whole host name */
export function saysItIs(html: string, host: RegExp, title: RegExp): boolean {
  return ownAddresses(html).some((url) => host.test(new URL(url).hostname)) || title.test(titleOf(html.slice(0, HEAD)));
}
