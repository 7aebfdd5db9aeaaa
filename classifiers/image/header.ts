/**
 * Reads format and size of a picture from its first bytes, before anything is decoded: a file of a few kilobytes may
 * unfold to gigabytes, so nothing is handed to a decoder that does not say here how large it will be.
 */

/** Names networks and our own reading of their answers: a change of either reads pictures anew. */
export const ENGINE = 'pp-ocr-v4@1';
/** Longest file that is looked at. */
export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'gif';
export interface PictureHeader {
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

const ascii = (bytes: Buffer, at: number, length: number): string => bytes.toString('latin1', at, at + length);

/** Markers of a frame: SOF0–SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const MAX_SEGMENTS = 2_000;

function jpegSize(bytes: Buffer): { width: number; height: number } | null {
  let at = 2;
  for (let n = 0; n < MAX_SEGMENTS && at + 9 <= bytes.length; n += 1) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isFrame(marker)) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    if (marker === 0xda || marker === 0xd9) return null;
    // Markers without a body: TEM, RST and SOI.
    const bare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += bare ? 2 : 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

function webpSize(bytes: Buffer): { width: number; height: number } | null {
  if (bytes.length < 30) return null;
  const kind = ascii(bytes, 12, 4);
  if (kind === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (kind === 'VP8L' && bytes[20] === 0x2f) {
    const packed = bytes.readUInt32LE(21);
    return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
  }
  if (kind === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  return null;
}

function sizeOf(format: PictureFormat, bytes: Buffer): { width: number; height: number } | null {
  switch (format) {
    case 'png':
      return bytes.length >= 24 && ascii(bytes, 12, 4) === 'IHDR' ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : null;
    case 'gif':
      return bytes.length >= 10 ? { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) } : null;
    case 'jpeg':
      return jpegSize(bytes);
    case 'webp':
      return webpSize(bytes);
  }
}

function formatOf(bytes: Buffer): PictureFormat | null {
  if (bytes.length >= 8 && bytes.readUInt32BE(0) === 0x89504e47 && bytes.readUInt32BE(4) === 0x0d0a1a0a) return 'png';
  if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (bytes.length >= 12 && ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'webp';
  if (bytes.length >= 6 && /^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
  return null;
}

/**
 * @param bytes a picture file
 * @returns `unsupported` when it begins like no format we decode, `unreadable` when its header is cut off or says no size
 */
export function readPictureHeader(bytes: Buffer): PictureHeader | 'unsupported' | 'unreadable' {
  if (bytes.length === 0) return 'unreadable';
  const format = formatOf(bytes);
  if (!format) return 'unsupported';
  const size = sizeOf(format, bytes);
  return size && size.width > 0 && size.height > 0 ? { format, ...size } : 'unreadable';
}
