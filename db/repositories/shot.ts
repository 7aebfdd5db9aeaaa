/** Captures that carry a lead and wait for their page shot, or for its masked copy. */
import { and, asc, desc, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { capture, maskedCopy, run, shotWait } from '../schema/index.ts';
import { list } from './list.ts';

const MOST_TRIES = 5;
const RETRY_MS = 30 * 60_000;

/** Notes that captures want a shot; those that have one with a whole masked copy, or wait already, are left as they are. */
export async function wantShots(tx: Db, wanted: readonly { readonly captureId: string; readonly score: number }[], firstAt: Date): Promise<void> {
  for (let i = 0; i < wanted.length; i += 1_000) {
    const part = wanted.slice(i, i + 1_000);
    await tx.execute(sql`
      insert into ${shotWait} (capture_id, score, tries, next_at)
      select distinct on (u.id) u.id, u.score, 0, ${firstAt.toISOString()}::timestamptz
      from unnest(${list(
        part.map((w) => w.captureId),
        'uuid',
      )}, ${list(
        part.map((w) => Math.round(w.score)),
        'int',
      )}) u(id, score)
      join ${capture} c on c.id = u.id and c.sha256 is not null
        and (c.shot_sha256 is null or not exists (select 1 from ${maskedCopy} m where m.original_sha256 = c.shot_sha256 and not m.covered ? 'unread'))
      order by u.id, u.score desc
      on conflict do nothing`);
  }
}

/** The next capture whose time has come, the strongest first. */
export async function nextShot(db: Db, now: Date): Promise<string | null> {
  const [row] = await db
    .select({ id: shotWait.captureId })
    .from(shotWait)
    .where(and(isNotNull(shotWait.nextAt), lte(shotWait.nextAt, now)))
    .orderBy(desc(shotWait.score), asc(shotWait.captureId))
    .limit(1);
  return row?.id ?? null;
}

/** Whether shots wait and nothing more urgent runs. */
export async function shotsWait(db: Db, now: Date): Promise<boolean> {
  const [busy] = await db.select({ id: run.id }).from(run).where(eq(run.state, 'running')).limit(1);
  return !busy && (await nextShot(db, now)) !== null;
}

/** A capture has its shot, or nothing that could be shown. */
export async function shotSettled(tx: Db, captureId: string): Promise<void> {
  await tx.delete(shotWait).where(eq(shotWait.captureId, captureId));
}

/** A shot failed: it is tried again after half an hour, five times in all; the reason stays. */
export async function shotFailed(tx: Db, captureId: string, reason: string, now: Date): Promise<void> {
  const next = new Date(now.getTime() + RETRY_MS).toISOString();
  await tx
    .update(shotWait)
    .set({
      tries: sql`${shotWait.tries} + 1`,
      reason: reason.slice(0, 300),
      nextAt: sql`case when ${shotWait.tries} + 1 >= ${MOST_TRIES} then null else ${next}::timestamptz end`,
    })
    .where(eq(shotWait.captureId, captureId));
}

/** Captures whose shot was given up. */
export async function shotsGivenUp(db: Db): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(shotWait).where(isNull(shotWait.nextAt));
  return row?.n ?? 0;
}
