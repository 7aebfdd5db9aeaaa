/** After a walk that reached its end: posts of its accounts that it did not meet are looked at again by their own address. */
import { adapterOfSource } from '../../crawlers/boards/adapter.ts';
import { hostMatches } from '../../crawlers/platforms/define.ts';
import type { Db } from '../../db/connect.ts';
import { unlistedPosts, watchUnlisted } from '../../db/repositories/revisit.ts';
import type { Source } from '../../db/repositories/source.ts';
import { revisited } from './revisit-posts.ts';

/** Of one walk; what is beyond comes up again after the next. */
const MOST_UNLISTED = 500;

/**
 * Only addresses of posts on the source's own site or a host the platform names: what a feed or a page merely mentions
 * is not ours to visit.
 */
export async function lookForUnlisted(tx: Db, source: Source, accountIds: readonly string[], since: Date, now: Date): Promise<void> {
  if (!(await revisited(tx)).includes(source.platform)) return;
  const adapter = adapterOfSource(source);
  const home = new URL(source.url).host;
  const missing = await unlistedPosts(tx, { accountIds, platform: source.platform, since, limit: MOST_UNLISTED });
  const named = adapter.hosts.filter((pattern) => !pattern.includes(':'));
  const ours = (url: string): boolean => {
    if (!URL.canParse(url)) return false;
    const target = new URL(url);
    return (target.host === home || hostMatches(named, target)) && adapter.kindOf(url) === 'post';
  };
  await watchUnlisted(
    tx,
    missing.map(({ id, url }) => ({ id, look: ours(url) })),
    source.platform,
    now,
  );
}
