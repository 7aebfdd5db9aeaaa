/**
 * One-vs-rest logistic regression over sparse features, learned passage by passage (FTRL-proximal: per-weight step sizes,
 * L1 that leaves most weights at nothing, L2 against trust in few examples). Same examples, order and settings,
 * same weights: the order comes from the seed.
 */
import { generator } from './folds.ts';

/** Sparse examples side by side; `truth` holds 1, 0 or -1 (says nothing) for each kind. */
export interface Examples {
  readonly kinds: number;
  readonly offsets: readonly number[];
  readonly features: readonly number[];
  readonly truth: readonly number[];
  readonly weight: readonly number[];
}
export interface LearnOptions {
  readonly seed: number;
  readonly size: number;
  readonly epochs?: number;
  readonly l1?: number;
  readonly l2?: number;
  readonly rate?: number;
  /** What a positive weighs against a negative: positives are rare, and missing one costs more. */
  readonly positive?: number;
}
export interface Learned {
  /** feature × kinds + kind. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Errors smaller than this change nothing worth the time. */
const LEAST_ERROR = 2e-3;

export function learn(examples: Examples, options: LearnOptions): Learned {
  const { kinds, offsets, features, truth, weight } = examples;
  const { seed, size, epochs = 6, l1 = 0.6, l2 = 2, rate = 0.15, positive = 3 } = options;
  const z = new Float32Array(size * kinds);
  const n = new Float32Array(size * kinds);
  const w = new Float32Array(size * kinds);
  const bias = new Float32Array(kinds).fill(-4);
  const biasN = new Float32Array(kinds).fill(1);
  const count = offsets.length - 1;
  const order = Array.from({ length: count }, (_, i) => i);
  const random = generator(seed);
  const sums = new Float64Array(kinds);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (let i = count - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    for (const example of order) {
      const [from, to] = [offsets[example] as number, offsets[example + 1] as number];
      for (let k = 0; k < kinds; k += 1) sums[k] = bias[k] as number;
      for (let f = from; f < to; f += 1) {
        const at = (features[f] as number) * kinds;
        for (let k = 0; k < kinds; k += 1) sums[k] = (sums[k] as number) + (w[at + k] as number);
      }
      for (let k = 0; k < kinds; k += 1) {
        const y = truth[example * kinds + k] as number;
        if (y < 0) continue;
        const p = 1 / (1 + Math.exp(-(sums[k] as number)));
        const g = (p - y) * (weight[example] as number) * (y === 1 ? positive : 1);
        if (Math.abs(g) < LEAST_ERROR) continue;
        biasN[k] = (biasN[k] as number) + g * g;
        bias[k] = (bias[k] as number) - (rate / Math.sqrt(biasN[k] as number)) * g;
        for (let f = from; f < to; f += 1) {
          const at = (features[f] as number) * kinds + k;
          const before = n[at] as number;
          const after = before + g * g;
          n[at] = after;
          const moved = (z[at] as number) + g - ((Math.sqrt(after) - Math.sqrt(before)) / rate) * (w[at] as number);
          z[at] = moved;
          w[at] = Math.abs(moved) <= l1 ? 0 : -(moved - Math.sign(moved) * l1) / ((1 + Math.sqrt(after)) / rate + l2);
        }
      }
    }
  }
  return { weights: w, bias };
}
