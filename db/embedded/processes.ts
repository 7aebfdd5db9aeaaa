/**
 * Which processes are alive. A pid alone is not enough: a zombie answers signals and pids are reused, so a process
 * is known by its pid and its start time (Linux), and a postmaster also by its command line.
 */
import fs from 'node:fs';

/** Start time in clock ticks since boot, or null when there is no such process, it is a zombie, or the system does not tell. */
export function startTicks(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return rest[0] === 'Z' || rest[0] === 'X' ? null : (rest[19] ?? null);
  } catch {
    return null;
  }
}

/** Whether `pid` runs (and is no zombie). */
export function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (fs.existsSync('/proc/self/stat')) return startTicks(pid) !== null;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether `pid` is a live PostgreSQL on `dir`. */
export function livePostgres(pid: number, dir: string): boolean {
  if (!alive(pid)) return false;
  try {
    const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return line.includes('postgres') && line.includes(dir);
  } catch {
    return !fs.existsSync('/proc/self/stat');
  }
}
