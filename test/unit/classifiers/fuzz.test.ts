/**
 * A small part of what `npm run fuzz` does with a million texts: no crash and no wrong offset on hostile texts, from a
 * fixed seed. Time is not judged here; a test that watches the clock fails on a busy machine.
 */
import { describe, expect, it } from 'vitest';
import { buildScreening } from '../../../bin/screener.ts';
import { hostileText, seeded } from '../../fuzz/generate.ts';
import { breachesOfReading, breachesOfResult } from '../../fuzz/invariants.ts';
import { materialOf } from '../../fuzz/material.ts';

const { rules, screener } = buildScreening();

describe('hostile texts', () => {
  it('are screened without a crash, and every quote stands where it says', () => {
    const random = seeded(20_261_123);
    const material = materialOf(rules);
    const breaches: string[] = [];
    let findings = 0;
    for (let i = 0; i < 4_000; i += 1) {
      const post = { text: hostileText(random, material) || '空' };
      const result = screener.screen(post);
      findings += result.findings.filter((f) => f.quote !== null).length;
      breaches.push(...breachesOfResult(post, result));
      for (const { read } of rules.read(post).fields) breaches.push(...breachesOfReading(read));
    }
    expect(breaches).toEqual([]);
    // The texts are worth something only when rules do find things in them.
    expect(findings).toBeGreaterThan(1_000);
  });

  it('come out the same from the same seed', () => {
    const make = () => {
      const random = seeded(7);
      const material = materialOf(rules);
      return Array.from({ length: 50 }, () => hostileText(random, material));
    };
    expect(make()).toEqual(make());
  });

  it('of any length end', () => {
    for (const text of ['限'.repeat(300_000), '限女'.repeat(300_000), '1'.repeat(300_000), '限 · '.repeat(100_000), '\ud83d'.repeat(300_000)]) {
      const post = { text };
      expect(breachesOfResult(post, screener.screen(post))).toEqual([]);
    }
  });
});
