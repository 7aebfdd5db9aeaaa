/**
 * Reads through the ways a text hides: full width, traditional characters, zero-width and direction marks, characters
 * pulled apart by blanks or dots, homophones and emoji codes, amounts in Chinese figures. Every view keeps the way back: unit i of a view stands for
 * `starts[i]..ends[i]` of the original, so a finding always points at the words as they were published.
 * Time and memory are linear in the text, which is cut at MAX_TEXT.
 */
import { MAX_TEXT } from '../../core/model/post.ts';
import { FOLD, foldAgain, isHan, SPECIAL } from './char-table.ts';
import { Draft } from './draft.ts';
import { figuresIn, isFigureSign } from './figures.ts';
import { PAIR_PLACES, pairPlace } from './pair-place.ts';

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
/** The texts of a post read at once: one string, of which each reading is a part. */
export interface Reading {
  readonly whole: string;
  /** One a text, in order; `view.text` begins at `at` of `whole`, and a line end comes after it. */
  readonly parts: readonly { readonly at: number; readonly read: Normalised }[];
}
export interface Normalise {
  (text: string): Normalised;
  /** Reads several texts into one string: far quicker than one by one. */
  together(texts: readonly string[]): Reading;
}

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

/** Signs a text may carry, told while it is folded, so that a text without them is not looked through for them. */
const GAP = 1;
const FIGURE = 2;
const CODE = 4;
/** A code of one character. */
const ALONE = 8;

/** Where the units of a folded text stand that carry a sign: the others need not be looked at again. */
class Signed {
  places = new Int32Array(4_096);
  count = 0;
  /** All signs there are. */
  seen = 0;

  begin(room: number): void {
    this.count = 0;
    this.seen = 0;
    if (this.places.length <= room) this.places = new Int32Array(room * 2);
  }

  /** Every unit of a draft, looked at one by one. */
  all({ units, length }: Draft, signs: Uint8Array, from = 0): void {
    if (from === 0) this.begin(length);
    for (let i = from; i < length; i += 1) {
      const sign = signs[units[i] as number] as number;
      if (sign === 0) continue;
      if (this.count === this.places.length) this.grow();
      this.places[this.count++] = i;
      this.seen |= sign;
    }
  }

  private grow(): void {
    const places = new Int32Array(this.places.length * 2);
    places.set(this.places);
    this.places = places;
  }
}

/** Folds a text into a draft; at most MAX_TEXT units of it. @param table of each unit what it reads as, and above that its signs */
function foldInto(text: string, out: Draft, { table, signs }: Signs, signed: Signed): void {
  const length = Math.min(text.length, MAX_TEXT);
  out.begin(length, false);
  signed.begin(length);
  const { units } = out;
  const { places } = signed;
  let [count, seen] = [0, 0];
  for (let i = 0; i < length; i += 1) {
    const entry = table[text.charCodeAt(i)] as number;
    if (entry === 0) {
      out.length = i;
      signed.count = count;
      signed.seen = seen >>> 16;
      foldSlowly(text, i, length, out);
      signed.all(out, signs, i);
      return;
    }
    units[i] = entry;
    places[count] = i;
    count += entry >>> 16 === 0 ? 0 : 1;
    seen |= entry;
  }
  out.length = length;
  signed.count = count;
  signed.seen = seen >>> 16;
}

/** Folding from where some unit vanishes, grows or is a surrogate. */
function foldSlowly(text: string, from: number, length: number, out: Draft): void {
  out.map();
  for (let i = from; i < length; i += 1) {
    const unit = text.charCodeAt(i);
    const plain = FOLD[unit] as number;
    if (plain !== 0) {
      out.add(plain, i, i + 1);
      continue;
    }
    const next = unit >= 0xd800 && unit <= 0xdbff && i + 1 < length ? text.charCodeAt(i + 1) : 0;
    if (next >= 0xdc00 && next <= 0xdfff) {
      out.addWord(foldAstral((unit - 0xd800) * 0x400 + next - 0xdc00 + 0x10000), i, i + 2);
      i += 1;
    } else if (unit >= 0xd800 && unit <= 0xdfff) out.add(0xfffd, i, i + 1);
    else out.addWord(SPECIAL.get(unit) ?? '', i, i + 1);
  }
}

const textOf = ({ units, length }: Draft): string => Buffer.from(units.buffer, units.byteOffset, length * 2).toString('utf16le');
const viewOf = (draft: Draft, text: string): View => ({
  text,
  starts: draft.mapped ? draft.starts.slice(0, draft.length) : null,
  ends: draft.mapped ? draft.ends.slice(0, draft.length) : null,
});

/** Drafts in use one after the other: nothing here runs twice at a time. */
const folded = new Draft();
const [first, second, third] = [new Draft(), new Draft(), new Draft()];
const page = new Draft();
const [signedFolded, signedOther] = [new Signed(), new Signed()];

/** The signs of units, by folded unit; and of each unit what it reads as with the signs of that above it, asked for in one look. */
interface Signs {
  readonly signs: Uint8Array;
  readonly table: Uint32Array;
}
const signsOf = (signs: Uint8Array): Signs => ({ signs, table: Uint32Array.from(FOLD, (unit) => (unit === 0 ? 0 : ((signs[unit] as number) << 16) | unit)) });
const NO_SIGNS = signsOf(new Uint8Array(65_536));

/**
 * Width, case, script and invisible characters taken away.
 * @param text at most MAX_TEXT units are read
 */
export function fold(text: string): View {
  foldInto(text, folded, NO_SIGNS, signedFolded);
  return viewOf(folded, textOf(folded));
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
const BLANK = 32;

/** End of the token that begins at `i`: one Han character, or up to two digits or letters; `i` when there is none. */
function tokenEnd({ units, length }: Draft, i: number): number {
  if (i >= length) return i;
  const unit = units[i] as number;
  if (isHan(unit)) return i + 1;
  if (!isDigit(unit) && !isLetter(unit)) return i;
  const next = i + 1 < length ? (units[i + 1] as number) : 0;
  return isDigit(next) || isLetter(next) ? i + 2 : i + 1;
}
function gapEnd({ units, length }: Draft, i: number): number {
  let end = i;
  while (end < length && isGap(units[end] as number)) end += 1;
  return end - i <= MAX_GAP ? end : i;
}
/** Punctuation between digits or letters belongs there: 3.5, 18-35, 8:30. */
function isFigure({ units }: Draft, before: number, from: number, to: number): boolean {
  if (isHan(units[before] as number) || isHan(units[to] as number)) return false;
  for (let i = from; i < to; i += 1) if (units[i] !== BLANK) return true;
  return false;
}
function neverInside({ units }: Draft, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (NEVER_INSIDE.has(units[i] as number)) return true;
  return false;
}

/** The gaps that pull a word apart, as [from, to) pairs: runs of three or more single characters, or an odd dot between two. */
function findGaps(text: Draft, { places, count }: Signed): number[] {
  const { units } = text;
  const gaps: number[] = [];
  let from = 0;
  for (let p = 0; p < count; p += 1) {
    const gap = places[p] as number;
    if (GAPS[units[gap] as number] === 0 || gap <= from) continue;
    // The token before it: two letters or digits, one of them, or one Han character.
    const start = gap - 2 >= from && tokenEnd(text, gap - 2) === gap ? gap - 2 : gap - 1;
    if (tokenEnd(text, start) !== gap) continue;
    from = Math.max(pulledApart(text, start, gaps), start + 1);
  }
  return gaps;
}

/** A run of single tokens with gaps between them, which begins at `from`: its gaps are kept when it is a word pulled apart. @returns its end */
function pulledApart(text: Draft, from: number, gaps: number[]): number {
  const run: number[] = [];
  let odd = false;
  let at = from;
  for (let end = tokenEnd(text, at); end > at; end = tokenEnd(text, at)) {
    const next = gapEnd(text, end);
    if (next === end || tokenEnd(text, next) === next || isFigure(text, end - 1, end, next)) break;
    run.push(end, next);
    odd ||= neverInside(text, end, next);
    at = next;
  }
  // A run that ends inside a longer word still counts its gaps: 限 · 女性 is 限女性.
  if (run.length >= 4 || odd) for (let g = 0; g < run.length && g < 100_000; g += 1) gaps.push(run[g] as number);
  return at;
}

/** Puts pulled-apart words together. @returns whether any was */
function squeeze(text: Draft, signed: Signed, out: Draft): boolean {
  const gaps = findGaps(text, signed);
  if (gaps.length === 0) return false;
  out.begin(0, true);
  let from = 0;
  for (let g = 0; g < gaps.length; g += 2) {
    const start = gaps[g] as number;
    if (start < from) continue;
    out.copy(text, from, start);
    from = gaps[g + 1] as number;
  }
  out.copy(text, from, text.length);
  return true;
}

/** First unit → disguises that begin with it, longest first; its units are marked among the signs. */
interface Codebook extends Signs {
  readonly byFirst: ReadonlyMap<number, readonly Disguise[]>;
  /** A small sieve of the first two units of all disguises: most pairs of a text begin none. */
  readonly pairs: Uint8Array;
}

function compileCodebook(disguises: readonly Disguise[]): Codebook {
  const signs = new Uint8Array(65_536);
  for (let unit = 1; unit < signs.length; unit += 1) signs[unit] = (isGap(unit) ? GAP : 0) | (isFigureSign(unit) ? FIGURE : 0);
  const pairs = new Uint8Array(PAIR_PLACES);
  const byFirst = new Map<number, readonly Disguise[]>();
  for (const { from, to } of disguises) {
    const plain = { from: fold(from).text, to: fold(to).text };
    if (plain.from === '' || plain.from === plain.to) continue;
    const unit = plain.from.charCodeAt(0);
    signs[unit] = (signs[unit] as number) | CODE | (plain.from.length === 1 ? ALONE : 0);
    if (plain.from.length > 1) pairs[pairPlace(unit, plain.from.charCodeAt(1))] = 1;
    byFirst.set(
      unit,
      [...(byFirst.get(unit) ?? []), plain].sort((a, b) => b.from.length - a.from.length),
    );
  }
  return { byFirst, ...signsOf(signs), pairs };
}

function startsWith({ units, length }: Draft, at: number, word: string): boolean {
  if (at + word.length > length) return false;
  for (let i = 1; i < word.length; i += 1) if (units[at + i] !== word.charCodeAt(i)) return false;
  return true;
}
function codeAt({ byFirst, signs, pairs }: Codebook, text: Draft, at: number): Disguise | undefined {
  const unit = text.units[at] as number;
  const sign = signs[unit] as number;
  // What lies behind the last unit is of an older text: it may let too much through here, `startsWith` does not.
  if ((sign & CODE) === 0 || ((sign & ALONE) === 0 && pairs[pairPlace(unit, text.units[at + 1] ?? 0)] === 0)) return undefined;
  const codes = byFirst.get(unit) as readonly Disguise[];
  for (let c = 0; c < codes.length; c += 1) if (startsWith(text, at, (codes[c] as Disguise).from)) return codes[c];
  return undefined;
}

/** Replaces code words by what they mean. @returns whether there were any */
function decode(book: Codebook, text: Draft, { places, count }: Signed, out: Draft): boolean {
  let from = 0;
  let any = false;
  for (let p = 0; p < count; p += 1) {
    const at = places[p] as number;
    const code = at < from ? undefined : codeAt(book, text, at);
    if (!code) continue;
    if (!any) out.begin(0, true);
    any = true;
    out.copy(text, from, at);
    const last = at + code.from.length - 1;
    out.addWord(code.to, text.startOf(at), text.endOf(last));
    from = last + 1;
  }
  if (any) out.copy(text, from, text.length);
  return any;
}

/** Writes amounts in Chinese figures as digits. @returns whether there were any */
function count(text: Draft, signed: Signed, out: Draft): boolean {
  const figures = figuresIn(text.units, text.length, signed.places, signed.count);
  if (figures.length === 0) return false;
  out.begin(0, true);
  let from = 0;
  for (const { start, end, digits } of figures) {
    out.copy(text, from, start);
    out.addWord(digits, text.startOf(start), text.endOf(end - 1));
    from = end;
  }
  out.copy(text, from, text.length);
  return true;
}

/** Code words, then figures, of what has been folded. @returns whichever draft holds the result */
function understood(book: Codebook, signed: Signed, text: Draft, one: Draft, other: Draft): Draft {
  if ((signed.seen & CODE) !== 0 && decode(book, text, signed, one)) {
    // What a code word means may be a figure.
    signedOther.all(one, book.signs);
    return (signedOther.seen & FIGURE) !== 0 && count(one, signedOther, other) ? other : one;
  }
  return (signed.seen & FIGURE) !== 0 && count(text, signed, other) ? other : text;
}

/** Reads a text onto the page, its main view still without words. */
function readOntoPage(book: Codebook, original: string): Normalised & { readonly at: number; readonly to: number } {
  foldInto(original, folded, book, signedFolded);
  let squeezed: View | null = null;
  if ((signedFolded.seen & GAP) !== 0 && squeeze(folded, signedFolded, first)) {
    signedOther.all(first, book.signs);
    const draft = understood(book, signedOther, first, second, third);
    squeezed = viewOf(draft, textOf(draft));
  }
  const draft = understood(book, signedFolded, folded, first, second);
  const at = page.length;
  page.append(draft.units, draft.length);
  return { original, view: viewOf(draft, ''), squeezed, cut: original.length > MAX_TEXT, at, to: at + draft.length };
}

/**
 * Makes a reader of texts.
 * @param disguises code words and what they mean (`law/lexicons`)
 */
export function createNormaliser(disguises: readonly Disguise[] = []): Normalise {
  const book = compileCodebook(disguises);
  const together = (texts: readonly string[]): Reading => {
    page.begin(0, false);
    const read = texts.map((text) => readOntoPage(book, text));
    const whole = textOf(page);
    const parts = read.map(({ original, view: { starts, ends }, squeezed, cut, at, to }) => {
      return { at, read: { original, view: { text: whole.slice(at, to), starts, ends }, squeezed, cut } };
    });
    return { whole, parts };
  };
  const one = (text: string): Normalised => (together([text]).parts[0] as Reading['parts'][number]).read;
  return Object.assign(one, { together });
}

/** Where units `start..end` of a view stand in the original text. */
export function originalRange(view: View, start: number, end: number): { start: number; end: number } {
  if (end <= start) return { start: view.starts?.[start] ?? start, end: view.starts?.[start] ?? start };
  return { start: view.starts?.[start] ?? start, end: view.ends?.[end - 1] ?? end };
}
