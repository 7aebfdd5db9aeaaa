/** Makes the page shot of a capture that carries a lead or more, from its sealed bytes, and enters it in the ledger. */
import { TOPICS } from '../../core/events.ts';
import { decodeText } from '../../crawlers/fetch/charset.ts';
import { inTransaction } from '../../db/connect.ts';
import { readSealed, sealedByUrl } from '../../db/repositories/capture.ts';
import { shotSettled } from '../../db/repositories/shot.ts';
import { shootSealed } from '../../evidence/shot.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { enterShot, putShot } from '../page-shots.ts';

type Sealed = { sha256: string | null; warcFile: string | null; warcOffset: number | null; warcLength: number | null };

interface Read {
  readonly body: Buffer;
  /** As the host sent it, charset and all: a page's encoding may be told nowhere else. */
  readonly contentType: string | null;
}

async function readSealedBytes(ctx: JobContext, place: Sealed | null): Promise<Read | null> {
  if (!place?.sha256 || place.warcFile === null || place.warcOffset === null || place.warcLength === null) return null;
  const { sha256, warcFile, warcOffset, warcLength } = place;
  const { body, headers } = await ctx.sealer.read({ sha256, warcFile, warcOffset, warcLength });
  return { body, contentType: headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null };
}

/** Makes one shot; a capture that has one, or nothing that could be shown, wants none any more. @throws what the browser throws */
export async function shoot(ctx: JobContext, captureId: string): Promise<void> {
  const sealed = await readSealed(ctx.db, captureId);
  if (!sealed || sealed.shotSha256 || /^(image|application\/json)/.test(sealed.mediaType ?? '')) return shotSettled(ctx.db, captureId);
  const read = await readSealedBytes(ctx, sealed);
  if (!read) return shotSettled(ctx.db, captureId);
  const shot = await shootSealed(await ctx.browser(), {
    html: decodeText(read.body, read.contentType).text,
    url: sealed.url,
    resources: async (url) => (await readSealedBytes(ctx, await sealedByUrl(ctx.db, url)))?.body ?? null,
  });
  const files = await putShot(ctx, shot);
  const now = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    await enterShot(tx, captureId, files, 'sealed', now);
    await shotSettled(tx, captureId);
  });
}

export const shootCapture = defineJob({
  name: 'capture.shot',
  queue: 'shot',
  input: TOPICS['capture.shot'],
  attempts: 3,
  backoffMs: 3_000,
  run: ({ captureId }, ctx) => shoot(ctx, captureId),
});
