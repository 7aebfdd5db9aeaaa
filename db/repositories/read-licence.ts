/** Licence lists and their rows as the screen looks them up: by exact code or number, or by the start of a name. */
import { and, eq, like, or, sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { licence, licenceList } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';

export type LicenceListRecord = typeof licenceList.$inferSelect;

/** One page of imported lists, newest first. */
export async function readLicenceLists(db: Db, cursor: string | undefined, limit: number): Promise<Page<LicenceListRecord>> {
  const after = decodeCursor(cursor, ['instant', 'uuid']);
  const rows = await db
    .select()
    .from(licenceList)
    .where(after ? sql`(${licenceList.importedAt}, ${licenceList.id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : undefined)
    .orderBy(sql`${licenceList.importedAt} desc nulls last`, sql`${licenceList.id} desc nulls last`)
    .limit(limit + 1);
  return toPage(rows, limit, (r) => [r.importedAt.toISOString(), r.id]);
}

/** The query of a look-up. @param key the name folded as it was on import */
export function licenceQuery(db: Db, words: string, key: string, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['uuid']);
  const prefix = `${key.replace(/[\\%_]/g, (ch) => `\\${ch}`)}%`;
  const code = words.trim().toUpperCase();
  const hit = or(eq(licence.uscc, code), eq(licence.number, words.trim()), key === '' ? undefined : like(licence.nameKey, prefix));
  return db
    .select({ l: licence, list: licenceList })
    .from(licence)
    .innerJoin(licenceList, eq(licenceList.id, licence.listId))
    .where(and(eq(licenceList.current, true), hit, after ? sql`${licence.id} > ${after[0]}::uuid` : undefined))
    .orderBy(licence.id)
    .limit(limit + 1);
}
export type LicenceRecord = Awaited<ReturnType<typeof licenceQuery>>[number];

/** One page of licences of the current lists that fit the words. */
export async function readLicences(db: Db, words: string, key: string, cursor: string | undefined, limit: number): Promise<Page<LicenceRecord>> {
  return toPage(await licenceQuery(db, words, key, cursor, limit), limit, (r) => [r.l.id]);
}
