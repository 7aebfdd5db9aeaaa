import { describe, expect, it } from 'vitest';
import { amountOf, figuresIn } from '../../../classifiers/text/figures.ts';
import { createNormaliser, originalRange } from '../../../classifiers/text/normalise.ts';

describe('figures', () => {
  it.each([
    ['三百', 300],
    ['两万八', 28_000],
    ['三千三百', 3_300],
    ['一百八', 180],
    ['二十四万', 240_000],
    ['一千零五十', 1_050],
    ['伍佰', 500],
    ['三四千', null],
    ['百万', null],
  ])('reads %s as %s', (words, value) => {
    expect(amountOf(words)).toBe(value);
  });

  it.each(['月入百万', '五百强', '百分之百', '一万字', '三十五岁', '几百块', '数万元', '一个月', '第三百名', '五百分之一'])('leaves %s alone', (text) => {
    const units = Uint16Array.from(text, (c) => c.charCodeAt(0));
    expect(figuresIn(units, text.length, Int32Array.from(units.keys()), text.length)).toEqual([]);
  });

  it('points at the words as they were written', () => {
    const { view, original } = createNormaliser()('先交押金三百五，满月退');
    expect(view.text).toBe('先交押金350,满月退');
    const { start, end } = originalRange(view, 4, 7);
    expect(original.slice(start, end)).toBe('三百五');
  });
});
