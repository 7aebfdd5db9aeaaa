/**
 * How well likeness to advertisements held to be fake can be told (ORFD): four folds, dealt at random as published figures
 * were, and with companies kept whole, which is what telling an unknown company takes. Each figure is the mean over several
 * deals of the folds at the fixed middle (nothing is tuned), with an interval from drawing companies again. Advertisements
 * are judged one by one, and with all a company's advertisements of the held-out fold together.
 */
import { dealFolds, generator } from '../model/folds.ts';
import { fitTraits, leaning } from './likeness-fit.ts';
import { nearness, recalled } from './likeness-nearness.ts';
import { type Advert, TRAITS, traitsOf } from './likeness-traits.ts';

/** One advertisement that readers judged. */
export interface JudgedAd {
  readonly advert: Advert;
  /** Everything it and its company say, for the comparison with what is known. */
  readonly everything: string;
  readonly company: string;
  readonly fake: boolean;
}

export interface Figure {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}
export interface Scored {
  readonly accuracy: Figure;
  readonly macroF1: Figure;
  readonly fakeF1: Figure;
  /** Real advertisements held to be fake, fake ones found. */
  readonly falseAlarms: number;
  readonly found: number;
}
const FOLDINGS = ['random', 'companies'] as const;
const SCORERS = ['traits', 'traits without pay', 'traits and nearness'] as const;
type Folding = (typeof FOLDINGS)[number];
export interface LikenessRow {
  readonly folds: Folding;
  readonly scorer: (typeof SCORERS)[number];
  readonly alone: Scored;
  readonly pooled: Scored;
}
export interface LikenessEvaluation {
  readonly ads: number;
  readonly companies: number;
  readonly fake: number;
  /** F1 of the fake class when everything is called fake. */
  readonly allFake: number;
  readonly rows: readonly LikenessRow[];
}
export interface EvaluateOptions {
  readonly seed: number;
  /** How often folds are dealt anew. */
  readonly deals?: number;
  readonly draws?: number;
}

const FOLDS = 4;
const RECALL_WEIGHT = 4;

/** Fold of each advertisement. */
function dealt(ads: readonly JudgedAd[], folding: Folding, seed: number): number[] {
  if (folding === 'companies')
    return dealFolds(
      ads.map((ad) => ad.company),
      FOLDS,
      seed,
    );
  return dealFolds(
    ads.map((_, i) => String(i)),
    FOLDS,
    seed,
  );
}

/** Held-out leanings: of traits alone, without pay, and with nearness. */
function heldOut(ads: readonly JudgedAd[], traits: readonly number[][], near: readonly Float32Array[], fold: readonly number[]): number[][] {
  const out = SCORERS.map(() => new Array<number>(ads.length).fill(0));
  const fake = ads.map((ad) => ad.fake);
  const unpaid = traits.map((row) => row.filter((_, k) => !TRAITS[k]?.pay));
  for (let f = 0; f < FOLDS; f += 1) {
    const known = ads.flatMap((_, i) => (fold[i] === f ? [] : [i]));
    const groups = known.map((i) => ads[i]?.company ?? '');
    const truths = known.map((i) => fake[i] ?? false);
    const [all, plain] = [traits, unpaid].map((rows) => fitTraits({ rows: known.map((i) => rows[i] as number[]), fake: truths, groups }));
    for (const [i] of ads.entries()) {
      if (fold[i] !== f || !all || !plain) continue;
      const lean = leaning(all, traits[i] as number[]);
      const told = [lean, leaning(plain, unpaid[i] as number[]), lean + RECALL_WEIGHT * recalled(near[i] as Float32Array, known, fake)];
      for (const [s, value] of told.entries()) (out[s] as number[])[i] = value;
    }
  }
  return out;
}

/** The mean of a company's advertisements in one fold, each getting it: never across folds, where one's label has taught the other. */
export function together(leanings: readonly number[], companies: readonly string[], fold: readonly number[]): number[] {
  const sums = new Map<string, { sum: number; n: number }>();
  const key = (i: number): string => `${fold[i]} ${companies[i]}`;
  for (const [i, value] of leanings.entries()) {
    const before = sums.get(key(i)) ?? { sum: 0, n: 0 };
    sums.set(key(i), { sum: before.sum + value, n: before.n + 1 });
  }
  return leanings.map((_, i) => {
    const { sum, n } = sums.get(key(i)) ?? { sum: 0, n: 1 };
    return sum / n;
  });
}

/** Counts of a company in one deal: fake found, fake missed, real taken for fake, real passed. */
type Counts = [number, number, number, number];
const figures = ([tp, fn, fp, tn]: Counts): [number, number, number] => {
  const f1 = (right: number, wrong: number): number => (right === 0 ? 0 : (2 * right) / (2 * right + wrong));
  const wrong = fp + fn;
  return [(tp + tn) / (tp + tn + wrong), (f1(tp, wrong) + f1(tn, wrong)) / 2, f1(tp, wrong)];
};
const added = (all: readonly Counts[]): Counts => {
  const sum: Counts = [0, 0, 0, 0];
  for (const counts of all) for (let k = 0; k < sum.length; k += 1) sum[k] = (sum[k] as number) + (counts[k] as number);
  return sum;
};

function tally(ads: readonly JudgedAd[], leanings: readonly number[]): Counts[] {
  const byCompany = new Map<string, Counts>();
  for (const [i, { company, fake }] of ads.entries()) {
    const counts = byCompany.get(company) ?? [0, 0, 0, 0];
    const at = (fake ? 0 : 2) + Number((leanings[i] as number) <= 0);
    counts[at] = (counts[at] as number) + 1;
    byCompany.set(company, counts);
  }
  return [...byCompany.values()];
}

/** @param deals counts of each company, in each deal of the folds */
function scored(deals: readonly Counts[][], seed: number, draws: number): Scored {
  const random = generator(seed);
  const whole = deals.map((companies) => added(companies));
  const each = whole.map(figures);
  // Companies are drawn again, in one deal after the other: the interval holds both chances.
  const drawn = Array.from({ length: draws }, (_, d) => {
    const companies = deals[d % deals.length] as Counts[];
    return figures(added(companies.map(() => companies[Math.floor(random() * companies.length)] as Counts)));
  });
  const figure = (k: 0 | 1 | 2): Figure => {
    const sorted = drawn.map((f) => f[k]).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
    return { mean: each.reduce((sum, f) => sum + f[k], 0) / each.length, low: at(0.025), high: at(0.975) };
  };
  const [tp, fn, fp, tn] = added(whole);
  return { accuracy: figure(0), macroF1: figure(1), fakeF1: figure(2), falseAlarms: fp / (fp + tn), found: tp / (tp + fn) };
}

/** Measures likeness on judged advertisements: both ways of folding, three ways of scoring, alone and pooled. */
export function evaluateLikeness(ads: readonly JudgedAd[], { seed, deals = 10, draws = 1_000 }: EvaluateOptions): LikenessEvaluation {
  const traits = ads.map((ad) => traitsOf(ad.advert));
  const near = nearness(ads.map((ad) => ad.everything));
  const companies = ads.map((ad) => ad.company);
  const fake = ads.filter((ad) => ad.fake).length;
  const rows = FOLDINGS.flatMap((folds): LikenessRow[] => {
    const alone: Counts[][][] = SCORERS.map(() => []);
    const pooled: Counts[][][] = SCORERS.map(() => []);
    for (let deal = 0; deal < deals; deal += 1) {
      const fold = dealt(ads, folds, seed + deal);
      for (const [s, leanings] of heldOut(ads, traits, near, fold).entries()) {
        alone[s]?.push(tally(ads, leanings));
        pooled[s]?.push(tally(ads, together(leanings, companies, fold)));
      }
    }
    return SCORERS.map((scorer, s) => ({
      folds,
      scorer,
      alone: scored(alone[s] as Counts[][], seed, draws),
      pooled: scored(pooled[s] as Counts[][], seed, draws),
    }));
  });
  return { ads: ads.length, companies: new Set(companies).size, fake, allFake: (2 * fake) / (ads.length + fake), rows };
}
