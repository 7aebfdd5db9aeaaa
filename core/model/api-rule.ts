/** Rules in the reviewers' API: what a rule is, how it fares, drafts on their way, work over the archive. Shapes shared with `api.ts`. */
import { z } from 'zod';
import { id, instant, page, pageQuery } from './api.ts';
import { rejectReasonSchema } from './case.ts';
import { DIFFERENCES, REVISION_STATES, RULE_JOB_KINDS, RULE_JOB_STATES, RULE_VERDICTS } from './rule.ts';
import { findingKindSchema, levelSchema } from './taxonomy.ts';

/** A share with its 95 % interval (Wilson) and how many it rests on. */
export const shareView = z.object({ share: z.number(), low: z.number(), high: z.number(), n: z.number().int() });

const stepView = z.object({
  do: z.string(),
  when: z.array(z.string()),
  may: z.boolean(),
  on: z.array(z.string()),
  fine: z.object({ min: z.number().nullable(), max: z.number().nullable(), per: z.string(), of: z.string().nullable() }).nullable(),
});
export const articleView = z.object({
  id: z.string(),
  instrument: z.string(),
  article: z.string(),
  rank: z.string(),
  region: z.string().nullable(),
  version: z.string(),
  inForceFrom: z.string(),
  inForceTo: z.string().nullable(),
  text: z.string().nullable(),
  textSeen: z.boolean(),
  verified: z.boolean(),
  source: z.string(),
  note: z.string().nullable(),
  /** Only for these kinds of account; for all without. */
  subjects: z.array(z.string()),
  sanctions: z.array(z.object({ article: z.string(), instrument: z.string(), text: z.string().nullable(), steps: z.array(stepView) })),
});
const exampleText = z.string();
/** A rule as a person reads it, from the law in force. */
export const ruleExplained = z.object({
  id: z.string(),
  version: z.number().int(),
  pack: z.string(),
  kind: findingKindSchema,
  level: levelSchema,
  score: z.number(),
  why: z.string(),
  /** What it looks for, sentence by sentence. */
  looksFor: z.array(z.string()),
  unless: z.array(z.string()),
  requires: z.array(z.string()),
  exceptions: z.array(z.object({ ground: z.string(), when: z.string() })),
  articles: z.array(articleView),
  examples: z.object({ hits: z.array(exampleText), silent: z.array(exampleText), lawful: z.array(exampleText) }),
});

const decisions = z.object({
  confirmed: z.number().int(),
  rejected: z.number().int(),
  /** Rejected as duplicates: no judgement of the rule, left out of its precision. */
  duplicates: z.number().int(),
  reasons: z.record(z.string(), z.number().int()),
  precision: shareView.nullable(),
});
export const ruleRow = z.object({
  id: z.string(),
  version: z.number().int(),
  pack: z.string(),
  kind: findingKindSchema,
  level: levelSchema,
  /** What a finding of it says, with `{quote}` where the words will stand. */
  why: z.string(),
  off: z.object({ reason: z.string(), byName: z.string(), at: instant }).nullable(),
  decisions,
  alarms: z.number().int(),
});
export const rulePage = page(ruleRow).extend({ lawVersion: z.string(), off: z.array(z.object({ id: z.string(), off: ruleRow.shape.off })) });
export const ruleQuery = pageQuery.extend({ pack: z.string().max(60).optional(), q: z.string().max(100).optional() });
export const alarmView = z.object({
  id,
  day: z.string(),
  platform: z.string(),
  rule: z.string(),
  up: z.boolean(),
  hits: z.number().int(),
  posts: z.number().int(),
  expected: z.number(),
  probability: z.number(),
  at: instant,
});
export const alarmList = z.object({ items: z.array(alarmView) });
/** How far what posts are made of moved in the last nights against the nights before; largest first. */
export const driftView = z.object({
  /** '' for all platforms together. */
  platform: z.string(),
  /** `kind`, `length`, `score`, or `margin/<kind>@<model>`. */
  measure: z.string(),
  recent: z.number().int(),
  reference: z.number().int(),
  psi: z.number(),
  chance: z.number(),
  state: z.enum(['steady', 'watch', 'alarm']),
  moved: z.array(z.object({ bucket: z.string(), before: z.number(), now: z.number() })),
});
export const driftList = z.object({ day: z.string(), nights: z.number().int(), against: z.number().int(), items: z.array(driftView) });
export const ruleEventView = z.object({
  id,
  at: instant,
  actorName: z.string(),
  action: z.string(),
  pack: z.string().nullable(),
  rule: z.string().nullable(),
  revisionId: id.nullable(),
  data: z.record(z.string(), z.unknown()),
});
export const ruleView = z.object({
  rule: ruleExplained,
  off: ruleRow.shape.off,
  decisions,
  /** The score its findings state, the precision to expect from it and the decisions together, and whether decisions speak against it (their interval leaves it out). */
  score: z.object({ stated: z.number(), expected: z.number(), weight: z.number(), differs: z.boolean() }),
  byVersion: z.array(z.object({ by: z.string(), decisions })),
  states: z.record(z.string(), z.number().int()),
  nights: z.array(z.object({ day: z.string(), platform: z.string(), hits: z.number().int(), posts: z.number().int() })),
  alarms: z.array(alarmView),
  events: z.array(ruleEventView),
});
export const ruleFinding = z.object({
  id,
  by: z.string(),
  platform: z.string(),
  accountId: id,
  accountName: z.string(),
  postId: id.nullable(),
  caseId: id.nullable(),
  quote: z.string().nullable(),
  reason: rejectReasonSchema.nullable(),
  decidedAt: instant.nullable(),
});
export const ruleFindingPage = page(ruleFinding);
export const ruleFindingQuery = pageQuery.extend({ state: z.enum(['open', 'confirmed', 'rejected']).default('rejected') });
export const ruleSwitch = z.object({ on: z.boolean(), reason: z.string().trim().min(2).max(500) });

export const draftReport = z.object({
  pack: z.string(),
  rules: z.number().int(),
  changes: z.array(
    z.object({ rule: z.string(), change: z.enum(['added', 'changed', 'removed', 'same']), from: z.number().nullable(), to: z.number().nullable() }),
  ),
  examples: z.number().int(),
  wrong: z.array(z.object({ rule: z.string(), example: z.string(), expected: z.string(), got: z.string() })),
});
const packText = z.string().min(1).max(262_144);
const noteText = z.string().trim().max(1_000);
export const draftBody = z.object({ text: packText, note: noteText.default('') });
export const checkBody = z.object({ text: packText });
export const revisionAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('save'), version: z.number().int(), text: packText, note: noteText }),
  ...(['shadow', 'back', 'withdraw', 'publish'] as const).map((action) => z.object({ action: z.literal(action), version: z.number().int() })),
]);
export const revisionRow = z.object({
  id,
  pack: z.string(),
  number: z.number().int(),
  state: z.enum(REVISION_STATES),
  note: z.string(),
  authorName: z.string(),
  publishedByName: z.string().nullable(),
  version: z.number().int(),
  sha256: z.string(),
  createdAt: instant,
  updatedAt: instant,
  publishedAt: instant.nullable(),
});
export const revisionPage = page(revisionRow);
export const revisionQuery = pageQuery.extend({ pack: z.string().max(60).optional(), state: z.enum(REVISION_STATES).optional() });
export const jobView = z.object({
  id,
  kind: z.enum(RULE_JOB_KINDS),
  state: z.enum(RULE_JOB_STATES),
  pack: z.string().nullable(),
  revisionId: id.nullable(),
  total: z.number().int(),
  done: z.number().int(),
  counts: z.record(z.string(), z.number()),
  error: z.string().nullable(),
  startedByName: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
});
export const jobPage = page(jobView);
export const jobQuery = pageQuery.extend({ kind: z.enum(RULE_JOB_KINDS).optional(), revisionId: id.optional() });
export const revisionView = revisionRow.extend({
  text: z.string(),
  /** The pack in force, to hold it against; null when it is new. */
  inForce: z.string().nullable(),
  report: draftReport.nullable(),
  /** What is wrong with it, named by rule and field; null when nothing is. */
  fault: z.string().nullable(),
  /** What the caller may do, or why not. */
  may: z.record(z.string(), z.union([z.literal(true), z.string()])),
  shadow: z.array(z.object({ day: z.string(), posts: z.number(), added: z.number(), removed: z.number(), same: z.number() })),
  jobs: z.array(jobView),
  events: z.array(ruleEventView),
});
export const replayBody = z.object({ since: z.string().date().optional() });
export const differenceQuery = pageQuery.extend({ change: z.enum(DIFFERENCES) });
export const differenceView = z.object({
  id,
  change: z.enum(DIFFERENCES),
  platform: z.string(),
  accountName: z.string(),
  postId: id,
  kind: findingKindSchema,
  by: z.string(),
  field: z.string().nullable(),
  quote: z.string().nullable(),
  why: z.string(),
  /** The words around the quote, phones masked. */
  before: z.string(),
  after: z.string(),
  verdict: z.enum(RULE_VERDICTS).nullable(),
  judgedByName: z.string().nullable(),
});
export const differencePage = page(differenceView).extend({
  /** Of the sample that is judged: how many are rightly so, with its interval. */
  estimate: z.object({ yes: z.number().int(), no: z.number().int(), unsure: z.number().int(), open: z.number().int(), share: shareView.nullable() }),
});
export const judgeBody = z.object({ verdict: z.enum(RULE_VERDICTS).nullable() });
export const packView = z.object({ pack: z.string(), text: z.string(), revisionId: id.nullable() });
export const lawSetView = z.object({ version: z.string(), off: z.array(z.string()), files: z.array(z.object({ path: z.string(), text: z.string() })) });

export type RuleExplained = z.infer<typeof ruleExplained>;
export type RuleRow = z.infer<typeof ruleRow>;
export type RuleView = z.infer<typeof ruleView>;
export type RuleFinding = z.infer<typeof ruleFinding>;
export type RuleDecisions = z.infer<typeof decisions>;
export type AlarmView = z.infer<typeof alarmView>;
export type DriftList = z.infer<typeof driftList>;
export type DraftReportView = z.infer<typeof draftReport>;
export type RevisionRow = z.infer<typeof revisionRow>;
export type RevisionView = z.infer<typeof revisionView>;
export type RuleJobView = z.infer<typeof jobView>;
export type DifferenceView = z.infer<typeof differenceView>;
export type DifferencePage = z.infer<typeof differencePage>;

/** What the API asks of the law in force; the composition root hands it in. */
export interface RuleDesk {
  /** Digest of the law in force. */
  version(): string;
  /** Every rule in force, by id; those switched off are not among them. */
  rules(): readonly {
    readonly id: string;
    readonly version: number;
    readonly pack: string;
    readonly kind: RuleRow['kind'];
    readonly level: RuleRow['level'];
    readonly why: string;
  }[];
  explain(rule: string): RuleExplained | null;
  packText(pack: string): string | null;
  /** @param former texts of the pack that are or were in force @throws RULES_INVALID, FILE_TOO_LARGE */
  check(text: string, former: readonly string[]): DraftReportView;
  /** The pack's name. @throws RULES_INVALID */
  nameOf(text: string): string;
  refresh(): Promise<void>;
}
