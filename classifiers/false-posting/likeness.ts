/**
 * Likeness to advertisements that readers held to be fake (ORFD, 58同城, 2019), as one fact for a false-posting lead: a
 * weighing of named traits of the post, from a file that says what it was trained on and how often real companies reach
 * it. Pay is left out of what ships, since pay is another fact's source. It never raises a lead alone, it is wrong about
 * one real company in twenty at its mark, and the card says so.
 */
import { z } from 'zod';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { PostInput } from '../../core/model/post.ts';
import { dealFolds } from '../model/folds.ts';
import type { PostFact } from './facts.ts';
import type { JudgedAd } from './likeness-evaluate.ts';
import { type Fitted, fitTraits, leaning, parts } from './likeness-fit.ts';
import { TRAITS, traitsOf } from './likeness-traits.ts';

const LIKENESS_FORMAT = 'pincha-likeness/1';
const finite = z.number().refine(Number.isFinite);
const likenessSchema = z.strictObject({
  format: z.literal(LIKENESS_FORMAT),
  id: z.string().regex(/^[\w.-]{1,80}$/),
  trainedOn: z.string().max(2_000),
  /** Of the table trained on. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  seed: z.number().int(),
  traits: z
    .array(z.strictObject({ name: z.string().max(60), mean: finite, spread: finite.refine((v) => v > 0), weight: finite }))
    .min(1)
    .max(60),
  bias: finite,
  /** Log-odds from which it is told, and how much of real companies and of fake advertisements reached it out of fold. */
  raise: finite,
  realAbove: z.number().min(0).max(1),
  fakeAbove: z.number().min(0).max(1),
});
export type LikenessFile = z.infer<typeof likenessSchema>;

/** Real companies that may reach the mark. */
const MOST_REAL = 0.05;
const DEALS = 10;
const FOLDS = 4;
/** Small: five times as many fake as real advertisements reach the mark, where as many are fake as real; outside, few are. */
const WEIGHT = 0.3;
const SHOWN = 3;
/** Of a shorter text no manner of writing can be told; nine in ten of the advertisements trained on are longer. */
const LEAST_TEXT = 60;
/** Below this a trait added nothing worth naming. */
const LEAST_PART = 0.1;

const USED = TRAITS.flatMap((trait, k) => (trait.pay ? [] : [{ trait, k }]));
const usedOf = (row: readonly number[]): number[] => USED.map(({ k }) => row[k] as number);

/** Lowest held-out leaning that at most one real company in twenty reaches (each company counting once), and who reaches it. */
function mark(ads: readonly JudgedAd[], leanings: readonly number[]): { raise: number; realAbove: number; fakeAbove: number } {
  const count = new Map<string, number>();
  for (const { company, fake } of ads) if (!fake) count.set(company, (count.get(company) ?? 0) + 1);
  const real = ads
    .flatMap(({ company, fake }, i) => (fake ? [] : [{ at: leanings[i] as number, share: 1 / (count.get(company) as number) / count.size }]))
    .sort((a, b) => b.at - a.at);
  let [raise, realAbove] = [Number.MAX_VALUE, 0];
  for (const { at, share } of real) {
    if (realAbove + share > MOST_REAL) break;
    realAbove += share;
    raise = at;
  }
  const fake = ads.flatMap((ad, i) => (ad.fake ? [leanings[i] as number] : []));
  return { raise, realAbove, fakeAbove: fake.filter((at) => at >= raise).length / fake.length };
}

/** Held-out leanings with companies kept whole. */
function heldOut(ads: readonly JudgedAd[], rows: readonly number[][], seed: number): number[] {
  const groups = ads.map((ad) => ad.company);
  const fold = dealFolds(groups, FOLDS, seed);
  const models = Array.from({ length: FOLDS }, (_, f) => {
    const known = ads.flatMap((_ad, i) => (fold[i] === f ? [] : [i]));
    return fitTraits({
      rows: known.map((i) => rows[i] as number[]),
      fake: known.map((i) => ads[i]?.fake ?? false),
      groups: known.map((i) => groups[i] as string),
    });
  });
  return rows.map((row, i) => leaning(models[fold[i] as number] as Fitted, row));
}

const four = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Trains what ships. @param source digest of the table, and words about it */
export function trainLikeness(
  ads: readonly JudgedAd[],
  { seed, id = 'orfd-1', sha256, trainedOn }: { seed: number; id?: string; sha256: string; trainedOn: string },
): LikenessFile {
  const rows = ads.map((ad) => usedOf(traitsOf(ad.advert)));
  const { mean, spread, weights, bias } = fitTraits({ rows, fake: ads.map((ad) => ad.fake), groups: ads.map((ad) => ad.company) });
  const marks = Array.from({ length: DEALS }, (_, deal) => mark(ads, heldOut(ads, rows, seed + deal)));
  const average = (of: (m: (typeof marks)[number]) => number): number => four(marks.reduce((sum, m) => sum + of(m), 0) / DEALS);
  return {
    format: LIKENESS_FORMAT,
    id,
    trainedOn,
    sha256,
    seed,
    traits: USED.map(({ trait }, k) => ({
      name: trait.name,
      mean: four(mean[k] as number),
      spread: four(spread[k] as number),
      weight: four(weights[k] as number),
    })),
    bias: four(bias),
    raise: average((m) => m.raise),
    realAbove: average((m) => m.realAbove),
    fakeAbove: average((m) => m.fakeAbove),
  };
}

/** Reads a likeness file. @throws PinchaError MODEL_INVALID naming the part that does not fit */
export function parseLikeness(text: string, place = 'likeness'): LikenessFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PinchaError('MODEL_INVALID', { place, reason: reasonOf(error) }, error);
  }
  const file = likenessSchema.safeParse(value);
  if (!file.success) {
    const issue = file.error.issues[0];
    throw new PinchaError('MODEL_INVALID', { place: `${place}: ${issue?.path.join('.')}`, reason: issue?.message ?? '' });
  }
  const wrong = file.data.traits.find(({ name }, k) => USED[k]?.trait.name !== name);
  if (wrong || file.data.traits.length !== USED.length)
    throw new PinchaError('MODEL_INVALID', {
      place: `${place}: traits`,
      reason: `这些特征不是本版本的 / traits of another version: ${wrong?.name ?? 'missing'}`,
    });
  return file.data;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** Makes the score of a file: the fact with the traits that speak most for it, or null below the mark. */
export function createLikeness(file: LikenessFile): (read: { readonly post: PostInput }) => PostFact | null {
  const fitted: Fitted = {
    mean: file.traits.map((t) => t.mean),
    spread: file.traits.map((t) => t.spread),
    weights: file.traits.map((t) => t.weight),
    bias: file.bias,
  };
  return ({ post }) => {
    if ((post.text?.length ?? 0) < LEAST_TEXT) return null;
    const row = usedOf(traitsOf({ title: post.title, headcount: post.headcount, text: post.text }));
    const added = parts(fitted, row);
    if (added.reduce((sum, part) => sum + part, fitted.bias) < file.raise) return null;
    const shown = added
      .map((part, k) => ({ part, words: (part / (fitted.weights[k] || 1) > 0 ? USED[k]?.trait.high : USED[k]?.trait.low) ?? '' }))
      .filter(({ part }) => part >= LEAST_PART)
      .sort((a, b) => b.part - a.part)
      .slice(0, SHOWN)
      .map(({ words }) => words);
    if (shown.length === 0) return null;
    return {
      source: 'model',
      weight: WEIGHT,
      sentence: `写法与公开样本中被判为虚假的广告相近：${shown.join('、')}（评分 ${file.id}；样本中约 ${percent(file.realAbove)} 的真实单位也会达到，仅作参考）`,
    };
  };
}
