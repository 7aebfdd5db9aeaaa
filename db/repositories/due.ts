/**
 * Accounts that wait to be screened because posts of theirs came in outside a run: each stands here once, however many
 * posts came, so that a file of millions leaves a list of its accounts and not of its lines. A worker claims some for a
 * while; what came in the meantime keeps them on the list, and a killed worker's claim runs out.
 */
import { sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { list } from './list.ts';

/**
 * Puts accounts on the list, in the transaction that stores their posts. Those that stand there unclaimed stay as they are: their rows are
 * locked until the commit, so that nobody claims them without seeing the posts.
 */
export async function noteDue(tx: Db, accountIds: Iterable<string>, now: Date): Promise<void> {
  const ids = [...new Set(accountIds)].sort();
  if (ids.length === 0) return;
  await tx.execute(sql`
    insert into account_due (account_id, dirty, since) select id, 1, ${now.toISOString()}::timestamptz from unnest(${list(ids, 'uuid')}) id
    on conflict (account_id) do update set dirty = account_due.dirty + 1 where account_due.claimed_until is not null`);
}

export interface Due {
  readonly accountId: string;
  readonly dirty: number;
}

/** Takes the accounts that have waited longest, until `until`. */
export async function claimDue(tx: Db, limit: number, now: Date, until: Date): Promise<Due[]> {
  const { rows } = await tx.execute<{ account_id: string; dirty: number }>(sql`
    with w as (select account_id from account_due where claimed_until is null or claimed_until < ${now.toISOString()}::timestamptz
      order by since, account_id limit ${limit} for update skip locked)
    update account_due d set claimed_until = ${until.toISOString()}::timestamptz from w where d.account_id = w.account_id returning d.account_id, d.dirty`);
  return rows.map((r) => ({ accountId: r.account_id, dirty: r.dirty }));
}

/** Takes accounts off the list, those that changed once more in the meantime left on it. */
export async function settleDue(tx: Db, done: readonly Due[]): Promise<void> {
  if (done.length === 0) return;
  const given = sql`unnest(${list(
    done.map((d) => d.accountId),
    'uuid',
  )}, ${list(
    done.map((d) => d.dirty),
    'int',
  )}) g(id, n)`;
  // In one order, like whoever puts accounts on the list: nobody waits in a circle.
  await tx.execute(
    sql`select 1 from account_due where account_id = any(${list(
      done.map((d) => d.accountId),
      'uuid',
    )}) order by account_id for update`,
  );
  await tx.execute(sql`delete from account_due d using ${given} where d.account_id = g.id and d.dirty = g.n`);
  await tx.execute(sql`update account_due d set claimed_until = null from ${given} where d.account_id = g.id`);
}

/** Lets go of the claims on accounts that were not reached. */
export async function letGoOfDue(tx: Db, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return;
  await tx.execute(sql`
    with held as (select account_id from account_due where account_id = any(${list(accountIds, 'uuid')}) order by account_id for update)
    update account_due d set claimed_until = null from held where d.account_id = held.account_id`);
}

/** Lets go of all claims: for whoever knows that nobody else works on this store. */
export async function releaseDue(db: Db): Promise<void> {
  await db.execute(sql`update account_due set claimed_until = null where claimed_until is not null`);
}

/** How many accounts wait, counted up to `most`. */
export async function countDue(db: Db, most = 10_000_000): Promise<number> {
  const { rows } = await db.execute<{ n: number }>(sql`select count(*)::int as n from (select 1 from account_due limit ${most}) d`);
  return rows[0]?.n ?? 0;
}
