/**
 * Works off the page shots that wait, the strongest lead first, when no run is under way: as long as a few minutes allow,
 * then the sweep calls again. Killed anywhere it goes on with the next.
 */
import { reasonOf } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import { nextShot, shotFailed, shotsWait } from '../../db/repositories/shot.ts';
import { defineJob } from '../define.ts';
import { shoot } from './shoot-capture.ts';

const BUDGET_MS = 4 * 60_000;

export const shootWaiting = defineJob({
  name: 'captures.shots',
  queue: 'shot',
  input: TOPICS['captures.shots'],
  attempts: 1,
  backoffMs: 0,
  key: () => 'one',
  run: async (_input, ctx) => {
    const until = performance.now() + BUDGET_MS;
    while (performance.now() < until && !ctx.signal.aborted && (await shotsWait(ctx.db, ctx.clock.now()))) {
      const captureId = await nextShot(ctx.db, ctx.clock.now());
      if (captureId === null) return;
      try {
        await shoot(ctx, captureId);
      } catch (error) {
        await shotFailed(ctx.db, captureId, reasonOf(error), ctx.clock.now());
      }
    }
  },
});
