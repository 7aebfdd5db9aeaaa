/** Licence lists as imported, row by row with the original cells kept, the files they came from, and platforms. */
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { ListDiff, ListReview, MappingBy } from '../../core/model/licence.ts';
import { at, id, ref } from './columns.ts';

export const licenceList = pgTable(
  'licence_list',
  {
    id: id(),
    label: text().notNull(),
    authority: text().notNull(),
    publishedOn: text().notNull(),
    sourceUrl: text(),
    sha256: text().notNull(),
    rows: integer().notNull(),
    rejected: integer().notNull(),
    /** Which column was read as which field. */
    mapping: jsonb().$type<Record<string, string>>().notNull(),
    /** Who said which column is which: read from the words, taken from the last list of this source, or given by a person. */
    mappingBy: text().$type<MappingBy>().notNull().default('guessed'),
    /** The list matching uses now; older ones are kept for the record. */
    current: boolean().notNull(),
    /** What changed against the list that was current before it; null for the first of its authority. */
    diff: jsonb().$type<ListDiff>(),
    /** A list that takes away many entries waits for a person before it becomes current. */
    review: text().$type<ListReview>(),
    reviewedBy: text(),
    reviewedAt: at(),
    importedBy: text().notNull(),
    importedAt: at().notNull(),
  },
  (t) => [uniqueIndex('licence_list_sha').on(t.sha256), index('licence_list_imported').on(t.importedAt.desc(), t.id.desc())],
);

export const licence = pgTable(
  'licence',
  {
    id: id(),
    listId: ref()
      .notNull()
      .references(() => licenceList.id),
    name: text().notNull(),
    /** Name with brackets, spaces and width folded, for exact look-ups. */
    nameKey: text().notNull(),
    uscc: text(),
    number: text(),
    scope: text(),
    authority: text(),
    validFrom: text(),
    validUntil: text(),
    address: text(),
    form: text().$type<'licence' | 'filing'>().notNull(),
    /** The row's cells as they stood. */
    cells: jsonb().$type<Record<string, string>>().notNull(),
  },
  (t) => [
    index('licence_uscc').on(t.uscc),
    index('licence_name').on(t.nameKey),
    index('licence_name_prefix').on(t.nameKey.op('text_pattern_ops')),
    index('licence_number').on(t.number),
    index('licence_list_row').on(t.listId, t.id),
  ],
);

/** The business register as far as it was imported: who exists, and who was struck off. */
export const company = pgTable(
  'company',
  {
    id: id(),
    name: text().notNull(),
    nameKey: text().notNull(),
    uscc: text(),
    status: text(),
    importId: ref().notNull(),
  },
  (t) => [index('company_uscc').on(t.uscc), index('company_name').on(t.nameKey), index('company_import').on(t.importId, t.id)],
);

/** A platform that receives notices: where, and with which shared secret they are signed. */
export const platform = pgTable('platform', {
  id: text().primaryKey(),
  name: text().notNull(),
  noticeUrl: text(),
  /** Standard Webhooks secret (`whsec_…`) for both directions. */
  secret: text().notNull(),
  active: boolean().notNull().default(true),
  createdAt: at().notNull(),
});

/** Files that were imported, once each. */
export const importFile = pgTable('import_file', {
  id: id(),
  kind: text().$type<'posts' | 'licences' | 'companies'>().notNull(),
  name: text().notNull(),
  sha256: text().notNull(),
  /** As the file is quoted to people, with its date. */
  label: text(),
  publishedOn: text(),
  /** A register that covers everybody who could be asked for: only then does not being in it say anything. */
  complete: boolean().notNull().default(false),
  rows: integer().notNull(),
  rejected: integer().notNull(),
  importedBy: text().notNull(),
  importedAt: at().notNull(),
});

export const setting = pgTable('setting', { key: text().primaryKey(), value: jsonb().notNull(), updatedAt: at().notNull() });
