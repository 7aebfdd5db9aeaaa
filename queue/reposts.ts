/** Finds posts of accounts that repeat another party's post without naming it, from the texts linking has compared. */
import type { Cite } from '../classifiers/kind-articles.ts';
import { unsourcedRepost } from '../classifiers/network/reposts.ts';
import { resultOf } from '../classifiers/screen.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Db } from '../db/connect.ts';
import type { Account } from '../db/repositories/content.ts';
import { copiesElsewhere, type TextOfPost } from '../db/repositories/texts.ts';
import type { JobContext } from './context.ts';
import type { ScreenedPost } from './false-posting.ts';

interface Own {
  readonly post: PostInput;
  readonly at: Date;
}

/**
 * The posts as screened, with what earlier posts of their texts add; a post that already says it is a repost gets no second finding.
 * @param accounts whose posts these are @param texts the groups the posts' texts belong to
 */
export async function withReposts(
  ctx: JobContext,
  tx: Db,
  accounts: ReadonlyMap<string, Account>,
  screened: readonly ScreenedPost[],
  texts: ReadonlyMap<string, TextOfPost>,
): Promise<ScreenedPost[]> {
  const groups = new Map<string, Set<string>>();
  const mine = new Map<string, Own[]>();
  for (const { post } of screened) {
    const text = texts.get(post.id);
    if (!text || text.accounts <= 1) continue;
    const { groupId, at } = text;
    groups.set(post.accountId, (groups.get(post.accountId) ?? new Set()).add(groupId));
    const key = `${post.accountId}/${groupId}`;
    mine.set(key, [...(mine.get(key) ?? []), { post: post.input, at }]);
  }
  const others = await copiesElsewhere(tx, groups);
  if (others.size === 0) return [...screened];
  return screened.map((one) => {
    const { post, result } = one;
    const text = texts.get(post.id);
    const account = accounts.get(post.accountId);
    const copies = text && others.get(post.accountId)?.get(text.groupId);
    if (!copies || !account || result.findings.some((f) => f.kind === 'unsourced-repost')) return one;
    const cite: Cite = (articles) => ctx.cite(articles, post.lastSeenAt);
    const finding = unsourcedRepost({ account, post: post.input, at: text.at }, copies, mine.get(`${post.accountId}/${text.groupId}`) ?? [], cite);
    return finding ? { ...one, result: resultOf(result.id, [...result.findings, finding]) } : one;
  });
}
