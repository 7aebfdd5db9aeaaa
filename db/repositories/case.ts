/**
 * Case files for the workflow: opening one (or attaching to the one that is open), the facts a decision needs read
 * under a row lock, and the lists the clock works through.
 */
import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, lte, ne, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { CaseFacts, FindingFacts } from '../../core/model/facts.ts';
import type { Actor } from '../../core/model/role.ts';
import { sealState } from '../../core/model/seal-state.ts';
import type { FindingKind, Level } from '../../core/model/taxonomy.ts';
import type { Db } from '../connect.ts';
import { account, appUser, capture, caseEvent, caseFile, finding, notice, platform, post, postText, postVersion, setting } from '../schema/index.ts';
import { alikeKey } from './alike.ts';
import { appendAudit } from './audit.ts';
import { list } from './list.ts';
import { rootOver } from './root-over.ts';

/** Adds to a counter; the row stays locked until the transaction ends, so numbers have no gaps and no twins. @returns the last of the numbers taken */
export async function nextNumber(tx: Db, key: string, now: Date, many = 1): Promise<number> {
  const [row] = await tx
    .insert(setting)
    .values({ key, value: many, updatedAt: now })
    .onConflictDoUpdate({ target: setting.key, set: { value: sql`to_jsonb((${setting.value}#>>'{}')::bigint + ${many}::bigint)`, updatedAt: now } })
    .returning({ value: setting.value });
  return Number(row?.value);
}

export interface CaseOpening {
  readonly accountId: string;
  /** 0-100; an open case keeps the higher one. */
  readonly priority: number;
  readonly contributions: readonly { label: string; points: number }[];
  readonly hook: string | null;
  readonly hookKind: FindingKind | null;
  readonly dueAt: Date;
  /** Year of the case number, in Asia/Shanghai. */
  readonly year: string;
}

const ATTACHABLE: Level[] = ['statutory', 'lead'];

export interface Attached {
  readonly caseId: string;
  readonly opened: boolean;
  readonly attached: number;
}

/** Open, not exempt, statutory or lead findings of accounts that stand in no case, by account. */
async function withoutCase(tx: Db, accountIds: readonly string[]): Promise<Map<string, { id: string; level: Level }[]>> {
  const rows = await tx
    .select({ id: finding.id, level: finding.level, accountId: finding.accountId })
    .from(finding)
    .where(
      and(
        inArray(finding.accountId, [...accountIds]),
        eq(finding.state, 'open'),
        isNull(finding.caseId),
        eq(finding.exempt, false),
        inArray(finding.level, ATTACHABLE),
      ),
    );
  const found = new Map<string, { id: string; level: Level }[]>();
  for (const { accountId, ...row } of rows) {
    const held = found.get(accountId);
    if (held) held.push(row);
    else found.set(accountId, [row]);
  }
  return found;
}

interface Going extends Attached {
  readonly wish: CaseOpening;
  readonly findings: readonly { id: string; level: Level }[];
  readonly level: Level;
  readonly standing: typeof caseFile.$inferSelect | null;
}

/** Whom new findings concern and what stands open of each, in the order of the wishes. */
async function goingOn(tx: Db, wishes: readonly CaseOpening[]): Promise<Going[]> {
  const ids = wishes.map((w) => w.accountId);
  // The account's row is the lock that keeps two screenings from opening two cases.
  await tx.select({ id: account.id }).from(account).where(inArray(account.id, ids)).orderBy(asc(account.id)).for('no key update');
  const fresh = await withoutCase(tx, ids);
  if (fresh.size === 0) return [];
  const standing = await tx
    .select()
    .from(caseFile)
    .where(and(inArray(caseFile.accountId, [...fresh.keys()]), ne(caseFile.state, 'closed')))
    .orderBy(asc(caseFile.id))
    .for('no key update');
  const open = new Map(standing.map((c) => [c.accountId, c]));
  return wishes.flatMap((wish) => {
    const findings = fresh.get(wish.accountId) ?? [];
    if (findings.length === 0) return [];
    const known = open.get(wish.accountId) ?? null;
    const level: Level = findings.some((f) => f.level === 'statutory') ? 'statutory' : 'lead';
    return [{ wish, findings, level, standing: known, caseId: known?.id ?? newId(), opened: known === null, attached: findings.length }];
  });
}

/**
 * Opens cases for accounts, or attaches their new findings to the ones that are open. Only open, not exempt, statutory
 * or lead findings without a case count; with none of them nothing happens. The priority of an open case only rises.
 * Takes the locks of the numbers and of the audit log: call it late in a transaction.
 * @param wishes at most one an account @returns what became of each account; those with nothing to attach are left out
 */
export async function openOrAttachCases(tx: Db, wishes: readonly CaseOpening[], actor: Actor, now: Date): Promise<Map<string, Attached>> {
  const going = wishes.length === 0 ? [] : await goingOn(tx, wishes);
  if (going.length === 0) return new Map();
  for (const { standing, wish, level, attached } of going) if (standing) await attachTo(tx, standing, wish, level, attached, now);
  const fresh = going.filter((g) => g.opened);
  await open(tx, fresh, now);
  const pairs = going.flatMap(({ caseId, findings }) => findings.map(({ id }) => ({ id, caseId })));
  await tx.execute(sql`
    update ${finding} f set case_id = p.case_id from unnest(${list(
      pairs.map((p) => p.id),
      'uuid',
    )}, ${list(
      pairs.map((p) => p.caseId),
      'uuid',
    )}) p(id, case_id)
    where f.id = p.id`);
  await countCaseFindings(
    tx,
    going.map((g) => g.wish.accountId),
  );
  await tx.insert(caseEvent).values(
    going.map(({ caseId, standing, opened, attached, wish }) => ({
      id: newId(),
      caseId,
      at: now,
      actorId: actor.id,
      actorName: actor.name,
      action: opened ? 'open' : 'attach',
      fromState: standing?.state ?? null,
      toState: standing?.state ?? 'open',
      data: { findings: attached, priority: wish.priority },
    })),
  );
  const entries = fresh.map(({ caseId, attached }) => ({ action: 'case.open', subjectType: 'case', subjectId: caseId, data: { findings: attached } }));
  await appendAudit(tx, entries, actor, now);
  return new Map(going.map(({ wish, caseId, opened, attached }) => [wish.accountId, { caseId, opened, attached }]));
}

/** The same for one account. @returns null when there was nothing to attach */
export const openOrAttachCase = async (tx: Db, wish: CaseOpening, actor: Actor, now: Date): Promise<Attached | null> =>
  (await openOrAttachCases(tx, [wish], actor, now)).get(wish.accountId) ?? null;

/** Brings what the open cases of accounts say of their findings up to date: how many stand, and of which kinds. */
export async function countCaseFindings(tx: Db, accountIds: readonly string[]): Promise<void> {
  const standing = sql`from ${finding} f where f.case_id = ${caseFile.id} and f.state <> 'superseded'`;
  await tx
    .update(caseFile)
    .set({ findingCount: sql`(select count(*) ${standing})`, kinds: sql`(select coalesce(array_agg(distinct f.kind order by f.kind), '{}') ${standing})` })
    .where(and(inArray(caseFile.accountId, [...accountIds]), ne(caseFile.state, 'closed')));
}

async function open(tx: Db, cases: readonly Going[], now: Date): Promise<void> {
  if (cases.length === 0) return;
  const accounts = await tx
    .select({ id: account.id, platform: account.platform })
    .from(account)
    .where(
      inArray(
        account.id,
        cases.map((c) => c.wish.accountId),
      ),
    );
  const platforms = new Map(accounts.map((a) => [a.id, a.platform]));
  const next = await numbersFor(
    tx,
    cases.map((c) => c.wish.year),
    now,
  );
  await tx.insert(caseFile).values(
    cases.map(({ caseId, wish, level, attached }) => {
      const { accountId, priority, hook, hookKind, dueAt, year } = wish;
      const content = { accountId, priority, hook, hookKind, level, findingCount: attached, contributions: [...wish.contributions] };
      const number = `HR-${year}-${String(next(year)).padStart(4, '0')}`;
      return {
        platform: platforms.get(accountId) ?? '',
        id: caseId,
        number,
        ...content,
        state: 'open' as const,
        version: 1,
        openedAt: now,
        dueAt,
        updatedAt: now,
      };
    }),
  );
}

/** As many case numbers as there are years given, in one go for each. @returns the next one of a year */
async function numbersFor(tx: Db, years: readonly string[], now: Date): Promise<(year: string) => number> {
  const next = new Map<string, number>();
  for (const year of [...new Set(years)].sort()) {
    const many = years.filter((y) => y === year).length;
    next.set(year, (await nextNumber(tx, `case-number-${year}`, now, many)) - many);
  }
  return (year) => {
    const n = (next.get(year) ?? 0) + 1;
    next.set(year, n);
    return n;
  };
}

async function attachTo(tx: Db, standing: typeof caseFile.$inferSelect, wish: CaseOpening, level: Level, more: number, now: Date): Promise<string> {
  const rises = wish.priority > standing.priority;
  const shown = rises ? { priority: wish.priority, contributions: [...wish.contributions], hook: wish.hook, hookKind: wish.hookKind } : {};
  const findingCount = standing.findingCount + more;
  const dueAt = new Date(Math.min(wish.dueAt.getTime(), standing.dueAt.getTime()));
  const set = { ...shown, findingCount, dueAt, level: level === 'statutory' ? level : standing.level, version: standing.version + 1, updatedAt: now };
  await tx.update(caseFile).set(set).where(eq(caseFile.id, standing.id));
  return standing.id;
}

/** Findings of a case with the capture that shows each: its own, else that of the post version it was found in. */
async function findingFacts(tx: Db, caseId: string): Promise<FindingFacts[]> {
  // A finding about the account is shown by the last sealed look at the account before it was made: fixed, not moving.
  const accountLook = sql`(select c.id from ${capture} c where c.account_id = ${finding.accountId} and c.kind <> 'image' and c.sha256 is not null and c.fetched_at <= ${finding.createdAt} order by c.fetched_at desc limit 1)`;
  const shownBy = sql<string | null>`coalesce(${finding.captureId}, ${postVersion.captureId}, case when ${finding.postId} is null then ${accountLook} end)`;
  const rows = await tx
    .select({
      f: finding,
      textGroup: postText.groupId,
      postUrl: post.url,
      captureId: capture.id,
      sha256: capture.sha256,
      fetchedAt: capture.fetchedAt,
      root: rootOver(capture.ledgerSeq),
    })
    .from(finding)
    .leftJoin(post, eq(post.id, finding.postId))
    .leftJoin(postText, eq(postText.postId, finding.postId))
    .leftJoin(postVersion, and(eq(postVersion.postId, finding.postId), eq(postVersion.version, finding.postVersion)))
    .leftJoin(capture, eq(capture.id, shownBy))
    .where(eq(finding.caseId, caseId))
    .orderBy(asc(finding.id));
  return rows.map(({ f, textGroup, postUrl, captureId, sha256, fetchedAt, root }) => ({
    id: f.id,
    kind: f.kind,
    level: f.level,
    source: f.source,
    state: f.state,
    decidedBy: f.decidedBy,
    postId: f.postId,
    postUrl,
    quote: f.quote,
    start: f.start,
    end: f.end,
    why: f.why,
    articles: f.articles,
    alike: alikeKey(f, textGroup),
    capture:
      captureId && sha256 && fetchedAt ? { id: captureId, sha256, at: fetchedAt, seal: { state: sealState(root?.kinds ?? []), root: root?.no ?? null } } : null,
  }));
}

/** Everyone who ever confirmed or proposed in a case; undoing it does not make them a stranger. */
async function handledBy(tx: Db, caseId: string): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ id: caseEvent.actorId })
    .from(caseEvent)
    .where(and(eq(caseEvent.caseId, caseId), inArray(caseEvent.action, ['confirm', 'propose'])));
  return rows.map((r) => r.id);
}

/**
 * The facts of a case as a decision needs them.
 * @param lock locks the case's row until the transaction ends; leave it out only to show what may be done
 * @returns null when there is no such case
 */
export async function loadCaseFacts(tx: Db, caseId: string, lock: boolean): Promise<CaseFacts | null> {
  // Locked first and alone: a lock over joins would also lock the account.
  if (lock) await tx.select({ id: caseFile.id }).from(caseFile).where(eq(caseFile.id, caseId)).for('no key update');
  const [row] = await tx
    .select({ c: caseFile, a: account, platformName: platform.name, claimer: appUser.name })
    .from(caseFile)
    .innerJoin(account, eq(account.id, caseFile.accountId))
    .leftJoin(platform, eq(platform.id, account.platform))
    .leftJoin(appUser, eq(appUser.id, caseFile.claimedBy))
    .where(eq(caseFile.id, caseId));
  if (!row) return null;
  const { c, a } = row;
  const notices = await tx
    .select({ id: notice.id, number: notice.number, state: notice.state, measure: notice.measure, version: notice.version })
    .from(notice)
    .where(eq(notice.caseId, caseId))
    .orderBy(asc(notice.id));
  return {
    id: c.id,
    number: c.number,
    state: c.state,
    version: c.version,
    claimedBy: c.claimedBy ? { id: c.claimedBy, name: row.claimer ?? '' } : null,
    leaseUntil: c.leaseUntil,
    proposal: c.proposal,
    handledBy: await handledBy(tx, caseId),
    account: a,
    platformName: row.platformName ?? a.platform,
    findings: await findingFacts(tx, caseId),
    notices,
  };
}

type Due = { id: string; version: number; state: CaseFacts['state'] };
const due = { id: caseFile.id, version: caseFile.version, state: caseFile.state };

/** Cases whose lease is over, for the clock to put back. */
export const casesWithEndedLease = (db: Db, now: Date, limit = 500): Promise<Due[]> =>
  db
    .select(due)
    .from(caseFile)
    .where(and(eq(caseFile.state, 'in_review'), isNotNull(caseFile.leaseUntil), lt(caseFile.leaseUntil, now)))
    .limit(limit);

/** Waiting cases whose day has come. */
export const casesToWake = (db: Db, now: Date, limit = 500): Promise<Due[]> =>
  db
    .select(due)
    .from(caseFile)
    .where(and(eq(caseFile.state, 'waiting'), lte(caseFile.waitUntil, now)))
    .limit(limit);

/**
 * The best open case for a reviewer, locked; cases others hold or are just taking are passed over.
 * @returns its id, or null when the queue is empty
 */
export async function bestOpenCase(tx: Db, userId: string, now: Date): Promise<string | null> {
  const free = sql`(${caseFile.leaseUntil} is null or ${caseFile.leaseUntil} <= ${now.toISOString()}::timestamptz or ${caseFile.claimedBy} = ${userId})`;
  const [row] = await tx
    .select({ id: caseFile.id })
    .from(caseFile)
    .where(and(eq(caseFile.state, 'open'), free))
    .orderBy(sql`${desc(caseFile.priority)} nulls last`, sql`${desc(caseFile.id)} nulls last`)
    .limit(1)
    .for('no key update', { skipLocked: true });
  return row?.id ?? null;
}
