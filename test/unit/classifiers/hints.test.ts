/** The first look at a post lets through everything the searches behind it would find. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPOST } from '../../../classifiers/rules/format.ts';
import { hintsOf } from '../../../classifiers/rules/hints.ts';
import { CLOSED, TOLD, TOLD_TOGETHER } from '../../../classifiers/rules/posting.ts';

/** Generated texts know no looking around: what must follow is written out, what must not go before is left to the pattern. */
const spelled = (regex: RegExp): RegExp => new RegExp(regex.source.replaceAll('(?=', '(?:').replaceAll(/\(\?(?:<[!=]|!)[^()]*\)/g, ''));
/** Every way of a pattern should come up: there are about eighty in the longest. */
const RUNS = { numRuns: 3_000 };
const SINGLE = /^[骗坑谣]$/;

describe('the first look', () => {
  it.each([
    ['a notice', TOLD, 'tells'],
    ['what is closed', CLOSED, 'closes'],
    ['a repost', REPOST, 'reposts'],
  ] as const)('lets %s through', (_name, regex, hint) => {
    const text = fc.tuple(fc.constantFrom('', '招', '本店 '), fc.stringMatching(spelled(regex)), fc.constantFrom('', '。', '人'));
    fc.assert(
      fc.property(text, (parts) => {
        const whole = parts.join('');
        fc.pre(regex.test(whole));
        expect(hintsOf(whole)[hint], whole).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it('counts every word of several, those of one character apart', () => {
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^(?:${TOLD_TOGETHER.source})$`)), (word) => {
        expect(hintsOf(word).together > 0 || SINGLE.test(word), word).toBe(true);
      }),
      RUNS,
    );
  });

  it('finds nothing in a plain posting', () => {
    expect(hintsOf('餐厅招服务员,包吃住,月薪5000元\n')).toEqual({ tells: 0, closes: 0, together: 0, reposts: 0 });
  });
});
