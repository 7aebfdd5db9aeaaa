/**
 * What stands where on a page shot: words with the places of the characters that numbers and names are written in, and
 * pictures. Measured in the page when the shot is made, so that a masked copy can be made of it later, by any version of
 * what finds personal data, without drawing the page again.
 */
import { z } from 'zod';

/** Left, top, width and height in pixels of the shot. */
export const areaSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Area = z.infer<typeof areaSchema>;

export const pageLayoutSchema = z.object({
  /** Words that belong together (a paragraph, a cell, a field), as a reader reads them. */
  words: z.array(
    z.object({
      text: z.string(),
      /** All of it. */
      area: areaSchema,
      /** Offset, left, top, width, height of characters, one after the other; a character without a place stands somewhere in `area`. */
      at: z.array(z.number()),
    }),
  ),
  /** Pictures large enough to be read; `width` and `height` are the picture's own, null where it is a background. */
  pictures: z.array(z.object({ url: z.string(), area: areaSchema, width: z.number().nullable(), height: z.number().nullable() })),
  /** What shows something and says nothing of it: canvases, frames, films. */
  opaque: z.array(areaSchema),
  /** False when the page had more than was measured. */
  whole: z.boolean(),
});
export type PageLayout = z.infer<typeof pageLayoutSchema>;

/** Both of two measurements: what moved in between stands in it twice. */
export const bothLayouts = (a: PageLayout, b: PageLayout): PageLayout =>
  JSON.stringify(a) === JSON.stringify(b)
    ? a
    : { words: [...a.words, ...b.words], pictures: [...a.pictures, ...b.pictures], opaque: [...a.opaque, ...b.opaque], whole: a.whole && b.whole };

/**
 * Measures a page; evaluates to a {@link PageLayout}. To be run where the page's scripts cannot reach (scripts off, or a
 * world of its own). Plain text, because a compiled function takes helpers along that a page does not have.
 */
export const MEASURE_LAYOUT = String.raw`(() => {
  let nodes = 30000, chars = 30000, whole = true;
  const words = [], pictures = [], opaque = [], blocks = new Map(), range = document.createRange();
  const area = (r) => [Math.floor(r.left + scrollX), Math.floor(r.top + scrollY), Math.ceil(r.width) + 1, Math.ceil(r.height) + 1];
  const seen = (r) => r.width > 0 && r.height > 0;
  const asBlock = (el) => {
    let at = el;
    while (at.parentElement && (getComputedStyle(at).display.startsWith('inline') || getComputedStyle(at).display === 'contents')) at = at.parentElement;
    return at;
  };
  const entryOf = (el) => {
    const block = asBlock(el);
    if (!blocks.has(block)) {
      const entry = { text: '', area: area(block.getBoundingClientRect()), at: [] };
      blocks.set(block, entry);
      words.push(entry);
    }
    return blocks.get(block);
  };
  const readText = (node) => {
    range.selectNodeContents(node);
    if (!seen(range.getBoundingClientRect())) return;
    const entry = entryOf(node.parentElement ?? node.parentNode.host);
    for (let i = 0; i < node.data.length; i += 1) {
      const char = node.data[i];
      if (/\s/.test(char)) {
        if (entry.text !== '' && !entry.text.endsWith(' ')) entry.text += ' ';
        continue;
      }
      if (!/[\u3400-\u9fff]/.test(char) || /[零〇一二三四五六七八九两幺壹贰叁肆伍陆柒捌玖]/.test(char)) {
        chars -= 1;
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const r = range.getBoundingClientRect();
        if (chars > 0 && seen(r)) entry.at.push(entry.text.length, ...area(r));
      }
      entry.text += char;
    }
  };
  const readElement = (el) => {
    const tag = el.localName;
    const r = el.getBoundingClientRect();
    if (tag === 'br') { const entry = entryOf(el); entry.text += '\n'; return; }
    if (!seen(r)) return;
    const large = r.width >= 32 && r.height >= 32;
    if ((tag === 'input' || tag === 'textarea') && el.value) words.push({ text: String(el.value).slice(0, 2000), area: area(r), at: [] });
    else if (tag === 'img' && large && el.complete && el.naturalWidth > 0)
      pictures.push({ url: (el.currentSrc || el.src).slice(0, 4000), area: area(r), width: el.naturalWidth, height: el.naturalHeight });
    else if (['canvas', 'video', 'iframe', 'object', 'embed', 'image'].includes(tag) && large) opaque.push(area(r));
    const behind = large ? /url\("?([^")]+)"?\)/.exec(getComputedStyle(el).backgroundImage) : null;
    if (behind) pictures.push({ url: behind[1].slice(0, 4000), area: area(r), width: null, height: null });
  };
  const walk = (root) => {
    const walker = document.createTreeWalker(root, 5);
    for (let node = walker.currentNode; node; ) {
      nodes -= 1;
      if (nodes < 0) { whole = false; return; }
      const skip = node.nodeType === 1 && ['script', 'style', 'noscript', 'template', 'head'].includes(node.localName);
      if (node.nodeType === 3) readText(node);
      else if (node.nodeType === 1 && !skip) {
        readElement(node);
        if (node.shadowRoot) walk(node.shadowRoot);
      }
      let next = skip ? null : walker.nextNode();
      if (skip) {
        next = walker.nextSibling();
        while (!next && walker.parentNode()) next = walker.nextSibling();
      }
      node = next;
    }
  };
  if (document.body) walk(document.body);
  return { words: words.filter((w) => w.text.trim() !== ''), pictures, opaque, whole };
})()`;
