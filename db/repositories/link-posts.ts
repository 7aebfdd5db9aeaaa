/** What linking reads of accounts and their posts: no more of each row than it compares, in bounded pages. */
import { sql } from 'drizzle-orm';
import type { PostInput } from '../../core/model/post.ts';
import type { Db } from '../connect.ts';
import { list } from './list.ts';

/** Posts of one account, the latest, by which its own numbers are told from repeated ones. */
const POSTS = 2_000;
/** Characters of a post that are compared: thousands of posts are held at once, and one may be as long as a book. */
const WORDS = 20_000;

export interface LinkAccount {
  readonly id: string;
  readonly name: string;
  readonly subjectName: string | null;
  readonly uscc: string | null;
  readonly alias: string | null;
  readonly description: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Posts, their versions and the pictures of them that were read: the same again means nothing to compare. */
  readonly state: string;
  /** About how many posts it has, and not fewer. */
  readonly posts: number;
}

/** Accounts to link, locked in order, so that two linkings of one account come one after the other. */
export async function accountsToLink(tx: Db, ids: readonly string[]): Promise<LinkAccount[]> {
  const { rows } = await tx.execute<{
    id: string;
    name: string;
    subject_name: string | null;
    uscc: string | null;
    alias: string | null;
    description: string | null;
    first_seen_at: string;
    last_seen_at: string;
  }>(
    sql`select id, name, subject_name, uscc, alias, description, first_seen_at, last_seen_at from account where id = any(${list(ids, 'uuid')}) order by id for no key update`,
  );
  const states = await tx.execute<{ account_id: string; posts: number; state: string }>(sql`
    select p.account_id, count(*)::int as posts, count(*) || '/' || sum(p.version) || '/' || max(p.id::text) || '/' || count(r.sha256) as state
    from post p left join post_picture i on i.post_id = p.id left join picture_reading r on r.sha256 = i.sha256
    where p.account_id = any(${list(ids, 'uuid')}) group by p.account_id`);
  const stateOf = new Map(states.rows.map((r) => [r.account_id, r]));
  return rows.map((r) => ({
    id: r.id,
    name: r.name,
    subjectName: r.subject_name,
    uscc: r.uscc,
    alias: r.alias,
    description: r.description,
    firstSeenAt: new Date(r.first_seen_at),
    lastSeenAt: new Date(r.last_seen_at),
    state: stateOf.get(r.id)?.state ?? '',
    posts: stateOf.get(r.id)?.posts ?? 0,
  }));
}

export interface LinkPost {
  readonly id: string;
  readonly accountId: string;
  readonly version: number;
  readonly company: string | null;
  readonly input: Pick<PostInput, 'contacts' | 'title' | 'text' | 'imageText'>;
  /** When it was published where that can be, else when it was first seen. */
  readonly at: Date;
}

interface Row extends Record<string, unknown> {
  id: string;
  account_id: string;
  version: number;
  company: string | null;
  title: string;
  text: string;
  contacts: string[] | null;
  image_text: string | null;
  at: string;
}
/** A date of publication after the day it was seen, or many years before, is no date. */
const columns =
  sql.raw(`p.id, p.account_id, p.version, p.company, p.title, left(p.text, ${WORDS}) as text, p.input->'contacts' as contacts, left(p.input->>'imageText', ${WORDS}) as image_text,
  case when p.published_at between p.first_seen_at - interval '5 years' and p.first_seen_at then p.published_at else p.first_seen_at end as at`);
const postOf = (r: Row): LinkPost => ({
  id: r.id,
  accountId: r.account_id,
  version: r.version,
  company: r.company,
  input: { title: r.title, text: r.text, ...(r.contacts ? { contacts: r.contacts } : {}), ...(r.image_text ? { imageText: r.image_text } : {}) },
  at: new Date(r.at),
});

/** A post with what linking made of it the last time: version null where its text was not compared yet. */
export interface LinkedPost extends LinkPost {
  readonly compared: { readonly version: number; readonly groupId: string | null } | null;
}

/** Oldest first. */
export const inTime = (a: LinkPost, b: LinkPost): number => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1);
interface ComparedRow extends Row {
  compared_version: number | null;
  group_id: string | null;
}
const comparedOf = (r: ComparedRow): LinkedPost => ({
  ...postOf(r),
  compared: r.compared_version === null ? null : { version: r.compared_version, groupId: r.group_id },
});

/** The latest posts of each account, oldest first. @returns `whole` false for an account that has more */
export async function postsToLink(tx: Db, accountIds: readonly string[]): Promise<Map<string, { posts: LinkedPost[]; whole: boolean }>> {
  const { rows } = await tx.execute<ComparedRow>(sql`
    select p.*, t.version as compared_version, t.group_id from unnest(${list(accountIds, 'uuid')}) a(id)
    cross join lateral (select ${columns} from post p where p.account_id = a.id order by p.id desc limit ${sql.raw(String(POSTS))}) p
    left join post_text t on t.post_id = p.id`);
  const found = new Map<string, LinkedPost[]>(accountIds.map((id) => [id, []]));
  for (const row of rows) found.get(row.account_id)?.push(comparedOf(row));
  return new Map([...found].map(([id, posts]) => [id, { posts: posts.sort(inTime), whole: posts.length < POSTS }]));
}

/** Posts whose text was not compared yet, or not this version of it: the first `limit` of them, oldest first. */
export async function postsToCompare(tx: Db, accountIds: readonly string[], limit: number): Promise<LinkedPost[]> {
  const { rows } = await tx.execute<ComparedRow>(sql`
    select ${columns}, t.version as compared_version, t.group_id from post p left join post_text t on t.post_id = p.id
    where p.account_id = any(${list(accountIds, 'uuid')}) and t.version is distinct from p.version order by p.id limit ${limit}`);
  return rows.map(comparedOf).sort(inTime);
}
