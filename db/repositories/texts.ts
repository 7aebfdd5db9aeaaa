/** Texts that repeat: founders of groups found by band keys, and which group the text of a post belongs to. */
import { sql } from 'drizzle-orm';
import type { PostInput } from '../../core/model/post.ts';
import type { Db } from '../connect.ts';
import { list } from './list.ts';

/** A bucket of the band index holds so many founders; what would stand there more often is a phrase of the trade, and says nothing. */
const BUCKET = 40;
/** Posts of a group that are looked at to count its employers; a larger group is a template anyway. */
const COUNTED = 300;

export interface Founder {
  readonly id: string;
  readonly signature: Buffer;
}
export interface Candidates {
  /** Ids of groups by band key. */
  readonly groups: ReadonlyMap<number, readonly string[]>;
  readonly founders: ReadonlyMap<string, Buffer>;
  /** Keys whose bucket takes no more. */
  readonly full: ReadonlySet<number>;
}

/** The query of groups whose founders share a band with these keys. */
export const candidateQuery = (keys: readonly number[]) => sql`
  select k.key, string_agg(b.group_id::text, ',') as ids from unnest(${list(keys, 'bigint')}) k(key)
  cross join lateral (select group_id from text_band where key = k.key limit ${sql.raw(String(BUCKET))}) b group by k.key`;

/** Founders' signatures asked for lately. A group's id is made from what founded it, so that none of them can change. */
const kept = new Map<string, Buffer>();
const MOST_KEPT = 40_000;

async function signaturesOf(tx: Db, ids: ReadonlySet<string>): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const missing: string[] = [];
  for (const id of ids) {
    const known = kept.get(id);
    if (known) found.set(id, known);
    else missing.push(id);
  }
  if (missing.length === 0) return found;
  const { rows } = await tx.execute<Founder & Record<string, unknown>>(sql`select id, signature from text_group where id = any(${list(missing, 'uuid')})`);
  for (const { id, signature } of rows) {
    // Copied: it is cut from a buffer of the connection, which would be kept with it.
    const own = Buffer.from(signature);
    found.set(id, own);
    kept.set(id, own);
  }
  // The oldest go first, whatever they were asked for since: simple, and most are asked for within minutes or never again.
  for (const id of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(id);
  }
  return found;
}

/** The groups whose founders share a band with these keys. */
export async function candidateGroups(tx: Db, keys: readonly number[]): Promise<Candidates> {
  const groups = new Map<number, string[]>();
  if (keys.length === 0) return { groups, founders: new Map(), full: new Set() };
  const { rows } = await tx.execute<{ key: string; ids: string }>(candidateQuery(keys));
  const near = new Set<string>();
  for (const { key, ids } of rows) {
    const members = ids.split(',');
    groups.set(Number(key), members);
    for (const id of members) near.add(id);
  }
  const founders = await signaturesOf(tx, near);
  return { groups, founders, full: new Set([...groups].filter(([, members]) => members.length >= BUCKET).map(([key]) => key)) };
}

/** Founds groups; the same text founded in the same moment elsewhere is one group. */
export async function foundGroups(tx: Db, founders: readonly (Founder & { readonly keys: readonly number[] })[]): Promise<void> {
  if (founders.length === 0) return;
  const sorted = [...founders].sort((a, b) => (a.id < b.id ? -1 : 1));
  const signatures = sorted.map((f) => f.signature.toString('hex'));
  await tx.execute(sql`
    insert into text_group (id, signature) select id, decode(hex, 'hex')
    from unnest(${list(
      sorted.map((f) => f.id),
      'uuid',
    )}, ${list(signatures, 'text')}) f(id, hex) on conflict do nothing`);
  const bands = sorted.flatMap(({ id, keys }) => keys.map((key) => ({ id, key })));
  await tx.execute(sql`
    insert into text_band (key, group_id) select key, group_id
    from unnest(${list(
      bands.map((b) => b.key),
      'bigint',
    )}, ${list(
      bands.map((b) => b.id),
      'uuid',
    )}) b(key, group_id) order by 1, 2 on conflict do nothing`);
}

export interface PlacedText {
  readonly postId: string;
  readonly accountId: string;
  readonly groupId: string | null;
  readonly employer: string | null;
  readonly version: number;
  readonly similarity: number;
  readonly at: Date;
}

/** Notes where posts belong and keeps the counts of the groups they joined and left. */
export async function placeTexts(tx: Db, placed: readonly PlacedText[], before: ReadonlyMap<string, { groupId: string | null }>): Promise<void> {
  if (placed.length === 0) return;
  const column = (of: (p: PlacedText) => string | number | null, type: string) => list(placed.map(of), type);
  await tx.execute(sql`
    insert into post_text (post_id, group_id, account_id, employer, version, similarity, at)
    select * from unnest(${column((p) => p.postId, 'uuid')}, ${column((p) => p.groupId, 'uuid')}, ${column((p) => p.accountId, 'uuid')},
      ${column((p) => p.employer, 'text')}, ${column((p) => p.version, 'int')}, ${column((p) => p.similarity, 'real')}, ${column((p) => p.at.toISOString(), 'timestamptz')})
    on conflict (post_id) do update set group_id = excluded.group_id, account_id = excluded.account_id, employer = excluded.employer,
      version = excluded.version, similarity = excluded.similarity, at = excluded.at`);
  const change = new Map<string, number>();
  const employers = new Map<string, Set<string>>();
  const count = (id: string | null | undefined, by: number): void => {
    if (id) change.set(id, (change.get(id) ?? 0) + by);
  };
  for (const { postId, groupId, employer } of placed) {
    count(groupId, 1);
    count(before.get(postId)?.groupId, -1);
    if (groupId && employer !== null) employers.set(groupId, (employers.get(groupId) ?? new Set()).add(employer));
  }
  const ids = [...change.keys()].sort();
  const counted = sql.raw(String(COUNTED));
  // A group that was empty is made of these posts alone: nothing is read to count their employers.
  await tx.execute(sql`
    with d as (select * from unnest(${list(ids, 'uuid')}, ${list(
      ids.map((id) => change.get(id) ?? 0),
      'int',
    )}, ${list(
      ids.map((id) => employers.get(id)?.size ?? 0),
      'int',
    )}) d(id, n, e)), held as (select g.id from text_group g join d on d.id = g.id order by g.id for update of g)
    update text_group g set posts = g.posts + d.n, employers = case when g.posts + d.n > ${counted} then g.employers when g.posts = 0 then d.e else
      (select count(distinct employer)::int from (select employer from post_text where group_id = g.id limit ${counted}) e) end
    from d join held on held.id = d.id where g.id = d.id`);
}

/** Of these posts, those whose text stood on another account than the one given first, as far as is known. */
export async function copiedPosts(tx: Db, posts: readonly { readonly id: string; readonly accountId: string }[]): Promise<Set<string>> {
  const { rows } = await tx.execute<{ post_id: string }>(sql`
    select p.post_id from unnest(${list(
      posts.map((p) => p.id),
      'uuid',
    )}, ${list(
      posts.map((p) => p.accountId),
      'uuid',
    )}) g(id, account_id) join post_text p on p.post_id = g.id join network_thing t on t.id = p.group_id where t.first_account_id <> g.account_id`);
  return new Set(rows.map((r) => r.post_id));
}

/** A post of a text, who published it and when. */
export interface Copy {
  readonly account: { readonly id: string; readonly name: string; readonly subjectName: string | null; readonly uscc: string | null };
  readonly post: Pick<PostInput, 'company' | 'title' | 'text' | 'imageText'>;
  readonly at: Date;
}
/** The group a post's text belongs to, and what is known of it. */
export interface TextOfPost {
  readonly groupId: string;
  readonly at: Date;
  readonly posts: number;
  /** Different employers its posts name. */
  readonly employers: number;
  /** Accounts that post it. */
  readonly accounts: number;
  readonly firstAt: Date;
  readonly firstAccountId: string;
  readonly firstPostId: string | null;
}

/** The groups posts' texts belong to; posts too short to compare, or not compared yet, have none. */
export async function textsOfPosts(tx: Db, postIds: readonly string[]): Promise<Map<string, TextOfPost>> {
  if (postIds.length === 0) return new Map();
  const { rows } = await tx.execute<{
    post_id: string;
    group_id: string;
    at: string;
    posts: number;
    employers: number;
    accounts: number;
    first_at: string;
    first_account_id: string;
    first_post_id: string | null;
  }>(sql`
    select p.post_id, p.group_id, p.at, g.posts, g.employers, t.accounts, t.first_seen_at as first_at, t.first_account_id, t.first_post_id
    from post_text p join text_group g on g.id = p.group_id join network_thing t on t.id = p.group_id
    where p.post_id = any(${list(postIds, 'uuid')})`);
  const textOf = (r: (typeof rows)[number]): TextOfPost => ({
    groupId: r.group_id,
    at: new Date(r.at),
    posts: r.posts,
    employers: r.employers,
    accounts: r.accounts,
    firstAt: new Date(r.first_at),
    firstAccountId: r.first_account_id,
    firstPostId: r.first_post_id,
  });
  return new Map(rows.map((r) => [r.post_id, textOf(r)]));
}

/** Groups of one account that are looked at, and posts of others in each. */
const GROUPS = 500;
const EARLIEST = 30;

/**
 * The earliest posts of groups on other accounts than the one asked for.
 * @param of groups by account @returns by account and group, oldest first
 */
export async function copiesElsewhere(tx: Db, of: ReadonlyMap<string, ReadonlySet<string>>): Promise<Map<string, Map<string, Copy[]>>> {
  const asked = [...of].flatMap(([accountId, groups]) => [...groups].slice(0, GROUPS).map((groupId) => ({ accountId, groupId })));
  const copies = new Map<string, Map<string, Copy[]>>();
  if (asked.length === 0) return copies;
  const { rows } = await tx.execute<{
    mine: string;
    group_id: string;
    at: string;
    id: string;
    name: string;
    subject_name: string | null;
    uscc: string | null;
    company: string | null;
    title: string;
    text: string;
    image_text: string | null;
  }>(sql`
    select g.mine, g.id as group_id, q.at, a.id, a.name, a.subject_name, a.uscc, f.company, f.title, f.text, f.input->>'imageText' as image_text
    from unnest(${list(
      asked.map((a) => a.accountId),
      'uuid',
    )}, ${list(
      asked.map((a) => a.groupId),
      'uuid',
    )}) g(mine, id) cross join lateral (
      select post_id, account_id, at from post_text where group_id = g.id and account_id <> g.mine order by at, post_id limit ${sql.raw(String(EARLIEST))}
    ) q join account a on a.id = q.account_id join post f on f.id = q.post_id order by q.at, q.post_id`);
  for (const r of rows) {
    const words = { title: r.title, text: r.text, ...(r.company ? { company: r.company } : {}), ...(r.image_text ? { imageText: r.image_text } : {}) };
    const copy = { account: { id: r.id, name: r.name, subjectName: r.subject_name, uscc: r.uscc }, post: words, at: new Date(r.at) };
    const mine = copies.get(r.mine) ?? new Map<string, Copy[]>();
    copies.set(r.mine, mine.set(r.group_id, [...(mine.get(r.group_id) ?? []), copy]));
  }
  return copies;
}

/** Some employers that the posts of groups name: what a reader checks. */
export async function employersOfGroups(tx: Db, groupIds: readonly string[], each = 3): Promise<Map<string, string[]>> {
  if (groupIds.length === 0) return new Map();
  const { rows } = await tx.execute<{ id: string; names: string[] }>(sql`
    select g.id, e.names from unnest(${list(groupIds, 'uuid')}) g(id) cross join lateral (
      select (array_agg(distinct employer order by employer))[1:${sql.raw(String(each))}] as names
      from (select employer from post_text where group_id = g.id limit ${sql.raw(String(COUNTED))}) p where employer is not null
    ) e`);
  return new Map(rows.map((r) => [r.id, r.names ?? []]));
}
