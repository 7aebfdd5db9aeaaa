/**
 * A process of its own that visits what the queue hands it, by a clock that is wrong, and tells when each of its
 * requests started: by the machine's monotonic clock, which all processes share.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { createFetcher } from '../../crawlers/fetch/fetcher.ts';
import { connect } from '../../db/connect.ts';
import { createHostClock } from '../../db/repositories/host.ts';
import { openBackend } from '../../queue/backend.ts';

/** What the test sends to start it. */
export interface PoliteOrder {
  readonly database: string;
  /** Queues it takes work from, by name: on PostgreSQL, or on the Redis named. */
  readonly queues: readonly { readonly name: string; readonly redis: string | undefined }[];
  readonly hosts: readonly string[];
  readonly gapMs: number;
  readonly skewMs: number;
}
/** What it sends back: `ready`, each visit's outcome, and when it is asked every start since it was last asked, in ms. */
export type PoliteWord =
  | { readonly word: 'ready' }
  | { readonly word: 'visited'; readonly url: string; readonly outcome: string }
  | { readonly word: 'started'; readonly starts: readonly (readonly [host: string, atMs: number])[] };

const say = (word: PoliteWord): void => void process.send?.(word);

process.once('message', (message) => {
  const order = message as PoliteOrder;
  const starts: [string, number][] = [];
  subscribe('http.client.request.start', (event) => {
    const { request } = event as { request: ClientRequest };
    starts.push([String(request.getHeader('host')), Number(process.hrtime.bigint()) / 1e6]);
  });
  const clock = { now: () => new Date(Date.now() + order.skewMs) };
  const { db } = connect(order.database);
  const fetcher = createFetcher({
    userAgent: 'PinchaTest/1',
    from: 'test@example.cn',
    allowPrivate: order.hosts,
    floorDelayMs: order.gapMs,
    hostClock: createHostClock(db),
    clock,
  });
  const start = async (): Promise<void> => {
    const visit = async (url: string): Promise<void> => {
      const { outcome } = await fetcher.fetch(url);
      say({ word: 'visited', url, outcome });
    };
    for (const { name, redis } of order.queues) {
      const backend = await openBackend({ database: order.database, redis }, () => undefined);
      const worker = backend.worker(name, (job) => visit(String(job.data.url)), { concurrency: 60, lockDuration: 60_000 });
      await worker.waitUntilReady();
    }
    process.on('message', () => say({ word: 'started', starts: starts.splice(0) }));
    say({ word: 'ready' });
  };
  void start();
});
