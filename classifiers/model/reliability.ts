/**
 * Whether a stated score keeps what it says: findings of labelled posts sorted by their score, and how many of each lot
 * were right. Expected calibration error is the mean distance between the two, weighed by findings (Naeini et al. 2015).
 */
import { wilson } from '../../core/statistics.ts';
import { CODE_KINDS, type Judged, MEASURED_KINDS } from './measure.ts';

export interface ReliabilityRow {
  readonly from: number;
  readonly to: number;
  readonly findings: number;
  readonly right: number;
  /** Mean of what was stated. */
  readonly stated: number;
  /** What was right of them, with its 95 % interval (Wilson; posts of one employer are not independent, so it is a little narrow). */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}
export interface Reliability {
  readonly source: 'rule' | 'model';
  readonly rows: readonly ReliabilityRow[];
  readonly expectedError: number;
}

const EDGES = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.000001];

/** One finding a post and kind, the surest: what a reviewer reads. Doubtful labels and kinds nobody decided count neither way. */
function verdicts(judged: readonly Judged[], source: 'rule' | 'model'): { score: number; right: boolean }[] {
  return judged.flatMap(({ labels, result, decided }) =>
    MEASURED_KINDS.flatMap((kind) => {
      if (decided && !decided.includes(kind)) return [];
      const found = (result?.findings ?? []).filter((f) => f.kind === kind && !f.exempt && f.source === source);
      if (found.length === 0) return [];
      const told = labels.filter((l) => CODE_KINDS[l.code as keyof typeof CODE_KINDS] === kind);
      const sure = told.some((l) => l.sure !== false);
      return told.length > 0 && !sure ? [] : [{ score: Math.max(...found.map((f) => f.score)), right: sure }];
    }),
  );
}

/** Lots by stated score, one table for rules and one for the model; a source without findings has no rows. */
export function reliability(judged: readonly Judged[]): Reliability[] {
  return (['rule', 'model'] as const).map((source) => {
    const all = verdicts(judged, source);
    const rows = EDGES.slice(0, -1).flatMap((from, i): ReliabilityRow[] => {
      const to = EDGES[i + 1] as number;
      const lot = all.filter((v) => v.score >= from && v.score < to);
      const right = lot.filter((v) => v.right).length;
      const told = wilson(right, lot.length);
      if (!told) return [];
      const { share, low, high } = told;
      return [{ from, to: Math.min(1, to), findings: lot.length, right, stated: lot.reduce((sum, v) => sum + v.score, 0) / lot.length, share, low, high }];
    });
    return { source, rows, expectedError: rows.reduce((sum, r) => sum + (Math.abs(r.stated - r.share) * r.findings) / Math.max(1, all.length), 0) };
  });
}
