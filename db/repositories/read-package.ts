/**
 * What an evidence package of one case is made from: every sealed look its findings, pictures and verifications rest
 * on, the ledger's rows about them, what was read in the pictures, and the audit log of who saw, decided and exported.
 * Read in batches, so that a case of thousands of captures is never in memory as a whole.
 */
import { and, asc, eq, gt, inArray, isNotNull, sql } from 'drizzle-orm';
import type { CaseFacts } from '../../core/model/facts.ts';
import type { SealedPlace } from '../../core/ports.ts';
import type { Db } from '../connect.ts';
import { account, auditEntry, capture, caseFile, ledger, notice, pictureReading, post, postPicture, postVersion, verification } from '../schema/index.ts';
import type { LedgerRecord } from './capture.ts';
import { list } from './list.ts';

/** Everything of a case that somebody may have looked at, and the captures among it. */
export interface PackageScope {
  readonly captureIds: readonly string[];
  readonly postIds: readonly string[];
  readonly noticeIds: readonly string[];
}

/** The id of a case by its number or id; null when there is none. */
export async function caseIdOf(db: Db, wanted: string): Promise<string | null> {
  const byId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(wanted);
  const [row] = await db
    .select({ id: caseFile.id })
    .from(caseFile)
    .where(byId ? eq(caseFile.id, wanted.toLowerCase()) : eq(caseFile.number, wanted));
  return row?.id ?? null;
}

/** The captures a case rests on: those of its findings, the pictures of their posts, the looks of its verifications. In the order they were made. */
export async function readPackageScope(db: Db, facts: CaseFacts): Promise<PackageScope> {
  const standing = facts.findings.filter((f) => f.state !== 'superseded');
  const postIds = [...new Set(standing.flatMap((f) => (f.postId ? [f.postId] : [])))];
  const pictures = postIds.length === 0 ? [] : await db.select({ id: postPicture.captureId }).from(postPicture).where(inArray(postPicture.postId, postIds));
  const noticeIds = facts.notices.map((n) => n.id);
  const looks =
    noticeIds.length === 0 ? [] : await db.select({ ids: verification.captureIds }).from(verification).where(inArray(verification.noticeId, noticeIds));
  const ids = new Set([
    ...standing.flatMap((f) => (f.capture ? [f.capture.id] : [])),
    ...pictures.map((p) => p.id),
    ...looks.flatMap((l) => (Array.isArray(l.ids) ? l.ids : [])),
  ]);
  // The plain answer a drawn page came from stands in the ledger only.
  const drawn = await db
    .select({ id: sql<string | null>`${ledger.payload}::jsonb->'data'->>'plain'` })
    .from(ledger)
    .where(and(inArray(ledger.refId, [...ids]), eq(ledger.kind, 'capture')));
  for (const { id } of drawn) if (id) ids.add(id);
  // Ids are ordered by time.
  return { captureIds: [...ids].sort(), postIds, noticeIds };
}

export type PackagedRecord = Omit<typeof capture.$inferSelect, keyof SealedPlace> & SealedPlace & { title: string | null; rows: LedgerRecord[] };

type CaptureRow = typeof capture.$inferSelect;
const sealedPlace = ({ sha256, sm3, warcFile, warcOffset, warcLength, size, mediaType }: CaptureRow): SealedPlace | null =>
  sha256 === null || sm3 === null || warcFile === null || warcOffset === null || warcLength === null
    ? null
    : { sha256, sm3, warcFile, warcOffset, warcLength, size, mediaType };

/** The title people know a page by, for each capture that has one. */
async function titlesOf(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const posts = await db
    .select({ id: postVersion.captureId, title: post.title })
    .from(postVersion)
    .innerJoin(post, eq(post.id, postVersion.postId))
    .where(inArray(postVersion.captureId, [...ids]));
  const accounts = await db
    .select({ id: capture.id, title: account.name })
    .from(capture)
    .innerJoin(account, eq(account.id, capture.accountId))
    .where(and(inArray(capture.id, [...ids]), inArray(capture.kind, ['account', 'list'])));
  return new Map([...accounts, ...posts].flatMap(({ id, title }) => (id && title ? [[id, title] as const] : [])));
}

/** The sealed captures among `ids`, in that order, each with every ledger row about it. Those without bytes are left out. */
export async function* packagedCaptures(db: Db, ids: readonly string[], batch = 200): AsyncGenerator<PackagedRecord> {
  for (let from = 0; from < ids.length; from += batch) {
    const some = ids.slice(from, from + batch);
    const found = await db
      .select()
      .from(capture)
      .where(and(inArray(capture.id, some), isNotNull(capture.sha256)))
      .orderBy(asc(capture.id));
    const rows = await db.select().from(ledger).where(inArray(ledger.refId, some)).orderBy(asc(ledger.seq));
    const titles = await titlesOf(db, some);
    for (const row of found) {
      const place = sealedPlace(row);
      if (place) yield { ...row, ...place, title: titles.get(row.id) ?? null, rows: rows.filter((r) => r.refId === row.id) };
    }
  }
}

/** Later answers that said that captures among `ids` still stood, oldest first, each with its ledger row. */
export async function* packagedRevisits(db: Db, ids: readonly string[], batch = 200) {
  for (let from = 0; from < ids.length; from += batch) {
    const some = ids.slice(from, from + batch);
    const urls = db.select({ url: capture.url }).from(capture).where(inArray(capture.id, some));
    const of = sql<string>`${ledger.payload}::jsonb->'data'->'revisit'->>'of'`;
    const found = await db
      .select({ capture, row: ledger, of })
      .from(capture)
      .innerJoin(ledger, and(eq(ledger.refId, capture.id), eq(ledger.kind, 'capture')))
      .where(and(inArray(capture.url, urls), eq(capture.outcome, 'unchanged'), isNotNull(capture.warcFile), inArray(of, [...some])))
      .orderBy(asc(capture.id));
    for (const { capture: c, row, of: confirmed } of found) {
      const { id, url, status, fetchedAt, warcFile, warcOffset, warcLength } = c;
      if (warcFile !== null && warcOffset !== null && warcLength !== null)
        yield { id, of: confirmed, url, status, fetchedAt, warcFile, warcOffset, warcLength, rows: [row] };
    }
  }
}

/** What was read in the pictures among these captures, a line a picture. */
export async function* packagedReadings(db: Db, ids: readonly string[], batch = 200): AsyncGenerator<Record<string, unknown>> {
  for (let from = 0; from < ids.length; from += batch) {
    const found = await db
      .select({ captureId: capture.id, reading: pictureReading })
      .from(capture)
      .innerJoin(pictureReading, eq(pictureReading.sha256, capture.sha256))
      .where(and(inArray(capture.id, ids.slice(from, from + batch)), eq(capture.kind, 'image')))
      .orderBy(asc(capture.id));
    for (const { captureId, reading } of found) {
      const { sha256, engine, outcome, reason, format, width, height, turn, lines, codes, readAt } = reading;
      yield { captureId, sha256, engine, outcome, reason, format, width, height, turn, lines, codes, readAt: readAt.toISOString() };
    }
  }
}

/** The audit log about a case, its captures, posts and notices, oldest first, whole rows as they are hashed. */
export async function* custodyOf(db: Db, caseId: string, scope: PackageScope, batch = 1_000): AsyncGenerator<Record<string, unknown>> {
  const subjects = [
    { type: 'case', ids: [caseId] },
    { type: 'capture', ids: scope.captureIds },
    { type: 'post', ids: scope.postIds },
    { type: 'notice', ids: scope.noticeIds },
  ];
  const types = subjects.flatMap(({ type, ids }) => ids.map(() => type));
  const ids = subjects.flatMap((s) => s.ids);
  const about = sql`(${auditEntry.subjectType}, ${auditEntry.subjectId}) in (select * from unnest(${list(types, 'text')}, ${list(ids, 'text')}))`;
  for (let after = 0; ; ) {
    const rows = await db
      .select()
      .from(auditEntry)
      .where(and(about, gt(auditEntry.seq, after)))
      .orderBy(asc(auditEntry.seq))
      .limit(batch);
    for (const { at, ...row } of rows) yield { ...row, at: at.toISOString() };
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.seq;
  }
}

/** Numbers of the notices of a case with their state, for the record. */
export const packageNotices = (db: Db, caseId: string) =>
  db
    .select({ number: notice.number, state: notice.state, measure: notice.measure, createdAt: notice.createdAt })
    .from(notice)
    .where(eq(notice.caseId, caseId))
    .orderBy(asc(notice.id));
