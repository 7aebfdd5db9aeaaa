/** Figures are held against published values and against each other. */
import { describe, expect, it } from 'vitest';
import { jumpOf, poissonTails, wilson } from '../../../core/statistics.ts';

describe('wilson', () => {
  it('gives the interval of textbooks', () => {
    // Newcombe 1998, table I: 81/263 and 0/20 and 20/20.
    expect(wilson(81, 263)?.low).toBeCloseTo(0.2553, 4);
    expect(wilson(81, 263)?.high).toBeCloseTo(0.3662, 4);
    expect(wilson(0, 20)).toMatchObject({ share: 0, low: 0 });
    expect(wilson(0, 20)?.high).toBeCloseTo(0.1611, 4);
    expect(wilson(0, 0)).toBeNull();
  });
});

describe('poissonTails', () => {
  it('agrees with sums of the distribution', () => {
    const mass = (k: number, m: number): number => Math.exp(-m) * Array.from({ length: k }, (_, i) => m / (i + 1)).reduce((a, b) => a * b, 1);
    for (const m of [0.3, 4, 25]) {
      for (const k of [0, 1, 3, 10, 40]) {
        let below = 0;
        for (let i = 0; i < k; i += 1) below += mass(i, m);
        expect(poissonTails(k, m).atLeast).toBeCloseTo(1 - below, 9);
        expect(poissonTails(k, m).atMost).toBeCloseTo(below + mass(k, m), 9);
      }
    }
  });
});

describe('jumpOf', () => {
  const even = Array.from({ length: 14 }, (_, i) => ({ hits: 18 + (i % 5), posts: 1_000 }));
  const alpha = 1e-5;
  it('is silent on a usual night and on a rather high one', () => {
    expect(jumpOf({ hits: 21, posts: 1_000 }, even, alpha)).toBeNull();
    expect(jumpOf({ hits: 34, posts: 1_000 }, even, alpha)).toBeNull();
  });
  it('tells of a jump, in either direction', () => {
    expect(jumpOf({ hits: 80, posts: 1_000 }, even, alpha)).toMatchObject({ up: true });
    expect(jumpOf({ hits: 0, posts: 3_000 }, even, alpha)).toMatchObject({ up: false });
  });
  it('does not take a busy night for a jump', () => {
    expect(jumpOf({ hits: 210, posts: 10_000 }, even, alpha)).toBeNull();
  });
  it('asks for more where nights have always differed', () => {
    const uneven = Array.from({ length: 14 }, (_, i) => ({ hits: i % 2 === 0 ? 2 : 40, posts: 1_000 }));
    expect(jumpOf({ hits: 60, posts: 1_000 }, uneven, alpha)).toBeNull();
    expect(jumpOf({ hits: 60, posts: 1_000 }, even, alpha)).not.toBeNull();
  });
  it('says nothing on too little: few nights, few posts, few hits', () => {
    expect(jumpOf({ hits: 80, posts: 1_000 }, even.slice(0, 2), alpha)).toBeNull();
    expect(jumpOf({ hits: 80, posts: 100 }, even, alpha)).toBeNull();
    expect(
      jumpOf(
        { hits: 9, posts: 1_000 },
        Array.from({ length: 9 }, () => ({ hits: 0, posts: 1_000 })),
        alpha,
      ),
    ).toBeNull();
    expect(
      jumpOf(
        { hits: 30, posts: 1_000 },
        Array.from({ length: 9 }, () => ({ hits: 0, posts: 1_000 })),
        alpha,
      ),
    ).toMatchObject({ up: true });
  });
});
