/** Sessions: a row holds only the SHA-256 of the token in the cookie, so a stolen table opens no door. */
import { and, eq, lte } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { appUser, session } from '../schema/index.ts';
import type { User } from './user.ts';

export type Session = typeof session.$inferSelect;

export async function createSession(db: Db, row: { id: string; userId: string; csrf: string; now: Date; expiresAt: Date; ip: string | null }): Promise<void> {
  const { now, ...rest } = row;
  await db.insert(session).values({ ...rest, createdAt: now, lastSeenAt: now });
}

/** A session with its person, however old; null when there is none or the person was switched off. */
export async function findSession(db: Db, id: string): Promise<{ session: Session; user: User } | null> {
  const [row] = await db
    .select({ session, user: appUser })
    .from(session)
    .innerJoin(appUser, eq(appUser.id, session.userId))
    .where(and(eq(session.id, id), eq(appUser.active, true)));
  return row ?? null;
}

export async function deleteSession(db: Db, id: string): Promise<void> {
  await db.delete(session).where(eq(session.id, id));
}

/** Removes sessions that ended before `now`. @returns how many */
export async function purgeSessions(db: Db, now: Date): Promise<number> {
  const gone = await db.delete(session).where(lte(session.expiresAt, now)).returning({ id: session.id });
  return gone.length;
}
