/** People at the command line: the first ones of an installation, and in whose name a command acts. One-time passwords are shown once and changed at the first login. */
import { hashPassword, oneTimePassword } from '../api/auth/password.ts';
import type { Clock } from '../core/clock.ts';
import { PinchaError } from '../core/errors.ts';
import { type Actor, CAPABILITY_ZH, type Capability, capabilitiesOf, type Role } from '../core/model/role.ts';
import type { Db } from '../db/connect.ts';
import { createUser, findUserByLogin, listUsers, setOneTimePassword } from '../db/repositories/user.ts';

export interface FirstPerson {
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
}
export interface Invited extends FirstPerson {
  readonly password: string;
}

const ADMIN: FirstPerson = { login: 'admin', name: '系统管理员', roles: ['admin', 'operator'] };
const DEMO: readonly FirstPerson[] = [
  { login: 'shenhe', name: '演示·审核员', roles: ['reviewer'] },
  { login: 'fuhe', name: '演示·复核审批人', roles: ['approver'] },
  { login: 'dudao', name: '演示·督导', roles: ['supervisor', 'operator'] },
];

/** The person in whose name a command acts. @throws INPUT_INVALID, FORBIDDEN */
export async function personOf(db: Db, login: string, capability: Capability): Promise<Actor> {
  const user = (await listUsers(db)).find((u) => u.login === login && u.active);
  if (!user) throw new PinchaError('INPUT_INVALID', { field: '--by', reason: `没有用户 ${login}` });
  if (!capabilitiesOf(user.roles).has(capability)) throw new PinchaError('FORBIDDEN', { capability: CAPABILITY_ZH[capability] });
  return { id: user.id, name: user.name, kind: 'user', roles: user.roles };
}

/** Adds a person with a one-time password. @returns null when the login is taken */
export async function invite(db: Db, clock: Clock, person: FirstPerson): Promise<Invited | null> {
  const password = oneTimePassword();
  const id = await createUser(db, { ...person, passwordHash: await hashPassword(password), mustChangePassword: true, now: clock.now() });
  return id ? { ...person, password } : null;
}

/** Gives a person a new one-time password; null when there is no such person. */
export async function renewPassword(db: Db, login: string): Promise<string | null> {
  const user = await findUserByLogin(db, login);
  if (!user) return null;
  const password = oneTimePassword();
  await setOneTimePassword(db, user.id, await hashPassword(password));
  return password;
}

/**
 * The people a newcomer can log in as now: those just added, and those who have never changed their one-time
 * password (it may have scrolled away), with a new one.
 */
export async function firstPeople(db: Db, clock: Clock, demo: boolean): Promise<Invited[]> {
  const out: Invited[] = [];
  for (const person of demo ? [...DEMO, ADMIN] : [ADMIN]) {
    const known = await findUserByLogin(db, person.login);
    if (known && !known.mustChangePassword) continue;
    const password = known ? await renewPassword(db, person.login) : ((await invite(db, clock, person))?.password ?? null);
    if (password) out.push({ ...person, password });
  }
  return out;
}
