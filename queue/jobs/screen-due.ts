/** Screens what came in outside a run: pushed batches, imported files and captures. */
import { TOPICS } from '../../core/events.ts';
import { clusterDirty } from '../clustering.ts';
import { defineJob } from '../define.ts';
import { screenDue } from '../screen-due.ts';

export const screenDueAccounts = defineJob({
  name: 'accounts.due',
  queue: 'screen',
  input: TOPICS['accounts.due'],
  attempts: 5,
  backoffMs: 5_000,
  // It looks for what there is to do until nothing is left, and the sweep calls again for what came as it ended.
  key: () => 'all',
  run: async (_input, ctx) => {
    const { accounts } = await screenDue(ctx);
    if (accounts > 0) await clusterDirty(ctx, ctx.signal);
  },
});
