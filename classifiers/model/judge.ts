/**
 * What the model makes of a post that has been read: for each kind its most telling clause and how strongly it speaks,
 * and, for a clause that is to be shown, the few characters that moved it most.
 */
import type { QuotableField } from '../../core/model/post.ts';
import type { ReadPost } from '../rules/read.ts';
import { originalRange, type View } from '../text/normalise.ts';
import { type ClauseSpan, clausesOf } from './clauses.ts';
import { CLAUSE_FIELDS, MAX_CHARS, TRADE_FIELDS, viewOf } from './dataset.ts';
import type { WeightTable } from './table.ts';

export interface Telling {
  margin: number;
  field: QuotableField;
  view: View;
  start: number;
  end: number;
}

const READ: ReadonlySet<string> = new Set(CLAUSE_FIELDS);

/**
 * @param agency index of the one kind that company and scope may show
 * @returns for each kind the strongest clause; null for a post without clauses
 */
export function judge(table: WeightTable, read: ReadPost, agency: number): (Telling | null)[] {
  const best = new Array<Telling | null>(table.kinds).fill(null);
  const consider = (k: number, field: QuotableField, view: View, { start, end }: ClauseSpan): void => {
    const margin = table.sums[k] as number;
    const known = best[k];
    if (known && known.margin >= margin) return;
    if (known) {
      known.margin = margin;
      known.field = field;
      known.view = view;
      known.start = start;
      known.end = end;
    } else best[k] = { margin, field, view, start, end };
  };
  for (const { field, read: normalised } of read.fields) {
    if (!READ.has(field)) continue;
    const view = viewOf(normalised);
    const text = view.text.length > MAX_CHARS ? view.text.slice(0, MAX_CHARS) : view.text;
    const trade = TRADE_FIELDS.has(field);
    for (const span of clausesOf(text)) {
      table.score(text, span.start, span.end);
      if (trade) {
        if (agency >= 0) consider(agency, field, view, span);
      } else for (let k = 0; k < table.kinds; k += 1) consider(k, field, view, span);
    }
  }
  return best;
}

export interface Moved {
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

const LEAST_QUOTE = 2;
const MOST_QUOTE = 16;

/** The stretch of a clause that adds most to a kind (the largest sum of neighbouring shares), at most 16 units, in the original text. */
export function movedBy(table: WeightTable, told: Telling, kind: number, original: string): Moved {
  const { weights, places } = table.shares(told.view.text, told.start, told.end, kind);
  // Beginning and end of the clause are not characters.
  let best = { sum: Number.NEGATIVE_INFINITY, from: 1, to: 1 };
  const last = weights.length - 2;
  for (let from = 1; from <= last; from += 1) {
    let sum = 0;
    for (let to = from; to <= Math.min(last, from + MOST_QUOTE - 1); to += 1) {
      sum += weights[to] as number;
      if (sum > best.sum && (to - from + 1 >= LEAST_QUOTE || last < LEAST_QUOTE)) best = { sum, from, to };
    }
  }
  const range = originalRange(told.view, places[best.from] as number, (places[best.to] as number) + 1);
  return { ...range, quote: original.slice(range.start, range.end) };
}
