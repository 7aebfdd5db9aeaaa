/**
 * The measure of detection, the one published with the labels: per kind over posts (a doubtful label counts neither way),
 * macro-F1 over kinds with at least 15 sure posts, posts without labels that were flagged, and whether a quote points
 * at the labelled words. Intervals by drawing employers, not posts: posts of one employer are not independent.
 */
import type { Finding, ScreenResult } from '../../core/model/finding.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import { generator } from './folds.ts';

/** Codes of the labelling guide. GENX (lawful by the job) is not a kind: its posts must not be flagged. */
export const CODE_KINDS = {
  GEN: 'gender-restriction',
  AGE: 'age-limit',
  APP: 'appearance',
  AGT: 'acts-as-intermediary',
  PAY: 'exaggerated-pay',
  TRM: 'unlawful-terms',
  HLT: 'health-disability',
  EDU: 'school-type',
  FEE: 'charging-jobseekers',
  DIV: 'traffic-diversion',
  REG: 'origin-restriction',
  TRN: 'training-loan',
  FRD: 'fraud-lead',
  UND: 'underage',
  ETH: 'ethnicity-religion',
  MAR: 'marital-fertility',
} as const satisfies Readonly<Record<string, FindingKind>>;
export const MEASURED_KINDS: readonly FindingKind[] = Object.values(CODE_KINDS);
export const LEAST_POSITIVES = 15;

export interface PostLabel {
  readonly code: string;
  readonly quote?: string | undefined;
  readonly sure?: boolean | undefined;
}
/** A finding that says its kind and no more, for measuring what points at no words. */
export const bareFinding = (kind: FindingKind, by: string): Finding => ({
  kind,
  level: 'lead',
  score: 0.5,
  source: 'model',
  by,
  field: null,
  quote: null,
  start: null,
  end: null,
  articles: [],
  exempt: false,
  why: by,
});

export interface Judged {
  readonly labels: readonly PostLabel[];
  readonly result: Pick<ScreenResult, 'findings'> | null;
  /** Posts of one employer. */
  readonly group: string;
  /** Kinds that people decided about; nothing is known of the others. Without it the whole post was read. */
  readonly decided?: readonly FindingKind[] | undefined;
}
export interface KindScore {
  readonly n: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly fp: number;
  readonly fn: number;
}
export interface Score {
  readonly macroF1: number | null;
  readonly worst: number | null;
  readonly microF1: number;
  readonly microP: number | null;
  readonly microR: number | null;
  readonly cleanFlagRate: number | null;
  readonly spanHit: number | null;
  readonly missing: number;
  readonly kinds: Readonly<Record<string, KindScore>>;
}

/** A quote points at the labelled words when it overlaps them and is at most three times as long (and 12 characters). */
export function pointsAt(got: string | null, want: string): boolean {
  // Lengths in characters, as the published measure counts them, not in UTF-16 units.
  const [g, w] = [Array.from(got ?? ''), Array.from(want)];
  if (!got || g.length > 3 * w.length + 12) return false;
  if (got.includes(want) || want.includes(got)) return true;
  const [mine, theirs] = [new Set(g), new Set(w)];
  return [...theirs].filter((c) => mine.has(c)).length >= 0.5 * theirs.size;
}

/** What posts add up to: hits, false alarms and misses a kind, then spans asked and met, clean posts, those flagged, missing ones. */
type Tally = Int32Array;
const KINDS = MEASURED_KINDS.length;
const [SPANS, SPAN_HITS, CLEAN, FLAGGED, MISSING] = [0, 1, 2, 3, 4].map((i) => KINDS * 3 + i) as [number, number, number, number, number];
const WIDTH = KINDS * 3 + 5;
const [TP, FP, FN] = [0, 1, 2];

const count = (tally: Tally, at: number): void => {
  tally[at] = (tally[at] as number) + 1;
};

function tallyOf({ labels, result, decided }: Judged): Tally {
  const tally = new Int32Array(WIDTH);
  const found = new Map<FindingKind, Pick<Finding, 'quote'>[]>();
  for (const f of result?.findings ?? []) if (!f.exempt) found.set(f.kind, [...(found.get(f.kind) ?? []), f]);
  const sure = new Map<FindingKind, string[]>();
  const maybe = new Set<FindingKind>();
  for (const { code, quote, sure: firm } of labels) {
    const kind = code in CODE_KINDS ? CODE_KINDS[code as keyof typeof CODE_KINDS] : null;
    if (!kind) continue;
    if (firm === false) maybe.add(kind);
    else sure.set(kind, [...(sure.get(kind) ?? []), quote ?? '']);
  }
  let flagged = false;
  for (const [i, kind] of MEASURED_KINDS.entries()) {
    if (decided && !decided.includes(kind)) continue;
    const [quotes, hits] = [sure.get(kind), found.get(kind)];
    flagged ||= hits !== undefined;
    if (!quotes && maybe.has(kind)) continue;
    if (quotes) count(tally, i * 3 + (hits ? TP : FN));
    else if (hits) count(tally, i * 3 + FP);
    const wanted = quotes?.filter(Boolean) ?? [];
    if (!hits || wanted.length === 0) continue;
    count(tally, SPANS);
    if (wanted.some((q) => hits.some((f) => pointsAt(f.quote, q)))) count(tally, SPAN_HITS);
  }
  if (labels.length === 0) count(tally, CLEAN);
  if (labels.length === 0 && flagged) count(tally, FLAGGED);
  if (result === null) count(tally, MISSING);
  return tally;
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function added(tallies: readonly Tally[]): Tally {
  const sum = new Int32Array(WIDTH);
  for (const tally of tallies) for (let i = 0; i < WIDTH; i += 1) sum[i] = (sum[i] as number) + (tally[i] as number);
  return sum;
}

/** @param kinds which kinds enter macro-F1 and worst; those with 15 sure posts without it (fixed when intervals are drawn) */
function scoreOf(sum: Tally, kinds?: readonly FindingKind[]): Score {
  const rows: Record<string, KindScore> = {};
  const all = { tp: 0, fp: 0, fn: 0 };
  const at = (i: number): number => sum[i] as number;
  for (const [i, kind] of MEASURED_KINDS.entries()) {
    const [tp, fp, fn] = [at(i * 3 + TP), at(i * 3 + FP), at(i * 3 + FN)];
    all.tp += tp;
    all.fp += fp;
    all.fn += fn;
    rows[kind] = { n: tp + fn, precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), f1: ratio(2 * tp, 2 * tp + fp + fn), fp, fn };
  }
  const counted = kinds ?? MEASURED_KINDS.filter((kind) => (rows[kind]?.n ?? 0) >= LEAST_POSITIVES);
  const big = counted.map((kind) => rows[kind]?.f1 ?? 0);
  return {
    macroF1: big.length > 0 ? big.reduce((total, f) => total + f, 0) / big.length : null,
    worst: big.length > 0 ? Math.min(...big) : null,
    microF1: ratio(2 * all.tp, 2 * all.tp + all.fp + all.fn) ?? 0,
    microP: ratio(all.tp, all.tp + all.fp),
    microR: ratio(all.tp, all.tp + all.fn),
    cleanFlagRate: ratio(at(FLAGGED), at(CLEAN)),
    spanHit: ratio(at(SPAN_HITS), at(SPANS)),
    missing: at(MISSING),
    kinds: rows,
  };
}

/** Scores judged posts. */
export const score = (judged: readonly Judged[]): Score => scoreOf(added(judged.map(tallyOf)));

export interface Interval {
  readonly low: number;
  readonly high: number;
}
export interface Intervals {
  readonly macroF1: Interval | null;
  readonly cleanFlagRate: Interval | null;
  readonly kinds: Readonly<Record<string, Interval | null>>;
}

const DRAWS = 1_000;
const middle = (values: (number | null)[]): Interval | null => {
  const known = values.filter((v): v is number => v !== null).sort((a, b) => a - b);
  if (known.length === 0 || known.length < values.length / 2) return null;
  const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))] as number;
  return { low: at(0.025), high: at(0.975) };
};

/** One sum an employer, in the order in which employers come. */
function byGroup(judged: readonly Judged[]): Tally[] {
  const groups = new Map<string, Tally[]>();
  for (const one of judged) groups.set(one.group, [...(groups.get(one.group) ?? []), tallyOf(one)]);
  return [...groups.values()].map(added);
}

const countedIn = (whole: Score): FindingKind[] => MEASURED_KINDS.filter((kind) => (whole.kinds[kind]?.n ?? 0) >= LEAST_POSITIVES);

/** Draws employers with replacement, and gives each draw to whoever adds it up. */
function drawn<T>(groups: number, seed: number, draws: number, take: (picks: Int32Array) => T): T[] {
  const random = generator(seed);
  const picks = new Int32Array(groups);
  return Array.from({ length: draws }, () => take(picks.map(() => Math.floor(random() * groups))));
}
const sumOf = (groups: readonly Tally[], picks: Int32Array): Tally => added(Array.from(picks, (at) => groups[at] as Tally));

/** 95 % intervals: employers drawn with replacement, the kinds that count held as they are in the whole. */
export function intervals(judged: readonly Judged[], seed: number, draws = DRAWS): Intervals {
  const groups = byGroup(judged);
  const counted = countedIn(scoreOf(added(groups)));
  const scores = drawn(groups.length, seed, draws, (picks) => scoreOf(sumOf(groups, picks), counted));
  return {
    macroF1: middle(scores.map((d) => d.macroF1)),
    cleanFlagRate: middle(scores.map((d) => d.cleanFlagRate)),
    kinds: Object.fromEntries(MEASURED_KINDS.map((kind) => [kind, middle(scores.map((d) => d.kinds[kind]?.f1 ?? null))])),
  };
}

/** A difference with its 95 % interval. */
export interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
export interface Differences {
  readonly macroF1: Difference | null;
  readonly cleanFlagRate: Difference | null;
  /** F1 a kind with 15 sure posts. */
  readonly kinds: Readonly<Record<string, Difference>>;
}

/**
 * How much better `a` is than `b` on the same posts: both added up over the same draws of employers, so that what is
 * hard for both does not widen the interval.
 * @param a judged posts @param b the same posts in the same order, judged by another
 */
export function differences(a: readonly Judged[], b: readonly Judged[], seed: number, draws = DRAWS): Differences {
  const [mine, theirs] = [byGroup(a), byGroup(b)];
  const [wholeA, wholeB] = [scoreOf(added(mine)), scoreOf(added(theirs))];
  const counted = countedIn(wholeA);
  const pairs = drawn(mine.length, seed, draws, (picks) => [scoreOf(sumOf(mine, picks), counted), scoreOf(sumOf(theirs, picks), counted)] as const);
  const differ = (of: (score: Score) => number | null): Difference | null => {
    const [x, y] = [of(wholeA), of(wholeB)];
    const range = middle(pairs.map(([p, q]) => minus(of(p), of(q))));
    return x === null || y === null || !range ? null : { value: x - y, ...range };
  };
  const kinds = counted.flatMap((kind) => {
    const told = differ((s) => s.kinds[kind]?.f1 ?? null);
    return told ? [[kind, told] as const] : [];
  });
  return { macroF1: differ((s) => s.macroF1), cleanFlagRate: differ((s) => s.cleanFlagRate), kinds: Object.fromEntries(kinds) };
}
const minus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);
