/**
 * From margins to probabilities: Platt's fit on held-out margins, only of posts where rules are silent, since nothing else
 * of the model is ever shown. Never falling, so a larger margin is never less likely. Newton steps, bounded, no chance in them.
 */

export interface Scored {
  readonly value: number;
  readonly truth: boolean;
}
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
export const rounded = (value: number, digits = 4): number => Math.round(value * 10 ** digits) / 10 ** digits;

const STEPS = 100;

/** Platt's fit with his smoothed targets against overconfidence; a slope below zero is held at zero. */
export function calibrate(scored: readonly Scored[]): Calibration {
  const positives = scored.filter((s) => s.truth).length;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (scored.length - positives + 2)];
  let slope = 0.1;
  let intercept = Math.log((positives + 1) / (scored.length - positives + 1));
  for (let step = 0; step < STEPS; step += 1) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-6, 0, 1e-6];
    for (const { value, truth } of scored) {
      const p = sigmoid(slope * value + intercept);
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
  return { slope: rounded(Math.max(0, slope)), intercept: rounded(intercept) };
}
