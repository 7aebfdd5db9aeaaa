/**
 * Links accounts: what each shows, which of its posts repeat a text, and what it shares with banned parties. Done for
 * the posts that changed; the same again is no work. Every step reads and writes bounded pages, whatever the store holds.
 */

import { nameKey } from '../classifiers/licence/names.ts';
import { type SharedWithBanned, weighBanned } from '../classifiers/network/banned.ts';
import { groupLooks, lookKeys } from '../classifiers/network/group-looks.ts';
import { groupTexts, readText } from '../classifiers/network/group-texts.ts';
import { WORTH_STEPS } from '../classifiers/network/link.ts';
import { entityOf, masked, type PostSeen, type Shown, tellingLook, thingsOf } from '../classifiers/network/things.ts';
import { sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import type { PictureCode } from '../core/model/picture.ts';
import { type Db, inTransaction, patiently } from '../db/connect.ts';
import { accountsToLink, inTime, type LinkAccount, type LinkedPost, type LinkPost, postsToCompare, postsToLink } from '../db/repositories/link-posts.ts';
import {
  accountsAfter,
  dropHoldings,
  type Holding,
  type LinkState,
  linkedBefore,
  linkedSoFar,
  noteLinked,
  type PictureRow,
  picturesOfPosts,
  saveHoldings,
  saveLinkedSoFar,
  sharedWithBanned,
  textsOfAccounts,
  unlinkedBanned,
} from '../db/repositories/network.ts';
import { candidateGroups, copiedPosts, foundGroups, placeTexts } from '../db/repositories/texts.ts';
import type { JobContext } from './context.ts';
import { inPortions } from './portions.ts';

/** `mostPages`: compared in one transaction; as many as take a second or two unless told. */
type LinkContext = Pick<JobContext, 'db' | 'clock'> & Partial<Pick<JobContext, 'log'>> & { readonly mostPages?: number };

/** What is read from accounts and posts, and how: another number links every account anew. */
export const LINK_VERSION = '1';
/** Posts whose texts are compared at once. */
const PAGE = 400;
/** Pages compared in one transaction: an account may have a million posts, and a kill must not lose what was done of them. */
const MOST_PAGES = 20;
/** Posts held at once. */
const MOST_POSTS = 2_000;
/** Accounts linked in one transaction when all are linked. */
const BATCH = 40;
const EXCERPT = 18;

const digestOf = (a: LinkAccount): string => `${LINK_VERSION}:${sha256(JSON.stringify([a.subjectName, a.uscc, a.alias, a.description, a.state]))}`;
/** The beginning of a text, without what would reach anybody. */
const excerpt = (text: string): string => {
  const plain = text.slice(0, 400).replace(/[a-z\d_@.+-]{4,}/gi, masked);
  return [...plain.replace(/\s+/g, ' ').trim()].slice(0, EXCERPT).join('');
};

interface TextSeen {
  readonly groupId: string;
  readonly label: string;
  readonly posts: LinkPost[];
}
/** What each account posts, by group. */
type Seen = Map<string, Map<string, TextSeen>>;

/** Compares some posts with the texts there are and with one another, one after the other. */
async function comparePage(tx: Db, posts: readonly LinkedPost[], seen: Seen): Promise<void> {
  const texts = posts.map((post) => ({ post, text: readText(post.input.text ?? '', post.company) }));
  const known = await candidateGroups(tx, [...new Set(texts.flatMap(({ text }) => text?.keys ?? []))]);
  const { placed, founded } = groupTexts(texts, known);
  await foundGroups(tx, founded);
  await placeTexts(
    tx,
    placed.map(({ post, groupId, similarity }) => ({
      postId: post.id,
      accountId: post.accountId,
      groupId,
      employer: post.company?.trim() ? nameKey(post.company) : null,
      version: post.version,
      similarity,
      at: post.at,
    })),
    new Map(posts.flatMap((post) => (post.compared ? [[post.id, post.compared]] : []))),
  );
  for (const { post, groupId } of placed) {
    if (groupId === null) continue;
    const mine = seen.get(post.accountId) ?? new Map<string, TextSeen>();
    seen.set(post.accountId, mine);
    const held = mine.get(groupId) ?? { groupId, label: excerpt(post.input.title || post.input.text || ''), posts: [] };
    mine.set(groupId, held);
    if (post.compared?.groupId !== groupId) held.posts.push(post);
  }
}

interface Compared {
  readonly seen: Seen;
  /** Accounts of which more posts wait than are compared in one transaction. */
  readonly unfinished: readonly string[];
}

/** Compares the posts of these accounts that changed, page by page. @param read their latest posts, all of them where `whole` */
async function compareTexts(tx: Db, read: Awaited<ReturnType<typeof postsToLink>>, mostPages: number): Promise<Compared> {
  const seen: Seen = new Map();
  const inHand = [...read.values()].filter((r) => r.whole).flatMap((r) => r.posts);
  const changed = inHand.filter((post) => post.compared?.version !== post.version).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (let i = 0; i < changed.length; i += PAGE) {
    const page = changed.slice(i, i + PAGE);
    await comparePage(tx, page.sort(inTime), seen);
  }
  const larger = [...read].filter(([, r]) => !r.whole).map(([id]) => id);
  for (let pages = 0; larger.length > 0; pages += 1) {
    if (pages === mostPages) return { seen, unfinished: larger };
    const page = await postsToCompare(tx, larger, PAGE);
    if (page.length === 0) break;
    await comparePage(tx, page, seen);
  }
  return { seen, unfinished: [] };
}

/** The looks these pictures resemble, those seen for the first time founding their own. */
async function foundLooks(tx: Db, pictures: readonly PictureRow[]): Promise<Map<string, string>> {
  const looks = pictures.flatMap((picture) => tellingLook({ ...picture, codes: [] }) ?? []);
  if (looks.length === 0) return new Map();
  const { founderOf, founded } = groupLooks(looks, await candidateGroups(tx, [...new Set(looks.flatMap(lookKeys))]));
  await foundGroups(tx, founded);
  return founderOf;
}

interface OnAccount {
  readonly things: readonly Shown[];
  readonly at: ReadonlyMap<string, Date>;
}

/** What accounts show beside texts. */
async function shownBy(tx: Db, accounts: readonly LinkAccount[], read: Awaited<ReturnType<typeof postsToLink>>): Promise<Map<string, OnAccount>> {
  const posts = [...read.values()].flatMap((r) => r.posts);
  const seen = await picturesOfPosts(
    tx,
    posts.map((p) => p.id),
  );
  const copied = await copiedPosts(tx, posts);
  const founderOf = await foundLooks(tx, seen);
  const pictures = new Map<string, PostSeen['pictures'][number][]>();
  for (const { postId, codes, ...picture } of seen) {
    const look = picture.look === null ? null : (founderOf.get(picture.look) ?? picture.look);
    const one = { ...picture, look, codes: codes as readonly Pick<PictureCode, 'payload' | 'kind'>[] };
    pictures.set(postId, [...(pictures.get(postId) ?? []), one]);
  }
  return new Map(
    accounts.map((account) => {
      const mine = read.get(account.id)?.posts ?? [];
      const things = thingsOf(
        account,
        mine.map((post) => ({ id: post.id, input: post.input, pictures: pictures.get(post.id) ?? [], copied: copied.has(post.id) })),
      );
      return [account.id, { things, at: new Map(mine.map((post) => [post.id, post.at])) }];
    }),
  );
}

function holdingsOf(account: LinkAccount, { things, at }: OnAccount, texts: ReadonlyMap<string, TextSeen>): Holding[] {
  const base = { accountId: account.id, entity: entityOf(account), lastSeenAt: account.lastSeenAt };
  const shown = things.map(({ id, ...thing }): Holding => {
    const seenAt = thing.postId ? at.get(thing.postId) : undefined;
    return { ...base, ...thing, thingId: id, firstSeenAt: seenAt ?? account.firstSeenAt };
  });
  const said = [...texts.values()].map(
    ({ groupId, label, posts }): Holding => ({
      ...base,
      thingId: groupId,
      kind: 'text',
      label,
      own: true,
      posts: posts.length,
      postId: posts[0]?.id ?? null,
      firstSeenAt: posts[0]?.at ?? account.firstSeenAt,
    }),
  );
  return [...shown, ...said.filter((h) => h.posts > 0)];
}

/** Reads accounts with their posts and compares what changed. @returns what they show, and which are not through */
async function readAccounts(tx: Db, accounts: readonly LinkAccount[], mostPages: number): Promise<{ holdings: Holding[]; unfinished: readonly string[] }> {
  const read = await postsToLink(
    tx,
    accounts.map((a) => a.id),
  );
  const { seen, unfinished } = await compareTexts(tx, read, mostPages);
  const shown = await shownBy(tx, accounts, read);
  const holdings = accounts.flatMap((account) => {
    const on = shown.get(account.id);
    return on ? holdingsOf(account, on, seen.get(account.id) ?? new Map()) : [];
  });
  return { holdings, unfinished };
}

const crossed = ({ before, after }: { before: number; after: number }): boolean => WORTH_STEPS.some((step) => before <= step !== after <= step);

/**
 * Links accounts in the caller's transaction, or a part of what is to be compared of an account with very many posts.
 * @returns whether all are linked; if not, the next call goes on
 */
async function linkAccounts(tx: Db, ids: readonly string[], now: Date, mostPages: number): Promise<boolean> {
  const all = await accountsToLink(tx, ids);
  const known = await linkedBefore(
    tx,
    all.map((a) => a.id),
  );
  const changed = all.filter((a) => known.get(a.id)?.digest !== digestOf(a));
  if (changed.length === 0) return true;
  const outdated = changed.filter((a) => !known.get(a.id)?.digest.startsWith(`${LINK_VERSION}:`) && known.has(a.id));
  if (outdated.length > 0)
    await dropHoldings(
      tx,
      outdated.map((a) => a.id),
    );
  const holdings: Holding[] = [];
  const unfinished = new Set<string>();
  for (const some of inPortions(changed, (a) => a.posts, MOST_POSTS)) {
    const read = await readAccounts(tx, some, mostPages);
    holdings.push(...read.holdings);
    for (const id of read.unfinished) unfinished.add(id);
  }
  const counted = await saveHoldings(tx, holdings);
  const through = changed.filter((a) => !unfinished.has(a.id));
  const groups = await textsOfAccounts(
    tx,
    through.map((a) => a.id),
  );
  const states = through.map((a): LinkState => ({ accountId: a.id, digest: digestOf(a), texts: groups.get(a.id) ?? 0 }));
  await noteLinked(
    tx,
    states,
    counted.filter(crossed).map((c) => c.thingId),
    now,
  );
  return unfinished.size === 0;
}

/** Accounts that could not be worked on, with what stood in the way. */
export type Failures = ReadonlyMap<string, unknown>;

/** Works on accounts together; where that fails, one after the other, so that one that cannot be worked on stops no other. */
export async function eachWhereNotTogether(ids: readonly string[], work: (ids: readonly string[]) => Promise<unknown>): Promise<Failures> {
  const failures = new Map<string, unknown>();
  try {
    await work(ids);
    return failures;
  } catch (error) {
    const [only] = ids;
    if (only !== undefined && ids.length === 1) return failures.set(only, error);
  }
  for (const id of ids) await work([id]).catch((error: unknown) => void failures.set(id, error));
  return failures;
}

const linkSome = (ctx: LinkContext, accountIds: readonly string[], signal?: AbortSignal): Promise<Failures> =>
  eachWhereNotTogether(accountIds, async (ids) => {
    while (!(await patiently(ctx.db, (tx) => linkAccounts(tx, ids, ctx.clock.now(), ctx.mostPages ?? MOST_PAGES))))
      if (signal?.aborted) throw new PinchaError('INTERRUPTED', { reason: 'shutdown' });
  });

/**
 * Links accounts in a transaction of their own; banned parties nobody linked yet come first, so that they are held against
 * all of them. @returns those that could not be linked, or not before the signal aborted
 */
export async function linkWhatCan(ctx: LinkContext, accountIds: readonly string[], signal?: AbortSignal): Promise<Failures> {
  for (;;) {
    const waiting = await unlinkedBanned(ctx.db, BATCH);
    // Where none of them can be linked nothing is gained by trying again.
    if (waiting.length === 0 || (await linkSome(ctx, waiting, signal)).size === waiting.length) break;
  }
  return linkSome(ctx, accountIds, signal);
}

/** The same for accounts that must all be linked. @throws what stood in the way, INTERRUPTED when the signal aborted before */
export async function linkAccountsNow(ctx: LinkContext, accountIds: readonly string[], signal?: AbortSignal): Promise<void> {
  for (const error of (await linkWhatCan(ctx, accountIds, signal)).values()) throw error;
}

/**
 * Links the accounts that were there before linking was, or before it read what it reads now: once, in order of their
 * ids, taken up where it stopped. @returns whether all are linked
 */
export async function linkAll(ctx: LinkContext, signal?: AbortSignal): Promise<boolean> {
  for (;;) {
    const so = await linkedSoFar(ctx.db);
    const mine = so?.version === LINK_VERSION ? so : { version: LINK_VERSION, after: null, done: false };
    if (mine.done) return true;
    if (signal?.aborted) return false;
    const ids = await accountsAfter(ctx.db, mine.after, BATCH);
    const now = ctx.clock.now();
    const failures = await linkSome(ctx, ids, signal);
    if (signal?.aborted) return false;
    for (const [accountId, error] of failures) {
      // Where none can be linked it is not for the accounts; one alone is linked when it is screened.
      if (failures.size > 1 && failures.size === ids.length) throw error;
      ctx.log?.error({ accountId, error: reasonOf(error) }, 'account could not be linked');
    }
    // Killed before this, the same accounts are linked again, which is no work.
    await inTransaction(ctx.db, (tx) => saveLinkedSoFar(tx, { ...mine, after: ids.at(-1) ?? mine.after, done: ids.length < BATCH }, now));
  }
}

/** Whether accounts wait to be linked for the first time. */
export async function linkingWaits(db: Db): Promise<boolean> {
  const so = await linkedSoFar(db);
  return so?.version !== LINK_VERSION || !so.done;
}

/** What linked accounts share with banned parties, by account. */
export async function sharedWithBannedParties(tx: Db, accountIds: readonly string[]): Promise<Map<string, SharedWithBanned[]>> {
  const shared = await sharedWithBanned(tx, accountIds);
  if (shared.size === 0) return new Map();
  const linked = await linkedBefore(tx, [...shared.keys()]);
  return new Map(
    [...shared].map(([id, rows]) => [
      id,
      weighBanned(
        rows.map((r) => ({
          party: { id: r.accountId, name: r.name },
          kind: r.kind,
          label: r.label,
          entities: r.entities,
          ownA: r.ownHere,
          ownB: r.ownThere,
          texts: r.texts,
        })),
        linked.get(id)?.texts ?? 0,
      ),
    ]),
  );
}
