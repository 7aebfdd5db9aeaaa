/** Proposes what a stored page speaks of. Only posts that are new or changed are read for it; a search page always is. */

import type { CrawlStep } from '../crawlers/crawl.ts';
import { accountsListedOn, accountsNamedIn } from '../crawlers/discover.ts';
import { asRead } from '../crawlers/search-only.ts';
import type { Db } from '../db/connect.ts';
import { nameOfAccount } from '../db/repositories/content.ts';
import { propose } from '../db/repositories/discovery.ts';

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
