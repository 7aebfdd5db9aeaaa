/**
 * `pincha screen`: streams JSON lines through worker threads and writes one result line a post, in the order of the input.
 * Memory stays flat: a bounded number of batches is under way, and reading waits for writing. Nothing is stored.
 */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { CompiledLaw } from '../classifiers/rules/compile.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { MAX_TEXT } from '../core/model/post.ts';
import type { PostLevel } from '../core/model/taxonomy.ts';
import { loadRules } from './law.ts';
import type { BatchResult, WorkerFailure } from './screen-worker.ts';

export interface ScreenFileOptions {
  /** A path, or a stream of JSON lines (`process.stdin`). */
  readonly input: string | Readable;
  readonly output: Writable;
  /** Path or stream for lines that could not be read, each with its number and reason; stderr without it. */
  readonly rejects?: string | Writable;
  /** Threads; all cores without it. */
  readonly workers?: number;
  /** Where progress goes: one moving line on a terminal, a plain line every few seconds elsewhere; none without it. */
  readonly progress?: (Writable & { isTTY?: boolean }) | null;
  readonly lawDir?: string;
}
export interface ScreenFileSummary {
  readonly lines: number;
  readonly posts: number;
  readonly rejected: number;
  /** Posts of which some field was read only up to MAX_TEXT. */
  readonly cut: number;
  readonly seconds: number;
  readonly levels: Record<PostLevel, number>;
}

const BATCH_BYTES = 256 * 1024;
/** A line longer than this is not a post: refused without being kept in memory. */
const MAX_LINE = 32 * 1024 * 1024;
const NEWLINE = 10;

/** Cuts a byte stream into batches that end at line ends. A line beyond MAX_LINE becomes an unreadable stub, so that it is counted and refused. */
async function* batches(input: Readable): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = [];
  let size = 0;
  let dropping = false;
  for await (const piece of input) {
    let chunk: Buffer = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
    if (dropping) {
      const end = chunk.indexOf(NEWLINE);
      if (end < 0) continue;
      chunk = chunk.subarray(end + 1);
      dropping = false;
    }
    parts.push(chunk);
    size += chunk.length;
    if (size < BATCH_BYTES) continue;
    const all = Buffer.concat(parts);
    const end = all.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield new Uint8Array(all.subarray(0, end));
    parts = [all.subarray(end)];
    size = all.length - end;
    if (size > MAX_LINE) {
      yield new Uint8Array(Buffer.from(`"line longer than ${MAX_LINE} bytes"\n`));
      parts = [];
      size = 0;
      dropping = true;
    }
  }
  if (size > 0) yield new Uint8Array(Buffer.concat(parts));
}

/** Hands batches to threads and takes results back; `run` waits for a free thread. */
class Pool {
  private readonly idle: Worker[] = [];
  private readonly all: Worker[] = [];
  private readonly waiting: { resolve: (worker: Worker) => void; reject: (e: unknown) => void }[] = [];
  private readonly open = new Map<Worker, { resolve: (r: BatchResult) => void; reject: (e: unknown) => void }>();
  private seq = 0;

  constructor(size: number, compiled: CompiledLaw) {
    for (let i = 0; i < size; i += 1) {
      const worker = new Worker(new URL('./screen-worker.mjs', import.meta.url), { execArgv: [], workerData: { compiled } });
      worker.on('message', (said: BatchResult | WorkerFailure) => {
        if ('failure' in said) this.failed(new PinchaError(said.failure.code, said.failure.details));
        else this.done(worker, said);
      });
      worker.on('error', (error) => this.failed(error));
      this.all.push(worker);
      this.idle.push(worker);
    }
  }

  private failure: unknown;
  private done(worker: Worker, result: BatchResult): void {
    this.open.get(worker)?.resolve(result);
    this.open.delete(worker);
    const next = this.waiting.shift();
    if (next) next.resolve(worker);
    else this.idle.push(worker);
  }
  private failed(error: unknown): void {
    this.failure = error instanceof PinchaError ? error : new PinchaError('INTERNAL', { reason: reasonOf(error) }, error);
    for (const { reject } of [...this.open.values(), ...this.waiting.splice(0)]) reject(this.failure);
    this.open.clear();
  }

  /** Resolves to a running batch as soon as a thread has taken it. */
  async start(bytes: Uint8Array): Promise<{ result: Promise<BatchResult> }> {
    if (this.failure) throw this.failure;
    const worker = this.idle.pop() ?? (await new Promise<Worker>((resolve, reject) => this.waiting.push({ resolve, reject })));
    const result = new Promise<BatchResult>((resolve, reject) => this.open.set(worker, { resolve, reject }));
    worker.postMessage({ seq: this.seq++, bytes }, [bytes.buffer as ArrayBuffer]);
    return { result };
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.terminate()));
  }
}

const write = async (stream: Writable, data: Uint8Array | string): Promise<void> => {
  if (data.length > 0 && !stream.write(data)) await once(stream, 'drain');
};

interface Tally {
  lines: number;
  posts: number;
  rejected: number;
  cut: number;
  readonly levels: Record<PostLevel, number>;
}

function reporter(progress: ScreenFileOptions['progress'], tally: Tally, began: number): { tick: () => void; end: () => void } {
  if (!progress) return { tick: () => undefined, end: () => undefined };
  let last = 0;
  const every = progress.isTTY ? 200 : 5_000;
  const show = (): void => {
    const seconds = (Date.now() - began) / 1000;
    const rate = Math.round(tally.posts / Math.max(seconds, 0.001));
    const { statutory, lead } = tally.levels;
    const words = `已筛查 ${tally.posts} 条，每秒 ${rate} 条，疑似违反法定要求 ${statutory}，线索 ${lead}，不可读 ${tally.rejected}${tally.cut > 0 ? `，过长只读前 ${MAX_TEXT} 字 ${tally.cut}` : ''}`;
    progress.write(progress.isTTY ? `\r${words}\u001b[K` : `${words}\n`);
  };
  const tick = (): void => {
    if (Date.now() - last < every) return;
    last = Date.now();
    show();
  };
  const end = (): void => {
    show();
    if (progress.isTTY) progress.write('\n');
  };
  return { tick, end };
}

/** Opens a file for reading so that a missing one is reported as such before threads start. */
async function opened(input: string | Readable): Promise<Readable> {
  if (typeof input !== 'string') return input;
  const stream = createReadStream(input, { highWaterMark: BATCH_BYTES });
  try {
    await once(stream, 'open');
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file: input, reason: reasonOf(error) }, error);
  }
  return stream;
}

/**
 * Screens a stream of posts.
 * @returns counts; unreadable lines are counted and written to `rejects`, they never stop the run
 * @throws FILE_UNREADABLE, RULES_INVALID, INTERNAL
 */
export async function screenFile(options: ScreenFileOptions): Promise<ScreenFileSummary> {
  const input = await opened(options.input);
  const rejects = typeof options.rejects === 'string' ? createWriteStream(options.rejects) : (options.rejects ?? process.stderr);
  const size = Math.max(1, Math.min(64, options.workers ?? availableParallelism()));
  const pool = new Pool(size, loadRules(options.lawDir).compiled);
  const tally: Tally = { lines: 0, posts: 0, rejected: 0, cut: 0, levels: { none: 0, format: 0, advisory: 0, lead: 0, statutory: 0 } };
  const began = Date.now();
  const report = reporter(options.progress, tally, began);
  const settle = async (result: BatchResult): Promise<void> => {
    await write(options.output, result.bytes);
    for (const { line, reason, raw } of result.rejects) await write(rejects, `${JSON.stringify({ line: tally.lines + line + 1, reason, raw })}\n`);
    tally.lines += result.lines;
    tally.posts += result.posts;
    tally.rejected += result.rejects.length;
    tally.cut += result.cut;
    for (const level of Object.keys(tally.levels) as PostLevel[]) tally.levels[level] += result.levels[level];
    report.tick();
  };
  const queue: Promise<BatchResult>[] = [];
  try {
    for await (const bytes of batches(input)) {
      const { result } = await pool.start(bytes);
      result.catch(() => undefined);
      queue.push(result);
      // Order is kept by settling from the front; waiting there is the back-pressure.
      while (queue.length > size * 2) await settle(await (queue.shift() as Promise<BatchResult>));
    }
    for (const result of queue) await settle(await result);
  } finally {
    await pool.close();
    if (typeof options.rejects === 'string') await new Promise((resolve) => rejects.end(() => resolve(undefined)));
  }
  report.end();
  return { ...tally, seconds: (Date.now() - began) / 1000 };
}
