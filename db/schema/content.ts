/** Accounts and their posts, every version of a post, and what screening found. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, real, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { RejectReason } from '../../core/model/case.ts';
import type { ArticleRef } from '../../core/model/finding.ts';
import type { LicenceMatch, LicenceVerdict } from '../../core/model/licence.ts';
import type { PictureCode, PictureLine, ReadingOutcome } from '../../core/model/picture.ts';
import type { PostInput, SubjectType } from '../../core/model/post.ts';
import type { GoneBy } from '../../core/model/revisit.ts';
import type { FindingKind, Level, PostLevel } from '../../core/model/taxonomy.ts';
import { at, id, ref } from './columns.ts';

export const account = pgTable(
  'account',
  {
    id: id(),
    platform: text().notNull(),
    externalId: text().notNull(),
    name: text().notNull(),
    alias: text(),
    description: text(),
    url: text(),
    subjectName: text(),
    subjectType: text().$type<SubjectType>().notNull(),
    uscc: text(),
    category: text(),
    verified: boolean(),
    licenceNo: text(),
    verifiedAt: text(),
    /** What pages said of it, declared fields without a column included (website, filing number, renames). */
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** active, or what the platform shows of it now. */
    status: text().$type<'active' | 'suspended' | 'gone' | 'unknown'>().notNull(),
    statusReason: text(),
    /** On the 异常名录: a suspended party whose return is watched for. */
    banned: boolean().notNull().default(false),
    licenceVerdict: text().$type<LicenceVerdict>(),
    licenceMatch: jsonb().$type<LicenceMatch>(),
    score: integer().notNull().default(0),
    level: text().$type<PostLevel>().notNull().default('none'),
    postCount: integer().notNull().default(0),
    firstSeenAt: at().notNull(),
    lastSeenAt: at().notNull(),
    screenedAt: at(),
    /** Characters and pairs of characters of its names and code: what Chinese words are searched by. */
    words: text().array().notNull().generatedAlwaysAs(sql`search_words(name, alias, subject_name, uscc)`),
  },
  (t) => [
    uniqueIndex('account_platform_external').on(t.platform, t.externalId),
    index('account_score').on(t.score.desc(), t.id.desc()),
    index('account_last_seen').on(t.lastSeenAt.desc(), t.id.desc()),
    index('account_by_platform').on(t.platform, t.score.desc(), t.id.desc()),
    index('account_by_verdict').on(t.licenceVerdict, t.score.desc(), t.id.desc()),
    index('account_by_level').on(t.level, t.score.desc(), t.id.desc()),
    index('account_words').using('gin', t.words),
    index('account_banned').on(t.id).where(sql`banned`),
    index('account_name').on(t.platform, t.name),
    // Addresses may be longer than a B-tree takes.
    index('account_url').using('hash', t.url),
  ],
);

export const post = pgTable(
  'post',
  {
    id: id(),
    accountId: ref()
      .notNull()
      .references(() => account.id),
    platform: text().notNull(),
    externalId: text().notNull(),
    url: text(),
    title: text().notNull(),
    company: text(),
    salary: text(),
    location: text(),
    text: text().notNull(),
    /** The input as it was read, declared fields included; `imageText` is added once the pictures sealed with it were read. */
    input: jsonb().$type<PostInput>().notNull(),
    publishedAt: at(),
    status: text().$type<'live' | 'deleted' | 'removed_by_platform' | 'expired' | 'unavailable'>().notNull(),
    statusReason: text(),
    /** When it was first seen to be gone, who took it down, and the look that shows it; null while it is live. */
    goneAt: at(),
    goneBy: text().$type<GoneBy>(),
    goneCaptureId: ref(),
    contentSha256: text().notNull(),
    version: integer().notNull(),
    captureId: ref(),
    level: text().$type<PostLevel>().notNull().default('none'),
    score: integer().notNull().default(0),
    firstSeenAt: at().notNull(),
    lastSeenAt: at().notNull(),
    /** Rules and model it was last screened with, `rules@… model@…`; null = not yet. */
    screenedWith: text(),
  },
  (t) => [
    uniqueIndex('post_platform_external').on(t.platform, t.externalId),
    index('post_account').on(t.accountId, t.score.desc(), t.id.desc()),
    index('post_capture').on(t.captureId),
    // Addresses may be longer than a B-tree takes.
    index('post_url').using('hash', t.url),
    // Of an account with more posts than are held at once, the ones not screened yet come first.
    index('post_unscreened').on(t.accountId, t.id).where(sql`screened_with is null`),
  ],
);

export const postVersion = pgTable(
  'post_version',
  {
    id: id(),
    postId: ref()
      .notNull()
      .references(() => post.id),
    version: integer().notNull(),
    contentSha256: text().notNull(),
    input: jsonb().$type<PostInput>().notNull(),
    captureId: ref(),
    seenAt: at().notNull(),
  },
  (t) => [uniqueIndex('post_version_once').on(t.postId, t.version), index('post_version_capture').on(t.captureId)],
);

/** The pictures of a post that were sealed with it, in its order. */
export const postPicture = pgTable(
  'post_picture',
  {
    postId: ref()
      .notNull()
      .references(() => post.id),
    position: integer().notNull(),
    url: text().notNull(),
    captureId: ref().notNull(),
    sha256: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.postId, t.position] }), index('post_picture_sha').on(t.sha256)],
);

/** What was read from a picture, once for its bytes; another engine reads it anew and replaces the row. */
export const pictureReading = pgTable(
  'picture_reading',
  {
    sha256: text().primaryKey(),
    /** Engine and version, `pp-ocr-v4@1`. */
    engine: text().notNull(),
    outcome: text().$type<ReadingOutcome>().notNull(),
    reason: text(),
    format: text(),
    width: integer(),
    height: integer(),
    turn: integer().notNull(),
    lines: jsonb().$type<PictureLine[]>().notNull(),
    codes: jsonb().$type<PictureCode[]>().notNull(),
    /** 64-bit difference hash, 16 hexadecimal digits; near ones are pictures that look alike. */
    look: text(),
    elapsedMs: integer().notNull(),
    readAt: at().notNull(),
  },
  (t) => [index('picture_reading_look').on(t.look)],
);

/** Masked copies of page shots and pictures, by the digest of the original; made anew when more is known of what stands on it. */
export const maskedCopy = pgTable(
  'masked_copy',
  {
    originalSha256: text().primaryKey(),
    kind: text().$type<'shot' | 'picture'>().notNull(),
    /** The capture the original belongs to, which the copy's ledger row points at. */
    captureId: ref().notNull(),
    /** Null when there was nothing to cover: the original may be shown. */
    sha256: text(),
    engine: text().notNull(),
    /** How many places of what were covered. */
    covered: jsonb().$type<Record<string, number>>().notNull(),
    madeAt: at().notNull(),
  },
  (t) => [index('masked_copy_capture').on(t.captureId)],
);

export const finding = pgTable(
  'finding',
  {
    id: id(),
    accountId: ref()
      .notNull()
      .references(() => account.id),
    /** Null for findings about the account itself. */
    postId: ref().references(() => post.id),
    postVersion: integer(),
    caseId: ref(),
    /** Digest over what makes a finding the same one again: a re-screening never doubles it. */
    dedupeKey: text().notNull(),
    kind: text().$type<FindingKind>().notNull(),
    level: text().$type<Level>().notNull(),
    score: real().notNull(),
    source: text().$type<'rule' | 'model' | 'licence' | 'network' | 'format'>().notNull(),
    by: text().notNull(),
    field: text(),
    quote: text(),
    start: integer(),
    end: integer(),
    articles: jsonb().$type<ArticleRef[]>().notNull(),
    exempt: boolean().notNull(),
    ground: text(),
    why: text().notNull(),
    captureId: ref(),
    state: text().$type<'open' | 'confirmed' | 'rejected' | 'superseded'>().notNull(),
    decidedBy: ref(),
    decidedAt: at(),
    rejectReason: text().$type<RejectReason>(),
    /** Why nobody is asked about it any more: a later screening no longer says so, or another rule says it. */
    supersededReason: text(),
    /** Rules and model that made it, `rules@… model@…`: what they were can be read back. */
    madeWith: text(),
    createdAt: at().notNull(),
  },
  (t) => [
    uniqueIndex('finding_once').on(t.dedupeKey),
    index('finding_account').on(t.accountId, t.state, t.id),
    index('finding_post').on(t.postId),
    index('finding_rule').on(sql`split_part("by", '@', 1)`, t.state, t.id.desc()),
    index('finding_case').on(t.caseId, t.id),
    index('finding_decided').on(t.postId, t.id).where(sql`state in ('confirmed', 'rejected') and post_id is not null`),
  ],
);
