/** What each selector of a board yields on one page: for whoever writes the declaration, before anything is crawled. */
import type { ParsedPage } from '../../core/model/capture.ts';
import type { PageInput } from '../platforms/types.ts';
import { boardAdapter } from './adapter.ts';
import type { Board, FieldRule } from './schema.ts';
import { addressesOf, allTexts, openPage, type Page } from './select.ts';

export interface SelectorYield {
  /** Where the selector stands in the file: `list.fields.title`. */
  readonly field: string;
  readonly selector: string;
  /** Elements found; for fields of a list, items in which something was found. */
  readonly found: number;
  /** The first values, cut. */
  readonly values: readonly string[];
}
export interface BoardPreview {
  readonly selectors: readonly SelectorYield[];
  readonly page: ParsedPage;
}

const SHOWN = 3;
const MAX_SHOWN = 120;
const shown = (values: readonly string[]): string[] => values.slice(0, SHOWN).map((v) => (v.length > MAX_SHOWN ? `${v.slice(0, MAX_SHOWN)}…` : v));
/** Fields that are addresses. */
const isAddress = (name: string): boolean => name === 'images' || name === 'url' || name === 'link' || name === 'next';

function plain(page: Page, field: string, rule: FieldRule): SelectorYield {
  const name = field.split('.').at(-1) ?? '';
  const values = isAddress(name) ? addressesOf(page, rule) : allTexts(page, rule);
  return { field, selector: rule.select, found: page.find(rule.select).length, values: shown(values) };
}

function inItems(page: Page, board: Board, name: string, rule: FieldRule): SelectorYield {
  const perItem = page
    .find(board.list.item)
    .toArray()
    .slice(0, 500)
    .map((el) => (isAddress(name) ? addressesOf(page, rule, page.$(el)) : allTexts(page, rule, page.$(el))));
  const field = name === 'link' ? 'list.link' : `list.fields.${name}`;
  return {
    field,
    selector: rule.select,
    found: perItem.filter((values) => values.length > 0).length,
    values: shown(perItem.map((v) => v[0]).filter((v) => v !== undefined)),
  };
}

/** Tries every selector of a board on a page. @throws PinchaError for a page beyond the bounds */
export function previewBoard(board: Board, input: PageInput): BoardPreview {
  const page = openPage(input.html, input.url);
  const { list, post, states } = board;
  const marks: readonly (readonly [string, string | undefined])[] = [
    ['list.item', list.item],
    ['list.empty', list.empty],
    ...Object.entries(states).map(([name, selector]) => [`states.${name}`, selector] as const),
  ];
  const selectors: SelectorYield[] = marks.flatMap(([field, selector]) => {
    if (!selector) return [];
    const found = page.find(selector);
    return [{ field, selector, found: found.length, values: shown(found.toArray().map((el) => page.$(el).text().replace(/\s+/g, ' ').trim())) }];
  });
  if (list.link) selectors.push(inItems(page, board, 'link', list.link));
  for (const [name, rule] of Object.entries(list.fields)) if (rule) selectors.push(inItems(page, board, name, rule));
  if (list.next) selectors.push(plain(page, 'list.next', list.next));
  for (const [name, rule] of Object.entries(post?.fields ?? {})) if (rule) selectors.push(plain(page, `post.fields.${name}`, rule));
  for (const [name, rule] of Object.entries(post?.account ?? {})) if (rule) selectors.push(plain(page, `post.account.${name}`, rule));
  return { selectors, page: boardAdapter(board).parse(input) };
}
