/** The business register as imported: the newest import replaces the one before. */
import { and, asc, desc, eq, gt, ne } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { storable } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { company, importFile } from '../schema/index.ts';

export interface RegisterImport {
  readonly fileName: string;
  readonly sha256: string;
  readonly label: string;
  readonly publishedOn: string;
  /** Whether it covers everybody who could be asked for. */
  readonly complete: boolean;
  readonly by: string;
  readonly now: Date;
}
export interface RegisterRow {
  readonly name: string;
  readonly nameKey: string;
  readonly uscc: string | null;
  readonly status: string | null;
}

/** Stores a register in the caller's transaction; the same file again is told by `already`. */
export async function importRegister(
  tx: Db,
  head: RegisterImport,
  rows: AsyncIterable<RegisterRow>,
  rejected: () => number,
): Promise<{ importId: string; rows: number; already: boolean }> {
  const same = and(eq(importFile.kind, 'companies'), eq(importFile.sha256, head.sha256));
  const [known] = await tx.select().from(importFile).where(same);
  if (known) return { importId: known.id, rows: known.rows, already: true };
  const importId = newId();
  let count = 0;
  let batch: (typeof company.$inferInsert)[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await tx.insert(company).values(batch);
    count += batch.length;
    batch = [];
  };
  for await (const row of rows) {
    batch.push({ id: newId(), importId, ...storable(row) });
    if (batch.length >= 1_000) await flush();
  }
  await flush();
  await tx.delete(company).where(ne(company.importId, importId));
  const { fileName, by, now, ...file } = head;
  await tx
    .insert(importFile)
    .values({ id: importId, kind: 'companies', name: fileName, ...file, rows: count, rejected: rejected(), importedBy: by, importedAt: now });
  return { importId, rows: count, already: false };
}

/** The register in use; null when none was imported. */
export async function currentRegister(db: Db): Promise<{ importId: string; label: string; publishedOn: string; complete: boolean } | null> {
  const [row] = await db.select().from(importFile).where(eq(importFile.kind, 'companies')).orderBy(desc(importFile.importedAt)).limit(1);
  return row ? { importId: row.id, label: row.label ?? row.name, publishedOn: row.publishedOn ?? '', complete: row.complete } : null;
}

/** All rows of a register, in batches. */
export async function* companiesOf(db: Db, importId: string, batch = 5_000): AsyncGenerator<{ name: string; uscc: string | null; status: string | null }> {
  for (let after: string | null = null; ; ) {
    const mine = eq(company.importId, importId);
    const rows: (typeof company.$inferSelect)[] = await db
      .select()
      .from(company)
      .where(after === null ? mine : and(mine, gt(company.id, after)))
      .orderBy(asc(company.id))
      .limit(batch);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.id;
  }
}
