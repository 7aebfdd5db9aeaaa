/**
 * Tells in one pass which patterns can match a text at all: every pattern names words that each of its matches must
 * hold, and a trie over those words marks the patterns worth trying. Cost is linear in the text times the longest word.
 */
interface TrieNode {
  next: Map<number, TrieNode> | null;
  hits: number[] | null;
}

export interface Prefilter {
  /** Marks in `wanted` (one cell a pattern) what may match `text`; returns the marked patterns in order. */
  candidates(text: string): number[];
}

const newNode = (): TrieNode => ({ next: null, hits: null });

/**
 * @param anchors for each pattern the words one of which it needs; null = always try it
 */
export function createPrefilter(anchors: readonly (readonly string[] | null)[]): Prefilter {
  const roots: (TrieNode | undefined)[] = new Array(65_536).fill(undefined);
  const always: number[] = [];
  anchors.forEach((words, pattern) => {
    if (!words) {
      always.push(pattern);
      return;
    }
    for (const word of words) {
      const first = word.charCodeAt(0);
      let node = (roots[first] ??= newNode());
      for (let i = 1; i < word.length; i += 1) {
        node.next ??= new Map();
        const unit = word.charCodeAt(i);
        const child = node.next.get(unit) ?? newNode();
        node.next.set(unit, child);
        node = child;
      }
      node.hits ??= [];
      node.hits.push(pattern);
    }
  });
  const seen = new Int32Array(anchors.length);
  let round = 0;
  return {
    candidates: (text) => {
      round += 1;
      const found = [...always];
      for (let i = 0; i < text.length; i += 1) {
        let node = roots[text.charCodeAt(i)];
        for (let j = i + 1; node; j += 1) {
          if (node.hits) {
            for (const pattern of node.hits) {
              if (seen[pattern] === round) continue;
              seen[pattern] = round;
              found.push(pattern);
            }
          }
          node = j < text.length ? node.next?.get(text.charCodeAt(j)) : undefined;
        }
      }
      return found.sort((a, b) => a - b);
    },
  };
}
