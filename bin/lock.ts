/** One serving process a data folder: a lock file that names its owner, taken over when the owner is dead. */
import fs from 'node:fs';
import path from 'node:path';
import { PinchaError } from '../core/errors.ts';
import { alive, startTicks } from '../db/embedded/processes.ts';

const MIN_FREE_MB = 500;

/** The process that holds a data folder; null when none does. */
export const holderOf = (dir: string): number | null => ownerIn(path.join(dir, 'lock'));

/** The living process a lock file names; null for a dead one and for no file. */
function ownerIn(file: string): number | null {
  try {
    const [pid = '', ticks = ''] = fs.readFileSync(file, 'utf8').split('\n');
    const id = Number(pid);
    const now = startTicks(id);
    return alive(id) && (now === null || ticks === '' || now === ticks) ? id : null;
  } catch {
    return null;
  }
}

/** Takes the lock. @returns a function that lets go @throws PinchaError DATA_LOCKED naming the owner */
export function lockData(dir: string): () => void {
  const file = path.join(dir, 'lock');
  const own = `${file}.${process.pid}`;
  const mine = `${process.pid}\n${startTicks(process.pid) ?? ''}\n`;
  for (let attempt = 0; ; attempt += 1) {
    // Written aside and linked: whoever sees the lock sees all of it, and of two starts one gets it.
    fs.writeFileSync(own, mine);
    try {
      fs.linkSync(own, file);
      return () => {
        if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === mine) fs.rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
      const pid = holderOf(dir);
      if (pid !== null) throw new PinchaError('DATA_LOCKED', { dir, pid });
      dropDead(dir);
    } finally {
      fs.rmSync(own, { force: true });
    }
  }
}

/** Removes the lock of a dead process. Moved away before it is removed: another start may have taken the place meanwhile. */
function dropDead(dir: string): void {
  const [file, aside] = [path.join(dir, 'lock'), path.join(dir, `lock.dead-${process.pid}`)];
  try {
    fs.renameSync(file, aside);
    if (ownerIn(aside) !== null) fs.renameSync(aside, file);
    else fs.rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * @param look how the free blocks of a disk are read
 * @throws PinchaError DISK_FULL when the disk of `dir` has too little room to work safely
 */
export function checkDisk(dir: string, look: (dir: string) => { bavail: number; bsize: number } = fs.statfsSync): void {
  const { bavail, bsize } = look(dir);
  const freeMb = Math.floor((bavail * bsize) / 1_048_576);
  if (freeMb < MIN_FREE_MB) throw new PinchaError('DISK_FULL', { path: dir, freeMb, needMb: MIN_FREE_MB });
}
