/** The host clock in memory: for one process, for tests and for `pincha parse URL`. The shared one lives in `db/`. */
import type { Clock } from '../../core/clock.ts';
import { afterReport, FRESH_PACE, type HostPace, ROBOTS_MAX_AGE_MS, reserveSlot } from '../../core/politeness.ts';
import type { HostClock } from '../../core/ports.ts';

interface Remembered {
  pace: HostPace;
  robots: { status: number; body: string; at: number } | null;
}

/** Hosts remembered at once; the least recently used is forgotten first. */
const MAX_HOSTS = 20_000;

/** A host clock for one process. @param night HH:MM in Asia/Shanghai at which paused hosts are tried again */
export function createMemoryHostClock(clock: Clock, night = '01:30'): HostClock {
  const hosts = new Map<string, Remembered>();
  const of = (host: string): Remembered => {
    const known = hosts.get(host) ?? { pace: FRESH_PACE, robots: null };
    hosts.delete(host);
    hosts.set(host, known);
    const oldest = hosts.size > MAX_HOSTS ? hosts.keys().next().value : undefined;
    if (oldest !== undefined) hosts.delete(oldest);
    return known;
  };
  return {
    async reserve(host, wish) {
      const known = of(host);
      const { pace, slot } = reserveSlot(known.pace, wish, clock.now());
      known.pace = pace;
      return slot;
    },
    async report(host, report) {
      const known = of(host);
      known.pace = afterReport(known.pace, report, clock.now(), night);
    },
    async robots(host) {
      const { robots } = of(host);
      if (robots === null || clock.now().getTime() - robots.at > ROBOTS_MAX_AGE_MS) return null;
      return { status: robots.status, body: robots.body };
    },
    async saveRobots(host, { status, body }) {
      of(host).robots = { status, body, at: clock.now().getTime() };
    },
  };
}
