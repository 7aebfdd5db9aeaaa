/**
 * Licence lists: imported whole or not at all, every row with its cells. The newest of an authority becomes current at
 * once, unless it takes away many entries: then it waits for a person, and the one before it stays.
 */
import { and, asc, desc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import { PinchaError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { isBigRemoval, type LicenceListInfo, type LicenceRow, type ListDiff, type ListReview, type MappingBy } from '../../core/model/licence.ts';
import type { Actor } from '../../core/model/role.ts';
import { storable } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { importFile, licence, licenceList } from '../schema/index.ts';
import { appendAudit } from './audit.ts';
import { diffLists } from './licence-diff.ts';

export interface ListImport {
  readonly label: string;
  readonly authority: string;
  readonly publishedOn: string;
  readonly sourceUrl: string | null;
  readonly sha256: string;
  readonly fileName: string;
  readonly mapping: Record<string, string>;
  readonly mappingBy: MappingBy;
  readonly by: string;
  readonly now: Date;
}
export interface ListRow {
  readonly row: LicenceRow;
  readonly nameKey: string;
  readonly cells: Record<string, string>;
}

export interface ImportedList {
  readonly listId: string;
  readonly rows: number;
  readonly rejected: number;
  /** The same file was imported before. */
  readonly already: boolean;
  readonly diff: ListDiff | null;
  readonly review: ListReview | null;
}

/**
 * Stores a list in the caller's transaction. The same file again returns the list it made the first time.
 * @param rows streamed; rejected lines are counted by the caller
 */
export async function importList(tx: Db, head: ListImport, rows: AsyncIterable<ListRow>, rejected: () => number): Promise<ImportedList> {
  const [known] = await tx.select().from(licenceList).where(eq(licenceList.sha256, head.sha256));
  if (known) return { listId: known.id, rows: known.rows, rejected: known.rejected, already: true, diff: known.diff, review: known.review };
  const listId = newId();
  const { fileName, by, now, ...info } = head;
  // One import of an authority at a time: each is compared with the one that is current.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`licence-list ${head.authority}`}))`);
  const [before] = await tx
    .select()
    .from(licenceList)
    .where(and(eq(licenceList.authority, head.authority), eq(licenceList.current, true)))
    .orderBy(desc(licenceList.importedAt));
  await tx.insert(licenceList).values({ id: listId, ...info, rows: 0, rejected: 0, current: false, importedBy: by, importedAt: now });
  let count = 0;
  let batch: (typeof licence.$inferInsert)[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await tx.insert(licence).values(batch);
    count += batch.length;
    batch = [];
  };
  for await (const { row, nameKey, cells } of rows) {
    batch.push({ id: newId(), listId, ...storable({ nameKey, cells, ...row }) });
    if (batch.length >= 1_000) await flush();
  }
  await flush();
  const diff = before ? await diffLists(tx, before, listId) : null;
  const review = before && diff && isBigRemoval(diff.removed, before.rows) ? ('waiting' as const) : null;
  if (review === null) await tx.update(licenceList).set({ current: false }).where(eq(licenceList.authority, head.authority));
  await tx
    .update(licenceList)
    .set({ rows: count, rejected: rejected(), diff, review, current: review === null })
    .where(eq(licenceList.id, listId));
  await tx
    .insert(importFile)
    .values({ id: newId(), kind: 'licences', name: fileName, sha256: head.sha256, rows: count, rejected: rejected(), importedBy: by, importedAt: now });
  return { listId, rows: count, rejected: rejected(), already: false, diff, review };
}

/**
 * A person lets a waiting list become current, or refuses it.
 * @returns false when there is no such list or it does not wait
 * @throws STALE when another list came since the difference was worked out: this one can only be refused
 */
export async function reviewList(tx: Db, listId: string, accept: boolean, actor: Actor, now: Date): Promise<boolean> {
  const [list] = await tx.select().from(licenceList).where(eq(licenceList.id, listId)).for('update');
  if (list?.review !== 'waiting') return false;
  const [shown] = await tx
    .select({ id: licenceList.id })
    .from(licenceList)
    .where(and(eq(licenceList.authority, list.authority), eq(licenceList.current, true)));
  // What was shown is the difference to one list: where another has come meanwhile, accepting would do something else.
  if (accept && shown?.id !== list.diff?.againstId) throw new PinchaError('STALE', { what: 'licence-list' });
  if (accept) await tx.update(licenceList).set({ current: false }).where(eq(licenceList.authority, list.authority));
  await tx
    .update(licenceList)
    .set({ review: accept ? 'accepted' : 'refused', current: accept, reviewedBy: actor.name, reviewedAt: now })
    .where(eq(licenceList.id, listId));
  const data = { label: list.label, removed: list.diff?.removed ?? 0 };
  await appendAudit(tx, [{ action: accept ? 'licence-list.accept' : 'licence-list.refuse', subjectType: 'licence-list', subjectId: listId, data }], actor, now);
  return true;
}

/** How the columns of the last list of a source were read: by its address, else by its authority; null for a new source. */
export async function rememberedMapping(db: Db, authority: string, sourceUrl: string | null): Promise<Record<string, string> | null> {
  const same = sourceUrl ? or(eq(licenceList.sourceUrl, sourceUrl), eq(licenceList.authority, authority)) : eq(licenceList.authority, authority);
  const [last] = await db
    .select({ mapping: licenceList.mapping })
    .from(licenceList)
    .where(and(same, or(isNull(licenceList.review), ne(licenceList.review, 'refused'))))
    .orderBy(desc(licenceList.importedAt))
    .limit(1);
  return last?.mapping ?? null;
}

/** The list matching uses: the newest current one. */
export async function currentList(db: Db): Promise<LicenceListInfo | null> {
  const [row] = await db.select().from(licenceList).where(eq(licenceList.current, true)).orderBy(desc(licenceList.importedAt)).limit(1);
  if (!row) return null;
  const { id, label, authority, publishedOn, sourceUrl, sha256 } = row;
  return { id, label, authority, publishedOn, sourceUrl, sha256 };
}

/** All rows of a list, in batches. */
export async function* rowsOfList(db: Db, listId: string, batch = 5_000): AsyncGenerator<LicenceRow & { id: string }> {
  for (let after: string | null = null; ; ) {
    const mine = eq(licence.listId, listId);
    const rows: (typeof licence.$inferSelect)[] = await db
      .select()
      .from(licence)
      .where(after === null ? mine : and(mine, gt(licence.id, after)))
      .orderBy(asc(licence.id))
      .limit(batch);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.id;
  }
}
