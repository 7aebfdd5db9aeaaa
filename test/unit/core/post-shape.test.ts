/** The quick look at a post never differs from the schema: what it lets through the schema accepts and returns as it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postInputSchema } from '../../../core/model/post.ts';
import { isPlainPost } from '../../../core/model/post-shape.ts';

const TEXTS = [
  ['id', 300],
  ['platform', 60],
  ['title', 2_000],
  ['company', 1_000],
  ['salary', 500],
  ['location', 1_000],
  ['sex', 100],
  ['age', 100],
  ['education', 200],
  ['headcount', 100],
  ['validUntil', 60],
  ['publishedAt', 60],
  ['url', 4_000],
  ['imageText', 200_000],
  ['businessScope', 20_000],
  ['text', 5_000_000],
] as const;
const plain = { text: '招普工' };

describe('isPlainPost', () => {
  it.each(TEXTS)('knows the bound of %s', (field, most) => {
    for (const length of [0, most, most + 1]) {
      const post = { ...plain, [field]: '字'.repeat(length) };
      if (field === 'text' && length === 0) continue;
      expect(isPlainPost(post), String(length)).toBe(postInputSchema.safeParse(post).success);
    }
  });

  it.each([
    ['images', 200, 8_000],
    ['contacts', 1_000, 500],
  ])('knows the bounds of %s', (field, items, each) => {
    for (const [n, length] of [
      [items, 1],
      [items + 1, 1],
      [1, each],
      [1, each + 1],
    ] as const) {
      const post = { ...plain, [field]: Array.from({ length: n }, () => 'x'.repeat(length)) };
      expect(isPlainPost(post)).toBe(postInputSchema.safeParse(post).success);
    }
  });

  it('lets nothing through that the schema refuses or changes', () => {
    const odd = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(' ', '\u3000\n', '\ufeff'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.integer()), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('id', 'name', 'subjectType', 'verified', 'x', '__proto__'),
        fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('agency', 'employer', true, null, 5)),
        { maxKeys: 4 },
      ),
    );
    const keys = fc.constantFrom('id', 'text', 'title', 'salary', 'images', 'contacts', 'imageText', 'account', 'other', '__proto__', 'constructor');
    let passed = 0;
    fc.assert(
      fc.property(
        fc.oneof({ weight: 9, arbitrary: fc.dictionary(keys, odd, { maxKeys: 4 }).map((more) => ({ text: '招', ...more })) }, { weight: 1, arbitrary: odd }),
        (value) => {
          const given: unknown = JSON.parse(JSON.stringify(value));
          const before = JSON.stringify(given);
          if (!isPlainPost(given)) return;
          passed += 1;
          const parsed = postInputSchema.safeParse(given);
          expect(parsed.success, before).toBe(true);
          expect(parsed.data).toEqual(given);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(passed).toBeGreaterThan(100);
  });

  it('takes the plain shape of every day', () => {
    const account = { id: 'a', name: '甲', subjectType: 'agency', verified: true };
    expect(
      isPlainPost({ id: '1', title: '前台', company: '甲公司', text: '招前台', images: ['a.png'], contacts: ['1'], account, anything: { more: [1] } }),
    ).toBe(true);
  });
});
