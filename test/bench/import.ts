/**
 * How fast files of posts come in: a generated file (500-character posts, 20 an account) is imported into a fresh embedded
 * PostgreSQL with WARC, digests, ledger and versions on, then its accounts are linked, screened and their cases opened.
 * Each size runs in a process and a database of its own; the last lines hold them side by side: posts stored and screened a
 * second, over all and in the last tenth of the way (the slope), memory of the process, processor time a post, and disk.
 * `node --import tsx test/bench/import.ts [posts …] [--each=20] [--lanes=3] [--store-only]`
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { createLiveLaw } from '../../bin/live-law.ts';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { connect, inTransaction } from '../../db/connect.ts';
import { startEmbedded } from '../../db/embedded/server.ts';
import { ensureDatabase, migrateDatabase } from '../../db/migrate.ts';
import { beginImport } from '../../db/repositories/post-import.ts';
import { createContentStore } from '../../evidence/store.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { JobContext } from '../../queue/context.ts';
import { digestOfFile, importKey, workImport } from '../../queue/import-file.ts';
import { createReferences } from '../../queue/references.ts';
import { screenDue } from '../../queue/screen-due.ts';
import { postMaker } from '../support/post-maker.ts';

const flags = new Map(
  process.argv
    .filter((word) => word.startsWith('--'))
    .map((word): [string, string | undefined] => {
      const [name = '', value] = word.slice(2).split('=');
      return [name, value];
    }),
);
const sizes = process.argv
  .slice(2)
  .filter((word) => !word.startsWith('--'))
  .map(Number);
const POSTS = sizes[0] ?? 10_000;
const EACH = Number(flags.get('each') ?? 20);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const inMb = (bytes: number): number => Math.round(bytes / 1_048_576);
const mb = (bytes: number): string => `${inMb(bytes)} MB`;

if (!flags.has('one')) {
  const rows = (sizes.length > 0 ? sizes : [10_000]).map((posts) => {
    const of = process.argv.slice(2).filter((word) => word.startsWith('--'));
    const done = spawnSync(process.execPath, ['--import', 'tsx', import.meta.filename, String(posts), ...of, '--one'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    return done.status === 0 ? (JSON.parse(done.stdout) as Record<string, number>) : { posts, failed: done.status ?? -1 };
  });
  console.table(rows);
  process.exit(rows.some((row) => 'failed' in row) ? 1 : 0);
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-bench-'));
fs.chmodSync(dir, 0o755);

/** Processor seconds of the database: its first process, and what it started; 0 where the system does not tell. */
function databaseCpu(): number {
  const ticksOf = (pid: string): { parent: string; own: number; ended: number } | null => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, parent = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { parent, own: Number(rest[9]) + Number(rest[10]), ended: Number(rest[11]) + Number(rest[12]) };
    } catch {
      return null;
    }
  };
  const [first = ''] = fs.existsSync(path.join(dir, 'pg/postmaster.pid')) ? fs.readFileSync(path.join(dir, 'pg/postmaster.pid'), 'utf8').split('\n') : [];
  const mine = ticksOf(first);
  if (!mine) return 0;
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(ticksOf).reduce((sum, p) => sum + (p?.parent === first ? p.own : 0), mine.own + mine.ended) / 100;
}

async function writeFile(file: string): Promise<void> {
  const out = fs.createWriteStream(file);
  const make = postMaker(11);
  // Accounts' posts stand apart in the file, as a site's share does that is ordered by time.
  const accounts = Math.max(1, Math.round(POSTS / EACH));
  for (let i = 0; i < POSTS; i += 1) {
    const n = i % accounts;
    const post = {
      ...make(),
      account: { id: `a${n}`, name: `第${n}招聘账号`, subjectName: `云汀市第${n}人力资源有限公司`, uscc: `91${String(n).padStart(16, '0')}` },
    };
    if (!out.write(`${JSON.stringify({ ...post, id: `p${i}` })}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

interface Way {
  readonly tell: (done: number) => void;
  readonly end: () => { perSecond: number; last: number; mostMb: number; cpuUs: number; dbCpuUs: number };
}

/** Measures the way from here to its end: each tenth of it is told. @param posts in each of `total` */
function onTheWay(name: string, total: number, posts: number): Way {
  const [began, cpu, db] = [performance.now(), process.cpuUsage(), databaseCpu()];
  let [last, at, next, rate, most] = [0, began, total / 10, 0, 0];
  return {
    tell: (done) => {
      const rss = process.memoryUsage().rss;
      most = Math.max(most, rss);
      if (done < next && done < total) return;
      const now = performance.now();
      rate = Math.round(((done - last) * posts * 1_000) / (now - at));
      say(`${name} ${done * posts}/${total * posts}: ${rate}/s, memory ${mb(rss)}`);
      [last, at, next] = [done, now, done + total / 10];
    },
    end: () => {
      const { user, system } = process.cpuUsage(cpu);
      const all = total * posts;
      return {
        perSecond: Math.round((all * 1_000) / (performance.now() - began)),
        last: rate,
        mostMb: inMb(most),
        cpuUs: Math.round((user + system) / all),
        dbCpuUs: Math.round(((databaseCpu() - db) * 1e6) / all),
      };
    },
  };
}

const server = await startEmbedded(path.join(dir, 'pg'));
await ensureDatabase(server.url('postgres'), 'pincha');
await migrateDatabase(server.url('pincha'));
const { db, pool, close } = connect(server.url('pincha'));
const sealer = createSealer({ dir: path.join(dir, 'evidence') });
const law = await createLiveLaw(db, systemClock, say);
const own = {
  db,
  config: { ...loadConfig({}), dataDir: dir, screenLanes: Number(flags.get('lanes') ?? loadConfig({}).screenLanes) },
  clock: systemClock,
  log: pino({ level: 'silent' }),
  law,
  sealer,
  content: createContentStore(dir),
  pictures: null,
};
const ctx = Object.defineProperties(
  { ...own, signal: new AbortController().signal, references: createReferences(db, systemClock) },
  { screener: { enumerable: true, get: () => law.screening().screener }, cite: { enumerable: true, get: () => law.screening().cite } },
) as unknown as JobContext;

const file = path.join(dir, 'posts.jsonl');
await writeFile(file);
say(`${POSTS} posts, ${mb(fs.statSync(file).size)}, ${os.availableParallelism()} cores, Node ${process.version}`);
const { sha256, size } = await digestOfFile(file);
const head = { key: importKey(sha256, 'bench', null), sha256, size, name: 'posts.jsonl', platform: 'bench', mapping: null, path: file };
const imp = await inTransaction(db, (tx) => beginImport(tx, { ...head, origin: 'command', by: 'bench' }, systemClock.now()));
const storing = onTheWay('stored', POSTS, 1);
await workImport(ctx, imp.id, { known: true, tell: (so) => storing.tell(so.posts) });
const stored = storing.end();
const accounts = Math.max(1, Math.round(POSTS / EACH));
const screening = onTheWay('screened', accounts, EACH);
const done = flags.has('store-only') ? null : await screenDue(ctx, (so) => screening.tell(so.accounts));
const screened = done && screening.end();
const [{ bytes }] = (await pool.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes')).rows as [{ bytes: string }];
const warc = fs.readdirSync(path.join(dir, 'evidence/warc')).reduce((sum, name) => sum + fs.statSync(path.join(dir, 'evidence/warc', name)).size, 0);
const row = {
  posts: POSTS,
  'stored/s': stored.perSecond,
  'last tenth': stored.last,
  'µs (db)': `${stored.cpuUs} (${stored.dbCpuUs})`,
  'MB storing': stored.mostMb,
  ...(screened && {
    'screened/s': screened.perSecond,
    'last tenth ': screened.last,
    'µs (db) ': `${screened.cpuUs} (${screened.dbCpuUs})`,
    'MB screening': screened.mostMb,
    findings: done.findings,
    cases: done.cases,
  }),
  'MB peak': Math.round(process.resourceUsage().maxRSS / 1_024),
  'MB database': inMb(Number(bytes)),
  'MB evidence': inMb(warc),
};
process.stdout.write(JSON.stringify(row));
await sealer.close();
await close();
await server.close();
fs.rmSync(dir, { recursive: true, force: true });
