/**
 * Forms clusters of the accounts whose links changed: a bounded region around them is looked at anew, everything else
 * stays as it is. Killed at any moment it is taken up again; run again without changes it writes nothing.
 */
import { linksBetween } from '../classifiers/network/pairs.ts';
import { regroup } from '../classifiers/network/regroup.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { clustersOf, dirtyAccounts, lockClusters, membersOf, saveClusters, settleDirty } from '../db/repositories/cluster.ts';
import { holdersAround } from '../db/repositories/network.ts';
import type { JobContext } from './context.ts';

const BATCH = 100;
/** A larger cluster grows and merges but is not taken apart: nobody reads it as a whole. */
const LARGEST = 1_000;

async function formAround(tx: Db, dirty: readonly string[], now: Date): Promise<number> {
  const own = await membersOf(tx, [...new Set((await clustersOf(tx, dirty)).values())]);
  const anew = own.filter((c) => c.accounts.length <= LARGEST);
  const base = new Set([...dirty, ...anew.flatMap((c) => c.accounts)]);
  const links = linksBetween(await holdersAround(tx, [...base]), base);
  const touched = [...new Set(links.flatMap(({ a, b }) => [a, b]))].filter((account) => !base.has(account));
  const near = await clustersOf(tx, touched);
  const mine = new Set(own.map((c) => c.id));
  const all = await membersOf(tx, [...new Set([...mine, ...near.values()])]);
  const inCluster = new Set(all.flatMap((c) => c.accounts));
  const regrouped = regroup({
    clusters: all.map((c) => ({ ...c, whole: !mine.has(c.id) || c.accounts.length > LARGEST })),
    singles: [...base, ...touched].filter((account) => !inCluster.has(account)),
    links: links.map(({ a, b }) => [a, b] as const),
  });
  return saveClusters(tx, regrouped, now);
}

/** Forms clusters until no account waits. @returns how many clusters changed */
export async function clusterDirty(ctx: Pick<JobContext, 'db' | 'clock'>, signal?: AbortSignal): Promise<number> {
  let changed = 0;
  while (!signal?.aborted) {
    const done = await inTransaction(ctx.db, async (tx) => {
      await lockClusters(tx);
      const dirty = await dirtyAccounts(tx, BATCH);
      if (dirty.length === 0) return null;
      const ids = dirty.map((d) => d.accountId);
      const n = await formAround(tx, ids, ctx.clock.now());
      await settleDirty(tx, dirty);
      return n;
    });
    if (done === null) break;
    changed += done;
  }
  return changed;
}
