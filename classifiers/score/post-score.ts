/**
 * One number a post, 0 to 100, for sorting: never for deciding. Statutory and lead findings drive it, advisory and
 * format ones barely count, exempt ones not at all.
 *
 * score = 100 × (1 − Π over kinds (1 − w(level) × s)), where s is the strongest finding of the kind and
 * w = 0.80 statutory, 0.60 lead, 0.05 advisory, 0.02 format. One certain statutory finding gives 80, two kinds 96;
 * age, looks and school together stay under 15, and format findings alone under 8.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { Level } from '../../core/model/taxonomy.ts';

export const LEVEL_WEIGHT: Readonly<Record<Level, number>> = { statutory: 0.8, lead: 0.6, advisory: 0.05, format: 0.02 };

/** @param findings of one post @returns an integer 0-100 */
export function postScore(findings: readonly Finding[]): number {
  const strongest = new Map<string, number>();
  for (const { kind, level, score, exempt } of findings) {
    if (!exempt) strongest.set(kind, Math.max(strongest.get(kind) ?? 0, LEVEL_WEIGHT[level] * score));
  }
  let clean = 1;
  for (const weight of strongest.values()) clean *= 1 - weight;
  return Math.round(100 * (1 - clean));
}
