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

/** So many places of one group are looked at one by one; a text with more is searched as a whole for that group's patterns. */
const MAX_PLACES = 4_096;
const FEW = 24;
const MAX_STEPS = 256;
const NONE = new Int32Array(0);

const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
  const made = new Int32Array(old.length * 2);
  made.set(old);
  return made;
};

/** What one scan of a text saw; made once and used for text after text. Places are kept by word, and a group's put together when asked for. */
export class Sightings {
  private readonly tables: PrefilterTables;
  /** Group → the patterns that are first looked for by it. */
  private readonly ledBy: readonly (readonly number[])[];
  private readonly always: readonly number[];
  /** Of the word: the scan that last saw it, its first and last place. */
  private readonly wordSeen: Int32Array;
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  /** Two numbers a group: the scan that last saw it, and the first of its words seen, as places in `wordGroups` plus one. */
  private readonly groups: Int32Array;
  private readonly leads: Uint8Array;
  private readonly nextWord: Int32Array;
  private readonly wordAt: Int32Array;
  private round = 0;
  private readonly able: Uint32Array;
  /** Places, each word's chained. Place 0 is none. */
  private starts = new Int32Array(1_024);
  private after = new Int32Array(1_024);
  private used = 1;
  private readonly gathered = new Int32Array(MAX_PLACES);

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
    this.ledBy = ledBy;
    this.always = always;
    this.wordSeen = new Int32Array(wordFrom.length);
    this.first = new Int32Array(wordFrom.length);
    this.last = new Int32Array(wordFrom.length);
    this.groups = new Int32Array(groupCount * 2);
    this.leads = Uint8Array.from(ledBy, (list) => Math.min(1, list.length));
    this.nextWord = new Int32Array(wordGroups.length + 1);
    this.wordAt = new Int32Array(wordGroups.length + 1);
    for (let word = 0; word + 1 < wordFrom.length; word += 1) this.wordAt.fill(word, (wordFrom[word] as number) + 1, (wordFrom[word + 1] as number) + 1);
    this.able = new Uint32Array((led >> 5) + 1);
  }

  /** Forgets the last text and looks at this one. */
  scan(text: string): void {
    this.round += 1;
    this.used = 1;
    this.able.fill(0);
    for (const pattern of this.always) this.enable(pattern);
    const leads: number[] = [];
    findWords(this.tables.automaton, text, (word, start) => {
      if (this.used === this.starts.length) {
        this.starts = wider(this.starts);
        this.after = wider(this.after);
      }
      const place = this.used++;
      this.starts[place] = start;
      this.after[place] = 0;
      if (this.wordSeen[word] === this.round) this.after[this.last[word] as number] = place;
      else this.meet(word, place, leads);
      this.last[word] = place;
    });
    for (const group of leads) for (const pattern of this.ledBy[group] as readonly number[]) if (this.can(pattern)) this.enable(pattern);
  }

  /** A word for the first time in this text. */
  private meet(word: number, place: number, leads: number[]): void {
    const { wordFrom, wordGroups } = this.tables;
    this.wordSeen[word] = this.round;
    this.first[word] = place;
    const until = wordFrom[word + 1] as number;
    for (let at = wordFrom[word] as number; at < until; at += 1) {
      const group = wordGroups[at] as number;
      if (this.groups[group * 2] === this.round) this.nextWord[at + 1] = this.groups[group * 2 + 1] as number;
      else {
        this.groups[group * 2] = this.round;
        this.nextWord[at + 1] = 0;
        if (this.leads[group] === 1) leads.push(group);
      }
      this.groups[group * 2 + 1] = at + 1;
    }
  }

  private sees(group: number): boolean {
    return this.groups[group * 2] === this.round;
  }

  private enable(pattern: number): void {
    this.able[pattern >> 5] = (this.able[pattern >> 5] as number) | (1 << (pattern & 31));
  }

  /** Whether each of the pattern's groups was seen, wherever. */
  can(pattern: number): boolean {
    const groups = this.tables.groups[pattern] as readonly number[];
    for (let i = 0; i < groups.length; i += 1) if (!this.sees(groups[i] as number)) return false;
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
    let count = 0;
    for (let at = this.groups[group * 2 + 1] as number; at !== 0; at = this.nextWord[at] as number) {
      for (let place = this.first[this.wordAt[at] as number] as number; place !== 0; place = this.after[place] as number) {
        if (count === MAX_PLACES) return null;
        this.gathered[count++] = this.starts[place] as number;
      }
    }
    const places = this.gathered.subarray(0, count);
    return count > FEW ? places.sort() : insertionSort(places);
  }

  /** Whether a word of the group begins within `from..to`; `true` too when so many stand before that looking is not worth it. */
  stands(group: number, from: number, to: number): boolean {
    if (!this.sees(group)) return false;
    let steps = 0;
    for (let at = this.groups[group * 2 + 1] as number; at !== 0; at = this.nextWord[at] as number) {
      for (let place = this.first[this.wordAt[at] as number] as number; place !== 0; place = this.after[place] as number) {
        const start = this.starts[place] as number;
        if (start > to) break;
        steps += 1;
        if (start >= from || steps > MAX_STEPS) return true;
      }
    }
    return false;
  }
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
