/**
 * The shape of law as data: statutes, rule packs and lexicons as they stand in `law/`. A pack that cites no law,
 * a rule without examples or a level above what its kind allows does not get past here.
 */
import { z } from 'zod';
import { QUOTABLE_FIELDS, subjectTypeSchema } from '../../core/model/post.ts';
import { findingKindSchema, levelSchema, TAXONOMY } from '../../core/model/taxonomy.ts';

const ROWS = new Set<string>(Object.values(TAXONOMY).flatMap((kind) => [...kind.law]));
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const articleId = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)+$/);

/** What an authority may do, told apart because each has its own condition. */
export const MEASURES_OF_LAW = [
  'order-correction',
  'order-stop',
  'order-return',
  'refund',
  'close',
  'suspend',
  'confiscate',
  'fine',
  'warning',
  'revoke-licence',
  'detain',
  'compensate',
  'sue',
  'criminal',
] as const;
/** What must be true before it may be done; several on one step must all be. */
export const CONDITIONS_OF_LAW = [
  'on-refusal',
  'serious',
  'on-refusal-or-serious',
  'illegal-income',
  'no-illegal-income',
  'income-below-10k',
  'income-below-50k',
  'fee-unknown',
  'damage',
  'crime',
  'no-crime',
] as const;
const amount = z.number().positive().nullable();
const sanctionSchema = z.strictObject({
  do: z.enum(MEASURES_OF_LAW),
  when: z.array(z.enum(CONDITIONS_OF_LAW)).min(1).optional(),
  /** Yuan a case, a person or a person and month; or so many times the income or the advertising fee. */
  fine: z
    .strictObject({
      min: amount,
      max: amount,
      per: z.enum(['case', 'person', 'person-month', 'times']),
      of: z.enum(['illegal-income', 'advertising-fee']).optional(),
    })
    .optional(),
  /** 可以, not 应当. */
  may: z.boolean().optional(),
  /** Only on these; on whoever breaks the duty without it. */
  on: z.array(subjectTypeSchema).min(1).optional(),
});
export type SanctionStep = z.infer<typeof sanctionSchema>;

export const articleSchema = z.strictObject({
  id: articleId,
  article: z.string().min(1),
  text: z.string().min(1).nullable(),
  /** True only when whoever compiled the table read the provision itself, not a report about it. */
  textSeen: z.boolean(),
  note: z.string().optional(),
  inForceCheckedOn: date.nullable(),
  checkedBy: z.string().nullable(),
  /** Whose duty it is; anybody's without it. */
  binds: z.array(subjectTypeSchema).min(1).optional(),
  /** The articles that say what follows when this one is broken. */
  sanctionedBy: z.array(articleId).min(1).optional(),
  /** What this article lets an authority do, step by step. */
  sanctions: z.array(sanctionSchema).min(1).optional(),
  rows: z.array(z.string().refine((r) => ROWS.has(r) || /^[A-Z]{1,2}\d{1,2}$/.test(r), 'unknown row')).min(1),
  /** The article of the earlier version that this one took the place of. */
  replaces: articleId.optional(),
});
/** law, 行政法规, 部门规章, 规范性文件 (cannot carry a fine), 地方性法规 (only in its region). */
export const RANKS = ['law', 'regulation', 'rule', 'document', 'local'] as const;
export const statuteSchema = z
  .strictObject({
    key: z.string(),
    instrument: z.string().min(2),
    rank: z.enum(RANKS),
    region: z.string().optional(),
    version: date,
    inForceFrom: date,
    inForceTo: date.nullable(),
    source: z.string().min(1),
    note: z.string().optional(),
    articles: z.array(articleSchema).min(1),
  })
  .refine((s) => s.rank !== 'document' || s.articles.every((a) => !a.sanctions?.some((step) => step.do === 'fine')), {
    message: '规范性文件不能设定罚款',
    path: ['rank'],
  })
  .refine((s) => (s.rank === 'local') === (s.region !== undefined), { message: '地方性法规须写明地区，其他不写', path: ['region'] })
  .refine((s) => s.inForceTo === null || s.inForceTo >= s.inForceFrom, { message: '施行期间首尾颠倒', path: ['inForceTo'] });
export type Statute = z.infer<typeof statuteSchema>;
export type StatuteArticle = z.infer<typeof articleSchema>;

/** Bounds of what a pack may hold: drafts come from people's files. */
const MAX_PATTERNS = 200;
const MAX_EXAMPLES = 400;
const words = (max: number) => z.string().min(1).max(max);
const patterns = z.array(words(4_000)).min(1).max(MAX_PATTERNS);
/** before/after: the same clause, up to `reach` characters; line: the paragraph; post: all fields of the post. */
const scopeSchema = z.enum(['match', 'before', 'after', 'clause', 'sentence', 'line', 'post']);
const contextFields = { scope: scopeSchema, reach: z.number().int().min(1).max(200).optional(), patterns };
const contextSchema = z.strictObject(contextFields);
export type ContextSource = z.infer<typeof contextSchema>;
const exemptSchema = z.strictObject({ ...contextFields, ground: z.string().min(2).max(400) });
const contexts = z.array(contextSchema).max(60).default([]);

const articlesFor = z.partialRecord(subjectTypeSchema, z.array(articleId).min(1));
const example = z.union([words(4_000), z.record(z.string().max(60), z.unknown())]);
const examples = z.array(example).max(MAX_EXAMPLES);
const named = z.array(words(60)).max(60);
export const ruleSchema = z.strictObject({
  id: z
    .string()
    .max(80)
    .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/),
  version: z.number().int().positive().max(1_000_000).default(1),
  level: levelSchema.optional(),
  score: z.number().min(0.05).max(1).optional(),
  /** Account types the rule speaks about; without it all. */
  subjects: z.array(subjectTypeSchema).min(1).optional(),
  articles: z.array(articleId).min(1).max(40).optional(),
  articlesFor: articlesFor.optional(),
  why: z.string().min(4).max(400),
  fields: z.array(z.enum(QUOTABLE_FIELDS)).min(1).optional(),
  patterns,
  not: named.optional(),
  unless: contexts,
  requires: contexts,
  exempt: z.array(exemptSchema).max(60).default([]),
  mustMatch: examples.min(1),
  mustNotMatch: examples.min(1),
  /** Found, but lawful. */
  mustExempt: examples.default([]),
});
export type RuleSource = z.infer<typeof ruleSchema>;

export const packSchema = z.strictObject({
  pack: z
    .string()
    .max(60)
    .regex(/^[a-z0-9-]+$/),
  kind: findingKindSchema,
  level: levelSchema,
  score: z.number().min(0.05).max(1).default(0.9),
  /** The law every rule of the pack rests on unless it names its own. */
  articles: z.array(articleId).min(1).max(40),
  articlesFor: articlesFor.optional(),
  fields: z.array(z.enum(QUOTABLE_FIELDS)).min(1).default(['title', 'text']),
  not: named.default([]),
  exempt: z.array(exemptSchema).max(60).default([]),
  rules: z.array(ruleSchema).min(1).max(300),
});
export type PackSource = z.infer<typeof packSchema>;

/** The law behind findings that are computed rather than matched: required elements, reposts, contradictions. */
export const computedSchema = z.record(z.string(), z.object({ articles: z.array(articleId).min(1), why: z.string().min(4) }));

export const lexiconSchema = z.object({
  lexicons: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.array(z.string().min(1)).min(1)).default({}),
  contexts: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), contextSchema).default({}),
  disguises: z.array(z.object({ from: z.string().min(1).max(24), to: z.string().min(1).max(24) })).default([]),
});
export type LexiconFile = z.infer<typeof lexiconSchema>;
