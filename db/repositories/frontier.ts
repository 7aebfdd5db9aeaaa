/**
 * The frontier in PostgreSQL: what a walk still has to visit and has visited survives a kill, a stop and the night.
 * Times are the database's own. Addresses of a source are taken by one walk at a time (its task's walker sees to that).
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Frontier, FrontierEntry, KnownPage, Settlement } from '../../core/frontier.ts';
import type { CaptureKind } from '../../core/model/capture.ts';
import type { Db } from '../connect.ts';
import { list } from './list.ts';

interface Link {
  readonly url: string;
  readonly kind: CaptureKind;
}
/** Which walk: a source's, in a run. */
export interface FrontierOf {
  readonly sourceId: string;
  readonly runId: string;
}

type Due = FrontierEntry & KnownPage & { readonly seen: boolean } & Record<string, unknown>;

/** Entries read at once. */
const BATCH = 64;
/** An address that could not be seen on this many nights for a reason of its own is given up. */
const MOST_NIGHTS = 5;
/** Addresses one source may have waiting; a list that goes on for ever ends here. */
const MOST_WAITING = 1_000_000;

/** Added to a place in line, it stands behind all that was found and will be. */
const BEHIND_ALL = 2 ** 40;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');
const later = (ms: number): SQL => sql`clock_timestamp() + make_interval(secs => ${ms / 1_000}::float8)`;

async function addLinks(tx: Db, { sourceId }: FrontierOf, links: readonly Link[]): Promise<number> {
  if (links.length === 0) return 0;
  const [urls, kinds, hosts] = [links.map((l) => l.url), links.map((l) => l.kind), links.map((l) => hostOf(l.url))];
  const done = await tx.execute(sql`
    insert into frontier (source_id, url, kind, host)
    select ${sourceId}, l.url, l.kind, l.host
    from unnest(${list(urls, 'text')}, ${list(kinds, 'text')}, ${list(hosts, 'text')}) with ordinality as l (url, kind, host, place)
    order by l.place on conflict do nothing`);
  return done.rowCount ?? 0;
}

/**
 * Begins the walk of a source in a run, or takes it up again: what another run visited is forgotten, what it left
 * waiting comes first, and then the first pages, unless this run has had them.
 */
export async function openFrontier(
  db: Db,
  of: FrontierOf,
  firstPages: readonly Link[],
): Promise<Frontier & { settle(tx: Db, link: Link, settlement: Settlement): Promise<void> }> {
  const { sourceId, runId } = of;
  let waiting = await db.transaction(async (tx) => {
    await tx.execute(sql`delete from frontier where source_id = ${sourceId} and done_run is not null and done_run <> ${runId}`);
    await tx.execute(sql`update frontier set tries = 0, refusals = 0, held_run = null where source_id = ${sourceId} and held_run <> ${runId}`);
    await addLinks(tx, of, firstPages);
    const { rows } = await tx.execute<{ n: number }>(sql`select count(*)::int as n from frontier where source_id = ${sourceId} and done_run is null`);
    return rows[0]?.n ?? 0;
  });
  let batch: FrontierEntry[] = [];
  const open = sql`source_id = ${sourceId} and done_run is null and held_run is null`;
  const read = async (): Promise<FrontierEntry[]> => {
    const { rows } = await db.execute<Due>(sql`
      select f.*, p.url is not null as seen, p.etag, p.last_modified as "lastModified", p.links, p.parts from (
        select url, kind, tries, refusals, nights, seq from frontier where ${open} and (not_before is null or not_before <= clock_timestamp())
        order by nights, seq limit ${BATCH}) f
      left join page_state p on p.url = f.url order by f.nights, f.seq`);
    return rows.reverse().map(({ url, kind, tries, refusals, seen, etag, lastModified, links, parts }) => ({
      ...{ url, kind, tries, refusals },
      known: seen ? { etag, lastModified, links: links ?? [], parts: parts ?? null } : null,
    }));
  };
  return {
    async next() {
      if (batch.length === 0) batch = await read();
      const entry = batch.pop();
      if (entry) return { entry };
      const { rows } = await db.execute<{ wait: number | null }>(
        sql`select (extract(epoch from min(not_before) - clock_timestamp()) * 1000)::float8 as wait from frontier where ${open}`,
      );
      const wait = rows[0]?.wait ?? null;
      return wait === null ? null : { waitMs: Math.max(1, wait) };
    },
    async known(urls) {
      const { rows } = await db.execute<{ url: string }>(sql`select url from frontier where source_id = ${sourceId} and url = any(${list(urls, 'text')})`);
      return new Set(rows.map((row) => row.url));
    },
    async holdHost(host, forMs) {
      const until = forMs === null ? sql`held_run = ${runId}` : sql`not_before = greatest(not_before, ${later(forMs)})`;
      await db.execute(sql`update frontier set ${until} where source_id = ${sourceId} and done_run is null and host = ${host}`);
      batch = [];
    },
    async settle(tx, link, settlement) {
      const { url, kind } = link;
      // A picture comes before its post and was never in line, so each of these makes the row where there is none.
      const put = (columns: SQL, values: SQL, set: SQL): Promise<unknown> =>
        tx.execute(sql`
          insert into frontier as f (source_id, url, kind, host, ${columns}) values (${sourceId}, ${url}, ${kind}, ${hostOf(url)}, ${values})
          on conflict (source_id, url) do update set ${set}`);
      if (settlement.when === 'soon')
        await put(sql`not_before, refusals`, sql`${later(settlement.waitMs)}, 1`, sql`not_before = excluded.not_before, refusals = f.refusals + 1`);
      else if (settlement.when === 'last') await put(sql`tries`, sql`1`, sql`tries = f.tries + 1, seq = excluded.seq + ${BEHIND_ALL}`);
      else if (settlement.when === 'night') {
        // Given up after some nights: then it counts as visited, and is found again where it is linked from.
        const over = sql`case when f.nights + 1 >= ${MOST_NIGHTS} then ${runId}::uuid end`;
        const counted = settlement.own ? sql`nights = f.nights + 1, done_run = ${over}, ` : sql``;
        await put(sql`nights, held_run`, sql`${settlement.own ? 1 : 0}, ${runId}`, sql`${counted}held_run = excluded.held_run`);
      } else {
        await put(sql`done_run`, sql`${runId}`, sql`done_run = excluded.done_run`);
        waiting -= 1;
        if (settlement.links.length > 0) waiting += await addLinks(tx, of, settlement.links.slice(0, Math.max(0, MOST_WAITING - waiting)));
      }
    },
  };
}

/** Ends the walk of a source in a run: what it visited is forgotten. @returns how many addresses wait for another night */
export async function closeFrontier(tx: Db, { sourceId }: Pick<FrontierOf, 'sourceId'>): Promise<number> {
  await tx.execute(sql`delete from frontier where source_id = ${sourceId} and done_run is not null`);
  const { rows } = await tx.execute<{ n: number }>(sql`select count(*)::int as n from frontier where source_id = ${sourceId}`);
  return rows[0]?.n ?? 0;
}
