/** The host clock over PostgreSQL: one clock per host for every process, its slots reserved under a row lock. */
import { eq, sql } from 'drizzle-orm';
import type { Clock } from '../../core/clock.ts';
import { afterReport, FRESH_PACE, type HostPace, ROBOTS_MAX_AGE_MS, reserveSlot } from '../../core/politeness.ts';
import type { HostClock, HostReport, HostSlot } from '../../core/ports.ts';
import { storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { host } from '../schema/index.ts';

type Row = typeof host.$inferSelect;
const EPOCH = new Date(0);

const paceOf = (row: Row): HostPace => ({
  lastSlotAt: row.nextSlotAt.getTime() === 0 ? null : row.nextSlotAt,
  delayMs: row.delayMs,
  backoffUntil: row.backoffUntil,
  refusedSince: row.refusedSince,
});

/** Runs `change` on the pace of a host under its row lock and stores what it returns. */
async function withPace<T>(db: Db, name: string, change: (pace: HostPace) => { pace: HostPace; result: T }): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.insert(host).values({ host: name, nextSlotAt: EPOCH, delayMs: 0 }).onConflictDoNothing();
    const [row] = await tx.select().from(host).where(eq(host.host, name)).for('update');
    const { pace, result } = change(row ? paceOf(row) : FRESH_PACE);
    const { lastSlotAt, delayMs, backoffUntil, refusedSince } = pace;
    await tx
      .update(host)
      .set({ nextSlotAt: lastSlotAt ?? EPOCH, delayMs, backoffUntil, refusedSince })
      .where(eq(host.host, name));
    return result;
  });
}

/** @param night HH:MM in Asia/Shanghai, when a paused host may be tried again */
export function createHostClock(db: Db, clock: Clock, night = '01:30'): HostClock {
  return {
    reserve: (name, gapMs): Promise<HostSlot> =>
      withPace(db, name, (pace) => {
        const { pace: next, slot } = reserveSlot(pace, gapMs, clock.now());
        return { pace: next, result: slot };
      }),
    report: (name, report: HostReport): Promise<void> =>
      withPace(db, name, (pace) => ({ pace: afterReport(pace, report, clock.now(), night), result: undefined })),
    robots: async (name) => {
      const [row] = await db.select().from(host).where(eq(host.host, name));
      if (!row?.robotsFetchedAt || row.robotsStatus === null) return null;
      const age = clock.now().getTime() - row.robotsFetchedAt.getTime();
      return age > ROBOTS_MAX_AGE_MS ? null : { status: row.robotsStatus, body: row.robotsBody ?? '' };
    },
    saveRobots: async (name, robots) => {
      // PostgreSQL text holds no NUL, and a hostile robots.txt may.
      const saved = { robotsStatus: robots.status, robotsBody: storableText(robots.body), robotsFetchedAt: clock.now() };
      await db
        .insert(host)
        .values({ host: name, nextSlotAt: EPOCH, delayMs: 0, ...saved })
        .onConflictDoUpdate({ target: host.host, set: { ...saved, delayMs: sql`${host.delayMs}` } });
    },
  };
}
