/**
 * Whether two company names are one party, and why. Places must not contradict each other and trade names must be
 * the same: one character of a trade name makes another company, however alike the whole looks, unless that
 * character sounds or looks like the other, and then people must look. How alike the rest is is said in words.
 */
import { confusion } from './look-alikes.ts';
import type { ReadName } from './names.ts';
import { compatible, hasRegion, regionText } from './regions.ts';

export interface NameLikeness {
  /** 0-1; 1 is the same name but for writing. */
  readonly similarity: number;
  /** The same party as far as a name can tell. */
  readonly same: boolean;
  /** Not the same as written, but a slip of the pen or an abbreviation would explain it: people must look. */
  readonly doubtful: boolean;
  /** Doubtful, and as likely another company as a misprint: the slip stands in a trade name of two characters. */
  readonly rival?: boolean;
  readonly reasons: readonly string[];
}

/** Levenshtein distance, given up (`limit + 1`) once it must exceed `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const value = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1));
      next.push(value);
      if (value < least) least = value;
    }
    if (least > limit) return limit + 1;
    row = next;
  }
  return row[b.length] as number;
}

/** Overlapping pairs of characters, in order, without doubles. */
export function bigrams(text: string): string[] {
  const found = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2));
  return [...found];
}

/** Dice's coefficient over bigrams, 0-1. */
function dice(a: string, b: string): number {
  const [x, y] = [bigrams(a), new Set(bigrams(b))];
  if (x.length === 0 || y.size === 0) return a === b ? 1 : 0;
  return (2 * x.filter((pair) => y.has(pair)).length) / (x.length + y.size);
}

/** How alike two names look as a whole, 0-0.85: for names that are not the same party. */
export const looks = (a: ReadName, b: ReadName): number =>
  Math.min(0.85, Math.max(dice(a.plain, b.plain), 1 - editDistance(a.plain, b.plain, 12) / Math.max(a.plain.length, b.plain.length, 1)));

export const bodyOf = (name: ReadName): string => `${name.tradeName}${name.trade}`;

/** Bodies shorter than this have no character to spare: one left out makes another name. */
const LONG_BODY = 5;
/** Most characters that may sound alike at once. */
const MOST_HOMOPHONES = 2;

interface Slip {
  readonly why: string;
  /** Where it stands in the body. */
  readonly at: number;
}

/** The slip of the pen that turns the body of `b` into that of `a`; null when none does. */
function slip(a: ReadName, b: ReadName): Slip | null {
  const [x, y] = [bodyOf(a), bodyOf(b)];
  const tradeFrom = Math.min(a.tradeName.length, b.tradeName.length);
  if (x.length === y.length) return replaced(x, y, tradeFrom);
  if (Math.abs(x.length - y.length) !== 1 || Math.min(x.length, y.length) < LONG_BODY - 1) return null;
  const [long, short] = x.length > y.length ? [x, y] : [y, x];
  let at = 0;
  while (at < short.length && long[at] === short[at]) at += 1;
  if (long.slice(at + 1) !== short.slice(at)) return null;
  const one = long.charAt(at);
  if (long[at - 1] === one || long[at + 1] === one) return { why: `“${one}”字重复`, at: Math.max(at, tradeFrom) };
  // One character more is a meaningful one (新, 大, 国际 …); one less, past the trade name, may have been forgotten.
  return long === y && at >= tradeFrom && short.length >= LONG_BODY ? { why: `少写一个“${one}”字`, at } : null;
}

function replaced(x: string, y: string, tradeFrom: number): Slip | null {
  const differ: number[] = [];
  for (let i = 0; i < x.length && differ.length <= MOST_HOMOPHONES; i += 1) if (x[i] !== y[i]) differ.push(i);
  const [first = 0, second] = differ;
  const pair = (i: number): string => `${x.charAt(i)}／${y.charAt(i)}`;
  if (differ.length === 1) {
    const why = confusion(x.charAt(first), y.charAt(first));
    return why === null ? null : { why: `一字之差（${pair(first)}），${why}`, at: first };
  }
  if (differ.length !== 2 || second === undefined) return null;
  if (second === first + 1 && x[first] === y[second] && x[second] === y[first] && first >= tradeFrom)
    return { why: `“${x.slice(first, second + 1)}”二字颠倒`, at: first };
  if (x.length < LONG_BODY) return null;
  const both = differ.map((i) => confusion(x.charAt(i), y.charAt(i)));
  return both.every((why) => why !== null) ? { why: `两字之差（${differ.map(pair).join('、')}），读音或字形相近`, at: first } : null;
}

const isPart = (short: string, long: string): boolean => short.length >= 2 && (long.startsWith(short) || long.endsWith(short));

/** A name without its form may leave out the end of the body: 鹿溪精密 for 鹿溪精密机械. */
function shortened(a: ReadName, b: ReadName): boolean {
  const [x, y] = [bodyOf(a), bodyOf(b)];
  const [short, long] = x.length < y.length ? [x, y] : [y, x];
  const said = short.length + (hasRegion(a.region) && hasRegion(b.region) ? 1 : 0);
  return said >= 4 && long.startsWith(short);
}

interface Rest {
  readonly penalty: number;
  readonly reasons: readonly string[];
}

/** How far forms agree, as a penalty with reasons. */
function formLikeness(a: ReadName, b: ReadName): Rest {
  if (a.form === b.form) return { penalty: 0, reasons: [] };
  const left = a.form === '' || b.form === '';
  return { penalty: left ? 0.03 : 0.05, reasons: [left ? '一方省略组织形式' : `组织形式“${a.form}”与“${b.form}”不同`] };
}

/** How far trades agree; null when they do not. Registered names are not abbreviated: only a name without its form may leave out part of the trade. */
function tradeLikeness(a: ReadName, b: ReadName): Rest | null {
  if (a.trade === b.trade) return { penalty: 0, reasons: [] };
  const informal = a.form === '' || b.form === '';
  if (!informal || !(a.trade === '' || b.trade === '' || isPart(a.trade, b.trade) || isPart(b.trade, a.trade))) return null;
  return { penalty: 0.15, reasons: [`行业表述“${a.trade || '（省略）'}”与“${b.trade || '（省略）'}”繁简不同`] };
}

type Verdict = Omit<NameLikeness, 'similarity'> & { readonly similarity: number | null };
const apart = (reason: string): Verdict => ({ similarity: null, same: false, doubtful: false, reasons: [reason] });
const maybe = (similarity: number, reasons: readonly string[], rival = false): Verdict => ({ similarity, same: false, doubtful: true, rival, reasons });
/** Two characters tell most companies apart: a slip there may be a namesake. */
const SHORT_TRADE_NAME = 2;

/** The same as `compareNames`, with no figure for names that are apart: working one out is dear. */
export function judgeNames(a: ReadName, b: ReadName): Verdict {
  // A licence of one branch says nothing of the party itself or of another branch; the other way round it is noted.
  const within = a.branch !== null && (b.branch === null || a.branch.startsWith(b.branch));
  if (a.branch !== b.branch && !within && b.branch !== null) return apart(`名录所列为分支机构“${b.branch}”，与账号主体不是同一机构`);
  const branch = a.branch === b.branch ? [] : [`账号主体为分支机构“${a.branch}”`];
  if (a.plain === b.plain) {
    const exact = a.key === b.key;
    const written = exact || branch.length > 0 ? [] : ['仅括号、空格、全半角、繁简字、地区位置或组织形式（有限责任公司/有限公司）等写法不同'];
    const similarity = exact ? 1 : branch.length > 0 && b.branch === null ? 0.99 : 0.995;
    return { similarity, same: true, doubtful: false, reasons: [...written, ...branch] };
  }
  if (!compatible(a.region, b.region)) return apart(`地区不同（${regionText(a.region)}／${regionText(b.region)}）`);
  const placed = regionText(a.region) === regionText(b.region);
  const where = placed ? [] : [`一方省略地区“${regionText(a.region) || regionText(b.region)}”`];
  const form = formLikeness(a, b);
  const off = form.penalty + (placed ? 0 : 0.05);
  if (bodyOf(a) !== bodyOf(b)) {
    const slipped = slip(a, b);
    const length = Math.min(a.tradeName.length, b.tradeName.length);
    const rival = slipped !== null && length <= SHORT_TRADE_NAME && slipped.at < length;
    if (slipped) return maybe((rival ? 0.78 : 0.88) - off, [slipped.why, ...where, ...form.reasons, ...branch], rival);
  }
  const informal = (a.form === '') !== (b.form === '');
  if (bodyOf(a) !== bodyOf(b) && a.tradeName !== b.tradeName) {
    if (informal && shortened(a, b)) return maybe(0.78 - off, ['一方为简称', ...where, ...form.reasons, ...branch]);
    return apart(`字号不同（${a.tradeName}／${b.tradeName}）`);
  }
  const trade = tradeLikeness(a, b);
  if (!trade) return apart('字号相同但行业不同');
  const reasons = [...where, ...trade.reasons, ...form.reasons, ...branch];
  const similarity = 0.98 - trade.penalty - off;
  return trade.penalty === 0 ? { similarity, same: true, doubtful: false, reasons } : maybe(similarity, reasons);
}

/** Whether `a` (an account's party) and `b` (a listed one) are one party, and why. */
export function compareNames(a: ReadName, b: ReadName): NameLikeness {
  const verdict = judgeNames(a, b);
  return { ...verdict, similarity: verdict.similarity ?? looks(a, b) };
}
