/**
 * Screens accounts: they are linked to others by what they share, then their posts that changed and the accounts
 * themselves are held against rules, lists, register and banned parties; findings, score and the one open case of each
 * in a single transaction under the accounts' locks. Several go together, so that a statement serves them all. Run
 * again it adds nothing.
 */

import { caseDue } from '../../cases/workflow/deadlines.ts';
import { localDate } from '../../core/clock.ts';
import { PinchaError } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import type { Level } from '../../core/model/taxonomy.ts';
import { type Db, patiently } from '../../db/connect.ts';
import { type CaseOpening, openOrAttachCases } from '../../db/repositories/case.ts';
import { rescoreClustersOf } from '../../db/repositories/cluster.ts';
import {
  type Account,
  lockAccounts,
  type Post,
  postsOfAccounts,
  saveAccountScreenings,
  savePostScreening,
  sizesOfPosts,
  weightiestPosts,
} from '../../db/repositories/content.ts';
import { noteDue } from '../../db/repositories/due.ts';
import { addFindings, type FoundOn, type FoundRow, findingKey, supersede } from '../../db/repositories/finding.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { withUnreadPictures } from '../../db/repositories/picture.ts';
import { watchFlagged } from '../../db/repositories/revisit.ts';
import { endAccount } from '../../db/repositories/run.ts';
import { wantShots } from '../../db/repositories/shot.ts';
import { textsOfPosts } from '../../db/repositories/texts.ts';
import { type JobContext, SCREENER } from '../context.ts';
import { defineJob } from '../define.ts';
import { type ScreenedPost, screenPosts } from '../false-posting.ts';
import { type Judged, judge, readBeside } from '../judging.ts';
import { eachWhereNotTogether, type Failures, linkAccountsNow, linkWhatCan } from '../linking.ts';
import { inPortions } from '../portions.ts';
import { withReposts } from '../reposts.ts';
import { countNight, watchNight } from '../rule-night.ts';
import { settleSparingly } from '../runs.ts';
import { revisited } from './revisit-posts.ts';

/** Page shots are made for so many of an account's strongest posts at once. */
const MAX_SHOTS = 12;
/** The rest is made when no run is under way, and not before the first had their turn. */
const SHOTS_REST_MS = 120_000;
/** Most posts of an account that are held and judged at once. */
const MOST_POSTS = 5_000;
/** Bytes of them: one post may be as long as a book. */
const MOST_BYTES = 100_000_000;
/** Posts of accounts that are screened in one transaction, and bytes that count as one; an account with more stands alone. */
const TOGETHER = 1_000;
const BYTES_EACH = 20_000;

const isFlagged = ({ result }: ScreenedPost): boolean => result.level === 'statutory' || result.level === 'lead';

/** Asks for shots of the strongest posts of each account. */
async function shots(tx: Db, judged: readonly Fresh[], now: Date): Promise<void> {
  const wanted = judged.map(({ fresh }) =>
    fresh
      .filter((one) => one.post.captureId && isFlagged(one))
      .sort((a, b) => b.result.score - a.result.score)
      .flatMap(({ post, result }) => (post.captureId ? [{ captureId: post.captureId, score: result.score }] : [])),
  );
  await wantShots(tx, wanted.flat(), new Date(now.getTime() + SHOTS_REST_MS));
  // Posts of one file share its capture: asked for once.
  const ids = new Set(wanted.flatMap((of) => [...new Set(of.map(({ captureId }) => captureId))].slice(0, MAX_SHOTS)));
  await addToOutbox(
    tx,
    [...ids].map((captureId) => ({ topic: 'capture.shot' as const, payload: { captureId } })),
    now,
  );
}

interface Done {
  readonly findings: number;
  readonly added: number;
  readonly superseded: number;
  readonly opened: number;
}
const NOTHING: Done = { findings: 0, added: 0, superseded: 0, opened: 0 };

/** The posts accounts are judged by. */
interface Read {
  readonly posts: readonly Post[];
  /** How many each has. */
  readonly total: ReadonlyMap<string, number>;
  /** Accounts with posts that were not screened yet and have to wait for their turn. */
  readonly more: readonly string[];
}

async function postsOf(tx: Db, accounts: readonly Account[]): Promise<Read> {
  const ids = accounts.map((a) => a.id);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const size = (await sizesOfPosts(tx, ids, MOST_POSTS + 1)).get(only);
    if (size && (size.posts > MOST_POSTS || size.bytes > MOST_BYTES)) {
      const heavy = await weightiestPosts(tx, only, { posts: MOST_POSTS, bytes: MOST_BYTES });
      return { posts: heavy.posts, total: new Map([[only, heavy.total]]), more: heavy.unscreened > 0 ? [only] : [] };
    }
  }
  const posts = await postsOfAccounts(tx, ids, 2 * MOST_POSTS);
  const total = new Map<string, number>();
  for (const { accountId } of posts) total.set(accountId, (total.get(accountId) ?? 0) + 1);
  return { posts, total, more: [] };
}

/** An account with those of its posts that were not screened yet, or by another law. */
interface Fresh extends Judged {
  readonly fresh: readonly ScreenedPost[];
}

/** Screens the posts and judges the accounts; nothing is stored. */
async function judgeAll(ctx: JobContext, tx: Db, accounts: readonly Account[], posts: readonly Post[], now: Date): Promise<Fresh[]> {
  const texts = await textsOfPosts(
    tx,
    posts.map((post) => post.id),
  );
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const screened = await withReposts(ctx, tx, byId, await screenPosts(ctx, tx, posts, texts), texts);
  const beside = await readBeside(ctx, tx, [...byId.keys()], texts);
  const mine = new Map<string, ScreenedPost[]>(accounts.map(({ id }) => [id, []]));
  for (const one of screened) mine.get(one.post.accountId)?.push(one);
  return accounts.map((account) => {
    const own = mine.get(account.id) ?? [];
    return { ...judge(ctx, beside, account, own, now), fresh: own.filter(({ post }) => post.screenedWith !== ctx.screener.version) };
  });
}

const rowsOf = ({ account, screened, party }: Judged): FoundRow[] => {
  const onPost = ({ post }: ScreenedPost): FoundOn => ({ accountId: account.id, postId: post.id, postVersion: post.version, captureId: post.captureId });
  const onAccount: FoundOn = { accountId: account.id, postId: null, postVersion: null, captureId: null };
  return [
    ...screened.flatMap((s) => s.result.findings.map((finding) => ({ on: onPost(s), finding }))),
    ...party.findings.map((finding) => ({ on: onAccount, finding })),
  ];
};

/** Stores what posts and accounts came to. */
async function saveJudged(ctx: JobContext, tx: Db, judged: readonly Fresh[], { posts, total }: Read, now: Date): Promise<Omit<Done, 'opened'>> {
  const found = judged.map((one) => ({ one, rows: rowsOf(one) }));
  const all = found.flatMap(({ rows }) => rows);
  await savePostScreening(
    tx,
    judged.flatMap(({ fresh }) => fresh.map(({ post, result }) => ({ id: post.id, level: result.level, score: result.score }))),
    ctx.screener.version,
  );
  // What is no longer said goes first: then nothing that is added now is read back.
  const superseded = await supersede(
    tx,
    posts.map((p) => p.id),
    found.map(({ one, rows }) => ({
      accountId: one.account.id,
      keys: rows.map(({ on, finding }) => findingKey(on, finding)),
      made: new Set(rows.map(({ finding }) => finding.by)),
    })),
  );
  const added = await addFindings(tx, all, now, ctx.screener.version);
  const rows = judged.map(({ account, score, party }) => ({
    id: account.id,
    score: score.score,
    level: score.level,
    subjectType: party.type,
    licenceVerdict: party.licenceMatch.verdict,
    licenceMatch: party.licenceMatch,
    postCount: total.get(account.id) ?? 0,
  }));
  await saveAccountScreenings(tx, rows, now);
  await rescoreClustersOf(
    tx,
    judged.filter(({ account, score }) => score.score !== account.score).map(({ account }) => account.id),
  );
  return { findings: all.length, added, superseded };
}

/** Has others go on with what was found: page shots, later looks, pictures to read, posts that wait for their turn. */
async function callOthers(ctx: JobContext, tx: Db, judged: readonly Fresh[], more: readonly string[], now: Date): Promise<void> {
  await shots(tx, judged, now);
  const flagged = judged.flatMap(({ fresh }) => fresh.filter(isFlagged)).map(({ post }) => post.id);
  if (flagged.length > 0) await watchFlagged(tx, flagged, await revisited(tx), now);
  const ids = judged.map(({ account }) => account.id);
  const unread = ctx.pictures ? await withUnreadPictures(tx, ids, ctx.pictures.engine) : [];
  await addToOutbox(
    tx,
    unread.map((accountId) => ({ topic: 'account.pictures' as const, payload: { accountId } })),
    now,
  );
  if (more.length === 0) return;
  await noteDue(tx, more, now);
  await addToOutbox(tx, [{ topic: 'accounts.due', payload: {} }], now);
}

function wishOf({ account, score, hook }: Judged, now: Date): CaseOpening[] {
  if (!hook || account.status === 'suspended') return [];
  const level: Level = hook.finding.level;
  const contributions = score.contributions.map(({ label, points }) => ({ label, points }));
  return [
    {
      accountId: account.id,
      priority: score.score,
      contributions,
      hook: hook.words,
      hookKind: hook.finding.kind,
      dueAt: caseDue(level, now),
      year: localDate(now).slice(0, 4),
    },
  ];
}

/** The posts of a night by platform, in one order: their rows are shared by all who screen. */
async function countNights(ctx: JobContext, tx: Db, judged: readonly Fresh[], live: JobContext): Promise<void> {
  const platforms = [...new Set(judged.map(({ account }) => account.platform))].sort();
  for (const platform of platforms) {
    const fresh = judged.flatMap((one) => (one.account.platform === platform ? one.fresh : []));
    await countNight(ctx, tx, platform, fresh, live.law.shadows());
  }
}

/**
 * @param accounts locked; several of them have few posts
 * @param how `archive` leaves the night's figures alone: the posts were counted when they came
 */
async function screenUnderLock(live: JobContext, tx: Db, accounts: readonly Account[], how: 'night' | 'archive' = 'night'): Promise<Done> {
  if (accounts.length === 0) return NOTHING;
  // The law may be renewed while we wait for the database: accounts are screened by one law.
  const ctx: JobContext = { ...live };
  const now = ctx.clock.now();
  const read = await postsOf(tx, accounts);
  const judged = await judgeAll(ctx, tx, accounts, read.posts, now);
  const saved = await saveJudged(ctx, tx, judged, read, now);
  await callOthers(ctx, tx, judged, read.more, now);
  // Rows all screenings share come last and in one order: the night's figures, case numbers, the audit log.
  if (how === 'night') await countNights(ctx, tx, judged, live);
  const cases = await openOrAttachCases(
    tx,
    judged.flatMap((one) => wishOf(one, now)),
    SCREENER,
    now,
  );
  return { ...saved, opened: [...cases.values()].filter((c) => c.opened).length };
}

/** Screens an account again because the law changed, in the caller's transaction. */
export const rescreenAccount = async (ctx: JobContext, tx: Db, accountId: string): Promise<Done> =>
  screenUnderLock(ctx, tx, await lockAccounts(tx, [accountId]), 'archive');

const plus = (a: Done, b: Done): Done => ({
  findings: a.findings + b.findings,
  added: a.added + b.added,
  superseded: a.superseded + b.superseded,
  opened: a.opened + b.opened,
});

const interrupted = (error: unknown): boolean => error instanceof PinchaError && error.code === 'INTERRUPTED';

export interface ScreenedNow {
  readonly findings: number;
  readonly opened: number;
  readonly screened: readonly string[];
  /** Accounts that could not be screened; those that are in neither were not reached before the signal aborted. */
  readonly failures: Failures;
}

/**
 * Screens accounts outside any run (imports): some are linked together, and judged under their locks. One that cannot be
 * linked or screened stops no other.
 */
export async function screenWhatCan(ctx: JobContext, accountIds: readonly string[], signal?: AbortSignal): Promise<ScreenedNow> {
  await ctx.law.refresh();
  const sizes = await sizesOfPosts(ctx.db, accountIds, MOST_POSTS);
  const weight = (id: string): number => Math.max(1, sizes.get(id)?.posts ?? 0, (sizes.get(id)?.bytes ?? 0) / BYTES_EACH);
  let sum = NOTHING;
  const screened: string[] = [];
  const failures = new Map<string, unknown>();
  for (const some of inPortions(accountIds, weight, TOGETHER)) {
    if (signal?.aborted) break;
    const unlinked = await linkWhatCan(ctx, some, signal);
    if (signal?.aborted) break;
    const ids = some.filter((id) => !unlinked.has(id));
    const unscreened = await eachWhereNotTogether(ids, async (together) => {
      sum = plus(sum, await patiently(ctx.db, async (tx) => screenUnderLock(ctx, tx, await lockAccounts(tx, together))));
    });
    for (const [id, error] of [...unlinked, ...unscreened]) if (!interrupted(error)) failures.set(id, error);
    screened.push(...ids.filter((id) => !unscreened.has(id)));
  }
  const { findings, opened } = sum;
  return { findings, opened, screened, failures };
}

/** Screens accounts here and now. @throws what stood in the way of the first that could not be, once the others are screened */
export async function screenAccountsNow(ctx: JobContext, accountIds: readonly string[]): Promise<{ findings: number; opened: number }> {
  const done = await screenWhatCan(ctx, accountIds);
  for (const error of done.failures.values()) throw error;
  return done;
}

export const screenAccount = defineJob({
  name: 'account.screen',
  queue: 'screen',
  input: TOPICS['account.screen'],
  attempts: 5,
  backoffMs: 1_000,
  run: async ({ accountId, runId }, ctx) => {
    await ctx.law.refresh();
    await linkAccountsNow(ctx, [accountId], ctx.signal);
    await patiently(ctx.db, async (tx) => {
      const accounts = await lockAccounts(tx, [accountId]);
      const done = await screenUnderLock(ctx, tx, accounts);
      const counts = { findings: done.findings, newFindings: done.added, casesOpened: done.opened };
      if (runId && accounts.length > 0) await endAccount(tx, runId, accountId, 'done', counts, ctx.clock.now());
    });
    if (runId) await watchNight(ctx, runId, await settleSparingly(ctx, runId));
  },
  failed: async ({ accountId, runId }, ctx) => {
    if (!runId) return;
    await endAccount(ctx.db, runId, accountId, 'failed', {}, ctx.clock.now());
    await watchNight(ctx, runId, await settleSparingly(ctx, runId));
  },
});
