/**
 * What screening says about a post or an account. A finding points at its words by UTF-16 offsets in the
 * original text, cites its law in the version in force, and says why in one Chinese sentence.
 */
import { z } from 'zod';
import { findingKindSchema, levelSchema, POST_LEVELS } from './taxonomy.ts';

export const FINDING_SOURCES = ['rule', 'model', 'licence', 'network', 'format'] as const;

export const articleRefSchema = z.object({
  /** Key of the article in `law/statutes`, e.g. `women-2022.43.1`. */
  id: z.string(),
  instrument: z.string(),
  article: z.string(),
  /** Which version of the text, e.g. `2022-10-30`. */
  version: z.string(),
  /** True only when this office's lawyer signed the article off: nothing ships signed off. */
  verified: z.boolean(),
  /** What is in force today instead, when the conduct ended under an earlier version; `id` null when nothing took its place. */
  later: z
    .object({
      id: z.string().nullable(),
      article: z.string(),
      version: z.string(),
      inForceFrom: z.string(),
      /** Lighter as far as the sanctions on file tell; null when a lawyer must compare. */
      lighter: z.boolean().nullable(),
    })
    .optional(),
});
export type ArticleRef = z.infer<typeof articleRefSchema>;

export const findingSchema = z.object({
  kind: findingKindSchema,
  level: levelSchema,
  score: z.number().min(0).max(1),
  source: z.enum(FINDING_SOURCES),
  /** Rule, model or list that says so, as `id@version`. */
  by: z.string(),
  /** Field of the post or account the quote stands in; null when nothing can be quoted (an absence). */
  field: z.string().nullable(),
  quote: z.string().nullable(),
  start: z.number().int().nonnegative().nullable(),
  end: z.number().int().nonnegative().nullable(),
  articles: z.array(articleRefSchema),
  exempt: z.boolean(),
  /** The lawful ground when `exempt`. */
  ground: z.string().optional(),
  why: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const screenResultSchema = z.object({
  id: z.string().nullable(),
  score: z.number().int().min(0).max(100),
  level: z.enum(POST_LEVELS),
  findings: z.array(findingSchema),
  /** Fields longer than MAX_TEXT, of which only the beginning was read. */
  cut: z.array(z.string()).optional(),
});
/** One line of `pincha screen`. */
export type ScreenResult = z.infer<typeof screenResultSchema>;
