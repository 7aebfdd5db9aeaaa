/**
 * Runs compiled rules over a post that has been read: one scan of all its words, the few patterns that can match tried
 * where they can, the words around each match weighed (negation, warnings, lawful grounds), and the original text pointed at.
 * Bounded: so many matches are looked at, so many reported.
 */
import type { ArticleRef, Finding } from '../../core/model/finding.ts';
import { QUOTABLE_FIELDS, type QuotableField, type SubjectType } from '../../core/model/post.ts';
import { originalRange, type View } from '../text/normalise.ts';
import type { LawDays, LawIndex } from './articles.ts';
import { commonness } from './commonness.ts';
import type { CompiledContext, CompiledRule } from './compile.ts';
import { AskedContext, type Span, type Surroundings } from './context.ts';
import type { CompiledPattern } from './pattern.ts';
import { TOO_COMMON } from './pattern-anchors.ts';
import { PlacedPatterns, type Range } from './places.ts';
import { type Anchored, type PrefilterTables, Sightings, tabulate } from './prefilter.ts';
import type { ReadPost } from './read.ts';

const MAX_REPORTED = 4;
const QUOTE_SHOWN = 40;

/** All contexts of the rules, each once, in a fixed order. */
function contextsOf(rules: readonly CompiledRule[]): CompiledContext[] {
  return [...new Set(rules.flatMap((rule) => [...rule.unless, ...rule.requires, ...rule.exempt.map((e) => e.context)]))];
}

/** What scans need to know of the rules: their patterns, then those of their contexts, in a fixed order. Plain data. */
export function tabulateRules(rules: readonly CompiledRule[]): PrefilterTables {
  const patterns: CompiledPattern[] = rules.flatMap((rule) => rule.patterns);
  return tabulate([...patterns, ...contextsOf(rules).flatMap((context) => context.patterns.map(settledBy))]);
}

/** Words that settle whether a context's pattern is worth asking: its rarest alone, and none when it is met everywhere. */
const settledBy = ({ anchors }: CompiledPattern): Anchored => ({ anchors: anchors.slice(0, 1).filter(({ words }) => commonness(words) < TOO_COMMON) });

interface Owner {
  readonly rule: CompiledRule;
  readonly unless: readonly AskedContext[];
  readonly requires: readonly AskedContext[];
  readonly exempt: readonly { readonly context: AskedContext; readonly ground: string }[];
}

function ownersOf(rules: readonly CompiledRule[]): Owner[] {
  let number = rules.reduce((sum, rule) => sum + rule.patterns.length, 0);
  const asked = new Map<CompiledContext, AskedContext>();
  for (const context of contextsOf(rules)) {
    asked.set(
      context,
      new AskedContext(
        context,
        context.patterns.map(() => number++),
      ),
    );
  }
  const ask = (context: CompiledContext): AskedContext => asked.get(context) as AskedContext;
  return rules.flatMap((rule) => {
    const around = {
      unless: rule.unless.map(ask),
      requires: rule.requires.map(ask),
      exempt: rule.exempt.map(({ context, ground }) => ({ context: ask(context), ground })),
    };
    return rule.patterns.map((): Owner => ({ rule, ...around }));
  });
}

function trimmed(text: string, { start: from, end: to }: Span): Span {
  let [start, end] = [from, to];
  while (start < end && text.charCodeAt(start) === 32) start += 1;
  while (end > start && text.charCodeAt(end - 1) === 32) end -= 1;
  return { start, end };
}

interface Hit extends Span {
  readonly rule: CompiledRule;
  readonly field: QuotableField;
  readonly quote: string;
  readonly ground: string | undefined;
  /** Fields, their views and patterns in order: whoever comes first is kept. */
  readonly order: number;
}
const bitOf = (field: QuotableField): number => 1 << QUOTABLE_FIELDS.indexOf(field);
const bitsOf = (fields: Iterable<QuotableField>): number => [...fields].reduce((bits, field) => bits | bitOf(field), 0);

/** One reading of a field, within what was scanned together with it. */
interface Scanned extends Range {
  readonly field: QuotableField;
  readonly view: View;
  readonly original: string;
  readonly order: number;
}

const overlaps = (a: Hit, b: Hit): boolean => a.field === b.field && a.start < b.end && b.start < a.end;

/** At most MAX_REPORTED hits a rule, none over another of the same rule; rules in the order of their first hit. */
function reported(hits: Hit[]): Hit[] {
  const kept = new Map<CompiledRule, Hit[]>();
  for (const hit of hits.length > 1 ? hits.sort((a, b) => a.order - b.order) : hits) {
    const known = kept.get(hit.rule);
    if (!known) kept.set(hit.rule, [hit]);
    else if (known.length < MAX_REPORTED && !known.some((other) => overlaps(other, hit))) known.push(hit);
  }
  return [...kept.values()].flat();
}

/** Articles as cited on the days asked for last; findings of a night share them. */
function citing(law: LawIndex): (ids: readonly string[], days: LawDays) => ArticleRef[] {
  const cited = new Map<readonly string[], ArticleRef[]>();
  let citedOn: LawDays | null = null;
  return (ids, days) => {
    if (days !== citedOn) cited.clear();
    citedOn = days;
    const known = cited.get(ids) ?? law.cite(ids, days);
    cited.set(ids, known);
    return known;
  };
}

/**
 * @param rules as compiled @param tables of these rules
 * @returns a function from a read post and the days whose law applies to findings, all rules' findings side by side
 */
export function createMatcher(rules: readonly CompiledRule[], tables: PrefilterTables, law: LawIndex): (read: ReadPost, days: LawDays) => Finding[] {
  const owners = ownersOf(rules);
  const patterns = new PlacedPatterns(
    rules.flatMap((rule) => rule.patterns),
    tables.groups,
    rules.flatMap((rule) => rule.patterns.map(() => bitsOf(rule.fields))),
  );
  const seenInWhole = new Sightings(tables, owners.length);
  const seenInView = new Sightings(tables, owners.length);

  const tryAll = (seen: Sightings, scanned: readonly Scanned[], { whole, post }: ReadPost, hits: Hit[]): void => {
    const subject = post.account?.subjectType ?? 'unknown';
    seen.forEach((number) => {
      let current = scanned[0];
      let count = 0;
      patterns.forEach(number, seen, scanned, (range, place) => {
        const { rule, unless, requires, exempt } = owners[number] as Owner;
        const { field, view, original, order } = range as Scanned;
        if (range !== current) {
          current = range as Scanned;
          count = 0;
        }
        if (rule.subjects && subject !== 'unknown' && !rule.subjects.has(subject)) return false;
        const around: Surroundings = { text: range.text, seen, whole, seenInWhole };
        if (unless.some((c) => c.holds(around, place)) || !requires.every((c) => c.holds(around, place))) return true;
        const inner = trimmed(range.text, place);
        const { start, end } = originalRange(view, inner.start, inner.end);
        const ground = exempt.find((e) => e.context.holds(around, place))?.ground;
        hits.push({ rule, field, start, end, quote: original.slice(start, end), ground, order: order * owners.length + number });
        count += 1;
        return count < MAX_REPORTED;
      });
    });
  };

  const cite = citing(law);
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
    articles: cite(rule.articlesFor[subject] ?? rule.articles, days),
    exempt: ground !== undefined,
    ...(ground === undefined ? {} : { ground }),
    why: rule.why.replaceAll('{quote}', quote.length > QUOTE_SHOWN ? `${quote.slice(0, QUOTE_SHOWN)}…` : quote),
  });

  return (read, days) => {
    const hits: Hit[] = [];
    seenInWhole.scan(read.whole);
    const scanned = read.fields.map(({ field, at, read: { view, original } }, i): Scanned => {
      return { from: at, text: view.text, bit: bitOf(field), field, view, original, order: i * 2 };
    });
    tryAll(seenInWhole, scanned, read, hits);
    read.fields.forEach(({ field, read: { squeezed, original } }, i) => {
      if (!squeezed) return;
      seenInView.scan(squeezed.text);
      tryAll(seenInView, [{ from: 0, text: squeezed.text, bit: bitOf(field), field, view: squeezed, original, order: i * 2 + 1 }], read, hits);
    });
    const subject = read.post.account?.subjectType ?? 'unknown';
    return reported(hits).map((hit) => toFinding(hit, subject, days));
  };
}
