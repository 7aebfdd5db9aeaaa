/**
 * One number an account, 0 to 100, for the order of the reviewers' queue: never for deciding. Every point is shown
 * with what gave it. Only statutory and lead findings count; advisory, format and exempt ones give nothing.
 *
 * Each kind is worth base(level) × its strongest score, and grows with the number of posts that show it by
 * 1 + log2(n)/4, at most × 2. Kinds are then added from the strongest down, each taking its share of what is left
 * of 100: points = left × value. So one certain statutory kind gives 55, a second 25 more, and 100 is never reached.
 */
import type { Finding } from '../../core/model/finding.ts';
import { CASE_LEVELS, type FindingKind, type Level, type PostLevel, strongestLevel, TAXONOMY } from '../../core/model/taxonomy.ts';

export interface Contribution {
  /** Chinese, as shown: `性别限制（3 条）`. */
  readonly label: string;
  readonly kind: FindingKind;
  readonly points: number;
}

export interface CaseScore {
  /** Integer 0-100, the sum of the contributions. */
  readonly score: number;
  /** The strongest level among counted findings; advisory or format when there is nothing else. */
  readonly level: PostLevel;
  readonly contributions: readonly Contribution[];
}

export interface CaseFindings {
  readonly accountFindings: readonly Finding[];
  /** Findings of all posts; one finding a post and kind counts, whatever its number of quotes. */
  readonly postFindings: readonly { readonly postId: string; readonly findings: readonly Finding[] }[];
}

const BASE: Readonly<Record<Level, number>> = { statutory: 0.55, lead: 0.35, advisory: 0, format: 0 };
/** Kinds where people lose money or are in danger come before the same level otherwise. */
const URGENT: ReadonlySet<FindingKind> = new Set(['fraud-lead', 'training-loan', 'underage', 'charging-jobseekers', 'banned-party-returned']);
const URGENCY = 1.3;

interface Tally {
  value: number;
  posts: number;
}

/** Adds up an account's findings to the priority of its case. */
export function scoreCase({ accountFindings, postFindings }: CaseFindings): CaseScore {
  const tallies = new Map<FindingKind, Tally>();
  const levels: Level[] = [];
  const count = (findings: readonly Finding[]): void => {
    const kinds = new Set<FindingKind>();
    for (const { kind, level, score, exempt } of findings) {
      if (exempt) continue;
      levels.push(level);
      if (!CASE_LEVELS.has(level)) continue;
      const tally = tallies.get(kind) ?? { value: 0, posts: 0 };
      tally.value = Math.max(tally.value, BASE[level] * Math.min(1, Math.max(0, score)));
      if (!kinds.has(kind)) tally.posts += 1;
      kinds.add(kind);
      tallies.set(kind, tally);
    }
  };
  count(accountFindings);
  for (const { findings } of postFindings) count(findings);

  const worth = [...tallies].map(([kind, { value, posts }]) => {
    const repeated = TAXONOMY[kind].subject === 'post' ? Math.min(2, 1 + Math.log2(posts) / 4) : 1;
    return { kind, posts, value: Math.min(0.9, value * repeated * (URGENT.has(kind) ? URGENCY : 1)) };
  });
  worth.sort((a, b) => b.value - a.value || a.kind.localeCompare(b.kind));
  let left = 100;
  let exact = 0;
  const contributions: Contribution[] = [];
  for (const { kind, posts, value } of worth) {
    const before = Math.round(exact);
    exact += left * value;
    left -= left * value;
    const many = TAXONOMY[kind].subject === 'post' ? `（${posts} 条）` : '';
    contributions.push({ label: `${TAXONOMY[kind].zh}${many}`, kind, points: Math.round(exact) - before });
  }
  return { score: Math.round(exact), level: strongestLevel(levels), contributions };
}
