/** Gives the days that are over their roots and has roots signed and time-stamped; asked for by the sweep while anything waits. */
import { TOPICS } from '../../core/events.ts';
import { defineJob } from '../define.ts';
import { closeDays as closeOpenDays, sealRoots } from '../roots.ts';

export const closeDays = defineJob({
  name: 'evidence.roots',
  queue: 'notice',
  input: TOPICS['evidence.roots'],
  attempts: 3,
  backoffMs: 10_000,
  key: () => 'one',
  run: async (_input, ctx) => {
    for (const root of await closeOpenDays(ctx.roots)) ctx.log.info({ ...root }, 'ledger root made');
    await sealRoots(ctx.roots);
  },
});
