/**
 * The reviewers' API as data: one schema per answer and per request, used by the server to validate and to
 * publish OpenAPI, and by the review UI for its types. Instants are ISO strings in UTC; lists page by cursor.
 */
import { z } from 'zod';
import { outcomeSchema } from './capture.ts';
import { caseOutcomeSchema, caseStateSchema, measureSchema, noticeStateSchema, rejectReasonSchema, verdictSchema } from './case.ts';
import { findingSchema } from './finding.ts';
import { originView } from './intake.ts';
import { licenceVerdictSchema, listDiffSchema, listReviewSchema, mappingBySchema } from './licence.ts';
import { noticeBodySchema } from './notice.ts';
import { PICTURE_STATES } from './picture.ts';
import { postInputSchema, subjectTypeSchema } from './post.ts';
import { GONE_BY } from './revisit.ts';
import { CAPABILITIES, ROLES } from './role.ts';
import { SEAL_STATES } from './seal-state.ts';
import { findingKindSchema, levelSchema, POST_LEVELS } from './taxonomy.ts';

export const instant = z.string();
export const id = z.string().uuid();
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export const pageQuery = z.object({ cursor: z.string().max(400).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });

// --- who
export const meView = z.object({
  user: z.object({
    id,
    login: z.string(),
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    capabilities: z.array(z.enum(CAPABILITIES)),
    mustChangePassword: z.boolean(),
  }),
  /** Sent back as the `x-csrf` header with every write. */
  csrf: z.string(),
  demo: z.boolean(),
  issuer: z.string(),
  version: z.string(),
});
/** What anybody may know before logging in. */
export const aboutView = z.object({ demo: z.boolean(), issuer: z.string(), version: z.string() });
/** Platforms by the names people know them by; every other answer names a platform by its id. */
export const platformList = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });
export const loginBody = z.object({ login: z.string().min(1).max(100), password: z.string().min(1).max(200) });
export const passwordBody = z.object({ current: z.string().min(1).max(200), next: z.string().min(10).max(200) });

// --- queue
export const queueRow = z.object({
  id,
  number: z.string(),
  state: caseStateSchema,
  level: levelSchema,
  priority: z.number().int(),
  hook: z.string().nullable(),
  hookKind: findingKindSchema.nullable(),
  kinds: z.array(findingKindSchema),
  findingCount: z.number().int(),
  account: z.object({ id, platform: z.string(), name: z.string(), subjectName: z.string().nullable(), subjectType: subjectTypeSchema }),
  licenceVerdict: licenceVerdictSchema.nullable(),
  claimedBy: z.object({ id, name: z.string() }).nullable(),
  proposedBy: z.object({ id, name: z.string() }).nullable(),
  openedAt: instant,
  dueAt: instant,
  /** Working days left, negative when overdue. */
  daysLeft: z.number().int(),
});
export const queueQuery = pageQuery.extend({
  state: caseStateSchema.optional(),
  platform: z.string().max(60).optional(),
  kind: findingKindSchema.optional(),
  minPriority: z.coerce.number().int().min(0).max(100).optional(),
  mine: z.enum(['true', 'false']).optional(),
  /** Only those past their term that wait for the office. */
  overdue: z.enum(['true', 'false']).optional(),
  /** Only those the approver or a failed check sent back to the caller. */
  returned: z.enum(['true', 'false']).optional(),
  /** Only those this run opened. */
  run: id.optional(),
  q: z.string().max(100).optional(),
});
export const queuePage = page(queueRow);
export const queueCounts = z.object({
  byState: z.record(z.string(), z.number().int()),
  mine: z.number().int(),
  overdue: z.number().int(),
  noticesNeedingMe: z.number().int(),
});

// --- case
export const findingView = findingSchema.extend({
  id,
  postId: id.nullable(),
  state: z.enum(['open', 'confirmed', 'rejected', 'superseded']),
  decidedBy: z.object({ id, name: z.string() }).nullable(),
  decidedAt: instant.nullable(),
  rejectReason: rejectReasonSchema.nullable(),
  captureId: id.nullable(),
  postTitle: z.string().nullable(),
  /** Equal for findings that say the same of reposts of one text; null where nothing can be alike. */
  alike: z.string().nullable(),
});
/** A sealed look, as far as the screen tells of it. */
export const captureView = z.object({
  id,
  fetchedAt: instant,
  sha256: z.string().nullable(),
  hasShot: z.boolean(),
  shotFrom: z.enum(['sealed', 'live']).nullable(),
  ledgerSeq: z.number().nullable(),
  /** How far the root over its ledger row is vouched for; without a root its day is not over. */
  seal: z.object({ state: z.enum(SEAL_STATES), root: z.number().int().nullable() }),
  /** Who handed it in and how it was obtained, when we did not fetch it ourselves. */
  origin: originView.optional(),
});
/** A sealed picture of a post, in the order of its words in `imageText`; its bytes are at `/posts/:id/pictures/:n`. */
export const pictureView = z.object({
  state: z.enum(PICTURE_STATES),
  /** Why it could not be read, for people to look into. */
  reason: z.string().nullable(),
  /** Pixels. */
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
});
export const postView = z.object({
  id,
  externalId: z.string(),
  url: z.string().nullable(),
  title: z.string(),
  company: z.string().nullable(),
  salary: z.string().nullable(),
  location: z.string().nullable(),
  text: z.string(),
  /** Fields as read, phones masked unless the caller asked to unmask (which is logged). */
  input: postInputSchema,
  publishedAt: instant.nullable(),
  status: z.enum(['live', 'deleted', 'removed_by_platform', 'expired', 'unavailable']),
  firstSeenAt: instant,
  /** When it was last seen alive. */
  lastSeenAt: instant,
  /** When it was first seen to be gone, by whom, in its page's own words, and the look that shows it; null while it is live. */
  gone: z.object({ at: instant, by: z.enum(GONE_BY), reason: z.string().nullable(), captureId: id.nullable() }).nullable(),
  version: z.number().int(),
  level: z.enum(POST_LEVELS),
  score: z.number().int(),
  capture: captureView.nullable(),
  pictures: z.array(pictureView),
});
export const accountView = z.object({
  id,
  platform: z.string(),
  externalId: z.string(),
  name: z.string(),
  alias: z.string().nullable(),
  description: z.string().nullable(),
  url: z.string().nullable(),
  subjectName: z.string().nullable(),
  subjectType: subjectTypeSchema,
  uscc: z.string().nullable(),
  category: z.string().nullable(),
  verified: z.boolean().nullable(),
  licenceNo: z.string().nullable(),
  status: z.enum(['active', 'suspended', 'gone', 'unknown']),
  statusReason: z.string().nullable(),
  banned: z.boolean(),
  licenceVerdict: licenceVerdictSchema.nullable(),
  /** e.g. "在演示名录 2026-11-01 中未查到". */
  licenceSentence: z.string().nullable(),
  licenceReasons: z.array(z.string()),
  score: z.number().int(),
  level: z.enum(POST_LEVELS),
  postCount: z.number().int(),
  firstSeenAt: instant,
  lastSeenAt: instant,
});
export const eventView = z.object({
  id,
  at: instant,
  actor: z.string(),
  action: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export const proposalView = z.object({
  measure: measureSchema,
  days: z.number().int().nullable(),
  reason: z.string(),
  findingIds: z.array(id),
  by: id,
  byName: z.string(),
  at: instant,
  /** Digest of the frozen proposal; an approval names it, so nobody approves what they did not see. */
  sha256: z.string(),
});
export const noticeRow = z.object({
  id,
  number: z.string(),
  caseId: id,
  caseNumber: z.string(),
  platform: z.string(),
  account: z.object({ id, name: z.string() }),
  measure: measureSchema,
  state: noticeStateSchema,
  ackDue: instant.nullable(),
  actDue: instant.nullable(),
  overdue: z.enum(['ack', 'act']).nullable(),
  sentAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  acknowledgedAt: instant.nullable(),
  actedAt: instant.nullable(),
  verifiedAt: instant.nullable(),
  verdict: verdictSchema.nullable(),
  attempts: z.number().int(),
  nextAttemptAt: instant.nullable(),
  lastError: z.string().nullable(),
  platformReference: z.string().nullable(),
  createdAt: instant,
});
export const caseView = z.object({
  id,
  number: z.string(),
  state: caseStateSchema,
  level: levelSchema,
  priority: z.number().int(),
  contributions: z.array(z.object({ label: z.string(), points: z.number() })),
  version: z.number().int(),
  openedAt: instant,
  dueAt: instant,
  daysLeft: z.number().int(),
  claimedBy: z.object({ id, name: z.string() }).nullable(),
  leaseUntil: instant.nullable(),
  waitReason: z.string().nullable(),
  waitUntil: instant.nullable(),
  outcome: caseOutcomeSchema.nullable(),
  outcomeReason: z.string().nullable(),
  account: accountView,
  /** How many cases this account had before, and their outcomes. */
  earlier: z.array(z.object({ id, number: z.string(), state: caseStateSchema, outcome: caseOutcomeSchema.nullable(), openedAt: instant })),
  findings: z.array(findingView),
  /** Posts that carry the findings, strongest first, at most 50. */
  posts: z.array(postView),
  /** How many posts carry findings of this case; more than `posts` are read on the account's page. */
  postCount: z.number().int(),
  /** The last sealed look at the account itself: what shows findings that stand on no post. */
  accountCapture: captureView.nullable(),
  proposal: proposalView.nullable(),
  suggested: z.object({ measure: measureSchema, days: z.number().int().nullable(), reason: z.string(), why: z.string() }),
  notices: z.array(noticeRow),
  events: z.array(eventView),
  /** What the caller may do now; a button that is not listed is shown disabled with the sentence. */
  may: z.record(z.string(), z.union([z.literal(true), z.string()])),
});
/** Findings that say the same of reposts of one text and are judged with the named one, each by its id. */
const also = z.array(id).max(1_000).optional();
export const caseAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('claim'), version: z.number().int() }),
  z.object({ action: z.literal('release'), version: z.number().int(), reason: z.string().min(1).max(500) }),
  z.object({ action: z.literal('confirm'), version: z.number().int(), findingId: id, also }),
  z.object({ action: z.literal('reject'), version: z.number().int(), findingId: id, also, reason: rejectReasonSchema }),
  z.object({ action: z.literal('undecide'), version: z.number().int(), findingId: id, also }),
  z.object({ action: z.literal('wait'), version: z.number().int(), reason: z.string().min(1).max(500), until: instant }),
  z.object({ action: z.literal('resume'), version: z.number().int() }),
  z.object({
    action: z.literal('close'),
    version: z.number().int(),
    outcome: z.enum(['no_violation', 'duplicate', 'account_gone']),
    reason: z.string().min(1).max(1_000),
  }),
  z.object({
    action: z.literal('propose'),
    version: z.number().int(),
    measure: measureSchema,
    days: z.number().int().min(1).max(3650).nullable(),
    reason: z.string().min(1).max(5_000),
  }),
  z.object({ action: z.literal('withdraw'), version: z.number().int() }),
  z.object({ action: z.literal('approve'), version: z.number().int(), sha256: z.string().length(64) }),
  z.object({ action: z.literal('return'), version: z.number().int(), reason: z.string().min(1).max(1_000) }),
  z.object({ action: z.literal('note'), version: z.number().int(), text: z.string().min(1).max(2_000) }),
]);
export type CaseAction = z.infer<typeof caseAction>;

// --- notices
export const noticeView = noticeRow.extend({
  body: noticeBodySchema,
  bodySha256: z.string(),
  version: z.number().int(),
  events: z.array(eventView),
  receipts: z.array(
    z.object({ id, kind: z.string(), reference: z.string().nullable(), reason: z.string().nullable(), detail: z.string().nullable(), receivedAt: instant }),
  ),
  verifications: z.array(
    z.object({ id, how: z.string(), probe: z.number().int(), verdict: verdictSchema, detail: z.string(), at: instant, captureIds: z.array(id) }),
  ),
});
export const noticeQuery = pageQuery.extend({
  state: noticeStateSchema.optional(),
  platform: z.string().max(60).optional(),
  overdue: z.enum(['true', 'false']).optional(),
});
export const noticePage = page(noticeRow);
export const noticeAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('resend'), version: z.number().int() }),
  z.object({ action: z.literal('verify_now'), version: z.number().int() }),
  z.object({ action: z.literal('revoke'), version: z.number().int(), reason: z.string().min(1).max(1_000) }),
]);

// --- accounts
export const accountQuery = pageQuery.extend({
  platform: z.string().max(60).optional(),
  verdict: licenceVerdictSchema.optional(),
  level: z.enum(POST_LEVELS).optional(),
  /** Only those this run screened, and of them only those where it counted something. */
  run: id.optional(),
  found: z.enum(['findings', 'newFindings']).optional(),
  q: z.string().max(100).optional(),
});
export const accountPage = page(accountView);
export const accountDetail = z.object({
  account: accountView,
  findings: z.array(findingView),
  capture: captureView.nullable(),
  cases: z.array(queueRow),
  sources: z.array(z.object({ id, url: z.string(), lastOutcome: outcomeSchema.nullable(), lastVisitedAt: instant.nullable(), nextDueAt: instant })),
});
export const postPage = page(postView);
export const postDetail = z.object({
  post: postView,
  account: accountView,
  findings: z.array(findingView),
  versions: z.array(z.object({ version: z.number().int(), seenAt: instant, captureId: id.nullable(), text: z.string(), title: z.string() })),
  /** What became of it, newest first: gone, back, gone again. */
  fates: z.array(
    z.object({
      at: instant,
      status: z.enum(['live', 'deleted', 'removed_by_platform', 'expired', 'unavailable']),
      by: z.enum(GONE_BY).nullable(),
      reason: z.string().nullable(),
      aliveAt: instant.nullable(),
      captureId: id.nullable(),
    }),
  ),
});

// --- licences
export const licenceListRow = z.object({
  id,
  label: z.string(),
  authority: z.string(),
  publishedOn: z.string(),
  sourceUrl: z.string().nullable(),
  sha256: z.string(),
  rows: z.number(),
  rejected: z.number(),
  mapping: z.record(z.string(), z.string()),
  mappingBy: mappingBySchema,
  current: z.boolean(),
  diff: listDiffSchema.nullable(),
  review: listReviewSchema.nullable(),
  reviewedBy: z.string().nullable(),
  reviewedAt: instant.nullable(),
  importedAt: instant,
});
export const licenceListReview = z.object({ accept: z.boolean() });
export const licenceListPage = page(licenceListRow);
export const licenceHit = z.object({
  id,
  name: z.string(),
  uscc: z.string().nullable(),
  number: z.string().nullable(),
  scope: z.string().nullable(),
  authority: z.string().nullable(),
  validFrom: z.string().nullable(),
  validUntil: z.string().nullable(),
  form: z.enum(['licence', 'filing']),
  /** Which list says so, and of which day. */
  list: z.object({ id, label: z.string(), publishedOn: z.string() }),
});
export const licencePage = page(licenceHit);

export type AboutView = z.infer<typeof aboutView>;
export type PlatformList = z.infer<typeof platformList>;
export type MeView = z.infer<typeof meView>;
export type QueueRow = z.infer<typeof queueRow>;
export type QueuePage = z.infer<typeof queuePage>;
export type QueueCounts = z.infer<typeof queueCounts>;
export type FindingView = z.infer<typeof findingView>;
export type CaptureView = z.infer<typeof captureView>;
export type PictureView = z.infer<typeof pictureView>;
export type PostView = z.infer<typeof postView>;
export type AccountView = z.infer<typeof accountView>;
export type AccountDetail = z.infer<typeof accountDetail>;
export type CaseView = z.infer<typeof caseView>;
export type NoticeRow = z.infer<typeof noticeRow>;
export type NoticeView = z.infer<typeof noticeView>;
export type PostDetail = z.infer<typeof postDetail>;
export type LicenceHit = z.infer<typeof licenceHit>;
export type LicenceListRow = z.infer<typeof licenceListRow>;
