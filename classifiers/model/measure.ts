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
export interface Judged {
  readonly labels: readonly PostLabel[];
  readonly result: Pick<ScreenResult, 'findings'> | null;
  /** Posts of one employer. */
  readonly group: string;
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

/** What one post adds, so that drawing employers again need not read it again. */
interface Tally {
  readonly marks: Int8Array;
  readonly spans: number;
  readonly spanHits: number;
  readonly clean: boolean;
  readonly flagged: boolean;
  readonly missing: boolean;
  readonly group: string;
}
const [TP, FP, FN] = [1, 2, 3];

function tallyOf({ labels, result, group }: Judged): Tally {
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
  const marks = new Int8Array(MEASURED_KINDS.length);
  let spans = 0;
  let spanHits = 0;
  for (const [i, kind] of MEASURED_KINDS.entries()) {
    const [quotes, hits] = [sure.get(kind), found.get(kind)];
    if (!quotes && maybe.has(kind)) continue;
    marks[i] = quotes ? (hits ? TP : FN) : hits ? FP : 0;
    const wanted = quotes?.filter(Boolean) ?? [];
    if (!hits || wanted.length === 0) continue;
    spans += 1;
    if (wanted.some((q) => hits.some((f) => pointsAt(f.quote, q)))) spanHits += 1;
  }
  const clean = labels.length === 0;
  return { marks, spans, spanHits, clean, flagged: MEASURED_KINDS.some((kind) => found.has(kind)), missing: result === null, group };
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** @param kinds which kinds enter macro-F1 and worst; those with 15 sure posts without it (fixed when intervals are drawn) */
function summed(tallies: readonly Tally[], kinds?: readonly FindingKind[]): Score {
  const rows: Record<string, KindScore> = {};
  const all = { tp: 0, fp: 0, fn: 0 };
  for (const [i, kind] of MEASURED_KINDS.entries()) {
    let [tp, fp, fn] = [0, 0, 0];
    for (const { marks } of tallies) {
      if (marks[i] === TP) tp += 1;
      else if (marks[i] === FP) fp += 1;
      else if (marks[i] === FN) fn += 1;
    }
    all.tp += tp;
    all.fp += fp;
    all.fn += fn;
    rows[kind] = { n: tp + fn, precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), f1: ratio(2 * tp, 2 * tp + fp + fn), fp, fn };
  }
  const counted = kinds ?? MEASURED_KINDS.filter((kind) => (rows[kind]?.n ?? 0) >= LEAST_POSITIVES);
  const big = counted.map((kind) => rows[kind]?.f1 ?? 0);
  const clean = tallies.filter((t) => t.clean);
  const spans = tallies.reduce((sum, t) => sum + t.spans, 0);
  return {
    macroF1: big.length > 0 ? big.reduce((sum, f) => sum + f, 0) / big.length : null,
    worst: big.length > 0 ? Math.min(...big) : null,
    microF1: ratio(2 * all.tp, 2 * all.tp + all.fp + all.fn) ?? 0,
    microP: ratio(all.tp, all.tp + all.fp),
    microR: ratio(all.tp, all.tp + all.fn),
    cleanFlagRate: ratio(clean.filter((t) => t.flagged).length, clean.length),
    spanHit: ratio(
      tallies.reduce((sum, t) => sum + t.spanHits, 0),
      spans,
    ),
    missing: tallies.filter((t) => t.missing).length,
    kinds: rows,
  };
}

/** Scores judged posts. */
export const score = (judged: readonly Judged[]): Score => summed(judged.map(tallyOf));

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
  if (known.length < DRAWS / 2) return null;
  const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))] as number;
  return { low: at(0.025), high: at(0.975) };
};

/** 95 % intervals: employers drawn with replacement, the kinds that count held as they are in the whole. */
export function intervals(judged: readonly Judged[], seed: number, draws = DRAWS): Intervals {
  const tallies = judged.map(tallyOf);
  const byGroup = new Map<string, Tally[]>();
  for (const tally of tallies) byGroup.set(tally.group, [...(byGroup.get(tally.group) ?? []), tally]);
  const groups = [...byGroup.values()];
  const whole = summed(tallies);
  const counted = MEASURED_KINDS.filter((kind) => (whole.kinds[kind]?.n ?? 0) >= LEAST_POSITIVES);
  const random = generator(seed);
  const drawn = Array.from({ length: draws }, () => summed(Array.from(groups, () => groups[Math.floor(random() * groups.length)] ?? []).flat(), counted));
  return {
    macroF1: middle(drawn.map((d) => d.macroF1)),
    cleanFlagRate: middle(drawn.map((d) => d.cleanFlagRate)),
    kinds: Object.fromEntries(MEASURED_KINDS.map((kind) => [kind, middle(drawn.map((d) => d.kinds[kind]?.f1 ?? null))])),
  };
}
