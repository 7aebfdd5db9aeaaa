/**
 * How fast files of posts come in: a generated file (500-character posts, 20 an account) is imported into a fresh embedded
 * PostgreSQL with WARC, digests, ledger and versions on, then its accounts are linked, screened and their cases opened.
 * Prints posts a second of both, for each tenth of the way (the slope), memory, and what is kept on disk.
 * `node --import tsx test/bench/import.ts [posts] [accounts' posts] [--store-only]`
 */
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

const words = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const [POSTS = 10_000, EACH = 20] = words.map(Number);
const storeOnly = process.argv.includes('--store-only');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-bench-'));
fs.chmodSync(dir, 0o755);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const mb = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

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

/** Tells the rate of each tenth of the way. */
function slope(name: string, total: number): (done: number) => void {
  let [last, at, next] = [0, performance.now(), total / 10];
  return (done) => {
    if (done < next && done < total) return;
    const now = performance.now();
    const rss = process.memoryUsage().rss;
    say(`${name} ${done}/${total}: ${Math.round(((done - last) / (now - at)) * 1_000)}/s, memory ${mb(rss)}`);
    [last, at, next] = [done, now, done + total / 10];
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
  config: { ...loadConfig({}), dataDir: dir },
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
const began = performance.now();
const told = slope('stored', POSTS);
await workImport(ctx, imp.id, { known: true, tell: (so) => told(so.posts) });
const stored = performance.now();
say(`stored: ${Math.round((POSTS / (stored - began)) * 1_000)} posts/s`);
if (!storeOnly) {
  const accounts = Math.max(1, Math.round(POSTS / EACH));
  const toldAccounts = slope('screened accounts', accounts);
  const done = await screenDue(ctx, (so) => toldAccounts(so.accounts));
  const end = performance.now();
  say(`screened: ${Math.round((POSTS / (end - stored)) * 1_000)} posts/s, ${done.findings} findings, ${done.cases} cases`);
  say(`together: ${Math.round((POSTS / (end - began)) * 1_000)} posts/s`);
}
const [{ bytes }] = (await pool.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes')).rows as [{ bytes: string }];
const warc = fs.readdirSync(path.join(dir, 'evidence/warc')).reduce((sum, name) => sum + fs.statSync(path.join(dir, 'evidence/warc', name)).size, 0);
say(`database ${mb(Number(bytes))}, evidence ${mb(warc)}, memory ${mb(process.memoryUsage().rss)} (peak ${mb(process.resourceUsage().maxRSS * 1_024)})`);
await sealer.close();
await close();
await server.close();
fs.rmSync(dir, { recursive: true, force: true });
