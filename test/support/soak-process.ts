/**
 * The working product as `pincha start` runs it, without its web and with one job changed: an account counts as
 * screened at once. Store, queue, outbox, sweep, fetcher, sealer and walks are the product's own. For nights that kill it.
 */
import { openService } from '../../bin/service.ts';
import { loadConfig } from '../../core/config.ts';
import { TOPICS } from '../../core/events.ts';
import { inTransaction } from '../../db/connect.ts';
import { endAccount } from '../../db/repositories/run.ts';
import { defineJob } from '../../queue/define.ts';
import { JOBS } from '../../queue/job-table.ts';
import { settleSparingly } from '../../queue/runs.ts';
import { startWorkers } from '../../queue/workers.ts';

const [database = '', dataDir = '', hosts = '', walks = '6'] = process.argv.slice(2);
const env = { DATABASE_URL: database, PINCHA_DEMO: '0', PINCHA_OCR: 'off', PINCHA_ALLOW_PRIVATE: hosts, PINCHA_FETCH_CONCURRENCY: walks, LOG_LEVEL: 'warn' };

const screenNothing = defineJob({
  name: 'account.screen',
  queue: 'screen',
  input: TOPICS['account.screen'],
  attempts: 5,
  backoffMs: 1_000,
  run: async ({ accountId, runId }, ctx) => {
    if (!runId) return;
    await inTransaction(ctx.db, (tx) => endAccount(tx, runId, accountId, 'done', {}, ctx.clock.now()));
    await settleSparingly(ctx, runId);
  },
});

const service = await openService({ ...loadConfig(env), dataDir }, () => undefined);
// Whoever starts this starts one at a time: what the one before held is free.
await startWorkers(service.context, {
  databaseUrl: database,
  alone: true,
  jobs: JOBS.map((job) => (job.name === screenNothing.name ? screenNothing : job)),
});
