/** Accounts and sources that were come across: proposed once, with where they were seen, and what people decided. */
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { CandidateState, GroundKind } from '../../core/model/discovery.ts';
import { at, id, ref } from './columns.ts';

export const candidate = pgTable(
  'candidate',
  {
    id: id(),
    platform: text().notNull(),
    key: text().notNull(),
    name: text(),
    url: text(),
    state: text().$type<CandidateState>().notNull(),
    /** Different grounds: who speaks of it and how, each counted once. */
    seen: integer().notNull().default(0),
    /** Proposed anew after it was refused, because somebody else spoke of it. */
    again: boolean().notNull().default(false),
    firstSeenAt: at().notNull(),
    lastSeenAt: at().notNull(),
    decidedById: text(),
    decidedByName: text(),
    decidedAt: at(),
    reason: text(),
    sourceId: ref(),
  },
  (t) => [
    uniqueIndex('candidate_once').on(t.platform, t.key),
    index('candidate_list').on(t.state, t.seen.desc(), t.id.desc()),
    index('candidate_platform').on(t.state, t.platform, t.seen.desc(), t.id.desc()),
  ],
);

/** Where a candidate was seen: once a speaker and kind, however often. */
export const candidateGround = pgTable(
  'candidate_ground',
  {
    candidateId: ref().notNull(),
    kind: text().$type<GroundKind>().notNull(),
    /** Who speaks of it: an account, a source, or for a seed the person. */
    speaker: text().notNull(),
    speakerName: text().notNull(),
    postId: ref(),
    captureId: ref(),
    quote: text().notNull(),
    times: integer().notNull().default(1),
    firstAt: at().notNull(),
    lastAt: at().notNull(),
  },
  (t) => [primaryKey({ columns: [t.candidateId, t.kind, t.speaker] })],
);
