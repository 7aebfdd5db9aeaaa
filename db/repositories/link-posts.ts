/** What linking reads of accounts and their posts: no more of each row than it compares, in bounded pages. */
import { sql } from 'drizzle-orm';
import type { PostInput } from '../../core/model/post.ts';
import type { Db } from '../connect.ts';

const list = (values: readonly string[], type: string) => sql`${sql.param(values)}::${sql.raw(type)}[]`;
/** Posts of one account, the latest, by which its own numbers are told from repeated ones. */
const POSTS = 2_000;

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
    sql`select id, name, subject_name, uscc, alias, description, first_seen_at, last_seen_at from account where id = any(${list(ids, 'uuid')}) order by id for update`,
  );
  const states = await tx.execute<{ account_id: string; state: string }>(sql`
    select p.account_id, count(*) || '/' || sum(p.version) || '/' || max(p.id::text) || '/' || count(r.sha256) as state
    from post p left join post_picture i on i.post_id = p.id left join picture_reading r on r.sha256 = i.sha256
    where p.account_id = any(${list(ids, 'uuid')}) group by p.account_id`);
  const stateOf = new Map(states.rows.map((r) => [r.account_id, r.state]));
  return rows.map((r) => ({
    id: r.id,
    name: r.name,
    subjectName: r.subject_name,
    uscc: r.uscc,
    alias: r.alias,
    description: r.description,
    firstSeenAt: new Date(r.first_seen_at),
    lastSeenAt: new Date(r.last_seen_at),
    state: stateOf.get(r.id) ?? '',
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
const columns = sql.raw(`p.id, p.account_id, p.version, p.company, p.title, p.text, p.input->'contacts' as contacts, p.input->>'imageText' as image_text,
  case when p.published_at between p.first_seen_at - interval '5 years' and p.first_seen_at then p.published_at else p.first_seen_at end as at`);
const postOf = (r: Row): LinkPost => ({
  id: r.id,
  accountId: r.account_id,
  version: r.version,
  company: r.company,
  input: { title: r.title, text: r.text, ...(r.contacts ? { contacts: r.contacts } : {}), ...(r.image_text ? { imageText: r.image_text } : {}) },
  at: new Date(r.at),
});

/** The latest posts of an account, oldest first. */
export async function postsToLink(tx: Db, accountId: string): Promise<LinkPost[]> {
  const { rows } = await tx.execute<Row>(
    sql`select ${columns} from post p where p.account_id = ${accountId} order by p.id desc limit ${sql.raw(String(POSTS))}`,
  );
  return rows.map(postOf).sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
}

/** Posts whose text was not compared yet, or not this version of it, oldest first. */
export async function postsToCompare(tx: Db, accountIds: readonly string[], limit: number): Promise<LinkPost[]> {
  const { rows } = await tx.execute<Row>(sql`
    select ${columns} from post p left join post_text t on t.post_id = p.id
    where p.account_id = any(${list(accountIds, 'uuid')}) and t.version is distinct from p.version order by p.id limit ${limit}`);
  return rows.map(postOf).sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
}
