/**
 * The model as a file: JSON that says of which make it is, what it was trained on and how it fared, and the weights as
 * bytes in base64: a tree of character runs, one row of small integers a node. A file of another make is refused by
 * name, and so is one whose parts do not fit together, before any of it is used.
 */
import { z } from 'zod';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { PostInput } from '../../core/model/post.ts';
import { findingKindSchema } from '../../core/model/taxonomy.ts';

export const MODEL_FORMAT = 'pincha-linear/1';
/** Nodes and units share 32 bits when looked up. */
export const MOST_NODES = 65_535;

const finite = z.number().refine(Number.isFinite);
const base64 = z
  .string()
  .max(4_000_000)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/);

const kindSchema = z.strictObject({
  kind: findingKindSchema,
  /** Log-odds before any run, and what one step of the stored weights stands for. */
  bias: finite,
  scale: finite,
  /** Probability = 1 / (1 + exp(-(slope × margin + intercept))), fitted on held-out folds. */
  calibration: z.strictObject({ slope: finite.refine((v) => v >= 0), intercept: finite }),
  /** Margin from which the model speaks where rules are silent; null: it leaves the kind to the rules. */
  raise: finite.nullable(),
  /** Out of fold, where rules are silent: right and wrong from that margin on. */
  right: z.number().int().nonnegative(),
  wrong: z.number().int().nonnegative(),
  positives: z.number().int().nonnegative(),
  /** Held-out margins in twenty equal shares, the reference of drift. */
  reference: z.array(finite).max(64),
});
export type KindModel = z.infer<typeof kindSchema>;

const modelFileSchema = z.strictObject({
  format: z.literal(MODEL_FORMAT),
  id: z.string().regex(/^[\w.-]{1,80}$/),
  trainedOn: z.string().max(2_000),
  seed: z.number().int(),
  samples: z.number().int().nonnegative(),
  kinds: z.array(kindSchema).min(1).max(64),
  tree: z.strictObject({
    nodes: z.number().int().min(2).max(MOST_NODES),
    /** Parent and unit of nodes 2.., Uint16 little endian each. */
    parents: base64,
    units: base64,
    /** How many weights each node from 2 has, Uint8; then kind and weight of each, Uint8 and Int8. */
    counts: base64,
    kinds: base64,
    weights: base64,
  }),
  /** Beginnings of the digests of the employers trained on: a later comparison leaves them out. */
  groups: z.array(z.string().regex(/^[0-9a-f]{12}$/)).max(100_000),
  /** SHA-256 of all it learned from. */
  data: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Of each published post learned from: the beginning of its digest, and the kinds weights that had not seen its employer would raise (`0123456789ab:2,5`). */
  heldOut: z
    .array(z.string().regex(/^[0-9a-f]{12}(?::\d{1,2}(?:,\d{1,2})*)?$/))
    .max(200_000)
    .optional(),
});
export type ModelFile = z.infer<typeof modelFileSchema>;

export interface UnpackedTree {
  readonly nodes: number;
  readonly parents: Uint16Array;
  readonly units: Uint16Array;
  readonly counts: Uint8Array;
  readonly kinds: Uint8Array;
  readonly weights: Int8Array;
}

/** A post as the file remembers it. */
export const postDigest = ({ title, company, text }: PostInput): string => sha256(canonicalJson({ title, company, text })).slice(0, 12);

/** An employer as the file remembers it. */
export const groupDigest = (group: string): string => sha256(group).slice(0, 12);

const MAX_MODEL_CHARS = 20_000_000;
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));
const base64Of = (array: Uint8Array | Int8Array | Uint16Array): string => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');

const packTree = ({ nodes, parents, units, counts, kinds, weights }: UnpackedTree): ModelFile['tree'] => ({
  nodes,
  parents: base64Of(parents),
  units: base64Of(units),
  counts: base64Of(counts),
  kinds: base64Of(kinds),
  weights: base64Of(weights),
});

/** A tree that is still growing, node after node. */
export class GrowingTree {
  readonly parents: number[] = [];
  readonly units: number[] = [];
  readonly counts: number[] = [];
  readonly kinds: number[] = [];
  readonly weights: number[] = [];

  pack(): ModelFile['tree'] {
    return packTree({
      nodes: this.parents.length + 2,
      parents: Uint16Array.from(this.parents),
      units: Uint16Array.from(this.units),
      counts: Uint8Array.from(this.counts),
      kinds: Uint8Array.from(this.kinds),
      weights: Int8Array.from(this.weights),
    });
  }
}

/** @throws MODEL_INVALID when the parts do not fit together */
export function unpackTree(file: ModelFile, place = 'model'): UnpackedTree {
  const refuse = (where: string, reason: string): never => {
    throw new PinchaError('MODEL_INVALID', { place: `${place} tree.${where}`, reason });
  };
  const { nodes } = file.tree;
  const [parents, units] = [bytesOf(file.tree.parents), bytesOf(file.tree.units)];
  const [counts, kinds, weights] = [bytesOf(file.tree.counts), bytesOf(file.tree.kinds), bytesOf(file.tree.weights)];
  if (parents.length !== (nodes - 2) * 2) refuse('parents', `应有 ${nodes - 2} 个节点`);
  if (units.length !== parents.length) refuse('units', `应有 ${nodes - 2} 个节点`);
  if (counts.length !== nodes - 2) refuse('counts', `应有 ${nodes - 2} 个节点`);
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (kinds.length !== total || weights.length !== total) refuse('weights', `应有 ${total} 个权重`);
  if (kinds.some((k) => k >= file.kinds.length)) refuse('kinds', '权重所属类别不存在');
  const parentOf = new Uint16Array(parents.buffer);
  if (parentOf.some((parent, i) => parent < 1 || parent >= i + 2)) refuse('parents', '父节点须在子节点之前');
  return { nodes, parents: parentOf, units: new Uint16Array(units.buffer), counts, kinds, weights: new Int8Array(weights.buffer) };
}

/**
 * Reads a model file.
 * @param source its text or the parsed value @param place how to name it in an error
 * @throws MODEL_INVALID naming the place and the fault
 */
export function loadModel(source: unknown, place = 'model'): ModelFile {
  let value = source;
  if (typeof source === 'string') {
    if (source.length > MAX_MODEL_CHARS) throw new PinchaError('MODEL_INVALID', { place, reason: '文件过大' });
    try {
      value = JSON.parse(source);
    } catch (thrown) {
      throw new PinchaError('MODEL_INVALID', { place, reason: `不是 JSON（${reasonOf(thrown)}）` }, thrown);
    }
  }
  const format = value !== null && typeof value === 'object' && 'format' in value ? value.format : undefined;
  if (format !== MODEL_FORMAT)
    throw new PinchaError('MODEL_INVALID', { place: `${place} format`, reason: `版本为 ${String(format).slice(0, 60)}，本程序只用 ${MODEL_FORMAT}` });
  const result = modelFileSchema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new PinchaError('MODEL_INVALID', { place: `${place} ${issue?.path.map(String).join('.') ?? ''}`.trim(), reason: issue?.message ?? '内容不符' });
  }
  unpackTree(result.data, place);
  return result.data;
}

/** The file with the kinds that speak alone, and the runs that move them: what is silent need not be added up. */
export function speaking(file: ModelFile): ModelFile {
  const { nodes, parents, units, counts, kinds, weights } = unpackTree(file);
  const wanted = file.kinds.flatMap((kind, k) => (kind.raise === null ? [] : [k]));
  const kept = new Uint8Array(nodes);
  for (let node = 2, at = 0; node < nodes; node += 1)
    for (let i = 0; i < (counts[node - 2] as number); i += 1, at += 1) if (wanted.includes(kinds[at] as number)) kept[node] = 1;
  for (let node = nodes - 1; node >= 2; node -= 1) if (kept[node] === 1) kept[parents[node - 2] as number] = 1;
  const moved = new Map([[1, 1]]);
  const out = new GrowingTree();
  for (let node = 2, at = 0; node < nodes; node += 1) {
    const before = out.kinds.length;
    for (let i = 0; i < (counts[node - 2] as number); i += 1, at += 1) {
      const k = wanted.indexOf(kinds[at] as number);
      if (k < 0) continue;
      out.kinds.push(k);
      out.weights.push(weights[at] as number);
    }
    if (kept[node] !== 1) continue;
    moved.set(node, out.parents.length + 2);
    out.parents.push(moved.get(parents[node - 2] as number) ?? 1);
    out.units.push(units[node - 2] as number);
    out.counts.push(out.kinds.length - before);
  }
  return { ...file, kinds: wanted.flatMap((k) => file.kinds[k] ?? []), tree: out.pack() };
}
