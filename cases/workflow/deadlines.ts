/**
 * Deadlines of cases and notices, all in Chinese working days (行政处罚法 第八十五条). No statute sets the term for
 * looking at a lead or for a platform to act (人社厅发〔2025〕60号 names no hours), so terms of notices are configured.
 */
import { addWorkingDays } from '../../core/clock.ts';
import type { NoticeState } from '../../core/model/case.ts';
import type { Level } from '../../core/model/taxonomy.ts';

/** How long a claimed case is held for one reviewer, in ms; every action of the holder renews it. */
export const LEASE_MS = 30 * 60_000;

const CASE_DAYS: Record<Level, number> = { statutory: 5, lead: 10, advisory: 20, format: 20 };

/** When a case of this level should have been decided. */
export const caseDue = (level: Level, openedAt: Date): Date => addWorkingDays(openedAt, CASE_DAYS[level]);

/** When a platform must have acknowledged and acted, counted from approval (not from delivery). */
export const noticeDue = (approvedAt: Date, terms: { ackDays: number; actDays: number }): { ackDue: Date; actDue: Date } => ({
  ackDue: addWorkingDays(approvedAt, terms.ackDays),
  actDue: addWorkingDays(approvedAt, terms.actDays),
});

const WAITS_FOR_ACK: ReadonlySet<NoticeState> = new Set(['approved', 'sending', 'undeliverable', 'delivered']);
const WAITS_FOR_ACT: ReadonlySet<NoticeState> = new Set([...WAITS_FOR_ACK, 'acknowledged', 'partly_acted']);

/** Which term of a notice is over, computed and never stored; the later term wins. */
export function overdueOf(notice: { state: NoticeState; ackDue: Date | null; actDue: Date | null }, now: Date): 'ack' | 'act' | null {
  if (WAITS_FOR_ACT.has(notice.state) && notice.actDue && notice.actDue < now) return 'act';
  if (WAITS_FOR_ACK.has(notice.state) && notice.ackDue && notice.ackDue < now) return 'ack';
  return null;
}
