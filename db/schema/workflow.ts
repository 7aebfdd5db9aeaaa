/** Cases, notices, verifications; their events; the outbox; and the append-only, hash-chained audit log. */
import { sql } from 'drizzle-orm';
import { bigint, bigserial, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { CaseOutcome, CaseState, Measure, NoticeState, Verdict } from '../../core/model/case.ts';
import type { FrozenProposal } from '../../core/model/facts.ts';
import type { NoticeBody, Receipt } from '../../core/model/notice.ts';
import type { FindingKind, Level } from '../../core/model/taxonomy.ts';
import { at, id, ref } from './columns.ts';
import { account } from './content.ts';

export const caseFile = pgTable(
  'case_file',
  {
    id: id(),
    /** HR-2026-0001. */
    number: text().notNull().unique(),
    accountId: ref()
      .notNull()
      .references(() => account.id),
    /** Platform of the account, kept here so that the queue filters and sorts by one index. */
    platform: text().notNull().default(''),
    state: text().$type<CaseState>().notNull(),
    level: text().$type<Level>().notNull(),
    /** 0-100; may only rise while the case is open. */
    priority: integer().notNull(),
    /** The contributions the score is made of, as shown on screen. */
    contributions: jsonb().$type<{ label: string; points: number }[]>().notNull(),
    /** The strongest quote: the reader's hook in the queue. */
    hook: text(),
    hookKind: text(),
    findingCount: integer().notNull(),
    /** Kinds of its findings that stand, for the filter. */
    kinds: text().array().$type<FindingKind[]>().notNull().default([]),
    /** Characters and pairs of characters of the number, for searching. */
    words: text().array().notNull().generatedAlwaysAs(sql`search_words("number")`),
    claimedBy: ref(),
    leaseUntil: at(),
    waitReason: text(),
    waitUntil: at(),
    proposal: jsonb().$type<FrozenProposal>(),
    outcome: text().$type<CaseOutcome>(),
    outcomeReason: text(),
    /** Rises with every change; a write with an old one is STALE. */
    version: integer().notNull(),
    openedAt: at().notNull(),
    dueAt: at().notNull(),
    updatedAt: at().notNull(),
    closedAt: at(),
  },
  (t) => [
    // One open case per account: new hits attach to it.
    uniqueIndex('case_one_open').on(t.accountId).where(sql`state <> 'closed'`),
    index('case_queue').on(t.state, t.priority.desc(), t.id.desc()),
    index('case_live').on(t.priority.desc(), t.id.desc()).where(sql`state <> 'closed'`),
    index('case_live_due').on(t.dueAt).where(sql`state <> 'closed'`),
    index('case_claimed').on(t.claimedBy, t.state),
    index('case_account').on(t.accountId, t.openedAt.desc()),
    index('case_live_platform').on(t.platform, t.priority.desc(), t.id.desc()).where(sql`state <> 'closed'`),
    index('case_live_kinds').using('gin', t.kinds).where(sql`state <> 'closed'`),
    index('case_words').using('gin', t.words),
  ],
);

export const caseEvent = pgTable(
  'case_event',
  {
    id: id(),
    caseId: ref()
      .notNull()
      .references(() => caseFile.id),
    at: at().notNull(),
    actorId: text().notNull(),
    actorName: text().notNull(),
    action: text().notNull(),
    fromState: text(),
    toState: text(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (t) => [index('case_event_case').on(t.caseId, t.id)],
);

export const notice = pgTable(
  'notice',
  {
    id: id(),
    number: text().notNull().unique(),
    caseId: ref()
      .notNull()
      .references(() => caseFile.id),
    platform: text().notNull(),
    accountId: ref()
      .notNull()
      .references(() => account.id),
    measure: text().$type<Measure>().notNull(),
    state: text().$type<NoticeState>().notNull(),
    /** Exactly what is sent; its canonical JSON has this digest. */
    body: jsonb().$type<NoticeBody>().notNull(),
    bodySha256: text().notNull(),
    attempts: integer().notNull().default(0),
    nextAttemptAt: at(),
    lastError: text(),
    ackDue: at(),
    actDue: at(),
    sentAt: at(),
    deliveredAt: at(),
    acknowledgedAt: at(),
    actedAt: at(),
    verifiedAt: at(),
    platformReference: text(),
    refusalReason: text(),
    verdict: text().$type<Verdict>(),
    version: integer().notNull(),
    createdAt: at().notNull(),
    updatedAt: at().notNull(),
  },
  (t) => [
    uniqueIndex('notice_case_live').on(t.caseId, t.measure).where(sql`state not in ('revoked','amended','returned','expired','closed','verification_failed')`),
    index('notice_board').on(t.state, t.id.desc()),
    index('notice_platform').on(t.platform, t.id.desc()),
    index('notice_case').on(t.caseId),
  ],
);

export const noticeEvent = pgTable(
  'notice_event',
  {
    id: id(),
    noticeId: ref()
      .notNull()
      .references(() => notice.id),
    at: at().notNull(),
    actorId: text().notNull(),
    actorName: text().notNull(),
    action: text().notNull(),
    fromState: text(),
    toState: text(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (t) => [index('notice_event_notice').on(t.noticeId, t.id)],
);

/** What a platform answered, once per kind: a repeated answer returns the first, a different one is refused. */
export const receipt = pgTable(
  'receipt',
  {
    id: id(),
    noticeId: ref()
      .notNull()
      .references(() => notice.id),
    kind: text().$type<Receipt['kind']>().notNull(),
    body: jsonb().$type<Receipt>().notNull(),
    bodySha256: text().notNull(),
    /** `webhook-id` header of the message that brought it. */
    messageId: text().notNull(),
    receivedAt: at().notNull(),
  },
  (t) => [uniqueIndex('receipt_once').on(t.noticeId, t.kind)],
);

export const verification = pgTable(
  'verification',
  {
    id: id(),
    noticeId: ref()
      .notNull()
      .references(() => notice.id),
    how: text().$type<'by_crawl' | 'by_officer' | 'attested'>().notNull(),
    probe: integer().notNull(),
    verdict: text().$type<Verdict>().notNull(),
    detail: text().notNull(),
    captureIds: jsonb().$type<string[]>().notNull(),
    at: at().notNull(),
  },
  (t) => [uniqueIndex('verification_once').on(t.noticeId, t.how, t.probe)],
);

/** Events that must leave: written with the state they tell of, dispatched to the queue by `jobId = outbox-<id>`. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    topic: text().notNull(),
    payload: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: at().notNull(),
    /** Not before this instant (delayed probes, retries). */
    notBefore: at().notNull(),
    dispatchedAt: at(),
  },
  (t) => [index('outbox_waiting').on(t.notBefore, t.id).where(sql`dispatched_at is null`)],
);

/** Who did or read what. Append-only: a trigger refuses update and delete; rows are hash-chained. */
export const auditEntry = pgTable(
  'audit_entry',
  {
    seq: bigint({ mode: 'number' }).primaryKey(),
    at: at().notNull(),
    actorId: text().notNull(),
    actorName: text().notNull(),
    action: text().notNull(),
    subjectType: text().notNull(),
    subjectId: text().notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    ip: text(),
    prevHash: text().notNull(),
    hash: text().notNull(),
  },
  (t) => [index('audit_subject').on(t.subjectType, t.subjectId, t.seq.desc()), index('audit_actor').on(t.actorId, t.seq.desc())],
);
