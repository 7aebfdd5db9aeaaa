/**
 * Cuts a text into the pieces that marks stand on. Spans may overlap, nest or touch, may reach outside the text or
 * fall inside a surrogate pair, because they come from rules and models that read another version of it; what comes
 * out always joins to exactly the text that went in.
 */
export interface Span {
  readonly id: string;
  /** UTF-16 offsets into the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}
export interface Segment {
  readonly start: number;
  readonly text: string;
  /** Ids of the spans over this piece, in the order they were given. */
  readonly ids: readonly string[];
  /** Ids of spans whose first piece this is. */
  readonly opens: readonly string[];
}

const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
/** Whether an offset would cut a surrogate pair in two. */
const splitsPair = (text: string, at: number): boolean => at > 0 && at < text.length && isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));

/** Brings a span inside the text and onto whole characters; null when nothing of it is left. */
export function fitSpan<S extends Span>(text: string, span: S): S | null {
  if (!Number.isFinite(span.start) || !Number.isFinite(span.end)) return null;
  let start = Math.max(0, Math.trunc(span.start));
  let end = Math.min(text.length, Math.trunc(span.end));
  if (start >= end) return null;
  if (splitsPair(text, start)) start -= 1;
  if (splitsPair(text, end)) end += 1;
  return { ...span, start, end };
}

/**
 * Splits `text` at every span edge.
 * @param text the original text
 * @param spans spans in the order in which they should be drawn, strongest first
 */
export function segmentText(text: string, spans: readonly Span[]): Segment[] {
  const fitted = spans.map((span) => fitSpan(text, span)).filter((span) => span !== null);
  const edges = [...new Set([0, text.length, ...fitted.flatMap((span) => [span.start, span.end])])].sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const start = edges[i] as number;
    const end = edges[i + 1] as number;
    const over = fitted.filter((span) => span.start <= start && span.end >= end);
    segments.push({
      start,
      text: text.slice(start, end),
      ids: [...new Set(over.map((span) => span.id))],
      opens: [...new Set(over.filter((span) => span.start === start).map((span) => span.id))],
    });
  }
  return segments;
}

/** Equal but for characters that masking replaced. */
const sameButMasked = (shown: string, quote: string): boolean =>
  shown.length === quote.length &&
  Array.from({ length: shown.length }, (_, i) => shown[i]).every((char, i) => char === quote[i] || char === '*' || quote[i] === '*');

/**
 * Where a quote stands in a text: its own offsets when the words agree, else the only place where they occur.
 * A mark on the wrong words is worse than none, so anything else answers null.
 */
export function locateQuote(text: string, quote: string | null, start: number | null, end: number | null): { start: number; end: number } | null {
  if (start !== null && end !== null && end > start && end <= text.length) {
    if (quote === null || sameButMasked(text.slice(start, end), quote)) return { start, end };
  }
  if (!quote) return null;
  const first = text.indexOf(quote);
  return first >= 0 && text.indexOf(quote, first + 1) < 0 ? { start: first, end: first + quote.length } : null;
}
