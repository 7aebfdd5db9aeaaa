/** What accounts share: things and who shows them, counted as they come, and whom a change concerns. */
import { sql } from 'drizzle-orm';
import type { ThingKind } from '../../core/model/network.ts';
import type { Db } from '../connect.ts';
import { list } from './list.ts';

/** Holders that are looked at to count the parties behind a thing. */
const COUNTED = 200;
/** A thing on more accounts says nothing of who is who, and is not searched for banned parties. */
const COMMON = 1_000;
/** Holders of one thing that are compared with one another; a chain through the first ones joins the rest. */
const HOLDERS = 40;
/** Parties from which on a thing links nobody. */
const MOST_ENTITIES = 60;

export interface Holding {
  readonly accountId: string;
  readonly entity: string;
  readonly thingId: string;
  readonly kind: ThingKind;
  readonly label: string;
  readonly own: boolean;
  /** Posts that show it; of a text, those that were not counted before. */
  readonly posts: number;
  readonly postId: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

const byThing = (a: Holding, b: Holding): number => (a.thingId < b.thingId ? -1 : a.thingId > b.thingId ? 1 : a.accountId < b.accountId ? -1 : 1);

async function saveThings(tx: Db, holdings: readonly Holding[]): Promise<void> {
  const first = new Map<string, Holding>();
  for (const h of holdings) {
    const known = first.get(h.thingId);
    if (!known || h.firstSeenAt < known.firstSeenAt) first.set(h.thingId, h);
  }
  const rows = [...first.values()].sort(byThing);
  const column = (of: (h: Holding) => string | null, type: string) => list(rows.map(of), type);
  await tx.execute(sql`
    insert into network_thing (id, kind, label, first_seen_at, first_account_id, first_post_id)
    select * from unnest(${column((h) => h.thingId, 'uuid')}, ${column((h) => h.kind, 'text')}, ${column((h) => h.label, 'text')},
      ${column((h) => h.firstSeenAt.toISOString(), 'timestamptz')}, ${column((h) => h.accountId, 'uuid')}, ${column((h) => h.postId, 'uuid')})
    on conflict (id) do update set first_seen_at = excluded.first_seen_at, first_account_id = excluded.first_account_id, first_post_id = excluded.first_post_id
      where excluded.first_seen_at < network_thing.first_seen_at`);
}

/**
 * Notes what accounts show.
 * @returns the things whose number of parties changed, before and after
 */
export async function saveHoldings(tx: Db, holdings: readonly Holding[]): Promise<{ thingId: string; before: number; after: number }[]> {
  if (holdings.length === 0) return [];
  await saveThings(tx, holdings);
  const rows = [...holdings].sort(byThing);
  const column = (of: (h: Holding) => string | number | null, type: string) => list(rows.map(of), type);
  const done = await tx.execute<{ thing_id: string; added: boolean }>(sql`
    insert into network_holding (thing_id, account_id, entity, own, posts, post_id, first_seen_at, last_seen_at)
    select * from unnest(${column((h) => h.thingId, 'uuid')}, ${column((h) => h.accountId, 'uuid')}, ${column((h) => h.entity, 'text')},
      ${column((h) => Number(h.own), 'int')}, ${column((h) => h.posts, 'int')}, ${column((h) => h.postId, 'uuid')},
      ${column((h) => h.firstSeenAt.toISOString(), 'timestamptz')}, ${column((h) => h.lastSeenAt.toISOString(), 'timestamptz')})
    on conflict (thing_id, account_id) do update set entity = excluded.entity, own = excluded.own,
      posts = excluded.posts + case when (select kind from network_thing t where t.id = excluded.thing_id) = 'text' then network_holding.posts else 0 end,
      first_seen_at = least(network_holding.first_seen_at, excluded.first_seen_at), last_seen_at = excluded.last_seen_at
    returning thing_id, (xmax = 0) as added`);
  await noteBanned(tx, [...new Set(rows.map((h) => h.accountId))]);
  const added = new Map<string, number>();
  for (const { thing_id, added: fresh } of done.rows) added.set(thing_id, (added.get(thing_id) ?? 0) + Number(fresh));
  return recount(tx, added);
}

/** Marks what banned ones among these accounts show; called when holdings are saved and when an account is banned. A mark stays: it only says where to look. */
export async function noteBanned(tx: Db, accountIds: readonly string[]): Promise<void> {
  const { rows } = await tx.execute<{ id: string }>(sql`select id from account where id = any(${list(accountIds, 'uuid')}) and banned`);
  if (rows.length === 0) return;
  await tx.execute(sql`
    with held as (select t.id from network_holding h join network_thing t on t.id = h.thing_id and not t.banned_shows
      where h.account_id = any(${list(
        rows.map(({ id }) => id),
        'uuid',
      )}) order by t.id for update of t)
    update network_thing t set banned_shows = true from held where t.id = held.id`);
}

/** Brings the counts of things up to date, in one order so that two transactions never wait for each other. */
async function recount(tx: Db, change: ReadonlyMap<string, number>): Promise<{ thingId: string; before: number; after: number }[]> {
  const ids = [...change.keys()].filter((id) => change.get(id) !== 0).sort();
  if (ids.length === 0) return [];
  const counted = sql.raw(String(COUNTED));
  const { rows } = await tx.execute<{ id: string; before: number; after: number }>(sql`
    with d as (select * from unnest(${list(ids, 'uuid')}, ${list(
      ids.map((id) => change.get(id) ?? 0),
      'int',
    )}) d(id, n)), held as (select t.id, t.entities, t.accounts from network_thing t join d on d.id = t.id order by t.id for update of t)
    update network_thing t set accounts = held.accounts + d.n, entities = case when held.accounts + d.n > ${counted} then greatest(held.entities, ${counted})
      when held.accounts = 0 and d.n = 1 then 1 else
      (select count(distinct entity)::int from (select entity from network_holding where thing_id = t.id limit ${counted}) e) end
    from d join held on held.id = d.id where t.id = d.id
    returning t.id, held.entities as before, t.entities as after`);
  return rows.filter((r) => r.before !== r.after).map((r) => ({ thingId: r.id, before: r.before, after: r.after }));
}

/** Forgets what accounts were said to show, texts excepted, when it is read in another way now. */
export async function dropHoldings(tx: Db, accountIds: readonly string[]): Promise<void> {
  const { rows } = await tx.execute<{ thing_id: string }>(sql`
    delete from network_holding h using network_thing t where t.id = h.thing_id and t.kind <> 'text' and h.account_id = any(${list(accountIds, 'uuid')})
    returning h.thing_id`);
  const gone = new Map<string, number>();
  for (const { thing_id } of rows) gone.set(thing_id, (gone.get(thing_id) ?? 0) - 1);
  await recount(tx, gone);
}

export interface LinkState {
  readonly accountId: string;
  readonly digest: string;
  readonly texts: number;
}

/** What was linked of these accounts the last time. */
export async function linkedBefore(tx: Db, accountIds: readonly string[]): Promise<Map<string, LinkState>> {
  const { rows } = await tx.execute<{ account_id: string; digest: string; texts: number }>(
    sql`select account_id, digest, texts from network_account where account_id = any(${list(accountIds, 'uuid')})`,
  );
  return new Map(rows.map((r) => [r.account_id, { accountId: r.account_id, digest: r.digest, texts: r.texts }]));
}

/** Ends the linking of accounts: they, and whoever holds one of these things, may belong elsewhere now. */
export async function noteLinked(tx: Db, linked: readonly LinkState[], changedThings: readonly string[], now: Date): Promise<void> {
  const states = [...linked].sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
  const ids = states.map((s) => s.accountId);
  const others =
    changedThings.length === 0
      ? []
      : (
          await tx.execute<{ account_id: string }>(sql`
            select distinct h.account_id from unnest(${list(changedThings, 'uuid')}) c(id)
            cross join lateral (select account_id from network_holding where thing_id = c.id order by account_id limit ${sql.raw(String(HOLDERS))}) h`)
        ).rows.map((r) => r.account_id);
  // One statement locks all rows it will write, in order: two linkings never wait for each other in a circle.
  await tx.execute(sql`select 1 from network_account where account_id = any(${list([...ids, ...others], 'uuid')}) order by account_id for update`);
  await tx.execute(sql`
    insert into network_account (account_id, digest, texts, linked_at, dirty)
    select a, d, t, ${now.toISOString()}::timestamptz, 1 from unnest(${list(ids, 'uuid')}, ${list(
      states.map((s) => s.digest),
      'text',
    )}, ${list(
      states.map((s) => s.texts),
      'int',
    )}) s(a, d, t)
    on conflict (account_id) do update set digest = excluded.digest, texts = excluded.texts, linked_at = excluded.linked_at, dirty = network_account.dirty + 1`);
  const mine = new Set(ids);
  const rest = others.filter((id) => !mine.has(id));
  if (rest.length > 0) await tx.execute(sql`update network_account set dirty = dirty + 1 where account_id = any(${list(rest, 'uuid')})`);
}

/**
 * Takes a thing off as a link, or puts it back; whoever shows it is looked at again.
 * @returns false when there is no such thing
 */
export async function ignoreThing(tx: Db, thingId: string, ignored: { by: string; reason: string } | null, now: Date): Promise<boolean> {
  const at = ignored ? sql`${now.toISOString()}::timestamptz` : sql`null`;
  const { rows } = await tx.execute<{ id: string }>(sql`
    update network_thing set ignored_at = ${at}, ignored_by = ${ignored?.by ?? null}, ignored_reason = ${ignored?.reason ?? null} where id = ${thingId} returning id`);
  if (rows.length === 0) return false;
  await tx.execute(sql`
    with held as (select n.account_id from network_account n join network_holding h on h.account_id = n.account_id
      where h.thing_id = ${thingId} order by n.account_id limit ${sql.raw(String(COMMON))} for update of n)
    update network_account n set dirty = dirty + 1 from held where n.account_id = held.account_id`);
  return true;
}

export interface BannedSharing {
  readonly accountId: string;
  readonly name: string;
  readonly statusReason: string | null;
  readonly kind: ThingKind;
  readonly label: string;
  readonly entities: number;
  readonly ownHere: boolean;
  readonly ownThere: boolean;
  /** Text groups the banned account took part in. */
  readonly texts: number;
}

/** The query of what accounts share with banned ones, at most `limit` things each. */
export const bannedQuery = (accountIds: readonly string[], limit: number) => sql`
  select s.* from unnest(${list(accountIds, 'uuid')}) of(id) cross join lateral (
    select mine.account_id as mine, a.id as account_id, a.name, a.status_reason, t.kind, t.label, t.entities, mine.own as here, other.own as there, coalesce(n.texts, 0) as texts
    from network_holding mine
    join network_thing t on t.id = mine.thing_id and t.banned_shows and t.ignored_at is null and t.accounts between 2 and ${sql.raw(String(COMMON))}
    join network_holding other on other.thing_id = mine.thing_id and other.account_id <> mine.account_id
    join account a on a.id = other.account_id and a.banned
    left join network_account n on n.account_id = a.id
    where mine.account_id = of.id order by t.id, a.id limit ${limit}) s`;

/** What accounts share with banned ones, by account; those that share nothing are left out. Things that very many accounts show do not count. */
export async function sharedWithBanned(tx: Db, accountIds: readonly string[], limit = 1_000): Promise<Map<string, BannedSharing[]>> {
  const { rows } = await tx.execute<{
    mine: string;
    account_id: string;
    name: string;
    status_reason: string | null;
    kind: ThingKind;
    label: string;
    entities: number;
    here: number;
    there: number;
    texts: number;
  }>(bannedQuery(accountIds, limit));
  const shared = new Map<string, BannedSharing[]>();
  for (const r of rows) {
    const one = {
      accountId: r.account_id,
      name: r.name,
      statusReason: r.status_reason,
      kind: r.kind,
      label: r.label,
      entities: r.entities,
      ownHere: r.here > 0,
      ownThere: r.there > 0,
      texts: r.texts,
    };
    const known = shared.get(r.mine);
    if (known) known.push(one);
    else shared.set(r.mine, [one]);
  }
  return shared;
}

/** Banned accounts that were never linked (imported, or banned before there was linking). */
export async function unlinkedBanned(tx: Db, limit: number): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from account a where banned and not exists (select 1 from network_account n where n.account_id = a.id) order by id limit ${limit}`,
  );
  return rows.map((r) => r.id);
}

/** How many text groups accounts take part in. */
export async function textsOfAccounts(tx: Db, accountIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ account_id: string; n: number }>(sql`
    select h.account_id, count(*)::int as n from network_holding h join network_thing t on t.id = h.thing_id and t.kind = 'text'
    where h.account_id = any(${list(accountIds, 'uuid')}) group by h.account_id`);
  return new Map(rows.map((r) => [r.account_id, r.n]));
}

interface Swept {
  readonly version: string;
  readonly after: string | null;
  readonly done: boolean;
}
const SWEPT = 'network.linked';

/** How far linking all accounts there are has come. */
export async function linkedSoFar(tx: Db): Promise<Swept | null> {
  const { rows } = await tx.execute<{ value: Swept }>(sql`select value from setting where key = ${SWEPT}`);
  return rows[0]?.value ?? null;
}

export async function saveLinkedSoFar(tx: Db, swept: Swept, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into setting (key, value, updated_at) values (${SWEPT}, ${JSON.stringify(swept)}::jsonb, ${now.toISOString()}::timestamptz)
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`);
}

/** Accounts in order of their ids, for linking all there are. */
export async function accountsAfter(tx: Db, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from account where ${after === null ? sql`true` : sql`id > ${after}::uuid`} order by id limit ${limit}`,
  );
  return rows.map((r) => r.id);
}

export interface PictureRow {
  readonly postId: string;
  readonly look: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly codes: readonly { readonly payload: string; readonly kind: string }[];
}

/** What was read from the pictures of posts. */
export async function picturesOfPosts(tx: Db, postIds: readonly string[]): Promise<PictureRow[]> {
  const { rows } = await tx.execute<{ post_id: string; look: string | null; width: number | null; height: number | null; codes: PictureRow['codes'] }>(sql`
    select p.post_id, r.look, r.width, r.height, r.codes from post_picture p join picture_reading r on r.sha256 = p.sha256
    where p.post_id = any(${list(postIds, 'uuid')}) order by p.post_id, p.position`);
  return rows.map((r) => ({ postId: r.post_id, look: r.look, width: r.width, height: r.height, codes: r.codes }));
}

export interface HolderRow {
  readonly thingId: string;
  readonly kind: ThingKind;
  readonly label: string;
  readonly accounts: number;
  readonly entities: number;
  readonly accountId: string;
  readonly own: boolean;
  readonly posts: number;
  readonly postId: string | null;
  readonly firstSeenAt: Date;
  /** Text groups the holder takes part in. */
  readonly texts: number;
}

/** The query of who holds what these accounts hold. */
export function holdersQuery(accountIds: readonly string[]) {
  const of = list(accountIds, 'uuid');
  return sql`
    with shared as (
      select distinct h.thing_id from network_holding h join network_thing t on t.id = h.thing_id
      where h.account_id = any(${of}) and t.ignored_at is null and t.accounts > 1 and (t.entities <= ${sql.raw(String(MOST_ENTITIES))} or t.kind in ('uscc', 'subject'))
    ), holders as (
      select s.thing_id, h.* from shared s
      cross join lateral (select account_id, own, posts, post_id, first_seen_at from network_holding where thing_id = s.thing_id order by account_id limit ${sql.raw(String(HOLDERS))}) h
      union
      select s.thing_id, h.account_id, h.own, h.posts, h.post_id, h.first_seen_at from network_holding h join shared s on s.thing_id = h.thing_id where h.account_id = any(${of})
    )
    select h.thing_id, t.kind, t.label, t.accounts, t.entities, h.account_id, h.own, h.posts, h.post_id, h.first_seen_at, coalesce(n.texts, 0) as texts
    from holders h join network_thing t on t.id = h.thing_id left join network_account n on n.account_id = h.account_id
    order by h.thing_id, h.account_id`;
}

/** Who holds what these accounts hold, of each thing its first holders and these accounts themselves. */
export async function holdersAround(tx: Db, accountIds: readonly string[]): Promise<HolderRow[]> {
  const { rows } = await tx.execute<{
    thing_id: string;
    kind: ThingKind;
    label: string;
    accounts: number;
    entities: number;
    account_id: string;
    own: number;
    posts: number;
    post_id: string | null;
    first_seen_at: string;
    texts: number;
  }>(holdersQuery(accountIds));
  return rows.map((r) => ({
    thingId: r.thing_id,
    kind: r.kind,
    label: r.label,
    accounts: r.accounts,
    entities: r.entities,
    accountId: r.account_id,
    own: r.own > 0,
    posts: r.posts,
    postId: r.post_id,
    firstSeenAt: new Date(r.first_seen_at),
    texts: r.texts,
  }));
}
