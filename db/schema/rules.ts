/**
 * Rules as people change them: revisions of packs from draft to published, rules switched off, every law that was ever
 * used to screen, replays and re-screenings with their cursor, what a draft would change, hits a night, alarms, events.
 */
import { sql } from 'drizzle-orm';
import { boolean, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { DifferenceKind, RevisionState, RuleJobCounts, RuleJobKind, RuleJobState, RuleVerdict } from '../../core/model/rule.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import { at, id, ref } from './columns.ts';

export const ruleRevision = pgTable(
  'rule_revision',
  {
    id: id(),
    pack: text().notNull(),
    /** Counts within the pack from 1. */
    number: integer().notNull(),
    /** The pack's YAML as handed in; frozen when it leaves `draft`. */
    text: text().notNull(),
    sha256: text().notNull(),
    state: text().$type<RevisionState>().notNull(),
    note: text().notNull(),
    /** Digest of the pack that was active when this was written; null for a new pack. */
    basedOn: text(),
    authorId: text().notNull(),
    authorName: text().notNull(),
    publishedById: text(),
    publishedByName: text(),
    publishedAt: at(),
    shadowAt: at(),
    /** Rises with every change; a write with an old one is STALE. */
    version: integer().notNull(),
    createdAt: at().notNull(),
    updatedAt: at().notNull(),
  },
  (t) => [
    uniqueIndex('rule_revision_number').on(t.pack, t.number),
    uniqueIndex('rule_revision_active').on(t.pack).where(sql`state = 'published'`),
    index('rule_revision_state').on(t.state, t.id.desc()),
  ],
);

/** Rules switched off without a new pack. */
export const ruleOff = pgTable('rule_off', {
  rule: text().primaryKey(),
  reason: text().notNull(),
  byId: text().notNull(),
  byName: text().notNull(),
  at: at().notNull(),
});

/** Every file of law ever used, once each, and which files made up the law of a version: what a finding came from can be read back. */
export const lawFile = pgTable('law_file', { sha256: text().primaryKey(), text: text().notNull() });
export const lawSet = pgTable('law_set', {
  version: text().primaryKey(),
  files: jsonb().$type<{ path: string; sha256: string }[]>().notNull(),
  off: jsonb().$type<string[]>().notNull(),
  createdAt: at().notNull(),
});

/** Work over the whole archive that survives a kill: the cursor moves in the transaction of what it did. */
export const ruleJob = pgTable(
  'rule_job',
  {
    id: id(),
    kind: text().$type<RuleJobKind>().notNull(),
    state: text().$type<RuleJobState>().notNull(),
    pack: text(),
    revisionId: ref().references(() => ruleRevision.id),
    /** The pack that is tried, for a replay. */
    text: text(),
    since: at(),
    /** The last post or account that was done. */
    cursor: ref(),
    total: integer().notNull(),
    done: integer().notNull(),
    counts: jsonb().$type<RuleJobCounts>().notNull(),
    /** The law it compares with, or screens by. */
    lawVersion: text().notNull(),
    error: text(),
    startedById: text().notNull(),
    startedByName: text().notNull(),
    startedAt: at().notNull(),
    updatedAt: at().notNull(),
    endedAt: at(),
  },
  (t) => [
    index('rule_job_started').on(t.startedAt.desc(), t.id.desc()),
    index('rule_job_revision').on(t.revisionId, t.id.desc()),
    // One re-screening at a time: whoever asks for another gets the one that is running.
    uniqueIndex('rule_job_one_rescreen').on(t.kind).where(sql`kind = 'rescreen' and state = 'running'`),
  ],
);

/** What a draft would change on one post: of a replay (owner = job) or of the shadow (owner = revision). Never a finding. */
export const ruleDifference = pgTable(
  'rule_difference',
  {
    id: id(),
    ownerId: ref().notNull(),
    change: text().$type<DifferenceKind>().notNull(),
    accountId: ref().notNull(),
    postId: ref().notNull(),
    postVersion: integer().notNull(),
    platform: text().notNull(),
    kind: text().$type<FindingKind>().notNull(),
    by: text().notNull(),
    field: text(),
    quote: text(),
    start: integer(),
    end: integer(),
    why: text().notNull(),
    /** From a fixed seed and the post: the smallest are the sample. */
    rank: integer().notNull(),
    verdict: text().$type<RuleVerdict>(),
    judgedById: text(),
    judgedByName: text(),
    judgedAt: at(),
    createdAt: at().notNull(),
  },
  (t) => [
    uniqueIndex('rule_difference_once').on(t.ownerId, t.postId, t.postVersion, t.kind, t.change),
    index('rule_difference_sample').on(t.ownerId, t.change, t.rank, t.id),
  ],
);

/** Posts screened a night and platform (rule ''), and how many of them each rule found something in. */
export const ruleNight = pgTable(
  'rule_night',
  {
    day: text().notNull(),
    platform: text().notNull(),
    rule: text().notNull(),
    version: integer().notNull(),
    posts: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.platform, t.rule, t.version] }), index('rule_night_rule').on(t.rule, t.day.desc())],
);

/**
 * How the posts of a night were made up, by platform: of each measure (`kind`, `length`, `score`, `margin/<kind>@<model>`)
 * how many fell into each bucket. What drift is worked out from.
 */
export const driftNight = pgTable(
  'drift_night',
  {
    day: text().notNull(),
    platform: text().notNull(),
    measure: text().notNull(),
    bucket: text().notNull(),
    posts: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.platform, t.measure, t.bucket] })],
);

/** What a revision in the shadow would have changed, a night. */
export const shadowNight = pgTable(
  'shadow_night',
  {
    revisionId: ref()
      .notNull()
      .references(() => ruleRevision.id),
    day: text().notNull(),
    posts: integer().notNull(),
    added: integer().notNull(),
    removed: integer().notNull(),
    same: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.revisionId, t.day] })],
);

/** A rule that found far more, or far less, in one night on one platform than in the nights before. */
export const ruleAlarm = pgTable(
  'rule_alarm',
  {
    id: id(),
    day: text().notNull(),
    platform: text().notNull(),
    rule: text().notNull(),
    up: boolean().notNull(),
    hits: integer().notNull(),
    posts: integer().notNull(),
    expected: doublePrecision().notNull(),
    probability: doublePrecision().notNull(),
    runId: ref(),
    at: at().notNull(),
  },
  (t) => [uniqueIndex('rule_alarm_once').on(t.day, t.platform, t.rule), index('rule_alarm_rule').on(t.rule, t.id.desc()), index('rule_alarm_run').on(t.runId)],
);

/** What happened to packs and rules, in the transaction in which it happened. */
export const ruleEvent = pgTable(
  'rule_event',
  {
    id: id(),
    at: at().notNull(),
    actorId: text().notNull(),
    actorName: text().notNull(),
    action: text().notNull(),
    pack: text(),
    rule: text(),
    revisionId: ref(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (t) => [
    index('rule_event_pack').on(t.pack, t.id.desc()),
    index('rule_event_rule').on(t.rule, t.id.desc()),
    index('rule_event_action').on(t.action, t.id.desc()),
  ],
);
