/**
 * Licence lists as the authority publishes them, and the verdicts of matching an account against them.
 * 不在名单 is not 无证: a verdict always names the list and its date, never says "unlicensed".
 */
import { z } from 'zod';

export const licenceRowSchema = z.object({
  name: z.string().min(1).max(500),
  uscc: z.string().max(40).nullable(),
  number: z.string().max(200).nullable(),
  scope: z.string().max(5_000).nullable(),
  authority: z.string().max(300).nullable(),
  /** ISO dates (YYYY-MM-DD). */
  validFrom: z.string().nullable(),
  validUntil: z.string().nullable(),
  address: z.string().max(1_000).nullable(),
  /** `licence` for 许可, `filing` for 备案. */
  form: z.enum(['licence', 'filing']),
});
export type LicenceRow = z.infer<typeof licenceRowSchema>;

export interface LicenceListInfo {
  readonly id: string;
  /** As it is quoted to people, e.g. "广东省名录 2026-11". */
  readonly label: string;
  readonly authority: string;
  /** ISO date the list carries. */
  readonly publishedOn: string;
  readonly sourceUrl: string | null;
  readonly sha256: string;
}

export const LICENCE_VERDICTS = ['licensed', 'scope_excludes_online', 'expired', 'other_entity', 'filed_only', 'not_found', 'cannot_tell'] as const;
export const licenceVerdictSchema = z.enum(LICENCE_VERDICTS);
export type LicenceVerdict = z.infer<typeof licenceVerdictSchema>;

export interface LicenceMatch {
  readonly verdict: LicenceVerdict;
  /** Names the list and date, e.g. "在演示名录 2026-11-01 中未查到". */
  readonly sentence: string;
  readonly list: LicenceListInfo | null;
  readonly licence: (LicenceRow & { readonly id: string }) | null;
  /** How it was matched: uscc, number, exact name, near name; with a similarity 0-1. */
  readonly by: 'uscc' | 'number' | 'name' | 'near-name' | null;
  readonly similarity: number | null;
  readonly reasons: readonly string[];
}

export const listReviewSchema = z.enum(['waiting', 'accepted', 'refused']);
export type ListReview = z.infer<typeof listReviewSchema>;
export const mappingBySchema = z.enum(['guessed', 'remembered', 'given']);
export type MappingBy = z.infer<typeof mappingBySchema>;

/** A list against the one before it; samples are names, a handful each. */
export const listDiffSchema = z.object({
  /** The list it is compared with. */
  againstId: z.string(),
  againstLabel: z.string(),
  againstPublishedOn: z.string(),
  added: z.number().int(),
  removed: z.number().int(),
  changed: z.number().int(),
  samples: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    changed: z.array(z.object({ name: z.string(), what: z.string() })),
  }),
});
export type ListDiff = z.infer<typeof listDiffSchema>;

/** A list that loses more than this share of the entries before it, and more than a few, waits for a person. */
export const BIG_REMOVAL = { share: 0.05, least: 5 } as const;
export const isBigRemoval = (removed: number, before: number): boolean => removed > Math.max(BIG_REMOVAL.least, before * BIG_REMOVAL.share);
