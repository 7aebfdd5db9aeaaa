/**
 * The machine-readable notice a platform receives and the receipts it sends back: one notice = one platform
 * × one target × one measure. The human document is made from the same data. Personal data of job seekers
 * never enters a notice; findings are worded 疑似 and only confirmed ones appear.
 */
import { z } from 'zod';
import { measureSchema } from './case.ts';
import { articleRefSchema } from './finding.ts';
import { SEAL_STATES } from './seal-state.ts';
import { findingKindSchema } from './taxonomy.ts';

export const noticeBodySchema = z.object({
  schemaVersion: z.literal('1'),
  noticeId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  number: z.string(),
  issuer: z.string(),
  demo: z.boolean(),
  platform: z.string(),
  supersedes: z.string().nullable(),
  target: z.object({
    type: z.literal('account'),
    platformAccountId: z.string(),
    url: z.string().nullable(),
    nameAtCapture: z.string(),
  }),
  measure: measureSchema,
  /** ISO instants; `until` is null when the measure has no term. */
  effectiveFrom: z.string(),
  until: z.string().nullable(),
  facts: z.string().max(5_000),
  findings: z
    .array(
      z.object({
        kind: findingKindSchema,
        kindZh: z.string(),
        postUrl: z.string().nullable(),
        quote: z.string().nullable(),
        legalBasis: z.array(articleRefSchema),
        detection: z.enum(['rule', 'model', 'complaint', 'inspection', 'licence', 'network', 'format']),
        automated: z.enum(['none', 'partly', 'fully']),
      }),
    )
    .max(200),
  /** `seal`: how far each was vouched for when the notice was made, and the number of its root; notices of older versions do not say. */
  evidence: z
    .array(
      z.object({
        captureId: z.string(),
        sha256: z.string(),
        capturedAt: z.string(),
        seal: z.object({ state: z.enum(SEAL_STATES), root: z.number().int().nullable() }).optional(),
      }),
    )
    .max(200),
  redress: z.string(),
  ackDue: z.string(),
  actDue: z.string(),
  contact: z.string(),
});
export type NoticeBody = z.infer<typeof noticeBodySchema>;

export const RECEIPT_KINDS = ['acknowledged', 'refused', 'acted', 'partly_acted'] as const;
export const receiptSchema = z.object({
  kind: z.enum(RECEIPT_KINDS),
  /** The platform's own ticket number. */
  reference: z.string().max(200).nullish(),
  /** Closed reason for a refusal; free text beside it. */
  reason: z.enum(['not_found', 'incomplete', 'disputed', 'not_ours', 'other']).nullish(),
  detail: z.string().max(2_000).nullish(),
  /** ISO instant the platform says it acted. */
  actedAt: z.string().max(60).nullish(),
});
export type Receipt = z.infer<typeof receiptSchema>;
