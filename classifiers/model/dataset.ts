/**
 * Posts as examples: every clause of a labelled post, with the kinds its words show. Labels point by their quote; where a
 * rule already points at a clause that no label quotes (one quote stands for several), nothing is learned from it.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { PostInput, QuotableField } from '../../core/model/post.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import type { ReadPost } from '../rules/read.ts';
import { originalRange, type View } from '../text/normalise.ts';
import { clausesOf } from './clauses.ts';
import { readUnits } from './grams.ts';
import { CODE_KINDS, MEASURED_KINDS, type PostLabel } from './measure.ts';

export interface LabelledPost {
  readonly post: PostInput;
  readonly labels: readonly PostLabel[];
  /** Posts of one employer. */
  readonly group: string;
  /** Where it is from: shown in the card, one row each. */
  readonly source: string;
  /** Kinds people decided about; nothing is known of the others. Without it the whole post was read. */
  readonly decided?: readonly FindingKind[] | undefined;
  /** Words that were decided not to show a kind. */
  readonly dismissed?: readonly { readonly code: string; readonly quote?: string | undefined }[] | undefined;
}

/** Fields whose clauses are judged. Company and scope speak of the trade alone. */
export const CLAUSE_FIELDS = ['title', 'text', 'company', 'businessScope'] as const satisfies readonly QuotableField[];
export const TRADE_FIELDS: ReadonlySet<QuotableField> = new Set(['company', 'businessScope']);
const AGENCY = MEASURED_KINDS.indexOf('acts-as-intermediary');
export const MAX_CHARS = 20_000;

export interface Clause {
  readonly field: QuotableField;
  readonly view: View;
  readonly start: number;
  readonly end: number;
  readonly units: Uint16Array;
  /** A kind each: 1 shows it, 0 does not, -1 says nothing. */
  readonly truth: Int8Array;
}
export interface PostExamples {
  readonly group: string;
  readonly clauses: readonly Clause[];
}

const scratch = new Uint16Array(64);

const unitsOf = (text: string, start: number, end: number): Uint16Array => scratch.slice(0, readUnits(text, start, end, scratch));

/** The view the model reads: pulled-apart words together, where there are any. */
export const viewOf = (read: ReadPost['fields'][number]['read']): View => read.squeezed ?? read.view;

interface Mark {
  readonly kind: number;
  readonly field: QuotableField | null;
  readonly start: number;
  readonly end: number;
  readonly truth: 1 | 0 | -1;
}

function placesOf(text: string, quote: string): { start: number; end: number }[] {
  const places: { start: number; end: number }[] = [];
  for (let at = text.indexOf(quote); at >= 0 && places.length < 20; at = text.indexOf(quote, at + 1)) places.push({ start: at, end: at + quote.length });
  return places;
}

function marksOf(post: PostInput, told: readonly Pick<PostLabel, 'code' | 'quote'>[], truth: 1 | 0 | -1): Mark[] {
  return told.flatMap(({ code, quote }): Mark[] => {
    const kind = code in CODE_KINDS ? MEASURED_KINDS.indexOf(CODE_KINDS[code as keyof typeof CODE_KINDS]) : -1;
    if (kind < 0 || !quote) return [];
    return CLAUSE_FIELDS.flatMap((field) => placesOf(post[field] ?? '', quote).map((place): Mark => ({ kind, field, ...place, truth })));
  });
}

const findingMarks = (findings: readonly Finding[], truth: (f: Finding) => 1 | -1): Mark[] =>
  findings.flatMap((f): Mark[] => {
    const kind = MEASURED_KINDS.indexOf(f.kind as FindingKind);
    return kind < 0 || f.start === null || f.end === null ? [] : [{ kind, field: f.field as QuotableField, start: f.start, end: f.end, truth: truth(f) }];
  });

/**
 * Cuts a post into examples.
 * @param said what people said; null takes the rules' findings as the truth (weak)
 * @param findings what the rules found
 */
export function examplesOf(
  read: ReadPost,
  group: string,
  said: Pick<LabelledPost, 'labels' | 'decided' | 'dismissed'> | null,
  findings: readonly Finding[],
): PostExamples {
  const { labels = [], decided, dismissed = [] } = said ?? {};
  const doubtful = marksOf(
    read.post,
    labels.filter((l) => l.sure === false),
    -1,
  );
  const sure = marksOf(
    read.post,
    labels.filter((l) => l.sure !== false),
    1,
  );
  const ruled = findingMarks(findings, (f) => (said || f.exempt ? -1 : 1));
  // What people said comes last and stands.
  const marks = [...ruled, ...marksOf(read.post, dismissed, 0), ...doubtful, ...sure];
  const toldKinds = new Set([...doubtful, ...sure].map((m) => m.kind));
  const clauses: Clause[] = [];
  for (const { field, read: normalised } of read.fields) {
    if (!(CLAUSE_FIELDS as readonly string[]).includes(field)) continue;
    const view = viewOf(normalised);
    const text = view.text.slice(0, MAX_CHARS);
    for (const { start, end } of clausesOf(text)) {
      const truth = new Int8Array(MEASURED_KINDS.length);
      // Of a post that was not read for everything, only the words decided about say something.
      if (decided) truth.fill(-1);
      else if (TRADE_FIELDS.has(field)) truth.fill(-1).fill(0, AGENCY, AGENCY + 1);
      const place = originalRange(view, start, end);
      for (const mark of marks) {
        if (mark.field !== field) continue;
        const shared = Math.min(mark.end, place.end) - Math.max(mark.start, place.start);
        if (shared <= 0 || shared < Math.min(3, (mark.end - mark.start) / 2)) continue;
        // A rule's word against no label of the kind at all is a false alarm to learn from.
        if (said && mark.truth === -1 && !toldKinds.has(mark.kind)) continue;
        truth[mark.kind] = mark.truth;
      }
      clauses.push({ field, view, start, end, units: unitsOf(text, start, end), truth });
    }
  }
  return { group, clauses };
}
