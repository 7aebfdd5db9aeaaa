/**
 * A night of many addresses, killed five times: boards on hosts of their own, the embedded PostgreSQL, the queue and the
 * walks of the product, its process killed with SIGKILL at moments drawn by seed and started again. Ends with exit code 1
 * unless every page was kept exactly once, none was asked for twice but those under way at a kill, and the evidence verifies.
 * `npm run soak:crawl -- [--urls 100000] [--boards 8] [--kills 5] [--seed 1] [--chars 800]`
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../../db/connect.ts';
import { startEmbedded } from '../../db/embedded/server.ts';
import { ensureDatabase, migrateDatabase } from '../../db/migrate.ts';
import { createRandom } from '../../sandbox/world/random.ts';
import { type KilledNight, killedNight, type NightProgress } from '../support/killed-night.ts';

const { values } = parseArgs({
  options: Object.fromEntries(['urls', 'boards', 'kills', 'seed', 'chars', 'minutes'].map((name) => [name, { type: 'string' as const }])),
});
const number = (name: string, otherwise: number): number => Number(values[name] ?? otherwise);
const [urls, boards, kills, seed, chars] = [number('urls', 100_000), number('boards', 8), number('kills', 5), number('seed', 1), number('chars', 800)];
const say = (words: string): void => void process.stdout.write(`${words}\n`);

function progressTeller(total: number): (so: NightProgress) => void {
  let [pages, at] = [0, 0];
  return (so) => {
    const rate = so.seconds > at ? Math.round((so.pages - pages) / (so.seconds - at)) : 0;
    [pages, at] = [so.pages, so.seconds];
    say(`${so.pages}/${total} requests after ${Math.round(so.seconds)} s, ${rate}/s; memory of the crawl ${so.rssMb} MB; killed ${so.kills} of ${kills}`);
  };
}

/** What did not hold, in words; nothing when all did. */
function faultsOf(night: KilledNight): string[] {
  const { lost, needless, doubled, evidence } = night;
  const some = (list: readonly string[]): string => list.slice(0, 5).join(', ');
  const atMost = night.kills * night.walks;
  const open = night.tasks.filter(({ state, outcome }) => state !== 'done' || outcome !== 'ok').length;
  return [
    lost.length > 0 && `${lost.length} addresses were never asked for: ${some(lost)}`,
    night.unsealed > 0 && `${night.unsealed} addresses have no capture`,
    night.crashes > 0 && `the crawl ended by itself ${night.crashes} times`,
    doubled > 0 && `${doubled} addresses were kept more than once`,
    needless.length > 0 && `${needless.length} addresses were asked for again without a kill: ${some(needless)}`,
    night.again > atMost && `${night.again} addresses were asked for again, more than ${atMost} walks times kills`,
    night.counted !== night.urls && `the run counts ${night.counted} pages of ${night.urls}`,
    night.left > 0 && `${night.left} addresses still stand in the frontier`,
    open > 0 && `${open} walks did not end well`,
    evidence.ledger.rows !== night.urls && `the ledger has ${evidence.ledger.rows} rows for ${night.urls} pages`,
    evidence.captures.sound !== night.urls && `${evidence.captures.sound} sealed pages are sound`,
    !evidence.ok && `evidence: ${evidence.first?.place} ${evidence.first?.reason}`,
  ].filter((fault) => typeof fault === 'string');
}

// The database is no child of ours: told to end, we still have to stop it.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-soak-'));
fs.chmodSync(dir, 0o755);
const random = createRandom(seed).fork('soak');
const moments = Array.from({ length: kills }, () => random.between(20, 980) / 1_000).sort((a, b) => a - b);
const server = await startEmbedded(path.join(dir, 'pg'));
await ensureDatabase(server.url('postgres'), 'pincha');
await migrateDatabase(server.url('pincha'));
const { db, pool, close } = connect(server.url('pincha'));
const site = { boards, perBoard: Math.ceil(urls / boards), pageChars: chars, perCompany: 50, ownHosts: true };
say(
  `${urls} addresses on ${boards} hosts, ${os.availableParallelism()} cores, Node ${process.version}; killed at ${moments.map((m) => `${Math.round(m * 100)} %`).join(', ')}`,
);
try {
  const patienceMs = number('minutes', 120) * 60_000;
  const night = await killedNight(
    { db, url: server.url('pincha') },
    { ...site, kills, moments, patienceMs, program: './soak-process.ts', say, progress: progressTeller(urls), signal: stop.signal },
  );
  const [size] = (await pool.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes')).rows;
  say(
    `${night.urls} pages in ${Math.round(night.seconds)} s: ${Math.round(night.urls / night.seconds)}/s; database ${Math.round(Number(size?.bytes) / 1_048_576)} MB`,
  );
  say(
    `lost ${night.lost.length}; asked for again ${night.again} (under way at the kills: ${night.underWay.join(', ')}; for no reason: ${night.needless.length})`,
  );
  say(
    `ledger ${night.evidence.ledger.rows} rows, ${night.evidence.captures.sound}/${night.evidence.captures.total} pages sound; torn tails ${night.evidence.tails.length}`,
  );
  const faults = faultsOf(night);
  for (const fault of faults) say(`FAULT ${fault}`);
  say(faults.length === 0 ? 'all of it holds' : `${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await close();
  await server.close();
  fs.rmSync(dir, { recursive: true, force: true });
}
