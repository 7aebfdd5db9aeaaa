/**
 * The moving parts: one BullMQ queue and worker a queue name, the outbox dispatcher, and the two schedules. Errors
 * of connections are told once in a while, because an outage brings thousands of them.
 */
import { type Job as BullJob, type Queue, UnrecoverableError, type Worker } from 'bullmq';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { releaseDue } from '../db/repositories/due.ts';
import { countWaiting, dispatchWaiting, type WaitingEvent } from '../db/repositories/outbox.ts';
import { openBackend, type QueueBackend } from './backend.ts';
import type { JobContext } from './context.ts';
import { type Job, QUEUES, type QueueName } from './define.ts';
import { jobTable } from './job-table.ts';
import { resumeRuns } from './runs.ts';

export interface Workers {
  readonly backend: QueueBackend['kind'];
  /** Jobs waiting or running, by queue. */
  depth(): Promise<Record<QueueName, number>>;
  close(): Promise<void>;
}
export interface WorkerOptions {
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  /** How often the outbox is looked at, in ms. */
  readonly pollMs?: number;
  /** Nobody else works on this store: jobs held by a killed process are taken up at once. */
  readonly alone?: boolean;
  /** The jobs there are; all of ours without it. */
  readonly jobs?: readonly Job[];
}

const LOCK_MS = 20_000;
const SWEEP_MS = 30_000;

/** At most one line in ten seconds about the same trouble. */
export function sparing(tell: (error: Error, swallowed: number) => void, everyMs = 10_000): (error: Error) => void {
  let [last, swallowed] = [0, 0];
  return (error) => {
    swallowed += 1;
    if (Date.now() - last < everyMs) return;
    last = Date.now();
    tell(error, swallowed);
    swallowed = 0;
  };
}

function handler(ctx: JobContext, table: ReadonlyMap<string, Job>) {
  return async (bull: BullJob): Promise<void> => {
    const job = table.get(bull.name);
    if (!job) throw new UnrecoverableError(`unknown job ${bull.name}`);
    try {
      await job.run(bull.data, ctx);
    } catch (error) {
      ctx.log.warn({ job: bull.name, data: bull.data, attempt: bull.attemptsMade + 1, error: reasonOf(error) }, 'job failed');
      if (error instanceof PinchaError && !error.retry && error.code !== 'STALE') throw new UnrecoverableError(error.message);
      throw error;
    }
  };
}

/** Told by BullMQ when a job failed; only after the last try does anybody else need to know. */
const onFailed = (ctx: JobContext, table: ReadonlyMap<string, Job>) => (bull: BullJob | undefined, error: Error) => {
  const job = bull ? table.get(bull.name) : undefined;
  if (!bull || !job || (bull.attemptsMade < job.attempts && !(error instanceof UnrecoverableError)) || ctx.signal.aborted) return;
  job.failed(bull.data, ctx, error.message).catch((fault: unknown) => ctx.log.error({ job: bull.name, error: reasonOf(fault) }, 'failure could not be noted'));
};

async function dispatch(ctx: JobContext, table: ReadonlyMap<string, Job>, queues: ReadonlyMap<QueueName, Queue>, event: WaitingEvent): Promise<void> {
  const job = table.get(event.topic);
  const queue = job && queues.get(job.queue);
  if (!job || !queue) {
    ctx.log.error({ event }, 'outbox event without a job');
    return;
  }
  let jobId: string;
  try {
    jobId = job.keyOf(event.payload) ?? `outbox-${event.id}`;
  } catch (error) {
    // Its job could not read it either, and it must not keep the others from being sent.
    ctx.log.error({ event, error: reasonOf(error) }, 'outbox event its job cannot read');
    return;
  }
  await queue.add(job.name, event.payload, {
    jobId,
    attempts: job.attempts,
    backoff: { type: 'exponential', delay: job.backoffMs },
    removeOnComplete: true,
    removeOnFail: true,
  });
}

/** Polls the outbox until told to stop. */
function startDispatcher(ctx: JobContext, table: ReadonlyMap<string, Job>, queues: ReadonlyMap<QueueName, Queue>, pollMs: number): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => undefined;
  const tell = sparing((error, swallowed) => ctx.log.error({ error: error.message, swallowed }, 'outbox cannot be dispatched'));
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const sent = await dispatchWaiting(ctx.db, ctx.clock.now(), 200, async (events) => {
        for (const event of events) await dispatch(ctx, table, queues, event);
      }).catch((error: unknown) => {
        tell(error instanceof Error ? error : new PinchaError('INTERNAL', { reason: reasonOf(error) }));
        return 0;
      });
      if (sent === 0 && !stopped) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pollMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  };
  const running = loop();
  return async () => {
    stopped = true;
    wake();
    await running;
  };
}

async function schedule(ctx: JobContext, clock: Queue): Promise<void> {
  const [hour, minute] = ctx.config.nightlyAt.split(':').map(Number);
  const once = { removeOnComplete: true, removeOnFail: true };
  await clock.upsertJobScheduler('nightly', { pattern: `0 ${minute} ${hour} * * *`, tz: 'Asia/Shanghai' }, { name: 'clock.night', data: {}, opts: once });
  await clock.upsertJobScheduler('sweep', { every: SWEEP_MS }, { name: 'clock.sweep', data: {}, opts: once });
}

/** Takes up what running runs still have to do when nothing of it is on its way (a job that was lost). */
function startResumer(ctx: JobContext, queues: ReadonlyMap<QueueName, Queue>): () => void {
  const look = async (): Promise<void> => {
    const busy = await Promise.all(
      [...queues].filter(([name]) => name === 'crawl' || name === 'screen').map(([, q]) => q.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')),
    );
    if (busy.some((n) => n > 0) || (await countWaiting(ctx.db)) > 0 || ctx.signal.aborted) return;
    await resumeRuns(ctx);
  };
  const timer = setInterval(() => void look().catch((error: unknown) => ctx.log.warn({ error: reasonOf(error) }, 'resuming')), SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Starts everything that works in the background and takes up what a killed process left. */
export async function startWorkers(ctx: JobContext, options: WorkerOptions): Promise<Workers> {
  const table = jobTable(options.jobs);
  const tell = sparing((error, swallowed) => ctx.log.error({ error: error.message, swallowed }, 'queue connection'));
  const backend = await openBackend({ database: options.databaseUrl, redis: options.redisUrl }, tell);
  if (options.alone) await Promise.all([backend.releaseAbandoned(), releaseDue(ctx.db)]);
  const queues = new Map<QueueName, Queue>();
  const workers: Worker[] = [];
  const concurrency: Record<QueueName, number> = {
    crawl: ctx.config.fetchConcurrency,
    screen: 2,
    notice: 4,
    shot: 1,
    picture: 1,
    clock: 1,
    archive: 1,
    revisit: 4,
    intake: 1,
    import: 1,
  };
  for (const name of QUEUES) {
    const queue = backend.queue(`pincha-${name}`);
    queue.on('error', tell);
    queues.set(name, queue);
    // A killed process may leave a job stalled again and again: that is no reason to give it up.
    const worker = backend.worker(`pincha-${name}`, handler(ctx, table), {
      concurrency: concurrency[name],
      lockDuration: LOCK_MS,
      stalledInterval: 5_000,
      maxStalledCount: 1_000,
    });
    worker.on('error', tell);
    worker.on('failed', onFailed(ctx, table));
    workers.push(worker);
  }
  const clock = queues.get('clock');
  if (clock) await schedule(ctx, clock);
  await resumeRuns(ctx);
  const stopResumer = startResumer(ctx, queues);
  const stop = startDispatcher(ctx, table, queues, options.pollMs ?? 300);
  return {
    backend: backend.kind,
    depth: async () =>
      Object.fromEntries(
        await Promise.all([...queues].map(async ([name, queue]) => [name, await queue.getJobCountByTypes('waiting', 'active', 'prioritized')])),
      ) as Record<QueueName, number>,
    close: async () => {
      stopResumer();
      await stop();
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await backend.close();
    },
  };
}
