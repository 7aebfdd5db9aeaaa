/** Pictures before any network: headers of hostile files, bounds, looks, boxes of words, codes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { boxesIn } from '../../../classifiers/image/boxes.ts';
import { codeKindOf, readCodes } from '../../../classifiers/image/codes.ts';
import { readPictureHeader } from '../../../classifiers/image/header.ts';
import { decodePicture, lookDistance, lookOf, type Pixels } from '../../../classifiers/image/pixels.ts';
import { wordsOfPicture } from '../../../core/model/picture.ts';
import { PICTURE_BREAK, pictureAt } from '../../../core/model/post.ts';
import { posterPng } from '../../../sandbox/faces/poster.ts';

const poster = (id: string, text: string): Buffer => posterPng({ id, title: '招聘操作工', text });
const POSTER = poster('a', '工作地点在城北的厂房，长白班，提供食堂和宿舍，每月十五日发放工资，欢迎到厂区面谈。');

async function pixelsOf(bytes: Buffer): Promise<Pixels> {
  const decoded = await decodePicture(bytes);
  if ('outcome' in decoded) throw new Error(decoded.outcome);
  return decoded.pixels;
}

/** A PNG that says it is so large and holds next to nothing. */
function bomb(width: number, height: number): Buffer {
  const bytes = Buffer.from(POSTER.subarray(0, 200));
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

describe('header', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('reads the size of %s from its first bytes', async (format) => {
    const bytes = await sharp({ create: { width: 123, height: 45, channels: 3, background: '#fff' } })
      .toFormat(format)
      .toBuffer();
    expect(readPictureHeader(bytes)).toEqual({ format, width: 123, height: 45 });
    expect(readPictureHeader(bytes.subarray(0, 9))).toBe(format === 'webp' ? 'unsupported' : 'unreadable');
  });

  it('knows what it does not decode', () => {
    expect(readPictureHeader(Buffer.alloc(0))).toBe('unreadable');
    expect(readPictureHeader(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe('unsupported');
    expect(readPictureHeader(Buffer.from('<html>404</html>'))).toBe('unsupported');
    expect(readPictureHeader(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), Buffer.alloc(5_000)]))).toBe('unreadable');
  });

  it('takes any bytes after any beginning', () => {
    for (const begin of ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', 'RIFF0000WEBPVP8 ', 'GIF89a']) {
      for (let n = 0; n < 40; n += 1) expect(() => readPictureHeader(Buffer.concat([Buffer.from(begin, 'latin1'), Buffer.alloc(n, n * 37)]))).not.toThrow();
    }
  });
});

describe('decoding', () => {
  it('refuses a bomb by its header, without unfolding it', async () => {
    expect(await decodePicture(bomb(60_000, 60_000))).toMatchObject({ outcome: 'too_large', reason: '60000×60000' });
    expect(await decodePicture(bomb(4_000_000_000, 1))).toMatchObject({ outcome: 'too_large' });
  });

  it('says of cut, scrambled and empty files that they cannot be read', async () => {
    expect(await decodePicture(POSTER.subarray(0, Math.floor(POSTER.length / 2)))).toMatchObject({ outcome: 'unreadable' });
    expect(await decodePicture(bomb(720, 400))).toMatchObject({ outcome: 'unreadable' });
    expect(await decodePicture(Buffer.alloc(0))).toMatchObject({ outcome: 'unreadable', reason: 'empty' });
    expect(await decodePicture(Buffer.from('no picture at all'))).toMatchObject({ outcome: 'unsupported' });
  });

  it('makes a large picture smaller and says how much', async () => {
    const large = await sharp({ create: { width: 6_000, height: 5_000, channels: 3, background: '#fff' } })
      .jpeg()
      .toBuffer();
    const decoded = await decodePicture(large);
    expect(decoded).toMatchObject({ width: 6_000, height: 5_000 });
    if ('outcome' in decoded) throw new Error(decoded.outcome);
    expect(decoded.pixels.width * decoded.pixels.height).toBeLessThan(8_010_000);
    expect(decoded.shrunk).toBeCloseTo(6_000 / decoded.pixels.width, 1);
  });

  it('reads grey and see-through pictures as colour on white', async () => {
    const clear = await sharp({ create: { width: 40, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer();
    expect([...(await pixelsOf(clear)).data.subarray(0, 3)]).toEqual([255, 255, 255]);
    const grey = await sharp(POSTER).greyscale().toColourspace('b-w').png().toBuffer();
    const { data, width, height } = await pixelsOf(grey);
    expect(data).toHaveLength(width * height * 3);
  });
});

describe('look', () => {
  it('survives resizing and recompression, and tells posters apart', async () => {
    const look = await lookOf(await pixelsOf(POSTER));
    const copy = await sharp(POSTER).resize({ width: 400 }).jpeg({ quality: 40 }).toBuffer();
    const other = poster('b', '诚聘月嫂。\n要求有经验。\n电话联系。\n欢迎前来了解。\n本店在城南。\n长期有效。\n请先预约再来，谢谢配合。');
    const [near, far] = [await lookOf(await pixelsOf(copy)), await lookOf(await pixelsOf(other))];
    expect(look).toMatch(/^[0-9a-f]{16}$/);
    expect(lookDistance(look ?? '', near ?? '')).toBeLessThanOrEqual(6);
    expect(lookDistance(look ?? '', far ?? '')).toBeGreaterThan(10);
  });

  it('has none for a strip of one colour', async () => {
    const strip = await sharp({ create: { width: 200, height: 50, channels: 3, background: '#2f6fc7' } })
      .png()
      .toBuffer();
    expect(await lookOf(await pixelsOf(strip))).toBeNull();
  });
});

describe('boxes', () => {
  it('finds level and slanted patches, grown a little, and leaves specks out', () => {
    const [width, height] = [200, 100];
    const data = new Uint8Array(width * height);
    for (let y = 10; y < 20; y += 1) data.fill(255, y * width + 20, y * width + 120);
    for (let x = 0; x < 80; x += 1) for (let t = 0; t < 10; t += 1) data[(50 + Math.round(x * 0.2) + t) * width + 100 + x] = 255;
    data[95 * width + 5] = 255;
    const [level, slanted, ...rest] = boxesIn({ data, width, height });
    expect(rest).toEqual([]);
    expect(level?.angle).toBeCloseTo(0, 2);
    expect(level?.width).toBeGreaterThan(100);
    expect(level?.height).toBeGreaterThan(14);
    expect((slanted?.angle ?? 0) / Math.atan(0.2)).toBeCloseTo(1, 0);
  });
});

describe('codes', () => {
  beforeAll(async () => {
    const file = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
    const wasm = readFileSync(file);
    const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer;
    await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  });
  const code = async (payload: string, size: number): Promise<Buffer> => {
    const { image } = await writeBarcode(payload, { format: 'QRCode', scale: 6 });
    return sharp(Buffer.from(await (image as Blob).arrayBuffer()))
      .resize({ width: size, kernel: 'nearest' })
      .png()
      .toBuffer();
  };
  const GROUP = 'https://weixin.qq.com/g/AwYAAExample2026';
  const PERSON = 'https://u.wechat.com/kExampleCard';

  it('reads several at once, turned and on a poster of poor quality', async () => {
    const turned = await sharp(await code(PERSON, 200))
      .rotate(17, { background: '#fff' })
      .png()
      .toBuffer();
    const sheet = await sharp({ create: { width: 720, height: 500, channels: 3, background: '#fffaf0' } })
      .composite([
        { input: await code(GROUP, 180), left: 60, top: 60 },
        { input: turned, left: 380, top: 120 },
      ])
      .jpeg({ quality: 50 })
      .toBuffer();
    const codes = await readCodes(await pixelsOf(sheet), 2);
    expect(codes.map((c) => [c.kind, c.payload]).sort()).toEqual([
      ['wechat-group', GROUP],
      ['wechat-person', PERSON],
    ]);
    const group = codes.find((c) => c.kind === 'wechat-group');
    expect(group?.box[0]).toBeGreaterThan(120);
    expect(group?.box[0]).toBeLessThan(200);
  });

  it('reads a light code on a dark ground', async () => {
    const dark = await sharp(await code(GROUP, 240))
      .extend({ top: 20, bottom: 20, left: 20, right: 20, background: '#fff' })
      .negate({ alpha: false })
      .png()
      .toBuffer();
    expect((await readCodes(await pixelsOf(dark))).map((c) => c.payload)).toEqual([GROUP]);
  });

  it('finds none on a poster without one', async () => {
    expect(await readCodes(await pixelsOf(POSTER))).toEqual([]);
  });

  it.each([
    ['https://weixin.qq.com/r/abc', 'wechat-account'],
    ['https://work.weixin.qq.com/gm/x', 'wechat-work'],
    ['https://qm.qq.com/q/abc', 'qq-group'],
    ['wxp://f2f0abc', 'pay'],
    ['https://example.test/job', 'link'],
    ['招聘热线 13800001111', 'text'],
  ])('%s leads to %s', (payload, kind) => {
    expect(codeKindOf(payload)).toBe(kind);
  });
});

describe('words of pictures', () => {
  it('puts codes after words, and offsets lead back to their picture', () => {
    const box = [0, 0, 1, 0, 1, 1, 0, 1];
    const words = wordsOfPicture({
      lines: [
        { text: '只招', before: '\n', confidence: 1, box },
        { text: '女性', before: '', confidence: 1, box },
        { text: '包吃住', before: '\n', confidence: 1, box },
      ],
      codes: [{ payload: 'https://weixin.qq.com/g/x', kind: 'wechat-group', box }],
    });
    expect(words).toBe('只招女性\n包吃住\n【二维码·微信群】https://weixin.qq.com/g/x');
    const text = ['甲', words].join(PICTURE_BREAK);
    expect([pictureAt(text, 0), pictureAt(text, text.indexOf('女性'))]).toEqual([0, 1]);
  });
});
