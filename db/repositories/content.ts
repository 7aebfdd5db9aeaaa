/** Accounts and posts as crawled or imported: written once, versioned when they change, never lost. */
import { and, asc, desc, eq, inArray, isNotNull, isNull, type SQLWrapper, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { AccountInput, PostInput } from '../../core/model/post.ts';
import { storable, storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { account, capture, post, postVersion } from '../schema/index.ts';
import { list } from './list.ts';
import { noteBanned } from './network.ts';
import { noteReturned } from './revisit.ts';
import { detailsOf, settledId } from './same-account.ts';

export type Account = typeof account.$inferSelect;
export type Post = typeof post.$inferSelect;
export type PostStatus = Post['status'];

const clean = (text: string | null | undefined): string | null => (text ? storableText(text) : null);

export interface SeenAccount {
  readonly platform: string;
  readonly input: AccountInput & { readonly url?: unknown };
  readonly url: string | null;
  readonly now: Date;
}

/** Adds an account or brings it up to date; fields this page does not show keep what is known. @returns its id */
export async function saveAccount(tx: Db, { platform, input, url, now }: SeenAccount): Promise<string> {
  const externalId = await settledId(tx, platform, input);
  const shown = {
    name: clean(input.name),
    alias: clean(input.alias),
    description: clean(input.description),
    subjectName: clean(input.subjectName),
    uscc: clean(input.uscc),
    category: clean(input.category),
    licenceNo: clean(input.licenceNo),
    verifiedAt: clean(input.verifiedAt),
    verified: input.verified ?? null,
    url,
  };
  const details = detailsOf(platform, input);
  const keep = Object.fromEntries(
    Object.keys(shown).map((key) => [key, sql`coalesce(excluded.${sql.identifier(snake(key))}, ${account[key as keyof typeof shown]})`]),
  );
  const [row] = await tx
    .insert(account)
    .values({
      ...shown,
      details,
      id: newId(),
      platform,
      externalId,
      name: shown.name ?? externalId,
      subjectType: input.subjectType ?? 'unknown',
      status: 'active',
      firstSeenAt: now,
      lastSeenAt: now,
    })
    .onConflictDoUpdate({
      target: [account.platform, account.externalId],
      set: {
        ...keep,
        details: sql`${account.details} || excluded.details`,
        name: shown.name ?? sql`${account.name}`,
        subjectType: input.subjectType && input.subjectType !== 'unknown' ? input.subjectType : sql`${account.subjectType}`,
        lastSeenAt: now,
      },
    })
    .returning({ id: account.id });
  return row?.id ?? '';
}
const snake = (key: string): string => key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** The name of an account, for telling who spoke. */
export async function nameOfAccount(tx: Db, accountId: string): Promise<string> {
  const [row] = await tx.select({ name: account.name }).from(account).where(eq(account.id, accountId));
  return row?.name ?? '';
}

export async function setAccountStatus(tx: Db, accountId: string, status: Account['status'], reason: string | null): Promise<void> {
  await tx
    .update(account)
    .set({ status, statusReason: clean(reason) })
    .where(eq(account.id, accountId));
}

/** The account a source's own page belongs to, by the address it was seen at. */
export async function accountByUrl(tx: Db, platform: string, url: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: account.id })
    .from(account)
    .where(and(eq(account.platform, platform), eq(account.url, url)))
    .limit(1);
  return row?.id ?? null;
}

/** The account that the newest capture of an address belongs to; null when none did. */
export async function accountLastSeenAt(tx: Db, url: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: capture.accountId })
    .from(capture)
    .where(and(eq(capture.url, url), isNotNull(capture.accountId)))
    .orderBy(desc(capture.fetchedAt))
    .limit(1);
  return row?.id ?? null;
}

export interface SeenPost {
  readonly accountId: string;
  readonly platform: string;
  readonly externalId: string;
  readonly input: PostInput;
  readonly contentSha256: string;
  readonly captureId: string | null;
  readonly publishedAt: Date | null;
  readonly now: Date;
}

const LIVE = { status: 'live', statusReason: null, goneAt: null, goneBy: null, goneCaptureId: null } as const;

/** Adds a post, a new version of it, or notes that it was seen unchanged. */
export async function savePost(tx: Db, seen: SeenPost): Promise<{ postId: string; change: 'new' | 'changed' | 'same' }> {
  const { accountId, platform, externalId, contentSha256, captureId, publishedAt, now } = seen;
  const input = storable(seen.input);
  const [known] = await tx
    .select({ id: post.id, sha: post.contentSha256, version: post.version, status: post.status })
    .from(post)
    .where(and(eq(post.platform, platform), eq(post.externalId, externalId)))
    .for('update');
  // Gone for a while and back: when it came back is kept as well.
  if (known && known.status !== 'live') await noteReturned(tx, known.id, captureId, now);
  if (known && known.sha === contentSha256) {
    await tx
      .update(post)
      .set({ lastSeenAt: now, ...LIVE, accountId })
      .where(eq(post.id, known.id));
    return { postId: known.id, change: 'same' };
  }
  const content = {
    accountId,
    url: clean(input.url),
    title: clean(input.title) ?? '',
    company: clean(input.company),
    salary: clean(input.salary),
    location: clean(input.location),
    text: clean(input.text) ?? '',
    input,
    publishedAt,
    ...LIVE,
    contentSha256,
    captureId,
    lastSeenAt: now,
    screenedWith: null,
  };
  const version = (known?.version ?? 0) + 1;
  const postId = known?.id ?? newId();
  if (known)
    await tx
      .update(post)
      .set({ ...content, version })
      .where(eq(post.id, postId));
  else {
    const added = await tx
      .insert(post)
      .values({ id: postId, platform, externalId, version, firstSeenAt: now, ...content })
      .onConflictDoNothing()
      .returning({ id: post.id });
    // Another walk added it in the same moment: now it is known.
    if (added.length === 0) return savePost(tx, seen);
  }
  await tx.insert(postVersion).values({ id: newId(), postId, version, contentSha256, input, captureId, seenAt: now });
  return { postId, change: known ? 'changed' : 'new' };
}

/** A post seen unchanged (304) at an address. @returns its account */
export async function touchPostByUrl(tx: Db, platform: string, url: string, now: Date): Promise<string | null> {
  const here = and(eq(post.platform, platform), eq(post.url, url));
  const known = await tx.select({ id: post.id, accountId: post.accountId, status: post.status }).from(post).where(here);
  // Unchanged since it last stood there: what was gone meanwhile is back.
  for (const back of known.filter((p) => p.status !== 'live')) await noteReturned(tx, back.id, null, now);
  await tx
    .update(post)
    .set({ lastSeenAt: now, ...LIVE })
    .where(here);
  return known[0]?.accountId ?? null;
}

/**
 * Accounts with their rows locked in order of their ids, so that two screenings of one come one after the other; those that are no more are left out.
 * Whoever only refers to an account (a notice that is approved) goes on meanwhile: it may hold the case that screening waits for.
 */
export async function lockAccounts(tx: Db, ids: readonly string[]): Promise<Account[]> {
  return tx
    .select()
    .from(account)
    .where(inArray(account.id, [...ids]))
    .orderBy(asc(account.id))
    .for('no key update');
}

/** Bytes a post takes in memory, roughly: its words, and what it was read from, which is stored packed. Told without unpacking either. */
const bytesOf = (text: SQLWrapper, input: SQLWrapper) => sql<number>`(octet_length(${text}) + 4 * pg_column_size(${input}))::float8`;

/** How many posts each of these accounts has and how large they are, counted up to `most`; accounts without posts are left out. */
export async function sizesOfPosts(
  db: Db,
  accountIds: readonly string[],
  most: number,
): Promise<Map<string, { readonly posts: number; readonly bytes: number }>> {
  const { rows } = await db.execute<{ id: string; posts: number; bytes: number }>(sql`
    select a.id, n.posts, n.bytes from unnest(${list(accountIds, 'uuid')}) a(id)
    cross join lateral (select count(*)::int as posts, sum(bytes) as bytes
      from (select ${bytesOf(sql.raw('p.text'), sql.raw('p.input'))} as bytes from ${post} p where p.account_id = a.id limit ${most}) p) n where n.posts > 0`);
  return new Map(rows.map(({ id, posts, bytes }) => [id, { posts, bytes }]));
}

/** The posts of accounts that are not gone, newest version each and oldest first, at most `limit` of all. */
export const postsOfAccounts = (tx: Db, accountIds: readonly string[], limit: number): Promise<Post[]> =>
  tx
    .select()
    .from(post)
    .where(and(inArray(post.accountId, [...accountIds]), inArray(post.status, ['live', 'expired'])))
    .orderBy(asc(post.id))
    .limit(limit);

/** The same of one account. */
export const postsOfAccount = (tx: Db, accountId: string, limit = 5_000): Promise<Post[]> => postsOfAccounts(tx, [accountId], limit);

/** The first of these posts that take no more than so many bytes together, and one in any case. */
function within(posts: readonly { readonly id: string; readonly bytes: number }[], most: number): string[] {
  let sum = 0;
  const end = posts.findIndex(({ bytes }) => {
    sum += bytes;
    return sum > most;
  });
  return posts.slice(0, end < 0 ? posts.length : Math.max(1, end)).map(({ id }) => id);
}

/**
 * The posts an account is judged by when it has more than are held at once: those not screened yet, oldest first, then
 * the ones that weigh most. Screened again and again, every post has its turn.
 * @param most posts, and bytes of them
 */
export async function weightiestPosts(
  tx: Db,
  accountId: string,
  most: { readonly posts: number; readonly bytes: number },
): Promise<{ posts: Post[]; total: number; unscreened: number }> {
  const live = and(eq(post.accountId, accountId), inArray(post.status, ['live', 'expired']));
  const sized = { id: post.id, bytes: bytesOf(post.text, post.input) };
  const waiting = await tx
    .select(sized)
    .from(post)
    .where(and(live, isNull(post.screenedWith)))
    .orderBy(asc(post.id))
    .limit(Math.floor(most.posts / 2));
  const fresh = within(waiting, most.bytes / 2);
  const known = await tx
    .select(sized)
    .from(post)
    .where(and(live, isNotNull(post.screenedWith)))
    .orderBy(desc(post.score), desc(post.id))
    .limit(most.posts - fresh.length);
  const ids = [...fresh, ...within(known, most.bytes / 2)];
  const posts = await tx
    .select()
    .from(post)
    .where(sql`${post.id} = any(${list(ids, 'uuid')})`)
    .orderBy(asc(post.id));
  const [n] = await tx
    .select({ total: sql<number>`count(*)::int`, unscreened: sql<number>`count(*) filter (where ${post.screenedWith} is null)::int` })
    .from(post)
    .where(live);
  return { posts, total: n?.total ?? posts.length, unscreened: (n?.unscreened ?? 0) - fresh.length };
}

/** Notes what screening made of posts, all in one statement. */
export async function savePostScreening(tx: Db, rows: readonly { id: string; level: Post['level']; score: number }[], screenedWith: string): Promise<void> {
  if (rows.length === 0) return;
  const column = (values: readonly (string | number)[], type: string) => sql`unnest(${sql.param(values)}::${sql.raw(type)}[])`;
  const told = sql`select ${column(
    rows.map((r) => r.id),
    'uuid',
  )} as id, ${column(
    rows.map((r) => r.level),
    'text',
  )} as level, ${column(
    rows.map((r) => r.score),
    'int',
  )} as score`;
  await tx.execute(sql`update ${post} p set level = s.level, score = s.score, screened_with = ${screenedWith} from (${told}) s where p.id = s.id`);
}

export type AccountScreening = Pick<Account, 'id' | 'score' | 'level' | 'subjectType' | 'licenceVerdict' | 'licenceMatch' | 'postCount'>;

/** Notes what screening made of accounts, all in one statement. */
export async function saveAccountScreenings(tx: Db, rows: readonly AccountScreening[], screenedAt: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update ${account} a set score = s.score, level = s.level, subject_type = s."subjectType", licence_verdict = s."licenceVerdict", licence_match = s."licenceMatch",
      post_count = s."postCount", screened_at = ${screenedAt.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(storable(rows))}::json) s(id uuid, score int, level text, "subjectType" text, "licenceVerdict" text, "licenceMatch" jsonb, "postCount" int)
    where a.id = s.id`);
}

/** Puts an account on the 异常名录. */
export async function markBanned(tx: Db, accountId: string, reason: string): Promise<void> {
  await tx
    .update(account)
    .set({ banned: true, status: 'suspended', statusReason: clean(reason) })
    .where(eq(account.id, accountId));
  await noteBanned(tx, [accountId]);
}
