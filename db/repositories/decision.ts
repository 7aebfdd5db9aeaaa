/** What reviewers decided about posts, with the words they saw: the labels a model is trained from and judged by. */
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { account, finding, postVersion } from '../schema/index.ts';

/** Next decided findings of posts, post by post. @param after the last one seen */
export const decidedQuery = (db: Db, after: { readonly postId: string; readonly id: string } | null, limit: number) =>
  db
    .select({
      id: finding.id,
      postId: finding.postId,
      version: finding.postVersion,
      kind: finding.kind,
      exempt: finding.exempt,
      field: finding.field,
      start: finding.start,
      end: finding.end,
      state: finding.state,
      reason: finding.rejectReason,
      decidedAt: finding.decidedAt,
      platform: account.platform,
      subject: account.subjectName,
      input: postVersion.input,
    })
    .from(finding)
    .innerJoin(account, eq(account.id, finding.accountId))
    .innerJoin(postVersion, and(eq(postVersion.postId, finding.postId), eq(postVersion.version, finding.postVersion)))
    .where(
      and(
        // As constants: the planner must see that these are the rows of the partial index.
        sql`${finding.state} in ('confirmed', 'rejected')`,
        isNotNull(finding.postId),
        after ? sql`(${finding.postId}, ${finding.id}) > (${after.postId}::uuid, ${after.id}::uuid)` : undefined,
      ),
    )
    .orderBy(asc(finding.postId), asc(finding.id))
    .limit(limit);
export type DecidedRow = Awaited<ReturnType<typeof decidedQuery>>[number];

const BATCH = 1_000;

/** All decided findings of posts as they stand, in the order of posts; at most a batch in memory. */
export async function* decidedFindings(db: Db): AsyncGenerator<DecidedRow> {
  let after: { postId: string; id: string } | null = null;
  for (;;) {
    const rows: DecidedRow[] = await decidedQuery(db, after, BATCH);
    yield* rows;
    const last = rows.at(-1);
    if (!last?.postId || rows.length < BATCH) return;
    after = { postId: last.postId, id: last.id };
  }
}
