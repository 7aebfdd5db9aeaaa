/**
 * Pages a second of the crawl beside Crawlee's CheerioCrawler: the same local site, the same number of requests under
 * way, in one run, each in a process of its own, in turns. Ours does all it does on a night: robots.txt, the host's
 * clock, the frontier in PostgreSQL, WARC records with fsync, SHA-256 and SM3, the ledger, accounts and posts. Crawlee
 * follows the same links and keeps title and text of each job, once as it comes (request queue and results as files) and once with nothing
 * kept at all. `node --import tsx test/bench/crawl.ts [pages] [at a time] [rounds]`
 */
import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '../../db/connect.ts';
import { startEmbedded } from '../../db/embedded/server.ts';
import { ensureDatabase, migrateDatabase } from '../../db/migrate.ts';
import { startNightSite } from '../support/night-site.ts';
import type { CrawlDone, CrawlOrder } from './crawl-ours.ts';

const PAGES = Number(process.argv[2] ?? 5_000);
const AT_ONCE = Number(process.argv[3] ?? 10);
const ROUNDS = Number(process.argv[4] ?? 3);
/** About what a job page of a board weighs in words. */
const PAGE_CHARS = 3_000;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-bench-'));
fs.chmodSync(dir, 0o755);
const server = await startEmbedded(path.join(dir, 'pg'));
const site = await startNightSite({ boards: AT_ONCE, perBoard: Math.ceil(PAGES / AT_ONCE), pageChars: PAGE_CHARS });

async function runOne(program: string, order: CrawlOrder): Promise<CrawlDone> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('message', (done) => resolve(done as CrawlDone));
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
}

let made = 0;
/** A database of its own for each round: the first night of a new house. */
async function ours(): Promise<CrawlDone> {
  made += 1;
  const name = `night_${made}`;
  await ensureDatabase(server.url('postgres'), name);
  await migrateDatabase(server.url(name));
  const { pool, close } = connect(server.url(name));
  const done = await runOne('./crawl-ours.ts', {
    hosts: site.hosts,
    boards: site.boards,
    database: server.url(name),
    dir: path.join(dir, name),
    atOnce: AT_ONCE,
    keep: true,
  });
  const { rows } = await pool.query<{ n: number; sealed: number }>(
    'select (select count(*)::int from ledger) as n, (select count(*)::int from capture where sha256 is not null) as sealed',
  );
  await close();
  return { ...done, pages: Math.min(rows[0]?.n ?? 0, rows[0]?.sealed ?? 0) };
}
const theirs = (keep: boolean) => (): Promise<CrawlDone> =>
  runOne('./crawl-crawlee.ts', { hosts: site.hosts, boards: site.boards, database: '', dir: path.join(dir, `crawlee-${keep}`), atOnce: AT_ONCE, keep });

const runs = [
  { name: 'Pincha (WARC, SHA-256, SM3, ledger, posts)', run: ours },
  { name: 'Crawlee CheerioCrawler, as it comes', run: theirs(true) },
  { name: 'Crawlee CheerioCrawler, nothing kept', run: theirs(false) },
].map((one) => ({ ...one, rates: [] as number[], pages: 0, rssMb: 0, cpu: 0 }));

for (let round = 1; round <= ROUNDS; round += 1)
  for (const one of runs) {
    const { pages, seconds, rssMb, cpuSeconds } = await one.run();
    one.rates.push(pages / seconds);
    one.pages = pages;
    one.rssMb = Math.max(one.rssMb, rssMb);
    one.cpu = cpuSeconds;
    console.log(`round ${round}: ${one.name}: ${pages} pages, ${seconds.toFixed(1)} s, ${Math.round(pages / seconds)}/s`);
  }
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const [mine] = runs;
console.table(
  runs.map(({ name, rates, pages, rssMb, cpu }) => ({
    name,
    pages,
    'pages/s (median)': Math.round(median(rates)),
    'of theirs': mine ? (median(mine.rates) / median(rates)).toFixed(2) : '',
    'processor s': cpu.toFixed(1),
    'rss MB': rssMb,
  })),
);
site.close();
await server.close();
fs.rmSync(dir, { recursive: true, force: true });
