/** Likeness to known fake advertisements: traits as written, folds that keep companies whole, no label that reaches itself, and a fact that never raises alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedFakeScore } from '../../../bin/fake-score.ts';
import { readOrfd } from '../../../bin/orfd.ts';
import { falsePostingLead } from '../../../classifiers/false-posting/facts.ts';
import { createLikeness, parseLikeness, trainLikeness } from '../../../classifiers/false-posting/likeness.ts';
import { evaluateLikeness, type JudgedAd, together } from '../../../classifiers/false-posting/likeness-evaluate.ts';
import { fitTraits, leaning, sampleWeights } from '../../../classifiers/false-posting/likeness-fit.ts';
import { nearness, recalled } from '../../../classifiers/false-posting/likeness-nearness.ts';
import { TRAITS, traitsOf } from '../../../classifiers/false-posting/likeness-traits.ts';
import { generator } from '../../../classifiers/model/folds.ts';

const SHIPPED = readFileSync(fileURLToPath(new URL('../../../classifiers/false-posting/artifact/likeness.json', import.meta.url)), 'utf8');
const named = (advert: Parameters<typeof traitsOf>[0]): Record<string, number> =>
  Object.fromEntries(traitsOf(advert).map((value, k) => [TRAITS[k]?.name ?? '', value]));

const PLAIN = '岗位内容：整理货架；核对单据；协助盘点。要求：做事认真；能看懂报表。每周休息两天。工作地点在城东仓库；上班时间为早九点到晚六点。';
const LOUD = '你想来就来！你来了就有人带你！我们等你，你不用会什么，你来就行，一起拼一起笑，一起把日子过好，快来找我们吧！你的好日子从这里开始！';

/** Companies that write plainly and companies that write loudly, by our own hand. */
function written(companies: number): JudgedAd[] {
  const random = generator(7);
  return Array.from({ length: companies }, (_, c) => c).flatMap((c) => {
    const fake = c % 2 === 0;
    return Array.from({ length: 1 + (c % 3) }, (_, n): JudgedAd => {
      const text = `${random() < 0.85 === fake ? LOUD : PLAIN}第${c}号店第${n}则`;
      const advert = {
        title: fake ? '销售代表' : '仓库管理员',
        salary: fake ? '8000-20000元/月' : '5000-6000元/月',
        headcount: `${1 + Math.floor(random() * 9)}人`,
        text,
      };
      return { advert, everything: `${text}示例单位${c}地址${c}号`, company: `示例单位${c}`, fake };
    });
  });
}

describe('traits', () => {
  it('are counted as they are written, and silent where the post is', () => {
    const told = named({ title: '电话销售', salary: '4000-8000元/月', headcount: '若干', text: '你好！；。' });
    expect(told['pay-high']).toBeCloseTo(Math.log(8_000));
    expect(told['pay-width']).toBeCloseTo(Math.log(2));
    expect(told).toMatchObject({ 'headcount-open': 1, 'trade-sales': 1, 'trade-tele': 1, 'trade-beauty': 0, length: Math.log1p(5) });
    expect([told['you'], told['exclamations'], told['semicolons'], told['stops'], told['commas']]).toEqual([1, 1, 1, 1, 0].map((n) => (100 * n) / 6));
    expect(told['headcount']).toBeNaN();
    expect(Object.values(named({}))).toEqual(TRAITS.map(() => Number.NaN));
  });

  it('are finite or silent whatever the text, and read no more than its beginning', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, salary, headcount) => {
        expect(traitsOf({ title: text, salary, headcount, text }).map(Math.abs)).not.toContain(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 60 },
    );
    expect(traitsOf({ text: `${'平'.repeat(5_000)}${'！'.repeat(100_000)}` })).toEqual(traitsOf({ text: '平'.repeat(5_000) }));
  });
});

describe('weights', () => {
  it('count both classes the same, and a company by the root of its advertisements', () => {
    const weights = sampleWeights({ fake: [true, true, true, true, false], groups: ['a', 'a', 'a', 'a', 'b'] });
    expect(weights[0]).toBeCloseTo(0.625);
    expect(weights[4]).toBeCloseTo(2.5);
    const two = sampleWeights({ fake: [true, true, true, true, true, false], groups: ['a', 'a', 'a', 'a', 'c', 'b'] });
    expect((two[4] as number) / (two[0] as number)).toBeCloseTo(2);
  });

  it('lean the right way, are the same every time, and pass over what is missing', () => {
    const rows = Array.from({ length: 60 }, (_, i) => [i % 2, 1]);
    const samples = { rows, fake: rows.map(([v]) => v === 1), groups: rows.map((_, i) => String(i)) };
    const fitted = fitTraits(samples);
    expect(fitTraits(samples)).toEqual(fitted);
    expect(leaning(fitted, [1, 1])).toBeGreaterThan(0.2);
    expect(leaning(fitted, [0, 1])).toBeLessThan(-0.2);
    expect(leaning(fitted, [Number.NaN, Number.NaN])).toBeCloseTo(fitted.bias);
    expect(leaning(fitted, [1e12, 1])).toBeLessThan(5);
  });
});

describe('nearness', () => {
  it('is one for the same words, nothing for others, and speaks only of what is near', () => {
    const rows = nearness([PLAIN, LOUD, PLAIN, LOUD]);
    expect(rows[0]?.[2]).toBeCloseTo(1);
    expect(rows[0]?.[1]).toBeLessThan(0.2);
    expect(rows[2]?.[0]).toBe(rows[0]?.[2]);
    expect(recalled(rows[0] as Float32Array, [1, 2], [false, true, true, true])).toBeGreaterThan(0.9);
    expect(recalled(rows[0] as Float32Array, [1, 3], [false, true, true, true])).toBeLessThan(0.01);
  });
});

describe('measuring', () => {
  it('pools a company within one fold only', () => {
    expect(together([1, 3, 10, 4], ['a', 'a', 'a', 'b'], [0, 0, 1, 0])).toEqual([2, 2, 10, 4]);
  });

  it('finds what companies have in common, and only with nearness what a company repeats', () => {
    const ads = written(40);
    const options = { seed: 1, deals: 2, draws: 50 };
    const result = evaluateLikeness(ads, options);
    expect(evaluateLikeness(ads, options)).toEqual(result);
    expect(result).toMatchObject({ ads: ads.length, companies: 40 });
    const of = (folds: string, scorer: string) => result.rows.find((r) => r.folds === folds && r.scorer === scorer);
    expect(of('companies', 'traits')?.pooled.fakeF1.mean).toBeGreaterThan(0.8);
    expect(result.rows).toHaveLength(6);
    for (const { alone } of result.rows) expect(alone.accuracy.low).toBeLessThanOrEqual(alone.accuracy.high);
    // Labels that follow nothing but the company: nobody can tell an unknown one, and remembering tells a known one.
    const random = generator(3);
    const fate = Array.from({ length: 40 }, () => random() < 0.5);
    const chance = fate.flatMap((fake, c) =>
      Array.from({ length: 4 }, (): JudgedAd => {
        const text = `${String.fromCodePoint(0x4e00 + 37 * c, 0x4e01 + 37 * c, 0x4e02 + 37 * c).repeat(9)}`;
        return { advert: { title: '店员', text: `${text}${PLAIN}` }, everything: text, company: String(c), fake };
      }),
    );
    const { rows } = evaluateLikeness(chance, options);
    const accuracy = (folds: string) => rows.find((r) => r.folds === folds && r.scorer === 'traits and nearness')?.alone.accuracy.mean;
    expect(accuracy('random')).toBeGreaterThan(0.95);
    expect(accuracy('companies')).toBeLessThan(0.7);
  });
});

describe('the file', () => {
  it('is made from the table, read back, and refused when it is of another make', () => {
    const made = trainLikeness(written(40), { seed: 1, sha256: 'a'.repeat(64), trainedOn: 'our own' });
    expect(made.realAbove).toBeLessThanOrEqual(0.05);
    expect(made.traits.map((t) => t.name).filter((name) => name.startsWith('pay'))).toEqual([]);
    expect(parseLikeness(JSON.stringify(made))).toEqual(made);
    for (const broken of ['', '{}', JSON.stringify({ ...made, format: 'pincha-likeness/9' }), JSON.stringify({ ...made, traits: made.traits.slice(1) })])
      expect(() => parseLikeness(broken, 'x.json')).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    const told: string[] = [];
    expect(shippedFakeScore((words) => told.push(words), '/nowhere/likeness.json')).toBeUndefined();
    expect(told.join()).toContain('likeness.json');
  });

  it('that ships tells a fact with its traits and its error, and never a lead', () => {
    const score = createLikeness(parseLikeness(SHIPPED));
    const fact = score({ post: { title: '美容师 高薪诚聘', headcount: '若干', text: LOUD } });
    expect(fact).toMatchObject({ source: 'model', weight: 0.3 });
    expect(fact?.sentence).toMatch(/“你”.*评分 orfd-1.*真实单位也会达到/);
    expect(falsePostingLead(fact ? [fact, fact] : [], { why: '疑似', articles: [] })).toBeNull();
    expect(score({ post: { title: '仓库管理员', headcount: '2人', text: PLAIN } })).toBeNull();
    expect(score({ post: { title: '美容师', headcount: '若干', text: '你来！' } })).toBeNull();
    const paid = { title: '美容师 高薪诚聘', headcount: '若干', text: LOUD, salary: '9000-30000元/月' };
    expect(score({ post: paid })).toEqual(fact);
  });
});

describe('the table', () => {
  const HEAD =
    'jobTitle,jobSubTitle,jobSalary,jobWelfare,jobRequirement,jobDescription,needNumber,companyCharacter,companySize,creditCode,regAddress,regCapital,companyIntro,Real/Fake';
  const file = path.join(tmpdir(), `pincha-likeness-${process.pid}.csv`);
  const line = (c: number, label = String(c % 2)): string => `店员,招店员,面议,,,"整理,货架",2人,私营,10-49人,CODE${c},,,介绍,${label}`;
  const read = (lines: readonly string[]) => {
    writeFileSync(file, [HEAD, ...lines].join('\n'));
    return readOrfd(file);
  };

  it('is read with its labels the right way round', () => {
    const { ads, digest } = read(Array.from({ length: 8 }, (_, c) => line(c)));
    expect(ads[0]).toMatchObject({ company: 'CODE0', fake: true, advert: { title: '店员 招店员', headcount: '2人', text: '整理,货架' } });
    expect(ads[1]?.fake).toBe(false);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names the row that does not fit', () => {
    const rows = Array.from({ length: 8 }, (_, c) => line(c));
    expect(() => read([...rows, line(9, '7')])).toThrow(/row 9.*Real\/Fake/);
    expect(() => read(rows.slice(0, 3))).toThrow(/eight companies/);
    expect(() => read(['a,b'])).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
    expect(() => readOrfd('/nowhere/orfd.csv')).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
  });
});
