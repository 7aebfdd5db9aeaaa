/** QR codes as SVG, drawn by the same WebAssembly family that reads them: from our own disk, nothing is fetched. */
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';

let ready: Promise<void> | null = null;
async function prepare(): Promise<void> {
  const wasm = await fs.readFile(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

/** A code without its quiet zone's frame: the modules as one path, and how many a side has, quiet zone included. */
export interface DrawnCode {
  readonly modules: number;
  readonly path: string;
}

/** Draws a payload as a QR code. */
export async function drawCode(payload: string): Promise<DrawnCode> {
  ready ??= prepare();
  await ready;
  const { svg } = await writeBarcode(payload, { format: 'QRCode', scale: 1 });
  return { modules: Number(/<svg width="(\d+)"/.exec(svg)?.[1] ?? 0), path: /<path d="([^"]+)"/.exec(svg)?.[1] ?? '' };
}
