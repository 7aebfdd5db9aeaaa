/** Reviewers' decisions out of the store, as labels, with the figures an audit needs: how many of which kind, which decisions, what changed since the last time. */
import { maskDeep } from '../cases/review/mask.ts';
import type { LabelledPost } from '../classifiers/model/dataset.ts';
import { countDecisions, type DecidedPost, type Decision, type DecisionCounts, labelled, leftOut } from '../classifiers/model/decisions.ts';
import { sha256 } from '../core/digest.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Db } from '../db/connect.ts';
import { type DecidedRow, decidedFindings } from '../db/repositories/decision.ts';
import { dataDigest } from './model-data.ts';

export interface DecisionSummary extends DecisionCounts {
  readonly from: string | null;
  readonly to: string | null;
  /** Over the ids of the findings that became labels: which decisions they were. */
  readonly findings: string;
  /** Over the labels themselves. */
  readonly data: string;
}
export interface Decided {
  readonly posts: readonly DecidedPost[];
  readonly labels: readonly LabelledPost[];
  readonly summary: DecisionSummary;
}

/** Masks keep lengths, so the place of a finding still holds. */
function decisionOf(row: DecidedRow, post: PostInput): Decision {
  const text = row.field === null ? undefined : (post as Record<string, unknown>)[row.field];
  const quote = typeof text === 'string' && row.start !== null && row.end !== null ? text.slice(row.start, row.end) : null;
  return { id: row.id, kind: row.kind, confirmed: row.state === 'confirmed', reason: row.reason, exempt: row.exempt, quote: quote || null };
}

/** All decisions about posts as they stand now; a version of a post is a post of its own. */
export async function readDecisions(db: Db): Promise<Decided> {
  const posts = new Map<string, { post: PostInput; subject: string | null; platform: string; decisions: Decision[] }>();
  let [from, to] = [null, null] as [Date | null, Date | null];
  for await (const row of decidedFindings(db)) {
    const key = `${row.postId} ${row.version}`;
    const known = posts.get(key) ?? { post: maskDeep(row.input), subject: row.subject, platform: row.platform, decisions: [] };
    posts.set(key, known);
    known.decisions.push(decisionOf(row, known.post));
    if (row.decidedAt && (!from || row.decidedAt < from)) from = row.decidedAt;
    if (row.decidedAt && (!to || row.decidedAt > to)) to = row.decidedAt;
  }
  const all = [...posts.values()];
  const labels = all.flatMap((post) => labelled(post) ?? []);
  const ids = all.flatMap((post) => post.decisions.filter((d) => leftOut(d) === null).map((d) => d.id)).sort();
  const range = { from: from?.toISOString() ?? null, to: to?.toISOString() ?? null };
  return { posts: all, labels, summary: { ...countDecisions(all), ...range, findings: sha256(ids.join('\n')), data: dataDigest(labels, []) } };
}

/** In words, kind by kind, with what changed since the labels were last read. */
export function tellDecisions(now: DecisionSummary, before: Partial<DecisionSummary> | null): string[] {
  const lines = [
    `${now.decisions} 项裁定，${now.posts} 条信息（${now.from?.slice(0, 10) ?? '—'} 至 ${now.to?.slice(0, 10) ?? '—'}），数据摘要 ${now.data.slice(0, 12)}`,
  ];
  const change = (n: number, was: number | undefined): string =>
    before === null || n === (was ?? 0) ? '' : `（${n > (was ?? 0) ? '+' : ''}${n - (was ?? 0)}）`;
  for (const kind of [...new Set([...Object.keys(now.kinds), ...Object.keys(before?.kinds ?? {})])].sort()) {
    const [row, was] = [now.kinds[kind] ?? { confirmed: 0, dismissed: 0 }, before?.kinds?.[kind]];
    lines.push(`  ${kind}: 确认 ${row.confirmed}${change(row.confirmed, was?.confirmed)}，排除 ${row.dismissed}${change(row.dismissed, was?.dismissed)}`);
  }
  for (const [why, n] of Object.entries(now.leftOut)) lines.push(`  未采用 ${why}: ${n}`);
  return lines;
}
