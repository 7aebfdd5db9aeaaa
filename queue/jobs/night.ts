/** The nightly run: planned once a night whatever fires it, the scheduler or the catch-up after a missed night. */
import { z } from 'zod';
import { inTransaction } from '../../db/connect.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { watchOpenCases } from '../../db/repositories/revisit.ts';
import { CRAWLER } from '../context.ts';
import { defineJob } from '../define.ts';
import { beginRun } from '../runs.ts';
import { revisited } from './revisit-posts.ts';

export const night = defineJob({
  name: 'clock.night',
  queue: 'clock',
  input: z.object({}),
  attempts: 3,
  backoffMs: 10_000,
  run: async (_input, ctx) => {
    await watchOpenCases(ctx.db, await revisited(ctx.db), ctx.clock.now());
    const { runId, started } = await beginRun(ctx, 'nightly', CRAWLER.name);
    await inTransaction(ctx.db, (tx) => addToOutbox(tx, [{ topic: 'retention.run', payload: {} }], ctx.clock.now()));
    ctx.log.info({ runId, started }, started ? 'nightly run begins' : 'nightly run: another run is under way or this night has run');
  },
});
