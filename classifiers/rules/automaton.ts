/**
 * Finds all words of a set in a text in one pass: an Aho–Corasick automaton laid out as a double array, so that a
 * character costs one or two look-ups in typed arrays however many words there are. The tables are plain data.
 */
import { PAIR_PLACES, pairPlace } from '../text/pair-place.ts';
import { COMMON_CHARS } from './commonness.ts';

export interface Automaton {
  /** UTF-16 unit → its number among the units of all words; 0 for one that stands in no word. */
  readonly classes: Uint16Array;
  /** Four numbers a state, side by side because they are asked for together: BASE, CHECK, FAIL, OUTPUT. */
  readonly cells: Int32Array;
  /** One bit a pair of classes, hashed: set when some word begins with the pair. Most pairs of a text begin none, and this is small enough to stay near. */
  readonly pairs: Uint32Array;
  /** Where OUTPUT points: how many words end here, then label and length in turn. */
  readonly ends: Int32Array;
}
/** The child of state s by class c is BASE of s plus c, when CHECK of that state is s. */
const BASE = 0;
const CHECK = 1;
/** The state of the longest proper ending that is also a beginning. */
const FAIL = 2;
/** 0 when no word ends here. */
const OUTPUT = 3;

function pairsOf(words: readonly string[], classes: Uint16Array): Uint32Array {
  const pairs = new Uint32Array(PAIR_PLACES >> 5);
  for (const word of words) {
    if (word.length < 2) continue;
    const pair = pairPlace(classes[word.charCodeAt(0)] as number, classes[word.charCodeAt(1)] as number);
    pairs[pair >> 5] = (pairs[pair >> 5] as number) | (1 << (pair & 31));
  }
  return pairs;
}

interface Trie {
  readonly parent: number[];
  readonly unit: number[];
  readonly children: number[][];
  /** Label of the word that ends here; -1 for none. */
  readonly word: number[];
  readonly length: number[];
}

function growTrie(words: readonly string[], labels: readonly number[], classes: Uint16Array): Trie {
  const trie: Trie = { parent: [0], unit: [0], children: [[]], word: [-1], length: [0] };
  const known = new Map<number, number>();
  words.forEach((text, number) => {
    let node = 0;
    for (let i = 0; i < text.length; i += 1) {
      const unit = classes[text.charCodeAt(i)] as number;
      const key = node * 65_536 + unit;
      let child = known.get(key);
      if (child === undefined) {
        child = trie.parent.push(node) - 1;
        trie.unit.push(unit);
        trie.children.push([]);
        trie.word.push(-1);
        trie.length.push(i + 1);
        trie.children[node]?.push(child);
        known.set(key, child);
      }
      node = child;
    }
    trie.word[node] = labels[number] as number;
  });
  return trie;
}

/** Finds places in the double array; free places are kept in a chain so that crowded stretches are stepped over. */
class Slots {
  base = new Int32Array(1 << 16);
  check = new Int32Array(1 << 16).fill(-1);
  private nextFree = new Int32Array(1 << 16);

  constructor() {
    for (let i = 0; i < this.nextFree.length; i += 1) this.nextFree[i] = i + 1;
  }

  private grow(): void {
    const size = this.check.length * 2;
    const [base, check, nextFree] = [new Int32Array(size), new Int32Array(size).fill(-1), new Int32Array(size)];
    base.set(this.base);
    check.set(this.check);
    nextFree.set(this.nextFree);
    for (let i = this.check.length; i < size; i += 1) nextFree[i] = i + 1;
    [this.base, this.check, this.nextFree] = [base, check, nextFree];
  }

  private freeFrom(at: number): number {
    let i = at;
    while (i < this.check.length && this.check[i] !== -1) i = this.nextFree[i] as number;
    // Remember the jump for the next one who comes by.
    for (let j = at; j < i; ) {
      const step = this.nextFree[j] as number;
      this.nextFree[j] = i;
      j = step;
    }
    return i;
  }

  /** Settles the children (by class, ascending) of the state at `parent`. */
  settle(parent: number, units: readonly number[]): void {
    const first = units[0] as number;
    const last = units.at(-1) as number;
    for (let at = this.freeFrom(first); ; at = this.freeFrom(at + 1)) {
      while (at - first + last >= this.check.length) this.grow();
      const base = at - first;
      if (!units.every((unit) => this.check[base + unit] === -1)) continue;
      this.base[parent] = base;
      for (const unit of units) this.check[base + unit] = parent;
      return;
    }
  }
}

/** Numbers the units of all words. What is met most gets the lowest numbers, so that what is looked up most lies close together. */
function classesOf(words: readonly string[]): { readonly classes: Uint16Array; readonly count: number } {
  const used = new Uint8Array(65_536);
  for (const word of words) for (let i = 0; i < word.length; i += 1) used[word.charCodeAt(i)] = 1;
  const classes = new Uint16Array(65_536);
  let count = 0;
  const number = (unit: number): void => {
    if (used[unit] === 1 && classes[unit] === 0) classes[unit] = count += 1;
  };
  for (let i = 0; i < COMMON_CHARS.length; i += 1) number(COMMON_CHARS.charCodeAt(i));
  for (let unit = 0; unit < used.length; unit += 1) number(unit);
  return { classes, count };
}

/**
 * @param words distinct, none empty
 * @param labels one a word, by which found words are told; those that nobody needs to tell apart share one
 */
export function buildAutomaton(words: readonly string[], labels: readonly number[]): Automaton {
  const { classes, count } = classesOf(words);
  const trie = growTrie(words, labels, classes);
  const slots = new Slots();
  slots.check[0] = 0;
  const state = new Int32Array(trie.parent.length);
  const order: number[] = [0];
  for (let at = 0; at < order.length; at += 1) {
    const node = order[at] as number;
    const children = (trie.children[node] ?? []).sort((a, b) => (trie.unit[a] as number) - (trie.unit[b] as number));
    if (children.length === 0) continue;
    const units = children.map((child) => trie.unit[child] as number);
    const from = state[node] as number;
    slots.settle(from, units);
    for (const child of children) {
      state[child] = (slots.base[from] as number) + (trie.unit[child] as number);
      order.push(child);
    }
  }
  // A place may be looked up from any base with any class.
  const size = slots.check.length + count + 1;
  const [base, check] = [new Int32Array(size), new Int32Array(size).fill(-1)];
  base.set(slots.base);
  check.set(slots.check);
  const { fail, output, ends } = outputs(trie, order, state, base, check);
  const cells = new Int32Array(size * 4);
  for (let i = 0; i < size; i += 1) {
    cells[i * 4 + BASE] = base[i] as number;
    cells[i * 4 + CHECK] = check[i] as number;
    cells[i * 4 + FAIL] = fail[i] as number;
    cells[i * 4 + OUTPUT] = output[i] as number;
  }
  return { classes, cells, pairs: pairsOf(words, classes), ends };
}

/** Ending links and, for each state, the words that end there, its own and those of its endings. */
function outputs(
  trie: Trie,
  order: readonly number[],
  state: Int32Array,
  base: Int32Array,
  check: Int32Array,
): { fail: Int32Array; output: Int32Array; ends: Int32Array } {
  const fail = new Int32Array(base.length);
  const output = new Int32Array(base.length);
  const ends: number[] = [0];
  for (const node of order) {
    if (node === 0) continue;
    const [here, above, unit] = [state[node] as number, state[trie.parent[node] as number] as number, trie.unit[node] as number];
    let link = above === 0 ? -1 : (fail[above] as number);
    while (link > 0 && check[(base[link] as number) + unit] !== link) link = fail[link] as number;
    if (link >= 0 && check[(base[link] as number) + unit] === link) fail[here] = (base[link] as number) + unit;
    const inherited = output[fail[here] as number] as number;
    const own = trie.word[node] as number;
    if (own < 0) {
      output[here] = inherited;
      continue;
    }
    output[here] = ends.push((inherited === 0 ? 0 : (ends[inherited] as number)) + 1) - 1;
    ends.push(own, trie.length[node] as number);
    for (let i = 0; inherited > 0 && i < (ends[inherited] as number) * 2; i += 1) ends.push(ends[inherited + 1 + i] as number);
  }
  return { fail, output, ends: Int32Array.from(ends) };
}

/** Words found in a text, side by side; used for text after text. */
export class FoundWords {
  words = new Int32Array(512);
  starts = new Int32Array(512);
  count = 0;

  grow(): void {
    const [words, starts] = [new Int32Array(this.words.length * 2), new Int32Array(this.words.length * 2)];
    words.set(this.words);
    starts.set(this.starts);
    [this.words, this.starts] = [words, starts];
  }
}

/** Finds every word of the text, in the order of their ends: its label and where it begins. */
export function findWords({ classes, cells, pairs, ends }: Automaton, text: string, found: FoundWords): void {
  found.count = 0;
  let state = 0;
  /** The last unit, when the state is that of this one unit. */
  let alone = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = classes[text.charCodeAt(i)] as number;
    if (unit === 0) {
      state = 0;
      alone = 0;
      continue;
    }
    if (alone !== 0) {
      const pair = pairPlace(alone, unit);
      if (((pairs[pair >> 5] as number) & (1 << (pair & 31))) === 0) state = 0;
    }
    let next = (cells[state * 4 + BASE] as number) + unit;
    while (cells[next * 4 + CHECK] !== state && state !== 0) {
      state = cells[state * 4 + FAIL] as number;
      next = (cells[state * 4 + BASE] as number) + unit;
    }
    alone = 0;
    if (cells[next * 4 + CHECK] !== state) continue;
    if (state === 0) alone = unit;
    state = next;
    const from = cells[state * 4 + OUTPUT] as number;
    if (from === 0) continue;
    const until = from + 1 + (ends[from] as number) * 2;
    for (let at = from + 1; at < until; at += 2) {
      if (found.count === found.words.length) found.grow();
      found.words[found.count] = ends[at] as number;
      found.starts[found.count] = i + 1 - (ends[at + 1] as number);
      found.count += 1;
    }
  }
}
