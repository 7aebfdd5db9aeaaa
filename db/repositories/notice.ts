/**
 * Notices for the workflow: the facts a decision needs read under row locks, the receipts platforms send, the probes
 * that verify, and what a probe has to look at.
 */
import { and, asc, count, eq, inArray, isNotNull, lte, max, ne, notInArray } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { NOTICE_TERMINAL, type Verdict } from '../../core/model/case.ts';
import type { NoticeFacts } from '../../core/model/facts.ts';
import type { Receipt } from '../../core/model/notice.ts';
import type { Db } from '../connect.ts';
import { account, caseFile, finding, notice, platform, post, receipt, verification } from '../schema/index.ts';

/** Locks account, case, notice, always in this order (screening and case decisions lock so too): nobody waits in a circle. */
async function lockAll(tx: Db, noticeId: string): Promise<void> {
  const [row] = await tx.select({ caseId: notice.caseId, accountId: notice.accountId }).from(notice).where(eq(notice.id, noticeId));
  if (!row) return;
  await tx.select({ id: account.id }).from(account).where(eq(account.id, row.accountId)).for('no key update');
  await tx.select({ id: caseFile.id }).from(caseFile).where(eq(caseFile.id, row.caseId)).for('no key update');
  await tx.select({ id: notice.id }).from(notice).where(eq(notice.id, noticeId)).for('no key update');
}

/**
 * The facts of a notice as a decision needs them.
 * @param lock locks case and notice until the transaction ends
 * @returns null when there is no such notice
 */
export async function loadNoticeFacts(tx: Db, noticeId: string, lock: boolean): Promise<NoticeFacts | null> {
  if (lock) await lockAll(tx, noticeId);
  const [row] = await tx.select({ n: notice, c: caseFile }).from(notice).innerJoin(caseFile, eq(caseFile.id, notice.caseId)).where(eq(notice.id, noticeId));
  if (!row) return null;
  const { n, c } = row;
  const live = and(eq(notice.caseId, c.id), ne(notice.id, n.id), notInArray(notice.state, [...NOTICE_TERMINAL]));
  const [others] = await tx.select({ n: count() }).from(notice).where(live);
  const receipts = await tx.select().from(receipt).where(eq(receipt.noticeId, n.id)).orderBy(asc(receipt.receivedAt), asc(receipt.id));
  const probes = await tx.select().from(verification).where(eq(verification.noticeId, n.id)).orderBy(asc(verification.probe));
  const since = n.actedAt;
  return {
    id: n.id,
    number: n.number,
    state: n.state,
    version: n.version,
    platform: n.platform,
    accountId: n.accountId,
    measure: n.measure,
    body: n.body,
    attempts: n.attempts,
    nextAttemptAt: n.nextAttemptAt,
    sentAt: n.sentAt,
    deliveredAt: n.deliveredAt,
    acknowledgedAt: n.acknowledgedAt,
    actedAt: n.actedAt,
    case: { id: c.id, number: c.number, state: c.state, version: c.version, proposerId: c.proposal?.by ?? null, otherLive: others?.n ?? 0 },
    receipts,
    probes: probes.filter((p) => p.how === 'by_crawl' && (!since || p.at >= since)).map((p) => p.verdict),
  };
}

/** Where a notice goes and with which secret it is signed; null when the platform is unknown or switched off. */
export async function platformOf(db: Db, id: string): Promise<{ id: string; name: string; noticeUrl: string | null; secret: string } | null> {
  const [row] = await db
    .select({ id: platform.id, name: platform.name, noticeUrl: platform.noticeUrl, secret: platform.secret })
    .from(platform)
    .where(and(eq(platform.id, id), eq(platform.active, true)));
  return row ?? null;
}

/** Stores a platform's answer beside the change of state it caused. */
export async function insertReceipt(tx: Db, got: { noticeId: string; body: Receipt; bodySha256: string; messageId: string; receivedAt: Date }): Promise<void> {
  await tx.insert(receipt).values({ id: newId(), kind: got.body.kind, ...got });
}

/** Stores one probe; they are numbered from 1 per notice and way of looking. @returns the number it got */
export async function insertVerification(
  tx: Db,
  seen: { noticeId: string; how: 'by_crawl' | 'by_officer' | 'attested'; verdict: Verdict; detail: string; captureIds: readonly string[]; at: Date },
): Promise<number> {
  const mine = and(eq(verification.noticeId, seen.noticeId), eq(verification.how, seen.how));
  const [last] = await tx
    .select({ probe: max(verification.probe) })
    .from(verification)
    .where(mine);
  const probe = (last?.probe ?? 0) + 1;
  await tx.insert(verification).values({ id: newId(), ...seen, captureIds: [...seen.captureIds], probe });
  return probe;
}

/** What a probe looks at: the account's page and the posts whose confirmed findings the notice is about. */
export interface NoticeTargets {
  readonly account: { readonly id: string; readonly platform: string; readonly externalId: string; readonly url: string | null };
  readonly posts: readonly { readonly id: string; readonly externalId: string; readonly url: string | null; readonly contentSha256: string }[];
}

/** @returns null when there is no such notice; at most `limit` posts, in the order of their ids */
export async function noticeTargets(db: Db, noticeId: string, limit = 50): Promise<NoticeTargets | null> {
  const [row] = await db
    .select({ caseId: notice.caseId, account: { id: account.id, platform: account.platform, externalId: account.externalId, url: account.url } })
    .from(notice)
    .innerJoin(account, eq(account.id, notice.accountId))
    .where(eq(notice.id, noticeId));
  if (!row) return null;
  const posts = await db
    .selectDistinct({ id: post.id, externalId: post.externalId, url: post.url, contentSha256: post.contentSha256 })
    .from(finding)
    .innerJoin(post, eq(post.id, finding.postId))
    .where(and(eq(finding.caseId, row.caseId), eq(finding.state, 'confirmed')))
    .orderBy(asc(post.id))
    .limit(limit);
  return { account: row.account, posts };
}

/** Notices whose next attempt is due, for the sweeper that finds what a lost job left behind. */
export const noticesDue = (db: Db, now: Date, limit = 500): Promise<{ id: string }[]> =>
  db
    .select({ id: notice.id })
    .from(notice)
    .where(and(inArray(notice.state, ['approved', 'sending', 'undeliverable']), isNotNull(notice.nextAttemptAt), lte(notice.nextAttemptAt, now)))
    .limit(limit);
