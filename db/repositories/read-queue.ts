/**
 * The reviewers' queue: live cases by priority, filtered, in pages. Sort orders say NULLS LAST because the indexes do;
 * without it PostgreSQL would sort every live case for each page.
 */
import { and, arrayContains, count, eq, getTableColumns, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { CaseState } from '../../core/model/case.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import type { Db } from '../connect.ts';
import { account, appUser, caseEvent, caseFile, notice, run, runAccount } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';
import { holdsWords } from './search.ts';

export interface QueueFilter {
  readonly state?: CaseState;
  readonly platform?: string;
  readonly kind?: FindingKind;
  readonly minPriority?: number;
  readonly claimedBy?: string;
  /** Only those this person proposed and holds again because they were sent back. */
  readonly returnedTo?: string;
  /** Only those whose term is over at this instant and who wait for the office. */
  readonly overdueAt?: Date;
  /** Only those this run opened, live or closed. */
  readonly run?: string;
  readonly q?: string;
  /** Cases of one account, live or closed. */
  readonly accountId?: string;
}
const claimer = alias(appUser, 'claimer');
const { words: _caseWords, ...caseColumns } = getTableColumns(caseFile);
const { words: _accountWords, ...accountColumns } = getTableColumns(account);

const baseQuery = (db: Db) =>
  db
    .select({ c: caseColumns, a: accountColumns, claimerName: claimer.name })
    .from(caseFile)
    .innerJoin(account, eq(account.id, caseFile.accountId))
    .leftJoin(claimer, eq(claimer.id, caseFile.claimedBy));
export type QueueRecord = Awaited<ReturnType<typeof baseQuery>>[number];

/** States in which the clock runs against the office; written out so that the partial indexes fit. */
const OFFICE_TURN = sql.raw(`('open', 'in_review', 'proposed')`);
/** The last thing that happened to the proposal of a case was that it came back: from a person, from the platform, or from a second look. */
const cameBack = sql`(select e.action from ${caseEvent} e where e.case_id = ${caseFile.id} and e.action in ('propose', 'withdraw', 'return', 'send_back', 'refused', 'verification_failed') order by e.id desc limit 1) in ('return', 'send_back', 'refused', 'verification_failed')`;

/** Cases whose number, or whose account's names or code, hold every word. */
function searched(words: string): SQL | undefined {
  const byNumber = holdsWords(words, caseFile.words, [caseFile.number]);
  const named = alias(account, 'named');
  const byName = holdsWords(words, named.words, [named.name, named.alias, named.subjectName, named.uscc]);
  // The ids are gathered first (an init plan), so that both sides of the OR are index conditions of one table.
  return byNumber && byName && or(byNumber, sql`${caseFile.accountId} = any(array(select ${named.id} from ${account} as "named" where ${byName}))`);
}

/** Cases opened while a run was going on, of accounts for which that run says it opened one. */
const openedBy = (runId: string): SQL =>
  sql`${caseFile.accountId} = any(array(select ra.account_id from ${runAccount} ra where ra.run_id = ${runId} and (ra.counts->>'casesOpened')::int > 0))
    and ${caseFile.openedAt} >= (select r.started_at from ${run} r where r.id = ${runId})
    and ${caseFile.openedAt} <= coalesce((select r.ended_at from ${run} r where r.id = ${runId}), 'infinity')`;

function conditions(filter: QueueFilter): SQL[] {
  const wanted: (SQL | undefined)[] = [];
  if (filter.state) wanted.push(eq(caseFile.state, filter.state));
  // Written out, not bound: a bound value would hide the partial indexes from the planner.
  if (filter.state !== 'closed' && !filter.accountId && !filter.run) wanted.push(sql`${caseFile.state} <> 'closed'`);
  if (filter.accountId) wanted.push(eq(caseFile.accountId, filter.accountId));
  if (filter.platform) wanted.push(eq(caseFile.platform, filter.platform));
  if (filter.minPriority !== undefined) wanted.push(gte(caseFile.priority, filter.minPriority));
  if (filter.claimedBy) wanted.push(eq(caseFile.claimedBy, filter.claimedBy));
  if (filter.returnedTo) wanted.push(eq(caseFile.claimedBy, filter.returnedTo), sql`${caseFile.state} in ('open', 'in_review')`, cameBack);
  if (filter.overdueAt) wanted.push(lt(caseFile.dueAt, filter.overdueAt), sql`${caseFile.state} in ${OFFICE_TURN}`);
  if (filter.kind) wanted.push(arrayContains(caseFile.kinds, [filter.kind]));
  if (filter.run) wanted.push(openedBy(filter.run));
  if (filter.q) wanted.push(searched(filter.q));
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
    .where(and(live, lt(caseFile.dueAt, now), sql`${caseFile.state} in ${OFFICE_TURN}`));
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
