/**
 * Everything that runs on a data folder, found in /proc by its command line or environment (the server and the
 * browser run in groups of their own, so a process group is not the whole tree), and a kill -9 of all of it.
 */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const text = (file: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

export interface Found {
  readonly pid: number;
  readonly command: string;
}

/** Living processes that name the folder (zombies have no command line); never the test itself. Linux only. */
export function processesOn(dir: string): Found[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), command: text(`/proc/${name}/cmdline`).replaceAll('\0', ' '), env: text(`/proc/${name}/environ`) }))
    .filter(({ command, env }) => command !== '' && (command.includes(dir) || env.includes(dir)))
    .map(({ pid, command }) => ({ pid, command }));
}

/** kill -9 for the whole tree, again until nothing is left of it. @returns how many processes died */
export async function killAllOn(dir: string): Promise<number> {
  let killed = 0;
  for (let left = processesOn(dir); left.length > 0; left = processesOn(dir)) {
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL');
        killed += 1;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await sleep(20);
  }
  return killed;
}

/** Waits until nothing runs on the folder any more. @returns what still does when the time is over */
export async function leftOn(dir: string, patienceMs = 15_000): Promise<Found[]> {
  for (const until = Date.now() + patienceMs; ; ) {
    const left = processesOn(dir);
    if (left.length === 0 || Date.now() > until) return left;
    await sleep(100);
  }
}

/** Waits until `look` gives something other than null. @throws when it does not in time, naming what was waited for */
export async function eventually<T>(what: string, patienceMs: number, look: () => Promise<T | null> | T | null): Promise<T> {
  for (const until = Date.now() + patienceMs; ; ) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > until) throw new Error(`${what}: not within ${patienceMs / 1_000} s`);
    await sleep(100);
  }
}
