/**
 * Runs compiled rules over a post that has been read: prefilter, match, weigh the words around the match (negation,
 * warnings, lawful grounds), and point at the original text. Bounded: so many matches are looked at, so many reported.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { QuotableField, SubjectType } from '../../core/model/post.ts';
import { originalRange, type View } from '../text/normalise.ts';
import type { LawDays, LawIndex } from './articles.ts';
import type { CompiledContext, CompiledRule } from './compile.ts';
import type { CompiledPattern } from './pattern.ts';
import { createPrefilter } from './prefilter.ts';
import type { ReadPost } from './read.ts';

const MAX_TRIED = 200;
const MAX_REPORTED = 4;
const QUOTE_SHOWN = 40;

interface Span {
  readonly start: number;
  readonly end: number;
}
const CLAUSE = new Set([',', ';', '。', '!', '?', '\n']);
const SENTENCE = new Set([';', '。', '!', '?', '\n']);

function back(text: string, from: number, stops: ReadonlySet<string>, reach: number): number {
  const floor = Math.max(0, from - reach);
  let i = from;
  while (i > floor && !stops.has(text[i - 1] ?? '')) i -= 1;
  return i;
}
function forth(text: string, from: number, stops: ReadonlySet<string>, reach: number): number {
  const ceiling = Math.min(text.length, from + reach);
  let i = from;
  while (i < ceiling && !stops.has(text[i] ?? '')) i += 1;
  return i;
}
const LINE: ReadonlySet<string> = new Set(['\n']);

/** The stretch of text a context looks at. */
function stretch(context: CompiledContext, text: string, span: Span, whole: string): string {
  const { reach } = context;
  switch (context.scope) {
    case 'match':
      return text.slice(span.start, span.end);
    case 'before':
      return text.slice(back(text, span.start, CLAUSE, reach), span.start);
    case 'after':
      return text.slice(span.end, forth(text, span.end, CLAUSE, reach));
    case 'clause':
      return text.slice(back(text, span.start, CLAUSE, reach), forth(text, span.end, CLAUSE, reach));
    case 'sentence':
      return text.slice(back(text, span.start, SENTENCE, reach), forth(text, span.end, SENTENCE, reach));
    case 'line':
      return text.slice(back(text, span.start, LINE, reach), forth(text, span.end, LINE, reach));
    case 'post':
      return whole;
  }
}
const holds = (context: CompiledContext, text: string, span: Span, whole: string): boolean => context.regex.test(stretch(context, text, span, whole));

/** All places of a pattern in a text, at most MAX_TRIED; the span is the marked part where there is one. */
function* places({ regex, quotes }: CompiledPattern, text: string): Generator<Span> {
  regex.lastIndex = 0;
  for (let tried = 0; tried < MAX_TRIED; tried += 1) {
    const match = regex.exec(text);
    if (!match) return;
    const resume = Math.max(regex.lastIndex, match.index + 1);
    const marked = quotes ? match.indices?.[1] : undefined;
    yield marked ? { start: marked[0], end: marked[1] } : { start: match.index, end: match.index + match[0].length };
    regex.lastIndex = resume;
  }
}

function trimmed(text: string, span: Span): Span {
  let { start, end } = span;
  while (start < end && text[start] === ' ') start += 1;
  while (end > start && text[end - 1] === ' ') end -= 1;
  return { start, end };
}

interface Hit extends Span {
  readonly rule: CompiledRule;
  readonly field: QuotableField;
  readonly quote: string;
  readonly ground: string | undefined;
}

function hitsIn(rule: CompiledRule, pattern: CompiledPattern, view: View, original: string, field: QuotableField, whole: string): Hit[] {
  const hits: Hit[] = [];
  const { text } = view;
  for (const place of places(pattern, text)) {
    if (rule.unless.some((c) => holds(c, text, place, whole)) || !rule.requires.every((c) => holds(c, text, place, whole))) continue;
    const inner = trimmed(text, place);
    const range = originalRange(view, inner.start, inner.end);
    const ground = rule.exempt.find((c) => holds(c, text, place, whole))?.ground;
    hits.push({ rule, field, ...range, quote: original.slice(range.start, range.end), ground });
    if (hits.length >= MAX_REPORTED) break;
  }
  return hits;
}

const overlaps = (a: Hit, b: Hit): boolean => a.field === b.field && a.start < b.end && b.start < a.end;

/**
 * @param rules as compiled
 * @returns a function from a read post and the days whose law applies to findings, all rules' findings side by side
 */
export function createMatcher(rules: readonly CompiledRule[], law: LawIndex): (read: ReadPost, days: LawDays) => Finding[] {
  const owners: { readonly rule: CompiledRule; readonly pattern: CompiledPattern }[] = [];
  for (const rule of rules) for (const pattern of rule.patterns) owners.push({ rule, pattern });
  const prefilter = createPrefilter(owners.map(({ pattern }) => pattern.anchors));

  const toFinding = ({ rule, field, start, end, quote, ground }: Hit, subject: SubjectType, days: LawDays): Finding => ({
    kind: rule.kind,
    level: rule.level,
    score: rule.score,
    source: 'rule',
    by: `${rule.id}@${rule.version}`,
    field,
    quote,
    start,
    end,
    articles: law.cite(rule.articlesFor[subject] ?? rule.articles, days),
    exempt: ground !== undefined,
    ...(ground === undefined ? {} : { ground }),
    why: rule.why.replaceAll('{quote}', quote.length > QUOTE_SHOWN ? `${quote.slice(0, QUOTE_SHOWN)}…` : quote),
  });

  return (read, days) => {
    const subject = read.post.account?.subjectType ?? 'unknown';
    const hits = new Map<CompiledRule, Hit[]>();
    for (const { field, read: normalised } of read.fields) {
      for (const view of normalised.squeezed ? [normalised.view, normalised.squeezed] : [normalised.view]) {
        for (const candidate of prefilter.candidates(view.text)) {
          const owner = owners[candidate];
          if (!owner?.rule.fields.has(field)) continue;
          if (owner.rule.subjects && subject !== 'unknown' && !owner.rule.subjects.has(subject)) continue;
          const known = hits.get(owner.rule) ?? [];
          if (known.length >= MAX_REPORTED) continue;
          for (const hit of hitsIn(owner.rule, owner.pattern, view, normalised.original, field, read.whole)) {
            if (known.length < MAX_REPORTED && !known.some((other) => overlaps(other, hit))) known.push(hit);
          }
          if (known.length > 0) hits.set(owner.rule, known);
        }
      }
    }
    return [...hits.values()].flat().map((hit) => toFinding(hit, subject, days));
  };
}
