/**
 * Migrations, under an advisory lock because two processes may start at once, and the database itself when it does
 * not exist yet.
 */
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { PinchaError, reasonOf } from '../core/errors.ts';

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any constant: the lock is ours alone within this database. */
const LOCK = 7_310_428;

/** Creates `database` on the server of `adminUrl` when it is missing. */
export async function ensureDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } catch (error) {
    // 42P04, 23505: another process created it in the same moment.
    if (!['42P04', '23505'].includes(String((error as { code?: unknown }).code))) throw error;
  } finally {
    await client.end();
  }
}

/** Brings the schema up to date. @throws PinchaError DATABASE_UNREACHABLE */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
  } catch (error) {
    throw new PinchaError('DATABASE_UNREACHABLE', { reason: reasonOf(error) }, error);
  }
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await migrate(drizzle(client, { casing: 'snake_case' }), { migrationsFolder: FOLDER });
  } finally {
    await client.end();
  }
}
