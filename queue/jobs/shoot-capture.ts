/** Makes the page shot of a capture that carries a lead or more, from its sealed bytes, and enters it in the ledger. */
import { TOPICS } from '../../core/events.ts';
import { decodeText } from '../../crawlers/fetch/charset.ts';
import { inTransaction } from '../../db/connect.ts';
import { readSealed, sealedByUrl } from '../../db/repositories/capture.ts';
import { shotSettled } from '../../db/repositories/shot.ts';
import { shootSealed } from '../../evidence/shot.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { copyOfFreshShot, copyOfKeptShot, enterCopy } from '../masking.ts';
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

/** A shot stands: what it still wants is its masked copy, or a better one since its pictures were read. */
async function mask(ctx: JobContext, captureId: string, shotSha256: string, from: 'sealed' | 'live'): Promise<void> {
  const copy = await copyOfKeptShot(ctx, captureId, shotSha256);
  await inTransaction(ctx.db, async (tx) => {
    if (copy) await enterCopy(tx, copy, { captureId, kind: 'shot', from, now: ctx.clock.now() });
    await shotSettled(tx, captureId);
  });
}

/** Makes one shot and its masked copy; a capture that has both, or nothing that could be shown, wants none any more. @throws what the browser throws */
export async function shoot(ctx: JobContext, captureId: string): Promise<void> {
  const sealed = await readSealed(ctx.db, captureId);
  if (sealed?.shotSha256) return mask(ctx, captureId, sealed.shotSha256, sealed.shotFrom ?? 'sealed');
  if (!sealed || /^(image|application\/json)/.test(sealed.mediaType ?? '')) return shotSettled(ctx.db, captureId);
  const read = await readSealedBytes(ctx, sealed);
  if (!read) return shotSettled(ctx.db, captureId);
  const shot = await shootSealed(await ctx.browser(), {
    html: decodeText(read.body, read.contentType).text,
    url: sealed.url,
    resources: async (url) => (await readSealedBytes(ctx, await sealedByUrl(ctx.db, url)))?.body ?? null,
  });
  const files = await putShot(ctx, shot);
  const [png] = files;
  const copy = png ? await copyOfFreshShot(ctx, { sha256: png.sha256, png: shot.png, layout: shot.layout }) : null;
  const now = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    await enterShot(tx, captureId, files, 'sealed', now);
    if (copy) await enterCopy(tx, copy, { captureId, kind: 'shot', from: 'sealed', now });
    // A copy that failed is tried again with those that wait.
    if (copy || !shot.layout?.whole) await shotSettled(tx, captureId);
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
