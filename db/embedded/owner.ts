/**
 * Who runs PostgreSQL. It refuses to run as root, so root hands it to an existing unprivileged user; that user
 * must be able to reach the data folder, which is checked first and said plainly.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PinchaError } from '../../core/errors.ts';

export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

const idOf = (flag: '-u' | '-g', user: string): number | null => {
  const asked = spawnSync('id', [flag, user], { encoding: 'utf8' });
  return asked.status === 0 ? Number(asked.stdout) : null;
};

/** The user PostgreSQL runs as: ourselves, or an unprivileged one when we are root. */
export function databaseOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['pincha', 'postgres', 'nobody']) {
    const [uid, gid] = [idOf('-u', user), idOf('-g', user)];
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new PinchaError('DATABASE_START', { reason: 'running as root and no unprivileged user (pincha, postgres, nobody) exists' });
}

/** @throws PinchaError DATABASE_START naming the first folder above `dir` the owner cannot pass */
export function checkReachable(dir: string, owner: Owner): void {
  if (owner.uid === undefined) return;
  for (let at = path.resolve(dir); ; at = path.dirname(at)) {
    const stat = fs.statSync(at, { throwIfNoEntry: false });
    const passable = !stat || (stat.mode & 0o001) !== 0 || (stat.uid === owner.uid && (stat.mode & 0o100) !== 0);
    if (!passable) throw new PinchaError('DATABASE_START', { reason: `user ${owner.uid} cannot enter ${at}; chmod o+x it or set PINCHA_DATA elsewhere` });
    if (at === path.dirname(at)) return;
  }
}

/** Gives a file or folder to the owner. */
export function give(target: string, owner: Owner): void {
  if (owner.uid !== undefined && owner.gid !== undefined) fs.chownSync(target, owner.uid, owner.gid);
}
