/**
 * Links accounts that nobody linked yet, gathers those that belong together, and after a run works out what is usually
 * paid: called by the sweep after screening.
 */
import { TOPICS } from '../../core/events.ts';
import { clusterDirty } from '../clustering.ts';
import { defineJob } from '../define.ts';
import { renewPayRanges } from '../false-posting.ts';
import { linkAll } from '../linking.ts';

export const formClusters = defineJob({
  name: 'network.cluster',
  queue: 'screen',
  input: TOPICS['network.cluster'],
  attempts: 3,
  backoffMs: 5_000,
  key: () => 'all',
  run: async (_input, ctx) => {
    await linkAll(ctx, ctx.signal);
    const changed = await clusterDirty(ctx, ctx.signal);
    if (!ctx.signal.aborted) await renewPayRanges(ctx);
    if (changed > 0) ctx.log.info({ changed }, 'clusters of accounts formed');
  },
});
