/** Connections: one pool per process, drizzle over it, and transactions that are just another `Db`. */
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { NamedClient } from './named-client.ts';
import * as schema from './schema/index.ts';

export type Db = NodePgDatabase<typeof schema>;

export interface Connection {
  readonly db: Db;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** @param url postgres://… @param onError told of errors on idle connections (a server restart), which must not end the process */
export function connect(url: string, onError: (error: Error) => void = () => undefined, max = 12): Connection {
  const waits = { idleTimeoutMillis: 30_000, connectionTimeoutMillis: 15_000 };
  const pool = new pg.Pool({ connectionString: url, max, ...waits, application_name: 'pincha', Client: NamedClient });
  pool.on('error', onError);
  return { db: drizzle(pool, { schema, casing: 'snake_case' }), pool, close: () => pool.end() };
}

/** Three for each of the ten queues (queue, worker, worker's blocking connection) and ours, with room for a few more queues. */
const QUEUE_LISTENERS = 40;

/**
 * The pool BullMQ works on when PostgreSQL is its backend. BullMQ pins a pool it is given to the schema `bullmq` but
 * cannot set the search path on it, so that is done here.
 */
export function queuePool(url: string, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 30, options: '-c search_path=bullmq', keepAlive: true, application_name: 'pincha-queue' });
  pool.on('error', onError);
  // Each BullMQ queue and worker listens for errors of the pool it is given: more than Node's ten, and no leak.
  pool.setMaxListeners(QUEUE_LISTENERS);
  return pool;
}

/** Runs `work` in one transaction; every repository takes the transaction as its `Db`. */
export const inTransaction = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> => db.transaction((tx) => work(tx));

/** Whether PostgreSQL's own error, or one it caused, has such a code. */
const hasCode = (thrown: unknown, codes: RegExp): boolean =>
  thrown instanceof Error && (('code' in thrown && typeof thrown.code === 'string' && codes.test(thrown.code)) || hasCode(thrown.cause, codes));

/** What PostgreSQL said of a value it refused (out of its range, no text, too large for an index) and will refuse again; null for another error. */
export function refusedValue(thrown: unknown): string | null {
  if (!hasCode(thrown, /^(22|54)...$/)) return null;
  const own = thrown instanceof Error && 'code' in thrown ? thrown.message : null;
  return own?.slice(0, 200) ?? refusedValue((thrown as Error).cause);
}

/** PostgreSQL gives one of two transactions up that wait for each other: that one is simply done again. */
export async function patiently<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await inTransaction(db, work);
    } catch (error) {
      if (tries >= 5 || !hasCode(error, /^(40P01|40001)$/)) throw error;
    }
  }
}
