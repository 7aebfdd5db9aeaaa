/**
 * BullMQ on PostgreSQL (the embedded default) or on Redis (`REDIS_URL`): the one place that knows which. Handlers
 * see no difference, and one suite runs over both.
 */
import { createPostgresBackend, type Processor, Queue, runMigrations, Worker, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { queuePool } from '../db/connect.ts';

export interface QueueBackend {
  readonly kind: 'postgres' | 'redis';
  queue(name: string): Queue;
  worker(name: string, run: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
  /**
   * Lets go of the jobs a killed process still holds, so that the first worker takes them up at once instead of
   * when their locks run out. Only for whoever knows that nobody else works on this store (the data lock is held).
   */
  releaseAbandoned(): Promise<void>;
  close(): Promise<void>;
}

type OnError = (error: Error) => void;

async function onPostgres(url: string, onError: OnError): Promise<QueueBackend> {
  const pool = queuePool(url, onError);
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
  return {
    kind: 'postgres',
    queue: (name) => new Queue(name, { connection: pool }, createPostgresBackend) as unknown as Queue,
    worker: (name, run, options) => new Worker(name, run, { ...options, connection: pool }, createPostgresBackend) as unknown as Worker,
    releaseAbandoned: async () => {
      // As BullMQ's own look for stalled jobs leaves them: marked, with a lock that has run out, and the next look due.
      await pool.query('update bullmq.job set stalled_marked = true, locked_until_ms = 0 where state = $1', ['active']);
      await pool.query('delete from bullmq.meta where field = $1', ['stalled-check']);
    },
    close: () => pool.end(),
  };
}

function onRedis(url: string, onError: OnError): QueueBackend {
  const made: Redis[] = [];
  const connection = (): Redis => {
    // BullMQ asks for null: a worker waits for its server instead of failing its commands.
    const redis = new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: true });
    redis.on('error', onError);
    made.push(redis);
    return redis;
  };
  const prefix = '{pincha}';
  return {
    kind: 'redis',
    queue: (name) => new Queue(name, { connection: connection(), prefix }),
    worker: (name, run, options) => new Worker(name, run, { ...options, connection: connection(), prefix }),
    // A Redis server may serve several processes and tells us nothing of who holds what: locks run out by themselves.
    releaseAbandoned: async () => undefined,
    close: async () => {
      await Promise.all(made.map((redis) => redis.quit().catch(() => redis.disconnect())));
    },
  };
}

/** @param onError told of connection errors; called often during an outage, so it must be cheap */
export const openBackend = async (urls: { database: string; redis?: string | undefined }, onError: OnError): Promise<QueueBackend> =>
  urls.redis ? onRedis(urls.redis, onError) : onPostgres(urls.database, onError);
