/** What the priority of a case rests on beside findings and repeated texts: the size of the cluster, earlier measures. */
import { sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { list } from './list.ts';

export interface ScoreFacts {
  /** Accounts of its cluster, 1 without one. */
  readonly clusterSize: number;
  /** Closed cases that ended in measures, or were sent on to another department. */
  readonly earlierCases: number;
}

/** Reads them for accounts, in the caller's transaction. */
export async function scoreFacts(tx: Db, accountIds: readonly string[]): Promise<Map<string, ScoreFacts>> {
  const { rows } = await tx.execute<{ id: string; size: number | null; earlier: string }>(sql`
    select a.id, (select c.size from cluster_member m join cluster c on c.id = m.cluster_id where m.account_id = a.id and c.state = 'live') as size,
           (select count(*) from case_file where account_id = a.id and state = 'closed' and outcome in ('enforced', 'referred', 'refused_upheld')) as earlier
    from unnest(${list(accountIds, 'uuid')}) a(id)`);
  return new Map(rows.map((r) => [r.id, { clusterSize: r.size ?? 1, earlierCases: Number(r.earlier) }]));
}
