/**
 * Tells in one pass over a text which patterns can match it and where: every pattern names groups of words of which each
 * of its matches holds one each, and at what distance. What is left for a RegExp to look at is a few short windows.
 */
import { type Automaton, buildAutomaton, findWords } from './automaton.ts';
import type { Anchor } from './pattern-anchors.ts';

export interface Anchored {
  readonly anchors: readonly Anchor[];
}

/** Plain data: groups of words shared by patterns, and the automaton that finds them. */
export interface PrefilterTables {
  readonly automaton: Automaton;
  /** Word → the groups it belongs to: `wordGroups[wordFrom[w]]` up to `wordFrom[w + 1]`. */
  readonly wordFrom: Int32Array;
  readonly wordGroups: Int32Array;
  /** Pattern → its groups, in the order of its anchors. */
  readonly groups: readonly (readonly number[])[];
  readonly groupCount: number;
}

/** Works out the tables of a list of patterns; patterns are told by their number in it. */
export function tabulate(patterns: readonly Anchored[]): PrefilterTables {
  const numbers = new Map<string, number>();
  const groupWords: (readonly string[])[] = [];
  const groupOf = ({ words }: Anchor): number => {
    const key = words.join('\n');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, groupWords.length);
    return groupWords.push(words) - 1;
  };
  const groups = patterns.map(({ anchors }) => anchors.map(groupOf));
  const owners = new Map<string, number[]>();
  groupWords.forEach((words, group) => {
    for (const word of words) {
      const list = owners.get(word);
      if (list) list.push(group);
      else owners.set(word, [group]);
    }
  });
  const lists = [...owners.values()];
  const wordFrom = new Int32Array(lists.length + 1);
  lists.forEach((list, word) => {
    wordFrom[word + 1] = (wordFrom[word] as number) + list.length;
  });
  return { automaton: buildAutomaton([...owners.keys()]), wordFrom, wordGroups: Int32Array.from(lists.flat()), groups, groupCount: groupWords.length };
}

/** So many places of one group are kept; a text with more is searched as a whole for that group's patterns. */
const MAX_PLACES = 4_096;

/** What one scan of a text saw; made once and used for text after text. */
export class Sightings {
  private readonly tables: PrefilterTables;
  private readonly ownersOf: readonly (readonly number[])[];
  private readonly needed: Int32Array;
  private readonly always: readonly number[];
  /** Of the group: the scan that last saw it, how often, its first and last place. */
  private readonly seen: Int32Array;
  private readonly count: Int32Array;
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly missing: Int32Array;
  private readonly able: Uint32Array;
  private seenGroups: number[] = [];
  private round = 0;
  /** Places in the order of their starts, chained both ways. Place 0 is none. */
  private starts = new Int32Array(1_024);
  private after = new Int32Array(1_024);
  private before = new Int32Array(1_024);
  private used = 1;

  constructor(tables: PrefilterTables) {
    this.tables = tables;
    const { groups, groupCount } = tables;
    const owners: number[][] = Array.from({ length: groupCount }, () => []);
    groups.forEach((list, pattern) => {
      for (const group of new Set(list)) owners[group]?.push(pattern);
    });
    this.ownersOf = owners;
    this.needed = Int32Array.from(groups, (list) => new Set(list).size);
    this.always = groups.flatMap((list, pattern) => (list.length === 0 ? [pattern] : []));
    this.seen = new Int32Array(groupCount);
    this.count = new Int32Array(groupCount);
    this.first = new Int32Array(groupCount);
    this.last = new Int32Array(groupCount);
    this.missing = this.needed.slice();
    this.able = new Uint32Array((groups.length >> 5) + 1);
  }

  /** Forgets the last text and looks at this one. */
  scan(text: string): void {
    this.round += 1;
    this.used = 1;
    this.seenGroups.length = 0;
    this.able.fill(0);
    const { automaton, wordFrom, wordGroups } = this.tables;
    findWords(automaton, text, (word, start) => {
      const until = wordFrom[word + 1] as number;
      for (let at = wordFrom[word] as number; at < until; at += 1) this.see(wordGroups[at] as number, start);
    });
    for (const pattern of this.always) this.enable(pattern);
    for (const group of this.seenGroups) for (const pattern of this.ownersOf[group] ?? []) if (--(this.missing[pattern] as number) === 0) this.enable(pattern);
    // Counted back for the next text.
    for (const group of this.seenGroups) for (const pattern of this.ownersOf[group] ?? []) this.missing[pattern] = this.needed[pattern] as number;
  }

  private see(group: number, start: number): void {
    if (this.seen[group] !== this.round) {
      this.seen[group] = this.round;
      this.seenGroups.push(group);
      this.count[group] = 0;
      this.first[group] = 0;
      this.last[group] = 0;
    }
    const count = (this.count[group] as number) + 1;
    if (count > MAX_PLACES + 1) return;
    this.count[group] = count;
    this.place(group, start);
  }

  /** Keeps a place. Words are seen in the order of their ends, so one may have to go before a few shorter ones. */
  private place(group: number, start: number): void {
    if (this.used === this.starts.length) this.grow();
    const place = this.used++;
    this.starts[place] = start;
    let before = this.last[group] as number;
    while (before !== 0 && (this.starts[before] as number) > start) before = this.before[before] as number;
    const after = before === 0 ? (this.first[group] as number) : (this.after[before] as number);
    this.before[place] = before;
    this.after[place] = after;
    if (before === 0) this.first[group] = place;
    else this.after[before] = place;
    if (after === 0) this.last[group] = place;
    else this.before[after] = place;
  }

  private grow(): void {
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const made = new Int32Array(old.length * 2);
      made.set(old);
      return made;
    };
    this.starts = wider(this.starts);
    this.after = wider(this.after);
    this.before = wider(this.before);
  }

  private enable(pattern: number): void {
    this.able[pattern >> 5] = (this.able[pattern >> 5] as number) | (1 << (pattern & 31));
  }

  /** Whether each of the pattern's groups was seen, wherever. */
  can(pattern: number): boolean {
    return ((this.able[pattern >> 5] as number) & (1 << (pattern & 31))) !== 0;
  }

  /** Calls `found` for every pattern that can match, in order, below `limit`. */
  forEach(limit: number, found: (pattern: number) => void): void {
    for (let word = 0; word << 5 < limit; word += 1) {
      let bits = this.able[word] as number;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        if ((word << 5) + bit < limit) found((word << 5) + bit);
      }
    }
  }

  /** First place of a group's words in the text, 0 for none; `null` when there are too many to have kept. */
  firstOf(group: number): number | null {
    if (this.seen[group] !== this.round) return 0;
    return (this.count[group] as number) > MAX_PLACES ? null : (this.first[group] as number);
  }
  nextOf(place: number): number {
    return this.after[place] as number;
  }
  startOf(place: number): number {
    return this.starts[place] as number;
  }

  /** Whether a word of the group begins within `from..to`. */
  stands(group: number, from: number, to: number): boolean {
    const first = this.firstOf(group);
    if (first === null) return true;
    for (let place = first; place !== 0; place = this.after[place] as number) {
      const start = this.starts[place] as number;
      if (start > to) return false;
      if (start >= from) return true;
    }
    return false;
  }
}
