/** Licence lists: imported whole or not at all, the newest of an authority current, every row with its cells. */
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { LicenceListInfo, LicenceRow } from '../../core/model/licence.ts';
import type { Db } from '../connect.ts';
import { importFile, licence, licenceList } from '../schema/index.ts';

export interface ListImport {
  readonly label: string;
  readonly authority: string;
  readonly publishedOn: string;
  readonly sourceUrl: string | null;
  readonly sha256: string;
  readonly fileName: string;
  readonly mapping: Record<string, string>;
  readonly by: string;
  readonly now: Date;
}
export interface ListRow {
  readonly row: LicenceRow;
  readonly nameKey: string;
  readonly cells: Record<string, string>;
}

/**
 * Stores a list in the caller's transaction. The same file again returns the list it made the first time.
 * @param rows streamed; rejected lines are counted by the caller
 */
export async function importList(
  tx: Db,
  head: ListImport,
  rows: AsyncIterable<ListRow>,
  rejected: () => number,
): Promise<{ listId: string; rows: number; rejected: number; already: boolean }> {
  const [known] = await tx.select().from(licenceList).where(eq(licenceList.sha256, head.sha256));
  if (known) return { listId: known.id, rows: known.rows, rejected: known.rejected, already: true };
  const listId = newId();
  const { fileName, by, now, ...info } = head;
  await tx.update(licenceList).set({ current: false }).where(eq(licenceList.authority, head.authority));
  await tx.insert(licenceList).values({ id: listId, ...info, rows: 0, rejected: 0, current: true, importedBy: by, importedAt: now });
  let count = 0;
  let batch: (typeof licence.$inferInsert)[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await tx.insert(licence).values(batch);
    count += batch.length;
    batch = [];
  };
  for await (const { row, nameKey, cells } of rows) {
    batch.push({ id: newId(), listId, nameKey, cells, ...row });
    if (batch.length >= 1_000) await flush();
  }
  await flush();
  await tx.update(licenceList).set({ rows: count, rejected: rejected() }).where(eq(licenceList.id, listId));
  await tx
    .insert(importFile)
    .values({ id: newId(), kind: 'licences', name: fileName, sha256: head.sha256, rows: count, rejected: rejected(), importedBy: by, importedAt: now });
  return { listId, rows: count, rejected: rejected(), already: false };
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
