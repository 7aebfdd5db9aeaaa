/** Statements that come again are prepared once a connection; those that do not are left alone, and answers are the same either way. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account } from '../../../db/schema/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

describe('statements by name', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.close());

  const prepared = (tx: TestDatabase['db'], like: string) =>
    tx.execute<{ statement: string }>(sql`select statement from pg_prepared_statements where statement like ${like}`).then(({ rows }) => rows.length);

  it('prepares what is sent again and again, with the same answers', async () => {
    await database.db.transaction(async (tx) => {
      for (let n = 1; n <= 12; n += 1) {
        const { rows } = await tx.execute<{ twice: number; word: string }>(sql`select ${n}::int * 2 as twice, ${`字${n}`}::text as word`);
        expect(rows).toEqual([{ twice: 2 * n, word: `字${n}` }]);
      }
      expect(await prepared(tx, 'select $1::int * 2 as twice%')).toBe(1);
      expect(await tx.select({ id: account.id }).from(account).limit(1)).toEqual([]);
    });
  });

  it('leaves alone what comes once, and what has no values', async () => {
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`select ${1}::int as once_only`);
      for (let n = 0; n < 12; n += 1) await tx.execute(sql`select 7 as no_values`);
      expect(await prepared(tx, '%once_only%')).toBe(0);
      expect(await prepared(tx, 'select 7%')).toBe(0);
    });
  });

  it('plans a statement over a list each time', async () => {
    await database.db.transaction(async (tx) => {
      for (let n = 1; n <= 12; n += 1) {
        const { rows } = await tx.execute<{ most: number }>(sql`select max(v) as most from unnest(${sql.param([n, n + 1])}::int[]) listed(v)`);
        expect(rows).toEqual([{ most: n + 1 }]);
      }
      expect(await prepared(tx, '%listed(v)%')).toBe(0);
    });
  });

  it('goes on after an error of a named statement', async () => {
    const divide = (by: number) => database.db.execute<{ n: number }>(sql`select 12 / ${by}::int as n`);
    for (let n = 0; n < 8; n += 1) expect((await divide(3)).rows).toEqual([{ n: 4 }]);
    await expect(divide(0)).rejects.toThrow();
    expect((await divide(4)).rows).toEqual([{ n: 3 }]);
  });
});
