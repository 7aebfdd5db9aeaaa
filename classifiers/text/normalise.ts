/**
 * Reads through the ways a text hides: full width, traditional characters, zero-width and direction marks, characters
 * pulled apart by blanks or dots, homophones and emoji codes, amounts in Chinese figures. Every view keeps the way back: unit i of a view stands for
 * `starts[i]..ends[i]` of the original, so a finding always points at the words as they were published.
 * Time and memory are linear in the text, which is cut at MAX_TEXT.
 */
import { MAX_TEXT } from '../../core/model/post.ts';
import { FOLD, foldAgain, isHan, SPECIAL } from './char-table.ts';
import { figuresIn } from './figures.ts';

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

/** Scratch shared by all builders: one is built at a time, and a text never grows beyond this before it is cut down. */
let room = 1 << 16;
let unitsMade = new Uint16Array(room);
let startsMade = new Int32Array(room);
let endsMade = new Int32Array(room);
function grow(): void {
  room *= 2;
  const [units, starts, ends] = [new Uint16Array(room), new Int32Array(room), new Int32Array(room)];
  units.set(unitsMade);
  starts.set(startsMade);
  ends.set(endsMade);
  [unitsMade, startsMade, endsMade] = [units, starts, ends];
}

/** Grows a view unit by unit, remembering where each came from. Only one may be under way. */
class ViewBuilder {
  private length = 0;

  add(word: string, start: number, end: number): void {
    for (let i = 0; i < word.length; i += 1) this.addUnit(word.charCodeAt(i), start, end);
  }

  addUnit(unit: number, start: number, end: number): void {
    const at = this.length;
    if (at === room) grow();
    unitsMade[at] = unit;
    startsMade[at] = start;
    endsMade[at] = end;
    this.length = at + 1;
  }

  /** Units `from..to` of a view as they are. */
  copy(view: View, from: number, to: number): void {
    const { text, starts, ends } = view;
    for (let i = from; i < to; i += 1) this.addUnit(text.charCodeAt(i), starts ? (starts[i] as number) : i, ends ? (ends[i] as number) : i + 1);
  }

  build(): View {
    const { length } = this;
    return {
      text: Buffer.from(unitsMade.buffer, 0, length * 2).toString('utf16le'),
      starts: startsMade.slice(0, length),
      ends: endsMade.slice(0, length),
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

const ODD = '·•‧∙⋅●○*^`\'"|/\\_~-.=+';
/** Separators nobody writes inside a word: taken out even between two characters only. */
const NEVER_INSIDE = new Set(Array.from('·•‧∙⋅*^`', (c) => FOLD[c.charCodeAt(0)] ?? 0));
const GAPS = new Uint8Array(65_536);
for (const char of ` ${ODD}`) GAPS[FOLD[char.charCodeAt(0)] ?? 0] = 1;
GAPS[0] = 0;
const isGap = (unit: number): boolean => GAPS[unit] === 1;
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
    const first = tokenEnd(text, i);
    // Most characters stand in a word that nothing pulls apart.
    if (first === i || !isGap(text.charCodeAt(first))) {
      i += 1;
      continue;
    }
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
  let from = 0;
  for (let g = 0; g < gaps.length; g += 2) {
    const start = gaps[g] as number;
    if (start < from) continue;
    out.copy(view, from, start);
    from = gaps[g + 1] as number;
  }
  out.copy(view, from, view.text.length);
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
  out.copy(view, 0, i);
  let from = i;
  for (let at = i; at < text.length; at += 1) {
    const code = codeAt(book, text, at);
    if (!code) continue;
    out.copy(view, from, at);
    const last = at + code.from.length - 1;
    out.add(code.to, view.starts?.[at] ?? at, view.ends?.[last] ?? last + 1);
    from = last + 1;
    at = last;
  }
  out.copy(view, from, text.length);
  return out.build();
}

/** Writes amounts in Chinese figures as digits. */
function count(view: View): View {
  const figures = figuresIn(view.text);
  if (figures.length === 0) return view;
  const out = new ViewBuilder();
  let from = 0;
  for (const { start, end, digits } of figures) {
    out.copy(view, from, start);
    out.add(digits, view.starts?.[start] ?? start, view.ends?.[end - 1] ?? end);
    from = end;
  }
  out.copy(view, from, view.text.length);
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
    return { original, view: count(decode(book, folded)), squeezed: squeezed && count(decode(book, squeezed)), cut: original.length > MAX_TEXT };
  };
}

/** Where units `start..end` of a view stand in the original text. */
export function originalRange(view: View, start: number, end: number): { start: number; end: number } {
  if (end <= start) return { start: view.starts?.[start] ?? start, end: view.starts?.[start] ?? start };
  return { start: view.starts?.[start] ?? start, end: view.ends?.[end - 1] ?? end };
}
