import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNormaliser, originalRange, type View } from '../../../classifiers/text/normalise.ts';
import { MAX_TEXT } from '../../../core/model/post.ts';

const normalise = createNormaliser([
  { from: '薇❤', to: '微信' },
  { from: '佧', to: '卡' },
  { from: '忄生', to: '性' },
]);
const originalOf = (original: string, view: View, word: string): string => {
  const at = view.text.indexOf(word);
  expect(at, `${word} in ${view.text}`).toBeGreaterThanOrEqual(0);
  const { start, end } = originalRange(view, at, at + word.length);
  return original.slice(start, end);
};

describe('normalise', () => {
  it.each([
    ['full width', '年龄：１８－３５歲', '年龄:18-35岁', '１８－３５歲'],
    ['traditional', '僅限男性應聘', '仅限男性应聘', '僅限男性應聘'],
    ['zero width', '限\u200b女\u200d性', '限女性', '限\u200b女\u200d性'],
    ['direction marks', '押\u202e金\u202c三百', '押金300', '押\u202e金\u202c三百'],
    ['emoji code', '加薇❤️详聊', '加微信详聊', '加薇❤️详聊'],
    ['homophone', '收银行佧', '收银行卡', '收银行佧'],
    ['circled digits', '⑤⓪岁', '50岁', '⑤⓪岁'],
    ['squared sign', '🈚经验', '无经验', '🈚经验'],
    ['radical', '招⼯⼈', '招工人', '招⼯⼈'],
    ['mathematical digits', '𝟏𝟖岁', '18岁', '𝟏𝟖岁'],
  ])('reads through %s and points back', (_, text, meant, written) => {
    const { view } = normalise(text);
    expect(view.text).toContain(meant.slice(0, 2));
    expect(originalOf(text, view, meant.startsWith('年') ? '18-35岁' : meant)).toBe(written);
  });

  it('puts pulled-apart words together in the squeezed view only', () => {
    const text = '本店招人,男 士 优 先,月薪4000';
    const { view, squeezed } = normalise(text);
    expect(view.text).not.toContain('男士优先');
    expect(squeezed && originalOf(text, squeezed, '男士优先')).toBe('男 士 优 先');
  });

  it('takes an odd dot out between two characters, and decodes after squeezing', () => {
    expect(normalise('限·女').squeezed?.text).toBe('限女');
    expect(normalise('要 女 忄生 的').squeezed?.text).toContain('女性');
  });

  it('leaves ordinary spacing and ranges alone', () => {
    expect(normalise('电话客服 双休 五险一金').squeezed).toBeNull();
    expect(normalise('每天10-11.5个小时').squeezed).toBeNull();
    expect(normalise('底薪3.5-4.5千').squeezed).toBeNull();
  });

  it('keeps letters and digits as they are when nothing hides, without a map', () => {
    const { view } = normalise('月薪5000元,包吃住');
    expect(view).toEqual({ text: '月薪5000元,包吃住', starts: null, ends: null });
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
    fc
      .array(fc.constantFrom('限', '女', ' ', '·', '\u200b', '\u202e', '１', '⑩', '薇❤', '\ud83d', '\ude00', '歲', '\n', '㎏', 'ﷺ'), { maxLength: 80 })
      .map((a) => a.join('')),
  );

  it('maps every unit of every view into the original, in order, for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { view, squeezed } = normalise(text);
        for (const v of squeezed ? [view, squeezed] : [view]) {
          let last = 0;
          for (let i = 0; i < v.text.length; i += 1) {
            const { start, end } = originalRange(v, i, i + 1);
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
            last = start;
          }
          const whole = originalRange(v, 0, v.text.length);
          expect(whole.start).toBeGreaterThanOrEqual(0);
          expect(whole.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is stable: what has been read once reads the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const once = normalise(text).view.text;
        expect(normalise(once).view.text).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('reads nothing from nothing', () => {
    expect(normalise('')).toEqual({ original: '', view: { text: '', starts: null, ends: null }, squeezed: null, cut: false });
  });

  it('cuts five million characters and says so', () => {
    const long = '限 女 '.repeat(1_250_000);
    const { view, squeezed, cut } = normalise(long);
    expect(long).toHaveLength(5_000_000);
    expect(cut).toBe(true);
    expect(view.text).toHaveLength(MAX_TEXT);
    expect(squeezed?.text.startsWith('限女限女')).toBe(true);
  });
});
