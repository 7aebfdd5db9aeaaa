/** Page shots in a real Chromium: they show the sealed bytes and nothing else, whatever the page tries. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { personalData } from '../../classifiers/text/personal-data.ts';
import { decodeText } from '../../crawlers/fetch/charset.ts';
import { countPlaces, paintOver, placesOfShot, type ReadPicture } from '../../evidence/mask.ts';
import { shootSealed } from '../../evidence/shot.ts';

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

let dir = '';
let host: BrowserHost;
let server: Server;
let base = '';
/** Every connection the world outside the sealed bytes sees. */
const seen: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pincha-shot-'));
  host = createBrowserHost({ dataDir: dir, log: () => undefined });
  server = createServer((request, response) => response.end(seen.push(request.url ?? '') && 'x'));
  server.on('connection', () => seen.push('connection'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await host.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true, force: true });
});

/** Width and height of a PNG. */
const sizeOf = (png: Buffer): [number, number] => [png.readUInt32BE(16), png.readUInt32BE(20)];

/** Share of pixels that are not white in the page's own reading of a shot. */
async function inkOf(png: Buffer): Promise<string> {
  const context = await (await host.get()).newContext();
  try {
    const page = await context.newPage();
    return await page.evaluate(
      async (data: string) => {
        const image = new Image();
        image.src = data;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.width, image.height];
        const pen = canvas.getContext('2d');
        pen?.drawImage(image, 0, 0);
        return [...(pen?.getImageData(0, 0, image.width, image.height).data ?? [])].join('');
      },
      `data:image/png;base64,${png.toString('base64')}`,
    );
  } finally {
    await context.close();
  }
}

/** Colour of each pixel, row by row. */
async function pixelsOf(png: Buffer): Promise<Uint32Array> {
  const context = await (await host.get()).newContext();
  try {
    const page = await context.newPage();
    const told: string = await page.evaluate(
      async (data: string) => {
        const image = new Image();
        image.src = data;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.width, image.height];
        const pen = canvas.getContext('2d');
        pen?.drawImage(image, 0, 0);
        const bytes = pen?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
        let text = '';
        for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        return btoa(text);
      },
      `data:image/png;base64,${png.toString('base64')}`,
    );
    const bytes = Buffer.from(told, 'base64');
    return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  } finally {
    await context.close();
  }
}

describe('masked copies', () => {
  const PAGE = `<!doctype html><meta charset=utf-8><style>body{margin:10px;font-size:20px}img{width:100px;height:100px;display:block}#bar{position:fixed;bottom:0}</style>
    <p id=a>招聘普工，电话 13<b>8001</b>31234，月薪 6000</p><p id=b>微信 pin_cha88</p><table><tr><td id=c>11010119900307123X</td><td>2026 年</td></tr></table>
    <img id=known src="http://pic.test/known.png"><img id=unread src="http://pic.test/unread.png"><img id=clean src="http://pic.test/clean.png">
    <video id=film width=60 height=60></video><div id=bar>卡号 6222020200112233446</div>`;
  const line = (text: string, box: number[]) => ({ text, before: '' as const, confidence: 0.9, box });
  const READ: Record<string, ReadPicture> = {
    'http://pic.test/known.png': {
      ...{
        outcome: 'ok',
        width: 200,
        height: 200,
        lines: [line('急聘', [0, 0, 90, 0, 90, 20, 0, 20]), line('手机13800131234', [0, 40, 180, 40, 180, 60, 0, 60])],
      },
      codes: [{ payload: 'https://u.example.cn/x', kind: 'wechat-person', box: [100, 100, 180, 100, 180, 180, 100, 180] }],
    },
    'http://pic.test/clean.png': { outcome: 'no_text', width: 200, height: 200, lines: [], codes: [] },
  };

  it('cover what is personal and nothing else, in a picture of their own', async () => {
    const browser = await host.get();
    const white = { width: 200, height: 200, channels: 3 as const, background: '#ffffff' };
    const picture = await sharp({ create: white }).png().toBuffer();
    const shot = await shootSealed(browser, { html: PAGE, url: 'http://a.test/', resources: async () => picture }, { width: 500 });
    const original = Buffer.from(shot.png);
    const places = await placesOfShot(shot.layout!, personalData, async (url) => READ[url] ?? null);
    // The number in pieces is one; what was read of the picture stands where the page shows it, at half its size.
    expect(countPlaces(places!)).toEqual({ phone: 2, wechat: 1, identity: 1, bank_card: 1, code: 1, unread: 1, opaque: 1 });
    const masked = await paintOver(browser, { bytes: shot.png, mediaType: 'image/png', size: null }, places!);
    expect(shot.png.equals(original)).toBe(true);
    const [before, after] = [await pixelsOf(original), await pixelsOf(masked)];
    expect(sizeOf(masked)).toEqual(sizeOf(original));
    const width = 500;
    const ink = after.reduce((seen, colour) => seen.set(colour, (seen.get(colour) ?? 0) + 1), new Map<number, number>());
    const cover = 0xff29231f;
    expect(ink.get(cover)).toBeGreaterThan(2_000);
    // Edges are blended with the colour itself, which rounds by one.
    const covered = (colour: number): boolean => [0, 8, 16, 24].every((shift) => Math.abs(((colour >>> shift) & 255) - ((cover >>> shift) & 255)) < 3);
    const boxes = places!.map(({ corners }) => [Math.min(corners[0]!, corners[6]!), corners[1]!, corners[4]!, corners[5]!] as const);
    const wrong: string[] = [];
    for (let i = 0; i < after.length; i += 1) {
      const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      if (boxes.some(([l, t, r, b]) => x > l && x < r && y > t && y < b)) {
        if (!covered(after[i] ?? 0)) wrong.push(`bare ${x} ${y} ${after[i]!.toString(16)}`);
      } else if (after[i] !== before[i] && !boxes.some(([l, t, r, b]) => x > l - 12 && x < r + 12 && y > t - 12 && y < b + 12)) wrong.push(`changed ${x} ${y}`);
    }
    expect([wrong.length, ...wrong.slice(0, 5)]).toEqual([0]);
    // What was read at another size than the picture has is not painted by guess.
    await expect(paintOver(browser, { bytes: picture, mediaType: 'image/png', size: { width: 10, height: 10 } }, places!)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    expect(await placesOfShot({ ...shot.layout!, whole: false }, personalData, async () => null)).toBeNull();
  });
});

describe('page shots from sealed bytes', () => {
  it('shows hidden bodies and late pictures, runs nothing, and asks the network for nothing', async () => {
    const asked: string[] = [];
    const html = `<html><head><meta charset=gbk><link rel=preconnect href="${base}"><link rel=dns-prefetch href="${base}"><link rel=prefetch href="${base}/pre">
      <link rel=stylesheet href="${base}/x.css"><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>
      <body><h1>招聘启事</h1><div id=js_content style="visibility:hidden;opacity:0">正文已可见<img data-src="http://pic.test/1.png" width=50 height=50><img src="${base}/no.png"></div>
      <iframe src="${base}/frame"></iframe><video src="${base}/v.mp4" autoplay></video>
      <script>document.body.append('脚本写入'); fetch('${base}/f'); new WebSocket('ws://127.0.0.1:1/')</script></body></html>`;
    const shot = await shootSealed(await host.get(), {
      html,
      url: `${base}/page`,
      resources: async (url) => (asked.push(url) > 0 && url === 'http://pic.test/1.png' ? PICTURE : null),
    });
    expect(shot.domText).toContain('招聘启事');
    expect(shot.domText).toContain('正文已可见');
    expect(shot.domText).not.toContain('脚本写入');
    expect(asked).toContain('http://pic.test/1.png');
    expect(asked.every((url) => /pic\.test|x\.css|no\.png/.test(url))).toBe(true);
    expect(sizeOf(shot.png)[0]).toBe(900);
    expect(shot.cut).toBe(false);
    expect(seen).toEqual([]);
  });

  it('draws each Chinese character as itself: without a font all would be the same box', async () => {
    const page = (words: string): string => `<body style="margin:20px;font-size:40px">${words}</body>`;
    const shoot = async (words: string): Promise<string> =>
      inkOf((await shootSealed(await host.get(), { html: page(words), url: 'http://a.test/', resources: async () => null }, { width: 300 })).png);
    const [one, other, again] = [await shoot('聘查'), await shoot('招工'), await shoot('聘查')];
    expect(one).toBe(again);
    expect(one).not.toBe(other);
  });

  it('shows a GBK page in its own characters, wherever it names its charset', async () => {
    const page = (meta: string): string => `<html><head>${meta}</head><body>招聘普工</body></html>`;
    const gbk = Buffer.concat([
      Buffer.from(page('<meta charset="gbk">').split('招聘普工')[0]!),
      Buffer.from('d5d0c6b8c6d5b9a4', 'hex'),
      Buffer.from('</body></html>'),
    ]);
    const untold = Buffer.from(gbk.toString('latin1').replace('<meta charset="gbk">', ''), 'latin1');
    const shoot = async (html: string) => shootSealed(await host.get(), { html, url: 'http://a.test/', resources: async () => null }, { width: 300 });
    const known = await shoot(page(''));
    for (const html of [decodeText(gbk, 'text/html').text, decodeText(untold, 'text/html; charset=GBK').text]) {
      const shot = await shoot(html);
      expect(shot.domText).toBe('招聘普工');
      expect(shot.png.equals(known.png)).toBe(true);
    }
  });

  it('cuts a page that is too high, and says so', async () => {
    const html = '<body style="margin:0"><div style="height:50000px">高</div></body>';
    const shot = await shootSealed(await host.get(), { html, url: 'http://a.test/', resources: async () => null }, { maxHeight: 2_000 });
    expect(shot.cut).toBe(true);
    expect(sizeOf(shot.png)).toEqual([900, 2_000]);
  });

  it.each(['0;url=about:blank', `0;url=http://127.0.0.1:9/away`, '0'])('stays on a page that sends its reader to %s', async (content) => {
    const html = `<head><meta http-equiv=refresh content="${content}"></head><body>留在原处</body>`;
    const shot = await shootSealed(await host.get(), { html, url: 'http://a.test/', resources: async () => null });
    expect(shot.domText).toBe('留在原处');
  });

  it('refuses a page that is too large, another scheme, and one whose pictures never come', async () => {
    const browser = await host.get();
    const none = async (): Promise<null> => null;
    await expect(shootSealed(browser, { html: 'x'.repeat(11), url: 'http://a.test/', resources: none }, { maxHtmlChars: 10 })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    await expect(shootSealed(browser, { html: 'x', url: 'file:///etc/passwd', resources: none })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const never = (): Promise<null> => new Promise(() => undefined);
    const html = '<link rel=stylesheet href="http://a.test/never.css"><p>等不到样式</p>';
    await expect(shootSealed(browser, { html, url: 'http://a.test/', resources: never }, { timeoutMs: 3_000 })).rejects.toMatchObject({ retry: true });
  });
});
