/**
 * One screening thread: gets a batch of JSON lines as bytes, gives back result lines as bytes and what it could not read.
 * A bad line never stops a batch: it is given back with its place and reason.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type CompiledLaw, openLaw } from '../classifiers/rules/compile.ts';
import type { Screener } from '../classifiers/screen.ts';
import { loadConfig } from '../core/config.ts';
import { type ErrorCode, type ErrorDetails, PinchaError, reasonOf } from '../core/errors.ts';
import type { ScreenResult } from '../core/model/finding.ts';
import { postInputSchema } from '../core/model/post.ts';
import { isPlainPost } from '../core/model/post-shape.ts';
import { buildScreening } from './screener.ts';

export interface Batch {
  readonly seq: number;
  readonly bytes: Uint8Array;
}
export interface Reject {
  /** Line within the batch, from 0; made absolute by whoever keeps the order. */
  readonly line: number;
  readonly reason: string;
  readonly raw: string;
}
export interface BatchResult {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly lines: number;
  readonly posts: number;
  /** Posts with a field too long to be read to its end. */
  readonly cut: number;
  readonly levels: Readonly<Record<ScreenResult['level'], number>>;
  readonly rejects: readonly Reject[];
}

const RAW_KEPT = 500;

/** Screens the lines of a batch. */
export function screenBatch(screener: Screener, { seq, bytes }: Batch): BatchResult {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const levels = { none: 0, format: 0, advisory: 0, lead: 0, statutory: 0 };
  const rejects: Reject[] = [];
  let out = '';
  let posts = 0;
  let cut = 0;
  lines.forEach((line, i) => {
    const text = i === 0 && line.startsWith('\ufeff') ? line.slice(1) : line;
    if (text.trim() === '') return;
    try {
      const result = screenLine(screener, text);
      out += `${JSON.stringify(result)}\n`;
      levels[result.level] += 1;
      posts += 1;
      if (result.cut) cut += 1;
    } catch (error) {
      rejects.push({ line: i, reason: reasonOf(error), raw: text.slice(0, RAW_KEPT) });
    }
  });
  return { seq, bytes: Buffer.from(out, 'utf8'), lines: lines.length, posts, cut, levels, rejects };
}

function screenLine(screener: Screener, line: string): ScreenResult {
  const given: unknown = JSON.parse(line);
  if (isPlainPost(given)) return screener.screen(given);
  const parsed = postInputSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new PinchaError('INPUT_INVALID', { field: issue?.path.join('.') || 'post', reason: issue?.message ?? '' });
  }
  return screener.screen(parsed.data);
}

/** Told instead of thrown: an error that crosses a thread keeps neither its class nor its code. */
export interface WorkerFailure {
  readonly failure: { readonly code: ErrorCode; readonly details: ErrorDetails };
}

function serve(port: MessagePort, compiled: CompiledLaw): void {
  let screener: Screener;
  try {
    ({ screener } = buildScreening({ rules: openLaw(compiled), dataDir: loadConfig(process.env).dataDir }));
  } catch (error) {
    const { code, details } = error instanceof PinchaError ? error : new PinchaError('INTERNAL', { reason: reasonOf(error) });
    port.postMessage({ failure: { code, details } } satisfies WorkerFailure);
    return;
  }
  port.on('message', (batch: Batch) => {
    const result = screenBatch(screener, batch);
    // A small one lies in a shared pool and cannot be handed over: copied into a buffer of its own.
    const { bytes } = result;
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
    port.postMessage({ ...result, bytes: own }, [own.buffer as ArrayBuffer]);
  });
}

if (parentPort) serve(parentPort, (workerData as { compiled: CompiledLaw }).compiled);
