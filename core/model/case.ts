/**
 * Closed sets of the case and notice workflow: stored states, measures, outcomes and reasons.
 * Overdue, appealed and escalated are computed, never stored.
 */
import { z } from 'zod';

export const CASE_STATES = ['open', 'in_review', 'waiting', 'proposed', 'enforcing', 'closed'] as const;
export const caseStateSchema = z.enum(CASE_STATES);
export type CaseState = z.infer<typeof caseStateSchema>;

export const CASE_OUTCOMES = ['no_violation', 'duplicate', 'account_gone', 'enforced', 'referred', 'refused_upheld', 'withdrawn'] as const;
export const caseOutcomeSchema = z.enum(CASE_OUTCOMES);
export type CaseOutcome = z.infer<typeof caseOutcomeSchema>;

export const NOTICE_STATES = [
  'draft',
  'pending_approval',
  'returned',
  'approved',
  'sending',
  'undeliverable',
  'delivered',
  'acknowledged',
  'refused',
  'partly_acted',
  'acted',
  'verified',
  'verification_failed',
  'amended',
  'revoked',
  'expired',
  'closed',
] as const;
export const noticeStateSchema = z.enum(NOTICE_STATES);
export type NoticeState = z.infer<typeof noticeStateSchema>;

/** Notice states after which nothing more is expected of anybody. */
export const NOTICE_TERMINAL: ReadonlySet<NoticeState> = new Set(['verified', 'amended', 'revoked', 'expired', 'closed', 'returned']);

/** Platform measures of 人社厅发〔2025〕60号, from mild to severe. */
export const MEASURES = ['warn', 'delete_post', 'restrict_function', 'suspend_service', 'terminate_service'] as const;
export const measureSchema = z.enum(MEASURES);
export type Measure = z.infer<typeof measureSchema>;
export const MEASURE_ZH: Record<Measure, string> = {
  warn: '警示提醒',
  delete_post: '撤销删除',
  restrict_function: '限制功能',
  suspend_service: '暂停服务',
  terminate_service: '终止服务',
};

export const REJECT_REASONS = ['lawful_exception', 'not_what_it_says', 'quoted_or_negated', 'wrong_subject', 'duplicate', 'other'] as const;
export const rejectReasonSchema = z.enum(REJECT_REASONS);
export type RejectReason = z.infer<typeof rejectReasonSchema>;
export const REJECT_REASON_ZH: Record<RejectReason, string> = {
  lawful_exception: '属合法例外',
  not_what_it_says: '误读原文',
  quoted_or_negated: '引述或否定语',
  wrong_subject: '主体不符',
  duplicate: '重复疑点',
  other: '其他',
};

export const VERDICTS = ['confirmed_off', 'still_live', 'changed', 'unreachable', 'inconclusive'] as const;
export const verdictSchema = z.enum(VERDICTS);
export type Verdict = z.infer<typeof verdictSchema>;

export const proposalSchema = z.object({
  measure: measureSchema,
  /** Term in days for suspend_service; null when the measure has no term. */
  days: z.number().int().min(1).max(3650).nullable(),
  reason: z.string().min(1).max(5_000),
});
export type Proposal = z.infer<typeof proposalSchema>;
