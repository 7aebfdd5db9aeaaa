/** Makes the page shot of a capture that carries a lead or more, from its sealed bytes, and enters it in the ledger. */
import { sm3 } from '../../core/digest.ts';
import { TOPICS } from '../../core/events.ts';
import { decodeText } from '../../crawlers/fetch/charset.ts';
import { inTransaction } from '../../db/connect.ts';
import { appendLedger, readSealed, sealedByUrl, setShot } from '../../db/repositories/capture.ts';
import { shotSettled } from '../../db/repositories/shot.ts';
import { blobFacts, ledgerRow } from '../../evidence/ledger.ts';
import { shootSealed } from '../../evidence/shot.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';

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
  const words = Buffer.from(shot.domText, 'utf8');
  const [png, text] = [await ctx.content.put(shot.png), await ctx.content.put(words)];
  const now = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    await appendLedger(tx, (prev) =>
      ledgerRow(prev, {
        kind: 'shot',
        refId: captureId,
        payload: blobFacts({ sha256: png, sm3: sm3(shot.png), size: shot.png.length, from: 'sealed' }),
        at: now,
      }),
    );
    await appendLedger(tx, (prev) =>
      ledgerRow(prev, {
        kind: 'dom_text',
        refId: captureId,
        payload: blobFacts({ sha256: text, sm3: sm3(words), size: words.length, from: 'sealed' }),
        at: now,
      }),
    );
    await setShot(tx, captureId, png, 'sealed');
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
