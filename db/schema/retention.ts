/** Terms that differ from those shipped, legal holds, and records of destruction: what, when, by which rule. */
import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { DestroyedItem, RetentionCounts, RetentionRule } from '../../core/model/retention.ts';
import { at, id, ref } from './columns.ts';
import { caseFile } from './workflow.ts';

export const retentionTerm = pgTable('retention_term', {
  rule: text().$type<RetentionRule>().primaryKey(),
  /** Null keeps it. */
  days: integer(),
  byId: text().notNull(),
  byName: text().notNull(),
  at: at().notNull(),
});

/** While one stands on a case, nothing of its account is destroyed. */
export const legalHold = pgTable(
  'legal_hold',
  {
    id: id(),
    caseId: ref()
      .notNull()
      .references(() => caseFile.id),
    reason: text().notNull(),
    byId: text().notNull(),
    byName: text().notNull(),
    at: at().notNull(),
    liftedById: text(),
    liftedByName: text(),
    liftedAt: at(),
    liftReason: text(),
  },
  (t) => [uniqueIndex('legal_hold_standing').on(t.caseId).where(sql`lifted_at is null`), index('legal_hold_case').on(t.caseId, t.id.desc())],
);

/** A record that things were destroyed. It is entered in the ledger before the first byte goes. */
export const destruction = pgTable(
  'destruction',
  {
    no: integer().primaryKey(),
    rule: text().$type<RetentionRule>().notNull(),
    days: integer().notNull(),
    basis: text().notNull(),
    byId: text().notNull(),
    byName: text().notNull(),
    /** `planned`: decided and on record, bytes may still stand; `done`: they are gone. */
    state: text().$type<'planned' | 'done'>().notNull(),
    counts: jsonb().$type<RetentionCounts>().notNull(),
    ledgerSeq: bigint({ mode: 'number' }),
    at: at().notNull(),
    doneAt: at(),
  },
  (t) => [index('destruction_planned').on(t.no).where(sql`state = 'planned'`)],
);

export const destructionItem = pgTable(
  'destruction_item',
  {
    no: integer().notNull(),
    kind: text().$type<DestroyedItem['kind']>().notNull(),
    ref: text().notNull(),
    sha256: text(),
    warcFile: text(),
    start: bigint({ mode: 'number' }),
    length: integer(),
  },
  (t) => [primaryKey({ columns: [t.no, t.kind, t.ref] }), index('destruction_item_ref').on(t.ref)],
);
