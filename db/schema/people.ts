/** People and their sessions. Passwords are argon2id; a session row holds only the digest of its token. */
import { boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { Role } from '../../core/model/role.ts';
import { at, id, ref } from './columns.ts';

export const appUser = pgTable('app_user', {
  id: id(),
  login: text().notNull().unique(),
  name: text().notNull(),
  passwordHash: text().notNull(),
  roles: text().array().$type<Role[]>().notNull(),
  active: boolean().notNull().default(true),
  mustChangePassword: boolean().notNull().default(true),
  failedLogins: integer().notNull().default(0),
  lockedUntil: at(),
  createdAt: at().notNull(),
});

export const session = pgTable(
  'session',
  {
    /** SHA-256 of the opaque token in the cookie. */
    id: text().primaryKey(),
    userId: ref()
      .notNull()
      .references(() => appUser.id),
    csrf: text().notNull(),
    createdAt: at().notNull(),
    expiresAt: at().notNull(),
    lastSeenAt: at().notNull(),
    ip: text(),
  },
  (t) => [index('session_expires').on(t.expiresAt)],
);
