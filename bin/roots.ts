/** Roots of the ledger as this process is configured: the key file and the time-stamp service it names. */
import type { Clock } from '../core/clock.ts';
import { botAgent } from '../crawlers/fetch/fetcher.ts';
import { createTimestampService, readAnchors } from '../crawlers/fetch/timestamp-service.ts';
import type { RootMakers } from '../queue/roots.ts';
import type { Store } from './store.ts';

/** @throws FILE_UNREADABLE, INPUT_INVALID when the configured certificates cannot be read */
export function rootMakers(store: Store, clock: Clock): RootMakers {
  const { evidenceKey, tsaUrl, tsaCa, contact } = store.config;
  return {
    db: store.db,
    clock,
    log: store.log,
    keyFile: evidenceKey ?? null,
    timestamps: tsaUrl ? createTimestampService(tsaUrl, botAgent(contact), tsaCa ? readAnchors(tsaCa) : undefined) : null,
  };
}
