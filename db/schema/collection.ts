/** What is crawled and what came of it: sources, hosts, runs with their tasks, captures and the hash-chained ledger. */
import { sql } from 'drizzle-orm';
import { bigint, bigserial, boolean, index, integer, jsonb, pgTable, primaryKey, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { CaptureKind, Outcome, PagePart } from '../../core/model/capture.ts';
import type { RunCounts, RunKind, RunState } from '../../core/model/run.ts';
import type { RobotsPage } from '../../core/politeness.ts';
import { at, id, ref } from './columns.ts';

/** A place to crawl: one account, one board or one feed of a platform. */
export const source = pgTable(
  'source',
  {
    id: id(),
    platform: text().notNull(),
    name: text().notNull(),
    url: text().notNull(),
    /** Patterns of further hosts its links may lead to, where the platform leaves hosts to the source. */
    hosts: jsonb().$type<string[]>().notNull().default([]),
    /** The checked declaration of a board that is configured, not written (see docs/adding-a-platform.md). */
    board: jsonb().$type<Record<string, unknown>>(),
    /** What a robots.txt means that answers with a web page: no rules stated, or keep out. */
    robotsPage: text().$type<RobotsPage>().notNull().default('open'),
    active: boolean().notNull().default(true),
    /** `search`: what its pages list is proposed to people, neither followed nor kept. */
    role: text().$type<'visit' | 'search'>().notNull().default('visit'),
    /** Adaptive revisit: hours between visits and when the next is due. */
    intervalHours: integer().notNull().default(24),
    nextDueAt: at().notNull(),
    lastOutcome: text().$type<Outcome>(),
    lastVisitedAt: at(),
    createdAt: at().notNull(),
  },
  (t) => [uniqueIndex('source_platform_url').on(t.platform, t.url), index('source_due').on(t.active, t.nextDueAt), index('source_list').on(t.platform, t.id)],
);

/**
 * One clock per host, shared by every process: the slot is reserved by an atomic update, by the database's time.
 * The key is the host's name without port (one machine, one pace) and `name:port` for private hosts that configuration
 * names one by one; robots.txt belongs to scheme and authority (RFC 9309) and has rows of its own where these differ.
 */
export const host = pgTable('host', {
  host: text().primaryKey(),
  nextSlotAt: at().notNull(),
  delayMs: integer().notNull(),
  backoffUntil: at(),
  /** First refusal (429, 403) of an unbroken row of refusals. */
  refusedSince: at(),
  /** Until the first byte, as all processes see it. */
  latencyMs: integer().notNull().default(0),
  robotsBody: text(),
  robotsStatus: integer(),
  robotsFetchedAt: at(),
});

export const run = pgTable(
  'run',
  {
    id: id(),
    kind: text().$type<RunKind>().notNull(),
    /** YYYY-MM-DD in Asia/Shanghai; unique for nightly runs, so a night never runs twice. */
    runDate: text().notNull(),
    state: text().$type<RunState>().notNull(),
    counts: jsonb().$type<RunCounts>().notNull(),
    startedBy: text().notNull(),
    startedAt: at().notNull(),
    endedAt: at(),
  },
  (t) => [
    index('run_started').on(t.startedAt.desc(), t.id.desc()),
    // A night runs once, and one run at a time: whoever asks for another gets the one that is running.
    uniqueIndex('run_one_night').on(t.runDate).where(sql`kind = 'nightly'`),
    uniqueIndex('run_one_at_a_time').on(t.state).where(sql`state = 'running'`),
  ],
);

export const runTask = pgTable(
  'run_task',
  {
    id: id(),
    runId: ref()
      .notNull()
      .references(() => run.id),
    sourceId: ref()
      .notNull()
      .references(() => source.id),
    state: text().$type<'pending' | 'working' | 'done' | 'failed'>().notNull(),
    outcome: text().$type<Outcome>(),
    detail: text(),
    counts: jsonb().$type<RunCounts>().notNull(),
    /** A walk that was asked to come back later waits here, not in a process. */
    resumeAt: at(),
    /** Who walks it: a walker that was taken for dead finds another one here and stops. */
    walker: ref(),
    startedAt: at(),
    endedAt: at(),
  },
  (t) => [uniqueIndex('run_task_once').on(t.runId, t.sourceId), index('run_task_state').on(t.runId, t.state, t.id), index('run_task_source').on(t.sourceId)],
);

/**
 * Addresses of a source still to visit, and those visited in the run under way: what a walk knows, kept where a kill
 * cannot reach it. In the order found; what was turned away on earlier nights comes last.
 */
export const frontier = pgTable(
  'frontier',
  {
    sourceId: ref()
      .notNull()
      .references(() => source.id),
    url: text().notNull(),
    kind: text().$type<CaptureKind>().notNull(),
    /** `name[:port]`, to hold all of a host at once. */
    host: text().notNull(),
    seq: bigserial({ mode: 'number' }).notNull(),
    /** Looks in this run that failed for a moment. */
    tries: smallint().notNull().default(0),
    /** Refusals in this run (429): they cost no try. */
    refusals: smallint().notNull().default(0),
    /** Nights on which it could not be seen for a reason of its own. */
    nights: smallint().notNull().default(0),
    notBefore: at(),
    /** The run that has had enough of it for now. */
    heldRun: ref(),
    /** The run that visited it; such rows go when the walk has ended. */
    doneRun: ref(),
  },
  (t) => [primaryKey({ columns: [t.sourceId, t.url] }), index('frontier_next').on(t.sourceId, t.nights, t.seq).where(sql`done_run is null`)],
);

/** What a run has to tell of a platform as a whole; the run page shows it. */
export const runAlarm = pgTable(
  'run_alarm',
  {
    runId: ref()
      .notNull()
      .references(() => run.id),
    platform: text().notNull(),
    kind: text().$type<'drift'>().notNull(),
    /** Pages of which fields were required, and those that lacked some. */
    pages: integer().notNull(),
    missing: integer().notNull(),
    at: at().notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.platform, t.kind] })],
);

/** Accounts a run has to screen after their pages were stored; a run is over when none is left. */
export const runAccount = pgTable(
  'run_account',
  {
    runId: ref()
      .notNull()
      .references(() => run.id),
    accountId: ref().notNull(),
    state: text().$type<'pending' | 'done' | 'failed'>().notNull(),
    counts: jsonb().$type<RunCounts>().notNull(),
    endedAt: at(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.accountId] }), index('run_account_state').on(t.runId, t.state)],
);

/** One sealed look at one address. */
export const capture = pgTable(
  'capture',
  {
    id: id(),
    runId: ref(),
    sourceId: ref(),
    accountId: ref(),
    kind: text().$type<CaptureKind>().notNull(),
    url: text().notNull(),
    finalUrl: text().notNull(),
    outcome: text().$type<Outcome>().notNull(),
    reason: text(),
    status: integer(),
    mediaType: text(),
    size: integer().notNull(),
    sha256: text(),
    sm3: text(),
    /** Where the WARC records stand: file below the evidence folder, offset and length in bytes. */
    warcFile: text(),
    warcOffset: bigint({ mode: 'number' }),
    warcLength: integer(),
    via: text().$type<'http' | 'browser' | 'import'>().notNull(),
    fetchedAt: at().notNull(),
    ledgerSeq: bigint({ mode: 'number' }),
    /** SHA-256 of the page shot in the content store, when one was made, and how: from sealed bytes or live. */
    shotSha256: text(),
    shotFrom: text().$type<'sealed' | 'live'>(),
    /** Number of the record under which its bytes were destroyed; its digests and its ledger row stay. */
    destroyedNo: integer(),
  },
  (t) => [
    index('capture_url').on(t.url, t.fetchedAt.desc()),
    index('capture_account').on(t.accountId, t.fetchedAt.desc()),
    index('capture_run').on(t.runId, t.sourceId, t.id),
    index('capture_sha').on(t.sha256).where(sql`sha256 is not null`),
  ],
);

/** Validators of the last good answer of an address, for conditional requests. */
export const pageState = pgTable('page_state', {
  url: text().primaryKey(),
  etag: text(),
  lastModified: text(),
  sha256: text(),
  captureId: ref(),
  /** Where the page led, so that a 304 of page one still leads to page two. */
  links: jsonb().$type<{ url: string; kind: CaptureKind }[]>().notNull().default([]),
  /** What a script fetched to draw the page: a shell is unchanged only when all of this is. Null for pages that are whole. */
  parts: jsonb().$type<PagePart[]>(),
  seenAt: at().notNull(),
});

/** The hash-chained evidence ledger: append-only (a trigger refuses update and delete). */
export const ledger = pgTable(
  'ledger',
  {
    seq: bigint({ mode: 'number' }).primaryKey(),
    kind: text()
      .$type<
        | 'capture'
        | 'shot'
        | 'dom_text'
        | 'page_layout'
        | 'ocr_text'
        | 'masked'
        | 'import'
        | 'root'
        | 'root_signature'
        | 'root_timestamp'
        | 'export'
        | 'destruction'
      >()
      .notNull(),
    refId: ref().notNull(),
    /** The canonical JSON that is hashed, kept as text so that the bytes are exact. */
    payload: text().notNull(),
    prevHash: text().notNull(),
    hash: text().notNull(),
    at: at().notNull(),
  },
  (t) => [
    index('ledger_ref').on(t.refId),
    // What a page shot or a text is known by: another capture may have the same.
    index('ledger_blob').on(sql`substring("payload" from '"sha256":"([0-9a-f]{64})"')`).where(sql`kind <> 'capture'`),
  ],
);
