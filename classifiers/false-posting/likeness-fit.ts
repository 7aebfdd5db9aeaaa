/**
 * Weighs traits by logistic regression (L2, Newton's steps, no chance in it): each company counts with the square root of
 * its advertisements, fake and real ones count the same in all, and a trait that is missing stands at the average.
 */
export interface Fitted {
  readonly mean: readonly number[];
  readonly spread: readonly number[];
  readonly weights: readonly number[];
  readonly bias: number;
}
export interface Samples {
  readonly rows: readonly (readonly number[])[];
  readonly fake: readonly boolean[];
  /** Company of each row. */
  readonly groups: readonly string[];
}

/** How much the data count against weights of nothing: small, since there are few companies. */
const TRUST = 0.02;
const STEPS = 12;

/** What each sample weighs: 1/√(ads of its company), each class brought to half of all. */
export function sampleWeights({ fake, groups }: Pick<Samples, 'fake' | 'groups'>): number[] {
  const ads = new Map<string, number>();
  for (const group of groups) ads.set(group, (ads.get(group) ?? 0) + 1);
  const plain = groups.map((group) => 1 / Math.sqrt(ads.get(group) ?? 1));
  const sums = [0, 0];
  for (const [i, weight] of plain.entries()) sums[Number(fake[i])] = (sums[Number(fake[i])] as number) + weight;
  return plain.map((weight, i) => (weight * groups.length) / (2 * (sums[Number(fake[i])] as number)));
}

/** No trait counts beyond this many spreads: a thousand exclamation marks say no more than thirty. */
const MOST_SPREADS = 5;
const standing = (value: number, mean: number, spread: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-MOST_SPREADS, Math.min(MOST_SPREADS, (value - mean) / spread));

function scaled(rows: Samples['rows']): { mean: number[]; spread: number[] } {
  const columns = (rows[0] ?? []).map((_, k) => rows.map((row) => row[k] as number).filter((v) => !Number.isNaN(v)));
  const mean = columns.map((c) => c.reduce((sum, v) => sum + v, 0) / Math.max(1, c.length));
  const spread = columns.map((c, k) => Math.sqrt(c.reduce((sum, v) => sum + (v - (mean[k] as number)) ** 2, 0) / Math.max(1, c.length)) || 1);
  return { mean, spread };
}

/** Solves a symmetric positive definite system in place (Gauss; the ridge keeps pivots away from nothing). */
function solve(matrix: number[][], right: number[]): number[] {
  const n = right.length;
  for (let p = 0; p < n; p += 1) {
    const row = matrix[p] as number[];
    for (let r = p + 1; r < n; r += 1) {
      const other = matrix[r] as number[];
      const factor = (other[p] as number) / (row[p] as number);
      if (factor === 0) continue;
      for (let c = p; c < n; c += 1) other[c] = (other[c] as number) - factor * (row[c] as number);
      right[r] = (right[r] as number) - factor * (right[p] as number);
    }
  }
  const out = new Array<number>(n).fill(0);
  for (let r = n - 1; r >= 0; r -= 1) {
    let sum = right[r] as number;
    for (let c = r + 1; c < n; c += 1) sum -= ((matrix[r] as number[])[c] as number) * (out[c] as number);
    out[r] = sum / ((matrix[r] as number[])[r] as number);
  }
  return out;
}

/** One of Newton's steps from `at` (weights, then bias). */
function step(at: readonly number[], rows: readonly (readonly number[])[], fake: readonly boolean[], weight: readonly number[]): number[] {
  const n = at.length;
  const ridge = 1 / TRUST;
  const slope = at.map((w, k) => (k < n - 1 ? w * ridge : 0));
  const curve = at.map((_, k) => at.map((__, c) => (k === c && k < n - 1 ? ridge : 0)));
  for (const [i, row] of rows.entries()) {
    const p = 1 / (1 + Math.exp(-row.reduce((sum, v, k) => sum + v * (at[k] as number), 0)));
    const error = (weight[i] as number) * (p - Number(fake[i]));
    const bend = (weight[i] as number) * p * (1 - p);
    for (let k = 0; k < n; k += 1) {
      const v = row[k] as number;
      slope[k] = (slope[k] as number) + error * v;
      const line = curve[k] as number[];
      for (let c = 0; c < n; c += 1) line[c] = (line[c] as number) + bend * v * (row[c] as number);
    }
  }
  const move = solve(curve, slope);
  return at.map((w, k) => w - (move[k] as number));
}

/** Fits weights of traits. The same samples give the same weights. */
export function fitTraits({ rows, fake, groups }: Samples): Fitted {
  const { mean, spread } = scaled(rows);
  const ready = rows.map((row) => [...row.map((v, k) => standing(v, mean[k] as number, spread[k] as number)), 1]);
  const weight = sampleWeights({ fake, groups });
  let at = new Array<number>(mean.length + 1).fill(0);
  for (let i = 0; i < STEPS; i += 1) at = step(at, ready, fake, weight);
  return { mean, spread, weights: at.slice(0, -1), bias: at.at(-1) ?? 0 };
}

/** What each trait of a row adds to the log-odds. */
export const parts = ({ mean, spread, weights }: Omit<Fitted, 'bias'>, row: readonly number[]): number[] =>
  weights.map((w, k) => w * standing(row[k] ?? Number.NaN, mean[k] as number, spread[k] as number));

/** Log-odds of being like the fake ones. */
export const leaning = (fitted: Fitted, row: readonly number[]): number => parts(fitted, row).reduce((sum, part) => sum + part, fitted.bias);
