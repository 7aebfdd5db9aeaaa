/** Passwords: argon2id (OWASP parameters of the library: 19 MiB, 2 passes), and one-time passwords for new people. */
import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

export const hashPassword = (password: string): Promise<string> => hash(password);

/** A digest nobody's password fits, so that an unknown login takes as long as a wrong password. */
const NOBODY = hash(randomBytes(32).toString('hex'));

/** Whether a password fits; `null` (unknown login) never does, but takes the same time. */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await verify(passwordHash ?? (await NOBODY), password).catch(() => false);
  return passwordHash !== null && fits;
}

/** Letters and digits that cannot be mistaken for one another, in three groups: readable over the telephone. */
export function oneTimePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const letters = [...randomBytes(64)].filter((b) => b < alphabet.length * 8).map((b) => alphabet[b % alphabet.length]);
  return [0, 4, 8].map((i) => letters.slice(i, i + 4).join('')).join('-');
}
