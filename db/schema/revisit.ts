/** Looking again: posts that are watched, what became of posts and when, and which accounts a source shows. */
import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Outcome } from '../../core/model/capture.ts';
import type { GoneBy, WatchReason } from '../../core/model/revisit.ts';
import { at, id, ref } from './columns.ts';

/** A post to be looked at again by its own address. No foreign key: its check would lock the posts that crawling writes. */
export const postWatch = pgTable(
  'post_watch',
  {
    postId: ref().primaryKey(),
    platform: text().notNull(),
    reason: text().$type<WatchReason>().notNull(),
    /** Version of the post the plan began with: a later one that is flagged begins it anew. */
    version: integer().notNull(),
    since: at().notNull(),
    /** Null when the plan is through. */
    nextAt: at(),
    looks: integer().notNull().default(0),
    /** Looks in a row that saw nothing. */
    tries: integer().notNull().default(0),
    lastAt: at(),
    lastOutcome: text().$type<Outcome>(),
    lastCaptureId: ref(),
  },
  (t) => [index('post_watch_due').on(t.platform, t.nextAt).where(sql`next_at is not null`)],
);

/** What became of a post and when it was first seen so: one row a change, its return included. */
export const postFate = pgTable(
  'post_fate',
  {
    id: id(),
    postId: ref().notNull(),
    /** When this was first seen. */
    at: at().notNull(),
    status: text().$type<'live' | 'deleted' | 'removed_by_platform' | 'expired' | 'unavailable'>().notNull(),
    by: text().$type<GoneBy>(),
    /** The page's own words. */
    reason: text(),
    /** When it had last been seen alive. */
    aliveAt: at(),
    captureId: ref(),
  },
  (t) => [index('post_fate_post').on(t.postId, t.id.desc()), index('post_fate_capture').on(t.captureId)],
);

/** Accounts a source has shown: an account under suspicion makes its sources nightly. */
export const sourceAccount = pgTable('source_account', { sourceId: ref().notNull(), accountId: ref().notNull(), seenAt: at().notNull() }, (t) => [
  primaryKey({ columns: [t.sourceId, t.accountId] }),
  index('source_account_account').on(t.accountId),
]);
