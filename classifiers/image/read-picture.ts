/**
 * Reads one picture: decode within bounds, codes, look, where words stand, which way they are turned, what they say.
 * Whatever the bytes are, the answer is a reading with one outcome of a closed set. Runs in a process of its own
 * (`bin/picture-worker.ts`), because it takes seconds and half a gigabyte.
 */
import { type PictureLine, type PictureReading, unread } from '../../core/model/picture.ts';
import { arrangeLines, type PlacedLine } from './arrange.ts';
import { type Box, boxesIn } from './boxes.ts';
import { readCodes } from './codes.ts';
import type { OcrEngine, ReadLine } from './engine.ts';
import { ENGINE } from './header.ts';
import { decodePicture, lookOf, type Pixels, resizePixels, spreadContrast, turnPixels } from './pixels.ts';
import { cutStrip, type Quarter } from './strip.ts';

/** Words are looked for in a picture whose shorter side has about so many pixels. */
const MOST_SHORT = 960;
const LEAST_SHORT = 640;
const MOST_ENLARGED = 3;
/** About ten tiles: a longer picture is looked at smaller. */
const MOST_CELLS = 9_000_000;
/** Smaller pictures hold no words: spacers, icons, strips of colour. */
const LEAST_SIDE = 20;
const LEAST_AREA = 3_000;
const MAX_LINES = 400;
const SURE = 0.5;
/** Lines that decide which way a picture is turned. */
const TRIED = 6;
/** Below this the other ways are tried as well. */
const CONFIDENT = 0.88;
/** So few characters make a second look with more contrast worth its time. */
const FEW = 12;

const short = ({ width, height }: Pixels): number => Math.min(width, height);

/** The size words are looked for in. */
function lookedAt(pixels: Pixels): { width: number; height: number } {
  const side = short(pixels);
  const wished = side > MOST_SHORT ? MOST_SHORT / side : side < LEAST_SHORT ? Math.min(MOST_ENLARGED, LEAST_SHORT / side) : 1;
  const scale = Math.min(wished, Math.sqrt(MOST_CELLS / (pixels.width * pixels.height)));
  return { width: Math.max(1, Math.round(pixels.width * scale)), height: Math.max(1, Math.round(pixels.height * scale)) };
}

/** Boxes of words in pixels of the picture given, largest first. */
async function findBoxes(engine: OcrEngine, pixels: Pixels): Promise<Box[]> {
  const size = lookedAt(pixels);
  const map = await engine.locate(pixels, size);
  const back = pixels.width / size.width;
  const boxes = boxesIn(map).map((b) => ({ ...b, x: b.x * back, y: b.y * back, width: b.width * back, height: b.height * back }));
  return boxes.sort((a, b) => Math.max(b.width, b.height) - Math.max(a.width, a.height)).slice(0, MAX_LINES);
}

const isTall = ({ width, height }: Box): boolean => height > 1.5 * width;

/** Lines of one picture, each read once a way however often it is asked for. */
type Reading = (box: Box, quarter: Quarter) => Promise<ReadLine>;
function readerOf(engine: OcrEngine, pixels: Pixels): Reading {
  const known = new Map<Box, Map<Quarter, Promise<ReadLine>>>();
  return (box, quarter) => {
    const ways = known.get(box) ?? new Map<Quarter, Promise<ReadLine>>();
    known.set(box, ways);
    const line = ways.get(quarter) ?? engine.readStrip(cutStrip(pixels, box, quarter));
    ways.set(quarter, line);
    return line;
  };
}

async function confidenceOf(read: Reading, boxes: readonly Box[], quarter: Quarter): Promise<number> {
  let [sum, weight] = [0, 0];
  for (const box of boxes) {
    const line = await read(box, quarter);
    sum += line.confidence * line.text.length;
    weight += line.text.length;
  }
  return weight === 0 ? 0 : sum / weight;
}

/** Which way the picture is turned: the long lines are read as they lie, and the other ways only when that goes badly. */
async function quarterOf(read: Reading, boxes: readonly Box[]): Promise<Quarter> {
  const standing = boxes.filter(isTall).length > boxes.length / 2;
  const likely = boxes.filter((b) => isTall(b) === standing).slice(0, TRIED);
  let best: { quarter: Quarter; confidence: number } | null = null;
  for (const quarter of (standing ? [1, 3] : [0, 2]) as Quarter[]) {
    const confidence = await confidenceOf(read, likely, quarter);
    if (!best || confidence > best.confidence) best = { quarter, confidence };
    if (best.confidence >= CONFIDENT) break;
  }
  return best?.quarter ?? 0;
}

async function linesOf(read: Reading, boxes: readonly Box[]): Promise<PlacedLine[]> {
  const lines: PlacedLine[] = [];
  for (const box of boxes) {
    // A column among rows: turned words, or signs set from top to bottom.
    const own = isTall(box) && box.height > 2 * box.width ? 3 : 0;
    const line = await read(box, own);
    const text = line.text.replaceAll('\0', '').trim();
    if (text !== '' && line.confidence >= SURE) lines.push({ text, confidence: line.confidence, box });
  }
  return lines;
}

/** Corners in a picture that was turned by so many quarters clockwise, as they stand in the picture before. */
function turnedBack(corners: readonly number[], quarter: Quarter, { width, height }: Pixels): number[] {
  const back = (x: number, y: number): [number, number] =>
    quarter === 1 ? [y, height - x] : quarter === 2 ? [width - x, height - y] : quarter === 3 ? [width - y, x] : [x, y];
  return [0, 2, 4, 6].flatMap((i) => back(Number(corners[i]), Number(corners[i + 1])));
}

interface Words {
  readonly lines: PictureLine[];
  readonly quarter: Quarter;
}
/** Reads as the picture lies; a picture that lies on its side or head is set upright and looked at again. */
async function readWords(engine: OcrEngine, pixels: Pixels, scale: number): Promise<Words> {
  const boxes = await findBoxes(engine, pixels);
  const read = readerOf(engine, pixels);
  const quarter = await quarterOf(read, boxes);
  if (quarter === 0) return { lines: arrangeLines(await linesOf(read, boxes), 0, scale), quarter };
  const upright = await turnPixels(pixels, quarter);
  const lines = arrangeLines(await linesOf(readerOf(engine, upright), await findBoxes(engine, upright)), 0, 1);
  const place = (box: readonly number[]): number[] => turnedBack(box, quarter, pixels).map((v) => Math.round(v * scale));
  return { lines: lines.map((line) => ({ ...line, box: place(line.box) })), quarter };
}

const charsIn = (lines: readonly { text: string }[]): number => lines.reduce((sum, { text }) => sum + text.length, 0);

async function wordsIn(engine: OcrEngine, pixels: Pixels, scale: number): Promise<{ lines: PictureLine[]; turn: PictureReading['turn'] }> {
  let read = await readWords(engine, pixels, scale);
  if (charsIn(read.lines) < FEW) {
    const again = await readWords(engine, await spreadContrast(pixels), scale);
    if (charsIn(again.lines) > charsIn(read.lines)) read = again;
  }
  // A picture turned a quarter clockwise needs three more to be upright.
  return { lines: read.lines, turn: (((4 - read.quarter) % 4) * 90) as PictureReading['turn'] };
}

/** Small codes are read from a larger picture, huge ones from a smaller. */
async function codesIn(pixels: Pixels, scale: number): Promise<PictureReading['codes']> {
  const codes = await readCodes(pixels, scale);
  if (codes.length > 0 || short(pixels) >= 400) return codes;
  const larger = await resizePixels(pixels, { width: pixels.width * 2, height: pixels.height * 2 });
  return readCodes(larger, scale / 2);
}

/**
 * Reads a picture.
 * @param bytes the file as sealed, PNG, JPEG, WebP or GIF (its first frame)
 */
export async function readPicture(engine: OcrEngine, bytes: Buffer): Promise<PictureReading> {
  const began = performance.now();
  const took = (): number => Math.round(performance.now() - began);
  const decoded = await decodePicture(bytes);
  if ('outcome' in decoded) {
    const { outcome, reason, header } = decoded;
    return unread(ENGINE, outcome, reason, { ...(header ?? {}), elapsedMs: took() });
  }
  const { header, pixels, shrunk, width, height } = decoded;
  const seen = { format: header.format, width, height };
  if (short(pixels) < LEAST_SIDE || pixels.width * pixels.height < LEAST_AREA)
    return unread(ENGINE, 'no_text', 'too small for words', { ...seen, elapsedMs: took() });
  const look = await lookOf(pixels);
  const codes = await codesIn(pixels, shrunk);
  const { lines, turn } = await wordsIn(engine, pixels, shrunk);
  const outcome = lines.length > 0 || codes.length > 0 ? 'ok' : 'no_text';
  return { engine: ENGINE, outcome, reason: null, ...seen, turn, lines, codes, look, elapsedMs: took() };
}
