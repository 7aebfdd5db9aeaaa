/** One serving process a data folder: a lock file that names its owner, taken over when the owner is dead. */
import fs from 'node:fs';
import path from 'node:path';
import { PinchaError } from '../core/errors.ts';
import { alive, startTicks } from '../db/embedded/processes.ts';

const MIN_FREE_MB = 500;

/** The process that holds a data folder; null when none does. */
export function holderOf(dir: string): number | null {
  try {
    const [pid = '', ticks = ''] = fs.readFileSync(path.join(dir, 'lock'), 'utf8').split('\n');
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
  const mine = `${process.pid}\n${startTicks(process.pid) ?? ''}\n`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx' });
      return () => {
        if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === mine) fs.rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
      const pid = holderOf(dir);
      if (pid !== null) throw new PinchaError('DATA_LOCKED', { dir, pid });
      fs.rmSync(file, { force: true });
    }
  }
}

/** @throws PinchaError DISK_FULL when the disk of `dir` has too little room to work safely */
export function checkDisk(dir: string): void {
  const { bavail, bsize } = fs.statfsSync(dir);
  const freeMb = Math.floor((bavail * bsize) / 1_048_576);
  if (freeMb < MIN_FREE_MB) throw new PinchaError('DISK_FULL', { path: dir, freeMb, needMb: MIN_FREE_MB });
}
