/**
 * The composition root of a working process: store, browser, fetcher, screener, references and workers, built in
 * reading order from one configuration and closed in reverse. `start` adds the web to it, `crawl` does not.
 */
import { fileURLToPath } from 'node:url';
import { policyOf } from '../api/deps.ts';
import { createPictureReader } from '../classifiers/image/picture-reader.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { botAgent, createFetcher } from '../crawlers/fetch/fetcher.ts';
import { createHostClock } from '../db/repositories/host.ts';
import { createDestroyer } from '../evidence/destroy.ts';
import type { JobContext } from '../queue/context.ts';
import { createReferences } from '../queue/references.ts';
import { startWorkers, type Workers } from '../queue/workers.ts';
import type { Sandbox } from '../sandbox/server.ts';
import { type BrowserHost, createBrowserHost } from './browser.ts';
import { startDemo } from './demo.ts';
import { createLiveLaw, type LiveLaw } from './live-law.ts';
import { rootMakers } from './roots.ts';
import { openStore, type Store } from './store.ts';

export interface Service {
  readonly store: Store;
  readonly context: JobContext;
  readonly law: LiveLaw;
  readonly sandbox: Sandbox | null;
  readonly browser: BrowserHost;
  /** The caller holds the data lock: with the embedded database nobody else works on this store. */
  startWorkers(): Promise<Workers>;
  close(): Promise<void>;
}

/** The sandbox is ours and on this machine: it asks for no gap. Everybody else gets the configured floor. */
const SANDBOX_GAP_MS = 5;

/** Builds a service; `say` is told in plain words what is worth knowing. */
export async function openService(config: Config, say: (words: string) => void, clock: Clock = systemClock): Promise<Service> {
  const store = await openStore(config);
  const closing = new AbortController();
  const sandbox = config.demo ? await startDemo(store, clock).catch(async (error: unknown) => Promise.reject(await store.close().then(() => error))) : null;
  const browser = createBrowserHost({ browserPath: config.browserPath, dataDir: config.dataDir, log: say });
  const fetcher = createFetcher({
    userAgent: botAgent(config.contact),
    from: config.contact,
    allowPrivate: [...config.allowPrivate, ...(sandbox?.hosts ?? [])],
    floorDelayMs: config.floorDelayMs,
    hostClock: createHostClock(store.db, config.nightlyAt),
    clock,
    browser: () => browser.get(),
    note: (host, words) => store.log.warn({ host }, words),
  });
  const law = await createLiveLaw(store.db, clock, (words) => store.log.warn(words), config.dataDir);
  const pictures = config.ocr === 'on' ? createPictureReader({ program: fileURLToPath(new URL('./picture-worker.mjs', import.meta.url)) }) : null;
  const context: JobContext = {
    db: store.db,
    config,
    clock,
    log: store.log,
    fetcher,
    sealer: store.sealer,
    content: store.content,
    destroyer: createDestroyer(store.vault),
    browser: () => browser.get(),
    pictures,
    law,
    get screener() {
      return law.screening().screener;
    },
    get cite() {
      return law.screening().cite;
    },
    references: createReferences(store.db, clock),
    policy: policyOf(config),
    roots: rootMakers(store, clock),
    floorDelayFor: (platform) => (platform.startsWith('sandbox-') ? SANDBOX_GAP_MS : undefined),
    signal: closing.signal,
  };
  let workers: Workers | null = null;
  return {
    store,
    context,
    law,
    sandbox,
    browser,
    startWorkers: async () => {
      workers = await startWorkers(context, { databaseUrl: store.databaseUrl, redisUrl: config.redisUrl, alone: store.embedded });
      return workers;
    },
    close: async () => {
      closing.abort();
      const steps: [string, () => Promise<void> | undefined][] = [
        ['pictures', () => pictures?.close()],
        ['workers', () => workers?.close()],
        ['fetcher', () => fetcher.close()],
        ['browser', () => browser.close()],
        ['sandbox', () => sandbox?.close()],
      ];
      for (const [part, close] of steps) {
        // Told, so that an end that takes long says in the log what it waited for.
        store.log.info({ part }, 'closing');
        await close();
      }
      await store.close();
    },
  };
}
