/**
 * What WeChat templates keep outside `window.cgiDataNew`: variables of the older ones and of share pages, read out of
 * their scripts as literals, and the key in an article's long address.
 */
import { decodeEntities } from '../../extract/html.ts';
import { readLiteral } from '../../extract/js-literal.ts';
import { str } from '../../extract/tree.ts';

const MAX_TRIED = 20;

/** Ways of writing one: `var ct = "1522968980"`, `window.ct = '' || '1762338600'`, `d.ct = xml ? getXmlValue('…') : '1762338600'`. */
const forms = (name: string): readonly RegExp[] => [
  new RegExp(`\\bvar\\s+${name}\\s*=(?!=)\\s*`, 'g'),
  new RegExp(`\\bwindow\\.${name}\\s*=(?!=)\\s*(?:window\\.\\w{1,40}\\s*=(?!=)\\s*)?`, 'g'),
  new RegExp(`\\bd\\.${name}\\s*=\\s*\\(?\\s*xml\\s*\\?[^;\\n]{0,300}?:\\s*(?=['"])`, 'g'),
];

/** The first of these variables of a page that has a value: `var biz = "" || "…";`. */
export function variable(html: string, ...names: readonly string[]): string | undefined {
  for (const pattern of names.flatMap(forms)) {
    for (let found = pattern.exec(html), tried = 0; found && tried < MAX_TRIED; found = pattern.exec(html), tried += 1) {
      try {
        const value = str(readLiteral(html, pattern.lastIndex, { maxLength: 100_000 }).value);
        if (value !== undefined) return value;
      } catch {
        // Something else of that name: the next one may be it.
      }
    }
  }
  return undefined;
}

/** A variable that holds words: entities in script strings, some of them escaped twice, are read as what they stand for. */
export const words = (html: string, ...names: readonly string[]): string | undefined => {
  const text = variable(html, ...names);
  return text === undefined ? undefined : decodeEntities(decodeEntities(text));
};

const partOf = (url: string | undefined, name: string): string | undefined =>
  (url && URL.canParse(url) && new URL(url).searchParams.get(name)?.replaceAll(' ', '+')) || undefined;

/** The account in an article's long address. */
export const bizOf = (url: string | undefined): string | undefined => partOf(url, '__biz');

/** The key of an article from its long address: account, message and place in it. */
export function keyOf(url: string | undefined): string | undefined {
  const parts = [bizOf(url), partOf(url, 'mid') ?? partOf(url, 'appmsgid'), partOf(url, 'idx') ?? partOf(url, 'itemidx')];
  return parts.every(Boolean) ? parts.join('_') : undefined;
}
