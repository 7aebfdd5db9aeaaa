/** How the posts of a night were made up, night by night, and how far the last nights moved from those before. */
import { and, gte, lte, sql } from 'drizzle-orm';
import { shiftOf } from '../../core/statistics.ts';
import type { Db } from '../connect.ts';
import { driftNight } from '../schema/index.ts';

export interface DriftCount {
  readonly measure: string;
  readonly bucket: string;
  readonly posts: number;
}

/** Adds to a night. Rows are shared by all accounts of a platform: call it late, rows come in one order. */
export async function addDrift(tx: Db, { day, platform, counts }: { day: string; platform: string; counts: readonly DriftCount[] }): Promise<void> {
  if (counts.length === 0) return;
  const key = (c: DriftCount): string => `${c.measure}\n${c.bucket}`;
  const rows = [...counts].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map((c) => ({ day, platform, ...c }));
  await tx
    .insert(driftNight)
    .values(rows)
    .onConflictDoUpdate({
      target: [driftNight.day, driftNight.platform, driftNight.measure, driftNight.bucket],
      set: { posts: sql`${driftNight.posts} + excluded.posts` },
    });
}

/** Nights that are held against the ones before, and how many of those. */
export const RECENT_NIGHTS = 3;
export const REFERENCE_NIGHTS = 28;
export const DRIFT_WATCH = 0.1;
export const DRIFT_ALARM = 0.25;

export interface DriftRow {
  /** '' for all platforms together. */
  readonly platform: string;
  readonly measure: string;
  /** Counts of the last nights and of the nights before; posts, but for `kind` findings' kinds. */
  readonly recent: number;
  readonly reference: number;
  readonly psi: number;
  /** What chance alone stays below in 19 of 20 cases. */
  readonly chance: number;
  readonly state: 'steady' | 'watch' | 'alarm';
  readonly alarm: boolean;
  /** What moved most: share before and now. */
  readonly moved: { readonly bucket: string; readonly before: number; readonly now: number }[];
}

const before = (day: string, days: number): string => new Date(new Date(`${day}T00:00:00Z`).getTime() - days * 86_400_000).toISOString().slice(0, 10);
const SHOWN = 3;

export const driftQuery = (db: Db, day: string) =>
  db
    .select({
      platform: driftNight.platform,
      measure: driftNight.measure,
      bucket: driftNight.bucket,
      recent: sql<number>`sum(case when ${driftNight.day} > ${before(day, RECENT_NIGHTS)} then ${driftNight.posts} else 0 end)::int`,
      reference: sql<number>`sum(case when ${driftNight.day} > ${before(day, RECENT_NIGHTS)} then 0 else ${driftNight.posts} end)::int`,
    })
    .from(driftNight)
    .where(and(gte(driftNight.day, before(day, RECENT_NIGHTS + REFERENCE_NIGHTS - 1)), lte(driftNight.day, day)))
    .groupBy(driftNight.platform, driftNight.measure, driftNight.bucket);

interface Periods {
  readonly platform: string;
  readonly measure: string;
  readonly now: Map<string, number>;
  readonly before: Map<string, number>;
}

function rowOf({ platform, measure, now, before: was }: Periods): DriftRow[] {
  const shift = shiftOf(now, was);
  if (!shift) return [];
  const total = (of: ReadonlyMap<string, number>): number => [...of.values()].reduce((a, b) => a + b, 0);
  const [recent, reference] = [total(now), total(was)];
  const moved = [...new Set([...now.keys(), ...was.keys()])].map((bucket) => ({
    bucket,
    before: (was.get(bucket) ?? 0) / reference,
    now: (now.get(bucket) ?? 0) / recent,
  }));
  moved.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  const beyond = shift.psi > shift.chance;
  const state = beyond && shift.psi > DRIFT_ALARM ? 'alarm' : beyond && shift.psi > DRIFT_WATCH ? 'watch' : 'steady';
  return [{ platform, measure, recent, reference, ...shift, state, alarm: state === 'alarm', moved: moved.slice(0, SHOWN) }];
}

/**
 * Three nights up to `day` against the 28 before them, each platform and all together, largest first.
 * What has fewer than 200 on either side is left out: nothing can be said of it.
 */
export async function readDrift(db: Db, day: string): Promise<DriftRow[]> {
  const periods = new Map<string, Periods>();
  for (const r of await driftQuery(db, day)) {
    for (const platform of [r.platform, '']) {
      const key = `${platform}\n${r.measure}`;
      const known = periods.get(key) ?? { platform, measure: r.measure, now: new Map<string, number>(), before: new Map<string, number>() };
      periods.set(key, known);
      known.now.set(r.bucket, (known.now.get(r.bucket) ?? 0) + r.recent);
      known.before.set(r.bucket, (known.before.get(r.bucket) ?? 0) + r.reference);
    }
  }
  return [...periods.values()].flatMap(rowOf).sort((a, b) => b.psi - a.psi);
}
