/** Links between accounts: shared contacts, near-duplicate texts, and banned parties that come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBannedIndex, identifiersOf } from '../../../classifiers/network/banned.ts';
import { contactsOf, maskedContact, postContacts } from '../../../classifiers/network/contacts.ts';
import { signatureOf, similarity, TextIndex } from '../../../classifiers/network/minhash.ts';

const ADVERT =
  '本厂长期招收装配操作工若干名，坐着上班，恒温车间，提供食堂和四人间宿舍，每月十五日准时发放工资，满勤另有奖金，表现突出者可转为正式班组长。有意者请携带本人身份证到厂区东门保安室登记，由人事老师统一安排参观车间和宿舍后再决定是否入职。';
const OTHER =
  '社区面包房寻找一位早班烘焙师傅，负责和面、整形与出炉，凌晨四点半开工，中午便可回家。我们用天然酵种，不加改良剂，客人多是附近的老街坊。若您喜欢安静地做事，欢迎在下午打烊以后过来试做一炉，再慢慢谈待遇和休息日的安排。';

describe('near-duplicate texts', () => {
  it('sees a repost with other contacts, numbers and punctuation as the same', () => {
    const repost = `急！！${ADVERT.replaceAll('，', '、')} 电话13800001111 微信abc_12345`;
    expect(similarity(signatureOf(ADVERT)!, signatureOf(repost)!)).toBeGreaterThan(0.9);
    expect(similarity(signatureOf(ADVERT)!, signatureOf(OTHER)!)).toBeLessThan(0.1);
  });

  it('estimates Jaccard similarity of shingles within its error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: ADVERT.length - 30 }), (from) => {
        const part = ADVERT.slice(from);
        const shingles = (t: string): Set<string> => {
          const plain = t.replace(/[^\p{L}]/gu, '');
          return new Set(Array.from({ length: Math.max(0, plain.length - 3) }, (_, i) => plain.slice(i, i + 4)));
        };
        const [a, b] = [shingles(ADVERT), shingles(part)];
        const truth = [...b].filter((s) => a.has(s)).length / new Set([...a, ...b]).size;
        expect(Math.abs(similarity(signatureOf(ADVERT)!, signatureOf(part)!) - truth)).toBeLessThan(0.25);
      }),
    );
  });

  it('finds candidates by index, best first, and leaves short texts out', () => {
    const index = new TextIndex<string>();
    index.add(signatureOf(ADVERT)!, 'advert');
    index.add(signatureOf(OTHER)!, 'other');
    expect(index.find(signatureOf(`${ADVERT}另招质检一名`)!, 0.5).map((n) => n.item)).toEqual(['advert']);
    expect(signatureOf('招普工，电话13800001111')).toBeNull();
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void signatureOf(text)));
    expect(signatureOf('招'.repeat(5_000_000))).toBeNull();
  });
});

describe('contacts', () => {
  it('reads them from words and from lists, each once', () => {
    expect([...contactsOf('电话：138-0000-1111，微信号：zp_lx01234，QQ群 123456789，a.b@example.test')].sort()).toEqual([
      'email:a.b@example.test',
      'group:123456789',
      'phone:13800001111',
      'wechat:zp_lx01234',
    ]);
    expect([...postContacts({ contacts: ['phone:138 0000 1111', 'wechat:ZP_LX01234'], title: '', text: '致电13800001111' })].sort()).toEqual([
      'phone:13800001111',
      'wechat:zp_lx01234',
    ]);
  });

  it('shows people a masked value only', () => {
    expect(maskedContact('phone:13800001111')).toBe('电话 138****1111');
    expect(maskedContact('wechat:ab1234')).toBe('微信号 ab****4');
  });
});

describe('banned parties', () => {
  const party = {
    id: 'p1',
    name: '澄禾招工快线',
    subjectName: '云汀市澄禾信息咨询有限公司',
    uscc: '91350100M000100Y43',
    contacts: ['phone:13800001111', 'wechat:zpch01234'],
    texts: [ADVERT],
    bannedOn: '2026-09-20',
  };
  const index = createBannedIndex([party, { id: 'p2', name: '别家', texts: [OTHER] }]);

  it.each([
    ['uscc', identifiersOf({ uscc: '91350100 M000100Y43' }, [])],
    ['subject', identifiersOf({ subjectName: '云汀市澄禾信息咨询有限责任公司' }, [])],
    ['contact', identifiersOf({}, [{ text: '加微信 zpch01234 详聊' }])],
    ['contact', identifiersOf({ alias: 'zpch01234' }, [])],
  ])('is found again by %s', (by, found) => {
    const shared = index.sharedWith(found);
    expect(shared.map((s) => [s.party.id, s.by])).toEqual([['p1', by]]);
    expect(shared[0]!.weight).toBeGreaterThan(0.5);
    expect(shared[0]!.what).not.toContain('13800001111');
  });

  it('is not found by what many share, nor by one copied text, nor by itself', () => {
    expect(index.sharedWith(identifiersOf({ subjectName: '王伟' }, [{ text: '电话 13900002222' }]))).toEqual([]);
    expect(index.sharedWith(identifiersOf({}, [{ text: ADVERT }]))).toMatchObject([{ by: 'text', weight: 0.2 }]);
    expect(index.sharedWith(identifiersOf({ uscc: '91350100M000100Y43' }, [{ text: ADVERT }]), 'p1')).toEqual([]);
  });

  it('is told by several texts that are nearly word for word', () => {
    const texts = [1, 2, 3].map((n) => ({ text: `${ADVERT}每天${n}趟班车接送` }));
    expect(index.sharedWith(identifiersOf({}, texts))).toMatchObject([{ by: 'text', weight: 0.65 }]);
  });
});
