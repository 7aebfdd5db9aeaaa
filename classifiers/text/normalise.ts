/**
 * Reads through the ways a text hides: full width, traditional characters, zero-width and direction marks, characters
 * pulled apart by blanks or dots, homophones and emoji codes. Every view keeps the way back: unit i of a view stands for
 * `starts[i]..ends[i]` of the original, so a finding always points at the words as they were published.
 * Time and memory are linear in the text, which is cut at MAX_TEXT.
 */
import { MAX_TEXT } from '../../core/model/post.ts';
import { FOLD, foldAgain, isHan, SPECIAL } from './char-table.ts';

/** A reading of a text. Without `starts`/`ends` every unit stands at its own place. */
export interface View {
  readonly text: string;
  readonly starts: Int32Array | null;
  readonly ends: Int32Array | null;
}
export interface Normalised {
  readonly original: string;
  readonly view: View;
  /** The same text with pulled-apart words put together again; null when nothing is pulled apart. */
  readonly squeezed: View | null;
  /** True when the text was longer than MAX_TEXT and only its beginning was read. */
  readonly cut: boolean;
}
/** One way of hiding a word: what is written, and what is meant. Both sides are folded when compiled. */
export interface Disguise {
  readonly from: string;
  readonly to: string;
}
export type Normalise = (text: string) => Normalised;

const astral = new Map<number, string>();
const ASTRAL_KEPT = 4_096;

/** What a code point above the basic plane reads as; emoji stay as they are. */
function foldAstral(code: number): string {
  const known = astral.get(code);
  if (known !== undefined) return known;
  const vanishes = (code >= 0xe0000 && code <= 0xe0fff) || (code >= 0x1d173 && code <= 0x1d17a);
  const wide = vanishes ? '' : String.fromCodePoint(code).normalize('NFKC').toLowerCase();
  const folded = wide === String.fromCodePoint(code) ? wide : foldAgain(foldAgain(wide));
  if (astral.size < ASTRAL_KEPT) astral.set(code, folded);
  return folded;
}

const buffer = new Uint16Array(MAX_TEXT);
const bytes = Buffer.from(buffer.buffer);

/** Grows a view unit by unit, remembering where each came from. */
class ViewBuilder {
  private readonly units: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  add(word: string, start: number, end: number): void {
    for (let i = 0; i < word.length; i += 1) this.addUnit(word.charCodeAt(i), start, end);
  }

  addUnit(unit: number, start: number, end: number): void {
    this.units.push(unit);
    this.starts.push(start);
    this.ends.push(end);
  }

  build(): View {
    return {
      text: Buffer.from(Uint16Array.from(this.units).buffer).toString('utf16le'),
      starts: Int32Array.from(this.starts),
      ends: Int32Array.from(this.ends),
    };
  }
}

/** Folding when some unit vanishes, grows or is a surrogate. */
function foldSlowly(text: string): View {
  const out = new ViewBuilder();
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const folded = FOLD[unit] ?? 0;
    if (folded !== 0) {
      out.addUnit(folded, i, i + 1);
      continue;
    }
    const next = unit >= 0xd800 && unit <= 0xdbff ? text.charCodeAt(i + 1) : Number.NaN;
    if (next >= 0xdc00 && next <= 0xdfff) {
      out.add(foldAstral((unit - 0xd800) * 0x400 + next - 0xdc00 + 0x10000), i, i + 2);
      i += 1;
    } else if (unit >= 0xd800 && unit <= 0xdfff) out.addUnit(0xfffd, i, i + 1);
    else out.add(SPECIAL.get(unit) ?? '', i, i + 1);
  }
  return out.build();
}

/**
 * Width, case, script and invisible characters taken away.
 * @param text at most MAX_TEXT units; longer texts are the caller's to cut
 */
export function fold(text: string): View {
  const length = Math.min(text.length, MAX_TEXT);
  let changed = false;
  for (let i = 0; i < length; i += 1) {
    const unit = text.charCodeAt(i);
    const folded = FOLD[unit] ?? 0;
    if (folded === 0) return foldSlowly(text.slice(0, length));
    buffer[i] = folded;
    changed ||= folded !== unit;
  }
  if (!changed && length === text.length) return { text, starts: null, ends: null };
  return { text: bytes.toString('utf16le', 0, length * 2), starts: null, ends: null };
}

const ODD = new Set(Array.from('·•‧∙⋅●○*^`\'"|/\\_~-.=+', (c) => FOLD[c.charCodeAt(0)] ?? 0));
/** Separators nobody writes inside a word: taken out even between two characters only. */
const NEVER_INSIDE = new Set(Array.from('·•‧∙⋅*^`', (c) => FOLD[c.charCodeAt(0)] ?? 0));
const isGap = (unit: number): boolean => unit === 32 || ODD.has(unit);
const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
const isLetter = (unit: number): boolean => unit >= 97 && unit <= 122;
const MAX_GAP = 3;

/** End of the token that begins at `i`: one Han character, or up to two digits or letters; `i` when there is none. */
function tokenEnd(text: string, i: number): number {
  const unit = text.charCodeAt(i);
  if (isHan(unit)) return i + 1;
  if (!isDigit(unit) && !isLetter(unit)) return i;
  const next = text.charCodeAt(i + 1);
  return isDigit(next) || isLetter(next) ? i + 2 : i + 1;
}
function gapEnd(text: string, i: number): number {
  let end = i;
  while (end < text.length && isGap(text.charCodeAt(end))) end += 1;
  return end - i <= MAX_GAP ? end : i;
}
/** Punctuation between digits or letters belongs there: 3.5, 18-35, 8:30. */
const isFigure = (text: string, before: number, from: number, to: number): boolean =>
  !isHan(text.charCodeAt(before)) && !isHan(text.charCodeAt(to)) && text.slice(from, to).trim() !== '';
function neverInside(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (NEVER_INSIDE.has(text.charCodeAt(i))) return true;
  return false;
}

/** The gaps that pull a word apart, as [from, to) pairs: runs of three or more single characters, or an odd dot between two. */
function findGaps(text: string): number[] {
  const gaps: number[] = [];
  for (let i = 0; i < text.length; ) {
    const run: number[] = [];
    let odd = false;
    let at = i;
    for (let end = tokenEnd(text, at); end > at; end = tokenEnd(text, at)) {
      const next = gapEnd(text, end);
      if (next === end || tokenEnd(text, next) === next || isFigure(text, end - 1, end, next)) break;
      run.push(end, next);
      odd ||= neverInside(text, end, next);
      at = next;
    }
    // A run that ends inside a longer word still counts its gaps: 限 · 女性 is 限女性.
    if (run.length >= 4 || odd) gaps.push(...run.slice(0, 100_000));
    i = Math.max(at, i + 1);
  }
  return gaps;
}

function squeeze(view: View): View | null {
  const gaps = findGaps(view.text);
  if (gaps.length === 0) return null;
  const out = new ViewBuilder();
  let g = 0;
  for (let i = 0; i < view.text.length; i += 1) {
    if (i === gaps[g]) {
      i = (gaps[g + 1] ?? i + 1) - 1;
      g += 2;
      continue;
    }
    out.addUnit(view.text.charCodeAt(i), view.starts?.[i] ?? i, view.ends?.[i] ?? i + 1);
  }
  return out.build();
}

interface Codebook {
  /** First unit → disguises that begin with it, longest first. */
  readonly byFirst: ReadonlyMap<number, readonly Disguise[]>;
  readonly firsts: Uint8Array;
}

function compileCodebook(disguises: readonly Disguise[]): Codebook {
  const byFirst = new Map<number, Disguise[]>();
  const firsts = new Uint8Array(65_536);
  for (const { from, to } of disguises) {
    const folded = { from: fold(from).text, to: fold(to).text };
    if (folded.from === '' || folded.from === folded.to) continue;
    const first = folded.from.charCodeAt(0);
    firsts[first] = 1;
    byFirst.set(
      first,
      [...(byFirst.get(first) ?? []), folded].sort((a, b) => b.from.length - a.from.length),
    );
  }
  return { byFirst, firsts };
}

const codeAt = (book: Codebook, text: string, i: number): Disguise | undefined =>
  book.firsts[text.charCodeAt(i)] === 1 ? book.byFirst.get(text.charCodeAt(i))?.find(({ from }) => text.startsWith(from, i)) : undefined;

/** Replaces code words by what they mean. */
function decode(book: Codebook, view: View): View {
  const { text } = view;
  let i = 0;
  while (i < text.length && !codeAt(book, text, i)) i += 1;
  if (i === text.length) return view;
  const out = new ViewBuilder();
  const start = (at: number): number => view.starts?.[at] ?? at;
  const end = (at: number): number => view.ends?.[at] ?? at + 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = at >= i ? codeAt(book, text, at) : undefined;
    if (code) {
      out.add(code.to, start(at), end(at + code.from.length - 1));
      at += code.from.length - 1;
    } else out.addUnit(text.charCodeAt(at), start(at), end(at));
  }
  return out.build();
}

/**
 * Makes a reader of texts.
 * @param disguises code words and what they mean (`law/lexicons`)
 */
export function createNormaliser(disguises: readonly Disguise[] = []): Normalise {
  const book = compileCodebook(disguises);
  return (original) => {
    const folded = fold(original);
    const squeezed = squeeze(folded);
    return { original, view: decode(book, folded), squeezed: squeezed && decode(book, squeezed), cut: original.length > MAX_TEXT };
  };
}

/** Where units `start..end` of a view stand in the original text. */
export function originalRange(view: View, start: number, end: number): { start: number; end: number } {
  if (end <= start) return { start: view.starts?.[start] ?? start, end: view.starts?.[start] ?? start };
  return { start: view.starts?.[start] ?? start, end: view.ends?.[end - 1] ?? end };
}
