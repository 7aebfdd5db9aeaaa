/** Masked copies, and what is needed to make one: where the words of a shot stand, what was read of a picture. */
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { capture, ledger, maskedCopy, pictureReading } from '../schema/index.ts';

export type MaskedCopy = typeof maskedCopy.$inferSelect;

export async function readMasked(db: Db, originalSha256: string): Promise<MaskedCopy | null> {
  const [row] = await db.select().from(maskedCopy).where(eq(maskedCopy.originalSha256, originalSha256));
  return row ?? null;
}

export async function saveMasked(tx: Db, row: MaskedCopy): Promise<void> {
  const { originalSha256: _original, ...set } = row;
  await tx.insert(maskedCopy).values(row).onConflictDoUpdate({ target: maskedCopy.originalSha256, set });
}

/** Digest of the newest layout of a capture's shot; null for shots of before layouts were kept. */
export async function layoutOf(db: Db, captureId: string): Promise<string | null> {
  const [row] = await db
    .select({ sha256: sql<string | null>`${ledger.payload}::jsonb->'data'->>'sha256'` })
    .from(ledger)
    .where(and(eq(ledger.refId, captureId), eq(ledger.kind, 'page_layout')))
    .orderBy(desc(ledger.seq))
    .limit(1);
  return row?.sha256 ?? null;
}

/** What was read of the newest sealed picture at an address. */
export async function readingAt(db: Db, url: string) {
  const { outcome, width, height, lines, codes } = pictureReading;
  const [row] = await db
    .select({ outcome, width, height, lines, codes })
    .from(capture)
    .innerJoin(pictureReading, eq(pictureReading.sha256, capture.sha256))
    .where(and(eq(capture.url, url), isNotNull(capture.sha256)))
    .orderBy(desc(capture.fetchedAt))
    .limit(1);
  return row ?? null;
}
