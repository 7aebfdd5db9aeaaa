/**
 * Training: labelled posts, the rules' own examples and unlabelled posts as the rules read them (weak) become clauses; one
 * sparse linear model a kind is learned from them; held-out margins of employers it has not seen decide calibration,
 * how rules and model are joined, and which kinds the model may speak about at all. Same samples and seed, same file.
 */
import { canonicalJson, sha256 } from '../../core/digest.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { PostInput } from '../../core/model/post.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import type { ReadPost } from '../rules/read.ts';
import { calibrate, rounded } from './calibrate.ts';
import { examplesOf, type LabelledPost, type PostExamples } from './dataset.ts';
import { dealFolds, groupOf } from './folds.ts';
import { type CountedPassage, type GramTree, gramsOf, growTree } from './grams.ts';
import { judge } from './judge.ts';
import { type Examples, type Learned, type LearnOptions, learn } from './learn.ts';
import { CODE_KINDS, MEASURED_KINDS } from './measure.ts';
import { GrowingTree, groupDigest, type KindModel, MODEL_FORMAT, MOST_NODES, type ModelFile, postDigest } from './model-file.ts';
import { WeightTable } from './table.ts';
import { chooseRaise, type HeldOut } from './threshold.ts';

/** How posts are read and what rules find in them; passed in, so that training needs no law of its own. */
export interface RuleReader {
  read(post: PostInput): ReadPost;
  find(read: ReadPost): Finding[];
  isNotice(read: ReadPost): boolean;
}
export interface TrainingSet {
  readonly labelled: readonly LabelledPost[];
  /** Posts nobody labelled: what rules find in them is taken for the truth, at less weight. */
  readonly unlabelled?: readonly PostInput[];
  /** Own writing that rules are right about: their examples. */
  readonly examples?: readonly PostInput[];
}
export interface TrainOptions {
  readonly seed: number;
  /** Said in the file and its card. */
  readonly trainedOn: string;
  /** SHA-256 of all it learns from, as the file keeps it. */
  readonly data?: string;
  readonly folds?: number;
  readonly weakWeight?: number;
  /** Groups that must use a run before it becomes a feature. */
  readonly leastGroups?: number;
  readonly learning?: Partial<Pick<LearnOptions, 'epochs' | 'l1' | 'l2' | 'rate' | 'positive'>>;
}

/** A post ready to learn from. */
export interface Prepared {
  readonly examples: PostExamples;
  readonly weight: number;
  readonly weak: boolean;
  /** Labelled posts only. */
  readonly told: { readonly post: LabelledPost; readonly read: ReadPost; readonly findings: readonly Finding[]; readonly notice: boolean } | null;
}

const KINDS = MEASURED_KINDS.length;
const AGENCY = MEASURED_KINDS.indexOf('acts-as-intermediary');
const QUANTA = 127;
/** Margin of a post without clauses. */
const SPEECHLESS = -20;
/** Written for training: not how people write every day. */
export const OWN_SOURCES: ReadonlySet<string> = new Set(['written', 'wordings']);
const REFERENCE_POINTS = 21;
const DEFAULTS = { epochs: 4, l1: 5, l2: 2, rate: 1, positive: 3 } as const;

/** Reads all posts once. Unlabelled posts of an employer among the labelled are left out: they would tell of the other side of a split. */
export function prepare(set: TrainingSet, rules: RuleReader, weakWeight = 0.5): Prepared[] {
  const labelled = set.labelled.map((post): Prepared => {
    const read = rules.read(post.post);
    const findings = rules.find(read);
    return {
      examples: examplesOf(read, post.group, post, findings),
      weight: 1,
      weak: false,
      told: { post, read, findings, notice: rules.isNotice(read) },
    };
  });
  const known = new Set(set.labelled.map((p) => p.group));
  const weak = (post: PostInput, group: string, weight: number): Prepared => {
    const read = rules.read(post);
    return { examples: examplesOf(read, group, null, rules.find(read)), weight, weak: true, told: null };
  };
  const examples = (set.examples ?? []).map((post, i) => weak(post, `example:${i}`, 1));
  const unlabelled = (set.unlabelled ?? [])
    .map((post) => ({ post, group: groupOf(post) }))
    .filter(({ group }) => !known.has(group))
    .map(({ post, group }) => weak(post, group, weakWeight));
  return [...labelled, ...examples, ...unlabelled];
}

/** Clauses once each among weak posts: boards repeat themselves, and one of them is enough. */
function gather(posts: readonly Prepared[], tree: GramTree): Examples {
  const out = { kinds: KINDS, offsets: [0], features: [] as number[], truth: [] as number[], weight: [] as number[] };
  const met = new Set<string>();
  for (const { examples, weight, weak } of posts) {
    for (const { units, truth } of examples.clauses) {
      if (weak) {
        const key = String.fromCharCode(...units);
        if (met.has(key)) continue;
        met.add(key);
      }
      for (const feature of gramsOf(tree, units)) out.features.push(feature);
      out.offsets.push(out.features.length);
      for (const t of truth) out.truth.push(t);
      out.weight.push(weight);
    }
  }
  return out;
}

/** Learns weights and packs them: what rounds to nothing goes, and with it every node that leads nowhere. */
export function learnWeights(
  posts: readonly Prepared[],
  { seed, leastGroups = 3, learning }: TrainOptions,
): Pick<ModelFile, 'tree'> & { kinds: { bias: number; scale: number }[] } {
  const groups = new Map<string, number>();
  const counted: CountedPassage[] = [];
  for (const { examples } of posts) {
    const group = groups.get(examples.group) ?? groups.size;
    groups.set(examples.group, group);
    for (const { units } of examples.clauses) counted.push({ group, units });
  }
  counted.sort((a, b) => a.group - b.group);
  const tree = growTree(counted, leastGroups);
  const learned = learn(gather(posts, tree), { ...DEFAULTS, ...learning, seed, size: tree.size });
  return packed(tree, learned);
}

function packed(tree: GramTree, { weights, bias }: Learned): ReturnType<typeof learnWeights> {
  const scales = Array.from({ length: KINDS }, (_, k) => {
    let most = 0;
    for (let node = 0; node < tree.size; node += 1) most = Math.max(most, Math.abs(weights[node * KINDS + k] as number));
    return rounded(most / QUANTA, 6) || 1e-6;
  });
  const stepsOf = (node: number, k: number): number => Math.round((weights[node * KINDS + k] as number) / (scales[k] as number));
  const edges = [...tree.edges()];
  const strength = new Float64Array(tree.size);
  // Children are younger than their parents: from the last to the first, each hands its strength up.
  for (let e = edges.length - 1; e >= 0; e -= 1) {
    const [parent, , node] = edges[e] as (typeof edges)[number];
    for (let k = 0; k < KINDS; k += 1)
      if (stepsOf(node, k) !== 0) strength[node] = Math.max(strength[node] as number, Math.abs(weights[node * KINDS + k] as number));
    strength[parent] = Math.max(strength[parent] as number, strength[node] as number);
  }
  const ranked = edges.map(([, , node]) => strength[node] as number).sort((a, b) => b - a);
  const least = Math.max(1e-9, (ranked[MOST_NODES - 2] ?? 0) + 1e-9);
  const moved = new Map([[1, 1]]);
  const out = new GrowingTree();
  for (const [parent, unit, node] of edges) {
    const under = moved.get(parent);
    if (under === undefined || (strength[node] as number) < least) continue;
    moved.set(node, out.parents.length + 2);
    out.parents.push(under);
    out.units.push(unit);
    let count = 0;
    for (let k = 0; k < KINDS; k += 1) {
      const steps = stepsOf(node, k);
      if (steps === 0) continue;
      out.kinds.push(k);
      out.weights.push(steps);
      count += 1;
    }
    out.counts.push(count);
  }
  return { tree: out.pack(), kinds: scales.map((scale, k) => ({ bias: rounded(bias[k] as number), scale })) };
}

const EMPTY: Omit<KindModel, 'kind' | 'bias' | 'scale'> = {
  calibration: { slope: 1, intercept: 0 },
  raise: null,
  right: 0,
  wrong: 0,
  positives: 0,
  reference: [],
};

/** A file of weights alone, before anything was held out: it adds and takes back nothing. */
export function bareFile(posts: readonly Prepared[], options: TrainOptions): ModelFile {
  const { tree, kinds } = learnWeights(posts, options);
  const rows = MEASURED_KINDS.map((kind, k): KindModel => ({ kind, ...(kinds[k] ?? { bias: 0, scale: 1 }), ...EMPTY }));
  const samples = posts.filter((p) => p.told).length;
  const groups = [...new Set(posts.flatMap((p) => (p.told ? [groupDigest(p.examples.group)] : [])))].sort();
  const { seed, trainedOn, data } = options;
  const id = `pincha-${seed}-${sha256(canonicalJson([tree, rows])).slice(0, 8)}`;
  return { format: MODEL_FORMAT, id, trainedOn, seed, samples, kinds: rows, tree, groups, ...(data === undefined ? {} : { data }) };
}

/** What the labels of a post say of each kind: 1, 0, or -1 where only a doubtful label speaks, or nobody decided. */
export function truthsOf({ labels, decided }: Pick<LabelledPost, 'labels' | 'decided'>): Int8Array {
  const truths = new Int8Array(KINDS);
  if (decided) for (const [k, kind] of MEASURED_KINDS.entries()) truths[k] = decided.includes(kind) ? 0 : -1;
  for (const { code, sure } of labels) {
    const k = code in CODE_KINDS ? MEASURED_KINDS.indexOf(CODE_KINDS[code as keyof typeof CODE_KINDS]) : -1;
    if (k < 0 || truths[k] === 1) continue;
    truths[k] = sure === false ? -1 : 1;
  }
  return truths;
}

/** Held-out margins as rows. @param marginsOf a margin for each kind, of a model that has not seen the post's employer */
export function heldOutRows(posts: readonly Prepared[], marginsOf: (post: Prepared) => readonly number[]): HeldOut[] {
  return posts.flatMap((post): HeldOut[] => {
    const { told } = post;
    if (!told || told.notice) return [];
    const truths = truthsOf(told.post);
    const ruled = new Set(told.findings.map((f) => f.kind));
    const real = !OWN_SOURCES.has(told.post.source);
    return marginsOf(post).map((margin, kind) => ({
      kind,
      margin,
      group: told.post.group,
      truth: truths[kind] as number,
      silent: !ruled.has(MEASURED_KINDS[kind] as FindingKind),
      real,
    }));
  });
}

/** What a model that has not seen them makes of labelled posts. */
export function heldOut(file: ModelFile, posts: readonly Prepared[]): HeldOut[] {
  const table = new WeightTable(file);
  return heldOutRows(posts, ({ told }) => (told ? judge(table, told.read, AGENCY).map((best) => best?.margin ?? SPEECHLESS) : []));
}

/** Fits what needs held-out margins: calibration, thresholds, reference of drift. */
export function settle(file: ModelFile, rows: readonly HeldOut[]): ModelFile {
  const kinds = file.kinds.map((kind, k): KindModel => {
    const own = rows.filter((r) => r.kind === k && r.silent && r.truth >= 0);
    const margins = rows.filter((r) => r.kind === k && r.real).map((r) => r.margin);
    margins.sort((a, b) => a - b);
    const at = (i: number): number => rounded(margins[Math.round((i / (REFERENCE_POINTS - 1)) * (margins.length - 1))] as number, 3);
    const raise = chooseRaise(own);
    return {
      ...kind,
      calibration: calibrate(own.map((r) => ({ value: r.margin, truth: r.truth === 1 }))),
      raise: raise?.margin ?? null,
      right: raise?.right ?? 0,
      wrong: raise?.wrong ?? 0,
      positives: rows.filter((r) => r.kind === k && r.truth === 1).length,
      reference: margins.length >= REFERENCE_POINTS ? Array.from({ length: REFERENCE_POINTS }, (_, i) => at(i)) : [],
    };
  });
  return { ...file, kinds };
}

/** Folds of labelled posts; weak ones are on no side (their employers are none of the labelled). */
export const foldsOf = (posts: readonly Prepared[], folds: number, seed: number): number[] => {
  const labelled = posts.filter((p) => p.told);
  const dealt = dealFolds(
    labelled.map((p) => p.examples.group),
    folds,
    seed,
  );
  let next = 0;
  return posts.map((p) => (p.told ? (dealt[next++] as number) : -1));
};

/** What each published post would have been told by weights that had not seen its employer: thresholds of a fold come from the others. */
function heldOutKinds(parts: readonly { readonly posts: readonly Prepared[]; readonly file: ModelFile; readonly rows: readonly HeldOut[] }[]): string[] {
  return parts.flatMap(({ posts, file }, f) => {
    const { kinds } = settle(
      file,
      parts.flatMap(({ rows }, other) => (other === f ? [] : rows)),
    );
    const table = new WeightTable(file);
    return posts.flatMap(({ told }): string[] => {
      if (!told || OWN_SOURCES.has(told.post.source)) return [];
      const margins = judge(table, told.read, AGENCY);
      const said = kinds.flatMap(({ raise }, k) => (raise !== null && (margins[k]?.margin ?? SPEECHLESS) >= raise ? [k] : []));
      return [`${postDigest(told.post.post)}${said.length > 0 ? `:${said.join(',')}` : ''}`];
    });
  });
}

/** Trains the whole: weights from all posts, everything else from margins out of fold. */
export function trainModel(posts: readonly Prepared[], options: TrainOptions): ModelFile {
  const { folds = 4, seed } = options;
  const fold = foldsOf(posts, folds, seed);
  const parts = Array.from({ length: folds }, (_, f) => {
    const own = posts.filter((_p, i) => fold[i] === f);
    const file = bareFile(
      posts.filter((_p, i) => fold[i] !== f),
      options,
    );
    return { posts: own, file, rows: heldOut(file, own) };
  });
  const whole = settle(
    bareFile(posts, options),
    parts.flatMap(({ rows }) => rows),
  );
  return { ...whole, heldOut: [...new Set(heldOutKinds(parts))].sort() };
}
