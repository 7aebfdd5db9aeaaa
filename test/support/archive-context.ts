/** What jobs over the archive need, wired as the product is, without web, browser and crawler. */
import pino from 'pino';
import { createLiveLaw } from '../../bin/live-law.ts';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import type { Db } from '../../db/connect.ts';
import type { JobContext } from '../../queue/context.ts';
import { createReferences } from '../../queue/references.ts';

export async function archiveContext(db: Db): Promise<JobContext> {
  const law = await createLiveLaw(db, systemClock, (words) => {
    throw new Error(words);
  });
  const own = { db, config: loadConfig({}), clock: systemClock, log: pino({ level: 'silent' }), law, signal: new AbortController().signal };
  return Object.defineProperties(
    { ...own, references: createReferences(db, systemClock) },
    { screener: { enumerable: true, get: () => law.screening().screener }, cite: { enumerable: true, get: () => law.screening().cite } },
  ) as unknown as JobContext;
}
