/** What the priority of a case rests on beside findings: repeated texts, the size of the cluster, earlier measures. */
import { sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';

export interface ScoreFacts {
  /** Group of nearly equal texts by post; posts too short to compare have none. */
  readonly groups: ReadonlyMap<string, string>;
  /** Accounts of its cluster, 1 without one. */
  readonly clusterSize: number;
  /** Closed cases that ended in measures, or were sent on to another department. */
  readonly earlierCases: number;
}

/** Reads them for one account and its posts, in the caller's transaction. */
export async function scoreFacts(tx: Db, accountId: string, postIds: readonly string[]): Promise<ScoreFacts> {
  const texts = await tx.execute<{ post_id: string; group_id: string }>(
    sql`select post_id, group_id from post_text where post_id = any(${sql.param(postIds)}::uuid[]) and group_id is not null`,
  );
  const counted = await tx.execute<{ size: number | null; earlier: string }>(sql`
    select (select c.size from cluster_member m join cluster c on c.id = m.cluster_id where m.account_id = ${accountId}::uuid and c.state = 'live') as size,
           (select count(*) from case_file where account_id = ${accountId}::uuid and state = 'closed' and outcome in ('enforced', 'referred', 'refused_upheld')) as earlier`);
  const [row] = counted.rows;
  return {
    groups: new Map(texts.rows.map((r) => [r.post_id, r.group_id])),
    clusterSize: row?.size ?? 1,
    earlierCases: Number(row?.earlier ?? 0),
  };
}
