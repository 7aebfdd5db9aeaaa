/**
 * Tells in one pass over a text which patterns can match it and where: every pattern names groups of words of which each
 * of its matches holds one each, and at what distance. What is left for a RegExp to look at is a few short windows.
 */
import { type Automaton, buildAutomaton, FoundWords, findWords } from './automaton.ts';
import type { Anchor } from './pattern-anchors.ts';

export interface Anchored {
  readonly anchors: readonly Anchor[];
}

/** Plain data: groups of words shared by patterns, and the automaton that finds them. */
export interface PrefilterTables {
  readonly automaton: Automaton;
  /** Label of words → the groups they belong to: `wordGroups[wordFrom[w]]` up to `wordFrom[w + 1]`. */
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
  // Words of the same groups need not be told apart: they share a label, and what is kept of each label stays small.
  const labels = new Map<string, number>();
  const lists: number[][] = [];
  const labelOf = (list: number[]): number => {
    const key = list.join(',');
    const known = labels.get(key);
    if (known !== undefined) return known;
    labels.set(key, lists.length);
    return lists.push(list) - 1;
  };
  const wordLabels = [...owners.values()].map(labelOf);
  const wordFrom = new Int32Array(lists.length + 1);
  lists.forEach((list, label) => {
    wordFrom[label + 1] = (wordFrom[label] as number) + list.length;
  });
  return {
    automaton: buildAutomaton([...owners.keys()], wordLabels),
    wordFrom,
    wordGroups: Int32Array.from(lists.flat()),
    groups,
    groupCount: groupWords.length,
  };
}

/** So many places of one group are looked at one by one; a text with more is searched as a whole for that group's patterns. */
const MAX_PLACES = 65_536;
const FEW = 24;
const MAX_STEPS = 64;
const NONE = new Int32Array(0);
/** No anchor is longer: they are cut in `pattern-anchors.ts`. */
const LONGEST_WORD = 16;
/** Of a word: the scan that last saw it. */
const SEEN = 0;
/** Its first and last place there. */
const FIRST = 1;
const LAST = 2;
const STRIDE = 3;

/** List i is `items[from[i]]` up to `items[from[i + 1]]`: numbers that are asked for together lie together. */
export interface Lists {
  readonly from: Int32Array;
  readonly items: Int32Array;
}
export function laidOut(lists: readonly (readonly number[])[]): Lists {
  const from = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    from[i + 1] = (from[i] as number) + list.length;
  });
  return { from, items: Int32Array.from(lists.flat()) };
}

/** What one scan of a text saw; made once and used for text after text. Places are kept by word, and a group's put together when asked for. */
export class Sightings {
  private readonly tables: PrefilterTables;
  /** Pattern → its groups, and group → the patterns first looked for by it: lists laid end to end, each with where it begins. */
  private readonly groupsOf: Lists;
  private readonly ledBy: Lists;
  private readonly always: readonly number[];
  /** Numbers of a word, side by side because they are asked for together: SEEN, FIRST, LAST. */
  private readonly chains: Int32Array;
  /** Group → its words, and word → the groups some pattern is first looked for by. */
  private readonly wordsOf: Lists;
  private readonly leadsOf: Lists;
  /** Two numbers a group: the scan that last asked whether it was seen, and the answer. */
  private readonly groups: Int32Array;
  private round = 0;
  private readonly able: Uint32Array;
  private readonly leadsSeen: Int32Array;
  private leadCount = 0;
  private readonly found = new FoundWords();
  /** The word found i-th stands at place i + 1; here is the next place of the same word, 0 for none. */
  private after = new Int32Array(1_024);
  private readonly gathered = new Int32Array(MAX_PLACES);
  private readonly ordering = new Int32Array(MAX_PLACES);
  /** Groups of many places, put in order when asked about; null when too many even for that. */
  private readonly sorted = new Map<number, Int32Array | null>();

  /** @param led only the first so many patterns are listed by `forEach`; the others are asked about one by one */
  constructor(tables: PrefilterTables, led: number = tables.groups.length) {
    this.tables = tables;
    const { groups, groupCount, wordFrom, wordGroups } = tables;
    const ledBy: number[][] = Array.from({ length: groupCount }, () => []);
    const always: number[] = [];
    groups.slice(0, led).forEach(([lead], pattern) => {
      if (lead === undefined) always.push(pattern);
      else ledBy[lead]?.push(pattern);
    });
    this.ledBy = laidOut(ledBy);
    this.groupsOf = laidOut(groups);
    this.always = always;
    this.chains = new Int32Array(wordFrom.length * STRIDE);
    this.groups = new Int32Array(groupCount * 2);
    const words: number[][] = Array.from({ length: groupCount }, () => []);
    const leads: number[][] = [];
    for (let word = 0; word + 1 < wordFrom.length; word += 1) {
      const own = [...wordGroups.subarray(wordFrom[word], wordFrom[word + 1])];
      for (const group of own) words[group]?.push(word);
      leads.push(own.filter((group) => (ledBy[group] ?? []).length > 0));
    }
    this.wordsOf = laidOut(words);
    this.leadsOf = laidOut(leads);
    this.leadsSeen = new Int32Array(groupCount);
    this.able = new Uint32Array((led >> 5) + 1);
  }

  /** Forgets the last text and looks at this one. */
  scan(text: string): void {
    const { found, able, chains } = this;
    findWords(this.tables.automaton, text, found);
    this.round += 1;
    if (this.sorted.size > 0) this.sorted.clear();
    able.fill(0);
    for (const pattern of this.always) this.enable(pattern);
    if (this.after.length <= found.count) this.after = new Int32Array(found.words.length * 2);
    const { after, round } = this;
    for (let i = 0; i < found.count; i += 1) {
      const word = found.words[i] as number;
      // Place 0 is none.
      const place = i + 1;
      after[place] = 0;
      if (chains[word * STRIDE + SEEN] === round) after[chains[word * STRIDE + LAST] as number] = place;
      else this.meet(word, place);
      chains[word * STRIDE + LAST] = place;
    }
    for (let i = 0; i < this.leadCount; i += 1) {
      const group = this.leadsSeen[i] as number;
      const until = this.ledBy.from[group + 1] as number;
      for (let p = this.ledBy.from[group] as number; p < until; p += 1) {
        const pattern = this.ledBy.items[p] as number;
        if (this.can(pattern)) this.enable(pattern);
      }
    }
    this.leadCount = 0;
  }

  /** A word for the first time in this text. */
  private meet(word: number, place: number): void {
    const { chains, groups, round } = this;
    chains[word * STRIDE + SEEN] = round;
    chains[word * STRIDE + FIRST] = place;
    const { from, items } = this.leadsOf;
    const until = from[word + 1] as number;
    for (let at = from[word] as number; at < until; at += 1) {
      const group = items[at] as number;
      if (groups[group * 2] === round) continue;
      groups[group * 2] = round;
      groups[group * 2 + 1] = 1;
      this.leadsSeen[this.leadCount++] = group;
    }
  }

  /** Whether some word of the group was seen; asked once a text, and most groups never. */
  private sees(group: number): boolean {
    const { groups, chains, round } = this;
    if (groups[group * 2] === round) return groups[group * 2 + 1] === 1;
    const { from, items } = this.wordsOf;
    const until = from[group + 1] as number;
    let at = from[group] as number;
    while (at < until && chains[(items[at] as number) * STRIDE + SEEN] !== round) at += 1;
    groups[group * 2] = round;
    groups[group * 2 + 1] = at < until ? 1 : 0;
    return at < until;
  }

  private enable(pattern: number): void {
    this.able[pattern >> 5] = (this.able[pattern >> 5] as number) | (1 << (pattern & 31));
  }

  /** Whether each of the pattern's groups was seen, wherever. */
  can(pattern: number): boolean {
    const { from, items } = this.groupsOf;
    const until = from[pattern + 1] as number;
    for (let i = from[pattern] as number; i < until; i += 1) if (!this.sees(items[i] as number)) return false;
    return true;
  }

  /** Calls `found` for every listed pattern that can match, in order. */
  forEach(found: (pattern: number) => void): void {
    for (let word = 0; word < this.able.length; word += 1) {
      for (let bits = this.able[word] as number; bits !== 0; bits &= bits - 1) found((word << 5) + 31 - Math.clz32(bits & -bits));
    }
  }

  /** Where a group's words begin, in order, valid until the next call; `null` when they are too many to go through. */
  placesOf(group: number): Int32Array | null {
    if (!this.sees(group)) return NONE;
    const count = this.gather(group, this.gathered);
    if (count > MAX_PLACES) return null;
    const places = this.gathered.subarray(0, count);
    return count > FEW ? places.sort() : insertionSort(places);
  }

  /** Writes down where a group's words begin. @returns how many; one more than there is room for when they are too many */
  private gather(group: number, out: Int32Array): number {
    let count = 0;
    const { from: begins, items } = this.wordsOf;
    const until = begins[group + 1] as number;
    for (let at = begins[group] as number; at < until; at += 1) {
      const word = items[at] as number;
      if (this.chains[word * STRIDE + SEEN] !== this.round) continue;
      for (let place = this.chains[word * STRIDE + FIRST] as number; place !== 0; place = this.after[place] as number) {
        if (count === MAX_PLACES) return MAX_PLACES + 1;
        out[count++] = this.found.starts[place - 1] as number;
      }
    }
    return count;
  }

  /** Whether a word of the group begins within `from..to`; `true` too when so many stand in the text that looking is not worth it. */
  stands(group: number, from: number, to: number): boolean {
    if (!this.sees(group)) return false;
    const known = this.sorted.size > 0 ? this.sorted.get(group) : undefined;
    if (known !== undefined) return known === null || anyWithin(known, from, to);
    let steps = 0;
    const { from: begins, items } = this.wordsOf;
    const until = begins[group + 1] as number;
    for (let at = begins[group] as number; at < until; at += 1) {
      const word = items[at] as number;
      steps += 1;
      if (steps > MAX_STEPS) return this.standsAmongMany(group, from, to);
      if (this.chains[word * STRIDE + SEEN] !== this.round) continue;
      for (let place = this.chains[word * STRIDE + FIRST] as number; place !== 0; place = this.after[place] as number) {
        const start = this.found.starts[place - 1] as number;
        // Found in the order of their ends: one that begins earlier may come after.
        if (start > to + LONGEST_WORD) break;
        if (start >= from && start <= to) return true;
        steps += 1;
        if (steps > MAX_STEPS) return this.standsAmongMany(group, from, to);
      }
    }
    return false;
  }

  /** A group of many words or places is put in order once a scan, so that asking of each of them does not go through all of them. */
  private standsAmongMany(group: number, from: number, to: number): boolean {
    const count = this.gather(group, this.ordering);
    const places = count > MAX_PLACES ? null : this.ordering.slice(0, count).sort();
    this.sorted.set(group, places);
    return places === null || anyWithin(places, from, to);
  }
}

/** @param places in order */
function anyWithin(places: Int32Array, from: number, to: number): boolean {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low < places.length && (places[low] as number) <= to;
}

function insertionSort(places: Int32Array): Int32Array {
  for (let i = 1; i < places.length; i += 1) {
    const start = places[i] as number;
    let at = i;
    while (at > 0 && (places[at - 1] as number) > start) {
      places[at] = places[at - 1] as number;
      at -= 1;
    }
    places[at] = start;
  }
  return places;
}
