/** The priority of a case: what raises it, what never does, and contributions that add up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreCase } from '../../../classifiers/score/case-score.ts';
import type { Finding } from '../../../core/model/finding.ts';
import { FINDING_KINDS, type FindingKind, LEVELS, type Level, TAXONOMY } from '../../../core/model/taxonomy.ts';

const finding = (kind: FindingKind, level: Level = TAXONOMY[kind].level, over: Partial<Finding> = {}): Finding => ({
  kind,
  level,
  score: 1,
  source: 'rule',
  by: 'r@1',
  field: null,
  quote: null,
  start: null,
  end: null,
  articles: [],
  exempt: false,
  why: '',
  ...over,
});
const posts = (...lists: Finding[][]) => lists.map((findings, i) => ({ postId: `p${i}`, findings }));

const anyFinding = fc
  .record({
    kind: fc.constantFrom(...FINDING_KINDS),
    level: fc.constantFrom(...LEVELS),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    exempt: fc.boolean(),
  })
  .map(({ kind, level, ...over }) => finding(kind, level, over));

describe('case score', () => {
  it('gives nothing for advisory, format and exempt findings', () => {
    const result = scoreCase({
      accountFindings: [],
      postFindings: posts([finding('age-limit'), finding('missing-element'), finding('gender-restriction', 'statutory', { exempt: true })]),
    });
    expect(result).toEqual({ score: 0, level: 'advisory', contributions: [] });
  });

  it('shows each contribution in Chinese with the number of posts', () => {
    const { score, level, contributions } = scoreCase({
      accountFindings: [finding('unlicensed-intermediary')],
      postFindings: posts([finding('gender-restriction'), finding('gender-restriction')], [finding('gender-restriction')]),
    });
    expect(level).toBe('statutory');
    expect(contributions.map((c) => c.label)).toEqual(['性别限制（2 条）', '疑似未经许可从事职业中介']);
    expect(contributions.reduce((sum, c) => sum + c.points, 0)).toBe(score);
  });

  it('grows ever less with more posts of one kind', () => {
    const of = (n: number): number =>
      scoreCase({ accountFindings: [], postFindings: posts(...Array.from({ length: n }, () => [finding('gender-restriction')])) }).score;
    expect(of(1)).toBe(55);
    expect(of(2)).toBeGreaterThan(of(1));
    expect(of(8) - of(4)).toBeLessThanOrEqual(of(2) - of(1) + 1);
    expect(of(1000)).toBeLessThanOrEqual(90);
  });

  it('puts statutory before lead and loss or danger before the same level otherwise', () => {
    const one = (kind: FindingKind): number => scoreCase({ accountFindings: [], postFindings: posts([finding(kind)]) }).score;
    expect(one('gender-restriction')).toBeGreaterThan(one('exaggerated-pay'));
    expect(one('training-loan')).toBeGreaterThan(one('exaggerated-pay'));
  });

  it('stays within 0-100, adds up, and never falls when a finding is added', () => {
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 12 }), fc.array(anyFinding, { maxLength: 12 }), anyFinding, (account, post, extra) => {
        const before = scoreCase({ accountFindings: account, postFindings: posts(post) });
        const after = scoreCase({ accountFindings: [...account, extra], postFindings: posts(post) });
        expect(before.score).toBeGreaterThanOrEqual(0);
        expect(before.score).toBeLessThanOrEqual(100);
        expect(before.contributions.reduce((sum, c) => sum + c.points, 0)).toBe(before.score);
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        expect(before.contributions.every((c) => c.points >= 0)).toBe(true);
      }),
    );
  });
});
