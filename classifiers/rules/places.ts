/**
 * The places of patterns in a text, found by trying each only where its words stand. Gives exactly what trying it
 * everywhere gives, leftmost first and without overlaps: a match cannot begin outside a window. Bounded in number.
 */

import type { Span } from './context.ts';
import type { CompiledPattern } from './pattern.ts';
import { type Lists, laidOut, type Sightings } from './prefilter.ts';

const MAX_TRIED = 200;

/** Part of a scanned text: a field within a post. */
export interface Range {
  readonly from: number;
  readonly text: string;
  /** One bit, that of its field. */
  readonly bit: number;
}

/** Three numbers an anchor, a pattern's after another: its group in the prefilter, and how far from the match's beginning its words begin. */
const GROUP = 0;
const LEAST = 1;
const MOST = 2;
const STRIDE = 3;

export class PlacedPatterns {
  private readonly patterns: readonly CompiledPattern[];
  private readonly anchors: Lists;
  private readonly windowed: (RegExp | undefined)[];
  private readonly everywhere: (RegExp | undefined)[];
  private readonly within: Int32Array;

  /**
   * @param groups of each pattern, the numbers of its anchors in the prefilter, in order
   * @param within of each pattern, the bits of the fields it is looked for in
   */
  constructor(patterns: readonly CompiledPattern[], groups: readonly (readonly number[])[], within: readonly number[]) {
    this.patterns = patterns;
    this.within = Int32Array.from(within);
    this.anchors = laidOut(patterns.map(({ anchors }, p) => anchors.flatMap(({ least, most }, i) => [groups[p]?.[i] as number, least, most])));
    this.windowed = patterns.map(() => undefined);
    this.everywhere = patterns.map(() => undefined);
  }

  /** Calls `found` for every place of a pattern, until it says `false`. `ranges` lie one after the other in the scanned text. */
  forEach(pattern: number, seen: Sightings, ranges: readonly Range[], found: (range: Range, place: Span) => boolean): void {
    const { from: begins, items } = this.anchors;
    const within = this.within[pattern] as number;
    const lead = begins[pattern] as number;
    const places = lead < (begins[pattern + 1] as number) ? seen.placesOf(items[lead + GROUP] as number) : null;
    if (places === null) {
      for (const range of ranges) if ((range.bit & within) !== 0) this.tryEverywhere(pattern, range, found);
      return;
    }
    const [least, most] = [items[lead + LEAST] as number, items[lead + MOST] as number];
    let current = 0;
    let resume = 0;
    let tried = 0;
    for (let i = 0; i < places.length; i += 1) {
      const word = places[i] as number;
      while (current < ranges.length && word >= endOf(ranges[current] as Range)) {
        current += 1;
        resume = 0;
        tried = 0;
      }
      const range = ranges[current];
      if (!range) return;
      if (word < range.from || tried >= MAX_TRIED || (range.bit & within) === 0) continue;
      const until = Math.min(word - range.from - least, range.text.length);
      let from = Math.max(resume, word - range.from - most);
      if (from > until || !this.othersStand(pattern, seen, range.from + from, range.from + until)) continue;
      const regex = this.windowedRegex(pattern, least, most);
      for (; from <= until && tried < MAX_TRIED; tried += 1) {
        regex.lastIndex = from;
        const match = regex.exec(range.text);
        if (!match) {
          resume = until + 1;
          break;
        }
        const end = regex.lastIndex;
        const start = most > least ? from + (match[1] as string).length : from;
        if (!found(range, this.quoted(pattern, match, start, end))) tried = MAX_TRIED;
        resume = from = Math.max(end, start + 1);
      }
    }
  }

  /** Whether words of the other groups stand where a match that begins within `from..to` would hold them. */
  private othersStand(pattern: number, seen: Sightings, from: number, to: number): boolean {
    const { from: begins, items } = this.anchors;
    const until = begins[pattern + 1] as number;
    for (let at = (begins[pattern] as number) + STRIDE; at < until; at += STRIDE) {
      if (!seen.stands(items[at + GROUP] as number, from + (items[at + LEAST] as number), to + (items[at + MOST] as number))) return false;
    }
    return true;
  }

  private windowedRegex(pattern: number, least: number, most: number): RegExp {
    const known = this.windowed[pattern];
    if (known) return known;
    const { source, quotes } = this.patterns[pattern] as CompiledPattern;
    const made = new RegExp(`${most > least ? `([^]{0,${most - least}}?)` : ''}(?:${source})`, quotes ? 'yd' : 'y');
    this.windowed[pattern] = made;
    return made;
  }

  private quoted(pattern: number, match: RegExpExecArray, start: number, end: number): Span {
    const marked = this.patterns[pattern]?.quotes ? match.indices?.at(-1) : undefined;
    return marked ? { start: marked[0], end: marked[1] } : { start, end };
  }

  private tryEverywhere(pattern: number, range: Range, found: (range: Range, place: Span) => boolean): void {
    const { source, quotes } = this.patterns[pattern] as CompiledPattern;
    const regex = this.everywhere[pattern] ?? new RegExp(source, quotes ? 'gd' : 'g');
    this.everywhere[pattern] = regex;
    regex.lastIndex = 0;
    for (let tried = 0; tried < MAX_TRIED; tried += 1) {
      const match = regex.exec(range.text);
      if (!match) return;
      const resume = Math.max(regex.lastIndex, match.index + 1);
      if (!found(range, this.quoted(pattern, match, match.index, regex.lastIndex))) return;
      regex.lastIndex = resume;
    }
  }
}

const endOf = (range: Range): number => range.from + range.text.length;
