/**
 * Looking again at posts: when flagged ones are looked at, what a look counts for, and who made a post disappear.
 * Pure, so that the plan of a month is tested with a moved clock.
 */
import type { Outcome, ParseStatus } from './capture.ts';

/** Days after a post was flagged on which it is looked at again. */
export const REVISIT_DAYS = [1, 3, 7, 30] as const;
/** Why a post is watched: it carries a lead or more, or it left the list it stood in. */
export const WATCH_REASONS = ['flagged', 'unlisted'] as const;
export type WatchReason = (typeof WATCH_REASONS)[number];
/** Who took a post down, as far as its page says so. */
export const GONE_BY = ['author', 'platform', 'expired', 'unknown'] as const;
export type GoneBy = (typeof GONE_BY)[number];

const DAY_MS = 24 * 3_600_000;
/** Looks in a row that saw nothing (a wall, no network) before a watch is given up. */
const MOST_BLIND = { flagged: 7, unlisted: 3 } as const;

export interface WatchPlan {
  readonly reason: WatchReason;
  /** When the post was flagged, or found missing in its list. */
  readonly since: Date;
  /** Looks in a row that saw nothing. */
  readonly tries: number;
}

/** The first planned look after an instant; null when all are behind us. */
const plannedAfter = (since: Date, at: Date): Date | null =>
  REVISIT_DAYS.map((days) => new Date(since.getTime() + days * DAY_MS)).find((day) => day.getTime() > at.getTime()) ?? null;

/**
 * When to look next, after a look at `at`. One look stands for all that were due by then; a look that saw nothing is
 * made again a day later.
 * @param seen whether the look said anything about the post
 */
export function nextLook(plan: WatchPlan, seen: boolean, at: Date): { nextAt: Date | null; tries: number } {
  if (seen) return { nextAt: plan.reason === 'flagged' ? plannedAfter(plan.since, at) : null, tries: 0 };
  const tries = plan.tries + 1;
  return { nextAt: tries >= MOST_BLIND[plan.reason] ? null : new Date(at.getTime() + DAY_MS), tries };
}

/** The first look at a post flagged at `at`. */
export const firstLook = (at: Date): Date => new Date(at.getTime() + REVISIT_DAYS[0] * DAY_MS);

export const GONE_STATES = ['deleted', 'removed_by_platform', 'expired', 'unavailable'] as const;
export type GoneState = (typeof GONE_STATES)[number];

/** One look, as far as it says what became of a post. */
interface Look {
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly parsed: { readonly status: ParseStatus } | null;
}
const TROUBLE = /系统(出错|错误|繁忙)|稍后再试/;

/**
 * What became of a post, from one look at its own address; null when the look does not say. A server in trouble (5xx,
 * "系统繁忙") is `unavailable` too, so that word counts only when the page itself says more.
 */
export function goneState({ outcome, reason, parsed }: Look): GoneState | null {
  if (outcome === 'unavailable') return parsed?.status === 'unavailable' && !TROUBLE.test(reason ?? '') ? 'unavailable' : null;
  return GONE_STATES.find((state) => state === outcome) ?? null;
}

const BY_AUTHOR = /发布者|作者|用户(已)?(自行)?删除|本人(已)?删除|发布人|deleted by (its |the )?(author|owner)/i;

/** Who took it down: the platform, the author where the page says so, its own term, or nobody can tell (a bare 404). */
export function goneBy(state: GoneState, reason: string | null): GoneBy {
  if (state === 'removed_by_platform') return 'platform';
  if (state === 'expired') return 'expired';
  return reason !== null && BY_AUTHOR.test(reason) ? 'author' : 'unknown';
}
