/**
 * A first look at a text for the pairs of characters that certain patterns cannot do without: most texts hold none of
 * them, and need not be searched by the patterns at all. One pass for all patterns; it may let a text through that
 * holds no match, and never keeps one back that does.
 */
import { PAIR_PLACES, pairPlace } from './pair-place.ts';

/** How many pairs of each set stand in the text, in the order the sets were given; a pair may be counted for another that looks alike. */
export type PairSieve = (text: string) => Int32Array;

const MAX_SETS = 8;

/**
 * @param sets at most eight, each of the pairs of which a pattern's matches hold one at least, separated by blanks; `␣` stands for a blank in a pair
 * @returns counts that are overwritten by the next call
 */
export function createPairSieve(sets: readonly string[]): PairSieve {
  /** Of the marks, the bit whether there is any: small enough to stay near. */
  const any = new Uint32Array(PAIR_PLACES >> 5);
  const marks = new Uint8Array(PAIR_PLACES);
  sets.slice(0, MAX_SETS).forEach((pairs, set) => {
    for (const pair of pairs.split(' ')) {
      const at = pairPlace(pair.charCodeAt(0), pair.replace('␣', ' ').charCodeAt(1));
      marks[at] = (marks[at] as number) | (1 << set);
      any[at >> 5] = (any[at >> 5] as number) | (1 << (at & 31));
    }
  });
  const counts = new Int32Array(sets.length);
  return (text) => {
    counts.fill(0);
    let before = 0;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      const at = pairPlace(before, unit);
      before = unit;
      if (((any[at >> 5] as number) & (1 << (at & 31))) === 0) continue;
      const mark = marks[at] as number;
      for (let set = 0; set < counts.length; set += 1) if (mark & (1 << set)) counts[set] = (counts[set] as number) + 1;
    }
    return counts;
  };
}
