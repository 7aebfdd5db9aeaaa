/**
 * The reviewers' queue: live cases by priority, filtered, in pages. Sort orders say NULLS LAST because the indexes do;
 * without it PostgreSQL would sort every live case for each page.
 */
import { and, count, eq, gte, ilike, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { CaseState } from '../../core/model/case.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import type { Db } from '../connect.ts';
import { account, appUser, caseFile, finding, notice } from '../schema/index.ts';
import { containing, decodeCursor, type Page, toPage } from './cursor.ts';

export interface QueueFilter {
  readonly state?: CaseState;
  readonly platform?: string;
  readonly kind?: FindingKind;
  readonly minPriority?: number;
  readonly claimedBy?: string;
  readonly q?: string;
  /** Cases of one account, live or closed. */
  readonly accountId?: string;
}
const claimer = alias(appUser, 'claimer');

const kinds = sql<
  FindingKind[]
>`(select coalesce(array_agg(distinct f.kind order by f.kind), '{}') from ${finding} f where f.case_id = ${caseFile.id} and f.state <> 'superseded')`;

const baseQuery = (db: Db) =>
  db
    .select({ c: caseFile, a: account, claimerName: claimer.name, kinds })
    .from(caseFile)
    .innerJoin(account, eq(account.id, caseFile.accountId))
    .leftJoin(claimer, eq(claimer.id, caseFile.claimedBy));
export type QueueRecord = Awaited<ReturnType<typeof baseQuery>>[number];

function conditions(filter: QueueFilter): SQL[] {
  const wanted: (SQL | undefined)[] = [];
  // Written out, not bound: a bound value would hide the partial index from the planner.
  if (filter.state) wanted.push(eq(caseFile.state, filter.state));
  else if (!filter.accountId) wanted.push(sql`${caseFile.state} <> 'closed'`);
  if (filter.accountId) wanted.push(eq(caseFile.accountId, filter.accountId));
  if (filter.platform) wanted.push(eq(account.platform, filter.platform));
  if (filter.minPriority !== undefined) wanted.push(gte(caseFile.priority, filter.minPriority));
  if (filter.claimedBy) wanted.push(eq(caseFile.claimedBy, filter.claimedBy));
  if (filter.kind)
    wanted.push(sql`exists (select 1 from ${finding} f where f.case_id = ${caseFile.id} and f.kind = ${filter.kind} and f.state <> 'superseded')`);
  if (filter.q) {
    const pattern = containing(filter.q);
    wanted.push(or(ilike(caseFile.number, pattern), ilike(account.name, pattern), ilike(account.subjectName, pattern)));
  }
  return wanted.filter((c) => c !== undefined);
}

/** The query of one page, for reading and for explaining its plan. */
export function queueQuery(db: Db, filter: QueueFilter, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['number', 'uuid']);
  const behind = after ? [sql`(${caseFile.priority}, ${caseFile.id}) < (${after[0]}::int, ${after[1]}::uuid)`] : [];
  return baseQuery(db)
    .where(and(...conditions(filter), ...behind))
    .orderBy(sql`${caseFile.priority} desc nulls last`, sql`${caseFile.id} desc nulls last`)
    .limit(limit + 1);
}

/** One page of cases, most urgent first. */
export async function readQueue(db: Db, filter: QueueFilter, cursor: string | undefined, limit: number): Promise<Page<QueueRecord>> {
  return toPage(await queueQuery(db, filter, cursor, limit), limit, (r) => [r.c.priority, r.c.id]);
}

const NEEDS_PEOPLE = ['undeliverable', 'refused', 'partly_acted', 'verification_failed'] as const;

/** What waits: live cases by state, mine, overdue, and notices that need a person. Closed cases are not counted. */
export async function countQueue(
  db: Db,
  userId: string,
  now: Date,
): Promise<{ byState: Record<string, number>; mine: number; overdue: number; noticesNeedingMe: number }> {
  const live = sql`${caseFile.state} <> 'closed'`;
  const states = await db.select({ state: caseFile.state, n: count() }).from(caseFile).where(live).groupBy(caseFile.state);
  const [mine] = await db
    .select({ n: count() })
    .from(caseFile)
    .where(and(eq(caseFile.claimedBy, userId), live));
  const [overdue] = await db
    .select({ n: count() })
    .from(caseFile)
    .where(and(live, lt(caseFile.dueAt, now), inArray(caseFile.state, ['open', 'in_review', 'proposed'])));
  const [notices] = await db
    .select({ n: count() })
    .from(notice)
    .where(inArray(notice.state, [...NEEDS_PEOPLE]));
  const byState = Object.fromEntries(states.map((s) => [s.state, s.n]));
  return { byState, mine: mine?.n ?? 0, overdue: overdue?.n ?? 0, noticesNeedingMe: notices?.n ?? 0 };
}

/** How many cases are not closed. */
export async function countOpenCases(db: Db): Promise<number> {
  const [row] = await db.select({ n: count() }).from(caseFile).where(sql`${caseFile.state} <> 'closed'`);
  return row?.n ?? 0;
}
