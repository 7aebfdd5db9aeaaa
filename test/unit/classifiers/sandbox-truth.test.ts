import { describe, expect, it } from 'vitest';
import { buildScreening } from '../../../bin/screener.ts';
import { generateWorld } from '../../../sandbox/generate.ts';
import { loadTexts } from '../../../sandbox/texts/load.ts';
import { describeMeasured, halfOf, measureWorld } from '../../support/sandbox-truth.ts';

const { screener } = buildScreening();

/** What held when it was last measured, less a little for other seeds; half b was not looked at while rules were written. */
const FLOORS = {
  a: { recall: 0.9, honestFlagged: 0.02 },
  b: { recall: 0.45, honestFlagged: 0.16 },
} as const;

describe.each([1, 20261123])('sandbox of seed %i, against its truth', (seed) => {
  const world = generateWorld({ seed, texts: loadTexts() });
  const measured = { a: measureWorld(world, screener, (t) => halfOf(t) === 'a'), b: measureWorld(world, screener, (t) => halfOf(t) === 'b') };

  it.each(['a', 'b'] as const)('finds what is true in half %s and leaves honest posts alone', (half) => {
    const { byKind, honest } = measured[half];
    console.log(`seed ${seed}, half ${half}\n${describeMeasured(measured[half])}`);
    const all = [...byKind.values()].reduce((sum, t) => ({ truth: sum.truth + t.truth, found: sum.found + t.found }), { truth: 0, found: 0 });
    expect(all.found / all.truth).toBeGreaterThan(FLOORS[half].recall);
    expect(honest.flagged / honest.posts).toBeLessThan(FLOORS[half].honestFlagged);
  });

  it('says nothing of warnings, court reports and closed notices', () => {
    const notices = measureWorld(world, screener, (t) => t.startsWith('notice-'));
    const wrong = [...notices.byKind.values()].reduce((sum, t) => sum + t.wrong, 0);
    expect(notices.posts).toBeGreaterThan(20);
    expect(wrong / notices.posts).toBeLessThan(0.7);
  });

  it('is sparing with missing elements', () => {
    for (const half of ['a', 'b'] as const) {
      const tally = measured[half].byKind.get('missing-element');
      expect((tally?.wrong ?? 0) / measured[half].posts).toBeLessThan(0.08);
      expect((tally?.found ?? 0) / (tally?.truth ?? 1)).toBeGreaterThan(0.7);
    }
  });
});
