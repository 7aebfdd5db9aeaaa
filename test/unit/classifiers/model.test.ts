import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KIND_ARTICLES } from '../../../classifiers/kind-articles.ts';
import { loadModel, MODEL_KINDS, type ModelFile } from '../../../classifiers/model/model-file.ts';
import { passagesOf, tokensOf } from '../../../classifiers/model/passages.ts';
import { logOdds, readPassages } from '../../../classifiers/model/predict.ts';
import { createScorer } from '../../../classifiers/model/score.ts';
import { createModelStage } from '../../../classifiers/model/stage.ts';
import { type Sample, trainModel } from '../../../classifiers/model/train.ts';
import { type ReadPost, readPost } from '../../../classifiers/rules/read.ts';
import { createNormaliser } from '../../../classifiers/text/normalise.ts';
import { findingSchema } from '../../../core/model/finding.ts';
import type { PostInput } from '../../../core/model/post.ts';

const normalise = createNormaliser();
const read = (post: PostInput): ReadPost => readPost(post, normalise);
const ARTIFACT = fileURLToPath(new URL('../../../classifiers/model/artifact/bayes.json', import.meta.url));

/** A world so plain that any model learns it: loan texts speak of 学费 and 分期, honest ones of 食堂 and 班车. */
const PLACES = ['城东', '城西', '河南岸', '老码头', '新桥', '北门', '果园', '石塘', '竹山', '渡口'];
const LOANS: Sample[] = PLACES.flatMap((place, i) => [
  {
    text: `${place}门店招学徒。先交学费${i + 1}千元，可以办分期贷款`,
    kinds: ['training-loan' as const],
    quotes: [{ kind: 'training-loan' as const, quote: '可以办分期贷款' }],
  },
  { text: `${place}工厂招普工。食堂管三餐，班车接送，每月准时发工资`, kinds: [] },
  { text: `${place}仓库招理货员。上六休一，宿舍有空调，班车直达`, kinds: [] },
]);

describe('passages', () => {
  it('point at their place in the text and leave no sentence out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'招学费分期。！\n；，abc 12'), { maxLength: 400 }).map((c) => c.join('')),
        (text) => {
          const passages = passagesOf(text);
          let last = 0;
          for (const p of passages) {
            expect(text.slice(p.start, p.end)).toBe(p.text);
            expect(p.start).toBeGreaterThanOrEqual(last);
            last = p.end;
          }
          const letters = (t: string): string => t.replace(/[^\p{L}\d]/gu, '');
          expect(letters(passages.map((p) => p.text).join(''))).toBe(letters(text));
        },
      ),
    );
  });

  it('bound what a hostile text costs', () => {
    expect(passagesOf('招'.repeat(5_000_000)).length).toBeLessThanOrEqual(400);
    expect(passagesOf('。'.repeat(100_000))).toEqual([]);
  });

  it('are read as characters and pairs, numbers by their length', () => {
    expect(tokensOf('学费 9800元')).toEqual(['学', '学费', '费', '费0', '0', '00', '0元', '元']);
  });
});

describe('training', () => {
  const training = trainModel(LOANS, { seed: 7, trainedOn: 'ten invented places' });

  it('learns what its texts show, and the same file from the same seed', () => {
    expect(training.results).toMatchObject([{ kind: 'training-loan', positives: 10, found: 10, wrong: 0 }]);
    expect(trainModel(LOANS, { seed: 7, trainedOn: 'ten invented places' }).file).toEqual(training.file);
  });

  it('leaves out kinds with too few texts', () => {
    expect(Object.keys(training.file.kinds)).toEqual(['training-loan']);
  });

  it('stays silent on a kind whose texts cannot be told apart', () => {
    const noise = LOANS.map((s, i) => ({ ...s, text: `招人${i % 10}名，待遇从优，详情面议，欢迎来电咨询`, quotes: undefined }));
    expect(trainModel(noise, { seed: 1, trainedOn: 'noise' }).file.kinds['training-loan']?.threshold).toBeNull();
  });

  const stage = createModelStage(training.file, {
    cite: (ids) => ids.map((id) => ({ id, instrument: '通知', article: '六', version: '2026', verified: false })),
  });

  it('raises a lead that quotes the telling sentence and names its words', () => {
    const text = '云汀市招前台。上班轻松，管三餐。先交学费三千元，可以办分期贷款！班车接送。';
    const [found, ...rest] = stage.predict(read({ title: '前台', text }));
    expect(rest).toEqual([]);
    expect(findingSchema.parse(found)).toMatchObject({
      kind: 'training-loan',
      level: 'lead',
      source: 'model',
      by: `bayes@${training.file.id}`,
      field: 'text',
      exempt: false,
    });
    expect(text.slice(found!.start!, found!.end!)).toBe(found!.quote);
    expect(found!.quote).toContain('分期贷款');
    expect(found!.why).toMatch(/分期|贷款/);
    expect(found!.articles.length).toBe(KIND_ARTICLES['training-loan']?.length);
    expect(found!.why).not.toContain('违法');
  });

  it('says nothing about an honest text, an empty post, or below a threshold of the caller', () => {
    expect(stage.predict(read({ title: '普工', text: '云汀市工厂招普工。食堂管三餐，班车接送。' }))).toEqual([]);
    expect(stage.predict(read({ images: ['a.png'] }))).toEqual([]);
    expect(createModelStage(training.file, { threshold: 1 }).predict(read({ text: '先交学费三千元，可以办分期贷款' }))).toEqual([]);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => void stage.predict(read({ text }))),
      { numRuns: 50 },
    );
  });
});

describe('model file', () => {
  const file = trainModel(LOANS, { seed: 7, trainedOn: 'x' }).file;

  it('is read back as it was written', () => {
    expect(loadModel(JSON.stringify(file))).toEqual(file);
  });

  it.each<[string, unknown, string]>([
    ['text that is no JSON', '{', 'JSON'],
    ['another version', { ...file, format: 'pincha-bayes/2' }, 'pincha-bayes/2'],
    ['no version', [], 'undefined'],
    ['an unknown kind', { ...file, kinds: { nonsense: file.kinds['training-loan'] } }, 'kinds'],
    [
      'a weight that is no number',
      { ...file, kinds: { 'training-loan': { ...file.kinds['training-loan'], weights: { 学费: '3' } } } },
      'kinds.training-loan.weights.学费',
    ],
    ['a threshold over 1', { ...file, kinds: { 'training-loan': { ...file.kinds['training-loan'], threshold: 2 } } }, 'kinds.training-loan.threshold'],
    ['something more', { ...file, extra: 1 }, 'extra'],
  ])('is refused with its place: %s', (_, value, words) => {
    const attempt = (): ModelFile => loadModel(value, 'bayes.json');
    expect(attempt).toThrowError(expect.objectContaining({ code: 'MODEL_INVALID' }));
    expect(attempt).toThrowError(expect.objectContaining({ message: expect.stringContaining(words) }));
    expect(attempt).toThrowError(expect.objectContaining({ message: expect.stringContaining('bayes.json') }));
  });

  it('ships small, of this version, from invented texts only, with its card beside it', () => {
    const shipped = readFileSync(ARTIFACT, 'utf8');
    expect(shipped.length).toBeLessThan(2_000_000);
    const model = loadModel(shipped, 'bayes.json');
    expect(model.trainedOn).toContain('sandbox/texts');
    expect(Object.keys(model.kinds).every((kind) => (MODEL_KINDS as readonly string[]).includes(kind))).toBe(true);
    expect(readFileSync(join(ARTIFACT, '..', 'MODEL-CARD.md'), 'utf8')).toContain(model.id);
  });
});

it('trains without reading .env: natural is imported by its classifier file alone', () => {
  const dir = mkdtempSync(join(tmpdir(), 'pincha-env-'));
  writeFileSync(join(dir, '.env'), 'PINCHA_LEAK=1\n');
  const train = new URL('../../../classifiers/model/train.ts', import.meta.url).href;
  const script = `await import(${JSON.stringify(train)}); process.stdout.write(String(process.env.PINCHA_LEAK))`;
  const tsx = fileURLToPath(new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url));
  const ran = spawnSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', script], { cwd: dir, encoding: 'utf8' });
  rmSync(dir, { recursive: true });
  expect(ran.stdout).toBe('undefined');
});

describe('the scorer', () => {
  it('gives the sums the plain arithmetic gives, whatever the script', () => {
    const weights = { 学: 0.5, 学费: 1.25, 费: -0.25, '0': 0.1, '00': 0.2, a: 0.3, ab: 0.7, 款: 1 };
    const model = { bias: -1, calibration: { slope: 1, intercept: 0 }, threshold: 0.5, positives: 9, weights };
    const scorer = createScorer([model, { ...model, bias: 2 }]);
    for (const text of ['先交学费1280元，可贷款分期', '学　费ＡＢ１２３４５６７元abab，先学习后付款', '𠮷学费é00款的先学后付没有压力', '学费。']) {
      const plain = readPassages(text).filter((p) => p.tokens.length >= 8);
      const expected = plain.reduce((best, p) => Math.max(best, logOdds(model, p.tokens)), Number.NEGATIVE_INFINITY);
      const [one, two] = scorer.strongest(readPassages(text), 8);
      expect(one?.logOdds ?? Number.NEGATIVE_INFINITY).toBeCloseTo(expected, 9);
      expect(two?.logOdds ?? Number.NEGATIVE_INFINITY).toBeCloseTo(expected + 3, 9);
    }
  });
});
