/** Files of posts on their way into the store: how far each is, moved in the transaction that stores its rows. */
import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { Db } from '../connect.ts';
import { postImport } from '../schema/index.ts';

export type PostImportRow = typeof postImport.$inferSelect;
type Head = Pick<PostImportRow, 'key' | 'sha256' | 'size' | 'name' | 'platform' | 'mapping' | 'path' | 'origin' | 'by'>;

/** Begins an import, or takes up the one of the same file where it stopped; one that is done stays done. */
export async function beginImport(tx: Db, head: Head, now: Date): Promise<PostImportRow> {
  const [added] = await tx
    .insert(postImport)
    .values({ id: newId(), ...head, state: 'running', startedAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: postImport.key,
      set: { state: 'running', reason: null, path: head.path, origin: head.origin, updatedAt: now, endedAt: null },
      setWhere: ne(postImport.state, 'done'),
    })
    .returning();
  if (added) return added;
  const [done] = await tx.select().from(postImport).where(eq(postImport.key, head.key));
  return done as PostImportRow;
}

export async function readImport(db: Db, id: string): Promise<PostImportRow | null> {
  const [row] = await db.select().from(postImport).where(eq(postImport.id, id));
  return row ?? null;
}

export type Progress = Pick<PostImportRow, 'part' | 'item' | 'posts' | 'fresh' | 'rejected' | 'rejectsSize' | 'workedMs'>;

/** Moves the place of an import. @returns whether it stood where the caller thought and was still running */
export async function advanceImport(tx: Db, from: PostImportRow, to: Progress, now: Date): Promise<boolean> {
  const moved = await tx
    .update(postImport)
    .set({ ...to, updatedAt: now })
    .where(and(eq(postImport.id, from.id), eq(postImport.part, from.part), eq(postImport.item, from.item), eq(postImport.state, 'running')))
    .returning({ id: postImport.id });
  return moved.length > 0;
}

/** Ends a running import. @returns whether it was running */
export async function endImport(tx: Db, id: string, state: 'done' | 'failed' | 'stopped', reason: string | null, now: Date): Promise<boolean> {
  const ended = await tx
    .update(postImport)
    .set({ state, reason, updatedAt: now, endedAt: now })
    .where(and(eq(postImport.id, id), eq(postImport.state, 'running')))
    .returning({ id: postImport.id });
  return ended.length > 0;
}

/** Lets a stopped or failed import go on. @returns whether there was such a one the server can work off */
export async function resumeImport(tx: Db, id: string, now: Date): Promise<boolean> {
  const resumed = await tx
    .update(postImport)
    .set({ state: 'running', reason: null, updatedAt: now, endedAt: null })
    .where(and(eq(postImport.id, id), inArray(postImport.state, ['stopped', 'failed']), inArray(postImport.origin, ['upload', 'folder'])))
    .returning({ id: postImport.id });
  return resumed.length > 0;
}

/** The newest imports, running ones first. */
export const listImports = (db: Db, limit = 50): Promise<PostImportRow[]> =>
  db.select().from(postImport).orderBy(sql`(${postImport.state} = 'running') desc`, desc(postImport.startedAt), desc(postImport.id)).limit(limit);

/** Imports a server is to work off. */
export const runningImports = (db: Db): Promise<{ id: string }[]> =>
  db
    .select({ id: postImport.id })
    .from(postImport)
    .where(and(eq(postImport.state, 'running'), inArray(postImport.origin, ['upload', 'folder'])))
    .limit(100);
