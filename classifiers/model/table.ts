/**
 * The model ready to run. Every run the model knows has one row: what all its beginnings and itself add to each kind,
 * three kinds to a number, so that a place of a clause costs one look into a small sieve, rarely a walk down the tree,
 * and then a few additions. No string and no object is made.
 */
import { PAIR_PLACES, pairPlace } from '../text/pair-place.ts';
import { LONGEST_RUN, readUnits, SHORTEST_RUN } from './grams.ts';
import type { ModelFile, UnpackedTree } from './model-file.ts';
import { unpackTree } from './model-file.ts';

const MAX_UNITS = 64;
const HASH = 0x9e3779b1;
const KEY = 0;
const NODE = 1;
const keyOf = (parent: number, unit: number): number => (parent << 16) | unit;

/** Lanes of a row: whole steps of a kind's scale. 64 places of at most three runs of 127 steps stay within ±32,767. */
const LANES = 3;
const LANE = 65_536;
const MIDDLE = 32_768;
/** All lanes of a row at nothing. */
const NOTHING = MIDDLE + MIDDLE * LANE + MIDDLE * LANE * LANE;
const STEP = [1, LANE, LANE * LANE] as const;
/** @param row as added up, from NOTHING */
const laneOf = (row: number, lane: number): number => (Math.floor(row / (STEP[lane] as number)) % LANE) - MIDDLE;

export class WeightTable {
  readonly kinds: number;
  private readonly rows: number;
  /** One bit a pair of units, hashed: set when a run begins with it. */
  private readonly sieve = new Uint32Array(PAIR_PLACES >> 5);
  private readonly first = new Uint16Array(65_536);
  /** Open-addressed, two numbers a place because they are asked for together: KEY (parent and unit), NODE (0 for none). */
  private readonly children: Int32Array;
  private readonly shift: number;
  private readonly hasChildren: Uint8Array;
  /** What a run and its beginnings add, `rows` numbers a node. */
  private readonly path: Float64Array;
  private readonly scale: Float64Array;
  private readonly bias: Float64Array;
  private readonly units = new Uint16Array(MAX_UNITS);
  private readonly sum: Float64Array;
  /** Log-odds of the clause scored last, a kind each. */
  readonly sums: Float64Array;

  constructor(file: ModelFile) {
    const tree = unpackTree(file);
    this.kinds = file.kinds.length;
    this.rows = Math.ceil(this.kinds / LANES);
    const bits = Math.max(4, Math.ceil(Math.log2(tree.nodes * 2)));
    this.shift = 32 - bits;
    this.children = new Int32Array(2 << bits);
    this.hasChildren = new Uint8Array(tree.nodes);
    this.path = new Float64Array(tree.nodes * this.rows);
    this.scale = Float64Array.from(file.kinds, (k) => k.scale);
    this.bias = Float64Array.from(file.kinds, (k) => k.bias);
    this.sum = new Float64Array(this.rows);
    this.sums = new Float64Array(this.kinds);
    this.hang(tree);
  }

  private hang({ nodes, parents, units, counts, kinds, weights }: UnpackedTree): void {
    const { children, path, rows } = this;
    const unitOf = (node: number): number => units[node - 2] as number;
    for (let node = 2, at = 0; node < nodes; node += 1) {
      const parent = parents[node - 2] as number;
      if (parent > 1) path.copyWithin(node * rows, parent * rows, (parent + 1) * rows);
      for (let i = 0; i < (counts[node - 2] as number); i += 1, at += 1) {
        const k = kinds[at] as number;
        const row = node * rows + Math.floor(k / LANES);
        path[row] = (path[row] as number) + (weights[at] as number) * (STEP[k % LANES] as number);
      }
      if (parent === 1) {
        this.first[unitOf(node)] = node;
        continue;
      }
      this.hasChildren[parent] = 1;
      if (parents[parent - 2] === 1) this.letThrough(unitOf(parent), unitOf(node));
      let at2 = this.placeOf(keyOf(parent, unitOf(node)));
      while (children[at2 * 2 + NODE] !== 0) at2 = (at2 + 1) & (children.length / 2 - 1);
      children[at2 * 2 + KEY] = keyOf(parent, unitOf(node));
      children[at2 * 2 + NODE] = node;
    }
  }

  private letThrough(one: number, two: number): void {
    const bit = pairPlace(one, two);
    this.sieve[bit >> 5] = (this.sieve[bit >> 5] as number) | (1 << (bit & 31));
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

  /** The longest known run that begins at unit `i`; 0 for none of two units at least. */
  private longest(i: number, length: number): number {
    const { units } = this;
    let node = this.first[units[i] as number] as number;
    if (node === 0) return 0;
    node = this.child(node, units[i + 1] as number);
    for (let d = SHORTEST_RUN; d < LONGEST_RUN && i + d < length && this.hasChildren[node] === 1; d += 1) {
      const longer = this.child(node, units[i + d] as number);
      if (longer === 0) break;
      node = longer;
    }
    return node;
  }

  /** Scores units `start..end` of a view into `sums`. */
  score(text: string, start: number, end: number): void {
    const { units, sieve, sum, rows, path } = this;
    const length = readUnits(text, start, end, units);
    sum.fill(NOTHING);
    for (let i = 0; i + 1 < length; i += 1) {
      const bit = pairPlace(units[i] as number, units[i + 1] as number);
      if (((sieve[bit >> 5] as number) & (1 << (bit & 31))) === 0) continue;
      const node = this.longest(i, length);
      if (node !== 0) for (let r = 0; r < rows; r += 1) sum[r] = (sum[r] as number) + (path[node * rows + r] as number);
    }
    this.settle();
  }

  private settle(): void {
    const { sum, sums, scale, bias, kinds } = this;
    for (let k = 0; k < kinds; k += 1) {
      const row = sum[Math.floor(k / LANES)] as number;
      sums[k] = (bias[k] as number) + (row === NOTHING ? 0 : laneOf(row, k % LANES) * (scale[k] as number));
    }
  }

  private weightOf(node: number, kind: number): number {
    return laneOf(NOTHING + (this.path[node * this.rows + Math.floor(kind / LANES)] as number), kind % LANES) * (this.scale[kind] as number);
  }

  /**
   * What each place of a clause adds to a kind: the weight of a run is shared among its units.
   * @returns weights and the unit of the view each stands for, side by side
   */
  shares(text: string, start: number, end: number, kind: number): { readonly weights: number[]; readonly places: Int32Array } {
    const places = new Int32Array(MAX_UNITS);
    const length = readUnits(text, start, end, this.units, places);
    const weights = new Array<number>(length).fill(0);
    for (let i = 0; i + 1 < length; i += 1) {
      let node = this.first[this.units[i] as number] as number;
      let before = 0;
      for (let d = 1; node !== 0; d += 1) {
        const until = this.weightOf(node, kind);
        for (let u = i; u < i + d; u += 1) weights[u] = (weights[u] as number) + (until - before) / d;
        before = until;
        if (d === LONGEST_RUN || i + d >= length) break;
        node = this.child(node, this.units[i + d] as number);
      }
    }
    return { weights, places };
  }
}
