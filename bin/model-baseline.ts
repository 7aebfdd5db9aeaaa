/**
 * The package `natural` as a measured baseline: its Bayes and logistic regression classifiers, one yes/no classifier a kind,
 * over the same character runs of the same clauses as ours. Loaded by `pincha model evaluate` alone, and by the file of the
 * classifier: the package's root opens `.env` and drags databases in, these two files open nothing but code.
 */
import { createRequire } from 'node:module';
import type { Rival } from '../classifiers/model/evaluate.ts';
import { generator } from '../classifiers/model/folds.ts';
import { MEASURED_KINDS } from '../classifiers/model/measure.ts';
import { type Prepared, truthsOf } from '../classifiers/model/train.ts';

interface Natural<Inner> {
  readonly features: Readonly<Record<string, number>>;
  readonly classifier: Inner;
  addDocument(tokens: readonly string[], label: string): void;
  textToFeatures(tokens: readonly string[]): number[];
  train(): void;
}
interface Bayes {
  readonly classFeatures: Readonly<Record<string, Readonly<Record<number, number>>>>;
  readonly classTotals: Readonly<Record<string, number>>;
  readonly smoothing: number;
}
interface Logistic {
  readonly classifications: readonly string[];
  readonly theta: readonly { readonly elements: readonly number[] }[];
}
type Made<Inner> = new () => Natural<Inner>;
const load = createRequire(import.meta.url);

const [YES, NO] = ['yes', 'no'];
const LONGEST_RUN = 4;
const LEAST_GROUPS = 3;
const LEAST_POSITIVES = 3;
/** What a classifier says that could not be made. */
const SPEECHLESS = -20;

/** A run of characters is named by the post-independent text itself; which posts of a fold use it is kept side by side. */
type Runs = ReadonlyMap<string, number>;
const runsOfPost = new WeakMap<Prepared, readonly string[]>();
function runsIn(post: Prepared): readonly string[] {
  const known = runsOfPost.get(post);
  if (known) return known;
  const met = new Set<string>();
  for (const { units } of post.examples.clauses) {
    const text = String.fromCharCode(...units);
    for (let at = 0; at < text.length; at += 1) for (let n = 1; n <= LONGEST_RUN && at + n <= text.length; n += 1) met.add(text.slice(at, at + n));
  }
  const runs = [...met];
  runsOfPost.set(post, runs);
  return runs;
}

interface Fold {
  readonly posts: readonly Prepared[];
  /** Runs of three employers or more, and their numbers. */
  readonly runs: Runs;
  readonly has: readonly Int32Array[];
  readonly truths: readonly Int8Array[];
}
const folds = new WeakMap<readonly Prepared[], Fold>();
function foldOf(posts: readonly Prepared[]): Fold {
  const known = folds.get(posts);
  if (known) return known;
  const usedBy = new Map<string, { group: string; groups: number }>();
  for (const post of [...posts].sort((a, b) => (a.examples.group < b.examples.group ? -1 : 1))) {
    for (const run of runsIn(post)) {
      const seen = usedBy.get(run);
      if (!seen) usedBy.set(run, { group: post.examples.group, groups: 1 });
      else if (seen.group !== post.examples.group) usedBy.set(run, { group: post.examples.group, groups: seen.groups + 1 });
    }
  }
  const runs = new Map([...usedBy].filter(([, { groups }]) => groups >= LEAST_GROUPS).map(([run], i) => [run, i]));
  const has = posts.map((post) => Int32Array.from(runsIn(post).flatMap((run) => runs.get(run) ?? [])));
  const fold = { posts, runs, has, truths: posts.map((p) => (p.told ? truthsOf(p.told.post) : new Int8Array(MEASURED_KINDS.length).fill(-1))) };
  folds.set(posts, fold);
  return fold;
}

/** The runs that tell a kind best (chi-square of presence), chosen on the fold's own posts. @returns number of a run → its name for the classifier */
function telling(fold: Fold, chosen: readonly number[], kind: number, most: number): Map<number, string> {
  const [yes, all] = [new Float64Array(fold.runs.size), new Float64Array(fold.runs.size)];
  let positives = 0;
  for (const i of chosen) {
    const truth = fold.truths[i]?.[kind] === 1 ? 1 : 0;
    positives += truth;
    for (const run of fold.has[i] ?? []) {
      all[run] = (all[run] as number) + 1;
      yes[run] = (yes[run] as number) + truth;
    }
  }
  const n = chosen.length;
  const strength = (run: number): number => {
    const [a, used] = [yes[run] as number, all[run] as number];
    const [b, c] = [used - a, positives - a];
    const d = n - a - b - c;
    return (n * (a * d - b * c) ** 2) / Math.max(1e-9, used * (n - used) * positives * (n - positives));
  };
  const ranked = Array.from(all.keys()).map((run) => ({ run, by: strength(run) }));
  ranked.sort((a, b) => b.by - a.by || a.run - b.run);
  return new Map(ranked.slice(0, most).map(({ run }) => [run, `r${run}`]));
}

interface Vector {
  log(): Vector;
}
interface Sylvester {
  readonly Vector: { readonly prototype: Vector; create(elements: readonly number[]): Vector };
}
/** Steps of one descent. */
const MOST_STEPS = 200;

/**
 * The package's gradient descent stops only when the cost moves by less than 0.0001, and on these posts it sometimes goes on for
 * 500 steps a post and then throws. The cost is the only thing in it that takes logarithms, two a step: after so many, they
 * tell of a cost that hardly moves any more, and it ends with the weights it has.
 */
function held<T>(work: () => T): T {
  const natural = createRequire(load.resolve('natural/lib/natural/classifiers/logistic_regression_classifier.js'));
  const { Vector } = createRequire(natural.resolve('apparatus'))('sylvester') as Sylvester;
  const whole = Vector.prototype.log;
  let taken = 0;
  Vector.prototype.log = function (this: Vector & { readonly elements: readonly number[] }): Vector {
    taken += 1;
    if (taken <= 2 * MOST_STEPS) return whole.call(this);
    return Vector.create(this.elements.map(() => -1 + taken * 1e-8));
  };
  try {
    return work();
  } finally {
    Vector.prototype.log = whole;
  }
}

interface Settings<Inner> {
  readonly name: string;
  readonly make: () => Made<Inner>;
  /** Runs a kind. */
  readonly features: number;
  /** Negatives a kind at most; all without it. */
  readonly negatives: number;
  /** Margin of a post that shows these features. */
  readonly margin: (inner: Inner, present: readonly number[]) => number;
}

function trainKind<Inner>(fold: Fold, kind: number, { make, features, negatives, margin }: Settings<Inner>): ((runs: readonly string[]) => number) | null {
  const known = [...fold.posts.keys()].filter((i) => (fold.truths[i]?.[kind] ?? -1) >= 0);
  const positive = known.filter((i) => fold.truths[i]?.[kind] === 1);
  if (positive.length < LEAST_POSITIVES) return null;
  const random = generator(kind + 1);
  const others = known.filter((i) => fold.truths[i]?.[kind] === 0).map((i) => ({ i, at: random() }));
  others.sort((a, b) => a.at - b.at);
  const chosen = [...positive, ...others.slice(0, negatives).map(({ i }) => i)];
  const names = telling(fold, chosen, kind, features);
  const classifier = new (make())();
  for (const i of chosen)
    classifier.addDocument(
      Array.from(fold.has[i] ?? []).flatMap((run) => names.get(run) ?? []),
      fold.truths[i]?.[kind] === 1 ? YES : NO,
    );
  const at = new Map(Object.keys(classifier.features).map((feature, i) => [feature, i]));
  // The same ones and noughts as the package's own, which looks every feature up in every document by its place in a list.
  classifier.textToFeatures = (tokens) => {
    const row = new Array<number>(at.size).fill(0);
    for (const token of tokens) row[at.get(token) ?? 0] = 1;
    return row;
  };
  held(() => classifier.train());
  return (runs) =>
    margin(
      classifier.classifier,
      runs.flatMap((run) => at.get(names.get(fold.runs.get(run) ?? -1) ?? '') ?? []),
    );
}

function rival<Inner>(settings: Settings<Inner>): Rival {
  return {
    name: settings.name,
    fit: (seen) => {
      const fold = foldOf(seen);
      const kinds = MEASURED_KINDS.map((_kind, k) => trainKind(fold, k, settings));
      return (post) => kinds.map((ask) => ask?.(runsIn(post)) ?? SPEECHLESS);
    },
  };
}

/** Read from the counts in logarithms: the package multiplies probabilities, and on a post of a few hundred runs both sides come to nought. */
function bayesMargin({ classFeatures, classTotals, smoothing }: Bayes, present: readonly number[]): number {
  const of = (label: string): number => {
    const total = classTotals[label] ?? 1;
    return present.reduce((sum, i) => sum + Math.log((classFeatures[label]?.[i] ?? smoothing) / total), Math.log(total));
  };
  return of(YES) - of(NO);
}
/** The package drops its intercept when it is done (`theta.chomp(1)`), which a threshold of our own choosing makes good. */
function logisticMargin({ classifications, theta }: Logistic, present: readonly number[]): number {
  const weights = theta[classifications.indexOf(YES)]?.elements ?? [];
  const sum = present.reduce((total, i) => total + (weights[i] ?? 0), 0);
  return Number.isFinite(sum) ? sum : SPEECHLESS;
}

/** The two rivals. */
export const naturalRivals = (): readonly Rival[] => [
  rival<Bayes>({
    name: 'natural, Bayes',
    make: () => load('natural/lib/natural/classifiers/bayes_classifier.js') as Made<Bayes>,
    features: 1_000,
    negatives: Number.POSITIVE_INFINITY,
    margin: bayesMargin,
  }),
  rival<Logistic>({
    name: 'natural, logistic regression',
    make: () => load('natural/lib/natural/classifiers/logistic_regression_classifier.js') as Made<Logistic>,
    // It multiplies whole matrices, twice a step: more of either takes hours over five folds of sixteen kinds.
    features: 150,
    negatives: 300,
    margin: logisticMargin,
  }),
];
