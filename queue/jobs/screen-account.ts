/**
 * Screens one account: it is linked to others by what it shares, then its posts that changed and the account itself
 * are held against rules, lists, register and banned parties;
 * findings, score and the one open case in a single transaction under the account's lock. Run again it adds nothing.
 */

import { caseDue } from '../../cases/workflow/deadlines.ts';
import { type AccountFacts, operatorOf, summarisePosts } from '../../classifiers/account-facts.ts';
import { typeAccount } from '../../classifiers/licence/account-type.ts';
import { noList } from '../../classifiers/licence/match.ts';
import { type CaseScore, scoreCase } from '../../classifiers/score/case-score.ts';
import { screenAccount as screenParty } from '../../classifiers/screen-account.ts';
import { localDate } from '../../core/clock.ts';
import { TOPICS } from '../../core/events.ts';
import type { Finding } from '../../core/model/finding.ts';
import { CASE_LEVELS, type Level } from '../../core/model/taxonomy.ts';
import { type Db, inTransaction, patiently } from '../../db/connect.ts';
import { openOrAttachCase } from '../../db/repositories/case.ts';
import { rescoreClusterOf } from '../../db/repositories/cluster.ts';
import {
  type Account,
  lockAccount,
  type Post,
  postsOfAccount,
  saveAccountScreening,
  savePostScreening,
  weightiestPosts,
} from '../../db/repositories/content.ts';
import { noteDue } from '../../db/repositories/due.ts';
import { addFindings, type FoundOn, findingKey, supersede } from '../../db/repositories/finding.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { hasUnreadPictures } from '../../db/repositories/picture.ts';
import { watchFlagged } from '../../db/repositories/revisit.ts';
import { endAccount } from '../../db/repositories/run.ts';
import { scoreFacts } from '../../db/repositories/score-facts.ts';
import { wantShots } from '../../db/repositories/shot.ts';
import { type JobContext, SCREENER } from '../context.ts';
import { defineJob } from '../define.ts';
import { type ScreenedPost, screenPosts } from '../false-posting.ts';
import { linkAccountsNow, sharedWithBannedParties } from '../linking.ts';
import { withReposts } from '../reposts.ts';
import { countNight, watchNight } from '../rule-night.ts';
import { settleSparingly } from '../runs.ts';
import { revisited } from './revisit-posts.ts';

/** Page shots are made for so many of an account's strongest posts at once. */
const MAX_SHOTS = 12;
/** The rest is made when no run is under way, and not before the first had their turn. */
const SHOTS_REST_MS = 120_000;

const factsOf = (a: Account): AccountFacts => {
  const { licenceNo, subjectName, alias, description, uscc, category, verified, verifiedAt, name, id, platform, subjectType, details } = a;
  const text = (v: string | null): string | undefined => v ?? undefined;
  // The type screening worked out before must not become its own reason: only what the platform said counts.
  const told = typeof details['subjectType'] === 'string' ? subjectType : 'unknown';
  return {
    id,
    platform,
    name,
    alias: text(alias),
    description: text(description),
    subjectName: text(subjectName),
    uscc: text(uscc),
    category: text(category),
    verified: verified ?? undefined,
    licenceNo: text(licenceNo),
    verifiedAt: text(verifiedAt),
    subjectType: told,
  };
};

/** A site of its own, as the platform's page tells it. */
function siteOf(details: Record<string, unknown>): { host: string; icp: string | null } | null {
  const { website, icp } = details;
  if (typeof website !== 'string' || website.trim() === '') return null;
  return { host: website.trim().slice(0, 300), icp: typeof icp === 'string' && icp.trim() !== '' ? icp : null };
}

async function partyFindings(ctx: JobContext, tx: Db, account: Account, screened: readonly ScreenedPost[]) {
  const facts = factsOf(account);
  const [licences, register] = await Promise.all([ctx.references.licences(), ctx.references.register()]);
  const posts = summarisePosts(
    screened.map(({ post, result }) => ({ post: post.input, findings: result.findings })),
    facts,
  );
  const operator = operatorOf(facts, posts);
  const told = operator?.by === 'posts' ? { ...facts, subjectName: operator.name } : facts;
  const matched = licences?.match(told) ?? noList();
  // Where no subject is shown the match rests on what the posts say: people read that first.
  const licenceMatch = operator?.by === 'posts' ? { ...matched, reasons: [operator.reason, ...matched.reasons] } : matched;
  const asked = operator?.by === 'brand' ? { brand: operator.name } : { name: operator?.name ?? null, uscc: account.uscc };
  const findings = screenParty({
    account: facts,
    posts,
    licenceMatch,
    shared: await sharedWithBannedParties(tx, account.id),
    registry: register?.lookUp(asked) ?? null,
    showsQualification: account.details['qualificationShown'] === false ? false : null,
    site: siteOf(account.details),
    cite: (ids) => ctx.cite(ids, account.lastSeenAt),
  });
  return { findings, licenceMatch, type: typeAccount(facts).type };
}

/** The account's score with everything it rests on; posts that say the same count once. */
async function scoreOf(tx: Db, accountId: string, screened: readonly ScreenedPost[], party: Awaited<ReturnType<typeof partyFindings>>, now: Date) {
  const { groups, clusterSize, earlierCases } = await scoreFacts(
    tx,
    accountId,
    screened.map(({ post }) => post.id),
  );
  const postFindings = screened.map(({ post, result }) => ({
    postId: post.id,
    findings: result.findings,
    textGroup: groups.get(post.id) ?? null,
    words: `${post.title ?? ''}\n${post.text}`,
    publishedAt: post.publishedAt ?? post.firstSeenAt,
  }));
  const { findings: accountFindings, licenceMatch } = party;
  return scoreCase({ accountFindings, postFindings, licenceVerdict: licenceMatch.verdict, clusterSize, earlierCases, asOf: now });
}

interface Hook {
  readonly finding: Finding;
  readonly words: string;
}
const rank = (f: Finding): number => (f.level === 'statutory' ? 2 : 1) + f.score;
const HOOK_CHARS = 36;
const CLAUSE_END = /[。；;！!？?，,、\n]/;

/** The quote with the clause it stands in: "女" alone tells a reader nothing, "只招女，35岁以下" does. */
function inItsClause(text: string, start: number, end: number): string {
  let [from, to] = [start, end];
  while (from > 0 && to - from < HOOK_CHARS && !CLAUSE_END.test(text[from - 1] ?? '')) from -= 1;
  while (to < text.length && to - from < HOOK_CHARS && !CLAUSE_END.test(text[to] ?? '')) to += 1;
  return text.slice(from, to).trim();
}

function wordsOf(finding: Finding, post: Post | null): string {
  const { quote, field, start, end, why } = finding;
  if (quote === null || !post || field === null || start === null || end === null) return quote ?? why;
  const text = post.input[field];
  return typeof text === 'string' ? inItsClause(text, start, end) || quote : quote;
}

/** The finding a reader sees first: the strongest one that quotes words, in its clause. */
function hookOf(posts: readonly ScreenedPost[], party: readonly Finding[]): Hook | null {
  const counted = [
    ...posts.flatMap(({ post, result }) => result.findings.map((finding) => ({ finding, post }))),
    ...party.map((finding) => ({ finding, post: null })),
  ].filter(({ finding }) => !finding.exempt && CASE_LEVELS.has(finding.level));
  const [best] = counted.sort((a, b) => Number(b.finding.quote !== null) - Number(a.finding.quote !== null) || rank(b.finding) - rank(a.finding));
  return best ? { finding: best.finding, words: wordsOf(best.finding, best.post) } : null;
}

async function shots(tx: Db, screened: readonly ScreenedPost[], now: Date): Promise<void> {
  const wanted = screened
    .filter(({ post, result }) => post.captureId && (result.level === 'statutory' || result.level === 'lead'))
    .sort((a, b) => b.result.score - a.result.score);
  const all = wanted.flatMap(({ post, result }) => (post.captureId ? [{ captureId: post.captureId, score: result.score }] : []));
  await wantShots(tx, all, new Date(now.getTime() + SHOTS_REST_MS));
  const ids = new Set(all.slice(0, MAX_SHOTS).map(({ captureId }) => captureId));
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
  readonly opened: boolean;
}

/** Most posts of an account that are held and judged at once. */
const MOST_POSTS = 5_000;

async function postsOf(tx: Db, accountId: string): Promise<{ posts: Post[]; total: number; unscreened: number }> {
  const posts = await postsOfAccount(tx, accountId, MOST_POSTS + 1);
  return posts.length <= MOST_POSTS ? { posts, total: posts.length, unscreened: 0 } : weightiestPosts(tx, accountId, MOST_POSTS);
}

/** @param how `archive` leaves the night's figures alone: the posts were counted when they came */
async function screenUnderLock(live: JobContext, tx: Db, account: Account, runId: string | null, how: 'night' | 'archive' = 'night'): Promise<Done> {
  // The law may be renewed while we wait for the database: one account is screened by one law.
  const ctx: JobContext = { ...live };
  const now = ctx.clock.now();
  const { posts, total, unscreened } = await postsOf(tx, account.id);
  const screened = await withReposts(ctx, tx, account, await screenPosts(ctx, tx, posts));
  const fresh = screened.filter(({ post }) => post.screenedWith !== ctx.screener.version);
  const party = await partyFindings(ctx, tx, account, screened);
  const onPost = ({ post }: ScreenedPost): FoundOn => ({ accountId: account.id, postId: post.id, postVersion: post.version, captureId: post.captureId });
  const onAccount: FoundOn = { accountId: account.id, postId: null, postVersion: null, captureId: null };
  const all = [
    ...screened.flatMap((s) => s.result.findings.map((finding) => ({ on: onPost(s), finding }))),
    ...party.findings.map((finding) => ({ on: onAccount, finding })),
  ];
  await savePostScreening(
    tx,
    fresh.map(({ post, result }) => ({ id: post.id, level: result.level, score: result.score })),
    ctx.screener.version,
  );
  const added = await addFindings(tx, all, now, ctx.screener.version);
  const superseded = await supersede(
    tx,
    account.id,
    posts.map((p) => p.id),
    all.map(({ on, finding }) => findingKey(on, finding)),
    new Set(all.map(({ finding }) => finding.by)),
  );
  const score = await scoreOf(tx, account.id, screened, party, now);
  await saveAccountScreening(tx, account.id, {
    score: score.score,
    level: score.level,
    subjectType: party.type,
    licenceVerdict: party.licenceMatch.verdict,
    licenceMatch: party.licenceMatch,
    postCount: total,
    screenedAt: now,
  });
  if (score.score !== account.score) await rescoreClusterOf(tx, account.id);
  const hook = hookOf(screened, party.findings);
  const opened = hook && account.status !== 'suspended' ? await openCase(tx, account.id, score, hook, now) : false;
  await shots(tx, fresh, now);
  const flagged = fresh.filter(({ result }) => result.level === 'statutory' || result.level === 'lead');
  if (flagged.length > 0)
    await watchFlagged(
      tx,
      flagged.map(({ post }) => post.id),
      await revisited(tx),
      now,
    );
  if (ctx.pictures && (await hasUnreadPictures(tx, account.id, ctx.pictures.engine)))
    await addToOutbox(tx, [{ topic: 'account.pictures', payload: { accountId: account.id } }], now);
  // More posts than are held at once: the account stays on the list until each has had its turn.
  if (unscreened > 0) {
    await noteDue(tx, [account.id], now);
    await addToOutbox(tx, [{ topic: 'accounts.due', payload: {} }], now);
  }
  if (runId) await endAccount(tx, runId, account.id, 'done', { findings: all.length, newFindings: added, casesOpened: opened ? 1 : 0 }, now);
  if (how === 'night') await countNight(ctx, tx, account.platform, fresh, live.law.shadows());
  return { findings: all.length, added, superseded, opened };
}

async function openCase(tx: Db, accountId: string, score: CaseScore, hook: Hook, now: Date): Promise<boolean> {
  const level: Level = hook.finding.level;
  const contributions = score.contributions.map(({ label, points }) => ({ label, points }));
  const wish = {
    accountId,
    priority: score.score,
    contributions,
    hook: hook.words,
    hookKind: hook.finding.kind,
    dueAt: caseDue(level, now),
    year: localDate(now).slice(0, 4),
  };
  const done = await openOrAttachCase(tx, wish, SCREENER, now);
  return done?.opened ?? false;
}

/** Screens an account again because the law changed, in the caller's transaction. */
export async function rescreenAccount(ctx: JobContext, tx: Db, accountId: string): Promise<Done> {
  const account = await lockAccount(tx, accountId);
  return account ? screenUnderLock(ctx, tx, account, null, 'archive') : { findings: 0, added: 0, superseded: 0, opened: false };
}

/** Screens accounts here and now, outside any run (imports): linked together, each judged under its own lock. */
export async function screenAccountsNow(ctx: JobContext, accountIds: readonly string[]): Promise<{ findings: number; opened: number }> {
  await ctx.law.refresh();
  await linkAccountsNow(ctx, accountIds);
  const sum = { findings: 0, opened: 0 };
  for (const id of accountIds) {
    const done = await patiently(ctx.db, async (tx) => {
      const account = await lockAccount(tx, id);
      return account ? screenUnderLock(ctx, tx, account, null) : null;
    });
    sum.findings += done?.findings ?? 0;
    if (done?.opened) sum.opened += 1;
  }
  return sum;
}

export const screenAccount = defineJob({
  name: 'account.screen',
  queue: 'screen',
  input: TOPICS['account.screen'],
  attempts: 5,
  backoffMs: 1_000,
  run: async ({ accountId, runId }, ctx) => {
    await ctx.law.refresh();
    await linkAccountsNow(ctx, [accountId]);
    await inTransaction(ctx.db, async (tx) => {
      const account = await lockAccount(tx, accountId);
      if (account) await screenUnderLock(ctx, tx, account, runId);
    });
    if (runId && (await settleSparingly(ctx, runId)) === 'done') await watchNight(ctx, runId);
  },
  failed: async ({ accountId, runId }, ctx) => {
    if (!runId) return;
    await endAccount(ctx.db, runId, accountId, 'failed', {}, ctx.clock.now());
    await settleSparingly(ctx, runId);
  },
});
