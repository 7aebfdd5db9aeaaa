/**
 * The words of the model: runs of two to four units inside a clause, its beginning and end among them, figures by their
 * length only (1280 and 9800 say the same thing to a model this small). They hang in a tree, so that a run nobody
 * has seen is left after its first units; a node of the tree is a feature.
 */

/** A single character says too little of Chinese to be worth a look at every place. */
export const SHORTEST_RUN = 2;
export const LONGEST_RUN = 4;
const BEGIN = 1;
const END = 2;
const FIGURE = 48;
const MOST_FIGURES = 5;
const BLANK = 32;

/**
 * Writes units `start..end` of a view as the model reads them.
 * @param out at least `end - start + 2` long, or the rest is left out
 * @param places gets, for each unit written, the unit of the view it stands for
 * @returns how many were written
 */
export function readUnits(text: string, start: number, end: number, out: Uint16Array, places?: Int32Array): number {
  let length = 0;
  let figures = 0;
  const most = out.length - 1;
  out[length++] = BEGIN;
  if (places) places[0] = start;
  for (let i = start; i < end && length < most; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === BLANK) continue;
    const isFigure = unit >= FIGURE && unit <= FIGURE + 9;
    figures = isFigure ? figures + 1 : 0;
    if (figures > MOST_FIGURES) continue;
    if (places) places[length] = i;
    out[length++] = isFigure ? FIGURE : unit;
  }
  if (places) places[length] = Math.max(start, end - 1);
  out[length++] = END;
  return length;
}

/** Node 0 is nothing, node 1 the root. */
export const ROOT = 1;

/** The tree while it grows. Parents are always older than their children. */
export class GramTree {
  private readonly children = new Map<number, number>();
  private nodes = ROOT + 1;

  get size(): number {
    return this.nodes;
  }
  child(node: number, unit: number): number {
    return this.children.get(node * 65_536 + unit) ?? 0;
  }
  grow(node: number, unit: number): number {
    const key = node * 65_536 + unit;
    const known = this.children.get(key);
    if (known !== undefined) return known;
    this.children.set(key, this.nodes);
    this.nodes += 1;
    return this.nodes - 1;
  }
  /** A tree of the nodes wanted; nodes below an unwanted one go with it. Numbers change, order stays. */
  prune(wanted: (node: number) => boolean): GramTree {
    const out = new GramTree();
    const moved: number[] = [0, ROOT];
    for (const [parent, unit, node] of this.edges()) {
      const under = moved[parent];
      if (under !== undefined && wanted(node)) moved[node] = out.grow(under, unit);
    }
    return out;
  }
  /** Every edge as parent, unit, node. */
  *edges(): Generator<readonly [parent: number, unit: number, node: number]> {
    for (const [key, node] of this.children) yield [Math.floor(key / 65_536), key % 65_536, node];
  }
}

/** What the vocabulary is counted in: the passages of one employer, so that a house phrase of one counts once. */
export interface CountedPassage {
  readonly group: number;
  readonly units: Uint16Array;
}

/**
 * Grows the tree level by level: a run is kept when at least `least` groups use it, and so all its beginnings are kept.
 * @param passages sorted by group
 */
export function growTree(passages: readonly CountedPassage[], least: number): GramTree {
  const tree = new GramTree();
  const groups: number[] = [];
  const last: number[] = [];
  const alive = (node: number): boolean => node <= ROOT || (groups[node] ?? 0) >= least;
  for (let depth = 1; depth <= LONGEST_RUN; depth += 1) {
    for (const { group, units } of passages) {
      for (let i = 0; i + depth <= units.length; i += 1) {
        let node = ROOT;
        for (let d = 0; d < depth - 1 && node !== 0; d += 1) {
          node = tree.child(node, units[i + d] as number);
          if (!alive(node)) node = 0;
        }
        if (node === 0) continue;
        node = tree.grow(node, units[i + depth - 1] as number);
        if (last[node] === group + 1) continue;
        last[node] = group + 1;
        groups[node] = (groups[node] ?? 0) + 1;
      }
    }
  }
  return tree.prune(alive);
}

/** The features of a passage, as often as they stand in it. */
export function gramsOf(tree: GramTree, units: Uint16Array): number[] {
  const out: number[] = [];
  for (let i = 0; i < units.length; i += 1) {
    let node = ROOT;
    for (let d = 1; d <= LONGEST_RUN && i + d <= units.length; d += 1) {
      node = tree.child(node, units[i + d - 1] as number);
      if (node === 0) break;
      if (d >= SHORTEST_RUN) out.push(node);
    }
  }
  return out;
}
