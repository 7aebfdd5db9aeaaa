/**
 * Training of the first model stage: `natural`'s BayesClassifier, one yes/no classifier a kind, on passages whose
 * truth is known. Probabilities are fitted on held-out folds (a text is never on both sides), and the threshold of
 * a kind is the lowest that kept the wanted precision there; a kind that never reaches it stays silent. Same samples and seed, same file, byte for byte.
 */
import BayesClassifier from 'natural/lib/natural/classifiers/bayes_classifier.js';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import { type KindModel, MODEL_FORMAT, MODEL_KINDS, type ModelFile, type ModelKind } from './model-file.ts';
import { logOdds, type ReadPassage, readPassages } from './predict.ts';

export interface Sample {
  readonly text: string;
  readonly kinds: readonly FindingKind[];
  /** The words that show a kind; without them every passage of the text counts as showing it. */
  readonly quotes?: readonly { readonly kind: FindingKind; readonly quote: string }[];
  /** Samples of one group are never split between training and held-out folds; each sample its own group without it. */
  readonly group?: string;
}

export interface TrainingOptions {
  readonly seed: number;
  /** Said in the file and its card, e.g. `sandbox/texts (427 invented texts)`. */
  readonly trainedOn: string;
  readonly folds?: number;
  /** A kind speaks only from the probability where held-out precision reached this. */
  readonly precision?: number;
  readonly smoothing?: number;
  /** Kinds kept silent whatever the folds say, because they did harm where they were measured. */
  readonly silent?: readonly ModelKind[];
}

/** Held-out result of a kind at its threshold. */
export interface FoldResult {
  readonly kind: ModelKind;
  readonly positives: number;
  readonly found: number;
  readonly wrong: number;
  readonly threshold: number | null;
}

export interface Training {
  readonly file: ModelFile;
  readonly results: readonly FoldResult[];
}

interface Prepared {
  readonly passages: readonly ReadPassage[];
  readonly kinds: ReadonlySet<FindingKind>;
  /** Kind → which passages show it. */
  readonly shows: ReadonlyMap<FindingKind, ReadonlySet<number>>;
  readonly fold: number;
}

interface Scored {
  readonly value: number;
  readonly truth: boolean;
}

const MIN_POSITIVES = 8;
/** Tokens rarer than this among all passages are chance in so few texts. */
const LEAST_PASSAGES = 3;
/** Given to `natural` while counting and taken off again. */
const COUNTING = 0.5;
const MAX_WEIGHTS = 4_000;
const LEAST_FOUND = 3;
/** A lead opens a case: the model must at least think it more likely than not. */
const LEAST_PROBABILITY = 0.5;

/** A small generator (mulberry32), so that folds depend on the seed alone. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Deals groups to folds so that each fold gets its share of every kind: positives of rare kinds first. */
function dealFolds(samples: readonly Sample[], folds: number, seed: number): number[] {
  const random = generator(seed);
  const groups = new Map<string, number[]>();
  for (const [i, sample] of samples.entries()) {
    const group = sample.group ?? `#${i}`;
    groups.set(group, [...(groups.get(group) ?? []), i]);
  }
  const shuffled = [...groups.values()].map((members) => ({ members, at: random() })).sort((a, b) => a.at - b.at);
  const key = (members: readonly number[]): string => [...new Set(members.flatMap((i) => samples[i]?.kinds ?? []))].sort().join('+');
  const dealt = new Array<number>(samples.length).fill(0);
  const next = new Map<string, number>();
  for (const { members } of shuffled) {
    const turn = next.get(key(members)) ?? Math.floor(random() * folds);
    next.set(key(members), turn + 1);
    for (const i of members) dealt[i] = turn % folds;
  }
  return dealt;
}

function prepare(samples: readonly Sample[], folds: number, seed: number): Prepared[] {
  const dealt = dealFolds(samples, folds, seed);
  return samples.map((sample, i) => {
    const passages = readPassages(sample.text);
    const shows = new Map<FindingKind, Set<number>>();
    for (const kind of sample.kinds) {
      const quotes = sample.quotes?.filter((q) => q.kind === kind) ?? [];
      const marked = passages.flatMap((p, at) => (quotes.length === 0 || quotes.some((q) => overlaps(sample.text, q.quote, p)) ? [at] : []));
      shows.set(kind, new Set(marked));
    }
    return { passages, kinds: new Set(sample.kinds), shows, fold: dealt[i] as number };
  });
}

/** Whether the first occurrence of `quote` touches the passage. */
function overlaps(text: string, quote: string, passage: ReadPassage): boolean {
  const at = text.indexOf(quote);
  return at >= 0 && at < passage.end && at + quote.length > passage.start;
}

/** What `natural` counted: for each set of kinds a passage shows, how many passages and how many of them with each token. */
interface Counted {
  readonly tokens: readonly string[];
  readonly labels: readonly { readonly kinds: ReadonlySet<string>; readonly passages: number; readonly having: Readonly<Record<number, number>> }[];
}

/** Counts once for all kinds: `natural` is quadratic in its vocabulary, so one classifier with a label a set of kinds, not one a kind. */
function countWith(texts: readonly Prepared[], known: ReadonlySet<string>): Counted {
  const bayes = new BayesClassifier(undefined, COUNTING);
  for (const text of texts) {
    for (const [i, { tokens }] of text.passages.entries()) {
      const label = MODEL_KINDS.filter((kind) => text.shows.get(kind)?.has(i)).join('+') || 'none';
      bayes.addDocument(
        tokens.filter((token) => known.has(token)),
        label,
      );
    }
  }
  bayes.train();
  const { classFeatures, classTotals } = bayes.classifier;
  // `natural` starts every class at one and every word it saw at one plus its smoothing.
  const labels = Object.entries(classTotals).map(([label, total]) => ({
    kinds: new Set(label.split('+')),
    passages: total - 1,
    having: classFeatures[label] ?? {},
  }));
  return { tokens: Object.keys(bayes.features), labels };
}

/** The weights of one kind: naive Bayes, yes against no, from the counts. */
function weigh(kind: ModelKind, { tokens, labels }: Counted, smoothing: number): Pick<KindModel, 'bias' | 'weights'> {
  const [yes, no] = [labels.filter((l) => l.kinds.has(kind)), labels.filter((l) => !l.kinds.has(kind))];
  const total = (of: Counted['labels']): number => of.reduce((sum, l) => sum + l.passages, 1);
  const having = (of: Counted['labels'], i: number): number => of.reduce((sum, l) => sum + Math.max(0, (l.having[i] ?? COUNTING) - COUNTING), smoothing);
  const [yesTotal, noTotal] = [total(yes), total(no)];
  const weights = tokens.map((token, i) => [token, Math.round(Math.log(having(yes, i) / yesTotal / (having(no, i) / noTotal)) * 100) / 100] as const);
  // What is left out is what moves least.
  const kept = weights.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]) || (a[0] < b[0] ? -1 : 1)).slice(0, MAX_WEIGHTS);
  kept.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return { bias: Math.round(Math.log(yesTotal / noTotal) * 100) / 100, weights: Object.fromEntries(kept) };
}

/** Tokens that stand in enough passages to be more than chance. */
function knownTokens(texts: readonly Prepared[]): Set<string> {
  const spread = new Map<string, number>();
  for (const { passages } of texts) for (const { tokens } of passages) for (const token of tokens) spread.set(token, (spread.get(token) ?? 0) + 1);
  return new Set([...spread].filter(([, count]) => count >= LEAST_PASSAGES).map(([token]) => token));
}

const strongest = (model: Pick<KindModel, 'bias' | 'weights'>, passages: readonly ReadPassage[]): number =>
  passages.reduce((best, p) => Math.max(best, logOdds(model, p.tokens)), Number.NEGATIVE_INFINITY);

/** Platt's fit of probability to log-odds by Newton steps, with his smoothed targets against overconfidence. */
function calibrate(scored: readonly Scored[]): KindModel['calibration'] {
  const positives = scored.filter((s) => s.truth).length;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (scored.length - positives + 2)];
  let slope = 0.1;
  let intercept = Math.log((positives + 1) / (scored.length - positives + 1));
  for (let step = 0; step < 200; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-6, 0, 1e-6];
    for (const { value, truth } of scored) {
      const p = 1 / (1 + Math.exp(-(slope * value + intercept)));
      const error = p - (truth ? high : low);
      const w = p * (1 - p);
      ga += error * value;
      gb += error;
      haa += w * value * value;
      hab += w * value;
      hbb += w;
    }
    const det = haa * hbb - hab * hab;
    if (Math.abs(det) < 1e-12) break;
    const [da, db] = [(hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det];
    slope -= Math.max(-0.5, Math.min(0.5, da));
    intercept -= Math.max(-1, Math.min(1, db));
    if (Math.abs(da) + Math.abs(db) < 1e-7) break;
  }
  return { slope: Math.round(Math.max(0, slope) * 1e4) / 1e4, intercept: Math.round(intercept * 1e4) / 1e4 };
}

/** The lowest probability at which held-out precision holds, with what it finds; null when none does. */
function thresholdFor(
  scored: readonly Scored[],
  calibration: KindModel['calibration'],
  precision: number,
): { threshold: number; found: number; wrong: number } | null {
  const ranked = scored
    .map((s) => ({ p: 1 / (1 + Math.exp(-(calibration.slope * s.value + calibration.intercept))), truth: s.truth }))
    .sort((a, b) => b.p - a.p);
  let [found, wrong] = [0, 0];
  let best: { threshold: number; found: number; wrong: number } | null = null;
  for (const [i, { p, truth }] of ranked.entries()) {
    if (truth) found += 1;
    else wrong += 1;
    const next = ranked[i + 1]?.p ?? 0;
    // A conservative edge: half way to the next text below.
    if (found >= LEAST_FOUND && found / (found + wrong) >= precision && next < p && p >= LEAST_PROBABILITY)
      best = { threshold: Math.max(LEAST_PROBABILITY, Math.ceil(((p + next) / 2) * 1000) / 1000), found, wrong };
  }
  return best;
}

/** Trains every kind the model may raise; kinds with too few texts are left out. */
export function trainModel(samples: readonly Sample[], options: TrainingOptions): Training {
  const { seed, trainedOn, folds = 5, precision = 0.8, smoothing = 0.1 } = options;
  const texts = prepare(samples, folds, seed).filter((t) => t.passages.length > 0);
  const known = knownTokens(texts);
  const whole = countWith(texts, known);
  const parts = Array.from({ length: folds }, (_, fold) => ({
    counted: countWith(
      texts.filter((t) => t.fold !== fold),
      known,
    ),
    heldOut: texts.filter((t) => t.fold === fold),
  }));
  const kinds: Partial<Record<ModelKind, KindModel>> = {};
  const results: FoldResult[] = [];
  for (const kind of MODEL_KINDS) {
    const positives = texts.filter((t) => t.kinds.has(kind)).length;
    if (positives < MIN_POSITIVES) continue;
    const scored = parts.flatMap(({ counted, heldOut }): Scored[] => {
      const model = weigh(kind, counted, smoothing);
      return heldOut.map((t) => ({ value: strongest(model, t.passages), truth: t.kinds.has(kind) }));
    });
    const calibration = calibrate(scored);
    const edge = options.silent?.includes(kind) ? null : thresholdFor(scored, calibration, precision);
    kinds[kind] = { ...weigh(kind, whole, smoothing), calibration, threshold: edge?.threshold ?? null, positives };
    results.push({ kind, positives, found: edge?.found ?? 0, wrong: edge?.wrong ?? 0, threshold: edge?.threshold ?? null });
  }
  return { file: { format: MODEL_FORMAT, id: `bayes-${seed}`, trainedOn, seed, samples: samples.length, kinds }, results };
}
