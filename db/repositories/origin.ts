/** Who handed a capture in that we did not fetch, and how it was obtained. */
import { type AnyColumn, eq, sql } from 'drizzle-orm';
import type { OriginView } from '../../core/model/intake.ts';
import type { Db } from '../connect.ts';
import { captureOrigin } from '../schema/index.ts';

export async function saveOrigin(tx: Db, origin: typeof captureOrigin.$inferSelect): Promise<void> {
  await tx.insert(captureOrigin).values(origin);
}

/** The parts of a file of captures that are stored already. */
export async function importedParts(db: Db, fileSha256: string): Promise<ReadonlySet<string>> {
  const rows = await db.select({ part: captureOrigin.part }).from(captureOrigin).where(eq(captureOrigin.fileSha256, fileSha256));
  return new Set(rows.map((r) => r.part ?? '1'));
}

const utc = (column: string) => sql.raw(`to_char(o.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** The origin of a capture as a column of another query: null for what we fetched ourselves. */
export const originColumn = (captureId: AnyColumn) =>
  sql<OriginView | null>`(select jsonb_build_object('obtained', o.obtained, 'note', o.note, 'by', o.by, 'file', o.file, 'fileSha256', o.file_sha256, 'part', o.part,
    'obtainedAt', ${utc('obtained_at')}, 'importedAt', ${utc('imported_at')}) from ${captureOrigin} o where o.capture_id = ${captureId})`;
