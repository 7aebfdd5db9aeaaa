/** Law as data: which version governed the conduct, what stands beside it, what may follow and on which condition. */
import { describe, expect, it } from 'vitest';
import { loadLaw } from '../../../bin/law.ts';
import { indexLaw } from '../../../classifiers/rules/articles.ts';
import { parseLaw } from '../../../classifiers/rules/law.ts';
import { type Statute, statuteSchema } from '../../../classifiers/rules/schema.ts';
import { PinchaError } from '../../../core/errors.ts';

const statutes = parseLaw(loadLaw().files).statutes;
const law = indexLaw(statutes);

const article = (id: string, more: object = {}) => ({
  id,
  article: '第一条',
  text: '不得收取押金',
  textSeen: true,
  inForceCheckedOn: null,
  checkedBy: null,
  rows: ['C01'],
  ...more,
});
const statute = (key: string, from: string, to: string | null, articles: object[], more: object = {}): Statute =>
  statuteSchema.parse({ key, instrument: '示例条例', rank: 'regulation', version: from, inForceFrom: from, inForceTo: to, source: '示例', articles, ...more });
const fine = (max: number, more: object = {}) => ({ do: 'fine', fine: { min: null, max, per: 'case' }, ...more });
const twoVersions = (earlier: object[], later: object[]) =>
  indexLaw([
    statute('old', '2015-01-01', '2023-12-31', [article('old.1', { sanctions: earlier })]),
    statute('new', '2024-01-01', null, [article('new.1', { sanctions: later, replaces: 'old.1' })]),
  ]);

describe('the version of an article', () => {
  const two = twoVersions([fine(50_000)], [fine(10_000)]);
  const cite = (until: string, today: string) => two.cite(['new.1'], { until, today });

  it('is the one in force when the conduct was last seen', () => {
    expect(cite('2023-12-31', '2023-12-31')).toEqual([{ id: 'old.1', instrument: '示例条例', article: '第一条', version: '2015-01-01', verified: false }]);
    expect(cite('2024-01-01', '2026-01-01')).toEqual([{ id: 'new.1', instrument: '示例条例', article: '第一条', version: '2024-01-01', verified: false }]);
    expect(cite('2014-12-31', '2026-01-01')).toEqual([]);
  });

  it('has the later one beside it, and says that it is lighter', () => {
    const [ref] = cite('2023-06-01', '2026-01-01');
    expect(ref).toMatchObject({ id: 'old.1', later: { id: 'new.1', version: '2024-01-01', inForceFrom: '2024-01-01', lighter: true } });
  });

  it('is followed from either id', () => {
    expect(two.cite(['old.1'], { until: '2025-01-01', today: '2025-01-01' })).toMatchObject([{ id: 'new.1' }]);
  });

  it('stands alone with a word when nothing took its place', () => {
    const gone = indexLaw([statute('old', '2015-01-01', '2023-12-31', [article('old.1')])]);
    expect(gone.cite(['old.1'], { until: '2020-01-01', today: '2026-01-01' })).toMatchObject([{ id: 'old.1', later: { id: null, lighter: true } }]);
  });

  it.each([
    ['heavier', [fine(10_000)], [fine(50_000)], false],
    ['lighter because only on refusal', [fine(10_000)], [fine(10_000, { when: ['on-refusal'] })], true],
    ['the same', [fine(10_000)], [fine(10_000)], false],
    ['not comparable by itself', [fine(10_000)], [{ do: 'fine', fine: { min: 1, max: 5, per: 'times', of: 'illegal-income' } }], null],
  ])('is called %s by what the sanctions say', (_, earlier, later, lighter) => {
    expect(twoVersions(earlier, later).cite(['old.1'], { until: '2020-01-01', today: '2026-01-01' })[0]?.later?.lighter).toBe(lighter);
  });

  it('of the women’s law before 2023 is the one of 2018, the present one beside it', () => {
    const [ref] = law.cite(['women-2022.43.1'], { until: '2022-12-31', today: '2026-11-23' });
    expect(ref).toMatchObject({ id: 'women-2018.23.1', version: '2018-10-26', later: { id: 'women-2022.43.1', lighter: null } });
  });
});

describe('what may follow', () => {
  const steps = (id: string) => law.sanctionsOf(id).flatMap((s) => s.steps);

  it('is told with its condition: no fine on first discovery where the law wants a refusal', () => {
    const fines = steps('hr-market-2018.24.1').filter((s) => s.do === 'fine');
    expect(fines).toEqual([{ do: 'fine', when: ['on-refusal'], fine: { min: 10_000, max: 50_000, per: 'case' } }]);
    expect(steps('hr-market-2018.24.1').find((s) => s.do === 'revoke-licence')).toMatchObject({ when: ['serious'], on: ['agency'] });
    expect(steps('women-2022.43.1').find((s) => s.do === 'fine')).toMatchObject({ when: ['on-refusal-or-serious'] });
  });

  it('wants unlawful income before the fine for mediation without a licence', () => {
    expect(steps('hr-market-2018.18.1').filter((s) => s.do === 'fine' || s.do === 'confiscate')).toMatchObject([
      { when: ['illegal-income'] },
      { when: ['illegal-income'] },
    ]);
  });

  it('is nothing for article 11, which article 43 does not name', () => {
    expect(steps('hr-market-2018.11')).toEqual([]);
  });

  it('is never a fine under a document below the rank of a rule', () => {
    for (const s of statutes.filter((one) => one.rank === 'document')) {
      for (const a of s.articles)
        expect(
          law
            .sanctionsOf(a.id)
            .flatMap((x) => x.steps)
            .filter((x) => x.do === 'fine'),
          a.id,
        ).toEqual([]);
    }
    expect(() => statute('d', '2025-01-01', null, [article('d.1', { sanctions: [fine(1_000)] })], { rank: 'document' })).toThrow(/规范性文件不能设定罚款/);
  });
});

describe('the table', () => {
  it('covers every row that a finding may rest on', () => {
    const rows = new Set(statutes.flatMap((s) => s.articles.flatMap((a) => a.rows)));
    const named = ['L', 'T', 'D', 'C', 'F', 'PL'].flatMap((letter) => {
      const last = { L: 9, T: 9, D: 12, C: 9, F: 5, PL: 16 }[letter] ?? 0;
      return Array.from({ length: last }, (_, i) => `${letter}${i + 1}`.replace(/^([LTDCF])(\d)$/, '$10$2'));
    });
    expect(named.filter((row) => !rows.has(row))).toEqual([]);
  });

  it('gives a source, and the text of every provision it says was read', () => {
    for (const s of statutes) {
      expect(s.source.length, s.key).toBeGreaterThan(3);
      for (const a of s.articles) if (a.textSeen) expect(a.text ?? a.note ?? s.note, a.id).toBeTruthy();
    }
    const read = statutes.flatMap((s) => s.articles).filter((a) => a.textSeen);
    expect(read.filter((a) => a.text !== null).length).toBeGreaterThan(140);
  });

  it.each([
    ['an article twice', [article('a.1'), article('a.1')], /a\.1.*条文编号重复/],
    ['a sanction that stands nowhere', [article('a.1', { sanctionedBy: ['a.9'] })], /a\.1.*a\.9/],
    ['a predecessor that stands nowhere', [article('a.1', { replaces: 'b.1' })], /a\.1.*b\.1/],
    ['a predecessor still in force', [article('a.1'), article('a.2', { replaces: 'a.1' })], /a\.2.*重叠/],
  ])('is refused with %s', (_, articles, words) => {
    const make = () => indexLaw([statute('a', '2020-01-01', null, articles)]);
    expect(make).toThrow(PinchaError);
    expect(make).toThrow(words);
  });
});
