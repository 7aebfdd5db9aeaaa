/**
 * Pictures of posts and what was read from them: a picture is tied to its post when the post is stored, read once for
 * its bytes, and its words become the post's `imageText`. A reading by another engine is no reading.
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { PictureReading } from '../../core/model/picture.ts';
import { storable } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { capture, pictureReading, post, postPicture } from '../schema/index.ts';
import { list } from './list.ts';

/** Ties the sealed pictures at these addresses to a post, in their order; addresses that were never sealed are left out. */
export async function savePostPictures(tx: Db, postId: string, urls: readonly string[]): Promise<void> {
  // What a post no longer shows it did show: it is told whose it was, so that it is kept as long as anything of that account must be.
  await tx.execute(sql`with gone as (delete from ${postPicture} i where i.post_id = ${postId}::uuid returning i.capture_id)
    update ${capture} c set account_id = p.account_id from gone, ${post} p where p.id = ${postId}::uuid and c.id = gone.capture_id and c.account_id is null`);
  if (urls.length === 0) return;
  await tx.execute(sql`
    insert into ${postPicture} (post_id, position, url, capture_id, sha256)
    select ${postId}::uuid, u.at - 1, u.url, c.id, c.sha256 from unnest(${list(urls, 'text')}) with ordinality u(url, at)
    cross join lateral (select k.id, k.sha256 from ${capture} k where k.url = u.url and k.kind = 'image' and k.outcome = 'ok' and k.sha256 is not null
      order by k.fetched_at desc limit 1) c`);
}

const WAITS = (engine: string) => sql`(p.input->'imageText' is null or r.sha256 is null or r.engine <> ${engine}) and p.status in ('live', 'expired')`;
const JOINED = sql`${post} p join ${postPicture} i on i.post_id = p.id left join ${pictureReading} r on r.sha256 = i.sha256`;

/** Of these accounts, those with a post whose pictures' words are not in it yet. */
export async function withUnreadPictures(tx: Db, accountIds: readonly string[], engine: string): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select a.id from unnest(${list(accountIds, 'uuid')}) a(id) where exists (select 1 from ${JOINED} where p.account_id = a.id and ${WAITS(engine)})`);
  return rows.map((r) => r.id);
}

/** Posts of an account whose pictures wait to be read, in the order they came, those before `after` left out. */
export async function postsWithUnreadPictures(tx: Db, accountId: string, engine: string, after: string | null, limit = 50): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select distinct p.id from ${JOINED} where p.account_id = ${accountId} and ${WAITS(engine)} ${after ? sql`and p.id > ${after}` : sql``}
    order by p.id limit ${limit}`);
  return rows.map((row) => row.id);
}

/** The pictures of a post with the place of their bytes, and their readings by this engine. */
export const picturesOf = (tx: Db, postId: string, engine: string) =>
  tx
    .select({
      captureId: postPicture.captureId,
      sha256: postPicture.sha256,
      warcFile: capture.warcFile,
      warcOffset: capture.warcOffset,
      warcLength: capture.warcLength,
      lines: pictureReading.lines,
      codes: pictureReading.codes,
    })
    .from(postPicture)
    .innerJoin(capture, eq(capture.id, postPicture.captureId))
    .leftJoin(pictureReading, and(eq(pictureReading.sha256, postPicture.sha256), eq(pictureReading.engine, engine)))
    .where(eq(postPicture.postId, postId))
    .orderBy(postPicture.position);

/** Keeps a reading for the bytes it is of. */
export async function saveReading(tx: Db, sha256: string, reading: PictureReading, now: Date): Promise<void> {
  const row = { ...storable(reading), elapsedMs: Math.round(reading.elapsedMs), readAt: now };
  await tx
    .insert(pictureReading)
    .values({ sha256, ...row })
    .onConflictDoUpdate({ target: pictureReading.sha256, set: row });
}

/** Gives a post the words of its pictures and has it screened anew; '' when they hold none. */
export async function setImageText(tx: Db, postId: string, imageText: string): Promise<void> {
  await tx
    .update(post)
    .set({ input: sql`jsonb_set(${post.input}, '{imageText}', to_jsonb(${imageText}::text))`, screenedWith: null })
    .where(eq(post.id, postId));
}

/** What is known of each sealed picture of these posts, in the order of their words; a picture not read yet has no outcome. */
export async function readPicturesOf(db: Db, postIds: readonly string[]) {
  if (postIds.length === 0) return [];
  const { outcome, reason, width, height } = pictureReading;
  return db
    .select({ postId: postPicture.postId, outcome, reason, width, height })
    .from(postPicture)
    .leftJoin(pictureReading, eq(pictureReading.sha256, postPicture.sha256))
    .where(inArray(postPicture.postId, [...postIds]))
    .orderBy(postPicture.postId, postPicture.position);
}
export type PictureRecord = Awaited<ReturnType<typeof readPicturesOf>>[number];

/** Where the bytes of the n-th sealed picture of a post stand, from 0, in the order of its words. */
export async function readPicturePlace(db: Db, postId: string, n: number) {
  const [row] = await db
    .select({ sha256: postPicture.sha256, warcFile: capture.warcFile, warcOffset: capture.warcOffset, warcLength: capture.warcLength })
    .from(postPicture)
    .innerJoin(capture, eq(capture.id, postPicture.captureId))
    .where(eq(postPicture.postId, postId))
    .orderBy(postPicture.position)
    .offset(n)
    .limit(1);
  if (!row || row.warcFile === null || row.warcOffset === null || row.warcLength === null) return null;
  const { sha256, warcFile, warcOffset, warcLength } = row;
  return { sha256, warcFile, warcOffset, warcLength };
}
