/** One case as the review page shows it: account, findings, posts, earlier cases, notices and the event log. */
import { and, desc, eq, ne, sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { account, appUser, caseEvent, caseFile, platform } from '../schema/index.ts';
import { countCasePosts, readAccountCapture, readCaseFindings, readCasePosts } from './read-account.ts';
import { readCaseNotices } from './read-notice.ts';

/** @returns null when there is no such case */
export async function readCase(db: Db, id: string) {
  const [row] = await db
    .select({ c: caseFile, a: account, claimerName: appUser.name, platformName: platform.name })
    .from(caseFile)
    .innerJoin(account, eq(account.id, caseFile.accountId))
    .leftJoin(appUser, eq(appUser.id, caseFile.claimedBy))
    .leftJoin(platform, eq(platform.id, account.platform))
    .where(eq(caseFile.id, id));
  if (!row) return null;
  const [findings, posts, postCount, accountCapture, notices, earlier, events] = await Promise.all([
    readCaseFindings(db, id),
    readCasePosts(db, id),
    countCasePosts(db, id),
    readAccountCapture(db, row.a.id),
    readCaseNotices(db, id),
    db
      .select({ id: caseFile.id, number: caseFile.number, state: caseFile.state, outcome: caseFile.outcome, openedAt: caseFile.openedAt })
      .from(caseFile)
      .where(and(eq(caseFile.accountId, row.a.id), ne(caseFile.id, id)))
      .orderBy(sql`${caseFile.openedAt} desc nulls last`)
      .limit(50),
    // The latest thousand, shown oldest first.
    db.select().from(caseEvent).where(eq(caseEvent.caseId, id)).orderBy(desc(caseEvent.id)).limit(1_000),
  ]);
  return { ...row, findings, posts, postCount, accountCapture, notices, earlier, events: events.reverse() };
}
export type CaseRecord = NonNullable<Awaited<ReturnType<typeof readCase>>>;
