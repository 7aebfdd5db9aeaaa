/** What of a night's posts is counted for drift: their length, what was found in them, their score, and for some how strongly the model spoke. */
import type { MarginBucket } from '../classifiers/model/watch.ts';
import type { ScreenResult } from '../core/model/finding.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Post } from '../db/repositories/content.ts';
import type { DriftCount } from '../db/repositories/drift.ts';

const LENGTHS = [50, 100, 200, 400, 800, 1_600];
const SCORES = [1, 21, 41, 61, 81];

/** `0050-0099`: in order when sorted as text. */
function rangeOf(value: number, edges: readonly number[]): string {
  const at = edges.filter((edge) => value >= edge).length;
  const four = (n: number): string => String(n).padStart(4, '0');
  const [from, to] = [edges[at - 1] ?? 0, edges[at]];
  return to === undefined ? `${four(from)}+` : `${four(from)}-${four(to - 1)}`;
}

/** One post in eight is asked for its margins: ids of posts end at random. */
const sampled = ({ id }: Post): boolean => id.endsWith('0') || id.endsWith('8');

/** @param margins how strongly the model speaks about a post */
export function countDrift(
  screened: readonly { readonly post: Post; readonly result: ScreenResult }[],
  margins: (post: PostInput) => readonly MarginBucket[],
): DriftCount[] {
  const counts = new Map<string, DriftCount>();
  const count = (measure: string, bucket: string): void => {
    const key = `${measure}\n${bucket}`;
    const known = counts.get(key);
    counts.set(key, { measure, bucket, posts: (known?.posts ?? 0) + 1 });
  };
  for (const { post, result } of screened) {
    const kinds = new Set(result.findings.filter((f) => !f.exempt).map((f) => f.kind));
    for (const kind of kinds) count('kind', kind);
    if (kinds.size === 0) count('kind', 'none');
    count('length', rangeOf(post.text.length, LENGTHS));
    count('score', rangeOf(result.score, SCORES));
    if (sampled(post)) for (const { measure, bucket } of margins(post.input)) count(measure, bucket);
  }
  return [...counts.values()];
}
