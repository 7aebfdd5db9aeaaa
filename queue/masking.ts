/**
 * Masked copies of page shots and pictures: made when the original is, made again when more was read of what stands on it,
 * each a file of its own with a ledger row that names the digest of its original. A copy that cannot be made is missing,
 * and what is missing is not shown: the original takes its place for nobody who did not ask for it.
 */
import { personalData } from '../classifiers/text/personal-data.ts';
import { sm3 } from '../core/digest.ts';
import { reasonOf } from '../core/errors.ts';
import { type PageLayout, pageLayoutSchema } from '../core/model/page-layout.ts';
import { type PictureReading, pictureTypeOf } from '../core/model/picture.ts';
import type { Db } from '../db/connect.ts';
import { appendLedger } from '../db/repositories/capture.ts';
import { layoutOf, readingAt, readMasked, saveMasked } from '../db/repositories/masked.ts';
import { blobFacts, ledgerRow } from '../evidence/ledger.ts';
import { type CoveredPlace, countPlaces, MASK_ENGINE, paintOver, placesOfPicture, placesOfShot } from '../evidence/mask.ts';
import type { JobContext } from './context.ts';

type MaskContext = Pick<JobContext, 'db' | 'content' | 'browser' | 'log'>;

/** A copy on disk, or the word that there is nothing to cover. */
interface MadeCopy {
  readonly originalSha256: string;
  readonly file: { readonly sha256: string; readonly sm3: string; readonly size: number } | null;
  readonly covered: Record<string, number>;
}

type Places = readonly CoveredPlace[];
const sameCounts = (a: Record<string, number>, b: Record<string, number>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([kind, n]) => b[kind] === n);
const shotPlaces = (ctx: MaskContext, layout: PageLayout): Promise<Places | null> => placesOfShot(layout, personalData, (url) => readingAt(ctx.db, url));
const ofShot = (sha256: string, bytes: Buffer) => ({ sha256, bytes, mediaType: 'image/png', size: null });

async function make(
  ctx: MaskContext,
  original: { sha256: string; bytes: Buffer; mediaType: string; size: { width: number; height: number } | null },
  places: Places,
): Promise<MadeCopy> {
  const made = { originalSha256: original.sha256, covered: countPlaces(places) };
  if (places.length === 0) return { ...made, file: null };
  const painted = await paintOver(await ctx.browser(), original, places);
  return { ...made, file: { sha256: await ctx.content.put(painted), sm3: sm3(painted), size: painted.length } };
}

/** The masked copy of a picture; null when it was not read, or cannot be painted. */
export async function copyOfPicture(ctx: MaskContext, sha256: string, bytes: Buffer, reading: PictureReading): Promise<MadeCopy | null> {
  const places = placesOfPicture(reading, personalData);
  const mediaType = pictureTypeOf(bytes);
  if (!places || !mediaType) return null;
  const { width, height } = reading;
  try {
    return await make(ctx, { sha256, bytes, mediaType, size: width && height ? { width, height } : null }, places);
  } catch (error) {
    ctx.log.warn({ sha256, error: reasonOf(error) }, 'no masked copy of a picture');
    return null;
  }
}

/** Enters a copy, in the transaction of the caller. */
export async function enterCopy(
  tx: Db,
  copy: MadeCopy,
  at: { readonly captureId: string; readonly kind: 'shot' | 'picture'; readonly from: 'sealed' | 'live'; readonly now: Date },
): Promise<void> {
  const { originalSha256, file, covered } = copy;
  const { captureId, kind, from, now } = at;
  const known = await readMasked(tx, originalSha256);
  if (file && known?.sha256 !== file.sha256) {
    const payload = blobFacts({ ...file, from, of: originalSha256, engine: MASK_ENGINE, covered });
    await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'masked', refId: captureId, payload, at: now }));
  }
  await saveMasked(tx, { originalSha256, kind, captureId, sha256: file?.sha256 ?? null, engine: MASK_ENGINE, covered, madeAt: now });
}

/** The copy of a shot just made; null when none can be made now. Never keeps the shot from being kept. */
export async function copyOfFreshShot(ctx: MaskContext, shot: { sha256: string; png: Buffer; layout: PageLayout | null }): Promise<MadeCopy | null> {
  try {
    const places = shot.layout && (await shotPlaces(ctx, shot.layout));
    return places && (await make(ctx, ofShot(shot.sha256, shot.png), places));
  } catch (error) {
    ctx.log.warn({ sha256: shot.sha256, error: reasonOf(error) }, 'no masked copy of a page shot');
    return null;
  }
}

/** The copy of a shot that stands already; null when it has one and nothing more is known since, or none can be made. @throws what the browser throws */
export async function copyOfKeptShot(ctx: MaskContext, captureId: string, sha256: string): Promise<MadeCopy | null> {
  const known = await readMasked(ctx.db, sha256);
  const layoutSha256 = await layoutOf(ctx.db, captureId);
  const told = layoutSha256 === null ? null : await ctx.content.get(layoutSha256);
  const layout = told === null ? null : pageLayoutSchema.safeParse(JSON.parse(told.toString('utf8')));
  const places = layout?.success ? await shotPlaces(ctx, layout.data) : null;
  if (!places || (known?.engine === MASK_ENGINE && sameCounts(known.covered, countPlaces(places)))) return null;
  const png = await ctx.content.get(sha256);
  return png && make(ctx, ofShot(sha256, png), places);
}
