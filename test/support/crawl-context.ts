/** What a walk is given, without queue and people: sources are walked one by one by whoever asks. */
import pino from 'pino';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import type { Fetcher } from '../../core/ports.ts';
import { createFetcher, type FetcherOptions } from '../../crawlers/fetch/fetcher.ts';
import type { Db } from '../../db/connect.ts';
import { createHostClock } from '../../db/repositories/host.ts';
import { createContentStore } from '../../evidence/store.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { JobContext } from '../../queue/context.ts';

/** A fetcher of tests, on the host clock of a store. */
export const testFetcher = (db: Db, more: Pick<FetcherOptions, 'allowPrivate'> & Partial<FetcherOptions>): Fetcher =>
  createFetcher({ userAgent: 'PinchaTest/1', from: 'test@example.cn', floorDelayMs: 0, hostClock: createHostClock(db), clock: systemClock, ...more });

/** @param dir of the sealed records @param kept of all other files */
export function crawlContext(db: Db, fetcher: Fetcher, dir: string, kept = dir): JobContext {
  const parts = { db, fetcher, config: loadConfig({}), clock: systemClock, log: pino({ level: 'silent' }) };
  const evidence = { sealer: createSealer({ dir }), content: createContentStore(kept) };
  return { ...parts, ...evidence, floorDelayFor: () => 0, signal: new AbortController().signal } as unknown as JobContext;
}
