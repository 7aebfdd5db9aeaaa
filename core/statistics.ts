/** The little statistics that screens and alarms need: an interval for a share, and how surprising a count is. */

/**
 * Wilson score interval of a share at 95 % (Wilson 1927), sound for few trials and for shares near 0 and 1.
 * @returns null without trials
 */
export function wilson(yes: number, n: number, z = 1.959964): { readonly share: number; readonly low: number; readonly high: number } | null {
  if (n <= 0) return null;
  const p = yes / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  return { share: p, low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}

/** Decisions that a score stated beforehand is worth. */
export const PRIOR_WEIGHT = 20;
/**
 * The share to expect when little is known: the mean of a Beta prior worth `PRIOR_WEIGHT` trials at `prior`, updated by what was
 * seen (Gelman et al., Bayesian Data Analysis, 2.4). With no trial it is the prior, with many what was seen.
 */
export const expectedShare = (yes: number, n: number, prior: number): number => (yes + prior * PRIOR_WEIGHT) / (n + PRIOR_WEIGHT);

/** ln Γ(x) for x > 0 (Lanczos, g = 7). */
function lnGamma(x: number): number {
  const c = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012, 9.984369578019572e-6,
    1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  const sum = c.reduce((acc, value, i) => acc + value / (shifted + i + 1), 0.9999999999998099);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised lower incomplete gamma P(a, x), by series below a + 1 and by continued fraction above. */
function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let n = 1; n < 10_000 && term > sum * 1e-15; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.min(1, front * sum);
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i += 1) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b || 1e-300);
    c = b + an / c || 1e-300;
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-15) break;
  }
  return Math.max(0, 1 - front * h);
}

/** P(X ≥ k) and P(X ≤ k) of a Poisson count with this mean. */
export const poissonTails = (k: number, mean: number): { readonly atLeast: number; readonly atMost: number } => ({
  atLeast: k <= 0 ? 1 : gammaP(k, mean),
  atMost: 1 - gammaP(k + 1, mean),
});

export interface Shift {
  /** Population stability index: Σ (p − q) ln(p / q) over buckets. Below 0.1 little has moved, above 0.25 much has (Siddiqi, Credit Risk Scorecards, 2006). */
  readonly psi: number;
  /** What it stays below in 19 of 20 cases when nothing moved: χ²(0.95, buckets − 1) · (1/n + 1/m) (Yurdakul & Naranjo 2020). */
  readonly chance: number;
}
const LEAST_SHIFTED = 200;

/**
 * How far a distribution moved between two periods; half a post more in each bucket, so that empty ones have a logarithm.
 * @returns null with fewer than 200 on either side: too little to tell
 */
export function shiftOf(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): Shift | null {
  const buckets = [...new Set([...now.keys(), ...before.keys()])];
  const sum = (of: ReadonlyMap<string, number>): number => [...of.values()].reduce((a, b) => a + b, 0);
  const [n, m] = [sum(now), sum(before)];
  if (n < LEAST_SHIFTED || m < LEAST_SHIFTED) return null;
  const share = (of: ReadonlyMap<string, number>, bucket: string, all: number): number => ((of.get(bucket) ?? 0) + 0.5) / (all + buckets.length / 2);
  const psi = buckets.reduce((total, bucket) => {
    const [p, q] = [share(now, bucket, n), share(before, bucket, m)];
    return total + (p - q) * Math.log(p / q);
  }, 0);
  const free = Math.max(1, buckets.length - 1);
  // Wilson and Hilferty's cube for the 95th percentile of chi-square.
  const chi = free * (1 - 2 / (9 * free) + 1.644854 * Math.sqrt(2 / (9 * free))) ** 3;
  return { psi, chance: chi * (1 / n + 1 / m) };
}

export interface Night {
  readonly hits: number;
  readonly posts: number;
}
export interface Jump {
  readonly up: boolean;
  readonly expected: number;
  /** How likely so many, or so few, would be if nothing had changed. */
  readonly probability: number;
}
const LEAST_NIGHTS = 3;
const LEAST_POSTS = 200;
const LEAST_HITS = 10;
const LEAST_RATIO = 2;

/**
 * Whether tonight's hits are no chance, held against trailing nights. Nights differ more than Poisson allows, so the
 * spread among the trailing ones (quasi-Poisson dispersion, never below 1) widens the bound; and a change that is
 * certain but small (less than twofold) is nobody's alarm.
 * @param alpha chance of a false alarm of this one question @returns null when all is usual, or there is too little to tell
 */
export function jumpOf(tonight: Night, trailing: readonly Night[], alpha: number): Jump | null {
  const nights = trailing.filter((n) => n.posts > 0);
  if (nights.length < LEAST_NIGHTS || tonight.posts < LEAST_POSTS) return null;
  const hits = nights.reduce((sum, n) => sum + n.hits, 0);
  const posts = nights.reduce((sum, n) => sum + n.posts, 0);
  if (posts < LEAST_POSTS) return null;
  // Half a hit more than was seen: a rule that never found anything still has some rate.
  const rate = (hits + 0.5) / posts;
  const spread = nights.reduce((sum, n) => sum + (n.hits - n.posts * rate) ** 2 / (n.posts * rate), 0) / (nights.length - 1);
  const dispersion = Math.max(1, spread);
  const expected = tonight.posts * rate;
  const tails = poissonTails(Math.round(tonight.hits / dispersion), expected / dispersion);
  if (tonight.hits >= LEAST_HITS && tonight.hits > LEAST_RATIO * expected && tails.atLeast < alpha) return { up: true, expected, probability: tails.atLeast };
  if (expected >= LEAST_HITS && tonight.hits * LEAST_RATIO < expected && tails.atMost < alpha) return { up: false, expected, probability: tails.atMost };
  return null;
}
