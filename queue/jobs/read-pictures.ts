/**
 * Reads the pictures of an account's posts, one at a time and after the walk, so that slow reading never holds up a
 * night. Every picture comes to a reading, so the job ends; then the account is screened again with the words found.
 */
import type { PictureReader } from '../../classifiers/image/picture-reader.ts';
import { sm3 } from '../../core/digest.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import { type PictureReading, unread, wordsOfPicture } from '../../core/model/picture.ts';
import { MAX_TEXT, PICTURE_BREAK } from '../../core/model/post.ts';
import { storableText } from '../../core/storable.ts';
import { inTransaction } from '../../db/connect.ts';
import { appendLedger } from '../../db/repositories/capture.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { picturesOf, postsWithUnreadPictures, saveReading, setImageText } from '../../db/repositories/picture.ts';
import { blobFacts, ledgerRow } from '../../evidence/ledger.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';

type Picture = Awaited<ReturnType<typeof picturesOf>>[number];

async function readOne(ctx: JobContext, reader: PictureReader, { sha256, warcFile, warcOffset, warcLength }: Picture): Promise<PictureReading> {
  if (warcFile === null || warcOffset === null || warcLength === null) return unread(reader.engine, 'unreadable', 'not sealed');
  let bytes: Buffer;
  try {
    bytes = (await ctx.sealer.read({ sha256, warcFile, warcOffset, warcLength })).body;
  } catch (error) {
    ctx.log.warn({ sha256, error: reasonOf(error) }, 'sealed picture could not be read back');
    return unread(reader.engine, 'unreadable', reasonOf(error).slice(0, 200));
  }
  return reader.read(bytes);
}

/** Keeps a reading, and its words as evidence that points at the picture's capture. */
async function keepReading(ctx: JobContext, { captureId, sha256 }: Picture, reading: PictureReading, engine: string): Promise<void> {
  const words = Buffer.from(wordsOfPicture(reading), 'utf8');
  const stored = words.length > 0 ? await ctx.content.put(words) : null;
  const now = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    await saveReading(tx, sha256, reading, now);
    if (stored === null) return;
    const payload = blobFacts({ sha256: stored, sm3: sm3(words), size: words.length, from: 'sealed', engine });
    await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'ocr_text', refId: captureId, payload, at: now }));
  });
}

/** Reads what is unread of one post and gives the post the words of all its pictures. */
async function readPost(ctx: JobContext, reader: PictureReader, postId: string): Promise<void> {
  const words: string[] = [];
  const read = new Map<string, PictureReading>();
  for (const picture of await picturesOf(ctx.db, postId, reader.engine)) {
    if (ctx.signal.aborted) throw new PinchaError('INTERRUPTED', { reason: 'shutdown' });
    const { sha256, lines, codes } = picture;
    if (lines && codes) {
      words.push(wordsOfPicture({ lines, codes }));
      continue;
    }
    const reading = read.get(sha256) ?? (await readOne(ctx, reader, picture));
    if (!read.has(sha256)) await keepReading(ctx, picture, reading, reader.engine);
    read.set(sha256, reading);
    words.push(wordsOfPicture(reading));
  }
  const text = words.some((w) => w !== '') ? storableText(words.join(PICTURE_BREAK)).slice(0, MAX_TEXT) : '';
  await setImageText(ctx.db, postId, text);
}

export const readPictures = defineJob({
  name: 'account.pictures',
  queue: 'picture',
  input: TOPICS['account.pictures'],
  attempts: 3,
  backoffMs: 5_000,
  run: async ({ accountId }, ctx) => {
    const reader = ctx.pictures;
    if (!reader) return;
    let [last, any]: [string | null, boolean] = [null, false];
    for (;;) {
      const ids: string[] = await postsWithUnreadPictures(ctx.db, accountId, reader.engine, last);
      if (ids.length === 0) break;
      for (const id of ids) await readPost(ctx, reader, id);
      [last, any] = [ids.at(-1) ?? null, true];
    }
    if (!any) return;
    await inTransaction(ctx.db, (tx) => addToOutbox(tx, [{ topic: 'account.screen', payload: { accountId, runId: null } }], ctx.clock.now()));
  },
});
