/**
 * Decodes a picture into plain pixels, bounded: the header is read first, a picture too large is refused, one that is
 * merely big is made smaller while it is decoded. Also its look, a 64-bit hash that survives resizing and recompression.
 */
import sharp from 'sharp';
import { reasonOf } from '../../core/errors.ts';
import type { ReadingOutcome } from '../../core/model/picture.ts';
import { MAX_PICTURE_BYTES, type PictureHeader, readPictureHeader } from './header.ts';

/** Interleaved red, green, blue, one byte each. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}
export interface Decoded {
  readonly header: PictureHeader;
  readonly pixels: Pixels;
  /** Pixels of the published picture to one of `pixels`, at least 1. */
  readonly shrunk: number;
  /** Size as people see it, turned as its camera noted. */
  readonly width: number;
  readonly height: number;
}
export interface Undecoded {
  readonly outcome: ReadingOutcome;
  readonly reason: string;
  readonly header: PictureHeader | null;
}

const MAX_PIXELS = 50_000_000;
const MAX_SIDE = 32_000;
/** More is not looked at: a larger picture is made smaller. */
const KEPT_PIXELS = 8_000_000;

// One picture at a time, and nothing kept between two strangers' files.
sharp.cache(false);
sharp.concurrency(1);

/** @returns pixels, or why there are none; never throws for what the bytes are */
export async function decodePicture(bytes: Buffer): Promise<Decoded | Undecoded> {
  if (bytes.length > MAX_PICTURE_BYTES) return { outcome: 'too_large', reason: `${bytes.length} bytes`, header: null };
  const header = readPictureHeader(bytes);
  if (header === 'unsupported') return { outcome: 'unsupported', reason: 'not PNG, JPEG, WebP or GIF', header: null };
  if (header === 'unreadable') return { outcome: 'unreadable', reason: bytes.length === 0 ? 'empty' : 'header', header: null };
  if (header.width * header.height > MAX_PIXELS || Math.max(header.width, header.height) > MAX_SIDE) {
    return { outcome: 'too_large', reason: `${header.width}×${header.height}`, header };
  }
  try {
    const source = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true, pages: 1 });
    const { width, height } = (await source.metadata()).autoOrient;
    const shrunk = Math.max(1, Math.sqrt((width * height) / KEPT_PIXELS));
    const { data, info } = await source
      .autoOrient()
      .resize({ width: Math.max(1, Math.round(width / shrunk)), height: Math.max(1, Math.round(height / shrunk)), fit: 'fill' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const rgb = info.channels === 3 ? data : Uint8Array.from({ length: info.width * info.height * 3 }, (_, i) => data[Math.floor(i / 3) * info.channels] ?? 0);
    return { header, pixels: { data: rgb, width: info.width, height: info.height }, shrunk, width, height };
  } catch (error) {
    return { outcome: 'unreadable', reason: reasonOf(error).slice(0, 200), header };
  }
}

/** The picture in another size. */
export async function resizePixels({ data, width, height }: Pixels, to: { width: number; height: number }): Promise<Pixels> {
  if (to.width === width && to.height === height) return { data, width, height };
  const out = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ ...to, fit: 'fill', kernel: to.width > width ? 'cubic' : 'lanczos3' })
    .raw()
    .toBuffer();
  return { data: out, ...to };
}

/** The picture turned by so many quarters clockwise. */
export async function turnPixels({ data, width, height }: Pixels, quarters: number): Promise<Pixels> {
  const out = await sharp(data, { raw: { width, height, channels: 3 } })
    .rotate(quarters * 90)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: out.data, width: out.info.width, height: out.info.height };
}

/** The picture with the contrast of each neighbourhood spread out: pale words on pale ground come forward. */
export async function spreadContrast({ data, width, height }: Pixels): Promise<Pixels> {
  const tile = (side: number): number => Math.max(8, Math.min(side, 96));
  const out = await sharp(data, { raw: { width, height, channels: 3 } })
    .greyscale()
    .clahe({ width: tile(width), height: tile(height), maxSlope: 6 })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (out.info.channels === 3) return { data: out.data, width, height };
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) rgb.fill(out.data[i * out.info.channels] ?? 0, i * 3, i * 3 + 3);
  return { data: rgb, width, height };
}

const LOOK_WIDTH = 9;
const LOOK_HEIGHT = 8;
/** Greys that differ less than this over the whole picture are a plain strip of colour, which looks like every other. */
const LEAST_RANGE = 12;

/**
 * Difference hash: the picture as 9 × 8 greys, one bit for every pair of neighbours that says which is lighter.
 * @returns 16 hexadecimal digits, null for a picture of one colour
 */
export async function lookOf({ data, width, height }: Pixels): Promise<string | null> {
  const grey = await sharp(data, { raw: { width, height, channels: 3 } })
    .greyscale()
    .resize({ width: LOOK_WIDTH, height: LOOK_HEIGHT, fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  if (Math.max(...grey) - Math.min(...grey) < LEAST_RANGE) return null;
  let bits = 0n;
  for (let y = 0; y < LOOK_HEIGHT; y += 1) {
    for (let x = 0; x + 1 < LOOK_WIDTH; x += 1) bits = (bits << 1n) | (Number(grey[y * LOOK_WIDTH + x]) < Number(grey[y * LOOK_WIDTH + x + 1]) ? 1n : 0n);
  }
  return bits.toString(16).padStart(16, '0');
}

/** Bits in which two looks differ, 0–64; up to about 6 they are the same picture. */
export function lookDistance(a: string, b: string): number {
  let left = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  let bits = 0;
  for (; left > 0n; left &= left - 1n) bits += 1;
  return bits;
}
