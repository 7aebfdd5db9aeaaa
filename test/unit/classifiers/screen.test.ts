/** Screening of one post as a whole: one finding for one thing, levels, scores, and any text at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../bin/law.ts';
import { postScore } from '../../../classifiers/score/post-score.ts';
import { createScreener, type ModelStage } from '../../../classifiers/screen.ts';
import { type Finding, screenResultSchema } from '../../../core/model/finding.ts';
import type { PostInput } from '../../../core/model/post.ts';

const rules = loadRules();
const screener = createScreener({ rules });
const kinds = (post: PostInput): string[] => screener.screen(post).findings.map((f) => f.kind);
const full: PostInput = {
  id: 'p1',
  title: '仓库管理员',
  company: '示例食品有限公司',
  salary: '4500-5500元/月',
  location: '某市东城区',
  headcount: '3人',
  text: '负责出入库登记与盘点。要求会用电脑,有责任心。',
};

describe('screen', () => {
  it('says nothing about a complete and lawful post', () => {
    expect(screener.screen(full)).toEqual({ id: 'p1', score: 0, level: 'none', findings: [] });
  });

  it('speaks the shape of the contract', () => {
    const result = screener.screen({ ...full, text: '只限男性,18-40岁,入职交押金300元' });
    expect(screenResultSchema.parse(result)).toEqual(result);
    expect(result.level).toBe('statutory');
    expect(result.findings.map((f) => f.level)).toEqual(['statutory', 'statutory', 'advisory']);
  });

  it('keeps one finding where several rules see the same words', () => {
    const found = screener.screen({ text: '招搬运工,限男性' }).findings.filter((f) => f.kind === 'gender-restriction');
    expect(found).toHaveLength(1);
  });

  it('lets a lawful ground raise neither level nor score', () => {
    const result = screener.screen({ ...full, title: '井下采掘工', text: '矿山井下作业,限男性。负责采掘。要求身体好。' });
    expect(result.findings.map((f) => [f.kind, f.exempt])).toEqual([['gender-restriction', true]]);
    expect(result).toMatchObject({ level: 'none', score: 0 });
  });

  it('never lets age, looks or school open a case', () => {
    const result = screener.screen({ ...full, text: '负责接待。35岁以下,形象气质佳,统招本科。' });
    expect(new Set(result.findings.map((f) => f.level))).toEqual(new Set(['advisory']));
    expect(result.level).toBe('advisory');
    expect(result.score).toBeLessThan(15);
  });

  it('does not point at an absence, and points at 面议', () => {
    const found = screener.screen({ title: '店长', company: '示例百货有限公司', text: '负责门店管理,要求有经验,一名,地点:某市西城区。薪资面议' }).findings;
    expect(found).toMatchObject([{ kind: 'missing-element', by: 'format.pay-negotiable@1', quote: '面议', field: 'text' }]);
    const bare = screener.screen({ text: '速来' }).findings;
    expect(bare.every((f) => f.kind === 'missing-element' && f.quote === null && f.start === null)).toBe(true);
    expect(bare).toHaveLength(6);
  });

  it('asks for the source of a repost, unless it is there', () => {
    expect(kinds({ ...full, title: '【转发】仓库管理员' })).toContain('unsourced-repost');
    expect(kinds({ ...full, title: '【转发】仓库管理员(来源:某市人才网)' })).not.toContain('unsourced-repost');
    expect(kinds({ ...full, text: `${full.text}熟悉邮件转发设置。` })).not.toContain('unsourced-repost');
  });

  it('shows both figures of a contradiction as a fact, which is a lead only with one of another source', () => {
    const post = { ...full, salary: '30000元/月', text: '负责装配,要求能吃苦,月收入3000-4000元' };
    const { result, facts } = screener.inspect(post);
    expect(result.findings.filter((f) => f.kind === 'false-posting')).toEqual([]);
    expect(facts).toMatchObject([{ source: 'pay', quote: { field: 'salary', words: '30000元/月' } }]);
    expect(facts?.[0]?.sentence).toContain('4000');
    expect(screener.falsePosting([...(facts ?? []), ...(facts ?? [])])).toBeNull();
    const found = screener.falsePosting([...(facts ?? []), { source: 'text', weight: 0.3, sentence: '相同正文署有 4 家不同单位' }]);
    expect(found).toMatchObject({ kind: 'false-posting', level: 'lead', score: 0.62, field: 'salary', quote: '30000元/月' });
    expect(found?.why).toMatch(/单项均不足以认定：①.*4000.*；②相同正文/);
    expect(found?.articles.length).toBeGreaterThan(0);
    expect(kinds({ ...full, salary: '30000元/月', text: '负责销售,底薪3000元加提成' })).not.toContain('false-posting');
    expect(kinds({ ...full, salary: '6000元/月', text: '负责装配,月收入3000元' })).not.toContain('false-posting');
  });

  it('reports what an image-only post is: nothing read, nothing said', () => {
    expect(screener.screen({ images: ['https://example.invalid/a.png'] }).findings).toEqual([]);
  });
});

describe('model stage', () => {
  const finding = (kind: Finding['kind']): Finding => ({
    kind,
    level: 'lead',
    score: 0.7,
    source: 'model',
    by: 'toy@1',
    field: 'text',
    quote: '招',
    start: 0,
    end: 1,
    articles: [],
    exempt: false,
    why: '模型提示',
  });
  const model: ModelStage = { id: 'toy@1', predict: () => [finding('gender-restriction'), finding('fraud-lead')] };

  it('adds only kinds no rule has found', () => {
    const both = createScreener({ rules, model }).screen({ ...full, text: '负责搬运,要求有力气,限男性。' });
    expect(both.findings.map((f) => [f.kind, f.source])).toEqual([
      ['gender-restriction', 'rule'],
      ['fraud-lead', 'model'],
    ]);
  });

  it('names rules and model in its version', () => {
    expect(createScreener({ rules, model }).version).toBe(`rules@${rules.version}+toy@1`);
  });
});

describe('score', () => {
  const one = (level: Finding['level'], kind: Finding['kind'], score = 1, exempt = false): Finding => ({
    kind,
    level,
    score,
    source: 'rule',
    by: 'r@1',
    field: null,
    quote: null,
    start: null,
    end: null,
    articles: [],
    exempt,
    why: '示例',
  });

  it('follows its formula', () => {
    expect(postScore([])).toBe(0);
    expect(postScore([one('statutory', 'gender-restriction')])).toBe(80);
    expect(postScore([one('statutory', 'gender-restriction'), one('statutory', 'marital-fertility')])).toBe(96);
    expect(postScore([one('lead', 'fraud-lead', 0.5)])).toBe(30);
    expect(postScore([one('statutory', 'gender-restriction'), one('statutory', 'gender-restriction')])).toBe(80);
    expect(postScore([one('statutory', 'gender-restriction', 1, true)])).toBe(0);
  });
});

describe('hostile texts', () => {
  const hostile = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
    fc
      .array(
        fc.constantFrom(
          '限',
          '男',
          '女',
          '性',
          '优先',
          '押金',
          '18',
          '-',
          '35',
          '岁',
          '不',
          '收',
          '加',
          '微信',
          ' ',
          '·',
          '\u200f',
          '\ud800',
          '\n',
          ',',
          '包',
          '学费',
          '月薪',
          '万',
          '以下',
        ),
        { maxLength: 120 },
      )
      .map((parts) => parts.join('')),
  );

  it('points at its own words in any text, and stays within the shape', () => {
    fc.assert(
      fc.property(hostile, hostile, (title, text) => {
        const post: PostInput = { title, text };
        const result = screener.screen(post);
        expect(screenResultSchema.safeParse(result).success).toBe(true);
        for (const f of result.findings) {
          if (f.start === null) continue;
          const source = f.field === 'title' ? title : text;
          expect(source.slice(f.start, f.end ?? 0)).toBe(f.quote);
          expect(f.quote?.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same answer twice', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(screener.screen({ text })).toEqual(screener.screen({ text }));
      }),
      { numRuns: 100 },
    );
  });

  it.each(['限', '男 ', '押金', '18-', '月薪', '(('])('bears five million characters of %s', (unit) => {
    const text = unit.repeat(5_000_000 / unit.length);
    const result = screener.screen({ text });
    expect(result.findings.length).toBeLessThan(50);
  });
});
