/**
 * When a notice is tried again: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h after one another, then once a day.
 * A notice is never given up; past the quick tries it is shown as undeliverable until somebody answers.
 */
export interface RetrySchedule {
  /** Gaps in ms before attempt 1, 2, 3… */
  readonly gaps: readonly number[];
  /** Gap in ms once `gaps` is used up. */
  readonly after: number;
}
const S = 1_000;
const M = 60 * S;
const H = 60 * M;
export const RETRIES: RetrySchedule = { gaps: [0, 5 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H, 10 * H], after: 24 * H };
/** For the demo, where nobody waits two hours. */
export const DEMO_RETRIES: RetrySchedule = { gaps: [0, S, 2 * S, 5 * S, 10 * S, 20 * S, 30 * S, 60 * S], after: 5 * M };

/** The instant of the next attempt after `attempts` attempts were made. */
export const nextAttempt = (attempts: number, now: Date, schedule: RetrySchedule = RETRIES): Date =>
  new Date(now.getTime() + (schedule.gaps[attempts] ?? schedule.after));

/** Whether the quick tries are over. */
export const quickTriesOver = (attempts: number, schedule: RetrySchedule = RETRIES): boolean => attempts >= schedule.gaps.length;
