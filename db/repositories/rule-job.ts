/**
 * Replays and re-screenings: work over the whole archive whose cursor moves in the transaction of what it did, so that a
 * process killed in the middle goes on where it was, and two that take up the same job cannot both move it.
 */
import { and, asc, eq, gt, gte, lte, sql } from 'drizzle-orm';
import { sha256 } from '../../core/digest.ts';
import { newId } from '../../core/ids.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Actor } from '../../core/model/role.ts';
import { type DifferenceKind, KEPT_DIFFERENCES, type RuleJobCounts, type RuleJobKind, type RuleJobState, type RuleVerdict } from '../../core/model/rule.ts';
import { storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { account, post, ruleDifference, ruleJob, shadowNight } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';
import { addToOutbox } from './outbox.ts';

export type RuleJob = typeof ruleJob.$inferSelect;
export type RuleDifferenceRow = typeof ruleDifference.$inferSelect;

export interface JobWish {
  readonly kind: RuleJobKind;
  readonly pack: string | null;
  readonly revisionId: string | null;
  readonly text: string | null;
  readonly since: Date | null;
  readonly lawVersion: string;
}

/** How many rows a job will go through. */
async function sizeOf(tx: Db, { kind, since }: JobWish): Promise<number> {
  const n = sql<number>`count(*)::int`;
  const [row] =
    kind === 'rescreen'
      ? await tx.select({ n }).from(account)
      : await tx
          .select({ n })
          .from(post)
          .where(since ? gte(post.lastSeenAt, since) : undefined);
  return row?.n ?? 0;
}

/** Starts a job and sends its event; of re-screenings one runs at a time, and a new one takes the place of an older one. */
export async function startRuleJob(tx: Db, wish: JobWish, actor: Actor, now: Date): Promise<RuleJob> {
  if (wish.kind === 'rescreen') {
    await tx
      .update(ruleJob)
      .set({ state: 'stopped', error: '规则再次变更，由新的重新筛查接替', endedAt: now, updatedAt: now })
      .where(and(eq(ruleJob.kind, 'rescreen'), eq(ruleJob.state, 'running')));
  }
  const total = await sizeOf(tx, wish);
  const start = { id: newId(), state: 'running' as const, cursor: null, done: 0, total, counts: {}, startedAt: now, updatedAt: now };
  const [row] = await tx
    .insert(ruleJob)
    .values({ ...wish, ...start, startedById: actor.id, startedByName: actor.name })
    .returning();
  await addToOutbox(tx, [{ topic: 'rules.job', payload: { jobId: start.id } }], now);
  return row as RuleJob;
}

export async function readRuleJob(db: Db, id: string): Promise<RuleJob | null> {
  const [row] = await db.select().from(ruleJob).where(eq(ruleJob.id, id));
  return row ?? null;
}

export const ruleJobQuery = (
  db: Db,
  filter: { revisionId?: string | undefined; kind?: RuleJobKind | undefined },
  cursor: string | undefined,
  limit: number,
) => {
  const after = decodeCursor(cursor, ['instant', 'uuid']);
  return db
    .select()
    .from(ruleJob)
    .where(
      and(
        filter.revisionId ? eq(ruleJob.revisionId, filter.revisionId) : undefined,
        filter.kind ? eq(ruleJob.kind, filter.kind) : undefined,
        after ? sql`(${ruleJob.startedAt}, ${ruleJob.id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : undefined,
      ),
    )
    .orderBy(sql`${ruleJob.startedAt} desc nulls last`, sql`${ruleJob.id} desc nulls last`)
    .limit(limit + 1);
};
export const readRuleJobs = async (
  db: Db,
  filter: { revisionId?: string | undefined; kind?: RuleJobKind | undefined },
  cursor: string | undefined,
  limit: number,
): Promise<Page<RuleJob>> => toPage(await ruleJobQuery(db, filter, cursor, limit), limit, (r) => [r.startedAt.toISOString(), r.id]);

export const runningRuleJobs = (db: Db): Promise<{ id: string }[]> => db.select({ id: ruleJob.id }).from(ruleJob).where(eq(ruleJob.state, 'running'));

/** An unfinished replay of the same text over the same posts against the same law, to go on with. */
export async function unfinishedReplay(db: Db, text: string, since: Date | null, lawVersion: string): Promise<RuleJob | null> {
  const rows = await db
    .select()
    .from(ruleJob)
    .where(and(eq(ruleJob.kind, 'replay'), eq(ruleJob.lawVersion, lawVersion), sql`${ruleJob.state} in ('running', 'stopped')`, eq(ruleJob.text, text)))
    .orderBy(sql`${ruleJob.startedAt} desc`)
    .limit(5);
  return rows.find((r) => (r.since?.getTime() ?? null) === (since?.getTime() ?? null)) ?? null;
}

const plus = (a: RuleJobCounts, b: RuleJobCounts): RuleJobCounts => {
  const sum: Record<string, number> = { ...a };
  for (const [key, n] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + n;
  return sum;
};

/**
 * Moves the cursor of a running job from where the caller read it.
 * @returns false when it was stopped, or somebody else moved it: the caller's transaction must be given up
 */
export async function advanceRuleJob(tx: Db, job: RuleJob, step: { cursor: string; done: number; counts: RuleJobCounts; now: Date }): Promise<boolean> {
  const done = await tx
    .update(ruleJob)
    .set({ cursor: step.cursor, done: job.done + step.done, counts: plus(job.counts, step.counts), updatedAt: step.now })
    .where(and(eq(ruleJob.id, job.id), eq(ruleJob.state, 'running'), sql`${ruleJob.cursor} is not distinct from ${job.cursor}::uuid`))
    .returning({ id: ruleJob.id });
  return done.length > 0;
}

/** Ends a running job. @returns false when it had ended already */
export async function endRuleJob(tx: Db, id: string, state: Exclude<RuleJobState, 'running'>, now: Date, error: string | null = null): Promise<boolean> {
  const rows = await tx
    .update(ruleJob)
    .set({ state, endedAt: now, updatedAt: now, error })
    .where(and(eq(ruleJob.id, id), eq(ruleJob.state, 'running')))
    .returning({ id: ruleJob.id });
  return rows.length > 0;
}

/** Lets a stopped job go on from its cursor. */
export async function resumeRuleJob(tx: Db, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(ruleJob)
    .set({ state: 'running', endedAt: null, error: null, updatedAt: now })
    .where(and(eq(ruleJob.id, id), eq(ruleJob.state, 'stopped')))
    .returning({ id: ruleJob.id });
  if (rows.length > 0) await addToOutbox(tx, [{ topic: 'rules.job', payload: { jobId: id } }], now);
  return rows.length > 0;
}

/** The next posts of a replay, in the order of their ids. */
export const postsAfter = (db: Db, cursor: string | null, since: Date | null, limit: number) =>
  db
    .select({ id: post.id, accountId: post.accountId, platform: post.platform, input: post.input, version: post.version, lastSeenAt: post.lastSeenAt })
    .from(post)
    .where(and(cursor ? gt(post.id, cursor) : undefined, since ? gte(post.lastSeenAt, since) : undefined))
    .orderBy(asc(post.id))
    .limit(limit);

export async function accountAfter(db: Db, cursor: string | null): Promise<string | null> {
  const [row] = await db
    .select({ id: account.id })
    .from(account)
    .where(cursor ? gt(account.id, cursor) : undefined)
    .orderBy(asc(account.id))
    .limit(1);
  return row?.id ?? null;
}

const SEED = 'pincha-sample-1';
/** The place of a post in the sample, the same on every machine and every run. */
const rankOf = (postId: string, kind: string): number => Number.parseInt(sha256(`${SEED}/${postId}/${kind}`).slice(0, 7), 16);

export interface SeenDifference {
  readonly change: DifferenceKind;
  readonly finding: Finding;
  readonly post: { readonly id: string; readonly accountId: string; readonly platform: string; readonly version: number };
}

/** Adds differences, and keeps of each kind those of the lowest ranks: the sample is the same however they came in. */
export async function addDifferences(tx: Db, ownerId: string, rows: readonly SeenDifference[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(({ change, finding: f, post: p }) => ({
    id: newId(),
    ownerId,
    change,
    accountId: p.accountId,
    postId: p.id,
    postVersion: p.version,
    platform: p.platform,
    kind: f.kind,
    by: f.by,
    field: f.field,
    quote: f.quote === null ? null : storableText(f.quote),
    start: f.start,
    end: f.end,
    why: storableText(f.why),
    rank: rankOf(p.id, f.kind),
    createdAt: now,
  }));
  for (let i = 0; i < values.length; i += 500)
    await tx
      .insert(ruleDifference)
      .values(values.slice(i, i + 500))
      .onConflictDoNothing();
  for (const change of new Set(rows.map((r) => r.change))) {
    const [edge] = await tx
      .select({ rank: ruleDifference.rank })
      .from(ruleDifference)
      .where(and(eq(ruleDifference.ownerId, ownerId), eq(ruleDifference.change, change)))
      .orderBy(asc(ruleDifference.rank))
      .offset(KEPT_DIFFERENCES)
      .limit(1);
    if (edge)
      await tx
        .delete(ruleDifference)
        .where(
          and(
            eq(ruleDifference.ownerId, ownerId),
            eq(ruleDifference.change, change),
            gte(ruleDifference.rank, edge.rank),
            sql`${ruleDifference.verdict} is null`,
          ),
        );
  }
}

export const differenceQuery = (db: Db, ownerId: string, change: DifferenceKind, cursor: string | undefined, limit: number) => {
  const after = decodeCursor(cursor, ['number', 'uuid']);
  return db
    .select({ d: ruleDifference, input: post.input, accountName: account.name })
    .from(ruleDifference)
    .innerJoin(post, eq(post.id, ruleDifference.postId))
    .innerJoin(account, eq(account.id, ruleDifference.accountId))
    .where(
      and(
        eq(ruleDifference.ownerId, ownerId),
        eq(ruleDifference.change, change),
        after ? sql`(${ruleDifference.rank}, ${ruleDifference.id}) > (${after[0]}::int, ${after[1]}::uuid)` : undefined,
      ),
    )
    .orderBy(asc(ruleDifference.rank), asc(ruleDifference.id))
    .limit(limit + 1);
};
export type DifferenceRecord = Awaited<ReturnType<typeof differenceQuery>>[number];
export const readDifferences = async (
  db: Db,
  ownerId: string,
  change: DifferenceKind,
  cursor: string | undefined,
  limit: number,
): Promise<Page<DifferenceRecord>> => toPage(await differenceQuery(db, ownerId, change, cursor, limit), limit, (r) => [r.d.rank, r.d.id]);

/** One person's judgement of one difference; a later one replaces it. */
export async function judgeDifference(tx: Db, id: string, verdict: RuleVerdict | null, actor: Actor, now: Date): Promise<boolean> {
  const by = verdict === null ? { judgedById: null, judgedByName: null, judgedAt: null } : { judgedById: actor.id, judgedByName: actor.name, judgedAt: now };
  const rows = await tx
    .update(ruleDifference)
    .set({ verdict, ...by })
    .where(eq(ruleDifference.id, id))
    .returning({ id: ruleDifference.id });
  return rows.length > 0;
}

/** Judgements within the sample, by change and verdict. */
export async function countVerdicts(db: Db, ownerId: string, size: number): Promise<{ change: DifferenceKind; verdict: RuleVerdict | null; n: number }[]> {
  const ranked = db
    .select({
      change: ruleDifference.change,
      verdict: ruleDifference.verdict,
      at: sql<number>`row_number() over (partition by ${ruleDifference.change} order by ${ruleDifference.rank}, ${ruleDifference.id})`.as('at'),
    })
    .from(ruleDifference)
    .where(eq(ruleDifference.ownerId, ownerId))
    .as('ranked');
  return db
    .select({ change: ranked.change, verdict: ranked.verdict, n: sql<number>`count(*)::int` })
    .from(ranked)
    .where(lte(ranked.at, size))
    .groupBy(ranked.change, ranked.verdict);
}

/** Adds a night's posts to what the shadow of a revision saw. */
export async function addShadowNight(
  tx: Db,
  row: { revisionId: string; day: string; posts: number; added: number; removed: number; same: number },
): Promise<void> {
  const more = (column: 'posts' | 'added' | 'removed' | 'same') => sql`${shadowNight[column]} + ${row[column]}`;
  await tx
    .insert(shadowNight)
    .values(row)
    .onConflictDoUpdate({
      target: [shadowNight.revisionId, shadowNight.day],
      set: { posts: more('posts'), added: more('added'), removed: more('removed'), same: more('same') },
    });
}
export const readShadowNights = (db: Db, revisionId: string) =>
  db.select().from(shadowNight).where(eq(shadowNight.revisionId, revisionId)).orderBy(sql`${shadowNight.day} desc`).limit(60);
