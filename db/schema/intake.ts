/** What comes in without being crawled: batches platforms push, files of posts, who handed a capture in, and the accounts that wait for it to be screened. */
import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { BatchAnswer, HowObtained, ImportOrigin } from '../../core/model/intake.ts';
import { capture } from './collection.ts';
import { at, id, ref } from './columns.ts';
import { account } from './content.ts';

/** A batch of posts a platform pushed: sealed and answered at once, stored by a job. */
export const postBatch = pgTable(
  'post_batch',
  {
    id: id(),
    platform: text().notNull(),
    /** The platform's own key of the batch: the same again is answered like the first time. */
    key: text().notNull(),
    bodySha256: text().notNull(),
    messageId: text().notNull(),
    state: text().$type<'waiting' | 'stored' | 'failed'>().notNull(),
    reason: text(),
    answer: jsonb().$type<BatchAnswer>().notNull(),
    captureId: ref()
      .notNull()
      .references(() => capture.id),
    fresh: integer(),
    receivedAt: at().notNull(),
    storedAt: at(),
  },
  (t) => [uniqueIndex('post_batch_once').on(t.platform, t.key), index('post_batch_waiting').on(t.platform).where(sql`state = 'waiting'`)],
);

/** A file of posts and how far it is stored: part and item move in the transaction that stores the rows. */
export const postImport = pgTable(
  'post_import',
  {
    id: id(),
    /** Digest of file, platform and columns: the same import again goes on where it stopped. */
    key: text().notNull(),
    sha256: text().notNull(),
    size: bigint({ mode: 'number' }).notNull(),
    name: text().notNull(),
    platform: text().notNull(),
    mapping: jsonb().$type<Record<string, string>>(),
    /** Where the file lies, for an import the server works off. */
    path: text(),
    origin: text().$type<ImportOrigin>().notNull(),
    by: text().notNull(),
    state: text().$type<'running' | 'stopped' | 'done' | 'failed'>().notNull(),
    reason: text(),
    /** Which part of an archive, from 0, and how many of its items are stored or rejected. */
    part: integer().notNull().default(0),
    item: bigint({ mode: 'number' }).notNull().default(0),
    posts: bigint({ mode: 'number' }).notNull().default(0),
    fresh: bigint({ mode: 'number' }).notNull().default(0),
    rejected: bigint({ mode: 'number' }).notNull().default(0),
    /** Length of the rejects file at this point; what was written after it is cut off when the import goes on. */
    rejectsSize: bigint({ mode: 'number' }).notNull().default(0),
    /** Time spent storing, over all goes. */
    workedMs: bigint({ mode: 'number' }).notNull().default(0),
    startedAt: at().notNull(),
    updatedAt: at().notNull(),
    endedAt: at(),
  },
  (t) => [uniqueIndex('post_import_once').on(t.key), index('post_import_listed').on(t.startedAt.desc(), t.id.desc()), index('post_import_path').on(t.path)],
);

/** Accounts with posts that came outside a run and wait to be screened, each once however many posts came. */
export const accountDue = pgTable(
  'account_due',
  {
    accountId: ref()
      .primaryKey()
      .references(() => account.id),
    /** Rises with every new change, so that one that comes while the account is screened is not lost. */
    dirty: integer().notNull(),
    since: at().notNull(),
    /** A worker has it until then; a killed one lets go by itself. */
    claimedUntil: at(),
  },
  (t) => [index('account_due_order').on(t.since, t.accountId)],
);

/** Who handed a capture in and how it was obtained, for every capture that was not fetched by us. */
export const captureOrigin = pgTable('capture_origin', {
  captureId: ref()
    .primaryKey()
    .references(() => capture.id),
  obtained: text().$type<HowObtained>().notNull(),
  /** In the words of whoever handed it in. */
  note: text(),
  by: text().notNull(),
  file: text(),
  fileSha256: text(),
  /** Which part of the file. */
  part: text(),
  /** When it was saved or seen, as far as told; the capture's own time is when it came to us otherwise. */
  obtainedAt: at(),
  importedAt: at().notNull(),
});
