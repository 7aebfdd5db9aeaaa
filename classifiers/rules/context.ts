/**
 * What must, or must not, stand around a match: cuts out the stretch of text a context looks at and searches it. Most
 * contexts are settled without looking, for none of their words were seen in the text at all.
 */
import type { CompiledContext } from './compile.ts';
import type { Sightings } from './prefilter.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}
/** A text under way: the field or squeezed view a match was found in, and what the scans saw. */
export interface Surroundings {
  readonly text: string;
  /** Of the view. */
  readonly seen: Sightings;
  /** All fields of the post, and what was seen there. */
  readonly whole: string;
  readonly seenInWhole: Sightings;
}
/** A context ready to be asked: a RegExp a pattern, made when first needed, and the patterns' numbers in the prefilter. */
export class AskedContext {
  private readonly context: CompiledContext;
  private readonly numbers: readonly number[];
  private readonly regexes: (RegExp | undefined)[];
  /** The post last asked about as a whole, and the answer: every match in it gets the same. */
  private whole: string | null = null;
  private inWhole = false;

  constructor(context: CompiledContext, numbers: readonly number[]) {
    this.context = context;
    this.numbers = numbers;
    this.regexes = context.patterns.map(() => undefined);
  }

  holds(around: Surroundings, span: Span): boolean {
    if (this.context.scope !== 'post') return this.search(around, span);
    if (this.whole !== around.whole) {
      this.whole = around.whole;
      this.inWhole = this.search(around, span);
    }
    return this.inWhole;
  }

  private search(around: Surroundings, span: Span): boolean {
    const seen = this.context.scope === 'post' ? around.seenInWhole : around.seen;
    let stretch: string | undefined;
    for (let i = 0; i < this.numbers.length; i += 1) {
      if (!seen.can(this.numbers[i] as number)) continue;
      stretch ??= stretchOf(this.context, around, span);
      const regex = this.regexes[i] ?? new RegExp(this.context.patterns[i]?.source ?? '(?!)');
      this.regexes[i] = regex;
      if (regex.test(stretch)) return true;
    }
    return false;
  }
}

const stops = (signs: string): Uint8Array => {
  const table = new Uint8Array(65_536);
  for (const sign of signs) table[sign.charCodeAt(0)] = 1;
  return table;
};
const CLAUSE = stops(',;。!?\n');
const SENTENCE = stops(';。!?\n');
const LINE = stops('\n');

function back(text: string, from: number, ends: Uint8Array, reach: number): number {
  const floor = Math.max(0, from - reach);
  let i = from;
  while (i > floor && ends[text.charCodeAt(i - 1)] === 0) i -= 1;
  return i;
}
function forth(text: string, from: number, ends: Uint8Array, reach: number): number {
  const ceiling = Math.min(text.length, from + reach);
  let i = from;
  while (i < ceiling && ends[text.charCodeAt(i)] === 0) i += 1;
  return i;
}

function stretchOf({ scope, reach }: CompiledContext, { text, whole }: Surroundings, { start, end }: Span): string {
  switch (scope) {
    case 'match':
      return text.slice(start, end);
    case 'before':
      return text.slice(back(text, start, CLAUSE, reach), start);
    case 'after':
      return text.slice(end, forth(text, end, CLAUSE, reach));
    case 'clause':
      return text.slice(back(text, start, CLAUSE, reach), forth(text, end, CLAUSE, reach));
    case 'sentence':
      return text.slice(back(text, start, SENTENCE, reach), forth(text, end, SENTENCE, reach));
    case 'line':
      return text.slice(back(text, start, LINE, reach), forth(text, end, LINE, reach));
    case 'post':
      return whole;
  }
}
