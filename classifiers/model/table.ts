/**
 * The model ready to run: the tree as two typed tables (first units directly, all others by an open-addressed table of
 * parent and unit), weights as small integers behind each node. A clause is scored for all kinds in one pass without
 * making a string or an object.
 */
import { LONGEST_RUN, readUnits } from './grams.ts';
import type { ModelFile, UnpackedTree } from './model-file.ts';
import { unpackTree } from './model-file.ts';

const MAX_UNITS = 64;
const HASH = 0x9e3779b1;
const KEY = 0;
const NODE = 1;
const SEEN = 0;
const FROM = 1;
const keyOf = (parent: number, unit: number): number => (parent << 16) | unit;

export class WeightTable {
  readonly kinds: number;
  private readonly first = new Uint16Array(65_536);
  /** Open-addressed, two numbers a place because they are asked for together: KEY (parent and unit), NODE (0 for none). */
  private readonly children: Int32Array;
  private readonly shift: number;
  /** Two numbers a node: SEEN, the clause that last held it; FROM, twice where its weights begin, and one more when it has children. */
  private readonly facts: Int32Array;
  private readonly ofKind: Uint8Array;
  private readonly weight: Float64Array;
  private readonly bias: Float64Array;
  private readonly units = new Uint16Array(MAX_UNITS);
  private round = 0;
  /** Log-odds of the clause scored last, a kind each. */
  readonly sums: Float64Array;

  constructor(file: ModelFile) {
    const tree = unpackTree(file);
    this.kinds = file.kinds.length;
    const bits = Math.max(4, Math.ceil(Math.log2(tree.nodes * 2)));
    this.shift = 32 - bits;
    this.children = new Int32Array(2 << bits);
    this.facts = new Int32Array((tree.nodes + 1) * 2);
    this.ofKind = tree.kinds;
    this.weight = Float64Array.from(tree.weights, (w, i) => w * (file.kinds[tree.kinds[i] as number]?.scale ?? 0));
    this.bias = Float64Array.from(file.kinds, (k) => k.bias);
    this.sums = new Float64Array(this.kinds);
    this.hang(tree);
  }

  private hang({ nodes, parents, units, counts }: UnpackedTree): void {
    const { children, facts } = this;
    let from = 0;
    for (let node = 2; node < nodes; node += 1) {
      facts[node * 2 + FROM] = from * 2;
      from += counts[node - 2] as number;
      const [parent, unit] = [parents[node - 2] as number, units[node - 2] as number];
      if (parent === 1) {
        this.first[unit] = node;
        continue;
      }
      facts[parent * 2 + FROM] = (facts[parent * 2 + FROM] as number) | 1;
      const key = keyOf(parent, unit);
      let at = this.placeOf(key);
      while (children[at * 2 + NODE] !== 0) at = (at + 1) & (children.length / 2 - 1);
      children[at * 2 + KEY] = key;
      children[at * 2 + NODE] = node;
    }
    facts[nodes * 2 + FROM] = from * 2;
  }

  private placeOf(key: number): number {
    return Math.imul(key, HASH) >>> this.shift;
  }

  private child(parent: number, unit: number): number {
    const { children } = this;
    const key = keyOf(parent, unit);
    let at = this.placeOf(key);
    while (children[at * 2 + NODE] !== 0) {
      if (children[at * 2 + KEY] === key) return children[at * 2 + NODE] as number;
      at = (at + 1) & (children.length / 2 - 1);
    }
    return 0;
  }

  /** Scores units `start..end` of a view into `sums`. */
  score(text: string, start: number, end: number): void {
    const { units, first, facts, sums, ofKind, weight, bias } = this;
    const length = readUnits(text, start, end, units);
    this.round += 1;
    const { round } = this;
    for (let k = 0; k < this.kinds; k += 1) sums[k] = bias[k] as number;
    for (let i = 0; i < length; i += 1) {
      let node = first[units[i] as number] as number;
      for (let d = 1; node !== 0; d += 1) {
        const from = facts[node * 2 + FROM] as number;
        if (facts[node * 2 + SEEN] !== round) {
          facts[node * 2 + SEEN] = round;
          const last = (facts[node * 2 + 2 + FROM] as number) >> 1;
          for (let w = from >> 1; w < last; w += 1) sums[ofKind[w] as number] = (sums[ofKind[w] as number] as number) + (weight[w] as number);
        }
        if (d === LONGEST_RUN || i + d >= length || (from & 1) === 0) break;
        node = this.child(node, units[i + d] as number);
      }
    }
  }

  /**
   * What each place of a clause adds to a kind: the weight of a run is shared among its units.
   * @returns weights and the unit of the view each stands for, side by side
   */
  shares(text: string, start: number, end: number, kind: number): { readonly weights: number[]; readonly places: Int32Array } {
    const places = new Int32Array(MAX_UNITS);
    const length = readUnits(text, start, end, this.units, places);
    const weights = new Array<number>(length).fill(0);
    this.round += 1;
    for (let i = 0; i < length; i += 1) {
      let node = this.first[this.units[i] as number] as number;
      for (let d = 1; node !== 0; d += 1) {
        if (this.facts[node * 2 + SEEN] !== this.round) {
          this.facts[node * 2 + SEEN] = this.round;
          const last = (this.facts[node * 2 + 2 + FROM] as number) >> 1;
          for (let w = (this.facts[node * 2 + FROM] as number) >> 1; w < last; w += 1) {
            if (this.ofKind[w] !== kind) continue;
            for (let u = i; u < i + d; u += 1) weights[u] = (weights[u] as number) + (this.weight[w] as number) / d;
          }
        }
        if (d === LONGEST_RUN || i + d >= length) break;
        node = this.child(node, this.units[i + d] as number);
      }
    }
    return { weights, places };
  }
}
