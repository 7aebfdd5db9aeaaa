import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildScreening } from '../../../bin/screener.ts';
import { clausesOf } from '../../../classifiers/model/clauses.ts';
import type { LabelledPost } from '../../../classifiers/model/dataset.ts';
import { evaluate } from '../../../classifiers/model/evaluate.ts';
import { loadModel } from '../../../classifiers/model/model-file.ts';
import { createModelStage } from '../../../classifiers/model/stage.ts';
import { chooseRaise, type HeldOut } from '../../../classifiers/model/threshold.ts';
import { prepare, type RuleReader, trainModel } from '../../../classifiers/model/train.ts';
import { disguised, readWordings } from '../../../classifiers/model/wordings.ts';
import { isNotice } from '../../../classifiers/rules/posting.ts';
import { readPost } from '../../../classifiers/rules/read.ts';
import { createNormaliser } from '../../../classifiers/text/normalise.ts';
import { findingSchema } from '../../../core/model/finding.ts';

const normalise = createNormaliser();
const silentRules: RuleReader = { read: (post) => readPost(post, normalise), find: () => [], isNotice };
const ARTIFACT = fileURLToPath(new URL('../../../classifiers/model/artifact/model.json', import.meta.url));

/** A world so plain that any model learns it: loan texts speak of 学费分期, honest ones of 食堂 and 班车. */
const PLACES = ['城东', '城西', '河南岸', '老码头', '新桥', '北门', '果园', '石塘', '竹山', '渡口', '柳巷', '东湖'];
const LOANS: LabelledPost[] = PLACES.flatMap((place, i) => [
  {
    post: { id: `l${i}`, text: `${place}门店招学徒，可以办学费分期，每天八小时` },
    labels: [{ code: 'TRN', quote: '可以办学费分期', sure: true }],
    group: `a${i}`,
    source: 'board',
  },
  { post: { id: `h${i}`, text: `${place}工厂招普工，食堂管三餐，班车接送` }, labels: [], group: `b${i}`, source: 'board' },
]);
const posts = prepare({ labelled: LOANS }, silentRules);
const options = { seed: 7, trainedOn: 'twelve invented places', folds: 4 };
const file = trainModel(posts, options);

describe('clauses', () => {
  it('stay in order, in bounds and apart, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'招学费分期,;。\n abc12'), { maxLength: 300 }), (chars) => {
        const text = chars.join('');
        let last = 0;
        for (const { start, end } of clausesOf(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end - start).toBeLessThanOrEqual(40);
          expect(text.slice(start, end)).not.toMatch(/[,;。\n]/);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
    expect(clausesOf('招'.repeat(1_000_000)).length).toBe(600);
  });
});

describe('training', () => {
  it('gives the same file for the same seed, and speaks of what it learned alone', () => {
    expect(trainModel(posts, options)).toEqual(file);
    expect(file.kinds.filter((k) => k.raise !== null).map((k) => k.kind)).toEqual(['training-loan']);
  });

  it('is measured out of fold, rules and model apart and together', () => {
    const { evaluation, said } = evaluate(posts, options);
    expect(said.filter((s) => s.findings.length > 0).map((s) => s.id)).toEqual(expect.arrayContaining(['l0', 'l11']));
    expect(evaluation.sources[0]).toMatchObject({ posts: 24, added: { right: 12, wrong: 0 }, combined: { cleanFlagRate: 0 }, rules: { microR: 0 } });
  });

  it('keeps a kind silent that is wrong on two published posts before it is right', () => {
    const row = (margin: number, truth: number, i: number): HeldOut => ({ kind: 0, margin, truth, group: `g${i}`, silent: true, real: true });
    const right = [5, 4.5, 4, 3.5, 3].map((m, i) => row(m, 1, i));
    expect(chooseRaise(right)).toMatchObject({ right: 5, wrong: 0 });
    expect(chooseRaise([row(9, 0, 90), row(8, 0, 91), ...right])).toBeNull();
    expect(chooseRaise(right.map((r) => ({ ...r, group: 'one' })))).toBeNull();
  });
});

describe('the stage', () => {
  const stage = createModelStage(file, { cite: (ids) => ids.map((id) => ({ id, instrument: 'x', article: 'y', version: '2020-01-01', verified: false })) });
  it('quotes in the original text what moved it, through full width and blanks', () => {
    for (const text of ['云汀店招学徒，可以办学费分期，详谈', '云汀店招学徒，可 以 办 学 費 分 期，详谈']) {
      const [found, ...more] = stage.predict(readPost({ text }, normalise));
      expect(more).toEqual([]);
      expect(findingSchema.parse(found)).toMatchObject({ kind: 'training-loan', level: 'lead', source: 'model', field: 'text' });
      expect(text.slice(found?.start ?? 0, found?.end ?? 0)).toBe(found?.quote);
      expect('可 以 办 学 費 分 期可以办学费分期').toContain(found?.quote);
      expect(found?.articles.length).toBeGreaterThan(0);
    }
  });
  it('says nothing of an honest post and takes any text', () => {
    expect(stage.predict(readPost({ text: '云汀市工厂招普工，食堂管三餐，班车接送' }, normalise))).toEqual([]);
    expect(stage.predict(readPost({ images: ['a.png'] }, normalise))).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        for (const f of stage.predict(readPost({ text }, normalise))) expect(text.slice(f.start ?? 0, f.end ?? 0)).toBe(f.quote);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a model file', () => {
  it('is read back as it was written', () => expect(loadModel(JSON.stringify(file))).toEqual(file));
  it.each<[string, unknown, string]>([
    ['text that is no JSON', '{', 'JSON'],
    ['another version', { ...file, format: 'pincha-bayes/1' }, 'pincha-bayes/1'],
    ['no version', [], 'undefined'],
    ['weights cut short', { ...file, tree: { ...file.tree, weights: file.tree.weights.slice(0, 8) } }, 'tree.weights'],
    ['a kind that is none', { ...file, kinds: [{ ...file.kinds[0], kind: 'nonsense' }] }, 'kinds.0.kind'],
    ['something more', { ...file, extra: 1 }, 'extra'],
  ])('is refused with its place: %s', (_, value, words) => {
    const attempt = () => loadModel(value, 'model.json');
    expect(attempt).toThrowError(expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining(words) }));
    expect(attempt).toThrowError(expect.objectContaining({ message: expect.stringContaining('model.json') }));
  });
  it('ships small and of this version', () => {
    const shipped = readFileSync(ARTIFACT, 'utf8');
    expect(shipped.length).toBeLessThan(2_000_000);
    expect(loadModel(shipped, ARTIFACT).kinds.length).toBeGreaterThan(0);
  });
  it('of another version is told once, and the run goes on with rules alone', () => {
    const told: string[] = [];
    const { screener } = buildScreening({ modelFile: fileURLToPath(new URL('../../../package.json', import.meta.url)), warn: (words) => told.push(words) });
    expect(told.join()).toContain('package.json');
    expect(screener.version).not.toContain('+');
    expect(screener.screen({ text: '招文员，限女性' }).findings.map((f) => f.kind)).toContain('gender-restriction');
  });
});

describe('wordings', () => {
  it('are read with their tags off and hidden in two ways, quotes still in place', () => {
    const [tagged, honest] = readWordings('急招,[TRN:学费分期扣]\n食堂管饭\n\n', 'x');
    expect(tagged).toMatchObject({ post: { text: '急招,学费分期扣' }, labels: [{ code: 'TRN', quote: '学费分期扣' }] });
    expect(honest?.labels).toEqual([]);
    for (const given of [tagged, honest])
      if (given) for (const hidden of disguised(given)) for (const { quote } of hidden.labels) expect(hidden.post.text).toContain(quote);
  });
});
