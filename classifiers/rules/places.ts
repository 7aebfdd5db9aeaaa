/**
 * The places of one pattern in a text, found by trying it only where its words stand. Gives exactly what trying it
 * everywhere gives, leftmost first and without overlaps: a match cannot begin outside a window. Bounded in number.
 */

import type { Span } from './context.ts';
import type { CompiledPattern } from './pattern.ts';
import type { Anchor } from './pattern-anchors.ts';
import type { Sightings } from './prefilter.ts';

const MAX_TRIED = 200;

/** Part of a scanned text: a field within a post. */
export interface Range {
  readonly from: number;
  readonly text: string;
}

export class PlacedPattern {
  private readonly pattern: CompiledPattern;
  private readonly groups: readonly number[];
  private readonly lead: Anchor | undefined;
  private windowed: RegExp | undefined;
  private everywhere: RegExp | undefined;

  /** @param groups numbers of the pattern's anchors in the prefilter, in order */
  constructor(pattern: CompiledPattern, groups: readonly number[]) {
    this.pattern = pattern;
    this.groups = groups;
    this.lead = pattern.anchors[0];
  }

  /** Calls `found` for every place, until it says `false`. `ranges` lie one after the other in the scanned text. */
  forEach(seen: Sightings, ranges: readonly Range[], found: (range: Range, place: Span) => boolean): void {
    const places = this.lead ? seen.placesOf(this.groups[0] as number) : null;
    if (places === null) {
      for (const range of ranges) this.tryEverywhere(range, found);
      return;
    }
    const { least, most } = this.lead as Anchor;
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
      if (word < range.from || tried >= MAX_TRIED) continue;
      const until = Math.min(word - range.from - least, range.text.length);
      let from = Math.max(resume, word - range.from - most);
      if (from > until || !this.othersStand(seen, range.from + from, range.from + until)) continue;
      for (; from <= until && tried < MAX_TRIED; tried += 1) {
        const match = this.tryAt(range.text, from);
        if (!match) {
          resume = until + 1;
          break;
        }
        const end = this.windowedRegex().lastIndex;
        const start = most > least ? from + (match[1] as string).length : from;
        if (!found(range, this.quoted(match, start, end))) tried = MAX_TRIED;
        resume = from = Math.max(end, start + 1);
      }
    }
  }

  /** Whether words of the other groups stand where a match that begins within `from..to` would hold them. */
  private othersStand(seen: Sightings, from: number, to: number): boolean {
    for (let i = 1; i < this.groups.length; i += 1) {
      const { least, most } = this.pattern.anchors[i] as Anchor;
      if (!seen.stands(this.groups[i] as number, from + least, to + most)) return false;
    }
    return true;
  }

  private windowedRegex(): RegExp {
    if (!this.windowed) {
      const { least, most } = this.lead as Anchor;
      const { source, quotes } = this.pattern;
      this.windowed = new RegExp(`${most > least ? `([^]{0,${most - least}}?)` : ''}(?:${source})`, quotes ? 'yd' : 'y');
    }
    return this.windowed;
  }

  private tryAt(text: string, from: number): RegExpExecArray | null {
    const regex = this.windowedRegex();
    regex.lastIndex = from;
    return regex.exec(text);
  }

  private quoted(match: RegExpExecArray, start: number, end: number): Span {
    const marked = this.pattern.quotes ? match.indices?.at(-1) : undefined;
    return marked ? { start: marked[0], end: marked[1] } : { start, end };
  }

  private tryEverywhere(range: Range, found: (range: Range, place: Span) => boolean): void {
    this.everywhere ??= new RegExp(this.pattern.source, this.pattern.quotes ? 'gd' : 'g');
    const regex = this.everywhere;
    regex.lastIndex = 0;
    for (let tried = 0; tried < MAX_TRIED; tried += 1) {
      const match = regex.exec(range.text);
      if (!match) return;
      const resume = Math.max(regex.lastIndex, match.index + 1);
      if (!found(range, this.quoted(match, match.index, regex.lastIndex))) return;
      regex.lastIndex = resume;
    }
  }
}

const endOf = (range: Range): number => range.from + range.text.length;
