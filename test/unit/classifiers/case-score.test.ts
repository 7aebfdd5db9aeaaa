/** The priority of a case: what raises it, what never does, that it does not fill up, and contributions that add up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseFindings, type ScoredPost, scoreCase } from '../../../classifiers/score/case-score.ts';
import type { Finding } from '../../../core/model/finding.ts';
import { LICENCE_VERDICTS } from '../../../core/model/licence.ts';
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
const posts = (...lists: Finding[][]): ScoredPost[] => lists.map((findings, i) => ({ postId: `p${i}`, findings }));
const of = (over: Partial<CaseFindings>): number => scoreCase({ accountFindings: [], postFindings: [], ...over }).score;
const many = (n: number, over: Partial<ScoredPost> = {}): ScoredPost[] =>
  Array.from({ length: n }, (_, i) => ({ postId: `p${i}`, findings: [finding('gender-restriction')], ...over }));

const anyFinding = fc
  .record({
    kind: fc.constantFrom(...FINDING_KINDS),
    level: fc.constantFrom(...LEVELS),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    exempt: fc.boolean(),
  })
  .map(({ kind, level, ...over }) => finding(kind, level, over));
const anyPost: fc.Arbitrary<ScoredPost> = fc.record({
  postId: fc.nat(1_000).map(String),
  findings: fc.array(anyFinding, { maxLength: 4 }),
  textGroup: fc.option(fc.nat(5).map((n) => `g${n}`)),
  words: fc.constantFrom('招应届生', '招工', ''),
  publishedAt: fc.option(fc.date({ min: new Date('2026-01-01'), max: new Date('2026-11-23'), noInvalidDate: true })),
});
const ASOF = new Date('2026-11-23T00:00:00Z');

describe('case score', () => {
  it('gives nothing for advisory, format and exempt findings, whatever stands beside them', () => {
    const result = scoreCase({
      accountFindings: [],
      postFindings: posts([finding('age-limit'), finding('missing-element'), finding('gender-restriction', 'statutory', { exempt: true })]),
      ...{ clusterSize: 9, earlierCases: 3, licenceVerdict: 'not_found', asOf: ASOF },
    });
    expect(result).toEqual({ score: 0, level: 'advisory', contributions: [] });
  });

  it('does not raise the priority of a case by advisory and format findings', () => {
    const alone = of({ postFindings: posts([finding('gender-restriction')]) });
    expect(of({ postFindings: posts([finding('gender-restriction'), finding('age-limit'), finding('missing-element')], [finding('age-limit')]) })).toBe(alone);
  });

  it('shows each contribution in Chinese, what gave it, and they add up', () => {
    const { score, level, contributions } = scoreCase({
      accountFindings: [finding('unlicensed-intermediary')],
      postFindings: posts([finding('gender-restriction'), finding('gender-restriction')], [finding('gender-restriction')]),
      ...{ licenceVerdict: 'not_found', clusterSize: 4, earlierCases: 1, asOf: ASOF },
    });
    expect(level).toBe('statutory');
    expect(contributions.map((c) => c.label)).toEqual([
      '危害：疑似未经许可从事职业中介',
      '危害：性别限制（2 条）',
      '数量：2 条不同文本',
      '传播：连同重复发布共 2 条',
      '团伙：同一团伙 4 个账号',
      '屡犯：此前 1 次处置',
      '近况：账号现状',
      '许可：名录未查到',
    ]);
    expect(contributions.reduce((sum, c) => sum + c.points, 0)).toBe(score);
  });

  it('counts nearly equal texts once, and grows ever less with more of them', () => {
    const once = of({ postFindings: many(1) });
    const repeated = of({ postFindings: many(10, { textGroup: 'g' }) });
    const different = of({ postFindings: many(10) });
    expect(repeated - once).toBeLessThanOrEqual(4);
    expect(different - once).toBeGreaterThan(8);
    expect(of({ postFindings: many(40) }) - of({ postFindings: many(20) })).toBeLessThan(of({ postFindings: many(20) }) - once);
  });

  it('leaves room above an account with ten kinds of findings', () => {
    const lots = FINDING_KINDS.slice(0, 20).map((kind) => finding(kind));
    const bad = of({ accountFindings: [], postFindings: posts(lots, lots, lots) });
    expect(bad).toBeLessThan(65);
    expect(of({ postFindings: many(12).map((p) => ({ ...p, findings: lots })), clusterSize: 6, earlierCases: 2, asOf: ASOF })).toBeGreaterThan(bad + 15);
  });

  it('puts danger and lost money before the same level otherwise', () => {
    const one = (kind: FindingKind): number => of({ postFindings: posts([finding(kind)]) });
    expect(one('gender-restriction')).toBeGreaterThan(one('exaggerated-pay'));
    expect(one('training-loan')).toBeGreaterThan(one('exaggerated-pay'));
    expect(one('charging-jobseekers')).toBeGreaterThan(one('gender-restriction'));
  });

  it('weighs whom the post turns to, when it was published, and doubt of the licence only where it is in doubt', () => {
    const young = many(2, { words: '招应届毕业生' });
    expect(of({ postFindings: young })).toBeGreaterThan(of({ postFindings: many(2) }));
    const at = (publishedAt: Date): number => of({ postFindings: many(1, { publishedAt }), asOf: ASOF });
    expect(at(new Date('2026-11-20'))).toBeGreaterThan(at(new Date('2026-06-01')));
    expect(of({ postFindings: many(1), licenceVerdict: 'not_found' })).toBe(of({ postFindings: many(1) }));
  });

  it('stays within 0-100, adds up, and never falls when a finding or a post is added', () => {
    const facts = fc.record({
      licenceVerdict: fc.constantFrom(...LICENCE_VERDICTS),
      clusterSize: fc.integer({ min: 0, max: 500 }),
      earlierCases: fc.integer({ min: 0, max: 50 }),
      asOf: fc.constantFrom(ASOF, undefined),
    });
    fc.assert(
      fc.property(
        fc.array(anyFinding, { maxLength: 8 }),
        fc.array(anyPost, { maxLength: 8 }),
        anyFinding,
        anyPost,
        facts,
        (account, list, extra, post, more) => {
          const before = scoreCase({ accountFindings: account, postFindings: list, ...more });
          const found = scoreCase({ accountFindings: [...account, extra], postFindings: list, ...more });
          const posted = scoreCase({ accountFindings: account, postFindings: [...list, post], ...more });
          expect(before.score).toBeGreaterThanOrEqual(0);
          expect(found.score).toBeLessThanOrEqual(100);
          expect(before.contributions.reduce((sum, c) => sum + c.points, 0)).toBe(before.score);
          expect(found.score).toBeGreaterThanOrEqual(before.score);
          expect(posted.score).toBeGreaterThanOrEqual(before.score);
          expect(before.contributions.every((c) => c.points > 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
