/** The statements a piece of work sends to PostgreSQL, so that tests can ask for the plan of each as it was really sent. */
import type pg from 'pg';

export interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

/** Runs `work` and gives what went through the pool meanwhile, transactions' own words left out. */
export async function recordQueries(pool: pg.Pool, work: () => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const asked = pool.query.bind(pool) as (...given: unknown[]) => unknown;
  const listen = (...given: unknown[]): unknown => {
    const [first, second] = given;
    const text = typeof first === 'string' ? first : (first as { text: string }).text;
    const values = Array.isArray(second) ? second : ((first as { values?: unknown[] }).values ?? []);
    sent.push({ text, values });
    return asked(...given);
  };
  pool.query = listen as typeof pool.query;
  try {
    await work();
  } finally {
    pool.query = asked as typeof pool.query;
  }
  return sent;
}
