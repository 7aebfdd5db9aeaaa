/** A fresh migrated database per test file, copied from the template of the run. */
import pg from 'pg';
import { inject } from 'vitest';
import { type Connection, connect } from '../../db/connect.ts';

export interface TestDatabase extends Connection {
  readonly url: string;
}

let made = 0;

/**
 * A new database; `close()` drops it.
 * @param like the database it is a copy of, to which nobody may be connected; an empty one without it
 */
export async function freshDatabase(like?: Pick<TestDatabase, 'url'>): Promise<TestDatabase> {
  made += 1;
  const name = `t_${process.pid}_${made}_${Date.now().toString(36)}`;
  const template = like ? new URL(like.url).pathname.slice(1) : 'pincha_template';
  const admin = new pg.Client({ connectionString: inject('adminUrl') });
  await admin.connect();
  // Two files may copy the template at once: PostgreSQL refuses the second while the first reads it.
  for (let attempt = 0; ; attempt += 1) {
    try {
      await admin.query(`create database ${name} template ${template}`);
      break;
    } catch (error) {
      if (attempt > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await admin.end();
  const url = inject('adminUrl').replace('/postgres?', `/${name}?`);
  const connection = connect(url);
  return {
    ...connection,
    url,
    close: async () => {
      await connection.close();
      const client = new pg.Client({ connectionString: inject('adminUrl') });
      await client.connect();
      await client.query(`drop database ${name} with (force)`);
      await client.end();
    },
  };
}
