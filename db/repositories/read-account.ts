/** Accounts and posts as the screen shows them: lists by score, one account with its history, one post with its versions. */
import { and, countDistinct, desc, eq, getTableColumns, inArray, isNotNull, ne, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { OriginView } from '../../core/model/intake.ts';
import type { LicenceVerdict } from '../../core/model/licence.ts';
import type { PostLevel } from '../../core/model/taxonomy.ts';
import type { Db } from '../connect.ts';
import { account, appUser, capture, finding, post, postText, postVersion, runAccount, source } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';
import { originColumn } from './origin.ts';
import { type PictureRecord, readPicturesOf } from './picture.ts';
import { type RootOver, rootOver } from './root-over.ts';
import { holdsWords } from './search.ts';

const { words: _words, ...accountColumns } = getTableColumns(account);
export type AccountRecord = Omit<typeof account.$inferSelect, 'words'>;
export interface AccountFilter {
  readonly platform?: string;
  readonly verdict?: LicenceVerdict;
  readonly level?: PostLevel;
  /** Only those this run screened, and of them only those where it counted something. */
  readonly run?: string;
  readonly found?: 'findings' | 'newFindings';
  readonly q?: string;
}

function screenedBy(runId: string, found: AccountFilter['found']): SQL {
  const counted = found ? sql` and (ra.counts->>${found})::int > 0` : sql``;
  return sql`${account.id} = any(array(select ra.account_id from ${runAccount} ra where ra.run_id = ${runId}${counted}))`;
}

/** The query of one page of accounts, for reading and for explaining its plan. */
export function accountQuery(db: Db, filter: AccountFilter, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['number', 'uuid']);
  const wanted: (SQL | undefined)[] = [
    filter.platform ? eq(account.platform, filter.platform) : undefined,
    filter.verdict ? eq(account.licenceVerdict, filter.verdict) : undefined,
    filter.level ? eq(account.level, filter.level) : undefined,
    filter.run ? screenedBy(filter.run, filter.found) : undefined,
    filter.q ? holdsWords(filter.q, account.words, [account.name, account.alias, account.subjectName, account.uscc]) : undefined,
    after ? sql`(${account.score}, ${account.id}) < (${after[0]}::int, ${after[1]}::uuid)` : undefined,
  ];
  return db
    .select(accountColumns)
    .from(account)
    .where(and(...wanted))
    .orderBy(sql`${account.score} desc nulls last`, sql`${account.id} desc nulls last`)
    .limit(limit + 1);
}

/** One page of accounts, highest score first. */
export async function readAccounts(db: Db, filter: AccountFilter, cursor: string | undefined, limit: number): Promise<Page<AccountRecord>> {
  return toPage(await accountQuery(db, filter, cursor, limit), limit, (r) => [r.score, r.id]);
}

export async function readAccount(db: Db, id: string): Promise<AccountRecord | null> {
  const [row] = await db.select(accountColumns).from(account).where(eq(account.id, id));
  return row ?? null;
}

const decider = alias(appUser, 'decider');
/** Strongest first: statutory before lead before advisory before format. */
const strength = sql`array_position(array['statutory','lead','advisory','format'], ${finding.level})`;
const findingQuery = (db: Db, where: SQL | undefined, limit: number) =>
  db
    .select({ f: finding, deciderName: decider.name, textGroup: postText.groupId, postTitle: post.title })
    .from(finding)
    .leftJoin(post, eq(post.id, finding.postId))
    .leftJoin(postText, eq(postText.postId, finding.postId))
    .leftJoin(decider, eq(decider.id, finding.decidedBy))
    .where(where)
    .orderBy(strength, sql`${finding.score} desc`, finding.id)
    .limit(limit);
export type FindingRecord = Awaited<ReturnType<typeof findingQuery>>[number];

export const readAccountFindings = (db: Db, accountId: string, limit = 200): Promise<FindingRecord[]> =>
  findingQuery(db, and(eq(finding.accountId, accountId), inArray(finding.state, ['open', 'confirmed', 'rejected'])), limit);
export const readPostFindings = (db: Db, postId: string, limit = 200): Promise<FindingRecord[]> =>
  findingQuery(db, and(eq(finding.postId, postId), sql`${finding.state} <> 'superseded'`), limit);
export const readCaseFindings = (db: Db, caseId: string, limit = 1_000): Promise<FindingRecord[]> => findingQuery(db, eq(finding.caseId, caseId), limit);

/** Where an account's posts came from, judged by its latest captures. */
export async function readAccountSources(db: Db, accountId: string) {
  const recent = db
    .select({ sourceId: capture.sourceId })
    .from(capture)
    .where(and(eq(capture.accountId, accountId), isNotNull(capture.sourceId)))
    .orderBy(sql`${capture.fetchedAt} desc nulls last`)
    .limit(200);
  return db
    .select({ id: source.id, url: source.url, lastOutcome: source.lastOutcome, lastVisitedAt: source.lastVisitedAt, nextDueAt: source.nextDueAt })
    .from(source)
    .where(inArray(source.id, recent))
    .limit(50);
}

/** What the screen shows of a capture. */
export const captureColumns = {
  id: capture.id,
  fetchedAt: capture.fetchedAt,
  sha256: capture.sha256,
  shotSha256: capture.shotSha256,
  shotFrom: capture.shotFrom,
  ledgerSeq: capture.ledgerSeq,
  origin: originColumn(capture.id),
  root: rootOver(capture.ledgerSeq),
};
const postQuery = (db: Db) => db.select({ p: post, capture: captureColumns }).from(post).leftJoin(capture, eq(capture.id, post.captureId));
export interface CaptureColumns extends Pick<typeof capture.$inferSelect, Exclude<keyof typeof captureColumns, 'origin' | 'root'>> {
  /** Null for what we fetched ourselves. */
  readonly origin: OriginView | null;
  readonly root: RootOver | null;
}
type PostRow = Awaited<ReturnType<typeof postQuery>>[number];
/** A post with its capture and what is known of its pictures. */
export interface PostRecord extends PostRow {
  readonly pictures: readonly PictureRecord[];
}

async function withPictures(db: Db, rows: readonly PostRow[]): Promise<PostRecord[]> {
  const pictures = await readPicturesOf(
    db,
    rows.map(({ p }) => p.id),
  );
  return rows.map((row) => ({ ...row, pictures: pictures.filter((picture) => picture.postId === row.p.id) }));
}

/** The last sealed look at an account: it shows what is found in its name, subject or licence. */
export async function readAccountCapture(db: Db, accountId: string): Promise<CaptureColumns | null> {
  const [row] = await db
    .select(captureColumns)
    .from(capture)
    .where(and(eq(capture.accountId, accountId), ne(capture.kind, 'image'), isNotNull(capture.sha256)))
    .orderBy(sql`${capture.fetchedAt} desc nulls last`)
    .limit(1);
  return row ?? null;
}

/** The query of one page of an account's posts. */
export function accountPostQuery(db: Db, accountId: string, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['number', 'uuid']);
  const behind = after ? [sql`(${post.score}, ${post.id}) < (${after[0]}::int, ${after[1]}::uuid)`] : [];
  return postQuery(db)
    .where(and(eq(post.accountId, accountId), ...behind))
    .orderBy(sql`${post.score} desc nulls last`, sql`${post.id} desc nulls last`)
    .limit(limit + 1);
}

/** One page of an account's posts, strongest first. */
export async function readAccountPosts(db: Db, accountId: string, cursor: string | undefined, limit: number): Promise<Page<PostRecord>> {
  const rows = await accountPostQuery(db, accountId, cursor, limit);
  const page = toPage(rows, limit, (r) => [r.p.score, r.p.id]);
  return { ...page, items: await withPictures(db, page.items) };
}

/** The posts that carry a case's findings, strongest first. */
export async function readCasePosts(db: Db, caseId: string, limit = 50): Promise<PostRecord[]> {
  const carriers = db
    .select({ id: finding.postId })
    .from(finding)
    .where(and(eq(finding.caseId, caseId), sql`${finding.state} <> 'superseded'`));
  return withPictures(db, await postQuery(db).where(inArray(post.id, carriers)).orderBy(desc(post.score), desc(post.id)).limit(limit));
}

/** How many posts carry a case's findings. */
export async function countCasePosts(db: Db, caseId: string): Promise<number> {
  const [row] = await db
    .select({ n: countDistinct(finding.postId) })
    .from(finding)
    .where(and(eq(finding.caseId, caseId), sql`${finding.state} <> 'superseded'`));
  return row?.n ?? 0;
}

/** One post with its account and its latest versions, newest first. */
export async function readPost(db: Db, id: string) {
  const [row] = await withPictures(db, await postQuery(db).where(eq(post.id, id)));
  if (!row) return null;
  const owner = await readAccount(db, row.p.accountId);
  if (!owner) return null;
  const versions = await db.select().from(postVersion).where(eq(postVersion.postId, id)).orderBy(desc(postVersion.version)).limit(50);
  return { post: row, account: owner, versions };
}
