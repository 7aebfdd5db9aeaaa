/**
 * Politeness as arithmetic: when the next request to a host may start, how refusals slow us down and when a host
 * is left alone until the next night. Pure, because two clocks share it (one in memory, one in PostgreSQL) and
 * they must agree. A store keeps the four members of `HostPace` per host and applies these functions atomically.
 */
import { instantOf, localDate } from './clock.ts';
import type { HostReport, HostSlot } from './ports.ts';

/** What is remembered of one host. */
export interface HostPace {
  /** Start of the latest slot handed out (it may lie ahead); null before the first. */
  readonly lastSlotAt: Date | null;
  /** Extra gap earned by refusals, 0 when the host is content. */
  readonly delayMs: number;
  /** No slot starts before this. More than `MAX_WAIT_MS` ahead means the host is paused. */
  readonly backoffUntil: Date | null;
  /** First refusal of an unbroken row; null when the last answer was not one, or once the row led to a pause. */
  readonly refusedSince: Date | null;
}

export const FRESH_PACE: HostPace = { lastSlotAt: null, delayMs: 0, backoffUntil: null, refusedSince: null };

/** First and greatest delay after refusals. */
export const BACKOFF_FIRST_MS = 2_000;
export const BACKOFF_MAX_MS = 600_000;
/** Unbroken refusals for this long pause the host until the next night. */
export const STONEWALL_MS = 15 * 60_000;
/** A caller is asked to wait no longer than this; beyond it the host counts as paused and no slot is used up. */
export const MAX_WAIT_MS = 600_000;
/** Refusals further apart than this are two rows: nobody asked in between, so nothing was "unbroken". */
const ROW_GAP_MS = 30 * 60_000;
/** A host that says "come back in a month" is asked again after a day. */
const RETRY_AFTER_MAX_MS = 24 * 3_600_000;
/** robots.txt is read again after a day (RFC 9309 section 2.4). */
export const ROBOTS_MAX_AGE_MS = 24 * 3_600_000;

const later = (...times: readonly (number | undefined)[]): number => Math.max(...times.map((t) => t ?? 0));

/** The first `time` (HH:MM in Asia/Shanghai) after `now`. */
export function nextNight(now: Date, time = '01:30'): Date {
  const today = instantOf(localDate(now), time);
  return today.getTime() > now.getTime() ? today : instantOf(localDate(new Date(now.getTime() + 24 * 3_600_000)), time);
}

/**
 * Reserves the next slot: at least `gapMs` (or the delay earned by refusals) after the one before.
 * @returns the pace to store, and the slot; `at` is null when the wait would be over `MAX_WAIT_MS`, and then nothing is reserved
 */
export function reserveSlot(pace: HostPace, gapMs: number, now: Date): { pace: HostPace; slot: HostSlot } {
  const gap = Math.max(0, gapMs, pace.delayMs);
  const afterLast = pace.lastSlotAt === null ? undefined : pace.lastSlotAt.getTime() + gap;
  const at = new Date(later(now.getTime(), afterLast, pace.backoffUntil?.getTime()));
  if (at.getTime() - now.getTime() > MAX_WAIT_MS) return { pace, slot: { at: null, pausedUntil: at } };
  return { pace: { ...pace, lastSlotAt: at }, slot: { at, pausedUntil: null } };
}

/**
 * The pace after an answer. Refusals double the delay from 2 s to 600 s (a burst of requests already on their way
 * counts once), Retry-After is believed, an ok halves the delay; errors change nothing.
 * After 15 minutes of unbroken refusals the host is paused until `night` (HH:MM in Asia/Shanghai).
 */
export function afterReport(pace: HostPace, report: HostReport, now: Date, night = '01:30'): HostPace {
  if (report.kind === 'error') return pace;
  if (report.kind === 'ok') {
    const delayMs = pace.delayMs / 2 < BACKOFF_FIRST_MS ? 0 : Math.round(pace.delayMs / 2);
    return { ...pace, delayMs, refusedSince: null };
  }
  const t = now.getTime();
  const until = pace.backoffUntil?.getTime() ?? 0;
  if (until - t > MAX_WAIT_MS) return pace;
  const sameBurst = t < until;
  const unbroken = pace.refusedSince !== null && t - Math.max(until, pace.refusedSince.getTime()) < ROW_GAP_MS;
  const refusedSince = unbroken && pace.refusedSince !== null ? pace.refusedSince : now;
  const delayMs = sameBurst ? pace.delayMs : Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_FIRST_MS, pace.delayMs * 2));
  if (t - refusedSince.getTime() >= STONEWALL_MS) return { ...pace, delayMs, backoffUntil: nextNight(now, night), refusedSince: null };
  const asked = report.retryAfterMs === null ? delayMs : Math.min(RETRY_AFTER_MAX_MS, Math.max(1_000, report.retryAfterMs));
  return { ...pace, delayMs, backoffUntil: new Date(Math.max(until, t + asked)), refusedSince };
}
