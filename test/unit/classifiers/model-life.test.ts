import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../bin/commands/model-life.ts';
import { CARD, EVALUATION, readEvaluation, renewCard } from '../../../bin/model-card.ts';
import { dataDigest } from '../../../bin/model-data.ts';
import { readModel, SHIPPED_MODEL } from '../../../bin/model-home.ts';
import { examplesOf, type LabelledPost } from '../../../classifiers/model/dataset.ts';
import { countDecisions, type DecidedPost, type Decision, labelLine, labelled } from '../../../classifiers/model/decisions.ts';
import { bareFinding, differences, type Judged, MEASURED_KINDS, score } from '../../../classifiers/model/measure.ts';
import { groupDigest, type ModelFile, postDigest } from '../../../classifiers/model/model-file.ts';
import { fairSpeech, gate } from '../../../classifiers/model/promotion.ts';
import { reliability } from '../../../classifiers/model/reliability.ts';
import { bestMargin, type HeldOut } from '../../../classifiers/model/threshold.ts';
import { prepare, type RuleReader, truthsOf } from '../../../classifiers/model/train.ts';
import { isNotice } from '../../../classifiers/rules/posting.ts';
import { readPost } from '../../../classifiers/rules/read.ts';
import { createNormaliser } from '../../../classifiers/text/normalise.ts';
import { sha256 } from '../../../core/digest.ts';
import type { FindingKind } from '../../../core/model/taxonomy.ts';
import { expectedShare, shiftOf } from '../../../core/statistics.ts';

const normalise = createNormaliser();
const silentRules: RuleReader = { read: (post) => readPost(post, normalise), find: () => [], isNotice };

describe('the card', () => {
  const card = readFileSync(CARD, 'utf8');
  it('names the file that ships and its digest', () => {
    const shipped = readFileSync(SHIPPED_MODEL, 'utf8');
    expect(card).toContain(sha256(shipped));
    expect(card).toContain(`\`${(JSON.parse(shipped) as { id: string }).id}\``);
  });
  it('says what was measured, and where that was on other data than the file learned from', () => {
    const [model, record] = [readModel(SHIPPED_MODEL), readEvaluation(EVALUATION)];
    expect(renewCard(CARD, model, record).stale).toBe(false);
    expect(card.includes('on other data than it learned from')).toBe(record.data !== model.file.data);
    expect(renewCard(CARD, { ...model, file: { ...model.file, id: 'other-1' } }, record).stale).toBe(true);
  });
});

const decision = (id: string, kind: FindingKind, confirmed: boolean, quote: string | null, more: Partial<Decision> = {}): Decision => ({
  id,
  kind,
  confirmed,
  reason: confirmed ? null : 'not_what_it_says',
  exempt: false,
  quote,
  ...more,
});
const decided: DecidedPost = {
  post: { text: '可以办学费分期，加客服领资料。限女生优先' },
  subject: '云汀市百川培训有限公司',
  platform: 'board',
  decisions: [
    decision('1', 'training-loan', true, '可以办学费分期'),
    decision('2', 'traffic-diversion', false, '加客服领资料'),
    decision('3', 'gender-restriction', false, '限女生', { reason: 'duplicate' }),
    decision('4', 'false-posting', true, null),
  ],
};

describe('decisions as labels', () => {
  const told = labelled(decided) as LabelledPost;
  const at = (kind: FindingKind): number => MEASURED_KINDS.indexOf(kind);
  it('confirm a kind, deny one, and say nothing of the rest', () => {
    expect(told.labels).toEqual([{ code: 'TRN', quote: '可以办学费分期' }]);
    expect(told.decided).toEqual(['traffic-diversion', 'training-loan']);
    const truths = truthsOf(told);
    expect([truths[at('training-loan')], truths[at('traffic-diversion')], truths[at('gender-restriction')]]).toEqual([1, 0, -1]);
  });
  it('teach by the words decided about alone', () => {
    const { clauses } = examplesOf(readPost(told.post, normalise), told.group, told, []);
    const said = clauses.map(({ truth }) => [truth[at('training-loan')], truth[at('traffic-diversion')], truth[at('age-limit')]]);
    expect(said).toEqual([
      [1, -1, -1],
      [-1, 0, -1],
      [-1, -1, -1],
    ]);
  });
  it('are counted with what was left out, traced by their findings, and digested whatever their order', () => {
    expect(countDecisions([decided])).toEqual({
      posts: 1,
      decisions: 2,
      kinds: { 'training-loan': { confirmed: 1, dismissed: 0 }, 'traffic-diversion': { confirmed: 0, dismissed: 1 } },
      leftOut: { duplicate: 1, 'no-label-for-kind': 1 },
    });
    expect(JSON.parse(labelLine(decided) ?? '')).toMatchObject({ decided: ['DIV', 'TRN'], decisions: ['1', '2'], company: '云汀市百川培训有限公司' });
    const other = { ...told, labels: [] };
    expect(dataDigest([told, other], [])).toBe(dataDigest([other, told], []));
    expect(dataDigest([told], [])).not.toBe(dataDigest([other], []));
  });
  it('are measured in the kinds decided alone', () => {
    const judged = (kind: FindingKind): Judged => ({ ...told, result: { findings: [bareFinding(kind, 'x')] } });
    expect(score([judged('age-limit')]).kinds['age-limit']).toMatchObject({ fp: 0 });
    expect(score([judged('traffic-diversion')]).kinds['traffic-diversion']).toMatchObject({ fp: 1 });
  });
});

/** 60 posts with loans, 60 without, thirty employers each. */
const world = prepare(
  {
    labelled: Array.from({ length: 120 }, (_, i): LabelledPost => {
      const loan = i % 2 === 0;
      return {
        post: { id: `${i}`, text: `第${i}号门店招工` },
        labels: loan ? [{ code: 'TRN', quote: '门店' }] : [],
        group: `g${Math.floor(i / 2) % 30}${loan}`,
        source: 'board',
      };
    }),
  },
  silentRules,
);
type Say = Parameters<typeof gate>[1];
const says =
  (of: (i: number) => boolean): Say =>
  ({ post }) =>
    of(Number(post.post.id)) ? ['training-loan'] : [];
const perfect = says((i) => i % 2 === 0);

describe('the gate', () => {
  it('lets a challenger pass that is as good, or better', () => {
    expect(gate(world, perfect, perfect)).toMatchObject({ posts: 120, leftOut: 0, refusals: [] });
    expect(
      gate(
        world,
        says((i) => i % 4 === 0),
        perfect,
      ).refusals,
    ).toEqual([]);
  });
  it('names the kind that gets worse, with its figures', () => {
    const { refusals } = gate(
      world,
      perfect,
      says((i) => i % 4 === 0),
    );
    expect(refusals.map((r) => r.what)).toEqual(['kind', 'macro']);
    expect(refusals[0]).toMatchObject({ kind: 'training-loan', champion: 1 });
    expect(refusals[0]?.high).toBeLessThan(0);
    expect(wordsOf(refusals[0] as never)).toMatch(/training-loan.*1\.000 → 0\.667.*区间 -/);
  });
  it('refuses one that flags more posts without labels', () => {
    const noisy = says((i) => i % 2 === 0 || i === 7);
    expect(gate(world, perfect, noisy).refusals.map((r) => r.what)).toContain('clean');
  });
  it('asks for evidence, and leaves out posts that cannot be judged fairly', () => {
    expect(gate(world.slice(0, 20), perfect, perfect).refusals).toMatchObject([{ what: 'evidence' }]);
    const half: Say = (told) => (Number(told.post.post.id) < 60 ? null : perfect(told));
    expect(gate(world, half, perfect)).toMatchObject({ posts: 60, leftOut: 60, refusals: [{ what: 'evidence' }] });
  });
  it('takes a model’s own out-of-fold answer where it learned from the post, and none where it only knows the employer', () => {
    const shipped = readModel(SHIPPED_MODEL).file;
    const [known, sister, stranger] = world.map((p) => p.told as NonNullable<typeof p.told>);
    const k = shipped.kinds.findIndex((x) => x.kind === 'training-loan');
    const file: ModelFile = {
      ...shipped,
      groups: [groupDigest(known!.post.group), groupDigest(sister!.post.group)],
      heldOut: [`${postDigest(known!.post.post)}:${k}`],
    };
    const ask = fairSpeech(file);
    expect(ask(known!)).toEqual(['training-loan']);
    expect(ask(sister!)).toBeNull();
    expect(ask({ ...stranger!, post: { ...stranger!.post, group: 'nobody' } })).toEqual([]);
  });
});

describe('the measure', () => {
  it('draws both sides of a difference together', () => {
    const judged = (says: Say): Judged[] =>
      world.map(({ told }) => ({ ...told!.post, result: { findings: (says(told!) ?? []).map((kind) => bareFinding(kind, 'x')) } }));
    const same = differences(judged(perfect), judged(perfect), 1, 200).kinds['training-loan'];
    expect(same).toEqual({ value: 0, low: 0, high: 0 });
    const less = differences(judged(says((i) => i % 4 === 0)), judged(perfect), 1, 1_000).macroF1;
    expect(less?.value).toBeCloseTo(-1 / 3);
    expect(less?.low).toBeLessThan(less?.value ?? 0);
  });
  it('finds the margin that scores best', () => {
    const row = (margin: number, truth: number): HeldOut => ({ kind: 0, margin, truth, group: 'g', silent: true, real: true });
    expect(bestMargin([row(3, 1), row(2, 1), row(1, 0), row(0, 1), row(-1, 0), row(-2, -1)])).toBe(-0.5);
    expect(bestMargin([row(3, 0)])).toBeNull();
  });
  it('tells whether scores keep what they say', () => {
    const found = (i: number) => ({ ...bareFinding('training-loan', 'r@1'), source: 'rule' as const, score: i < 60 ? 0.95 : 0.55 });
    const [rules, model] = reliability(world.map(({ told }, i) => ({ ...told!.post, result: { findings: [found(i)] } })));
    expect(rules?.rows.map((r) => [r.from, r.findings, r.right])).toEqual([
      [0.5, 60, 30],
      [0.9, 60, 30],
    ]);
    expect(rules?.expectedError).toBeCloseTo((0.05 + 0.45) / 2);
    expect(model?.rows).toEqual([]);
  });
});

describe('a stated score', () => {
  it('is believed without decisions, and gives way to many', () => {
    expect(expectedShare(0, 0, 0.8)).toBeCloseTo(0.8);
    expect(expectedShare(5, 20, 0.75)).toBeCloseTo(0.5);
    expect(expectedShare(1_000, 1_000, 0.5)).toBeGreaterThan(0.98);
  });
});

describe('drift', () => {
  const of = (...counts: number[]) => new Map(counts.map((n, i) => [`b${i}`, n]));
  it('is nothing where nothing moved, large where much did, and untold with too little', () => {
    expect(shiftOf(of(500, 500), of(1_000, 1_000))).toMatchObject({ psi: 0 });
    const { psi, chance } = shiftOf(of(900, 100), of(500, 500)) ?? { psi: 0, chance: 1 };
    // (0.9 − 0.5) ln(0.9/0.5) + (0.1 − 0.5) ln(0.1/0.5) = 0.879
    expect(psi).toBeCloseTo(0.879, 2);
    // χ²(0.95, 1) = 3.84
    expect(chance).toBeCloseTo(3.84 * 0.002, 3);
    expect(shiftOf(of(100, 99), of(1_000, 1_000))).toBeNull();
  });
});
