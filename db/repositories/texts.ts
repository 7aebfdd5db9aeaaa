/** Texts that repeat: founders of groups found by band keys, and which group the text of a post belongs to. */
import { sql } from 'drizzle-orm';
import type { PostInput } from '../../core/model/post.ts';
import type { Db } from '../connect.ts';

/** A bucket of the band index holds so many founders; what would stand there more often is a phrase of the trade, and says nothing. */
const BUCKET = 40;
/** Posts of a group that are looked at to count its employers; a larger group is a template anyway. */
const COUNTED = 300;

const list = (values: readonly (string | number | null)[], type: string) => sql`${sql.param(values)}::${sql.raw(type)}[]`;

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
  select k.key, b.group_id from unnest(${list(keys, 'bigint')}) k(key)
  cross join lateral (select group_id from text_band where key = k.key limit ${sql.raw(String(BUCKET))}) b`;

/** The groups whose founders share a band with these keys. */
export async function candidateGroups(tx: Db, keys: readonly number[]): Promise<Candidates> {
  const groups = new Map<number, string[]>();
  const founders = new Map<string, Buffer>();
  if (keys.length === 0) return { groups, founders, full: new Set() };
  const found = await tx.execute<{ key: string; group_id: string }>(candidateQuery(keys));
  for (const { key, group_id } of found.rows) {
    const at = Number(key);
    const known = groups.get(at);
    if (known) known.push(group_id);
    else groups.set(at, [group_id]);
  }
  const ids = [...new Set(found.rows.map((row) => row.group_id))];
  if (ids.length > 0) {
    const read = await tx.execute<{ id: string; signature: Buffer }>(sql`select id, signature from text_group where id = any(${list(ids, 'uuid')})`);
    for (const { id, signature } of read.rows) founders.set(id, signature);
  }
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

/** Versions of these posts that were compared already. */
export async function comparedVersions(tx: Db, postIds: readonly string[]): Promise<Map<string, { version: number; groupId: string | null }>> {
  const { rows } = await tx.execute<{ post_id: string; version: number; group_id: string | null }>(
    sql`select post_id, version, group_id from post_text where post_id = any(${list(postIds, 'uuid')})`,
  );
  return new Map(rows.map((row) => [row.post_id, { version: row.version, groupId: row.group_id }]));
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
  const count = (id: string | null | undefined, by: number): void => {
    if (id) change.set(id, (change.get(id) ?? 0) + by);
  };
  for (const { postId, groupId } of placed) {
    count(groupId, 1);
    count(before.get(postId)?.groupId, -1);
  }
  const ids = [...change.keys()].sort();
  const counted = sql.raw(String(COUNTED));
  await tx.execute(sql`
    with d as (select * from unnest(${list(ids, 'uuid')}, ${list(
      ids.map((id) => change.get(id) ?? 0),
      'int',
    )}) d(id, n)), held as (select g.id from text_group g join d on d.id = g.id order by g.id for update of g)
    update text_group g set posts = g.posts + d.n, employers = case when g.posts + d.n > ${counted} then g.employers else
      (select count(distinct employer)::int from (select employer from post_text where group_id = g.id limit ${counted}) e) end
    from d join held on held.id = d.id where g.id = d.id`);
}

/** Those of an account's posts whose text stood on another account first, as far as is known. */
export async function copiedPosts(tx: Db, accountId: string, postIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.execute<{ post_id: string }>(sql`
    select p.post_id from post_text p join network_thing t on t.id = p.group_id
    where p.post_id = any(${list(postIds, 'uuid')}) and t.first_account_id <> ${accountId}`);
  return new Set(rows.map((r) => r.post_id));
}

/** A post of a text, who published it and when. */
export interface Copy {
  readonly account: { readonly id: string; readonly name: string; readonly subjectName: string | null; readonly uscc: string | null };
  readonly post: Pick<PostInput, 'company' | 'title' | 'text' | 'imageText'>;
  readonly at: Date;
}
/** Where an account's posts stand among the posts of their texts. */
export interface Copies {
  /** Group and date of those posts whose text other accounts publish too. */
  readonly own: ReadonlyMap<string, { readonly groupId: string; readonly at: Date }>;
  /** The earliest posts of a group on other accounts, oldest first. */
  readonly others: ReadonlyMap<string, readonly Copy[]>;
}

/** Groups of one account that are looked at, and posts of others in each. */
const GROUPS = 500;
const EARLIEST = 30;

/** The posts of other accounts that say the same as these posts of one. */
export async function copiesElsewhere(tx: Db, accountId: string, postIds: readonly string[]): Promise<Copies> {
  const own = new Map<string, { groupId: string; at: Date }>();
  const others = new Map<string, Copy[]>();
  if (postIds.length === 0) return { own, others };
  const mine = await tx.execute<{ post_id: string; group_id: string; at: string }>(sql`
    select p.post_id, p.group_id, p.at from post_text p join network_thing t on t.id = p.group_id
    where p.post_id = any(${list(postIds, 'uuid')}) and t.accounts > 1`);
  for (const r of mine.rows) own.set(r.post_id, { groupId: r.group_id, at: new Date(r.at) });
  const groups = [...new Set(mine.rows.map((r) => r.group_id))].slice(0, GROUPS);
  if (groups.length === 0) return { own, others };
  const { rows } = await tx.execute<{
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
    select g.id as group_id, q.at, a.id, a.name, a.subject_name, a.uscc, f.company, f.title, f.text, f.input->>'imageText' as image_text
    from unnest(${list(groups, 'uuid')}) g(id) cross join lateral (
      select post_id, account_id, at from post_text where group_id = g.id and account_id <> ${accountId} order by at, post_id limit ${sql.raw(String(EARLIEST))}
    ) q join account a on a.id = q.account_id join post f on f.id = q.post_id order by q.at, q.post_id`);
  for (const r of rows) {
    const words = { title: r.title, text: r.text, ...(r.company ? { company: r.company } : {}), ...(r.image_text ? { imageText: r.image_text } : {}) };
    const copy = { account: { id: r.id, name: r.name, subjectName: r.subject_name, uscc: r.uscc }, post: words, at: new Date(r.at) };
    others.set(r.group_id, [...(others.get(r.group_id) ?? []), copy]);
  }
  return { own, others };
}

export interface RepeatedText {
  readonly postId: string;
  readonly groupId: string;
  readonly posts: number;
  /** Different employers its posts name. */
  readonly employers: number;
  /** Accounts that post it. */
  readonly accounts: number;
  readonly firstAt: Date;
  readonly firstAccountId: string;
  readonly firstPostId: string | null;
}

/** The repost groups of an account's posts, those of more than one post. */
export async function repeatedTexts(tx: Db, postIds: readonly string[]): Promise<RepeatedText[]> {
  if (postIds.length === 0) return [];
  const { rows } = await tx.execute<{
    post_id: string;
    group_id: string;
    posts: number;
    employers: number;
    accounts: number;
    first_at: string;
    first_account_id: string;
    first_post_id: string | null;
  }>(sql`
    select p.post_id, p.group_id, g.posts, g.employers, t.accounts, t.first_seen_at as first_at, t.first_account_id, t.first_post_id
    from post_text p join text_group g on g.id = p.group_id join network_thing t on t.id = p.group_id
    where p.post_id = any(${list(postIds, 'uuid')}) and g.posts > 1`);
  return rows.map((r) => ({
    postId: r.post_id,
    groupId: r.group_id,
    posts: r.posts,
    employers: r.employers,
    accounts: r.accounts,
    firstAt: new Date(r.first_at),
    firstAccountId: r.first_account_id,
    firstPostId: r.first_post_id,
  }));
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
