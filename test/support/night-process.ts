/**
 * A process of its own that takes up what the run under way still has to walk, for tests that kill it. Only the walk is
 * real: the queue is left out (kill.test.ts kills it with everything else), and accounts count as screened at once.
 */
import path from 'node:path';
import pino from 'pino';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { createFetcher } from '../../crawlers/fetch/fetcher.ts';
import { connect } from '../../db/connect.ts';
import { createHostClock } from '../../db/repositories/host.ts';
import { endAccount, settleRun, unfinished } from '../../db/repositories/run.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { JobContext } from '../../queue/context.ts';
import { crawlSource } from '../../queue/jobs/crawl-source.ts';

const [url = '', dir = '', hosts = ''] = process.argv.slice(2);
const { db, close } = connect(url);
const fetcher = createFetcher({
  userAgent: 'PinchaTest/1',
  from: 'test@example.cn',
  allowPrivate: hosts.split(','),
  floorDelayMs: 0,
  hostClock: createHostClock(db),
  clock: systemClock,
});
const sealer = createSealer({ dir: path.join(dir, 'evidence') });
const ctx = {
  db,
  config: loadConfig({}),
  clock: systemClock,
  log: pino({ level: 'silent' }),
  fetcher,
  sealer,
  floorDelayFor: () => 0,
  signal: new AbortController().signal,
} as unknown as JobContext;

await Promise.all((await unfinished(db)).tasks.map((task) => crawlSource.run(task, ctx)));
for (const { runId, accountId } of (await unfinished(db)).accounts) await db.transaction((tx) => endAccount(tx, runId, accountId, 'done', {}, new Date()));
for (const runId of (await unfinished(db)).runs) await settleRun(db, runId, new Date());
await sealer.close();
await fetcher.close();
await close();
