/** Sources and candidates in the reviewers' API, and what the composition root hands it to check an address with. */
import { z } from 'zod';
import { id, instant, page, pageQuery } from './api.ts';
import { outcomeSchema } from './capture.ts';
import { CANDIDATE_STATES, GROUND_KINDS, type Proposal } from './discovery.ts';

export const SOURCE_ROLES = ['visit', 'search'] as const;

export const sourceRow = z.object({
  id,
  platform: z.string(),
  name: z.string(),
  url: z.string(),
  role: z.enum(SOURCE_ROLES),
  active: z.boolean(),
  /** Hours between visits as they follow from what changed. */
  intervalHours: z.number().int(),
  /** Visited every night because an account it shows is under suspicion. */
  nightly: z.boolean(),
  lastVisitedAt: instant.nullable(),
  lastOutcome: outcomeSchema.nullable(),
  /** What the last walk said beside its outcome. */
  lastDetail: z.string().nullable(),
  nextDueAt: instant,
  /** Of the last walk. */
  pages: z.number().int().nullable(),
  posts: z.number().int().nullable(),
  createdAt: instant,
});
export const sourceQuery = pageQuery.extend({
  platform: z.string().max(60).optional(),
  active: z.enum(['true', 'false']).optional(),
  outcome: outcomeSchema.optional(),
  q: z.string().max(100).optional(),
});
export const sourcePage = page(sourceRow);

/** How many looks of a walk came to which outcome. */
export const outcomeCounts = z.partialRecord(outcomeSchema, z.number().int());
export type OutcomeCounts = z.infer<typeof outcomeCounts>;
export const sourceDetail = z.object({
  source: sourceRow,
  hosts: z.array(z.string()),
  /** Of a board: how its pages are read, as YAML. */
  board: z.string().nullable(),
  /** The last walks, newest first. */
  visits: z.array(
    z.object({
      runId: id,
      at: instant,
      state: z.string(),
      outcome: outcomeSchema.nullable(),
      detail: z.string().nullable(),
      pages: z.number().int(),
      posts: z.number().int(),
      outcomes: outcomeCounts,
    }),
  ),
  /** Looks of the last walk that came to something else than a page that was read, newest first. */
  unread: z.array(z.object({ id, url: z.string(), outcome: outcomeSchema, reason: z.string().nullable(), at: instant, sealed: z.boolean() })),
});
export type SourceDetail = z.infer<typeof sourceDetail>;

const words = z.object({ zh: z.string(), en: z.string() });
/** One field of the form that adds a source, as its adapter declares it. */
export const sourceField = z.object({
  name: z.string(),
  kind: z.enum(['url', 'lines', 'text']),
  required: z.boolean(),
  label: words,
  hint: words,
});
/** What can be a source, generated from the registry of adapters. */
export const sourceKind = z.object({
  platform: z.string(),
  name: words,
  access: z.string(),
  render: z.string(),
  floorDelayMs: z.number(),
  /** Host patterns of its addresses; empty where any site may be one. */
  hosts: z.array(z.string()),
  fields: z.array(sourceField),
});
export const sourceKindList = z.object({ items: z.array(sourceKind) });

const fields = z.record(z.string().max(60), z.string().max(20_000));
export const newSourceBody = z.object({
  platform: z.string().min(1).max(60),
  name: z.string().trim().min(1).max(200),
  role: z.enum(SOURCE_ROLES).default('visit'),
  fields,
});
export const sourceSwitch = z.object({ active: z.boolean() });

export const candidateRow = z.object({
  id,
  platform: z.string(),
  name: z.string().nullable(),
  url: z.string().nullable(),
  state: z.enum(CANDIDATE_STATES),
  /** Different speakers and ways. */
  seen: z.number().int(),
  /** Refused before; somebody else has spoken of it since. */
  again: z.boolean(),
  firstSeenAt: instant,
  lastSeenAt: instant,
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  reason: z.string().nullable(),
  sourceId: id.nullable(),
  grounds: z.array(
    z.object({
      kind: z.enum(GROUND_KINDS),
      speaker: z.string(),
      /** The account that speaks of it, where it is one. */
      accountId: id.nullable(),
      quote: z.string(),
      times: z.number().int(),
      at: instant,
    }),
  ),
});
export const candidateQuery = pageQuery.extend({ state: z.enum(CANDIDATE_STATES).default('proposed'), platform: z.string().max(60).optional() });
export const candidatePage = page(candidateRow);
export const candidateDecision = z.discriminatedUnion('accept', [
  z.object({ accept: z.literal(true), name: z.string().trim().min(1).max(200), role: z.enum(SOURCE_ROLES).default('visit'), fields }),
  z.object({ accept: z.literal(false), reason: z.string().trim().min(1).max(500) }),
]);
export const seedBody = z.object({ text: z.string().min(1).max(100_000) });
export const seedAnswer = z.object({ proposed: z.number().int(), unread: z.array(z.number().int()) });
export const sourceCounts = z.object({ proposed: z.number().int() });

export type SourceRow = z.infer<typeof sourceRow>;
export type SourceKind = z.infer<typeof sourceKind>;
export type SourceField = z.infer<typeof sourceField>;
export type CandidateRow = z.infer<typeof candidateRow>;
export type CandidateDecision = z.infer<typeof candidateDecision>;
export type NewSourceBody = z.infer<typeof newSourceBody>;

/** A board's YAML and the page to try it on: pasted, or one polite look at an address of the board. */
export const boardTrial = z.object({
  yaml: z.string().min(1).max(64_000),
  html: z.string().max(4_000_000).optional(),
  url: z.string().trim().max(2_000).optional(),
});
export const newBoardBody = boardTrial.pick({ yaml: true });
const postShown = z.object({
  title: z.string(),
  company: z.string().nullable(),
  salary: z.string().nullable(),
  location: z.string().nullable(),
  publishedAt: z.string().nullable(),
  text: z.string(),
});
/** What every selector of a board yields on one page, and what the page comes to. */
export const boardPreview = z.object({
  platform: z.string(),
  name: z.string(),
  start: z.string(),
  page: z.object({
    url: z.string(),
    status: z.string(),
    reason: z.string().nullable(),
    postCount: z.number().int(),
    posts: z.array(postShown),
    linkCount: z.number().int(),
    links: z.array(z.string()),
  }),
  /** `of` is the number of items where a field is looked for within each. */
  selectors: z.array(
    z.object({ field: z.string(), selector: z.string(), found: z.number().int(), of: z.number().int().nullable(), values: z.array(z.string()) }),
  ),
});
export type BoardTrial = z.infer<typeof boardTrial>;
export type BoardPreview = z.infer<typeof boardPreview>;

/** A board whose YAML was checked, as it becomes a source. */
export interface CheckedBoard {
  readonly platform: string;
  readonly name: string;
  readonly url: string;
  readonly board: Record<string, unknown>;
}

/** A source whose fields were checked. */
export interface CheckedSource {
  readonly platform: string;
  readonly url: string;
  readonly hosts?: string[];
  readonly board?: Record<string, unknown>;
}

/** What the API is given for sources: the registry's declarations and its checks. */
export interface SourceDesk {
  kinds(): SourceKind[];
  /** @throws PinchaError INPUT_INVALID naming the field, ADDRESS_REFUSED, PLATFORM_UNKNOWN */
  check(platform: string, fields: Readonly<Record<string, string>>): CheckedSource;
  seeds(text: string): { proposals: Proposal[]; unread: number[] };
  /** @throws PinchaError INPUT_INVALID naming field and line, ADDRESS_REFUSED */
  board(yaml: string): CheckedBoard;
  /** @throws PinchaError as `board`, and FETCH_FAILED when there is no page to try */
  tryBoard(trial: BoardTrial): Promise<BoardPreview>;
  /** A stored board as YAML. */
  written(board: Readonly<Record<string, unknown>>): string;
}
