/**
 * Pictures: recruitment posters whose words stand nowhere else, drawn from SVG with an open font when first asked
 * for and kept; and a small banner without words.
 */
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import type { SandboxPost } from '../world/model.ts';
import type { DrawnCode } from './code.ts';
import { escapeHtml } from './http.ts';

const FONT = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');
const WIDTH = 720;
const PER_LINE = 21;
const LINE = 46;
const CODE = 240;

const cache = new Map<string, Buffer>();
const render = (svg: string): Buffer =>
  Buffer.from(new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [FONT], defaultFontFamily: 'Noto Sans SC' } }).render().asPng());

function once(key: string, make: () => Buffer): Buffer {
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Breaks at PER_LINE full-width characters; letters and digits count half, and no line begins with a closing mark. */
function wrap(text: string): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    let width = 0;
    for (const c of paragraph) {
      const w = (c.codePointAt(0) ?? 0) < 0x100 ? 0.55 : 1;
      if (width + w > PER_LINE && !'，。、；：！？）】》'.includes(c)) {
        lines.push(line);
        line = '';
        width = 0;
      }
      line += c;
      width += w;
    }
    return [...lines, line].filter((l) => l.trim() !== '');
  });
}

/** A code in the middle below the words, on white so that it can be read. */
function codeAt(top: number, { modules, path }: DrawnCode): string {
  const left = (WIDTH - CODE) / 2;
  return `<g transform="translate(${left} ${top}) scale(${CODE / modules})"><rect width="${modules}" height="${modules}" fill="#fff"/><path d="${path}" fill="#000"/></g>`;
}

/** The poster of a post: its title large, its text below, at the end its QR code if it has one; PNG, 720 pixels wide. */
export function posterPng(post: Pick<SandboxPost, 'id' | 'title' | 'text'>, code: DrawnCode | null = null): Buffer {
  return once(`${post.id}\n${post.title}\n${post.text}\n${code?.path ?? ''}`, () => {
    const lines = wrap(post.text);
    const words = 190 + lines.length * LINE;
    const height = words + (code ? CODE + 40 : 60);
    const rows = lines.map((line, i) => `<text x="44" y="${190 + i * LINE}" font-size="29" fill="#222">${escapeHtml(line)}</text>`).join('');
    const title = escapeHtml([...post.title].slice(0, 16).join(''));
    return render(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="Noto Sans SC"><rect width="100%" height="100%" fill="#fffaf0"/><rect width="100%" height="120" fill="#c7372f"/><text x="44" y="76" font-size="38" fill="#fff">${title}</text>${rows}${code ? codeAt(words, code) : ''}</svg>`,
    );
  });
}

/** A strip of colour without words, as many articles carry on top. */
export const bannerPng = (): Buffer =>
  once('banner', () => render('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="8"><rect width="64" height="8" fill="#2f6fc7"/></svg>'));
