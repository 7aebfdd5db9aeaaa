/**
 * Takes an answer out of what it was saved in: a browser shows JSON, and the source of a page, inside a page of its
 * own, interfaces wrap it in a callback or put a guard before it, and programs write it as a string once more. Pages
 * come out as they went in.
 */
import { decodeEntities } from './html.ts';
import { parseJson } from './tree.ts';

/** A page that holds nothing but one `pre`, as browsers draw an answer that is no page. */
const SHOWN =
  /^(?:<!doctype html>)?\s*<html[^>]{0,300}>\s*(?:<head[^>]{0,300}>(?:(?!<body)[\s\S]){0,3000}?<\/head>)?\s*<body[^>]{0,300}>\s*<pre[^>]{0,300}>\s*(?=[[{])/i;
const GUARD = /^(?:\)\]\}'?,?|while\s*\(1\);|for\s*\(;;\);|&&&START&&&)\s*(?=[[{])/;
const CALLED = /^(?:\/\*[^*]{0,200}\*\/\s*)?(?:try\s*\{\s*)?[\w$.]{1,80}\s*\(\s*(?=[[{])/;

/** A page in which a browser shows another one's source: a table of its lines, or one `pre`. */
const LINED = /<td\b[^>]{0,200}\bclass=["']?line-content\b[^>]{0,200}>/gi;
const LISTED = /<body\b[^>]{0,200}\bid=["']?viewsource\b[^>]{0,500}>\s*<pre\b[^>]{0,200}>/i;

const bare = (markup: string): string => decodeEntities(markup.replace(/<[^>]*>/g, ''));

/** The source that such a page shows; null for any other page. */
function shownSource(text: string): string | null {
  const head = text.slice(0, 8_000);
  const listed = LISTED.exec(head);
  if (listed) {
    const start = listed.index + listed[0].length;
    const end = text.lastIndexOf('</pre>');
    return bare(text.slice(start, end < start ? undefined : end));
  }
  if (!/\bclass=["']?line-number\b/.test(head) || !/<table\b/i.test(head)) return null;
  const lines: string[] = [];
  for (const found of text.matchAll(LINED)) {
    const start = found.index + found[0].length;
    const end = text.indexOf('</td>', start);
    lines.push(bare(text.slice(start, end < 0 ? undefined : end)));
  }
  return lines.length > 0 && lines.some((line) => /^\s*[<{[]/.test(line)) ? lines.join('\n') : null;
}

/** The answer inside, or the text itself without its byte order mark. */
export function unwrapped(text: string): string {
  const body = text.replace(/^\ufeff+/, '');
  const start = body.slice(0, 8_000).trimStart();
  if (start.startsWith('<')) {
    const source = shownSource(body);
    if (source !== null) return source;
    const trimmed = body.trimStart();
    const shown = SHOWN.exec(trimmed.slice(0, 8_000));
    if (!shown) return body;
    const end = trimmed.indexOf('</pre>', shown[0].length);
    return decodeEntities(trimmed.slice(shown[0].length, end < 0 ? undefined : end).trim());
  }
  const guard = GUARD.exec(start);
  if (guard) return body.trimStart().slice(guard[0].length);
  const called = CALLED.exec(start);
  if (called) {
    const inner = body.trim().slice(called[0].length);
    const end = Math.max(inner.lastIndexOf('}'), inner.lastIndexOf(']'));
    if (end > 0 && /^\s*\)/.test(inner.slice(end + 1, end + 20))) return inner.slice(0, end + 1);
  }
  if (/^"\s*(?:\\[nrt]\s*)*[[{]/.test(start)) {
    const inner = parseJson(body.trim());
    if (typeof inner === 'string') return inner;
  }
  return body;
}
