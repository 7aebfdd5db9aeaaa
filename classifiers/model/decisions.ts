/**
 * Reviewers' decisions as labels: a confirmed finding shows its kind in the words it points at, a dismissed one says that
 * these words do not, and of every other kind nothing is known. Dismissals that are no judgement of the words are left out.
 */
import type { RejectReason } from '../../core/model/case.ts';
import type { PostInput } from '../../core/model/post.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import type { LabelledPost } from './dataset.ts';
import { groupOf } from './folds.ts';
import { CODE_KINDS, type PostLabel } from './measure.ts';

export interface Decision {
  readonly id: string;
  readonly kind: FindingKind;
  readonly confirmed: boolean;
  readonly reason: RejectReason | null;
  readonly exempt: boolean;
  /** The words it points at, as they stand in `post`; null where it points at none. */
  readonly quote: string | null;
}
export interface DecidedPost {
  /** As the reviewer saw it, personal data masked. */
  readonly post: PostInput;
  /** Who runs the account, for posts that name no employer. */
  readonly subject: string | null;
  readonly platform: string;
  readonly decisions: readonly Decision[];
}
type Code = keyof typeof CODE_KINDS;
const CODES: ReadonlyMap<FindingKind, Code> = new Map(Object.entries(CODE_KINDS).map(([code, kind]) => [kind, code as Code]));

/** Dismissals that say nothing of the words. */
const NO_JUDGEMENT: ReadonlySet<RejectReason> = new Set(['duplicate', 'wrong_subject']);

export type LeftOut = 'no-label-for-kind' | 'lawful-exception-found' | RejectReason;
/** Why a decision says nothing about the words; null when it does. */
export function leftOut({ kind, confirmed, reason, exempt }: Decision): LeftOut | null {
  if (!CODES.has(kind)) return 'no-label-for-kind';
  if (exempt) return 'lawful-exception-found';
  return !confirmed && reason !== null && NO_JUDGEMENT.has(reason) ? reason : null;
}

/** @returns the post as a label, null when none of its decisions says anything */
export function labelled({ post, subject, platform, decisions }: DecidedPost): LabelledPost | null {
  const counted = decisions.filter((d) => leftOut(d) === null);
  if (counted.length === 0) return null;
  const told = (list: readonly Decision[]): PostLabel[] =>
    list.flatMap(({ kind, quote }) => {
      const code = CODES.get(kind);
      return code ? [{ code, ...(quote ? { quote } : {}) }] : [];
    });
  return {
    post,
    labels: told(counted.filter((d) => d.confirmed)),
    dismissed: told(counted.filter((d) => !d.confirmed)),
    decided: [...new Set(counted.map((d) => d.kind))].sort(),
    group: groupOf({ ...post, company: post.company ?? subject ?? undefined }),
    source: `decisions ${platform}`,
  };
}

export interface DecisionCounts {
  readonly posts: number;
  readonly decisions: number;
  readonly kinds: Readonly<Record<string, { readonly confirmed: number; readonly dismissed: number }>>;
  readonly leftOut: Readonly<Record<string, number>>;
}
/** What the decisions come to, by kind. */
export function countDecisions(posts: readonly DecidedPost[]): DecisionCounts {
  const kinds: Record<string, { confirmed: number; dismissed: number }> = {};
  const out: Record<string, number> = {};
  let [used, decisions] = [0, 0];
  for (const post of posts) {
    let any = false;
    for (const decision of post.decisions) {
      const why = leftOut(decision);
      if (why !== null) {
        out[why] = (out[why] ?? 0) + 1;
        continue;
      }
      any = true;
      decisions += 1;
      const row = kinds[decision.kind] ?? { confirmed: 0, dismissed: 0 };
      kinds[decision.kind] = decision.confirmed ? { ...row, confirmed: row.confirmed + 1 } : { ...row, dismissed: row.dismissed + 1 };
    }
    if (any) used += 1;
  }
  return { posts: used, decisions, kinds, leftOut: out };
}

/** A line of a label file: the post, what was said of it and by which findings, so that it can be traced. */
export function labelLine(post: DecidedPost): string | null {
  const told = labelled(post);
  if (!told) return null;
  const { decided = [], dismissed, labels, source } = told;
  const codes = decided.flatMap((kind) => CODES.get(kind) ?? []);
  const decisions = post.decisions.filter((d) => leftOut(d) === null).map((d) => d.id);
  return JSON.stringify({ ...told.post, company: told.post.company ?? post.subject ?? undefined, source, labels, decided: codes, dismissed, decisions });
}
