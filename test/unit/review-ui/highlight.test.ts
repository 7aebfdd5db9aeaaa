/** Highlights: overlapping findings over any text, none lost and no character changed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSpan, locateQuote, type Span, segmentText } from '../../../review-ui/parts/segments.ts';

const span = (id: string, start: number, end: number): Span => ({ id, start, end });
const shape = (text: string, spans: Span[]) => segmentText(text, spans).map((piece) => [piece.text, piece.ids.join(' ')]);

describe('segmentText', () => {
  it('leaves an unmarked text whole', () => {
    expect(shape('招普工', [])).toEqual([['招普工', '']]);
    expect(segmentText('', [])).toEqual([]);
  });

  it('cuts overlapping spans into pieces that know both', () => {
    expect(shape('abcdef', [span('x', 1, 4), span('y', 3, 6)])).toEqual([
      ['a', ''],
      ['bc', 'x'],
      ['d', 'x y'],
      ['ef', 'y'],
    ]);
  });

  it('keeps nested and identical spans apart', () => {
    expect(shape('abcd', [span('out', 0, 4), span('in', 1, 2), span('same', 1, 2)])).toEqual([
      ['a', 'out'],
      ['b', 'out in same'],
      ['cd', 'out'],
    ]);
  });

  it('does not join spans that only touch, and says where each opens', () => {
    const pieces = segmentText('abcd', [span('x', 0, 2), span('y', 2, 4)]);
    expect(pieces.map((piece) => piece.opens)).toEqual([['x'], ['y']]);
  });

  it('never cuts a surrogate pair', () => {
    const text = '招😀工';
    expect(shape(text, [span('x', 0, 2)])).toEqual([
      ['招😀', 'x'],
      ['工', ''],
    ]);
    expect(shape(text, [span('x', 2, 4)])).toEqual([
      ['招', ''],
      ['😀工', 'x'],
    ]);
  });

  it('brings spans inside the text and drops what is empty or not a number', () => {
    expect(fitSpan('abc', span('x', -5, 99))).toEqual(span('x', 0, 3));
    for (const bad of [span('x', 2, 2), span('x', 3, 1), span('x', 3, 9), span('x', Number.NaN, 2)]) expect(fitSpan('abc', bad)).toBeNull();
  });

  it('always joins to the text it was given, covers exactly the fitted spans and opens each once', () => {
    const texts = fc.array(fc.constantFrom('招', '工', 'a', '😀', '𠮷', '\ud83d', '\udc00', '\n'), { maxLength: 30 }).map((parts) => parts.join(''));
    const spans = fc.array(fc.record({ start: fc.integer({ min: -3, max: 40 }), end: fc.integer({ min: -3, max: 40 }) }), { maxLength: 8 });
    fc.assert(
      fc.property(texts, spans, (text, raw) => {
        const given = raw.map((item, i) => ({ id: String(i), ...item }));
        const pieces = segmentText(text, given);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        for (const item of given) {
          const fitted = fitSpan(text, item);
          const covered = pieces.filter((piece) => piece.ids.includes(item.id));
          expect(covered.map((piece) => piece.text).join('')).toBe(fitted ? text.slice(fitted.start, fitted.end) : '');
          expect(pieces.filter((piece) => piece.opens.includes(item.id))).toHaveLength(fitted ? 1 : 0);
        }
        for (const piece of pieces)
          if (piece.start > 0) expect(/[\ud800-\udbff]$/.test(text.slice(0, piece.start)) && /^[\udc00-\udfff]/.test(piece.text)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('locateQuote', () => {
  const text = '押金300元, 电话13800000000';
  it('trusts offsets whose words agree', () => expect(locateQuote(text, '押金300元', 0, 6)).toEqual({ start: 0, end: 6 }));
  it('reads through masking on either side', () => {
    expect(locateQuote('电话138****0000', '电话13800000000', 0, 13)).toEqual({ start: 0, end: 13 });
    expect(locateQuote('电话13800000000', '电话138****0000', 0, 13)).toEqual({ start: 0, end: 13 });
  });
  it('finds the only other place when the offsets are of another version', () => expect(locateQuote(text, '300元', 0, 4)).toEqual({ start: 2, end: 6 }));
  it('marks nothing rather than the wrong words', () => {
    expect(locateQuote('押金押金', '押金', 1, 3)).toBeNull();
    expect(locateQuote(text, '服装费', 0, 3)).toBeNull();
    expect(locateQuote(text, null, null, null)).toBeNull();
    expect(locateQuote(text, '元', 40, 41)).toEqual({ start: 5, end: 6 });
  });
  it('takes offsets alone when nothing is quoted', () => expect(locateQuote(text, null, 0, 2)).toEqual({ start: 0, end: 2 }));
});
