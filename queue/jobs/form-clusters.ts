/** Links accounts that nobody linked yet and gathers those that belong together: called by the sweep after screening. */
import { TOPICS } from '../../core/events.ts';
import { clusterDirty } from '../clustering.ts';
import { defineJob } from '../define.ts';
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
    if (changed > 0) ctx.log.info({ changed }, 'clusters of accounts formed');
  },
});
