/** The arithmetic of politeness: gaps, doubling, decay, pauses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterReport, BACKOFF_MAX_MS, FRESH_PACE, type HostPace, MAX_WAIT_MS, nextNight, reserveSlot } from '../../../core/politeness.ts';

const at = (iso: string): Date => new Date(iso);
const NOW = at('2026-11-23T02:00:00Z');
const plus = (ms: number): Date => new Date(NOW.getTime() + ms);
const refused = { kind: 'refused', latencyMs: 5, retryAfterMs: null } as const;

describe('politeness', () => {
  it('finds the next night on both sides of 01:30 in Shanghai', () => {
    expect(nextNight(at('2026-11-23T17:29:59Z')).toISOString()).toBe('2026-11-23T17:30:00.000Z');
    expect(nextNight(at('2026-11-23T17:30:00Z')).toISOString()).toBe('2026-11-24T17:30:00.000Z');
    expect(nextNight(at('2026-11-23T02:00:00Z'), '23:00').toISOString()).toBe('2026-11-23T15:00:00.000Z');
  });

  it('never lets two slots be nearer than the gap of the later one, whatever happens in between', () => {
    const step = fc.record({
      gap: fc.integer({ min: 0, max: 60_000 }),
      pass: fc.integer({ min: 0, max: 90_000 }),
      kind: fc.constantFrom('ok', 'refused', 'error', 'none'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let [pace, t, last]: [HostPace, number, number | null] = [FRESH_PACE, NOW.getTime(), null];
        for (const { gap, pass, kind } of steps) {
          const reserved = reserveSlot(pace, { gapMs: gap }, new Date(t));
          pace = reserved.pace;
          if (reserved.slot.at !== null) {
            const slot = reserved.slot.at.getTime();
            expect(slot).toBeGreaterThanOrEqual(t);
            expect(slot - t).toBeLessThanOrEqual(MAX_WAIT_MS);
            if (last !== null) expect(slot - last).toBeGreaterThanOrEqual(gap);
            last = slot;
          } else expect(reserved.slot.pausedUntil!.getTime()).toBeGreaterThan(t);
          t += pass;
          if (kind !== 'none') pace = afterReport(pace, { kind, latencyMs: 1, retryAfterMs: null }, new Date(t));
          expect(pace.delayMs).toBeLessThanOrEqual(BACKOFF_MAX_MS);
        }
      }),
    );
  });

  it('doubles from 2 s to 600 s and counts a burst once', () => {
    let pace = FRESH_PACE;
    const delays: number[] = [];
    let t = 0;
    for (let i = 0; i < 9; i += 1) {
      pace = afterReport(pace, refused, plus(t));
      pace = afterReport(pace, refused, plus(t + 1));
      delays.push(pace.delayMs / 1000);
      t = pace.backoffUntil!.getTime() - NOW.getTime();
    }
    expect(delays).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512]);
  });

  it('pauses only for an unbroken row', () => {
    const slow = { ...FRESH_PACE, delayMs: 600_000, refusedSince: plus(-14 * 60_000), backoffUntil: plus(-60_000) };
    expect(afterReport(slow, refused, NOW).backoffUntil).toEqual(plus(600_000));
    expect(afterReport(slow, refused, plus(60_000)).backoffUntil).toEqual(nextNight(NOW));
    const contented = afterReport(slow, { kind: 'ok', latencyMs: 1, retryAfterMs: null }, NOW);
    expect(afterReport(contented, refused, plus(60_000)).backoffUntil!.getTime()).toBeLessThan(plus(3_600_000).getTime());
    // Last refused two hours ago and not asked since: that is a new row.
    const yesterday = { ...slow, refusedSince: plus(-3 * 3_600_000), backoffUntil: plus(-2 * 3_600_000) };
    expect(afterReport(yesterday, refused, NOW).refusedSince).toEqual(NOW);
  });

  it('halves the delay with each good answer and leaves it alone on errors', () => {
    const slow = { ...FRESH_PACE, delayMs: 16_000 };
    expect(afterReport(slow, { kind: 'ok', latencyMs: 1, retryAfterMs: null }, NOW).delayMs).toBe(8_000);
    expect(afterReport({ ...slow, delayMs: 3_000 }, { kind: 'ok', latencyMs: 1, retryAfterMs: null }, NOW).delayMs).toBe(0);
    expect(afterReport(slow, { kind: 'error', latencyMs: 1, retryAfterMs: null }, NOW)).toEqual(slow);
  });

  it('takes Retry-After between one second and one day', () => {
    const wait = (ms: number): number => afterReport(FRESH_PACE, { ...refused, retryAfterMs: ms }, NOW).backoffUntil!.getTime() - NOW.getTime();
    expect([wait(0), wait(45_000), wait(1e12)]).toEqual([1_000, 45_000, 86_400_000]);
  });
});
