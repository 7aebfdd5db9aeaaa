/** What every host clock must do, whichever store is behind it. Time is a hand-moved clock given to the maker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import { isNoNews } from '../../core/politeness.ts';
import type { HostClock } from '../../core/ports.ts';

export interface HostClockUnderTest {
  readonly hostClock: HostClock;
  readonly close?: () => Promise<void>;
}

/** 10:00 in Asia/Shanghai. */
const START = Date.parse('2026-11-23T02:00:00Z');

/** @param make builds the clock under test; it must read time only from the clock it is given */
export function hostClockSuite(name: string, make: (clock: Clock) => Promise<HostClockUnderTest>): void {
  describe(`host clock: ${name}`, () => {
    let t = START;
    let made: HostClockUnderTest;
    let serial = 0;
    const host = (): string => {
      serial += 1;
      return `h${serial}.example.cn`;
    };
    const refused = { kind: 'refused', latencyMs: 10, retryAfterMs: null } as const;
    const ok = { kind: 'ok', latencyMs: 10, retryAfterMs: null } as const;

    beforeAll(async () => {
      made = await make({ now: () => new Date(t) });
    });
    afterAll(async () => {
      await made.close?.();
    });

    it('keeps every gap when 50 callers reserve at once', async () => {
      const h = host();
      const slots = await Promise.all(Array.from({ length: 50 }, () => made.hostClock.reserve(h, { gapMs: 3_000 })));
      const times = slots.map((s) => s.at?.getTime() ?? Number.NaN).sort((a, b) => a - b);
      expect(times[0]).toBe(t);
      for (let i = 1; i < times.length; i += 1) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(3_000);
    });

    it('measures the gap of the caller that follows, not of the one before', async () => {
      const h = host();
      const first = await made.hostClock.reserve(h, { gapMs: 0 });
      const second = await made.hostClock.reserve(h, { gapMs: 10_000 });
      expect(second.at!.getTime() - first.at!.getTime()).toBeGreaterThanOrEqual(10_000);
    });

    it('gives hosts slots of their own', async () => {
      const [a, b] = await Promise.all([made.hostClock.reserve(host(), { gapMs: 60_000 }), made.hostClock.reserve(host(), { gapMs: 60_000 })]);
      expect([a.at?.getTime(), b.at?.getTime()]).toEqual([t, t]);
    });

    it('hands out no slot further ahead than ten minutes, and uses none up', async () => {
      const h = host();
      for (let i = 0; i < 2; i += 1) expect((await made.hostClock.reserve(h, { gapMs: 300_000 })).at).not.toBeNull();
      const full = await made.hostClock.reserve(h, { gapMs: 300_000 });
      expect(full.at).toBeNull();
      expect([full.pausedUntil!.getTime(), Math.round(full.waitMs)]).toEqual([t + 601_000, 601_000]);
      t += 300_000;
      expect((await made.hostClock.reserve(h, { gapMs: 300_000 })).at!.getTime()).toBe(t + 301_000);
    });

    it('waits no longer than its caller has patience', async () => {
      const h = host();
      await made.hostClock.reserve(h, { gapMs: 0 });
      expect((await made.hostClock.reserve(h, { gapMs: 30_000, maxWaitMs: 10_000 })).at).toBeNull();
      expect((await made.hostClock.reserve(h, { gapMs: 30_000, maxWaitMs: 40_000 })).waitMs).toBe(30_500);
    });

    it('adds to a gap what a start may be late by, and says how much that is', async () => {
      const h = host();
      const first = await made.hostClock.reserve(h, { gapMs: 1_000 });
      const second = await made.hostClock.reserve(h, { gapMs: 1_000 });
      expect([second.graceMs, second.at!.getTime() - first.at!.getTime()]).toEqual([25, 1_100]);
    });

    it('asks a slow host less often, and every caller knows that it is slow', async () => {
      const h = host();
      await made.hostClock.report(h, { ...ok, latencyMs: 800 });
      await made.hostClock.reserve(h, { gapMs: 0 });
      expect((await made.hostClock.reserve(h, { gapMs: 0, adaptive: true })).waitMs).toBe(4_400);
      // Only a good answer may say that it has become quicker.
      await made.hostClock.report(h, { kind: 'error', latencyMs: 10, retryAfterMs: null });
      expect((await made.hostClock.reserve(h, { gapMs: 0, adaptive: true })).waitMs).toBe(8_800);
      for (let i = 0; i < 20; i += 1) await made.hostClock.report(h, ok);
      t += 60_000;
      await made.hostClock.reserve(h, { gapMs: 0 });
      expect((await made.hostClock.reserve(h, { gapMs: 0, adaptive: true })).waitMs).toBeLessThan(500);
    });

    it('says whether a host is calm, so that news that is none need not be told', async () => {
      const h = host();
      const calm = async (): Promise<number | null> => (await made.hostClock.reserve(h, { gapMs: 0 })).calmMs;
      expect(await calm()).toBe(0);
      expect([isNoNews(0, ok), isNoNews(0, { ...ok, latencyMs: 300 }), isNoNews(0, refused), isNoNews(null, ok)]).toEqual([true, false, false, false]);
      await made.hostClock.report(h, { ...ok, latencyMs: 300 });
      expect(await calm()).toBe(300);
      expect([isNoNews(300, { ...ok, latencyMs: 310 }), isNoNews(300, { ...ok, latencyMs: 900 })]).toEqual([true, false]);
      await made.hostClock.report(h, refused);
      t += 3_000;
      expect(await calm()).toBeNull();
      // One good answer ends the row of refusals and halves what they earned, here to nothing.
      await made.hostClock.report(h, { ...ok, latencyMs: 300 });
      expect(await calm()).toBe(300);
    });

    it('backs off after a refusal, believes Retry-After, and recovers', async () => {
      const h = host();
      await made.hostClock.report(h, refused);
      expect((await made.hostClock.reserve(h, { gapMs: 0 })).at!.getTime()).toBe(t + 2_000);
      t += 10_000;
      await made.hostClock.report(h, { ...refused, retryAfterMs: 45_000 });
      expect((await made.hostClock.reserve(h, { gapMs: 0 })).at!.getTime()).toBe(t + 45_000);
      t += 60_000;
      for (let i = 0; i < 3; i += 1) await made.hostClock.report(h, ok);
      await made.hostClock.reserve(h, { gapMs: 0 });
      expect((await made.hostClock.reserve(h, { gapMs: 0 })).at!.getTime()).toBe(t);
    });

    it('pauses a host after fifteen minutes of unbroken refusals until 01:30 and no longer', async () => {
      const h = host();
      let paused = await made.hostClock.reserve(h, { gapMs: 0 });
      for (let i = 0; i < 40 && paused.at !== null; i += 1) {
        t = Math.max(t, paused.at.getTime()) + 1_000;
        await made.hostClock.report(h, refused);
        paused = await made.hostClock.reserve(h, { gapMs: 0 });
      }
      expect(paused.at).toBeNull();
      expect(paused.pausedUntil?.toISOString()).toBe('2026-11-23T17:30:00.000Z');
      t = Date.parse('2026-11-23T17:30:01Z');
      expect((await made.hostClock.reserve(h, { gapMs: 0 })).at).not.toBeNull();
      await made.hostClock.report(h, refused);
      expect((await made.hostClock.reserve(h, { gapMs: 0 })).at).not.toBeNull();
    });

    it('keeps robots.txt for a day', async () => {
      const h = host();
      expect(await made.hostClock.robots(h)).toBeNull();
      await made.hostClock.saveRobots(h, { status: 200, body: 'User-agent: *\nDisallow: /私' });
      expect(await made.hostClock.robots(h)).toEqual({ status: 200, body: 'User-agent: *\nDisallow: /私' });
      t += 25 * 3_600_000;
      expect(await made.hostClock.robots(h)).toBeNull();
    });
  });
}
