/**
 * QR codes in a picture: several, turned, inverted, small; each with its payload and where it leads as far as the
 * payload tells. The decoder is WebAssembly read from our own disk: nothing is fetched.
 */
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { CodeKind, PictureCode } from '../../core/model/picture.ts';
import type { Pixels } from './pixels.ts';

const MAX_CODES = 20;
const MAX_PAYLOAD = 2_000;

let ready: Promise<void> | null = null;
async function prepare(): Promise<void> {
  const wasm = await fs.readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

/** Hosts and paths by which the networks' own codes are known. */
const LEADS: readonly (readonly [CodeKind, RegExp])[] = [
  ['wechat-person', /^https?:\/\/(?:u\.wechat\.com|weixin\.qq\.com\/[xu])(?:\/|$)/i],
  ['wechat-group', /^https?:\/\/weixin\.qq\.com\/g\//i],
  ['wechat-account', /^https?:\/\/(?:weixin\.qq\.com\/r|mp\.weixin\.qq\.com)\//i],
  ['wechat-work', /^https?:\/\/(?:work\.weixin\.qq\.com|wework\.qpic\.cn)\//i],
  ['wechat-mini', /^https?:\/\/mp\.weixin\.qq\.com\/a\/~|^weixin:\/\/dl\//i],
  ['qq-group', /^https?:\/\/(?:qm\.qq\.com\/(?:q|cgi-bin\/qm\/qr\?.*jump_from=webapi)|jq\.qq\.com|qun\.qq\.com)(?:\/|\?|$)/i],
  ['qq-person', /^https?:\/\/(?:qm\.qq\.com|im\.qq\.com|user\.qzone\.qq\.com)\//i],
  ['pay', /^(?:wxp:\/\/|https?:\/\/(?:qr\.alipay\.com|payapp\.weixin\.qq\.com|wx\.tenpay\.com|qr\.95516\.com)\/)/i],
  ['link', /^https?:\/\//i],
];

/** Where a payload leads, as far as it tells. */
export const codeKindOf = (payload: string): CodeKind => LEADS.find(([, pattern]) => pattern.test(payload))?.[0] ?? 'text';

function asImageData({ data, width, height }: Pixels): ImageData {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    rgba[i * 4] = Number(data[i * 3]);
    rgba[i * 4 + 1] = Number(data[i * 3 + 1]);
    rgba[i * 4 + 2] = Number(data[i * 3 + 2]);
    rgba[i * 4 + 3] = 255;
  }
  return { data: rgba, width, height, colorSpace: 'srgb' } as ImageData;
}

/**
 * Reads the QR codes of a picture.
 * @param scale pixels of the published picture to one of `pixels`
 */
export async function readCodes(pixels: Pixels, scale = 1): Promise<PictureCode[]> {
  ready ??= prepare();
  await ready;
  const found = await readBarcodes(asImageData(pixels), {
    formats: ['QRCode'],
    tryHarder: true,
    tryRotate: true,
    tryInvert: true,
    tryDownscale: true,
    maxNumberOfSymbols: MAX_CODES,
  });
  const codes = new Map<string, PictureCode>();
  for (const { text, position, isValid } of found) {
    const payload = text.replaceAll('\0', '').slice(0, MAX_PAYLOAD);
    if (!isValid || payload.trim() === '') continue;
    const { topLeft, topRight, bottomRight, bottomLeft } = position;
    const box = [topLeft, topRight, bottomRight, bottomLeft].flatMap(({ x, y }) => [Math.round(x * scale), Math.round(y * scale)]);
    if (!codes.has(payload)) codes.set(payload, { payload, kind: codeKindOf(payload), box });
  }
  return [...codes.values()];
}
