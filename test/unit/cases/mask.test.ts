/** Masks: personal numbers disappear, everything else and every offset stays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskDeep, maskText } from '../../../cases/review/mask.ts';

describe('maskText', () => {
  it.each([
    ['电话13800131234联系', '电话138****1234联系'],
    ['138 0013 1234', '138 **** 1234'],
    ['138-0013-1234', '138-****-1234'],
    ['１３８００１３１２３４', '１３８****１２３４'],
    ['座机 010-62345678', '座机 010-****5678'],
    ['0755 2345678', '075* ***5678'],
    ['身份证110101199003071234', '身份证110101********1234'],
    ['月薪13800元', '月薪13800元'],
    ['统一社会信用代码 91110000100005555X', '统一社会信用代码 91110000100005555X'],
    ['订单号 2138001312345', '订单号 2138001312345'],
    ['时间2026-11-23 13:45', '时间2026-11-23 13:45'],
  ])('%s → %s', (given, wanted) => {
    expect(maskText(given)).toBe(wanted);
  });

  it('keeps the length, so that offsets of findings still point at their words', () => {
    const words = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('13800131234', '138 0013 1234', '010-62345678', '110101199003071234', '招工', '😀')),
    );
    fc.assert(fc.property(words, (parts) => maskText(parts.join('')).length === parts.join('').length));
  });

  it('reaches every string of a post but not its addresses', () => {
    const post = {
      text: '电话13800131234',
      contacts: ['13800131234'],
      url: 'http://a.test/13800131234',
      account: { description: '加13800131234' },
      n: 13800131234,
    };
    expect(maskDeep(post)).toEqual({
      text: '电话138****1234',
      contacts: ['138****1234'],
      url: 'http://a.test/13800131234',
      account: { description: '加138****1234' },
      n: 13800131234,
    });
  });
});
