/** Rule packs: examples hold, offsets point at the original, wrong packs are refused by name. */
import { describe, expect, it } from 'vitest';
import { loadLaw, loadRules } from '../../../bin/law.ts';
import { compileRules } from '../../../classifiers/rules/compile.ts';
import { runRuleExamples } from '../../../classifiers/rules/examples.ts';
import { parseLaw } from '../../../classifiers/rules/law.ts';
import { compilePattern } from '../../../classifiers/rules/pattern.ts';
import { PinchaError } from '../../../core/errors.ts';
import { TAXONOMY } from '../../../core/model/taxonomy.ts';

const law = parseLaw(loadLaw().files);
const rules = loadRules();
const none = new Map<string, string[]>();

const statute = {
  key: 'sample',
  instrument: '示例条例',
  rank: 'regulation',
  version: '2020-01-01',
  inForceFrom: '2020-01-01',
  inForceTo: null,
  source: '示例',
  articles: [{ id: 'sample.1', article: '第一条', text: null, textSeen: false, inForceCheckedOn: null, checkedBy: null, rows: ['D01'] }],
};
const rule = (id: string, more: object = {}) => ({ id, why: '写明“{quote}”', patterns: ['限男'], mustMatch: ['限男'], mustNotMatch: ['不限'], ...more });
const pack = (name: string, rows: object[], more: object = {}) => ({
  pack: name,
  kind: 'gender-restriction',
  level: 'statutory',
  articles: ['sample.1'],
  rules: rows,
  ...more,
});
const refusal = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(PinchaError);
    expect((error as PinchaError).code).toBe('RULES_INVALID');
    return (error as PinchaError).message;
  }
  throw new Error('was accepted');
};

describe('shipped rules', () => {
  const results = runRuleExamples(rules);

  it('carry examples, and every one holds', () => {
    expect(results.length).toBeGreaterThan(350);
    expect(results.filter((r) => r.expected !== r.got)).toEqual([]);
  });

  it('speak about every kind of post finding that words can show', () => {
    const matched = new Set(rules.rules.map((r) => r.kind as string));
    const computed = new Set(['missing-element', 'unsourced-repost', 'false-posting']);
    const silent = Object.entries(TAXONOMY).filter(([kind, row]) => row.subject === 'post' && !matched.has(kind) && !computed.has(kind));
    expect(silent.map(([kind]) => kind)).toEqual([]);
  });

  it('never ship an article as signed off', () => {
    const articles = [...rules.articles.values()];
    expect(articles.length).toBeGreaterThan(90);
    expect(articles.filter((a) => a.inForceCheckedOn !== null || a.checkedBy !== null)).toEqual([]);
    expect(rules.cite(articles.map((a) => a.id)).filter((ref) => ref.verified)).toEqual([]);
  });

  it('keep the words of a provision nobody read out of the text', () => {
    expect([...rules.articles.values()].filter((a) => !a.textSeen && a.text !== null && a.note === undefined)).toEqual([]);
  });

  it('say why in one sentence with the quote in it', () => {
    for (const { id, why } of rules.rules) expect(why, id).toMatch(/\{quote\}|为|以/);
  });
});

describe('law of the day', () => {
  const gender = (day: string) => rules.match({ text: '限男性' }, { asOf: new Date(`${day}T12:00:00+08:00`) })[0]?.articles.map((a) => a.id) ?? [];

  it('cites what was in force when it was said', () => {
    expect(gender('2026-05-01')).toContain('women-2022.43.1');
    expect(gender('2022-12-31')).not.toContain('women-2022.43.1');
    expect(gender('2022-12-31')).toContain('employment-promotion-2015.27.2');
    expect(gender('2023-01-01')).toContain('women-2022.43.1');
  });

  it('follows an article to the version that took its place', () => {
    const later = {
      ...statute,
      key: 'sample-new',
      version: '2024-01-01',
      inForceFrom: '2024-01-01',
      articles: [{ ...statute.articles[0], id: 'sample-new.2', replaces: 'sample.1' }],
    };
    const set = compileRules([pack('p', [rule('a.b')])], [{ ...statute, inForceTo: '2023-12-31' }, later], []);
    const cited = (day: string) => set.match({ text: '限男' }, { asOf: new Date(`${day}T08:00:00Z`) })[0]?.articles;
    expect(cited('2023-06-01')).toMatchObject([{ id: 'sample.1', version: '2020-01-01', verified: false }]);
    expect(cited('2025-06-01')).toMatchObject([{ id: 'sample-new.2', version: '2024-01-01' }]);
    expect(cited('2019-06-01')).toEqual([]);
  });

  it('lets the kind of account decide the article', () => {
    const by = (subjectType: 'agency' | 'employer') =>
      rules.match({ text: '入职交押金500元', account: { subjectType } }).flatMap((f) => f.articles.map((a) => a.id));
    expect(by('agency')).toContain('employment-promotion-2015.41.4');
    expect(by('employer')).toContain('labour-contract-2012.9');
    expect(by('employer')).not.toContain('employment-promotion-2015.41.4');
  });
});

describe('pointing', () => {
  it.each([
    ['１８—３５周岁,包吃住', 'age-limit', '１８—３５周岁'],
    ['要求:僅限男\u200b性', 'gender-restriction', '僅限男\u200b性'],
    ['招服务员,限 · 女', 'gender-restriction', '限 · 女'],
    ['男 仕 优 先', 'gender-restriction', '男 仕 优 先'],
    ['年龄在三十五岁以下', 'age-limit', '三十五岁以下'],
    ['⑤⓪岁以下', 'age-limit', '⑤⓪岁以下'],
    ['加薇❤报名', 'traffic-diversion', '加薇❤报名'],
  ])('in %s', (text, kind, quote) => {
    const found = rules.match({ text }).filter((f) => f.kind === kind);
    expect(found.map((f) => f.quote)).toContain(quote);
    for (const f of found) expect(text.slice(f.start ?? -1, f.end ?? -1)).toBe(f.quote);
  });

  it('reads a drop-down of the site as a condition, in its own field', () => {
    expect(rules.match({ text: '仓库招理货', sex: '男', age: '18-40' }).map((f) => [f.kind, f.field])).toEqual([
      ['gender-restriction', 'sex'],
      ['age-limit', 'age'],
    ]);
    expect(rules.match({ text: '仓库招理货', sex: '不限', age: '不限' })).toEqual([]);
  });

  it('names the lawful ground where there is one', () => {
    const [found] = rules.match({ text: '煤矿井下采掘工,限男性' }).filter((f) => f.kind === 'gender-restriction');
    expect(found).toMatchObject({ exempt: true });
    expect(found?.ground).toContain('女职工禁忌');
  });
});

describe('what looks dangerous but is lawful', () => {
  it.each([
    '不收押金',
    '男女不限',
    '年龄不限',
    '需持健康证',
    '面试携带身份证原件',
    '少数民族优先',
    '保底工资4500元',
    '谨防以招聘为名收取押金的骗子',
    '公司承担培训费',
    '身高不限',
    '户籍不限',
    '带薪培训',
  ])('%s', (text) => {
    expect(rules.match({ text }).filter((f) => !f.exempt)).toEqual([]);
  });
});

describe('refused packs', () => {
  it('refuses a pattern that could explode, naming pack, rule and pattern', () => {
    const words = refusal(() => compileRules([pack('bad', [rule('bad.one', { patterns: ['(a{0,9}){0,9}b'] })])], [statute], []));
    expect(words).toContain('bad/bad.one');
    expect(words).toContain('(a{0,9}){0,9}b');
  });

  it.each([['a*'], ['a+b'], ['a{2,}'], ['.{0,30}.{0,30}.{0,30}x'], ['(ab'], ['[ab'], ['@unknown'], ['a?'], ['x{0,99}y'], ['«a»«b»'], ['(甲|乙){0,3}{0,3}']])(
    'refuses %s',
    (source) => {
      refusal(() => compilePattern(source, none));
    },
  );

  it('refuses a pack that cites no law, and one that cites law nobody has', () => {
    expect(refusal(() => compileRules([pack('lawless', [rule('a.b')], { articles: [] })], [statute], []))).toContain('lawless');
    expect(refusal(() => compileRules([pack('p', [rule('a.b')], { articles: ['nowhere.9'] })], [statute], []))).toContain('nowhere.9');
  });

  it('refuses two rules with one id', () => {
    const words = refusal(() => compileRules([pack('one', [rule('same.id')]), pack('two', [rule('same.id')])], [statute], []));
    expect(words).toContain('two/same.id');
    expect(words).toContain('one');
  });

  it('refuses a level above what the kind allows, a rule without examples, and an unknown context', () => {
    expect(refusal(() => compileRules([pack('p', [rule('a.b')], { kind: 'age-limit' })], [statute], []))).toContain('advisory');
    refusal(() => compileRules([pack('p', [rule('a.b', { mustNotMatch: [] })])], [statute], []));
    expect(refusal(() => compileRules([pack('p', [rule('a.b', { not: ['no-such'] })])], [statute], []))).toContain('no-such');
  });

  it('names the file of a broken YAML', () => {
    expect(refusal(() => parseLaw([{ path: 'rules/broken.yaml', text: 'pack: [' }]))).toContain('rules/broken.yaml');
  });
});

describe('version', () => {
  it('changes when a rule, a lexicon or a statute changes, and only then', () => {
    const make = (packs: unknown[], statutes: unknown[] = [statute], lexicons: unknown[] = []) => compileRules(packs, statutes, lexicons).version;
    const base = make([pack('p', [rule('a.b')])]);
    expect(make([pack('p', [rule('a.b')])])).toBe(base);
    expect(make([pack('p', [rule('a.b', { why: '另一句话“{quote}”' })])])).not.toBe(base);
    expect(make([pack('p', [rule('a.b')])], [{ ...statute, source: '别处' }])).not.toBe(base);
    expect(make([pack('p', [rule('a.b')])], [statute], [{ lexicons: { x: ['y'] } }])).not.toBe(base);
    expect(rules.version).toBe(compileRules(law.packs, law.statutes, law.lexicons, law.computed).version);
  });
});
