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
import type { PictureCode } from '../core/model/picture.ts';
import { type Db, inTransaction, patiently } from '../db/connect.ts';
import { accountsToLink, type LinkAccount, type LinkPost, postsToCompare, postsToLink } from '../db/repositories/link-posts.ts';
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
import { candidateGroups, comparedVersions, copiedPosts, foundGroups, placeTexts } from '../db/repositories/texts.ts';
import type { JobContext } from './context.ts';

type LinkContext = Pick<JobContext, 'db' | 'clock'>;

/** What is read from accounts and posts, and how: another number links every account anew. */
export const LINK_VERSION = '1';
/** Posts whose texts are compared at once. */
const PAGE = 400;
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
  readonly posts: readonly LinkPost[];
}

/** Compares the posts of these accounts that changed, page by page. @returns what each account posts, by group */
async function compareTexts(tx: Db, accounts: readonly LinkAccount[]): Promise<Map<string, Map<string, TextSeen>>> {
  const seen = new Map<string, Map<string, TextSeen>>();
  const ids = accounts.map((a) => a.id);
  for (;;) {
    const posts = await postsToCompare(tx, ids, PAGE);
    if (posts.length === 0) return seen;
    const texts = posts.map((post) => ({ post, text: readText(post.input.text ?? '', post.company) }));
    const known = await candidateGroups(tx, [...new Set(texts.flatMap(({ text }) => text?.keys ?? []))]);
    const { placed, founded } = groupTexts(texts, known);
    await foundGroups(tx, founded);
    const before = await comparedVersions(
      tx,
      posts.map((p) => p.id),
    );
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
      before,
    );
    for (const { post, groupId } of placed) {
      if (groupId === null) continue;
      const mine = seen.get(post.accountId) ?? new Map<string, TextSeen>();
      const held = mine.get(groupId) ?? { groupId, label: excerpt(post.input.title || post.input.text || ''), posts: [] };
      mine.set(groupId, { ...held, posts: before.get(post.id)?.groupId === groupId ? held.posts : [...held.posts, post] });
      seen.set(post.accountId, mine);
    }
  }
}

/** The looks these pictures resemble, those seen for the first time founding their own. */
async function foundLooks(tx: Db, pictures: readonly PictureRow[]): Promise<Map<string, string>> {
  const looks = pictures.flatMap((picture) => tellingLook({ ...picture, codes: [] }) ?? []);
  if (looks.length === 0) return new Map();
  const { founderOf, founded } = groupLooks(looks, await candidateGroups(tx, [...new Set(looks.flatMap(lookKeys))]));
  await foundGroups(tx, founded);
  return founderOf;
}

async function shownBy(tx: Db, account: LinkAccount): Promise<{ things: Shown[]; at: Map<string, Date> }> {
  const posts = await postsToLink(tx, account.id);
  const pictures = new Map<string, PostSeen['pictures'][number][]>();
  const ids = posts.map((p) => p.id);
  const read = await picturesOfPosts(tx, ids);
  const copied = await copiedPosts(tx, account.id, ids);
  const founderOf = await foundLooks(tx, read);
  for (const { postId, codes, ...picture } of read) {
    const look = picture.look === null ? null : (founderOf.get(picture.look) ?? picture.look);
    const one = { ...picture, look, codes: codes as readonly Pick<PictureCode, 'payload' | 'kind'>[] };
    pictures.set(postId, [...(pictures.get(postId) ?? []), one]);
  }
  const things = thingsOf(
    account,
    posts.map((post) => ({ id: post.id, input: post.input, pictures: pictures.get(post.id) ?? [], copied: copied.has(post.id) })),
  );
  return { things, at: new Map(posts.map((post) => [post.id, post.at])) };
}

async function holdingsOf(tx: Db, account: LinkAccount, texts: ReadonlyMap<string, TextSeen>): Promise<Holding[]> {
  const { things, at } = await shownBy(tx, account);
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

const crossed = ({ before, after }: { before: number; after: number }): boolean => WORTH_STEPS.some((step) => before <= step !== after <= step);

/** Links accounts in the caller's transaction. @returns how many of them had changed */
export async function linkAccounts(tx: Db, ids: readonly string[], now: Date): Promise<number> {
  const all = await accountsToLink(tx, ids);
  const known = await linkedBefore(
    tx,
    all.map((a) => a.id),
  );
  const changed = all.filter((a) => known.get(a.id)?.digest !== digestOf(a));
  if (changed.length === 0) return 0;
  const outdated = changed.filter((a) => !known.get(a.id)?.digest.startsWith(`${LINK_VERSION}:`) && known.has(a.id));
  if (outdated.length > 0)
    await dropHoldings(
      tx,
      outdated.map((a) => a.id),
    );
  const texts = await compareTexts(tx, changed);
  const holdings: Holding[] = [];
  for (const account of changed) holdings.push(...(await holdingsOf(tx, account, texts.get(account.id) ?? new Map())));
  const counted = await saveHoldings(tx, holdings);
  const groups = await textsOfAccounts(
    tx,
    changed.map((a) => a.id),
  );
  const states = changed.map((a): LinkState => ({ accountId: a.id, digest: digestOf(a), texts: groups.get(a.id) ?? 0 }));
  await noteLinked(
    tx,
    states,
    counted.filter(crossed).map((c) => c.thingId),
    now,
  );
  return changed.length;
}

/** Links accounts in a transaction of their own; banned parties nobody linked yet come first, so that they are held against all of them. */
export async function linkAccountsNow(ctx: LinkContext, accountIds: readonly string[]): Promise<void> {
  for (;;) {
    const waiting = await unlinkedBanned(ctx.db, BATCH);
    if (waiting.length === 0) break;
    await inTransaction(ctx.db, (tx) => linkAccounts(tx, waiting, ctx.clock.now()));
  }
  await patiently(ctx.db, (tx) => linkAccounts(tx, accountIds, ctx.clock.now()));
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
    await inTransaction(ctx.db, async (tx) => {
      await linkAccounts(tx, ids, now);
      await saveLinkedSoFar(tx, { ...mine, after: ids.at(-1) ?? mine.after, done: ids.length < BATCH }, now);
    });
  }
}

/** Whether accounts wait to be linked for the first time. */
export async function linkingWaits(db: Db): Promise<boolean> {
  const so = await linkedSoFar(db);
  return so?.version !== LINK_VERSION || !so.done;
}

/** What a linked account shares with banned parties. */
export async function sharedWithBannedParties(tx: Db, accountId: string): Promise<SharedWithBanned[]> {
  const rows = await sharedWithBanned(tx, accountId);
  if (rows.length === 0) return [];
  const texts = (await linkedBefore(tx, [accountId])).get(accountId)?.texts ?? 0;
  return weighBanned(
    rows.map((r) => ({
      party: { id: r.accountId, name: r.name },
      kind: r.kind,
      label: r.label,
      entities: r.entities,
      ownA: r.ownHere,
      ownB: r.ownThere,
      texts: r.texts,
    })),
    texts,
  );
}
