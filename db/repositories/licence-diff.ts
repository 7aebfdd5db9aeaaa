/** A licence list against the one before it: who came, who went, whose entry changed. One party is one name, else one code. */
import { sql } from 'drizzle-orm';
import type { ListDiff } from '../../core/model/licence.ts';
import type { Db } from '../connect.ts';

/** Names shown of each sort. */
const SHOWN = 20;

/** Rows of `a` that no row of `b` stands for. */
const missing = (a: string, b: string) => sql`
  select r.id, r.name from licence r where r.list_id = ${a}::uuid
    and not exists (select 1 from licence o where o.list_id = ${b}::uuid and o.name_key = r.name_key)
    and (r.uscc is null or not exists (select 1 from licence o where o.list_id = ${b}::uuid and o.uscc = r.uscc))`;

/** Same party, other entry: by name, else by code under another name. A name with several rows changed when the rows as a whole did. */
const changed = (before: string, after: string) => {
  const entries = (list: string) => sql`
    select name_key, min(name) as name, min(uscc) as uscc, string_agg(distinct coalesce(number, ''), '；') as number,
           string_agg(distinct coalesce(scope, ''), '；') as scope, string_agg(distinct coalesce(valid_until, ''), '；') as until, string_agg(distinct form, '；') as form
    from licence where list_id = ${list}::uuid group by 1`;
  // Two joins of one condition each: a join on either would compare every row with every other.
  return sql`
    with o as (${entries(before)}), n as (${entries(after)})
    select n.name, concat_ws('、',
      case when o.number <> n.number then '证号' end, case when o.scope <> n.scope then '范围' end,
      case when o.until <> n.until then '有效期：' || o.until || ' → ' || n.until end, case when o.form <> n.form then '许可或备案' end,
      case when o.uscc is distinct from n.uscc then '统一社会信用代码' end) as what
    from o join n on n.name_key = o.name_key
    where (o.number, o.scope, o.until, o.form, o.uscc) is distinct from (n.number, n.scope, n.until, n.form, n.uscc)
    union all
    select n.name, '名称：' || o.name || ' → ' || n.name
    from o join n on n.uscc = o.uscc where n.name_key <> o.name_key and not exists (select 1 from n m where m.name_key = o.name_key)`;
};

/** What `after` changes against `before`. */
export async function diffLists(tx: Db, before: { id: string; label: string; publishedOn: string }, after: string): Promise<ListDiff> {
  const count = async (query: ReturnType<typeof sql>) => Number((await tx.execute<{ n: string }>(sql`select count(*) as n from (${query}) q`)).rows[0]?.n ?? 0);
  const names = async (query: ReturnType<typeof sql>) =>
    (await tx.execute<{ name: string }>(sql`select name from (${query}) q order by name limit ${sql.raw(String(SHOWN))}`)).rows.map((r) =>
      r.name.slice(0, 200),
    );
  const [gone, came, other] = [missing(before.id, after), missing(after, before.id), changed(before.id, after)];
  const rows = await tx.execute<{ name: string; what: string }>(sql`select name, what from (${other}) q order by name limit ${sql.raw(String(SHOWN))}`);
  return {
    againstId: before.id,
    againstLabel: before.label,
    againstPublishedOn: before.publishedOn,
    added: await count(came),
    removed: await count(gone),
    changed: await count(other),
    samples: {
      added: await names(came),
      removed: await names(gone),
      changed: rows.rows.map((r) => ({ name: r.name.slice(0, 200), what: r.what.slice(0, 300) })),
    },
  };
}
