/**
 * Facts that a page states as label and value, whatever elements it uses for it: table rows, definition lists, and
 * short blocks such as “招聘人数：3人”. For boards whose markup is not known well enough to name each field's place.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { nodeText } from './html.ts';

const MAX_NODES = 3_000;
const MAX_LABEL = 12;
const MAX_VALUE = 20_000;

const clean = (label: string): string => label.replace(/[\s:：*]+/g, '');

/** Labels and values of a page; the first value of a label counts. @param within selector of the part looked at */
export function labelledPairs($: CheerioAPI, within = 'body'): Map<string, string> {
  const pairs = new Map<string, string>();
  const add = (label: string, value: string): void => {
    const name = clean(label);
    const told = value.trim();
    if (name && name.length <= MAX_LABEL && told && told.length <= MAX_VALUE && !pairs.has(name)) pairs.set(name, told);
  };
  const scope = $(within).length > 0 ? $(within) : $.root();
  for (const el of scope.find('th, td.label, td.title, dt').toArray().slice(0, MAX_NODES)) {
    const value = $(el).next('td, dd');
    if (value.length > 0) add(nodeText([el]), nodeText(value.toArray()));
  }
  for (const el of scope.find('li, p, span, div, td').toArray().slice(0, MAX_NODES)) {
    const text = nodeText([el]);
    const said = text.length <= MAX_VALUE ? /^\s*([^:：\n]{2,12})[:：]\s*([\s\S]+)$/.exec(text) : null;
    // A block of several facts is read through its parts; only the last of its labels would be right.
    if (said && !/\n[^\n:：]{2,12}[:：]/.test(text)) add(said[1] ?? '', said[2] ?? '');
  }
  return pairs;
}

/** The value of the first of these labels that the page states. */
export function labelled(pairs: ReadonlyMap<string, string>, ...labels: readonly string[]): string | undefined {
  for (const label of labels) if (pairs.has(label)) return pairs.get(label);
  return undefined;
}
