/**
 * How fast posts are linked: generated accounts and posts on a fresh embedded PostgreSQL, every one linked and gathered,
 * then a second night with a twentieth of them new. Prints posts a second by the clock and by processor time of both
 * processes, memory, and the size of what is kept. `node --import tsx test/bench/link-posts.ts [posts]`
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { sha256 } from '../../core/digest.ts';
import { newId } from '../../core/ids.ts';
import { connect } from '../../db/connect.ts';
import { startEmbedded } from '../../db/embedded/server.ts';
import { ensureDatabase, migrateDatabase } from '../../db/migrate.ts';
import { clusterDirty } from '../../queue/clustering.ts';
import { linkAll } from '../../queue/linking.ts';

const POSTS = Number(process.argv[2] ?? 100_000);
const EACH = 20;
const CHUNK = 2_000;
const HZ = 100;

let state = 20_261_123;
const random = (n: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 4_294_967_296) * n);
};
const HAN =
  '负责装配检验包装搬运入库登记巡检清洁维护设备记录报表沟通客户接待来访整理资料安排会议核对账目配送货物培训新人管理班组执行计划跟进订单采购物料制作样品调试机器处理异常';
const words = (n: number): string => Array.from({ length: n }, () => HAN.charAt(random(HAN.length))).join('');
const body = (): string => Array.from({ length: 24 }, () => words(18)).join('，');
const TEMPLATES = Array.from({ length: 50 }, body);
const phone = (): string => `13${String(100_000_000 + random(900_000_000))}`;
const spread: string[] = [];

/** Of ten posts seven are texts of their own, two repeat one somebody else posted, one fills a form everybody uses. */
function text(): string {
  const kind = random(10);
  if (kind < 7 || spread.length === 0) {
    const made = body();
    if (spread.length < 20_000) spread.push(made);
    return made;
  }
  return kind < 9
    ? `急聘${random(100)}人，${spread[random(spread.length)]}，月薪${4_000 + random(5_000)}元`
    : `${words(6)}${TEMPLATES[random(TEMPLATES.length)]}`;
}

interface Row {
  readonly id: string;
  readonly account: string;
  readonly text: string;
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-bench-'));
fs.chmodSync(dir, 0o755);
const dataDir = path.join(dir, 'pg');
const server = await startEmbedded(dataDir);
await ensureDatabase(server.url('postgres'), 'bench');
await migrateDatabase(server.url('bench'));
const { db, pool, close } = connect(server.url('bench'));
const ctx = { db, clock: systemClock };

async function fill(accounts: number, tag: string): Promise<void> {
  let batch: Row[] = [];
  const flush = async (): Promise<void> => {
    const column = (of: (row: Row) => string) => batch.map(of);
    await pool.query(
      `insert into post (id, account_id, platform, external_id, title, company, text, input, status, content_sha256, version, first_seen_at, last_seen_at)
       select id, account, 'bench', id::text, '招聘', 'c' || substr(account::text, 20), body, jsonb_build_object('text', body), 'live', md5(body), 1, now(), now()
       from unnest($1::uuid[], $2::uuid[], $3::text[]) as r(id, account, body)`,
      [column((r) => r.id), column((r) => r.account), column((r) => r.text)],
    );
    batch = [];
  };
  let gang = phone();
  for (let n = 0; n < accounts; n += 1) {
    const id = newId();
    // One account in fifty begins a gang of three that share a telephone.
    if (n % 50 === 0) gang = phone();
    const own = n % 50 < 3 ? gang : phone();
    await pool.query(
      `insert into account (id, platform, external_id, name, subject_type, status, first_seen_at, last_seen_at) values ($1, 'bench', $2, $2, 'unknown', 'active', now(), now())`,
      [id, `${tag}${n}`],
    );
    for (let k = 0; k < EACH; k += 1) {
      batch.push({ id: newId(), account: id, text: `${text()}。${k % 2 === 0 ? `电话${own}` : ''}` });
      if (batch.length >= CHUNK) await flush();
    }
  }
  if (batch.length > 0) await flush();
  await pool.query('analyze post; analyze account');
}

/** Processor seconds of the database server and all its processes, those that ended included. */
function serverSeconds(): number {
  const main = Number(fs.readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const ticks = (pid: string): { parent: number; used: number } | null => {
    try {
      const fields = fs
        .readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      const sum = Number(pid) === main ? [11, 12, 13, 14] : [11, 12];
      return { parent: Number(fields[1]), used: sum.reduce((total, i) => total + Number(fields[i]), 0) };
    } catch {
      return null;
    }
  };
  const all = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return (
    all.reduce((total, pid) => {
      const read = ticks(pid);
      return read && (Number(pid) === main || read.parent === main) ? total + read.used : total;
    }, 0) / HZ
  );
}

async function measured(what: string, posts: number, work: () => Promise<unknown>): Promise<void> {
  const [cpu, pg, at] = [process.cpuUsage(), serverSeconds(), Date.now()];
  await work();
  const used = process.cpuUsage(cpu);
  const node = (used.user + used.system) / 1e6;
  const seconds = (Date.now() - at) / 1000;
  const store = serverSeconds() - pg;
  const memory = Math.round(process.memoryUsage().rss / 1_048_576);
  console.log(
    `${what}: ${posts} posts, ${seconds.toFixed(1)} s by the clock (${Math.round(posts / seconds)}/s); node ${node.toFixed(1)} s, PostgreSQL ${store.toFixed(1)} s of processor time (${Math.round(posts / (node + store))}/s on one core); rss ${memory} MB`,
  );
}

const again = async (): Promise<void> => {
  await pool.query("delete from setting where key = 'network.linked'");
  await linkAll(ctx);
};
await fill(POSTS / EACH, 'a');
await measured('first night, linking', POSTS, () => linkAll(ctx));
await measured('first night, clusters', POSTS, () => clusterDirty(ctx));
await measured('again, nothing new', POSTS, again);
await fill(POSTS / EACH / 20, 'b');
await measured('second night, a twentieth new, linking', POSTS / 20, again);
await measured('second night, clusters', POSTS / 20, () => clusterDirty(ctx));
const { rows } = await pool.query<{ table: string; size: string; rows: string }>(`
  select relname as table, pg_size_pretty(pg_total_relation_size(oid)) as size, reltuples::bigint as rows from pg_class
  where relkind = 'r' and relname in ('post', 'network_thing', 'network_holding', 'text_group', 'text_band', 'post_text', 'cluster', 'cluster_member')`);
console.table(rows);
const { rows: sizes } = await pool.query("select size, count(*)::int from cluster where state = 'live' group by size order by size");
console.log(
  `clusters by size: ${sizes.map((r: { size: number; count: number }) => `${r.size}×${r.count}`).join(', ')}; planted ${Math.ceil(POSTS / EACH / 50)} of 3 (and ${Math.ceil(POSTS / EACH / 20 / 50)} on the second night)`,
);
console.log(`digest of the partition ${sha256(JSON.stringify(sizes)).slice(0, 12)}`);
await close();
await server.close();
fs.rmSync(dir, { recursive: true, force: true });
