/**
 * What is due to be destroyed, and the record that it was. Posts, pages and particulars are walked in the order of
 * their ids, which is the order in which they came: nothing younger than the term is looked at.
 */
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { DEFAULT_TERMS, type DestroyedItem, type RetentionCounts, type RetentionRule, type RetentionTerm } from '../../core/model/retention.ts';
import type { Actor } from '../../core/model/role.ts';
import type { Db } from '../connect.ts';
import {
  account,
  capture,
  caseFile,
  destruction,
  destructionItem,
  finding,
  ledger,
  legalHold,
  maskedCopy,
  networkHolding,
  pageState,
  pictureReading,
  post,
  postFate,
  postPicture,
  postText,
  postVersion,
  postWatch,
  retentionTerm,
} from '../schema/index.ts';
import { nextNumber } from './case.ts';
import { list } from './list.ts';

export type Destruction = typeof destruction.$inferSelect;

/** Terms in force: those shipped, with the days the office set. */
export async function readTerms(db: Db): Promise<RetentionTerm[]> {
  const set = new Map((await db.select().from(retentionTerm)).map((row) => [row.rule, row.days]));
  return DEFAULT_TERMS.map((term) => (set.has(term.rule) ? { ...term, days: set.get(term.rule) ?? null } : term));
}

export async function saveTerm(tx: Db, rule: RetentionRule, days: number | null, by: Actor, now: Date): Promise<void> {
  const set = { days, byId: by.id, byName: by.name, at: now };
  await tx
    .insert(retentionTerm)
    .values({ rule, ...set })
    .onConflictDoUpdate({ target: retentionTerm.rule, set });
}

const DISMISSED = sql`('no_violation', 'duplicate', 'account_gone')`;
const instant = (at: Date) => sql`${at.toISOString()}::timestamptz`;
/** The first id that could have been made at an instant: ids are in the order of time, so nothing younger is looked at. */
const firstId = (at: Date) => {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return sql`${`${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`}::uuid`;
};
/**
 * Whether an account is kept whole: it is on the list of banned parties, or a case of it is open, was decided otherwise
 * than dismissed, is held, or was dismissed less than its term ago.
 */
const kept = (accountId: ReturnType<typeof sql>, dismissedBefore: Date | null) => sql`(
  exists (select 1 from ${account} ka where ka.id = ${accountId} and ka.banned)
  or exists (select 1 from ${caseFile} kc where kc.account_id = ${accountId} and (
    kc.state <> 'closed' or kc.outcome is null or kc.outcome not in ${DISMISSED}
    or ${dismissedBefore === null ? sql`true` : sql`kc.closed_at >= ${instant(dismissedBefore)}`}
    or exists (select 1 from ${legalHold} kh where kh.case_id = kc.id and kh.lifted_at is null))))`;
const hasCase = sql`exists (select 1 from ${caseFile} c where c.account_id = p.account_id)`;

export interface DuePost {
  readonly id: string;
  readonly url: string | null;
  readonly contentSha256: string;
}

/** Posts behind `after` that are due, at most `limit`. @param before what was last seen before this is due */
export async function duePosts(
  tx: Db,
  of: { rule: 'post.clear' | 'post.dismissed'; before: Date; dismissedBefore: Date | null; after: string | null; limit: number },
): Promise<DuePost[]> {
  const { rows } = await tx.execute<{ id: string; url: string | null; contentSha256: string }>(sql`
    select p.id, p.url, p.content_sha256 as "contentSha256" from ${post} p
    where ${of.after === null ? sql`true` : sql`p.id > ${of.after}::uuid`} and p.id < ${firstId(of.before)} and p.last_seen_at < ${instant(of.before)}
      and ${of.rule === 'post.clear' ? sql`p.level not in ('statutory', 'lead') and not ${hasCase}` : hasCase}
      and not ${kept(sql`p.account_id`, of.dismissedBefore)}
      and not exists (select 1 from ${finding} f where f.post_id = p.id and f.state = 'confirmed')
    order by p.id limit ${of.limit} for update of p skip locked`);
  return rows;
}

/** Takes posts out of the store with all that was worked out from them; their accounts, captures and ledger rows stay. */
export async function deletePosts(tx: Db, posts: readonly DuePost[]): Promise<void> {
  const ids = posts.map((p) => p.id);
  const urls = posts.flatMap((p) => p.url ?? []);
  for (const table of [postWatch, postFate, postText, postPicture, finding, postVersion] as const) await tx.delete(table).where(inArray(table.postId, ids));
  // Without its validators, so that a post that comes back is read and kept anew.
  if (urls.length > 0) await tx.delete(pageState).where(inArray(pageState.url, urls));
  await tx.delete(post).where(inArray(post.id, ids));
}

export interface DueCapture {
  readonly id: string;
  readonly sha256: string;
  readonly size: number;
  readonly warcFile: string;
  readonly warcOffset: number;
  readonly warcLength: number;
  /** How many other captures stand on the same bytes: as long as one of them stays only the reference goes. */
  readonly others: number;
}

const KINDS = { 'capture.page': ['post', 'image', 'probe', 'import'], 'capture.list': ['account', 'list'] } as const;

/** Captures behind `after` that are due: old enough, of no account that is kept, and nothing refers to them. */
export async function dueCaptures(
  tx: Db,
  of: { rule: 'capture.page' | 'capture.list'; before: Date; dismissedBefore: Date | null; after: string | null; limit: number },
): Promise<DueCapture[]> {
  const { rows } = await tx.execute<Record<keyof DueCapture, unknown>>(sql`
    select c.id, c.sha256, c.size, c.warc_file as "warcFile", c.warc_offset as "warcOffset", c.warc_length as "warcLength",
      (select count(*) from ${capture} o where o.sha256 = c.sha256 and o.id <> c.id and o.warc_file = c.warc_file and o.warc_offset = c.warc_offset) as others
    from ${capture} c
    where ${of.after === null ? sql`true` : sql`c.id > ${of.after}::uuid`} and c.id < ${firstId(of.before)} and c.fetched_at < ${instant(of.before)}
      and c.sha256 is not null and c.warc_file is not null and c.destroyed_no is null and c.kind = any(${list([...KINDS[of.rule]], 'text')})
      and (c.account_id is null or not ${kept(sql`c.account_id`, of.dismissedBefore)})
      and not exists (select 1 from ${postVersion} v where v.capture_id = c.id)
      and not exists (select 1 from ${post} p where p.capture_id = c.id)
      and not exists (select 1 from ${postFate} f where f.capture_id = c.id)
      and not exists (select 1 from ${postPicture} pp where pp.sha256 = c.sha256)
      -- The same bytes seen again within the term stay, and so does what a later record may refer back to.
      and not exists (select 1 from ${capture} o where o.sha256 = c.sha256 and o.id <> c.id and o.destroyed_no is null and o.fetched_at >= ${instant(of.before)})
      -- So does a page whose host said within the term that it still stands (304).
      and not exists (select 1 from ${pageState} s join ${capture} o on o.url = s.url
        where s.url = c.url and s.capture_id = c.id and o.outcome = 'unchanged' and o.fetched_at >= ${instant(of.before)})
      -- The plain answer, which is entered right before the page a browser drew from it, stays as long as that page.
      and not exists (select 1 from ${capture} d where d.url = c.url and c.via = 'http' and d.via = 'browser' and d.ledger_seq = c.ledger_seq + 1 and d.destroyed_no is null)
    order by c.id limit ${of.limit} for update of c skip locked`);
  return rows.map((r) => ({
    id: String(r.id),
    sha256: String(r.sha256),
    size: Number(r.size),
    warcFile: String(r.warcFile),
    warcOffset: Number(r.warcOffset),
    warcLength: Number(r.warcLength),
    others: Number(r.others),
  }));
}

const BLOB_KINDS = ['shot', 'dom_text', 'page_layout', 'ocr_text', 'masked'] as const;
const DIGEST = sql`substring(${ledger.payload} from '"sha256":"([0-9a-f]{64})"')`;

/** Page shots and texts of captures that no other capture has as well. */
export async function blobsOnlyOf(tx: Db, captureIds: readonly string[]): Promise<string[]> {
  if (captureIds.length === 0) return [];
  const mine = await tx
    .selectDistinct({ sha256: sql<string>`${DIGEST}` })
    .from(ledger)
    .where(and(inArray(ledger.refId, [...captureIds]), inArray(ledger.kind, [...BLOB_KINDS])));
  const digests = mine.map((r) => r.sha256).filter(Boolean);
  if (digests.length === 0) return [];
  const others = await tx
    .selectDistinct({ sha256: sql<string>`${DIGEST}` })
    .from(ledger)
    .leftJoin(capture, eq(capture.id, ledger.refId))
    .where(
      and(
        sql`${DIGEST} = any(${list(digests, 'text')})`,
        inArray(ledger.kind, [...BLOB_KINDS, 'import']),
        sql`not (${inArray(ledger.refId, [...captureIds])})`,
        sql`${capture.destroyedNo} is null`,
      ),
    );
  const used = new Set(others.map((r) => r.sha256));
  return digests.filter((d) => !used.has(d));
}

/** Whether a file that a record destroys was entered for another capture after it was decided: then it stays. Ask under the ledger's lock. */
export async function enteredSince(tx: Db, sha256: string, no: number): Promise<boolean> {
  const [row] = await tx
    .select({ seq: ledger.seq })
    .from(ledger)
    .innerJoin(destruction, eq(destruction.no, no))
    .where(
      and(sql`${DIGEST} = ${sha256}`, sql`${ledger.kind} <> 'capture'`, inArray(ledger.kind, [...BLOB_KINDS, 'import']), gt(ledger.seq, destruction.ledgerSeq)),
    )
    .limit(1);
  return row !== undefined;
}

/** Notes that the bytes of captures are destroyed: what they were keeps its row, where they stood does not. */
export async function markDestroyed(tx: Db, captureIds: readonly string[], shas: readonly string[], no: number): Promise<void> {
  const gone = { destroyedNo: no, warcFile: null, warcOffset: null, warcLength: null, shotSha256: null, shotFrom: null };
  await tx
    .update(capture)
    .set(gone)
    .where(inArray(capture.id, [...captureIds]));
  await tx.delete(maskedCopy).where(inArray(maskedCopy.captureId, [...captureIds]));
  // Without its validators: a page whose bytes are gone is read and sealed anew, not told to be unchanged.
  await tx.execute(sql`delete from ${pageState} s using ${capture} c
    where c.id = any(${list(captureIds, 'uuid')}) and s.url = c.url and s.capture_id = c.id`);
  await tx.execute(sql`delete from ${pictureReading} r where r.sha256 = any(${list(shas, 'text')})
    and not exists (select 1 from ${postPicture} pp where pp.sha256 = r.sha256)`);
}

/** Accounts behind `after` without posts and cases whose particulars are due. */
export async function dueAccounts(tx: Db, of: { before: Date; after: string | null; limit: number }): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select a.id from ${account} a
    where ${of.after === null ? sql`true` : sql`a.id > ${of.after}::uuid`} and a.id < ${firstId(of.before)} and a.last_seen_at < ${instant(of.before)}
      and not a.banned and a.external_id not like 'destroyed:%'
      and not exists (select 1 from ${caseFile} c where c.account_id = a.id) and not exists (select 1 from ${post} p where p.account_id = a.id)
    order by a.id limit ${of.limit} for update of a skip locked`);
  return rows.map((r) => r.id);
}

/** Empties what an account says of itself; its row stays for what refers to it. */
export async function clearAccounts(tx: Db, ids: readonly string[], no: number): Promise<void> {
  await tx.delete(finding).where(and(inArray(finding.accountId, [...ids]), sql`${finding.caseId} is null`));
  await tx.delete(networkHolding).where(inArray(networkHolding.accountId, [...ids]));
  await tx
    .update(account)
    .set({
      externalId: sql`'destroyed:' || ${account.id}::text`,
      name: `（第 ${no} 号销毁）`,
      alias: null,
      description: null,
      url: null,
      subjectName: null,
      uscc: null,
      category: null,
      licenceNo: null,
      details: {},
      licenceMatch: null,
      statusReason: null,
    })
    .where(inArray(account.id, [...ids]));
}

/** Writes a record of destruction and its items. @returns its number */
export async function recordDestruction(
  tx: Db,
  wish: { term: RetentionTerm; by: Actor; counts: RetentionCounts; items: (no: number) => readonly DestroyedItem[]; now: Date },
): Promise<number> {
  const { term, by, counts, now } = wish;
  const no = await nextNumber(tx, 'destruction-number', now);
  const row = { no, rule: term.rule, days: term.days ?? 0, basis: term.basis, byId: by.id, byName: by.name, counts, at: now };
  await tx.insert(destruction).values({ ...row, state: 'planned' });
  const items = wish.items(no).map((item) => ({ no, ...item }));
  for (let i = 0; i < items.length; i += 500) await tx.insert(destructionItem).values(items.slice(i, i + 500));
  return no;
}

export async function setDestructionLedger(tx: Db, no: number, ledgerSeq: number): Promise<void> {
  await tx.update(destruction).set({ ledgerSeq }).where(eq(destruction.no, no));
}

/** Records whose bytes may still stand: decided, on record, and not finished. */
export const plannedDestructions = (db: Db): Promise<Destruction[]> =>
  db.select().from(destruction).where(sql`state = 'planned'`).orderBy(asc(destruction.no)).limit(1_000);

/** Files that a record destroys. */
export const filesOf = (db: Db, no: number): Promise<DestroyedItem[]> =>
  db
    .select({
      kind: destructionItem.kind,
      ref: destructionItem.ref,
      sha256: destructionItem.sha256,
      warcFile: destructionItem.warcFile,
      start: destructionItem.start,
      length: destructionItem.length,
    })
    .from(destructionItem)
    .where(and(eq(destructionItem.no, no), inArray(destructionItem.kind, ['record', 'blob'])));

export async function finishDestruction(db: Db, no: number, now: Date): Promise<void> {
  await db.update(destruction).set({ state: 'done', doneAt: now }).where(eq(destruction.no, no));
}

/** The newest records of destruction. */
export const listDestructions = (db: Db, limit = 100): Promise<Destruction[]> =>
  db.select().from(destruction).orderBy(sql`${destruction.no} desc`).limit(limit);
