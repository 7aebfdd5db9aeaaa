/** Leads to fake postings: pay read as written, usual pay by quartiles, and no single fact that raises one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { falsePostingLead, type PostFact } from '../../../classifiers/false-posting/facts.ts';
import { cityOf, monthlyPay, tradeOf } from '../../../classifiers/false-posting/pay.ts';
import { computeRanges, createPayRanges, LEAST_POSTS, type PaidPost, payOutside, rangeOf } from '../../../classifiers/false-posting/pay-range.ts';
import { storedFacts } from '../../../classifiers/false-posting/stored.ts';
import { findingSchema } from '../../../core/model/finding.ts';

const LAW = { why: '疑似虚假招聘线索', articles: [] };
const fact = (source: PostFact['source'], weight = 0.4): PostFact => ({ source, weight, sentence: `事实${source}` });

describe('the lead', () => {
  it('needs two sources, however many facts one of them brings', () => {
    for (const source of ['register', 'pay', 'text', 'model'] as const) expect(falsePostingLead([fact(source, 1), fact(source, 1)], LAW)).toBeNull();
    expect(falsePostingLead([fact('pay'), fact('text')], LAW)).toMatchObject({
      kind: 'false-posting',
      level: 'lead',
      score: 0.64,
      by: 'false-posting.pay+text@1',
    });
  });

  it('shows every fact, strongest first, and points at the words one of them quotes', () => {
    const quote = { field: 'salary', words: '三万', start: 0, end: 2 };
    const lead = falsePostingLead([fact('text', 0.3), { ...fact('pay', 0.4), quote }, fact('register', 0.5)], LAW);
    expect(lead?.why).toBe('疑似虚假招聘线索：①事实register；②事实pay；③事实text');
    expect(lead).toMatchObject({ field: 'salary', quote: '三万', start: 0, end: 2, exempt: false });
    expect(findingSchema.parse(lead)).toEqual(lead);
  });

  it('is never certain', () => {
    expect(falsePostingLead([fact('pay', 1), fact('text', 1), fact('register', 1), fact('model', 1)], LAW)?.score).toBe(0.9);
  });
});

describe('pay a month', () => {
  it.each([
    ['6000-8000元/月', 6_000, 8_000],
    ['6-8千/月', 6_000, 8_000],
    ['0.8-1.2万/月', 8_000, 12_000],
    ['8千-1.2万', 8_000, 12_000],
    ['15k~20k', 15_000, 20_000],
    ['24-36万/年', 20_000, 30_000],
    ['5000', 5_000, 5_000],
    ['８０００－１００００元', 8_000, 10_000],
  ])('reads %s', (salary, low, high) => {
    expect(monthlyPay({ salary: salary.normalize('NFKC') })).toMatchObject({ low, high });
  });

  it.each(['面议', '200元/天', '25元/小时', '0-1', '3人', '8-5', '', '月薪'])('leaves %s alone', (salary) => {
    expect(monthlyPay({ salary })).toBeNull();
  });

  it('reads a title that names it, and quotes the words', () => {
    const title = '急招普工，月薪8000-9000元包吃住';
    const pay = monthlyPay({ title });
    expect(pay).toMatchObject({ low: 8_000, high: 9_000, field: 'title', words: '月薪8000-9000元' });
    expect(title.slice(pay?.start, pay?.end)).toBe(pay?.words);
    expect(monthlyPay({ title: '2026年春季招聘' })).toBeNull();
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.stringMatching(/^[0-9万千元\-至/月年. ]{0,40}$/), (title, salary) => {
        const pay = monthlyPay({ title, salary });
        if (!pay) return;
        expect((pay.field === 'salary' ? salary : title).slice(pay.start, pay.end)).toBe(pay.words);
        expect(pay.low).toBeLessThanOrEqual(pay.high);
      }),
    );
  });

  it('knows trades by title and cities by what is written', () => {
    expect(['销售总监', '高级软件工程师', '生产主管', '驻外焊工'].map(tradeOf)).toEqual([null, null, null, null]);
    expect(tradeOf('客户经理')).toBe('销售');
    expect([tradeOf('诚聘装配操作工'), tradeOf('Java开发工程师'), tradeOf('夜班保安'), tradeOf('诚聘英才'), tradeOf(null)]).toEqual([
      '普工',
      '软件开发',
      '保安',
      null,
      null,
    ]);
    expect([cityOf('广东省深圳市南山区'), cityOf('上海-徐汇区'), cityOf('云汀市鹿鸣区栖霞里'), cityOf('面谈'), cityOf('')]).toEqual([
      '深圳',
      '上海',
      '云汀',
      null,
      null,
    ]);
  });
});

const paid = (n: number, salary: string, over: Partial<PaidPost> = {}): PaidPost => ({
  title: '普工',
  salary,
  location: '云汀市鹿鸣区',
  voice: `v${n}`,
  ...over,
});

describe('usual pay', () => {
  const ranges = computeRanges(Array.from({ length: 40 }, (_, n) => paid(n, `${5_000 + (n % 5) * 500}元/月`)));

  it('is quartiles by trade and city, and by trade alone, of enough employers', () => {
    expect(ranges).toEqual([
      { trade: '普工', place: '云汀', n: 40, q1: 5_500, median: 6_000, q3: 6_500 },
      { trade: '普工', place: '', n: 40, q1: 5_500, median: 6_000, q3: 6_500 },
    ]);
    expect(computeRanges(Array.from({ length: LEAST_POSTS - 1 }, (_, n) => paid(n, '6000元/月')))).toEqual([]);
  });

  it('counts an employer or a text once, so that one voice cannot move it', () => {
    expect(computeRanges(Array.from({ length: 500 }, () => paid(1, '90000元/月')))).toEqual([]);
  });

  it('hardly moves when a tenth of the posts lie', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 4_000, max: 8_000 }), { minLength: 60, maxLength: 120 }), (honest) => {
        const lies = Array.from({ length: Math.floor(honest.length / 10) }, () => 300_000);
        const [plain, moved] = [rangeOf('普工', '', honest), rangeOf('普工', '', [...honest, ...lies])];
        expect(moved?.median).toBeLessThanOrEqual(8_000);
        expect(moved?.median ?? 0).toBeGreaterThanOrEqual(plain?.median ?? 0);
      }),
    );
  });

  it('makes a fact of pay far above it, with n, quartiles and the words, and of nothing else', () => {
    const known = createPayRanges(ranges);
    const outside = payOutside({ title: '普工', salary: '20000-30000元/月', location: '云汀市' }, known);
    expect(outside).toMatchObject({ source: 'pay', quote: { field: 'salary', words: '20000-30000元/月' } });
    expect(outside?.sentence).toMatch(/普工.*云汀.*40 个来源.*中位数 6000 元.*5500—6500.*4\.2 倍/);
    expect(payOutside({ title: '普工', salary: '20000-30000元/月', location: '霁州市' }, known)?.sentence).toContain('各地');
    for (const post of [
      { title: '普工', salary: '9000元/月', location: '云汀市' },
      { title: '主播', salary: '60000元/月', location: '云汀市' },
      { title: '普工', salary: '面议', location: '云汀市' },
    ])
      expect(payOutside(post, known)).toBeNull();
    expect(payOutside({ title: '普工', salary: '90000元/月' }, createPayRanges([]))).toBeNull();
  });
});

describe('facts from the store', () => {
  const answer = (standing: 'struck_off' | 'not_found' | 'registered' | 'cannot_tell') => ({ standing, sentence: `登记：${standing}`, company: null });
  const about = { registry: null, repeated: null, ranges: null };

  it('name the register and many employers under one text, and leave the rest unsaid', () => {
    expect(storedFacts({}, { ...about, registry: answer('struck_off') })).toMatchObject([{ source: 'register', weight: 0.55 }]);
    expect(storedFacts({}, { ...about, registry: answer('not_found') })[0]?.sentence).toContain('个体工商户');
    for (const standing of ['registered', 'cannot_tell'] as const) expect(storedFacts({}, { ...about, registry: answer(standing) })).toEqual([]);
    const repeated = { posts: 9, employers: 5, named: ['甲公司', '乙公司'], accounts: 3, firstOn: '2026-10-01' };
    expect(storedFacts({}, { ...about, repeated })).toMatchObject([{ source: 'text', weight: 0.35 }]);
    expect(storedFacts({}, { ...about, repeated })[0]?.sentence).toMatch(/5 家不同单位，如“甲公司”、“乙公司”（3 个账号，9 条，最早 2026-10-01）/);
    expect(storedFacts({}, { ...about, repeated: { ...repeated, employers: 3 } })).toEqual([]);
  });
});
