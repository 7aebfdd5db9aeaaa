/** Daily roots of the ledger with their signatures and time-stamps. All but the waiting list is append-only. */
import { bigint, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, id, ref } from './columns.ts';

/** A root over the rows `fromSeq`..`toSeq` of the ledger (`evidence/root.ts`). */
export const ledgerRoot = pgTable(
  'ledger_root',
  {
    id: id(),
    /** From 1 without gaps. */
    no: integer().notNull(),
    /** YYYY-MM-DD in Asia/Shanghai. */
    date: text().notNull(),
    fromSeq: bigint({ mode: 'number' }).notNull(),
    toSeq: bigint({ mode: 'number' }).notNull(),
    /** The canonical JSON that is hashed, signed and time-stamped, kept as text so that the bytes are exact. */
    statement: text().notNull(),
    hash: text().notNull(),
    at: at().notNull(),
  },
  (t) => [uniqueIndex('ledger_root_no').on(t.no), uniqueIndex('ledger_root_to').on(t.toSeq)],
);

/** What vouches for a root: at most one signature and one time-stamp each. */
export const ledgerSeal = pgTable(
  'ledger_seal',
  {
    rootId: ref()
      .notNull()
      .references(() => ledgerRoot.id),
    kind: text().$type<'signature' | 'timestamp'>().notNull(),
    algorithm: text().$type<'ed25519' | 'sm2' | 'rfc3161'>().notNull(),
    /** Base64: the signature, or the token as DER. */
    value: text().notNull(),
    /** Of a signature: SubjectPublicKeyInfo, base64. */
    publicKey: text(),
    /** Of a time-stamp: what the request carried, hex. */
    nonce: text(),
    /** Of a time-stamp: the service's address. */
    authority: text(),
    /** When it was signed, by this machine's clock; of a time-stamp the time the service states. */
    at: at().notNull(),
  },
  (t) => [primaryKey({ columns: [t.rootId, t.kind] })],
);

/** Roots that still wait for a time-stamp, and when the service is asked again. */
export const ledgerSealWait = pgTable(
  'ledger_seal_wait',
  {
    rootId: ref()
      .primaryKey()
      .references(() => ledgerRoot.id),
    tries: integer().notNull(),
    nextAt: at().notNull(),
    reason: text().notNull(),
  },
  (t) => [index('ledger_seal_wait_next').on(t.nextAt)],
);

/** Captures that carry a lead and have no page shot yet; a job works them off when nothing more urgent runs. */
export const shotWait = pgTable(
  'shot_wait',
  {
    captureId: ref().primaryKey(),
    /** Of the post, 0–100: the strongest first. */
    score: integer().notNull(),
    tries: integer().notNull(),
    /** Null when it was tried often enough: the reason stays. */
    nextAt: at(),
    reason: text(),
  },
  (t) => [index('shot_wait_next').on(t.nextAt, t.score.desc())],
);
