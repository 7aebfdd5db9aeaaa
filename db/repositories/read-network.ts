/** Clusters as the screen shows them: the list, one with its accounts and what they share, and an account's share in it. */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { ThingKind } from '../../core/model/network.ts';
import type { Db } from '../connect.ts';
import { account, cluster, clusterEvent } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';
import { list } from './list.ts';

export type ClusterRecord = typeof cluster.$inferSelect;
export type ClusterEventRecord = typeof clusterEvent.$inferSelect;

/** The query of one page of clusters, for reading and for explaining its plan. */
export function clusterQuery(db: Db, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['number', 'uuid']);
  return db
    .select()
    .from(cluster)
    .where(and(eq(cluster.state, sql`'live'`), after ? sql`(${cluster.topScore}, ${cluster.id}) < (${after[0]}::int, ${after[1]}::uuid)` : undefined))
    .orderBy(sql`${cluster.topScore} desc nulls last`, sql`${cluster.id} desc nulls last`)
    .limit(limit + 1);
}

/** One page of clusters, the one with the riskiest account first. */
export async function readClusters(db: Db, cursor: string | undefined, limit: number): Promise<Page<ClusterRecord>> {
  return toPage(await clusterQuery(db, cursor, limit), limit, (r) => [r.topScore, r.id]);
}

export async function readCluster(db: Db, id: string): Promise<ClusterRecord | null> {
  const [row] = await db.select().from(cluster).where(eq(cluster.id, id));
  return row ?? null;
}

export interface MemberRecord {
  readonly clusterId: string;
  readonly joinedAt: Date;
  readonly caseId: string | null;
  readonly caseNumber: string | null;
  readonly account: Pick<
    typeof account.$inferSelect,
    'id' | 'platform' | 'name' | 'subjectName' | 'subjectType' | 'licenceVerdict' | 'level' | 'score' | 'status' | 'banned' | 'firstSeenAt'
  >;
}

/** The query of the accounts of clusters, so many of each. */
export const memberQuery = (clusterIds: readonly string[], each: number) => sql`
  select m.* from unnest(${list(clusterIds, 'uuid')}) c(id) cross join lateral (
    select m.cluster_id, m.joined_at, a.id, a.platform, a.name, a.subject_name, a.subject_type, a.licence_verdict, a.level, a.score, a.status, a.banned, a.first_seen_at
    from cluster_member m join account a on a.id = m.account_id where m.cluster_id = c.id order by a.score desc, a.id limit ${each}) m`;

/** Accounts of clusters, highest scores first, each with its latest case. */
export async function readMembers(db: Db, clusterIds: readonly string[], each: number): Promise<MemberRecord[]> {
  if (clusterIds.length === 0) return [];
  type Row = {
    cluster_id: string;
    joined_at: string;
    case_id: string | null;
    case_number: string | null;
    id: string;
    platform: string;
    name: string;
    subject_name: string | null;
    subject_type: MemberRecord['account']['subjectType'];
    licence_verdict: MemberRecord['account']['licenceVerdict'];
    level: MemberRecord['account']['level'];
    score: number;
    status: MemberRecord['account']['status'];
    banned: boolean;
    first_seen_at: string;
  };
  const { rows } = await db.execute<Row>(sql`
    select m.*, f.id as case_id, f.number as case_number from (${memberQuery(clusterIds, each)}) m
    left join lateral (select id, number from case_file where account_id = m.id order by opened_at desc limit 1) f on true
    order by m.score desc, m.id`);
  return rows.map((r) => ({
    clusterId: r.cluster_id,
    joinedAt: new Date(r.joined_at),
    caseId: r.case_id,
    caseNumber: r.case_number,
    account: {
      id: r.id,
      platform: r.platform,
      name: r.name,
      subjectName: r.subject_name,
      subjectType: r.subject_type,
      licenceVerdict: r.licence_verdict,
      level: r.level,
      score: r.score,
      status: r.status,
      banned: r.banned,
      firstSeenAt: new Date(r.first_seen_at),
    },
  }));
}

/** How many accounts of clusters are banned, and on which platforms they stand. */
export async function summariseClusters(db: Db, clusterIds: readonly string[]): Promise<Map<string, { banned: number; platforms: string[] }>> {
  if (clusterIds.length === 0) return new Map();
  const { rows } = await db.execute<{ id: string; banned: number; platforms: string[] }>(sql`
    select m.cluster_id as id, count(*) filter (where a.banned)::int as banned, array_agg(distinct a.platform order by a.platform) as platforms
    from cluster_member m join account a on a.id = m.account_id where m.cluster_id = any(${list(clusterIds, 'uuid')}) group by m.cluster_id`);
  return new Map(rows.map((r) => [r.id, { banned: r.banned, platforms: r.platforms }]));
}

export interface SharedRecord {
  readonly id: string;
  readonly kind: ThingKind;
  readonly label: string;
  readonly accounts: number;
  readonly entities: number;
  readonly firstSeenAt: Date;
  readonly firstAccountId: string;
  readonly ignored: { readonly by: string; readonly at: Date; readonly reason: string } | null;
  readonly holders: readonly { accountId: string; own: boolean; posts: number; postId: string | null; firstSeenAt: Date }[];
}

/** Kinds from what names a party to what may be copied: the order in which shared things are told. */
const rank = sql.raw(`array_position(array['uscc','subject','phone','wechat','qq','group','email','qr','picture','text'], t.kind)`);

/** The query of what two or more of these accounts show. */
export const sharedQuery = (accountIds: readonly string[], limit: number) => sql`
  select t.id, t.kind, t.label, t.accounts, t.entities, t.first_seen_at, t.first_account_id, t.ignored_at, t.ignored_by, t.ignored_reason, s.holders
  from (
    select h.thing_id, count(*) as n, jsonb_agg(jsonb_build_object('accountId', h.account_id, 'own', h.own > 0, 'posts', h.posts, 'postId', h.post_id,
      'firstSeenAt', h.first_seen_at) order by h.account_id) as holders
    from network_holding h where h.account_id = any(${list(accountIds, 'uuid')}) group by h.thing_id having count(*) > 1
  ) s join network_thing t on t.id = s.thing_id
  order by ${rank}, s.n desc, t.id limit ${limit}`;

/** What two or more of these accounts show. */
export async function readShared(db: Db, accountIds: readonly string[], limit = 80): Promise<SharedRecord[]> {
  if (accountIds.length < 2) return [];
  type Holder = { accountId: string; own: boolean; posts: number; postId: string | null; firstSeenAt: string };
  const { rows } = await db.execute<{
    id: string;
    kind: ThingKind;
    label: string;
    accounts: number;
    entities: number;
    first_seen_at: string;
    first_account_id: string;
    ignored_at: string | null;
    ignored_by: string | null;
    ignored_reason: string | null;
    holders: Holder[];
  }>(sharedQuery(accountIds, limit));
  return rows.map((r) => ({
    id: r.id,
    kind: r.kind,
    label: r.label,
    accounts: r.accounts,
    entities: r.entities,
    firstSeenAt: new Date(r.first_seen_at),
    firstAccountId: r.first_account_id,
    ignored: r.ignored_at ? { by: r.ignored_by ?? '', at: new Date(r.ignored_at), reason: r.ignored_reason ?? '' } : null,
    holders: r.holders.map((h) => ({ ...h, firstSeenAt: new Date(h.firstSeenAt) })),
  }));
}

/** Accounts of a cluster that are looked at to say in a list what they share. */
const LOOKED_AT = 60;

/** The query of what the accounts of clusters share, the most telling first. */
export const clusterSharedQuery = (clusterIds: readonly string[], each: number) => sql`
  select c.id as cluster_id, s.kind, s.label, s.n from unnest(${list(clusterIds, 'uuid')}) c(id) cross join lateral (
    select t.id, t.kind, t.label, count(*)::int as n
    from (select account_id from cluster_member where cluster_id = c.id order by account_id limit ${sql.raw(String(LOOKED_AT))}) m
    join network_holding h on h.account_id = m.account_id join network_thing t on t.id = h.thing_id
    where t.ignored_at is null and t.accounts > 1 group by t.id having count(*) > 1 order by ${rank}, n desc, t.id limit ${each}
  ) s`;

/** What the accounts of clusters share, so many things each. */
export async function readClusterShared(
  db: Db,
  clusterIds: readonly string[],
  each: number,
): Promise<Map<string, { kind: ThingKind; label: string; n: number }[]>> {
  const found = new Map<string, { kind: ThingKind; label: string; n: number }[]>();
  if (clusterIds.length === 0) return found;
  const { rows } = await db.execute<{ cluster_id: string; kind: ThingKind; label: string; n: number }>(clusterSharedQuery(clusterIds, each));
  for (const { cluster_id, ...thing } of rows) found.set(cluster_id, [...(found.get(cluster_id) ?? []), thing]);
  return found;
}

/** What became of a cluster, newest first. */
export const readClusterEvents = (db: Db, clusterId: string, limit = 50): Promise<ClusterEventRecord[]> =>
  db.select().from(clusterEvent).where(eq(clusterEvent.clusterId, clusterId)).orderBy(desc(clusterEvent.id)).limit(limit);

/** Names of accounts. */
export async function namesOfAccounts(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: account.id, name: account.name })
    .from(account)
    .where(sql`${account.id} = any(${list(ids, 'uuid')})`);
  return new Map(rows.map((r) => [r.id, r.name]));
}

export interface RepostRecord {
  readonly id: string;
  readonly label: string;
  readonly posts: number;
  readonly accounts: number;
  readonly employers: number;
  readonly firstAt: Date;
  readonly firstAccountId: string;
}

/** The query of an account's texts that stand elsewhere too. */
export const repostQuery = (accountId: string, limit: number) => sql`
  select t.id, t.label, g.posts, t.accounts, g.employers, t.first_seen_at, t.first_account_id
  from network_holding h join network_thing t on t.id = h.thing_id and t.kind = 'text' join text_group g on g.id = t.id
  where h.account_id = ${accountId} and t.accounts > 1 order by t.accounts desc, g.posts desc, t.id limit ${limit}`;

/** An account's texts that stand elsewhere too, the widest spread first. */
export async function readReposts(db: Db, accountId: string, limit = 20): Promise<RepostRecord[]> {
  const { rows } = await db.execute<{
    id: string;
    label: string;
    posts: number;
    accounts: number;
    employers: number;
    first_seen_at: string;
    first_account_id: string;
  }>(repostQuery(accountId, limit));
  return rows.map((r) => ({
    id: r.id,
    label: r.label,
    posts: r.posts,
    accounts: r.accounts,
    employers: r.employers,
    firstAt: new Date(r.first_seen_at),
    firstAccountId: r.first_account_id,
  }));
}

/** What an account shows that a person took off as a link. */
export async function readIgnored(db: Db, accountId: string) {
  const { rows } = await db.execute<{ id: string; kind: ThingKind; label: string; by: string; at: string; reason: string }>(sql`
    select t.id, t.kind, t.label, t.ignored_by as by, t.ignored_at as at, t.ignored_reason as reason
    from network_holding h join network_thing t on t.id = h.thing_id where h.account_id = ${accountId} and t.ignored_at is not null order by t.ignored_at desc limit 50`);
  return rows.map((r) => ({ ...r, at: new Date(r.at) }));
}

/** The cluster an account is in. */
export async function clusterOfAccount(db: Db, accountId: string): Promise<{ id: string; size: number } | null> {
  const { rows } = await db.execute<{ id: string; size: number }>(
    sql`select c.id, c.size from cluster_member m join cluster c on c.id = m.cluster_id where m.account_id = ${accountId}`,
  );
  return rows[0] ?? null;
}
