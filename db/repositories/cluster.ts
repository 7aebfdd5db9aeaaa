/** Clusters of accounts as they are written: whom a change concerns, what was before, and what became of it. */
import { and, inArray, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { ClusterAction } from '../../core/model/network.ts';
import type { Db } from '../connect.ts';
import { cluster, clusterEvent, clusterMember } from '../schema/index.ts';
import { list } from './list.ts';

/** One process at a time forms clusters. */
const LOCK = 7_204_113;

/** Waits until nobody else forms clusters; held to the end of the transaction. */
export async function lockClusters(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
}

export interface Dirty {
  readonly accountId: string;
  readonly dirty: number;
}

/** The query of accounts whose links changed. */
export const dirtyQuery = (limit: number) => sql`select account_id, dirty from network_account where dirty > 0 order by account_id limit ${limit}`;

/** Accounts whose links changed. */
export async function dirtyAccounts(tx: Db, limit: number): Promise<Dirty[]> {
  const { rows } = await tx.execute<{ account_id: string; dirty: number }>(dirtyQuery(limit));
  return rows.map((r) => ({ accountId: r.account_id, dirty: r.dirty }));
}

/** Takes accounts off the list, unless they changed once more in the meantime. */
export async function settleDirty(tx: Db, done: readonly Dirty[]): Promise<void> {
  await tx.execute(sql`
    with d as (select * from unnest(${list(
      done.map((d) => d.accountId),
      'uuid',
    )}, ${list(
      done.map((d) => d.dirty),
      'int',
    )}) d(id, n)), held as (select n.account_id from network_account n join d on d.id = n.account_id where n.dirty = d.n order by n.account_id for update of n)
    update network_account n set dirty = 0 from held where n.account_id = held.account_id`);
}

/** The clusters accounts are in. */
export async function clustersOf(tx: Db, accountIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.execute<{ account_id: string; cluster_id: string }>(
    sql`select account_id, cluster_id from cluster_member where account_id = any(${list(accountIds, 'uuid')})`,
  );
  return new Map(rows.map((r) => [r.account_id, r.cluster_id]));
}

/** Clusters with all their accounts, oldest first. */
export async function membersOf(tx: Db, clusterIds: readonly string[]): Promise<{ id: string; accounts: string[] }[]> {
  if (clusterIds.length === 0) return [];
  const { rows } = await tx.execute<{ id: string; accounts: string[] }>(sql`
    select c.id, array_agg(m.account_id order by m.account_id) as accounts from cluster c join cluster_member m on m.cluster_id = c.id
    where c.id = any(${list(clusterIds, 'uuid')}) group by c.id order by c.formed_at, c.id`);
  return rows;
}

export interface ClusterChange {
  readonly id: string | null;
  readonly accounts: readonly string[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly merged: readonly string[];
  readonly splitFrom: string | null;
}

const NAMED = 50;

async function summarise(tx: Db, ids: readonly string[], now: Date): Promise<void> {
  await tx.execute(sql`
    update cluster c set size = s.size, top_score = s.top, first_seen_at = s.first, changed_at = ${now.toISOString()}::timestamptz
    from (select m.cluster_id, count(*)::int as size, max(a.score) as top, min(a.first_seen_at) as first
      from cluster_member m join account a on a.id = m.account_id where m.cluster_id = any(${list(ids, 'uuid')}) group by m.cluster_id) s
    where c.id = s.cluster_id`);
}

const unchanged = (c: ClusterChange): boolean => c.id !== null && c.joined.length === 0 && c.left.length === 0 && c.merged.length === 0;

function eventsOf(id: string, c: ClusterChange, now: Date): (typeof clusterEvent.$inferInsert)[] {
  const event = (action: ClusterAction, accounts: readonly string[], otherId: string | null = null) => ({
    id: newId(),
    clusterId: id,
    at: now,
    action,
    size: c.accounts.length,
    otherId,
    accounts: accounts.slice(0, NAMED),
  });
  if (c.id === null) return [event(c.splitFrom ? 'split' : 'formed', c.accounts, c.splitFrom), ...c.merged.map((other) => event('merged', [], other))];
  return [
    ...c.merged.map((other) => event('merged', c.joined, other)),
    ...(c.merged.length === 0 && c.joined.length > 0 ? [event('joined', c.joined)] : []),
    ...(c.left.length > 0 ? [event('left', c.left)] : []),
  ];
}

/** Writes what clusters became, with what happened to each. @returns how many clusters changed */
export async function saveClusters(
  tx: Db,
  { clusters, dissolved, alone }: { clusters: readonly ClusterChange[]; dissolved: readonly string[]; alone: readonly string[] },
  now: Date,
): Promise<number> {
  const real = clusters.filter((c) => !unchanged(c)).map((change) => ({ change, id: change.id ?? newId() }));
  if (real.length > 0) {
    const fresh = real.filter(({ change }) => change.id === null);
    const blank = { state: 'live' as const, topScore: 0, firstSeenAt: now, formedAt: now, changedAt: now };
    if (fresh.length > 0) await tx.insert(cluster).values(fresh.map(({ id, change }) => ({ id, size: change.accounts.length, ...blank })));
    const joins = real.flatMap(({ change, id }) => change.joined.map((account) => ({ account, id })));
    await tx.execute(sql`
      insert into cluster_member (account_id, cluster_id, joined_at) select a, c, ${now.toISOString()}::timestamptz
      from unnest(${list(
        joins.map((j) => j.account),
        'uuid',
      )}, ${list(
        joins.map((j) => j.id),
        'uuid',
      )}) j(a, c) on conflict (account_id) do update set cluster_id = excluded.cluster_id, joined_at = excluded.joined_at`);
    const events = real.flatMap(({ change, id }) => eventsOf(id, change, now));
    for (let i = 0; i < events.length; i += 500) await tx.insert(clusterEvent).values(events.slice(i, i + 500));
    for (const { change, id } of real) {
      if (change.merged.length > 0)
        await tx
          .update(cluster)
          .set({ state: 'merged', mergedInto: id, size: 0, changedAt: now })
          .where(inArray(cluster.id, [...change.merged]));
    }
    await summarise(
      tx,
      real.map(({ id }) => id),
      now,
    );
  }
  const left =
    alone.length === 0
      ? []
      : await tx
          .delete(clusterMember)
          .where(sql`${clusterMember.accountId} = any(${list(alone, 'uuid')})`)
          .returning({ account: clusterMember.accountId, id: clusterMember.clusterId });
  if (dissolved.length > 0) {
    const ended = [...dissolved];
    await tx.update(cluster).set({ state: 'dissolved', size: 0, changedAt: now }).where(inArray(cluster.id, ended));
    const events = ended.map((id) => {
      const accounts = left.filter((l) => l.id === id).map((l) => l.account);
      return { id: newId(), clusterId: id, at: now, action: 'dissolved' as const, size: 0, otherId: null, accounts: accounts.slice(0, NAMED) };
    });
    await tx.insert(clusterEvent).values(events);
  }
  return real.length + dissolved.length;
}

/** Brings the order of the list up to date after scores of accounts changed. Clusters are locked in one order. */
export async function rescoreClustersOf(tx: Db, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return;
  const { rows } = await tx.execute<{ id: string }>(sql`
    select c.id from cluster c where c.id in (select m.cluster_id from cluster_member m where m.account_id = any(${list(accountIds, 'uuid')})) order by c.id for no key update`);
  if (rows.length === 0) return;
  const top = sql`(select max(a.score) from cluster_member m join account a on a.id = m.account_id where m.cluster_id = ${cluster.id})`;
  const ids = rows.map((r) => r.id);
  await tx
    .update(cluster)
    .set({ topScore: top })
    .where(and(inArray(cluster.id, ids), sql`${cluster.topScore} is distinct from ${top}`));
}
