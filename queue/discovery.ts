/** Proposes what a stored page speaks of. Only posts that are new or changed are read for it; a search page always is. */

import type { PostInput } from '../core/model/post.ts';
import type { CrawlStep } from '../crawlers/crawl.ts';
import { accountsListedOn, accountsNamedIn, MOST_TEXT } from '../crawlers/discover.ts';
import { asRead } from '../crawlers/search-only.ts';
import type { Db } from '../db/connect.ts';
import { nameOfAccount } from '../db/repositories/content.ts';
import { propose } from '../db/repositories/discovery.ts';

/** Words without which a text names no account: most posts have none, and a file may hold millions. */
const MAY_NAME = /https?:|[@＠]|公众|订阅号|服务号|公号|微博|抖音|小红书|快手|[Bb]站|哔哩/;
/** Accounts of one batch whose posts are read for others. */
const MOST_SPEAKERS = 500;

/** Proposes what posts that were handed in speak of, as crawled ones do. In the transaction that stores them. */
export async function proposeFromPosts(
  tx: Db,
  posts: readonly { readonly accountId: string; readonly platform: string; readonly input: PostInput }[],
  captureId: string,
  now: Date,
): Promise<void> {
  const speakers = new Map<string, { platform: string; posts: PostInput[] }>();
  for (const { accountId, platform, input } of posts) {
    if (!MAY_NAME.test(`${input.title ?? ''}\n${input.text ?? ''}\n${input.imageText ?? ''}`.slice(0, MOST_TEXT))) continue;
    const known = speakers.get(accountId);
    if (known) known.posts.push(input);
    else if (speakers.size < MOST_SPEAKERS) speakers.set(accountId, { platform, posts: [input] });
  }
  for (const [id, speaker] of [...speakers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const named = accountsNamedIn(speaker.platform, speaker.posts);
    if (named.length > 0) await propose(tx, named, { id, name: await nameOfAccount(tx, id), postId: null, captureId }, now);
  }
}

interface Seen {
  readonly platform: string;
  readonly accountId: string | null;
  readonly captureId: string;
  readonly source: { readonly id: string; readonly name: string } | null;
  /** Whether a post of the page was new or different. */
  readonly fresh: boolean;
}

/** In the transaction that stores the page. */
export async function proposeFrom(tx: Db, step: CrawlStep, seen: Seen, now: Date): Promise<void> {
  if (step.outcome !== 'ok' || !step.parsed) return;
  const { platform, accountId, captureId, source } = seen;
  const whole = asRead(step.parsed);
  if (whole !== step.parsed && source) {
    const listed = accountsListedOn(platform, whole);
    await propose(tx, listed, { id: source.id, name: source.name, postId: null, captureId }, now);
    return;
  }
  if (!seen.fresh || !accountId) return;
  const named = accountsNamedIn(platform, step.posts);
  if (named.length === 0) return;
  const name = await nameOfAccount(tx, accountId);
  await propose(tx, named, { id: accountId, name, postId: null, captureId }, now);
}
