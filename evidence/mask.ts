/**
 * Masked copies: a picture with what is personal painted over, made beside the original and never in its place. Places come
 * from where the words of a page were measured and from where words and codes of a picture were read; what nothing is
 * known of is covered whole. Painting is done by the browser, which decodes a stranger's bytes in its sandbox.
 */
import type { Browser } from 'playwright';
import { PinchaError } from '../core/errors.ts';
import type { Area, PageLayout } from '../core/model/page-layout.ts';
import type { PictureReading } from '../core/model/picture.ts';

/** What made a copy: another number covers other things. */
export const MASK_ENGINE = 'pincha-mask@1';

/** Corners in pixels, clockwise: x0, y0, … x3, y3. */
type Corners = readonly number[];
export interface CoveredPlace {
  /** `phone`, `wechat`, … of words; `code` for QR codes; `unread` for a picture nobody has read; `opaque` for what cannot be read. */
  readonly kind: string;
  readonly corners: Corners;
}
export type FindPersonal = (text: string) => readonly { readonly kind: string; readonly start: number; readonly end: number }[];
export type ReadPicture = Pick<PictureReading, 'outcome' | 'width' | 'height' | 'lines' | 'codes'>;

const cornersOf = ([x, y, w, h]: Area): Corners => [x, y, x + w, y, x + w, y + h, x, y + h];
/** Outcomes after which what a picture says is known. */
const KNOWN: ReadonlySet<string> = new Set(['ok', 'no_text']);
/** A scaled picture whose sides no longer relate as its own do was cropped or squeezed. */
const MAX_SKEW = 0.02;

/** Places of a picture in its own pixels: whole lines, for a line is the least a reader of pictures vouches for. Null when it was not read. */
export function placesOfPicture(reading: ReadPicture, find: FindPersonal): CoveredPlace[] | null {
  if (!KNOWN.has(reading.outcome)) return null;
  let text = '';
  const lines = reading.lines.map((line, i) => {
    text += i === 0 ? '' : line.before;
    const start = text.length;
    text += line.text;
    return { start, end: text.length, box: line.box };
  });
  const spans = find(text);
  const words = lines.flatMap(({ start, end, box }) => {
    const hit = spans.find((span) => span.start < end && span.end > start);
    return hit ? [{ kind: hit.kind, corners: box }] : [];
  });
  return [...words, ...reading.codes.map(({ box }) => ({ kind: 'code', corners: box }))];
}

/** The boxes of one span of words, a box a line; all of the words when no character of it was measured. */
function boxesOf({ at, area }: PageLayout['words'][number], start: number, end: number): Area[] {
  const lines: [number, number, number, number][] = [];
  for (let i = 0; i + 4 < at.length; i += 5) {
    const [offset = 0, x = 0, y = 0, w = 0, h = 0] = at.slice(i, i + 5);
    if (offset < start || offset >= end) continue;
    const line = lines.find((l) => Math.abs(l[1] - y) < h / 2);
    if (!line) lines.push([x, y, w, h]);
    else {
      const [right, bottom] = [Math.max(line[0] + line[2], x + w), Math.max(line[1] + line[3], y + h)];
      [line[0], line[1]] = [Math.min(line[0], x), Math.min(line[1], y)];
      [line[2], line[3]] = [right - line[0], bottom - line[1]];
    }
  }
  return lines.length > 0 ? lines : [area];
}

function placesInPage(picture: PageLayout['pictures'][number], reading: ReadPicture | null, find: FindPersonal): CoveredPlace[] {
  const whole = (kind: string): CoveredPlace[] => [{ kind, corners: cornersOf(picture.area) }];
  const places = reading && placesOfPicture(reading, find);
  if (!reading || !places) return whole('unread');
  const [first] = places;
  if (!first) return [];
  const [x, y, w, h] = picture.area;
  const { width, height } = reading;
  if (picture.width === null || !width || !height || Math.abs((w / h) * (height / width) - 1) > MAX_SKEW) return whole(first.kind);
  return places.map(({ kind, corners }) => ({ kind, corners: corners.map((c, i) => (i % 2 === 0 ? x + (c * w) / width : y + (c * h) / height)) }));
}

/**
 * Places of a page shot.
 * @param readingOf what is known of the picture at an address; null when it was never read
 * @returns null when the page was not measured to its end, so that nobody can say what else stands on it
 */
export async function placesOfShot(
  layout: PageLayout,
  find: FindPersonal,
  readingOf: (url: string) => Promise<ReadPicture | null>,
): Promise<CoveredPlace[] | null> {
  if (!layout.whole) return null;
  const places = layout.words.flatMap((words) =>
    find(words.text).flatMap(({ kind, start, end }) => boxesOf(words, start, end).map((box) => ({ kind, corners: cornersOf(box) }))),
  );
  for (const area of layout.opaque) places.push({ kind: 'opaque', corners: cornersOf(area) });
  for (const picture of layout.pictures) places.push(...placesInPage(picture, await readingOf(picture.url), find));
  return places;
}

/** How many places of each kind. */
export function countPlaces(places: readonly CoveredPlace[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of places) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

const PAINT_MS = 20_000;
const MAX_PIXELS = 80_000_000;
/** Runs in an empty page. Cut of its own pixels, an answer is a PNG; a picture that cannot be decoded, or is too large, is null. */
const PAINT = `async ({ data, places, most, width, height }) => {
  const image = new Image();
  image.src = data;
  try { await image.decode(); } catch { return null; }
  const [w, h] = [image.naturalWidth, image.naturalHeight];
  if (w * h > most || (width !== null && (w !== width || h !== height))) return null;
  const canvas = document.createElement('canvas');
  canvas.width = w;
  canvas.height = h;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  pen.fillStyle = pen.strokeStyle = '#1f2329';
  pen.lineJoin = 'miter';
  for (const corners of places) {
    const side = Math.hypot(corners[6] - corners[0], corners[7] - corners[1]);
    pen.lineWidth = Math.max(2, side / 6);
    pen.beginPath();
    for (let i = 0; i < 8; i += 2) pen.lineTo(corners[i], corners[i + 1]);
    pen.closePath();
    pen.fill();
    pen.stroke();
  }
  return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}`;

/**
 * The picture with these places painted over, as PNG; the given bytes are left as they are.
 * @param size what the picture was measured or read as: one of other pixels is not painted
 * @throws INPUT_INVALID when it cannot be painted, INTERRUPTED when that takes too long
 */
export async function paintOver(
  browser: Browser,
  picture: { readonly bytes: Buffer; readonly mediaType: string; readonly size: { readonly width: number; readonly height: number } | null },
  places: readonly CoveredPlace[],
): Promise<Buffer> {
  const context = await browser.newContext({ offline: true, serviceWorkers: 'block', acceptDownloads: false });
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PinchaError('INTERRUPTED', { reason: `遮盖图片超过 ${PAINT_MS} 毫秒` })), PAINT_MS);
  });
  const work = async (): Promise<unknown> => {
    const page = await context.newPage();
    const { width = null, height = null } = picture.size ?? {};
    const given = { data: `data:${picture.mediaType};base64,${picture.bytes.toString('base64')}`, places: places.map((p) => p.corners), most: MAX_PIXELS };
    return page.evaluate(`(${PAINT})(${JSON.stringify({ ...given, width, height })})`);
  };
  try {
    const painting = work();
    painting.catch(() => undefined);
    const painted = await Promise.race([painting, overdue]);
    if (typeof painted !== 'string') throw new PinchaError('INPUT_INVALID', { field: 'picture', reason: '图片不能识读或尺寸不符，不制作遮盖副本' });
    return Buffer.from(painted, 'base64');
  } finally {
    clearTimeout(timer);
    await context.close().catch(() => undefined);
  }
}
