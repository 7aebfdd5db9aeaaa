/** Our side of `crawl.ts`: walks all boards at once with the real walk, store, sealer and ledger, and tells how long it took. */
import pino from 'pino';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { createFetcher } from '../../crawlers/fetch/fetcher.ts';
import { connect } from '../../db/connect.ts';
import { createHostClock } from '../../db/repositories/host.ts';
import { unfinished } from '../../db/repositories/run.ts';
import { addSources } from '../../db/repositories/source.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { JobContext } from '../../queue/context.ts';
import { crawlSource } from '../../queue/jobs/crawl-source.ts';
import { beginRun } from '../../queue/runs.ts';

export interface CrawlOrder {
  readonly hosts: readonly string[];
  /** First pages. */
  readonly boards: readonly string[];
  readonly database: string;
  readonly dir: string;
  /** Requests under way at a time. */
  readonly atOnce: number;
  /** Whether anything is kept on disk. */
  readonly keep: boolean;
}
export interface CrawlDone {
  readonly pages: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as CrawlOrder;
const { db, close } = connect(order.database);
const fetcher = createFetcher({
  userAgent: 'PinchaBench/1',
  from: 'bench@example.cn',
  allowPrivate: order.hosts,
  floorDelayMs: 0,
  hostClock: createHostClock(db),
  clock: systemClock,
});
const sealer = createSealer({ dir: order.dir });
const config = loadConfig({});
const log = pino({ level: 'silent' });
const ctx = { db, config, clock: systemClock, log, fetcher, sealer, floorDelayFor: () => 0, signal: new AbortController().signal } as unknown as JobContext;
await addSources(
  db,
  order.boards.map((url, i) => ({ platform: 'sandbox-board', name: `板块 ${i}`, url })),
  systemClock.now(),
);
await beginRun({ db, clock: systemClock, config, log }, 'nightly', 'bench');
const [began, cpu] = [performance.now(), process.cpuUsage()];
await Promise.all((await unfinished(db)).tasks.map((task) => crawlSource.run(task, ctx)));
const seconds = (performance.now() - began) / 1_000;
const used = process.cpuUsage(cpu);
await sealer.close();
await fetcher.close();
await close();
process.send?.({
  // Counted in the store by whoever asked.
  pages: 0,
  seconds,
  cpuSeconds: (used.user + used.system) / 1e6,
  rssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
} satisfies CrawlDone);
process.disconnect?.();
