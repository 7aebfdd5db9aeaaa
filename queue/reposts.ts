/** Finds posts of an account that repeat another party's post without naming it, from the texts linking has compared. */
import type { Cite } from '../classifiers/kind-articles.ts';
import { unsourcedRepost } from '../classifiers/network/reposts.ts';
import { resultOf } from '../classifiers/screen.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Db } from '../db/connect.ts';
import type { Account } from '../db/repositories/content.ts';
import { copiesElsewhere } from '../db/repositories/texts.ts';
import type { JobContext } from './context.ts';
import type { ScreenedPost } from './false-posting.ts';

/** The posts as screened, with what earlier posts of their texts add; a post that already says it is a repost gets no second finding. */
export async function withReposts(ctx: JobContext, tx: Db, account: Account, screened: readonly ScreenedPost[]): Promise<ScreenedPost[]> {
  const { own, others } = await copiesElsewhere(
    tx,
    account.id,
    screened.map(({ post }) => post.id),
  );
  if (others.size === 0) return [...screened];
  const mine = new Map<string, { post: PostInput; at: Date }[]>();
  for (const { post } of screened) {
    const at = own.get(post.id);
    if (at) mine.set(at.groupId, [...(mine.get(at.groupId) ?? []), { post: post.input, at: at.at }]);
  }
  return screened.map((one) => {
    const place = own.get(one.post.id);
    if (!place || one.result.findings.some((f) => f.kind === 'unsourced-repost')) return one;
    const published = { account, post: one.post.input, at: place.at };
    const cite: Cite = (articles) => ctx.cite(articles, one.post.lastSeenAt);
    const finding = unsourcedRepost(published, others.get(place.groupId) ?? [], mine.get(place.groupId) ?? [], cite);
    return finding ? { ...one, result: resultOf(one.result.id, [...one.result.findings, finding]) } : one;
  });
}
