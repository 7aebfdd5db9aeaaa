/**
 * Platform-free reading of HTML: scripts are taken out by a linear scan (a current WeChat page is 3 MB, nearly
 * all script), the rest becomes a tree whose depth is bounded, and text keeps its block breaks. Hidden nodes are
 * kept on purpose: WeChat hides the whole body until a script shows it.
 */
import { type CheerioAPI, load } from 'cheerio/slim';
import { DomHandler, Parser, type ParserOptions } from 'htmlparser2';
import { PinchaError } from '../../core/errors.ts';

/** A page longer than this (UTF-16 code units) is not parsed. */
export const MAX_PAGE = 16_000_000;
/** What is left without scripts becomes a tree in memory, so it has a lower limit. */
const MAX_MARKUP = 6_000_000;
const MAX_DEPTH = 3_000;
/** Elements of one page: the largest real ones have a tenth. */
const MAX_ELEMENTS = 400_000;
const MAX_IMAGES = 200;
const MAX_LINKS = 2_000;

const BLOCKS = new Set(
  'address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);
const SILENT = new Set(['script', 'style', 'template', 'head', 'title', 'svg']);

interface HtmlNode {
  readonly type: string;
  readonly data?: string;
  readonly name?: string;
  readonly children?: readonly HtmlNode[];
}

/** Where an element that began before `from` closes: start of the closing tag and the place after it; -1 when it never does. */
function closing(html: string, tag: string, from: number): { start: number; end: number } {
  const close = new RegExp(`</${tag}`, 'gi');
  close.lastIndex = from;
  const found = close.exec(html);
  const end = found ? html.indexOf('>', found.index) : -1;
  return { start: found?.index ?? -1, end: end < 0 ? -1 : end + 1 };
}

/** The page without `<script>` and `<style>` bodies, in one pass. */
export function withoutScripts(html: string): string {
  const parts: string[] = [];
  let from = 0;
  const opening = /<(script|style)\b/gi;
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    parts.push(html.slice(from, found.index));
    const { end } = closing(html, found[1] ?? 'script', opening.lastIndex);
    if (end < 0) return parts.join('');
    from = end;
    opening.lastIndex = from;
  }
  parts.push(html.slice(from));
  return parts.join('');
}

/** Bodies of the `<script>` elements whose opening tag matches, at most 500 scripts into the page. */
export function scriptBodies(html: string, tag: RegExp): string[] {
  const out: string[] = [];
  const opening = /<script\b[^>]{0,2000}>/gi;
  for (let found = opening.exec(html), count = 0; found && count < 500; found = opening.exec(html), count += 1) {
    const { start } = closing(html, 'script', opening.lastIndex);
    if (tag.test(found[0])) out.push(html.slice(opening.lastIndex, start < 0 ? undefined : start));
    if (start < 0) break;
    opening.lastIndex = start;
  }
  return out;
}

/** Gives up while the tree is made: each level costs the next one more, so that a page of nothing but openings would take minutes. */
class BoundedTree extends DomHandler {
  private elements = 0;

  override onopentag(name: string, attribs: Record<string, string>): void {
    super.onopentag(name, attribs);
    this.elements += 1;
    const fault = this.tagStack.length > MAX_DEPTH + 1 ? `nested deeper than ${MAX_DEPTH}` : this.elements > MAX_ELEMENTS ? `more than ${MAX_ELEMENTS}` : null;
    if (fault) throw new PinchaError('INPUT_INVALID', { field: 'page', reason: `elements are ${fault}` });
  }
}

/**
 * Markup as a cheerio tree, as it stands.
 * @throws PinchaError INPUT_INVALID when it has too many elements, or is nested too deep to search in bounded time
 */
export function treeOf(markup: string, options: ParserOptions = {}): CheerioAPI {
  const tree = new BoundedTree(null, options);
  new Parser(tree, options).end(markup);
  return load(tree.root, options.xmlMode ? { xml: options } : {});
}

/**
 * The page as a cheerio tree, scripts left out.
 * @throws PinchaError FILE_TOO_LARGE or INPUT_INVALID for a page that is too large or nested too deep
 */
export function loadHtml(html: string): CheerioAPI {
  if (html.length > MAX_PAGE) throw new PinchaError('FILE_TOO_LARGE', { file: 'page', limit: `${MAX_PAGE / 1_000_000} MB` });
  const markup = withoutScripts(html);
  if (markup.length > MAX_MARKUP) throw new PinchaError('FILE_TOO_LARGE', { file: 'page', limit: `${MAX_MARKUP / 1_000_000} MB` });
  return treeOf(markup);
}

const matching = ($: CheerioAPI, selector: string) => $(selector).toArray();

/**
 * Elements matching a selector, in order, without those inside another one: looking into each then costs the page
 * once, however its maker nests them.
 */
export function topmost($: CheerioAPI, selector: string, limit: number): ReturnType<typeof matching> {
  const found: ReturnType<typeof matching> = [];
  for (const el of matching($, selector).slice(0, limit * 4)) {
    const last = found[found.length - 1];
    let above: unknown = el;
    while (above && above !== last) above = (above as { parent?: unknown }).parent;
    if (last === undefined || above !== last) found.push(el);
    if (found.length >= limit) break;
  }
  return found;
}

const fold = (text: string, keepNewlines: boolean): string => text.replace(/\u00a0/g, ' ').replace(keepNewlines ? /[^\S\n]+/g : /\s+/g, ' ');

/** Text of nodes with a line break for every block, spaces folded; `keepNewlines` for sites that show line breaks of the source. */
export function nodeText(nodes: Iterable<unknown>, keepNewlines = false): string {
  const out: string[] = [];
  const stack: (HtmlNode | '\n')[] = ([...nodes] as HtmlNode[]).reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === '\n') out.push('\n');
    else if (node.type === 'text') out.push(fold(node.data ?? '', keepNewlines));
    else if (node.children !== undefined && !SILENT.has(node.name ?? '')) {
      if (node.name === 'br') out.push('\n');
      const block = BLOCKS.has(node.name ?? '');
      if (block) {
        out.push('\n');
        stack.push('\n');
      }
      for (let i = node.children.length - 1; i >= 0; i -= 1) {
        const child = node.children[i];
        if (child) stack.push(child);
      }
    }
  }
  return out
    .join('')
    .replace(/[^\S\n]*\n[^\S\n]*/g, '\n')
    .replace(keepNewlines ? /\n{3,}/g : /\n{2,}/g, keepNewlines ? '\n\n' : '\n')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Text of an HTML fragment; see {@link nodeText}. */
export const textOf = (html: string, keepNewlines = false): string => nodeText(loadHtml(html).root().toArray(), keepNewlines);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', yen: '¥', middot: '·' };

/** Decodes the entities that occur in titles and attributes held by scripts. */
export const decodeEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, dec?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = dec === undefined ? Number.parseInt(hex ?? '', 16) : Number(dec);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });

/** An absolute http(s) address, or undefined. */
export function absolute(href: string | undefined, base: string | null): string | undefined {
  const given = href?.trim();
  if (!given || /^(data|javascript|about|blob|mailto|tel):/i.test(given)) return undefined;
  try {
    const url = new URL(given.startsWith('//') ? `https:${given}` : given, base ?? undefined);
    url.hash = '';
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Picture addresses in order, lazily set ones (`data-src`) first; without placeholders and doubles. @param within a selector or elements; null for the whole page */
export function imagesOf($: CheerioAPI, within: string | ReturnType<CheerioAPI> | null, base: string | null): string[] {
  const found = new Set<string>();
  // `:root img` would miss a picture that is itself the root of a fragment.
  const pictures = within === null ? $('img') : (typeof within === 'string' ? $(within) : within).find('img');
  for (const img of pictures.toArray().slice(0, MAX_IMAGES * 5)) {
    const url = absolute($(img).attr('data-src') ?? $(img).attr('data-original') ?? $(img).attr('src'), base);
    if (url && found.size < MAX_IMAGES) found.add(url);
  }
  return [...found];
}

/** Link targets matching a selector, absolute, in order, without doubles. */
export function linksOf($: CheerioAPI, selector: string, base: string | null): string[] {
  const found = new Set<string>();
  for (const a of $(selector).toArray()) {
    const url = absolute($(a).attr('href'), base);
    if (url && found.size < MAX_LINKS) found.add(url);
  }
  return [...found];
}

/** The `<title>` of a page, read without parsing it. */
export const titleOf = (html: string): string => decodeEntities(/<title[^>]{0,200}>([^<]{0,500})/i.exec(html)?.[1] ?? '').trim();
