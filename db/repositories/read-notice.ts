/** Notices as the board and the notice page show them, and as a platform lists its own. */
import { and, asc, desc, eq, inArray, lt, notInArray, or, type SQL, sql } from 'drizzle-orm';
import type { NoticeState } from '../../core/model/case.ts';
import type { Db } from '../connect.ts';
import { account, caseFile, notice, noticeEvent, receipt, verification } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';

export interface NoticeFilter {
  readonly state?: NoticeState;
  readonly platform?: string;
  readonly caseId?: string;
  /** Only those with a term that is over at this instant. */
  readonly overdueAt?: Date;
  /** Leaves these out: a platform never sees drafts. */
  readonly hidden?: readonly NoticeState[];
}
const baseQuery = (db: Db) =>
  db
    .select({ n: notice, caseNumber: caseFile.number, accountName: account.name })
    .from(notice)
    .innerJoin(caseFile, eq(caseFile.id, notice.caseId))
    .innerJoin(account, eq(account.id, notice.accountId));
export type NoticeRecord = Awaited<ReturnType<typeof baseQuery>>[number];

const BEFORE_ACK: NoticeState[] = ['approved', 'sending', 'undeliverable', 'delivered'];
const BEFORE_ACT: NoticeState[] = [...BEFORE_ACK, 'acknowledged', 'partly_acted'];

/** The query of one page, for reading and for explaining its plan. */
export function noticeQuery(db: Db, filter: NoticeFilter, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['uuid']);
  const { overdueAt, hidden } = filter;
  const wanted: (SQL | undefined)[] = [
    filter.state ? eq(notice.state, filter.state) : undefined,
    filter.platform ? eq(notice.platform, filter.platform) : undefined,
    filter.caseId ? eq(notice.caseId, filter.caseId) : undefined,
    hidden && hidden.length > 0 ? notInArray(notice.state, [...hidden]) : undefined,
    overdueAt
      ? or(and(inArray(notice.state, BEFORE_ACK), lt(notice.ackDue, overdueAt)), and(inArray(notice.state, BEFORE_ACT), lt(notice.actDue, overdueAt)))
      : undefined,
    after ? sql`${notice.id} < ${after[0]}::uuid` : undefined,
  ];
  // The secondary indexes are declared DESC NULLS LAST; the primary key walked backwards gives NULLS FIRST.
  const indexed = filter.state || filter.platform;
  return baseQuery(db)
    .where(and(...wanted))
    .orderBy(indexed ? sql`${notice.id} desc nulls last` : desc(notice.id))
    .limit(limit + 1);
}

/** One page of notices, newest first. */
export async function readNotices(db: Db, filter: NoticeFilter, cursor: string | undefined, limit: number): Promise<Page<NoticeRecord>> {
  return toPage(await noticeQuery(db, filter, cursor, limit), limit, (r) => [r.n.id]);
}

/** All notices of a case, oldest first. */
export const readCaseNotices = (db: Db, caseId: string): Promise<NoticeRecord[]> =>
  baseQuery(db).where(eq(notice.caseId, caseId)).orderBy(asc(notice.id)).limit(100);

/** One notice with its events, receipts and probes. */
export async function readNotice(db: Db, id: string) {
  const [row] = await baseQuery(db).where(eq(notice.id, id));
  if (!row) return null;
  const events = await db.select().from(noticeEvent).where(eq(noticeEvent.noticeId, id)).orderBy(asc(noticeEvent.id)).limit(500);
  const receipts = await db.select().from(receipt).where(eq(receipt.noticeId, id)).orderBy(asc(receipt.id));
  const verifications = await db
    .select()
    .from(verification)
    .where(eq(verification.noticeId, id))
    .orderBy(asc(verification.at), asc(verification.id))
    .limit(100);
  return { ...row, events, receipts, verifications };
}
export type NoticeDetail = NonNullable<Awaited<ReturnType<typeof readNotice>>>;
