/**
 * The host clock over PostgreSQL: one clock per host for every process and machine. A slot is reserved by one atomic
 * statement and by the database's time, so that neither a process with a wrong clock nor two that ask at once break
 * a gap. Slots lost with a power cut harm nobody, so reservations do not wait for the disk.
 */
import { type SQL, sql } from 'drizzle-orm';
import {
  afterReport,
  BACKOFF_FIRST_MS,
  FRESH_PACE,
  GRACE_SHARE,
  type HostPace,
  LATENCY_FACTOR,
  LATENCY_GAP_MAX_MS,
  LATENCY_STEP_MS,
  MAX_WAIT_MS,
  ROBOTS_MAX_AGE_MS,
  SLACK_FROM_MS,
  SLACK_MAX_MS,
  SLACK_MIN_MS,
  SLACK_SHARE,
} from '../../core/politeness.ts';
import type { HostClock, HostReport, HostSlot, SlotWish } from '../../core/ports.ts';
import { storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';

const ms = (value: number): SQL => sql`make_interval(secs => ${value / 1_000}::float8)`;
const msBetween = (from: SQL, to: SQL): SQL => sql`(extract(epoch from ${to} - ${from}) * 1000)::float8`;
/** Set for the one statement it stands in; an implicit transaction ends with it. */
const WITHOUT_WAITING_FOR_DISK = sql`set_config('synchronous_commit', 'off', true)`;

/** `gapFor`, `slackFor` and `reserveSlot` of core/politeness.ts in SQL, on the row as it is once it is locked. */
function slotSql(wish: SlotWish, now: SQL) {
  const slowness = wish.adaptive ? sql`least(${LATENCY_GAP_MAX_MS}::float8, ${LATENCY_FACTOR}::float8 * h.latency_ms)` : sql`0`;
  const gap = sql`greatest(0, ${wish.gapMs}::float8, h.delay_ms, ${slowness})`;
  const slack = sql`(case when ${gap} < ${SLACK_FROM_MS}::float8 then 0 else least(${SLACK_MAX_MS}::float8, greatest(${SLACK_MIN_MS}::float8, ${SLACK_SHARE}::float8 * ${gap})) end)`;
  const slot = sql`greatest(${now}, h.next_slot_at + make_interval(secs => (${gap} + ${slack}) / 1000), h.backoff_until)`;
  return { slack, slot };
}

async function reserve(db: Db, name: string, wish: SlotWish, now: SQL): Promise<HostSlot> {
  const { slack, slot } = slotSql(wish, now);
  const { rows } = await db.execute<{ at: string; wait: number; slack: number; calm: number | null }>(sql`
    insert into host as h (host, next_slot_at, delay_ms) values (${name}, ${now}, 0)
    on conflict (host) do update set next_slot_at = ${slot} where ${slot} <= ${now} + ${ms(wish.maxWaitMs ?? MAX_WAIT_MS)}
    returning h.next_slot_at as at, ${msBetween(now, sql`h.next_slot_at`)} as wait, ${slack} as slack,
      case when h.delay_ms = 0 and h.refused_since is null then h.latency_ms end as calm, ${WITHOUT_WAITING_FOR_DISK}`);
  const [given] = rows;
  if (given) {
    const calmMs = given.calm === null ? null : Number(given.calm);
    return { at: new Date(given.at), pausedUntil: null, waitMs: Math.max(0, given.wait), graceMs: GRACE_SHARE * Number(given.slack), calmMs };
  }
  const paused = await db.execute<{ until: string; wait: number }>(
    sql`select ${slot} as until, ${msBetween(now, slot)} as wait from host h where host = ${name}`,
  );
  const until = paused.rows[0];
  return { at: null, pausedUntil: until ? new Date(until.until) : new Date(), waitMs: Math.max(0, until?.wait ?? 0), graceMs: 0, calmMs: null };
}

/** A good answer, by far the most frequent: one statement, which writes only what it changes. */
async function reportOk(db: Db, name: string, latencyMs: number): Promise<void> {
  const mean = sql`(case when h.latency_ms = 0 then ${latencyMs}::float8 else (h.latency_ms + ${latencyMs}::float8) / 2 end)`;
  const moved = sql`abs(${mean} - h.latency_ms) > greatest(${LATENCY_STEP_MS}::float8, h.latency_ms / 4.0)`;
  await db.execute(sql`
    insert into host as h (host, next_slot_at, delay_ms, latency_ms) values (${name}, 'epoch', 0, round(${latencyMs}::float8))
    on conflict (host) do update set
      latency_ms = case when ${moved} then round(${mean}) else h.latency_ms end,
      delay_ms = case when h.delay_ms / 2.0 < ${BACKOFF_FIRST_MS} then 0 else round(h.delay_ms / 2.0) end,
      refused_since = null
    where h.delay_ms <> 0 or h.refused_since is not null or ${moved}`);
}

interface PaceRow extends Record<string, unknown> {
  last: string | null;
  delay: number;
  until: string | null;
  since: string | null;
  latency: number;
  now: string;
}
const dateOf = (value: string | null): Date | null => (value === null ? null : new Date(value));

/** Refusals and errors: the arithmetic of core/politeness.ts under the row's lock. */
async function reportTrouble(db: Db, name: string, report: HostReport, now: SQL, night: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`insert into host (host, next_slot_at, delay_ms) values (${name}, 'epoch', 0) on conflict do nothing`);
    const { rows } = await tx.execute<PaceRow>(sql`
      select nullif(next_slot_at, 'epoch') as last, delay_ms as delay, backoff_until as until, refused_since as since, latency_ms as latency, ${now} as now
      from host where host = ${name} for update`);
    const [row] = rows;
    const before: HostPace = row
      ? { lastSlotAt: dateOf(row.last), delayMs: row.delay, backoffUntil: dateOf(row.until), refusedSince: dateOf(row.since), latencyMs: row.latency }
      : FRESH_PACE;
    const after = afterReport(before, report, row ? new Date(row.now) : new Date(), night);
    const [until, since] = [after.backoffUntil?.toISOString() ?? null, after.refusedSince?.toISOString() ?? null];
    await tx.execute(sql`
      update host set delay_ms = ${after.delayMs}, backoff_until = ${until}::timestamptz, refused_since = ${since}::timestamptz, latency_ms = ${after.latencyMs}
      where host = ${name}`);
  });
}

/**
 * @param night HH:MM in Asia/Shanghai, when a paused host may be tried again
 * @param time a time other than the database's own, for tests that move it by hand
 */
export function createHostClock(db: Db, night = '01:30', time?: () => Date): HostClock {
  // Read when a statement is built: each has one time for all of it, which the database asks its clock for after the row is locked.
  const now = (): SQL => (time ? sql`${time().toISOString()}::timestamptz` : sql`clock_timestamp()`);
  return {
    reserve: (name, wish) => reserve(db, name, wish, now()),
    report: (name, report) => (report.kind === 'ok' ? reportOk(db, name, report.latencyMs) : reportTrouble(db, name, report, now(), night)),
    robots: async (site) => {
      const { rows } = await db.execute<{ status: number; body: string | null }>(sql`
        select robots_status as status, robots_body as body from host
        where host = ${site} and robots_status is not null and robots_fetched_at >= ${now()} - ${ms(ROBOTS_MAX_AGE_MS)}`);
      const [row] = rows;
      return row ? { status: row.status, body: row.body ?? '' } : null;
    },
    saveRobots: async (site, { status, body }) => {
      // PostgreSQL text holds no NUL, and a hostile robots.txt may.
      await db.execute(sql`
        insert into host (host, next_slot_at, delay_ms, robots_status, robots_body, robots_fetched_at)
        values (${site}, 'epoch', 0, ${status}, ${storableText(body)}, ${now()})
        on conflict (host) do update
        set robots_status = excluded.robots_status, robots_body = excluded.robots_body, robots_fetched_at = excluded.robots_fetched_at`);
    },
  };
}
