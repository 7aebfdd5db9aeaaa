/**
 * Tells in one pass which patterns can match a text at all: every pattern names groups of words of which each of its
 * matches must hold one each, and a trie over those words counts the groups seen. Cost is linear in the text times the longest word.
 */
interface TrieNode {
  next: Map<number, TrieNode> | null;
  /** Groups that have this word. */
  hits: number[] | null;
}

export interface Prefilter {
  /** The patterns that may match `text`, in order. */
  candidates(text: string): number[];
}

/** A small sieve of the first two characters of all words: most pairs of a text begin none. */
const SIEVE = 1 << 16;
const sieveOf = (first: number, second: number): number => ((first * 0x9e35) ^ (second * 0x85eb)) & (SIEVE - 1);

const newNode = (): TrieNode => ({ next: null, hits: null });

function insert(roots: (TrieNode | undefined)[], word: string, group: number): void {
  const first = word.charCodeAt(0);
  roots[first] ??= newNode();
  let node = roots[first];
  for (let i = 1; i < word.length; i += 1) {
    node.next ??= new Map();
    const unit = word.charCodeAt(i);
    const child = node.next.get(unit) ?? newNode();
    node.next.set(unit, child);
    node = child;
  }
  node.hits ??= [];
  node.hits.push(group);
}

/**
 * @param anchors for each pattern its groups of words; a pattern without groups is always tried
 */
export function createPrefilter(anchors: readonly (readonly (readonly string[])[])[]): Prefilter {
  const roots: (TrieNode | undefined)[] = new Array(65_536).fill(undefined);
  const sieve = new Uint8Array(SIEVE);
  const always: number[] = [];
  const owner: number[] = [];
  anchors.forEach((groups, pattern) => {
    if (groups.length === 0) always.push(pattern);
    for (const words of groups) {
      const group = owner.push(pattern) - 1;
      for (const word of new Set(words)) {
        insert(roots, word, group);
        if (word.length > 1) sieve[sieveOf(word.charCodeAt(0), word.charCodeAt(1))] = 1;
      }
    }
  });
  const needed = anchors.map((groups) => groups.length);
  const seen = new Int32Array(owner.length);
  const missing = new Int32Array(anchors.length);
  const touched = new Int32Array(anchors.length);
  let round = 0;

  const hit = (group: number, found: number[]): void => {
    if (seen[group] === round) return;
    seen[group] = round;
    const pattern = owner[group] as number;
    if (touched[pattern] !== round) {
      touched[pattern] = round;
      missing[pattern] = needed[pattern] as number;
    }
    missing[pattern] = (missing[pattern] as number) - 1;
    if (missing[pattern] === 0) found.push(pattern);
  };

  return {
    candidates: (text) => {
      round += 1;
      const found = [...always];
      let unit = text.charCodeAt(0);
      for (let i = 0; i < text.length; i += 1) {
        let node = roots[unit];
        const first = unit;
        unit = text.charCodeAt(i + 1);
        if (!node || (node.hits === null && sieve[sieveOf(first, unit)] === 0)) continue;
        for (let j = i + 1; node; j += 1) {
          if (node.hits) for (const group of node.hits) hit(group, found);
          node = j < text.length ? node.next?.get(text.charCodeAt(j)) : undefined;
        }
      }
      return found.sort((a, b) => a - b);
    },
  };
}
