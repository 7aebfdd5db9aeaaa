/**
 * Hands pictures to a process of their own, one at a time: bounded queue, time and memory; a process that takes too
 * long or too much is killed and the next picture gets a fresh one. It starts with the first picture, runs at low
 * priority so that a night's walk never waits for it, and goes when there is nothing to read for a while.
 */
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import { PinchaError } from '../../core/errors.ts';
import { type PictureReading, pictureReadingSchema, type ReadingOutcome, unread } from '../../core/model/picture.ts';
import { ENGINE, MAX_PICTURE_BYTES } from './header.ts';

export interface PictureReaderOptions {
  /** The program of the process (`bin/picture-worker.mjs`). */
  readonly program: string;
  /** For one picture, once the networks are loaded; loading adds `startMs`. */
  readonly timeoutMs?: number;
  readonly startMs?: number;
  readonly memoryMb?: number;
  /** Without work for so long the process ends. */
  readonly idleMs?: number;
  /** Pictures that may wait. */
  readonly queue?: number;
}
export interface PictureReader {
  readonly engine: string;
  /**
   * Reads a picture.
   * @throws PinchaError INTERRUPTED when too many wait or once closed; never for what the bytes are
   */
  read(bytes: Buffer): Promise<PictureReading>;
  close(): Promise<void>;
}

const PAGE_BYTES = 4_096;
const WATCH_MS = 500;
const LOW_PRIORITY = 10;

/** Memory a process holds, in MB; null where the system does not tell. */
async function memoryOf(pid: number | undefined): Promise<number | null> {
  const told = pid === undefined ? null : await fs.readFile(`/proc/${pid}/statm`, 'utf8').catch(() => null);
  return told === null ? null : (Number(told.split(' ')[1]) * PAGE_BYTES) / 2 ** 20;
}

class ProcessReader implements PictureReader {
  readonly engine = ENGINE;
  readonly #options: Required<PictureReaderOptions>;
  #child: ChildProcess | null = null;
  #warm = false;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: PictureReaderOptions) {
    this.#options = { timeoutMs: 40_000, startMs: 60_000, memoryMb: 1_600, idleMs: 60_000, queue: 32, ...options };
  }

  async read(bytes: Buffer): Promise<PictureReading> {
    if (this.#closed) throw new PinchaError('INTERRUPTED', { reason: 'shutdown' });
    if (bytes.length > MAX_PICTURE_BYTES) return unread(ENGINE, 'too_large', `${bytes.length} bytes`);
    if (this.#waiting >= this.#options.queue) throw new PinchaError('INTERRUPTED', { reason: '等待识别的图片过多' });
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#readNow(bytes));
    this.#last = turn.catch(() => undefined);
    return turn.finally(() => {
      this.#waiting -= 1;
    });
  }

  #start(): ChildProcess {
    const child = fork(this.#options.program, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    try {
      if (child.pid !== undefined) os.setPriority(child.pid, LOW_PRIORITY);
    } catch {
      // A system that lets nobody lower a priority still reads pictures.
    }
    // A process that cannot be started is told by its exit, below.
    child.on('error', () => this.#drop());
    this.#child = child;
    this.#warm = false;
    return child;
  }

  #drop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #readNow(bytes: Buffer): Promise<PictureReading> {
    if (this.#closed) return Promise.reject(new PinchaError('INTERRUPTED', { reason: 'shutdown' }));
    if (this.#idle) clearTimeout(this.#idle);
    const child = this.#child ?? this.#start();
    const { timeoutMs, startMs, memoryMb, idleMs } = this.#options;
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(clock);
        clearInterval(watch);
        child.off('message', answered);
        child.off('exit', gone);
        this.#idle = setTimeout(() => this.#drop(), idleMs).unref();
      };
      const end = (reading: PictureReading): void => {
        finish();
        // What was cut off by our own end says nothing of the picture.
        if (this.#closed && reading.outcome === 'unreadable') reject(new PinchaError('INTERRUPTED', { reason: 'shutdown' }));
        else resolve(reading);
      };
      const give = (outcome: ReadingOutcome, reason: string): void => {
        this.#drop();
        end(unread(ENGINE, outcome, reason, { elapsedMs: Math.round(performance.now() - began) }));
      };
      const answered = (message: unknown): void => {
        this.#warm = true;
        const parsed = pictureReadingSchema.safeParse(message);
        if (parsed.success) end(parsed.data);
        else give('unreadable', 'no reading');
      };
      const gone = (): void => give('unreadable', 'the reading process ended');
      const limit = timeoutMs + (this.#warm ? 0 : startMs);
      const clock = setTimeout(() => give('timeout', `${limit} ms`), limit);
      const watch = setInterval(() => {
        void memoryOf(child.pid).then((mb) => {
          if (mb !== null && mb > memoryMb && this.#child === child) give('too_large', `${Math.round(mb)} MB of memory`);
        });
      }, WATCH_MS);
      child.on('message', answered);
      child.on('exit', gone);
      child.send({ bytes }, (error) => {
        if (error) give('unreadable', 'the reading process ended');
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#idle) clearTimeout(this.#idle);
    this.#drop();
    await this.#last;
  }
}

/** Makes a reader; nothing starts before the first picture. */
export const createPictureReader = (options: PictureReaderOptions): PictureReader => new ProcessReader(options);
