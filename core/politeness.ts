/**
 * Politeness as arithmetic: when the next request to a host may start, how refusals slow us down and when a host
 * is left alone until the next night. Pure, because two clocks share it (one in memory, one in PostgreSQL) and
 * they must agree. A store keeps the members of `HostPace` per host and applies these functions atomically, by its
 * own time: that of a process that asks may be wrong.
 */
import { instantOf, localDate } from './clock.ts';
import type { HostReport, HostSlot, SlotWish } from './ports.ts';

/** What a robots.txt means that answers with a web page; set per source, `open` (no rules stated) unless told. */
export const ROBOTS_PAGE = ['open', 'closed'] as const;
export type RobotsPage = (typeof ROBOTS_PAGE)[number];

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
  /** How long the host lets us wait for a first byte, as all processes see it. */
  readonly latencyMs: number;
}

export const FRESH_PACE: HostPace = { lastSlotAt: null, delayMs: 0, backoffUntil: null, refusedSince: null, latencyMs: 0 };

/** A slow host is asked less often: the gap is this many times its latency, within the bound. */
export const LATENCY_FACTOR = 5;
export const LATENCY_GAP_MAX_MS = 30_000;
/**
 * Nobody starts at the very millisecond of a slot, so a gap gets some slack. A start that is later than a quarter of it
 * takes a new slot; the other three are for what nobody can measure (a process put aside between looking at the clock
 * and sending). Gaps below `SLACK_FROM_MS` are no politeness towards anybody (a host of our own) and have none.
 */
export const SLACK_SHARE = 0.1;
export const SLACK_MIN_MS = 20;
export const SLACK_MAX_MS = 500;
export const SLACK_FROM_MS = 100;
export const GRACE_SHARE = 0.25;
/** A latency is noted anew when it moved by this and by a quarter; less is noise. */
export const LATENCY_STEP_MS = 20;

/** First and greatest delay after refusals. */
export const BACKOFF_FIRST_MS = 2_000;
export const BACKOFF_MAX_MS = 600_000;
/** Unbroken refusals for this long pause the host until the next night. */
export const STONEWALL_MS = 15 * 60_000;
/** A caller is asked to wait no longer than this unless it says otherwise; beyond it the host counts as paused and no slot is used up. */
export const MAX_WAIT_MS = BACKOFF_MAX_MS + SLACK_MAX_MS;
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

/** The gap a host is due from `wish`, what refusals earned it and what its slowness asks. */
export const gapFor = (pace: Pick<HostPace, 'delayMs' | 'latencyMs'>, wish: SlotWish): number =>
  Math.max(0, wish.gapMs, pace.delayMs, wish.adaptive ? Math.min(LATENCY_GAP_MAX_MS, LATENCY_FACTOR * pace.latencyMs) : 0);

/** What is added to a gap, in ms. */
export const slackFor = (gapMs: number): number => (gapMs < SLACK_FROM_MS ? 0 : Math.min(SLACK_MAX_MS, Math.max(SLACK_MIN_MS, SLACK_SHARE * gapMs)));

/**
 * Reserves the next slot: at least the gap and its slack after the one before.
 * @returns the pace to store, and the slot; `at` is null when the wait would be longer than the caller has patience, and then nothing is reserved
 */
export function reserveSlot(pace: HostPace, wish: SlotWish, now: Date): { pace: HostPace; slot: HostSlot } {
  const gap = gapFor(pace, wish);
  const slackMs = slackFor(gap);
  const afterLast = pace.lastSlotAt === null ? undefined : pace.lastSlotAt.getTime() + gap + slackMs;
  const at = new Date(later(now.getTime(), afterLast, pace.backoffUntil?.getTime()));
  const waitMs = at.getTime() - now.getTime();
  if (waitMs > (wish.maxWaitMs ?? MAX_WAIT_MS)) return { pace, slot: { at: null, pausedUntil: at, waitMs, graceMs: 0, calmMs: null } };
  return { pace: { ...pace, lastSlotAt: at }, slot: { at, pausedUntil: null, waitMs, graceMs: slackMs * GRACE_SHARE, calmMs: calmOf(pace) } };
}

const calmOf = (pace: HostPace): number | null => (pace.delayMs === 0 && pace.refusedSince === null ? pace.latencyMs : null);

/** Whether a report would change nothing of a host that was calm when the slot was given; it need not be made. */
export const isNoNews = (calmMs: number | null, report: HostReport): boolean =>
  calmMs !== null && report.kind === 'ok' && latencyAfter(calmMs, report) === calmMs;

/** The latency to remember after an answer: half old, half new; only a good answer may lower it. */
export function latencyAfter(before: number, report: HostReport): number {
  const mean = before === 0 ? report.latencyMs : (before + report.latencyMs) / 2;
  const now = Math.round(report.kind === 'ok' ? mean : Math.max(before, mean));
  return Math.abs(now - before) > Math.max(LATENCY_STEP_MS, before / 4) ? now : before;
}

/**
 * The pace after an answer. Refusals double the delay from 2 s to 600 s (a burst of requests already on their way
 * counts once), Retry-After is believed, an ok halves the delay; errors change nothing.
 * After 15 minutes of unbroken refusals the host is paused until `night` (HH:MM in Asia/Shanghai).
 */
export function afterReport(pace: HostPace, report: HostReport, now: Date, night = '01:30'): HostPace {
  const latencyMs = latencyAfter(pace.latencyMs, report);
  if (report.kind === 'error') return { ...pace, latencyMs };
  if (report.kind === 'ok') {
    const delayMs = pace.delayMs / 2 < BACKOFF_FIRST_MS ? 0 : Math.round(pace.delayMs / 2);
    return { ...pace, delayMs, latencyMs, refusedSince: null };
  }
  const t = now.getTime();
  const until = pace.backoffUntil?.getTime() ?? 0;
  if (until - t > MAX_WAIT_MS) return pace;
  const sameBurst = t < until;
  const unbroken = pace.refusedSince !== null && t - Math.max(until, pace.refusedSince.getTime()) < ROW_GAP_MS;
  const refusedSince = unbroken && pace.refusedSince !== null ? pace.refusedSince : now;
  const delayMs = sameBurst ? pace.delayMs : Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_FIRST_MS, pace.delayMs * 2));
  if (t - refusedSince.getTime() >= STONEWALL_MS) return { ...pace, delayMs, latencyMs, backoffUntil: nextNight(now, night), refusedSince: null };
  const asked = report.retryAfterMs === null ? delayMs : Math.min(RETRY_AFTER_MAX_MS, Math.max(1_000, report.retryAfterMs));
  return { ...pace, delayMs, latencyMs, backoffUntil: new Date(Math.max(until, t + asked)), refusedSince };
}
