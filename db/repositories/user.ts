/** People who log in. Names and digests only: hashing is the caller's, and so is deciding when to lock. */
import { asc, eq, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { Role } from '../../core/model/role.ts';
import type { Db } from '../connect.ts';
import { appUser, session } from '../schema/index.ts';

export type User = typeof appUser.$inferSelect;

/** Logins are compared without case and outer spaces. */
const loginKey = (login: string): string => login.trim().toLowerCase();

/** Adds a person. @returns the id, or null when the login is taken */
export async function createUser(
  db: Db,
  who: { login: string; name: string; passwordHash: string; roles: readonly Role[]; mustChangePassword: boolean; now: Date },
): Promise<string | null> {
  const { now, login, roles, ...rest } = who;
  const [row] = await db
    .insert(appUser)
    .values({ id: newId(), login: loginKey(login), roles: [...roles], createdAt: now, ...rest })
    .onConflictDoNothing()
    .returning({ id: appUser.id });
  return row?.id ?? null;
}

export async function findUserByLogin(db: Db, login: string): Promise<User | null> {
  const [row] = await db
    .select()
    .from(appUser)
    .where(eq(appUser.login, loginKey(login)));
  return row ?? null;
}

export const listUsers = (db: Db): Promise<Omit<User, 'passwordHash'>[]> => {
  const { id, login, name, roles, active, mustChangePassword, failedLogins, lockedUntil, createdAt } = appUser;
  return db.select({ id, login, name, roles, active, mustChangePassword, failedLogins, lockedUntil, createdAt }).from(appUser).orderBy(asc(login));
};

/**
 * Counts a wrong password; from the `limit`-th on the login is locked until `lockUntil`.
 * One statement, so that parallel guesses are all counted.
 */
export async function recordLoginFailure(db: Db, userId: string, limit: number, lockUntil: Date): Promise<void> {
  const failed = sql`${appUser.failedLogins} + 1`;
  await db
    .update(appUser)
    .set({
      failedLogins: sql`case when ${failed} >= ${limit} then 0 else ${failed} end`,
      lockedUntil: sql`case when ${failed} >= ${limit} then ${lockUntil.toISOString()}::timestamptz else ${appUser.lockedUntil} end`,
    })
    .where(eq(appUser.id, userId));
}

export async function recordLoginSuccess(db: Db, userId: string): Promise<void> {
  await db.update(appUser).set({ failedLogins: 0, lockedUntil: null }).where(eq(appUser.id, userId));
}

/** Sets a new password and ends every session of the person but `keepSession`. */
export async function setPassword(tx: Db, userId: string, passwordHash: string, keepSession: string | null): Promise<void> {
  await tx.update(appUser).set({ passwordHash, mustChangePassword: false, failedLogins: 0, lockedUntil: null }).where(eq(appUser.id, userId));
  const others = keepSession === null ? sql`true` : sql`${session.id} <> ${keepSession}`;
  await tx.delete(session).where(sql`${session.userId} = ${userId} and ${others}`);
}

/** Replaces a password by a one-time one and ends the person's sessions. */
export async function setOneTimePassword(db: Db, userId: string, passwordHash: string): Promise<void> {
  await db.update(appUser).set({ passwordHash, mustChangePassword: true, failedLogins: 0, lockedUntil: null }).where(eq(appUser.id, userId));
  await db.delete(session).where(eq(session.userId, userId));
}
