/** Posts to be looked at again, what became of them, and the accounts behind a source. */
import { and, asc, eq, isNotNull, lte, ne, or, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { Outcome } from '../../core/model/capture.ts';
import { type GoneState, goneBy, REVISIT_DAYS } from '../../core/model/revisit.ts';
import { storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { account, caseFile, finding, post, postFate, postWatch, source, sourceAccount } from '../schema/index.ts';
import { list } from './list.ts';

export type PostFate = typeof postFate.$inferSelect;

/** Rows for `post_watch` made from posts: ids of the application, so one statement however many. */
const planFlagged = (picked: ReturnType<typeof sql>, now: Date) => {
  const at = sql`${now.toISOString()}::timestamptz`;
  return sql`insert into ${postWatch} (post_id, platform, reason, version, since, next_at)
    select p.id, p.platform, 'flagged', p.version, ${at}, ${at} + make_interval(days => ${REVISIT_DAYS[0]})
    from ${post} p where p.url is not null and ${picked}
    on conflict (post_id) do update set reason = 'flagged', version = excluded.version, since = excluded.since, next_at = excluded.next_at, tries = 0
    where post_watch.reason <> 'flagged' or post_watch.version < excluded.version`;
};

/**
 * Has flagged posts looked at again after 1, 3, 7 and 30 days. A post that is watched already keeps its plan unless a
 * newer version of it was flagged.
 */
export async function watchFlagged(tx: Db, postIds: readonly string[], platforms: readonly string[], now: Date): Promise<void> {
  if (postIds.length === 0 || platforms.length === 0) return;
  // In order of ids, as all writers of the table: two transactions never wait for each other in a ring.
  const ids = [...new Set(postIds)].sort();
  await tx.execute(planFlagged(sql`p.id = any(${list(ids, 'uuid')}) and p.platform = any(${list(platforms, 'text')})`, now));
}

/** The same for posts that carry findings of open cases and are not watched yet, once a night. @returns how many */
export async function watchOpenCases(db: Db, platforms: readonly string[], now: Date): Promise<number> {
  if (platforms.length === 0) return 0;
  const inCases = sql`p.platform = any(${list(platforms, 'text')}) and p.id in (
    select f.post_id from ${finding} f join ${caseFile} c on c.id = f.case_id
    where c.state <> 'closed' and f.post_id is not null and f.state in ('open', 'confirmed')
      and not exists (select 1 from ${postWatch} w where w.post_id = f.post_id and w.reason = 'flagged'))`;
  const done = await db.execute(planFlagged(inCases, now));
  return done.rowCount ?? 0;
}

/** Live posts of these accounts that a walk begun at `since` did not see, at most `limit`; those looked at since they were last seen are left out. */
export async function unlistedPosts(
  tx: Db,
  of: { accountIds: readonly string[]; platform: string; since: Date; limit: number },
): Promise<{ id: string; url: string }[]> {
  if (of.accountIds.length === 0) return [];
  const rows = await tx
    .select({ id: post.id, url: post.url })
    .from(post)
    .leftJoin(postWatch, eq(postWatch.postId, post.id))
    .where(
      and(
        sql`${post.accountId} = any(${list([...of.accountIds], 'uuid')})`,
        eq(post.platform, of.platform),
        eq(post.status, 'live'),
        isNotNull(post.url),
        sql`${post.lastSeenAt} < ${of.since.toISOString()}::timestamptz`,
        // One look a disappearance: only what was seen in a list after its last look is looked at again.
        or(sql`${postWatch.lastAt} is null`, sql`${post.lastSeenAt} > ${postWatch.lastAt}`),
      ),
    )
    .orderBy(asc(post.id))
    .limit(of.limit);
  return rows.flatMap(({ id, url }) => (url === null ? [] : [{ id, url }]));
}

/**
 * Has posts that left their list looked at as soon as may be; a flagged one keeps its plan besides.
 * @param posts `look` false notes that a post is not ours to visit, so that it is not found missing every night
 */
export async function watchUnlisted(tx: Db, posts: readonly { id: string; look: boolean }[], platform: string, now: Date): Promise<void> {
  const rows = [...posts]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, look }) => ({ postId: id, platform, reason: 'unlisted' as const, version: 0, since: now, ...(look ? { nextAt: now } : { lastAt: now }) }));
  for (let i = 0; i < rows.length; i += 1_000) {
    await tx
      .insert(postWatch)
      .values(rows.slice(i, i + 1_000))
      .onConflictDoUpdate({
        target: postWatch.postId,
        set: { nextAt: sql`least(${postWatch.nextAt}, excluded.next_at)`, lastAt: sql`greatest(${postWatch.lastAt}, excluded.last_at)`, tries: 0 },
      });
  }
}

/** Of these platforms, those with a post to be looked at now. */
export async function platformsDue(db: Db, platforms: readonly string[], now: Date): Promise<string[]> {
  const { rows } = await db.execute<{ platform: string }>(sql`select p as platform from unnest(${list(platforms, 'text')}) p
    where exists (select 1 from ${postWatch} w where w.platform = p and w.next_at <= ${now.toISOString()}::timestamptz)`);
  return rows.map((r) => r.platform);
}

const FLAGGED = sql<boolean>`(${post.level} in ('statutory', 'lead') or exists (
  select 1 from ${finding} f join ${caseFile} c on c.id = f.case_id where f.post_id = ${post.id} and c.state <> 'closed' and f.state in ('open', 'confirmed')))`;

/** The query of the post that has waited longest to be looked at on a platform, for reading and for explaining its plan. */
export const dueQuery = (db: Db, platform: string, now: Date) =>
  db
    .select({ w: postWatch, url: post.url, externalId: post.externalId, status: post.status, flagged: FLAGGED })
    .from(postWatch)
    .leftJoin(post, eq(post.id, postWatch.postId))
    .where(and(eq(postWatch.platform, platform), lte(postWatch.nextAt, now)))
    .orderBy(asc(postWatch.nextAt))
    .limit(1);
export type DueLook = Awaited<ReturnType<typeof dueQuery>>[number];

export async function nextDueLook(db: Db, platform: string, now: Date): Promise<DueLook | null> {
  const [row] = await dueQuery(db, platform, now);
  return row ?? null;
}

/** Notes a look and when the next is. */
export async function settleLook(
  tx: Db,
  postId: string,
  look: { nextAt: Date | null; tries: number; at: Date; outcome: Outcome; captureId: string | null },
): Promise<void> {
  const { nextAt, tries, at, outcome, captureId } = look;
  await tx
    .update(postWatch)
    .set({ nextAt, tries, lastAt: at, lastOutcome: outcome, lastCaptureId: captureId, looks: sql`${postWatch.looks} + 1` })
    .where(eq(postWatch.postId, postId));
}

/** Ends a watch whose reason is gone: its findings were dismissed, or the post is no more. */
export async function endWatch(db: Db, postId: string): Promise<void> {
  await db.update(postWatch).set({ nextAt: null }).where(eq(postWatch.postId, postId));
}

/** Puts off whatever is due on a platform that keeps us out. */
export async function postponeLooks(db: Db, platform: string, now: Date, until: Date): Promise<void> {
  await db
    .update(postWatch)
    .set({ nextAt: until })
    .where(and(eq(postWatch.platform, platform), lte(postWatch.nextAt, now)));
}

/** The account of the post at an address; null when no such post is known. */
export async function accountOfPostAt(tx: Db, platform: string, url: string): Promise<string | null> {
  const [row] = await tx
    .select({ accountId: post.accountId })
    .from(post)
    .where(and(eq(post.url, url), eq(post.platform, platform)))
    .limit(1);
  return row?.accountId ?? null;
}

/**
 * Notes what became of the posts at an address. When it was first seen, by whom, and which look shows it are kept once:
 * seeing it again changes nothing. @returns how many changed
 */
export async function noteGone(
  tx: Db,
  at: { platform: string; url: string },
  gone: { status: GoneState; reason: string | null; captureId: string | null; now: Date },
): Promise<number> {
  const { status, captureId, now } = gone;
  const reason = gone.reason === null ? null : storableText(gone.reason).slice(0, 500);
  const by = goneBy(status, reason);
  const rows = await tx
    .update(post)
    .set({
      status,
      statusReason: reason,
      // Gone in one way and then in another (deleted by the author, later by the platform): the first time stands.
      goneAt: sql`coalesce(${post.goneAt}, ${now.toISOString()}::timestamptz)`,
      goneBy: by,
      goneCaptureId: sql`coalesce(${post.goneCaptureId}, ${captureId}::uuid)`,
    })
    .where(and(eq(post.url, at.url), eq(post.platform, at.platform), ne(post.status, status)))
    .returning({ id: post.id, aliveAt: post.lastSeenAt });
  const fates = rows.map((row) => ({ id: newId(), postId: row.id, at: now, status, by, reason, aliveAt: row.aliveAt, captureId }));
  if (fates.length > 0) await tx.insert(postFate).values(fates);
  return rows.length;
}

/** Notes that a post that was gone is there again. */
export async function noteReturned(tx: Db, postId: string, captureId: string | null, now: Date): Promise<void> {
  await tx.insert(postFate).values({ id: newId(), postId, at: now, status: 'live', by: null, reason: null, aliveAt: now, captureId });
}

/** What became of a post, newest first. */
export const fatesOf = (db: Db, postId: string): Promise<PostFate[]> =>
  db.select().from(postFate).where(eq(postFate.postId, postId)).orderBy(sql`${postFate.id} desc nulls last`).limit(50);

/** Remembers which accounts a source showed. */
export async function linkSource(tx: Db, sourceId: string, accountIds: readonly string[], now: Date): Promise<void> {
  const rows = [...new Set(accountIds)].sort().map((accountId) => ({ sourceId, accountId, seenAt: now }));
  for (let i = 0; i < rows.length; i += 1_000) {
    await tx
      .insert(sourceAccount)
      .values(rows.slice(i, i + 1_000))
      .onConflictDoUpdate({ target: [sourceAccount.sourceId, sourceAccount.accountId], set: { seenAt: now } });
  }
}

/** Whether a source shows an account under suspicion (a lead or more, or an open case): then it is visited every night. */
export const suspicious = sql`exists (select 1 from ${sourceAccount} sa join ${account} a on a.id = sa.account_id
  where sa.source_id = ${source.id} and (a.level in ('statutory', 'lead')
    or exists (select 1 from ${caseFile} c where c.account_id = a.id and c.state <> 'closed')))`;
