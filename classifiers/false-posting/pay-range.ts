/**
 * What is usually paid for a trade at a place, by quartiles from this office's own stored posts, and pay far outside it.
 * Quartiles do not move when a few posts lie; fewer than thirty employers say nothing. No figures are brought along.
 */
import type { PostInput } from '../../core/model/post.ts';
import type { PostFact } from './facts.ts';
import { cityOf, type MonthlyPay, monthlyPay, tradeOf } from './pay.ts';

export interface PayRange {
  readonly trade: string;
  /** City; empty for all places together. */
  readonly place: string;
  /** Posts it was computed from. */
  readonly n: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

export const LEAST_POSTS = 30;
const TIMES = 3;
const FENCES = 3;
const WEIGHT = 0.4;

/** The pay of a range as one figure. */
export const middleOf = ({ low, high }: Pick<MonthlyPay, 'low' | 'high'>): number => (low + high) / 2;

const quantile = (sorted: readonly number[], q: number): number => {
  const at = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return Math.round(low + (high - low) * (at - Math.floor(at)));
};

/** Quartiles of monthly pay; null when there are too few. */
export function rangeOf(trade: string, place: string, pays: readonly number[]): PayRange | null {
  if (pays.length < LEAST_POSTS) return null;
  const sorted = [...pays].sort((a, b) => a - b);
  return { trade, place, n: sorted.length, q1: quantile(sorted, 0.25), median: quantile(sorted, 0.5), q3: quantile(sorted, 0.75) };
}

export interface PaidPost {
  readonly title: string | null;
  readonly salary: string | null;
  readonly location: string | null;
  /** Employer or text: of each only one post counts for a trade and place. */
  readonly voice: string;
}

/** Ranges by trade and city, and by trade alone. Memory grows with the posts given, so the caller bounds them. */
export function computeRanges(posts: Iterable<PaidPost>): PayRange[] {
  const pays = new Map<string, Map<string, number>>();
  for (const { title, salary, location, voice } of posts) {
    const trade = tradeOf(title);
    const pay = trade ? monthlyPay({ ...(salary ? { salary } : {}), ...(title ? { title } : {}) }) : null;
    if (!trade || !pay) continue;
    for (const place of new Set([cityOf(location) ?? '', ''])) {
      const key = `${trade}\n${place}`;
      const known = pays.get(key) ?? new Map<string, number>();
      if (!known.has(voice)) known.set(voice, middleOf(pay));
      pays.set(key, known);
    }
  }
  return [...pays].flatMap(([key, voices]) => {
    const [trade = '', place = ''] = key.split('\n');
    return rangeOf(trade, place, [...voices.values()]) ?? [];
  });
}

export interface PayRanges {
  find(trade: string, place: string): PayRange | null;
}

/** Ranges by trade and place; where a city has too few posts, all places together. */
export function createPayRanges(ranges: readonly PayRange[]): PayRanges {
  const byKey = new Map(ranges.map((range) => [`${range.trade}\n${range.place}`, range]));
  return { find: (trade, place) => byKey.get(`${trade}\n${place}`) ?? byKey.get(`${trade}\n`) ?? null };
}

/** Pay far above what is usual; null when it is not, or when too little is known. */
export function payOutside(post: Pick<PostInput, 'title' | 'salary' | 'location'>, ranges: PayRanges): PostFact | null {
  const trade = tradeOf(post.title);
  const pay = trade ? monthlyPay(post) : null;
  const range = trade ? ranges.find(trade, cityOf(post.location) ?? '') : null;
  if (!pay || !range) return null;
  const middle = middleOf(pay);
  if (middle < TIMES * range.median || middle < range.q3 + FENCES * (range.q3 - range.q1)) return null;
  const where = range.place || '各地';
  return {
    source: 'pay',
    weight: WEIGHT,
    sentence: `所称月薪“${pay.words}”约为本机关已收录“${range.trade}”岗位（${where}，${range.n} 个来源，中位数 ${range.median} 元，半数在 ${range.q1}—${range.q3} 元）中位数的 ${(middle / range.median).toFixed(1)} 倍`,
    quote: { field: pay.field, words: pay.words, start: pay.start, end: pay.end },
  };
}
