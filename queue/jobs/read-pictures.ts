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
import { copyOfPicture, enterCopy } from '../masking.ts';

type Picture = Awaited<ReturnType<typeof picturesOf>>[number];

interface Read {
  readonly reading: PictureReading;
  readonly bytes: Buffer | null;
}

async function readOne(ctx: JobContext, reader: PictureReader, { sha256, warcFile, warcOffset, warcLength }: Picture): Promise<Read> {
  const none = (reason: string): Read => ({ reading: unread(reader.engine, 'unreadable', reason), bytes: null });
  if (warcFile === null || warcOffset === null || warcLength === null) return none('not sealed');
  let bytes: Buffer;
  try {
    bytes = (await ctx.sealer.read({ sha256, warcFile, warcOffset, warcLength })).body;
  } catch (error) {
    ctx.log.warn({ sha256, error: reasonOf(error) }, 'sealed picture could not be read back');
    return none(reasonOf(error).slice(0, 200));
  }
  return { reading: await reader.read(bytes), bytes };
}

/** Keeps a reading, its words as evidence that points at the picture's capture, and the picture's masked copy. */
async function keepReading(ctx: JobContext, { captureId, sha256 }: Picture, { reading, bytes }: Read, engine: string): Promise<void> {
  const words = Buffer.from(wordsOfPicture(reading), 'utf8');
  const stored = words.length > 0 ? await ctx.content.put(words) : null;
  const copy = bytes && (await copyOfPicture(ctx, sha256, bytes, reading));
  const now = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    await saveReading(tx, sha256, reading, now);
    if (copy) await enterCopy(tx, copy, { captureId, kind: 'picture', from: 'sealed', now });
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
    const fresh = read.has(sha256) ? null : await readOne(ctx, reader, picture);
    if (fresh) await keepReading(ctx, picture, fresh, reader.engine);
    const reading = fresh?.reading ?? read.get(sha256) ?? unread(reader.engine, 'unreadable', null);
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
