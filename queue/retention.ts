/**
 * Destroys what is due. A batch is decided and entered in the ledger in one transaction, under a lock that a legal hold
 * takes as well; only then do bytes go, and a kill in between is made good by the next run. A dry run looks for the same and
 * changes nothing.
 */
import { PinchaError, reasonOf } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type DestroyedItem, NO_COUNTS, type RetentionCounts, type RetentionRule, type RetentionTerm } from '../core/model/retention.ts';
import type { Actor } from '../core/model/role.ts';
import type { DestroyedRegion, Destroyer } from '../core/ports.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { appendAudit } from '../db/repositories/audit.ts';
import { appendLedger, lockLedger } from '../db/repositories/capture.ts';
import { lockRetention } from '../db/repositories/hold.ts';
import {
  blobsOnlyOf,
  clearAccounts,
  type DueCapture,
  deletePosts,
  dueAccounts,
  dueCaptures,
  duePosts,
  enteredSince,
  filesOf,
  finishDestruction,
  markDestroyed,
  plannedDestructions,
  readTerms,
  recordDestruction,
  setDestructionLedger,
} from '../db/repositories/retention.ts';
import { ledgerRow } from '../evidence/ledger.ts';
import type { JobContext } from './context.ts';

type RetentionContext = Pick<JobContext, 'db' | 'clock' | 'destroyer'> & { readonly signal?: AbortSignal };

export interface RetentionReport {
  readonly applied: boolean;
  readonly rules: readonly { readonly rule: RetentionRule; readonly days: number | null; readonly counts: RetentionCounts }[];
  /** Numbers of the records made. */
  readonly records: readonly number[];
  /** Records that are not sound: looked into, not destroyed. */
  readonly skipped: readonly { readonly captureId: string; readonly reason: string }[];
}

const POSTS = 500;
const CAPTURES = 200;
/** Batches of one rule in one run; the next night goes on. */
const MOST_BATCHES = 400;
const DAY_MS = 24 * 3_600_000;

interface Batch {
  readonly items: readonly DestroyedItem[];
  readonly counts: RetentionCounts;
  /** Where the next batch begins; null when this was the last. */
  readonly next: string | null;
  /** Carries it out in the store. */
  readonly store: (no: number) => Promise<void>;
}
interface Wish {
  readonly term: RetentionTerm;
  readonly before: Date;
  readonly dismissedBefore: Date | null;
  readonly after: string | null;
  readonly apply: boolean;
}

const plain = { sha256: null, warcFile: null, start: null, length: null };
const counted = (part: Partial<RetentionCounts>): RetentionCounts => ({ ...NO_COUNTS, ...part });
const added = (a: RetentionCounts, b: RetentionCounts): RetentionCounts => ({
  posts: a.posts + b.posts,
  records: a.records + b.records,
  blobs: a.blobs + b.blobs,
  accounts: a.accounts + b.accounts,
  bytes: a.bytes + b.bytes,
});

async function postBatch(tx: Db, wish: Wish, rule: 'post.clear' | 'post.dismissed'): Promise<Batch> {
  const { before, dismissedBefore, after } = wish;
  const posts = await duePosts(tx, { rule, before, dismissedBefore, after, limit: POSTS });
  return {
    items: posts.map((p) => ({ ...plain, kind: 'post', ref: p.id, sha256: p.contentSha256 })),
    counts: counted({ posts: posts.length }),
    next: posts.length < POSTS ? null : (posts.at(-1)?.id ?? null),
    store: () => deletePosts(tx, posts),
  };
}

/** Where the bytes of captures stand; those whose record is not sound are left out and told. */
async function regionsOf(
  destroyer: Destroyer,
  due: readonly DueCapture[],
  skipped: { captureId: string; reason: string }[],
): Promise<Map<string, DestroyedRegion>> {
  const regions = new Map<string, DestroyedRegion>();
  for (const c of due) {
    try {
      regions.set(c.id, await destroyer.regionOf(c));
    } catch (error) {
      if (!(error instanceof PinchaError)) throw error;
      skipped.push({ captureId: c.id, reason: reasonOf(error) });
    }
  }
  return regions;
}

/** Captures that say the same stand on the same bytes. */
const standing = ({ warcFile, warcOffset }: DueCapture): string => `${warcFile}@${warcOffset}`;

async function captureBatch(
  ctx: RetentionContext,
  tx: Db,
  wish: Wish,
  rule: 'capture.page' | 'capture.list',
  skipped: { captureId: string; reason: string }[],
): Promise<Batch> {
  const { before, dismissedBefore, after } = wish;
  const all = await dueCaptures(tx, { rule, before, dismissedBefore, after, limit: CAPTURES });
  const regions = await regionsOf(ctx.destroyer, all, skipped);
  const due = all.filter((c) => regions.has(c.id));
  const ids = due.map((c) => c.id);
  const blobs = await blobsOnlyOf(tx, ids);
  const together = new Map<string, number>();
  for (const c of due) together.set(standing(c), (together.get(standing(c)) ?? 0) + 1);
  const records: DestroyedItem[] = due.map((c) => {
    const stays = c.others >= (together.get(standing(c)) ?? 0);
    const region = stays ? null : regions.get(c.id);
    return { ...plain, kind: 'record', ref: c.id, sha256: c.sha256, ...(region ?? {}) };
  });
  const bytes = records.reduce((sum, r) => sum + (r.length ?? 0), 0);
  return {
    items: [...records, ...blobs.map((sha256) => ({ ...plain, kind: 'blob' as const, ref: sha256, sha256 }))],
    counts: counted({ records: records.length, blobs: blobs.length, bytes }),
    next: all.length < CAPTURES ? null : (all.at(-1)?.id ?? null),
    store: (no) =>
      markDestroyed(
        tx,
        ids,
        due.map((c) => c.sha256),
        no,
      ),
  };
}

async function accountBatch(tx: Db, wish: Wish): Promise<Batch> {
  const ids = await dueAccounts(tx, { before: wish.before, after: wish.after, limit: POSTS });
  return {
    items: ids.map((ref) => ({ ...plain, kind: 'account', ref })),
    counts: counted({ accounts: ids.length }),
    next: ids.length < POSTS ? null : (ids.at(-1) ?? null),
    store: (no) => clearAccounts(tx, ids, no),
  };
}

function batchOf(ctx: RetentionContext, tx: Db, wish: Wish, skipped: { captureId: string; reason: string }[]): Promise<Batch> {
  const { rule } = wish.term;
  if (rule === 'post.clear' || rule === 'post.dismissed') return postBatch(tx, wish, rule);
  return rule === 'account.clear' ? accountBatch(tx, wish) : captureBatch(ctx, tx, wish, rule, skipped);
}

/** What the ledger states of a destruction: by which rule, what it was known by and its digests. */
const destructionFacts = (no: number, { rule, days, basis }: RetentionTerm, by: Actor, items: readonly DestroyedItem[]) => ({
  no,
  rule,
  days,
  basis,
  by: by.name,
  posts: items.filter((i) => i.kind === 'post').map((i) => ({ id: i.ref, sha256: i.sha256 })),
  captures: items.filter((i) => i.kind === 'record').map(({ ref: id, sha256, warcFile, start, length }) => ({ id, sha256, warcFile, start, length })),
  blobs: items.filter((i) => i.kind === 'blob').map((i) => i.ref),
  accounts: items.filter((i) => i.kind === 'account').map((i) => i.ref),
});

async function enter(tx: Db, term: RetentionTerm, batch: Batch, by: Actor, now: Date): Promise<number> {
  const no = await recordDestruction(tx, { term, by, counts: batch.counts, items: () => batch.items, now });
  await batch.store(no);
  const entry = { kind: 'destruction' as const, refId: newId(), payload: destructionFacts(no, term, by, batch.items), at: now };
  const row = await appendLedger(tx, (prev) => ledgerRow(prev, entry));
  await setDestructionLedger(tx, no, row.seq);
  await appendAudit(
    tx,
    [{ action: 'retention.destroy', subjectType: 'destruction', subjectId: String(no), data: { rule: term.rule, ...batch.counts } }],
    by,
    now,
  );
  return no;
}

/** Lets a file go unless the same bytes were entered again since, e.g. while a killed run waited to be finished. */
const removeFile = (ctx: RetentionContext, sha256: string, no: number): Promise<void> =>
  inTransaction(ctx.db, async (tx) => {
    await lockLedger(tx);
    if (!(await enteredSince(tx, sha256, no))) await ctx.destroyer.removeBlob(sha256);
  });

/** Lets the bytes of a record go. Done again it changes nothing. */
async function carryOut(ctx: RetentionContext, no: number, at: Date): Promise<void> {
  for (const item of await filesOf(ctx.db, no)) {
    if (item.kind === 'blob') await removeFile(ctx, item.ref, no);
    else if (item.warcFile !== null && item.start !== null && item.length !== null)
      await ctx.destroyer.overwrite({ warcFile: item.warcFile, start: item.start, length: item.length }, no, at);
  }
  await finishDestruction(ctx.db, no, ctx.clock.now());
}

/** Runs one rule to its end. */
async function runRule(
  ctx: RetentionContext,
  wish: Omit<Wish, 'after'>,
  by: Actor,
  out: { records: number[]; skipped: { captureId: string; reason: string }[] },
): Promise<RetentionCounts> {
  let total: RetentionCounts = { ...NO_COUNTS };
  let after: string | null = null;
  for (let n = 0; n < MOST_BATCHES && !ctx.signal?.aborted; n += 1) {
    const now = ctx.clock.now();
    const done: { batch: Batch; no: number | null } = await inTransaction(ctx.db, async (tx) => {
      await lockRetention(tx);
      const batch = await batchOf(ctx, tx, { ...wish, after }, out.skipped);
      return { batch, no: wish.apply && batch.items.length > 0 ? await enter(tx, wish.term, batch, by, now) : null };
    });
    if (done.no !== null) {
      await carryOut(ctx, done.no, now);
      out.records.push(done.no);
    }
    total = added(total, done.batch.counts);
    after = done.batch.next;
    if (after === null) break;
  }
  return total;
}

/**
 * Destroys what is due, or says what it would destroy.
 * @param apply false changes nothing: pages of posts that would go are counted as if the posts still stood
 */
export async function runRetention(ctx: RetentionContext, apply: boolean, by: Actor): Promise<RetentionReport> {
  const now = ctx.clock.now();
  if (apply) for (const planned of await plannedDestructions(ctx.db)) await carryOut(ctx, planned.no, planned.at);
  const terms = await readTerms(ctx.db);
  const daysBefore = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const dismissed = terms.find((t) => t.rule === 'post.dismissed')?.days ?? null;
  const out = { records: [] as number[], skipped: [] as { captureId: string; reason: string }[] };
  const rules = [];
  for (const term of terms) {
    const wish = { term, before: daysBefore(term.days ?? 0), dismissedBefore: dismissed === null ? null : daysBefore(dismissed), apply };
    const counts = term.days === null ? { ...NO_COUNTS } : await runRule(ctx, wish, by, out);
    rules.push({ rule: term.rule, days: term.days, counts });
  }
  return { applied: apply, rules, records: out.records, skipped: out.skipped };
}
