/**
 * Reads amounts written in Chinese figures: 三百 as 300, 两万八 as 28000, 二十二块 as 22块, so that a rule that names an
 * amount need not spell out every way of writing it. Small numbers (月休两天, 三十五岁) and words that only look like
 * amounts (百分之百, 五百强, 一万字) stay as they are. Works on folded text; linear, for a run of figures is at most 12 long.
 */
const DIGITS: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  壹: 1,
  二: 2,
  两: 2,
  贰: 2,
  三: 3,
  叁: 3,
  四: 4,
  肆: 4,
  五: 5,
  伍: 5,
  六: 6,
  陆: 6,
  七: 7,
  柒: 7,
  八: 8,
  捌: 8,
  九: 9,
  玖: 9,
};
const UNITS: Readonly<Record<string, number>> = { 十: 10, 拾: 10, 百: 100, 佰: 100, 千: 1_000, 仟: 1_000 };
const TEN_THOUSAND = 10_000;

const table = (chars: string): Uint8Array => {
  const marked = new Uint8Array(65_536);
  for (const char of chars) marked[char.charCodeAt(0)] = 1;
  return marked;
};
const FIGURES = table(`${Object.keys(DIGITS).join('')}${Object.keys(UNITS).join('')}万`);
const HUNDREDS = table('百佰千仟万');
/** What comes before or after when figures are no amount: 几百, 第三百, 五百强, 一万字, 三百分. */
const NOT_BEFORE = table('几数好第0123456789');
const NOT_AFTER = table('字强几数');
const MONEY = table('元块');
const SHARE = table('之钟');
const PART = '分'.charCodeAt(0);
const BLANK = 32;
const MAX_RUN = 12;

/** The value of a run of Chinese figures below a hundred million; null when it is not one number (三四千, 百万). */
export function amountOf(run: string): number | null {
  let total = 0;
  let section = 0;
  let digit = -1;
  let unit = 1;
  for (const char of run) {
    const value = DIGITS[char];
    if (value !== undefined) {
      if (digit > 0) return null;
      digit = value;
      if (value === 0) unit = 1;
      continue;
    }
    const scale = UNITS[char];
    if (scale !== undefined) {
      if (digit < 0 && !(scale === 10 && section === 0 && total === 0)) return null;
      section += (digit < 0 ? 1 : digit) * scale;
      unit = scale;
    } else {
      const sum = section + Math.max(digit, 0);
      if (sum === 0 || total > 0) return null;
      total = sum * TEN_THOUSAND;
      section = 0;
      unit = TEN_THOUSAND;
    }
    digit = -1;
  }
  // 两万八 is 28000: a last figure without its unit counts one unit lower.
  if (digit > 0) section += unit >= 100 ? (digit * unit) / 10 : digit;
  return total + section;
}

export interface Figure {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** Whether a unit is a Chinese figure at all. */
export const isFigureSign = (unit: number): boolean => FIGURES[unit] === 1;

/** Whether the figures in `start..end` state an amount, by what stands in and around them. */
function isAmount(units: Uint16Array, length: number, start: number, end: number): boolean {
  const before = start > 0 ? (units[start - 1] as number) : 0;
  const next = end < length ? (units[end] as number) : 0;
  const afterNext = end + 1 < length ? (units[end + 1] as number) : 0;
  if (NOT_BEFORE[before] === 1) return false;
  if (MONEY[next] === 1 || (next === BLANK && MONEY[afterNext] === 1)) return true;
  if (NOT_AFTER[next] === 1 || (next === PART && SHARE[afterNext] === 1)) return false;
  for (let i = start; i < end; i += 1) if (HUNDREDS[units[i] as number] === 1) return true;
  return false;
}

/**
 * The amounts of a folded text, in order; of `units` the first `length` count.
 * @param places where figures may stand, in order: all of them are among the first `count`
 */
export function figuresIn(units: Uint16Array, length: number, places: Int32Array, count: number): Figure[] {
  const figures: Figure[] = [];
  let read = 0;
  for (let p = 0; p < count; p += 1) {
    const start = places[p] as number;
    if (start < read || FIGURES[units[start] as number] !== 1) continue;
    let end = start + 1;
    while (end < length && FIGURES[units[end] as number] === 1) end += 1;
    if (end - start <= MAX_RUN && isAmount(units, length, start, end)) {
      const value = amountOf(String.fromCharCode(...units.subarray(start, end)));
      if (value !== null && value > 0) figures.push({ start, end, digits: String(value) });
    }
    read = end;
  }
  return figures;
}
