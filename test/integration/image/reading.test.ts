/** Real reading of posters we draw ourselves, in the process that does it: turned, slanted, pale, small; and what hostile bytes come to. */
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { createPictureReader, type PictureReader } from '../../../classifiers/image/picture-reader.ts';
import { wordsOfPicture } from '../../../core/model/picture.ts';
import { posterPng } from '../../../sandbox/faces/poster.ts';

const TITLE = '急招操作工包吃住';
const TEXT =
  '云汀市澄禾电子厂招操作工20名，只招女性，年龄18-35岁，已婚已育优先。\n月薪5000-8000元，包吃住，入职需交押金300元。\n工作时间：长白班，每天八小时，月休四天。\n联系电话：13800138000，微信zhaopin2026';
const POSTER = posterPng({ id: 'reading', title: TITLE, text: TEXT });
const program = fileURLToPath(new URL('../../../bin/picture-worker.mjs', import.meta.url));

const letters = (text: string): string => text.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '');
/** Share of characters read right: one less the edit distance to the truth over its length. */
function accuracy(read: string): number {
  const [a, b] = [letters(`${TITLE}${TEXT}`), letters(read)];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return 1 - row[b.length]! / a.length;
}

const reader: PictureReader = createPictureReader({ program, timeoutMs: 120_000, startMs: 120_000 });
afterAll(() => reader.close());

const CONDITIONS: readonly (readonly [string, (poster: Sharp) => Sharp, number, number])[] = [
  ['clean', (p) => p.png(), 0, 0.99],
  ['turned 90°', (p) => p.rotate(90).png(), 90, 0.97],
  ['turned 180°', (p) => p.rotate(180).png(), 180, 0.97],
  ['turned 270°', (p) => p.rotate(270).png(), 270, 0.97],
  ['slanted 7°, JPEG q60', (p) => p.rotate(7, { background: '#888' }).jpeg({ quality: 60 }), 0, 0.97],
  ['a third of its size, JPEG q70', (p) => p.resize({ width: 240 }).jpeg({ quality: 70 }), 0, 0.9],
  ['pale: 6 % of its contrast', (p) => p.greyscale().linear(0.06, 200).jpeg({ quality: 80 }), 0, 0.93],
];

describe('posters', () => {
  it.each(CONDITIONS)('%s', async (name, make, turn, least) => {
    const reading = await reader.read(await make(sharp(POSTER)).toBuffer());
    const share = accuracy(wordsOfPicture(reading));
    console.info(`${name}: ${(share * 100).toFixed(1)} %, ${reading.elapsedMs} ms`);
    expect(reading).toMatchObject({ outcome: 'ok', turn });
    expect(share).toBeGreaterThanOrEqual(least);
    for (const { box } of reading.lines) for (const v of box) expect(Math.abs(v)).toBeLessThan(1_200);
  });
});

describe('hostile bytes', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'unreadable'],
    ['half a file', POSTER.subarray(0, Math.floor(POSTER.length / 2)), 'unreadable'],
    ['a web page', Buffer.from('<html>'), 'unsupported'],
    ['more than is read', Buffer.alloc(21 * 1024 * 1024), 'too_large'],
  ] as const)('%s is a reading with an outcome, and the next picture is read', async (_, bytes, outcome) => {
    expect(await reader.read(Buffer.from(bytes))).toMatchObject({ outcome, lines: [], codes: [] });
  });

  it('finds no words where there are none', async () => {
    const plain = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#2f6fc7' } })
      .png()
      .toBuffer();
    expect(await reader.read(plain)).toMatchObject({ outcome: 'no_text', look: null });
  });
});

describe('bounds', () => {
  it('kills what takes too long and takes the next picture with a fresh process', async () => {
    const hasty = createPictureReader({ program, timeoutMs: 1, startMs: 0 });
    expect(await hasty.read(POSTER)).toMatchObject({ outcome: 'timeout' });
    expect(await hasty.read(POSTER)).toMatchObject({ outcome: 'timeout' });
    await hasty.close();
  });

  it('kills what takes too much memory', async () => {
    const narrow = createPictureReader({ program, memoryMb: 30, timeoutMs: 120_000, startMs: 120_000 });
    expect(await narrow.read(POSTER)).toMatchObject({ outcome: 'too_large', reason: expect.stringContaining('memory') });
    await narrow.close();
  });

  it('lets only so many wait, and none once closed', async () => {
    const small = createPictureReader({ program, queue: 1, timeoutMs: 1, startMs: 0 });
    const first = small.read(POSTER);
    await expect(small.read(POSTER)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await first;
    await small.close();
    await expect(small.read(POSTER)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
