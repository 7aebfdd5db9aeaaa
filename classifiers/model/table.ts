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

export class WeightTable {
  readonly kinds: number;
  private readonly first = new Uint16Array(65_536);
  private readonly keys: Uint32Array;
  private readonly nodes: Uint16Array;
  private readonly shift: number;
  private readonly from: Uint32Array;
  private readonly ofKind: Uint8Array;
  private readonly weight: Float64Array;
  private readonly hasChild: Uint8Array;
  private readonly bias: Float64Array;
  private readonly seen: Int32Array;
  private readonly units = new Uint16Array(MAX_UNITS);
  private round = 0;
  /** Log-odds of the clause scored last, a kind each. */
  readonly sums: Float64Array;

  constructor(file: ModelFile) {
    const tree = unpackTree(file);
    this.kinds = file.kinds.length;
    const bits = Math.max(4, Math.ceil(Math.log2(tree.nodes * 2)));
    this.shift = 32 - bits;
    this.keys = new Uint32Array(1 << bits);
    this.nodes = new Uint16Array(1 << bits);
    this.from = new Uint32Array(tree.nodes + 1);
    this.hasChild = new Uint8Array(tree.nodes);
    this.ofKind = tree.kinds;
    this.weight = Float64Array.from(tree.weights, (w, i) => w * (file.kinds[tree.kinds[i] as number]?.scale ?? 0));
    this.bias = Float64Array.from(file.kinds, (k) => k.bias);
    this.sums = new Float64Array(this.kinds);
    this.seen = new Int32Array(tree.nodes);
    this.hang(tree);
  }

  private hang({ nodes, parents, units, counts }: UnpackedTree): void {
    const mask = this.keys.length - 1;
    for (let node = 2; node < nodes; node += 1) {
      this.from[node + 1] = (this.from[node] as number) + (counts[node - 2] as number);
      const [parent, unit] = [parents[node - 2] as number, units[node - 2] as number];
      if (parent === 1) {
        this.first[unit] = node;
        continue;
      }
      this.hasChild[parent] = 1;
      const key = parent * 65_536 + unit;
      let at = Math.imul(key, HASH) >>> this.shift;
      while (this.nodes[at] !== 0) at = (at + 1) & mask;
      this.keys[at] = key;
      this.nodes[at] = node;
    }
  }

  private child(parent: number, unit: number): number {
    const key = parent * 65_536 + unit;
    const mask = this.keys.length - 1;
    let at = Math.imul(key, HASH) >>> this.shift;
    while (this.nodes[at] !== 0) {
      if (this.keys[at] === key) return this.nodes[at] as number;
      at = (at + 1) & mask;
    }
    return 0;
  }

  /** Scores units `start..end` of a view into `sums`. */
  score(text: string, start: number, end: number): void {
    const { units, first, hasChild, seen, sums, from, ofKind, weight, bias } = this;
    const length = readUnits(text, start, end, units);
    this.round += 1;
    const { round } = this;
    for (let k = 0; k < this.kinds; k += 1) sums[k] = bias[k] as number;
    for (let i = 0; i < length; i += 1) {
      let node = first[units[i] as number] as number;
      for (let d = 1; node !== 0; d += 1) {
        if (seen[node] !== round) {
          seen[node] = round;
          const last = from[node + 1] as number;
          for (let w = from[node] as number; w < last; w += 1) sums[ofKind[w] as number] = (sums[ofKind[w] as number] as number) + (weight[w] as number);
        }
        if (d === LONGEST_RUN || i + d >= length || hasChild[node] === 0) break;
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
        if (this.seen[node] !== this.round) {
          this.seen[node] = this.round;
          for (let w = this.from[node] as number; w < (this.from[node + 1] as number); w += 1) {
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
