/**
 * Who is behind whom: what accounts share (numbers, codes, pictures, texts), which posts repeat one text, and the
 * clusters (账号团伙) that follow from it. Values are kept as digests with a masked label; the full value stays in evidence.
 * All of it is derived and can be made again, so rows refer to accounts and posts without foreign keys: a check of each
 * would lock and rewrite the very rows that crawling and screening work on.
 */
import { sql } from 'drizzle-orm';
import { bigint, boolean, customType, index, integer, jsonb, pgTable, primaryKey, real, text } from 'drizzle-orm/pg-core';
import type { ClusterAction, ThingKind } from '../../core/model/network.ts';
import { at, id, ref } from './columns.ts';

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** One thing that accounts may share; its id is a digest of kind and value, for a text of the text that founded the group. */
export const networkThing = pgTable('network_thing', {
  id: id(),
  kind: text().$type<ThingKind>().notNull(),
  /** Masked, as people see it. */
  label: text().notNull(),
  /** Accounts that show it. */
  accounts: integer().notNull().default(0),
  /** Different parties among them, counted up to a bound: a hotline of one company on its many accounts is one. */
  entities: integer().notNull().default(0),
  firstSeenAt: at().notNull(),
  firstAccountId: ref().notNull(),
  firstPostId: ref(),
  /** Whether a banned account shows it, or once did: only such things are searched for banned parties. */
  bannedShows: boolean().notNull().default(false),
  /** Taken off as a link by a person: a platform's own hotline, a building's switchboard. */
  ignoredAt: at(),
  ignoredBy: text(),
  ignoredReason: text(),
});

/** That an account shows a thing, since when, and the post to look it up in. */
export const networkHolding = pgTable(
  'network_holding',
  {
    thingId: ref().notNull(),
    accountId: ref().notNull(),
    /** Who the account belongs to, as far as it says. */
    entity: text().notNull(),
    /** Its own rather than something it once repeated. */
    own: integer().notNull(),
    posts: integer().notNull(),
    /** The first post that shows it; null when the account's own page does. */
    postId: ref(),
    firstSeenAt: at().notNull(),
    lastSeenAt: at().notNull(),
  },
  (t) => [primaryKey({ columns: [t.thingId, t.accountId] }), index('network_holding_account').on(t.accountId)],
);

/** Posts whose texts are nearly one text: the founder's signature decides who joins. */
export const textGroup = pgTable('text_group', {
  id: id(),
  signature: bytea().notNull(),
  posts: integer().notNull().default(0),
  /** Different employers its posts name, counted up to a bound. */
  employers: integer().notNull().default(0),
});

/** Band keys of founders' signatures: two texts that share one are worth comparing. A full bucket takes no more. */
export const textBand = pgTable('text_band', { key: bigint({ mode: 'bigint' }).notNull(), groupId: ref().notNull() }, (t) => [
  primaryKey({ columns: [t.key, t.groupId] }),
]);

/** Which group the text of a post belongs to; no row, or an older version, means not yet compared. */
export const postText = pgTable(
  'post_text',
  {
    postId: ref().primaryKey(),
    /** Null when the text is too short to compare. */
    groupId: ref(),
    accountId: ref().notNull(),
    /** The employer the post names, folded. */
    employer: text(),
    version: integer().notNull(),
    similarity: real().notNull(),
    /** When it was published, or first seen where the platform does not say. */
    at: at().notNull(),
  },
  (t) => [index('post_text_group').on(t.groupId, t.at, t.postId)],
);

/** How far linking is with an account. */
export const networkAccount = pgTable(
  'network_account',
  {
    accountId: ref().primaryKey(),
    /** Digest of what was linked: the same again is no work. */
    digest: text().notNull(),
    /** Text groups it takes part in. */
    texts: integer().notNull(),
    linkedAt: at().notNull(),
    /** Rises with every change that may move it between clusters; 0 when clusters know of all of them. */
    dirty: integer().notNull(),
  },
  (t) => [index('network_account_dirty').on(t.accountId).where(sql`dirty > 0`)],
);

export const cluster = pgTable(
  'cluster',
  {
    id: id(),
    state: text().$type<'live' | 'merged' | 'dissolved'>().notNull(),
    mergedInto: ref(),
    size: integer().notNull(),
    /** Highest score of its accounts: the order of the list. */
    topScore: integer().notNull(),
    /** When the first of its accounts was first seen. */
    firstSeenAt: at().notNull(),
    formedAt: at().notNull(),
    changedAt: at().notNull(),
  },
  (t) => [
    index('cluster_list').on(t.topScore.desc(), t.id.desc()).where(sql`state = 'live'`),
    index('cluster_by_size').on(t.size.desc(), t.id.desc()).where(sql`state = 'live'`),
  ],
);

export const clusterMember = pgTable(
  'cluster_member',
  {
    accountId: ref().primaryKey(),
    clusterId: ref()
      .notNull()
      .references(() => cluster.id),
    joinedAt: at().notNull(),
  },
  (t) => [index('cluster_member_cluster').on(t.clusterId, t.accountId)],
);

/** What became of a cluster, night by night. */
export const clusterEvent = pgTable(
  'cluster_event',
  {
    id: id(),
    clusterId: ref()
      .notNull()
      .references(() => cluster.id),
    at: at().notNull(),
    action: text().$type<ClusterAction>().notNull(),
    /** Accounts after it. */
    size: integer().notNull(),
    /** The other cluster of a merge or a split. */
    otherId: ref(),
    /** Accounts that came or went, at most 50 named. */
    accounts: jsonb().$type<string[]>().notNull(),
  },
  (t) => [index('cluster_event_cluster').on(t.clusterId, t.id)],
);

/** What is usually paid for a trade at a place, from this office's own stored posts only. */
export const payRange = pgTable(
  'pay_range',
  {
    family: text().notNull(),
    /** City; empty for all places together. */
    place: text().notNull(),
    /** Posts it was computed from, at most one an employer and text. */
    n: integer().notNull(),
    median: integer().notNull(),
    q1: integer().notNull(),
    q3: integer().notNull(),
    computedAt: at().notNull(),
  },
  (t) => [primaryKey({ columns: [t.family, t.place] })],
);
