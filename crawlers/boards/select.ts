/**
 * Takes values out of a page by a board's rules within bounds that do not depend on who wrote the page: a page with
 * too many elements, siblings or levels is not searched at all, and a budget of time ends the search between two
 * selections. So a hostile page costs one page, not the night.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { PinchaError } from '../../core/errors.ts';
import { absolute, loadHtml, nodeText } from '../extract/html.ts';
import type { FieldRule } from './schema.ts';

const MAX_ELEMENTS = 60_000;
const MAX_SIBLINGS = 5_000;
const MAX_LEVELS = 200;
const BUDGET_MS = 2_000;
/** Elements taken by one rule. */
const MAX_TAKEN = 500;

interface Branch {
  readonly children?: readonly Branch[];
}

export type Elements = ReturnType<CheerioAPI>;

export interface Page {
  readonly $: CheerioAPI;
  /** Base of relative addresses. */
  readonly url: string | null;
  /** Elements that a selector names, in a part of the page or in all of it. @throws PinchaError INPUT_INVALID when time is up */
  find(selector: string, within?: Elements): Elements;
}

function checkSize($: CheerioAPI): void {
  let level = [...$.root().toArray()] as unknown as Branch[];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    const fault =
      depth > MAX_LEVELS
        ? `元素层级超过 ${MAX_LEVELS}`
        : count > MAX_ELEMENTS * 3
          ? `元素超过 ${MAX_ELEMENTS}`
          : level.some((node) => (node.children?.length ?? 0) > MAX_SIBLINGS * 2)
            ? `同级元素超过 ${MAX_SIBLINGS}`
            : null;
    if (fault) throw new PinchaError('INPUT_INVALID', { field: 'page', reason: fault });
    level = level.flatMap((node) => node.children ?? []);
  }
}

/** A page ready to be searched. @param now milliseconds, for the budget @throws PinchaError for a page beyond the bounds */
export function openPage(html: string, url: string | null, now: () => number = () => performance.now()): Page {
  const $ = loadHtml(html);
  checkSize($);
  const end = now() + BUDGET_MS;
  return {
    $,
    url,
    find(selector, within) {
      if (now() > end) throw new PinchaError('INPUT_INVALID', { field: 'page', reason: `选择器用时超过 ${BUDGET_MS} 毫秒` });
      return within ? within.find(selector) : $(selector);
    },
  };
}

/** What stands after and before the given words; undefined when the first of them is missing. */
function cut(value: string, { after, before }: FieldRule): string | undefined {
  const start = after ? value.indexOf(after) : 0;
  if (start < 0) return undefined;
  const rest = value.slice(start + (after?.length ?? 0));
  const end = before ? rest.indexOf(before) : -1;
  return (end < 0 ? rest : rest.slice(0, end)).trim() || undefined;
}

/** Every value of a rule, trimmed, without empty ones. */
export function allTexts(page: Page, rule: FieldRule, within?: Elements): string[] {
  const taken = page
    .find(rule.select, within)
    .toArray()
    .slice(0, rule.all ? MAX_TAKEN : 1);
  // Lines of the source count only where no markup makes lines.
  const textAt = (el: (typeof taken)[number]): string => nodeText([el], page.$(el).children().length === 0);
  const read = (el: (typeof taken)[number]): string => (rule.attr ? (page.$(el).attr(rule.attr) ?? '').trim() : textAt(el));
  return taken.map((el) => cut(read(el), rule)).filter((value) => value !== undefined);
}

/** The value of a rule, lines joined. */
export const firstText = (page: Page, rule: FieldRule | undefined, within?: Elements): string | undefined =>
  rule && (allTexts(page, rule, within).join('\n') || undefined);

/** Addresses of a rule: `attr`, or `href` and `src` when it names none. */
export function addressesOf(page: Page, rule: FieldRule | undefined, within?: Elements): string[] {
  if (!rule) return [];
  const names = rule.attr ? [rule.attr] : ['href', 'data-src', 'data-original', 'src'];
  const found = page.find(rule.select, within).toArray().slice(0, MAX_TAKEN);
  const urls = found.map((el) => absolute(names.map((name) => page.$(el).attr(name)).find(Boolean), page.url));
  return [...new Set(urls.filter((url) => url !== undefined))];
}
