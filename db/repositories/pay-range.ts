/** What is usually paid, computed from stored posts: a bounded sample read, quartiles kept until the next night. */
import { sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { payRange } from '../schema/index.ts';

/** Posts that are read at most; of a larger store a random part. */
const SAMPLE = 100_000;
const CHUNK = 500;

export interface PaidPostRow {
  readonly title: string | null;
  readonly salary: string | null;
  readonly location: string | null;
  readonly voice: string;
}

/** Posts that name pay, trade and place; of one employer, and of one text, only one counts. */
export async function paidPosts(db: Db): Promise<PaidPostRow[]> {
  const { rows: known } = await db.execute<{ n: number }>(sql`select greatest(reltuples, 0)::float8 as n from pg_class where oid = 'post'::regclass`);
  const percent = Math.min(100, (100 * SAMPLE) / Math.max(1, known[0]?.n ?? 1));
  const part = percent < 100 ? sql`tablesample system (${sql.raw(percent.toFixed(4))})` : sql``;
  const { rows } = await db.execute<PaidPostRow & Record<string, unknown>>(sql`
    select left(p.title, 200) as title, left(p.salary, 200) as salary, left(p.location, 200) as location,
      coalesce(t.employer, t.group_id::text, p.account_id::text) as voice
    from post p ${part} left join post_text t on t.post_id = p.id limit ${sql.raw(String(SAMPLE))}`);
  return rows;
}

export type PayRangeRow = Pick<typeof payRange.$inferSelect, 'family' | 'place' | 'n' | 'median' | 'q1' | 'q3'>;

/** Replaces what was computed before. */
export async function savePayRanges(db: Db, ranges: readonly PayRangeRow[], now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(payRange);
    const rows = ranges.map((range) => ({ ...range, computedAt: now }));
    for (let i = 0; i < rows.length; i += CHUNK) await tx.insert(payRange).values(rows.slice(i, i + CHUNK));
    await tx.execute(sql`
      insert into setting (key, value, updated_at) values ('pay-ranges', ${JSON.stringify({ rows: rows.length })}::jsonb, ${now.toISOString()}::timestamptz)
      on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`);
  });
}

/** When ranges were last computed; null when never. */
export async function payRangesComputedAt(db: Db): Promise<Date | null> {
  const { rows } = await db.execute<{ at: string }>(sql`select updated_at as at from setting where key = 'pay-ranges'`);
  return rows[0] ? new Date(rows[0].at) : null;
}

/** Whether posts came since ranges were computed: a run has ended, and none is under way. */
export async function payRangesDue(db: Db): Promise<boolean> {
  const { rows } = await db.execute<{ due: boolean }>(sql`
    select not exists (select 1 from run where state = 'running') and (s.at is null or coalesce((select max(ended_at) from run) > s.at, false)) as due
    from (select (select updated_at from setting where key = 'pay-ranges') as at) s`);
  return rows[0]?.due ?? false;
}

export const readPayRanges = (db: Db): Promise<PayRangeRow[]> => db.select().from(payRange);
