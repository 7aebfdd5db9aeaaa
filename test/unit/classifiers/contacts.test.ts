/** Contacts read through their disguises: kind, normal form, place; what only looks like one; bounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contactsInPost, contactsOfAccount } from '../../../classifiers/network/contacts.ts';
import { readContacts } from '../../../classifiers/text/contacts.ts';

const keys = (text: string): string[] => readContacts(text).contacts.map(({ kind, value }) => `${kind}:${value}`);

describe('contacts of a text', () => {
  it.each([
    ['联系电话：138 0013 8000', ['phone:13800138000']],
    ['+86 139-1234-5678', ['phone:13912345678']],
    ['138.0013.8000', ['phone:13800138000']],
    ['一三八零零一三八〇〇〇', ['phone:13800138000']],
    ['幺三八-零零一三-八零零零', ['phone:13800138000']],
    ['①③⑧00138000', ['phone:13800138000']],
    ['1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣', ['phone:13800138000']],
    ['１３８００１３８０００', ['phone:13800138000']],
    ['电 话 1 3 8 0 0 1 3 8 0 0 0', ['phone:13800138000']],
    ['（010）87654321', ['phone:01087654321']],
    ['400-820-8820', ['phone:4008208820']],
    ['13800138000（微信同号）', ['phone:13800138000', 'wechat:13800138000']],
    ['薇信：ABC_8899', ['wechat:abc_8899']],
    ['V❤：lin-zhao66', ['wechat:lin-zhao66']],
    ['vx：zp_2026', ['wechat:zp_2026']],
    ['加卫星号 abc123456', ['wechat:abc123456']],
    ['微信号：w x i d 8 8 9', ['wechat:wxid889']],
    ['威信 15800001111', ['wechat:15800001111', 'phone:15800001111']],
    ['扣扣：123456789', ['qq:123456789']],
    ['QQ群 987654321', ['group:987654321']],
    ['群里有很多人，群号：567890123', ['group:567890123']],
    ['1234567@QQ。com', ['email:1234567@qq.com']],
    ['网址 https://www.Example.test/a?x=1 。', ['link:example.test/a?x=1']],
    ['登录 zhaopin.example.com.cn 报名', ['link:zhaopin.example.com.cn']],
  ])('%s', (text, found) => {
    expect(keys(text).sort()).toEqual([...found].sort());
  });

  it.each([
    '月薪13000-150000元',
    '薪资15000-20000',
    '信用代码91110108MA0113800138X',
    '2026年11月23日 18:00-19:00 招聘18-35岁',
    '1、3、5、7、9、11月',
    '加微信领取资料',
    '群里有500人',
    '3.5小时，v1.2',
  ])('finds none in %s', (text) => {
    expect(keys(text)).toEqual([]);
  });

  it('points at the words as they were written, whatever they were folded from', () => {
    const text = '【急招】电话：①③⑧\u200b 0013 8000；ＱＱ群：５６７８９０１２３';
    for (const { quote, start, end } of readContacts(text).contacts) expect(text.slice(start, end)).toBe(quote);
    expect(readContacts(text).contacts.map((c) => c.quote)).toEqual(['①③⑧\u200b 0013 8000', '５６７８９０１２３']);
  });

  it('keeps the first of ten thousand and counts them all', () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `电话 138${10_000_000 + i}`).join('，');
    const { contacts, count } = readContacts(text, 100);
    expect(contacts).toHaveLength(100);
    expect(contacts[0]?.value).toBe('13810000000');
    expect(count).toBe(10_000);
  });

  it('takes any text, and never points outside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const { start, end, quote } of readContacts(`微信 ${text} 138`).contacts) expect(`微信 ${text} 138`.slice(start, end)).toBe(quote);
      }),
    );
    expect(readContacts('').count).toBe(0);
  });
});

describe('contacts of a post and an account', () => {
  it('says in which field each stands, pictures included, and knows a listed one without words', () => {
    const found = contactsInPost({ title: '招工 13800001111', text: '致电13800001111', imageText: '微信：zp_lx01234', contacts: ['qq:22334455'] });
    expect(found).toEqual([
      { kind: 'phone', value: '13800001111', field: 'title', start: 3, end: 14 },
      { kind: 'wechat', value: 'zp_lx01234', field: 'imageText', start: 3, end: 13 },
      { kind: 'qq', value: '22334455', field: 'contacts', start: null, end: null },
    ]);
  });

  it('takes an alias for the WeChat number it is', () => {
    expect(contactsOfAccount({ alias: 'Zhao_Gong88', description: '电话13800001111' }).map((c) => `${c.field}:${c.value}`)).toEqual([
      'alias:zhao_gong88',
      'description:13800001111',
    ]);
  });
});
