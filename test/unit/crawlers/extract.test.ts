/** Reading literals, times, markup and contacts: right on what platforms write, bounded on what they should not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contactStrings, findContacts } from '../../../crawlers/extract/contacts.ts';
import { absolute, decodeEntities, loadHtml, scriptBodies, textOf, titleOf, withoutScripts } from '../../../crawlers/extract/html.ts';
import { readAssigned, readDump, readDumps, readLiteral } from '../../../crawlers/extract/js-literal.ts';
import { richText } from '../../../crawlers/extract/rich-text.ts';
import { readTime, shanghaiIso } from '../../../crawlers/extract/times.ts';
import { gather } from '../../../crawlers/extract/tree.ts';
import { verifiedSubject } from '../../../crawlers/extract/verified.ts';

const literal = (text: string): unknown => readLiteral(text, 0).value;

describe('readLiteral', () => {
  it('reads any JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        // `__proto__` as a key and -0 are JSON's own oddities, not ours.
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        const text = JSON.stringify(value);
        expect(JSON.stringify(literal(`(${text})`))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each([
    ["{ a: 'x', \"b\": '12' * 1, c: [1,,2,], }", { a: 'x', b: 12, c: [1, 2] }],
    ["JsDecode('\\x3cp\\x3e\\x26amp;')", '<p>&amp;'],
    ["JsDecode('\\\\x3cp\\\\x3e')", '<p>'],
    ["'' || '' || 'z'", 'z'],
    ["'a' && 'b'", 'b'],
    ['\'a\' + 1 + "c"', 'a1c'],
    ['{ f: function (a, b) { return { c: "}" }; }, g: window.top.x, h: -1.5e2, i: 0x1f }', { h: -150, i: 31 }],
    ["{ t: '1' * 1 ? { u: 1 } : 2, v: 3 }", { v: 3 }],
    ["'\\u4f60\\u{1F600}\\n\\\nz'", '你😀\nz'],
    ['{ /* c */ a: 1, // d\n b: null, c: true, d: undefined }', { a: 1, b: null, c: true }],
    ['`plain`', 'plain'],
  ])('%s', (text, expected) => {
    expect(literal(text)).toEqual(expected);
  });

  it('runs nothing and pollutes nothing', () => {
    const read = literal("{ a: globalThis.hacked = 1, b: alert('x'), __proto__: { polluted: 1 }, constructor: 2 }") as Record<string, unknown>;
    expect((globalThis as Record<string, unknown>)['hacked']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(read['a']).toBeUndefined();
  });

  it.each([
    ['{ a: ', 'object without end'],
    ["'abc", 'string without end'],
    ['['.repeat(100), 'nested too deep'],
  ])('refuses %j', (text, reason) => {
    expect(() => literal(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', details: expect.objectContaining({ reason }) }));
  });

  it('stops at its limits', () => {
    expect(() => readLiteral(`[${'1,'.repeat(1_000)}1]`, 0, { maxNodes: 100 })).toThrow(/too many values/);
    expect(() => readLiteral(`'${'x'.repeat(1_000)}'`, 0, { maxLength: 100 })).toThrow(/string without end/);
  });

  it('answers any text with a value or a named error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          literal(text);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'INPUT_INVALID' });
        }
      }),
    );
  });

  it('finds an assignment, not a comparison or a longer name', () => {
    expect(readAssigned('if (window.x === 1) {} var notwindow.x = 2; window.xy = 3; window.x = { a: 1 }', 'window.x')).toEqual({ a: 1 });
    expect(readAssigned('nothing', 'window.x')).toBeUndefined();
  });

  it.each([
    ['{"a":1}', { a: 1 }],
    ['let s = [{ a: 1 }]\nmodule.exports = s', [{ a: 1 }]],
    ['export default [{\n\t"a": 1\n}]', [{ a: 1 }]],
    ['no data here', undefined],
  ])('reads the dump %j', (text, expected) => {
    expect(readDump(text)).toEqual(expected);
  });
});

describe('readDumps', () => {
  it.each([
    ['{"a":1}', [{ a: 1 }]],
    ['let asked = ["x"];\nlet one = { a: 1 };\n// b\nlet two = {\n  b: [2],\n};', [['x'], { a: 1 }, { b: [2] }]],
    ['jsonp1({"a":1})', [{ a: 1 }]],
    ['记录：\n```json\n{"a": 1}\n```\n再次\n{"b": 2}\n', [{ a: 1 }, { b: 2 }]],
    ['{"a":1}\n{"b":2}', [{ a: 1 }, { b: 2 }]],
    ['window.f = function () { return 1 }', []],
    ['no data at all', []],
  ])('%j', (text, expected) => {
    expect(readDumps(text)).toEqual(expected);
  });

  it('stops at two thousand values, and soon at broken ones', () => {
    expect(readDumps('{"a":1}\n'.repeat(2_200))).toHaveLength(2_000);
    expect(readDumps('= {\n'.repeat(100_000))).toEqual([]);
  });
});

describe('gather', () => {
  it('finds values wherever they stand, in order, and none inside a found one', () => {
    const wanted = (v: unknown): boolean => typeof v === 'object' && v !== null && 'hit' in v;
    expect(gather({ x: [{ hit: 1, inner: { hit: 2 } }, { y: { hit: 3 } }], hits: null }, wanted)).toEqual([{ hit: 1, inner: { hit: 2 } }, { hit: 3 }]);
  });

  it('ends on a tree far wider and deeper than any answer', () => {
    let deep: unknown = { hit: 1 };
    for (let i = 0; i < 50_000; i += 1) deep = [deep];
    expect(
      gather([deep, Array.from({ length: 5_000 }, () => ({ hit: 1 }))], (v) => typeof v === 'object' && v !== null && 'hit' in v).length,
    ).toBeLessThanOrEqual(2_000);
  });
});

describe('richText', () => {
  it.each([
    ['普工<span class="url-icon"><img alt=[赞] src="//h5.x.cn/z.png"></span>两名', '普工[赞]两名'],
    ['<img class="BDE_Smiley" src="//tb2.x.com/image_emoticon22.png">包住<br>夜班', '[image_emoticon22]包住\n夜班'],
    ['<img alt="厂房照片" src="/a.jpg">厂里', '厂里'],
    ['<img alt="[<b>x]" src="/a.jpg">厂里', '[<b>x]厂里'],
    ['没有标记 ', '没有标记'],
  ])('%s', (html, text) => {
    expect(richText(html)).toBe(text);
  });
});

describe('verifiedSubject', () => {
  it.each([
    ['武汉某某人力资源有限公司官方微博', '武汉某某人力资源有限公司'],
    ['bilibili机构认证：某某公司官方账号', '某某公司'],
    ['官方微博', '官方微博'],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (phrase, name) => {
    expect(verifiedSubject(phrase)).toBe(name);
  });
});

describe('readTime', () => {
  const now = new Date('2026-11-20T02:00:00Z');
  it.each([
    [1763600400, '2025-11-20T09:00:00+08:00'],
    ['1763600400', '2025-11-20T09:00:00+08:00'],
    [1763600400123, '2025-11-20T09:00:00+08:00'],
    ['2026-11-02 17:11:47', '2026-11-02T17:11:47+08:00'],
    ['2026年11月2日 8:05', '2026-11-02T08:05:00+08:00'],
    ['2026/3/1', '2026-03-01'],
    ['20260816104745', '2026-08-16T10:47:45+08:00'],
    ['2026-10-12T07:20:50.52Z', '2026-10-12T15:20:50+08:00'],
    ['Wed, 16 Sep 2026 13:52:01 +0800', '2026-09-16T13:52:01+08:00'],
    ['Wed, 16 Sep 2026 05:52:01 GMT', '2026-09-16T13:52:01+08:00'],
    ['今天 09:15', '2026-11-20T09:15:00+08:00'],
    ['昨天', '2026-11-19'],
    ['前天 23:59', '2026-11-18T23:59:00+08:00'],
    ['3小时前', '2026-11-20T07:00:00+08:00'],
    ['2天前发布', '2026-11-18'],
    ['11-19', '2026-11-19'],
    ['12-31', '2025-12-31'],
    ['11-19 08:05', '2026-11-19T08:05:00+08:00'],
    ['06月17日 18:12', '2026-06-17T18:12:00+08:00'],
    ['12-31 23:59', '2025-12-31T23:59:00+08:00'],
    ['编辑于 2026-03-01 08:00', '2026-03-01T08:00:00+08:00'],
    ['Tue Feb 23 12:28:47 +0800 2021', '2021-02-23T12:28:47+08:00'],
    ['Tue Foo 23 12:28:47 +0800 2021', undefined],
    ['2026-02-30', undefined],
    ['面议', undefined],
    [Number.NaN, undefined],
    [null, undefined],
  ])('%j is %j', (written, expected) => {
    expect(readTime(written, now)).toBe(expected);
  });

  it('leaves relative times unread when the day of the fetch is unknown', () => {
    for (const written of ['今天 09:15', '昨天', '3小时前', '11-19', '刚刚']) expect(readTime(written, null)).toBeUndefined();
  });

  it('writes an instant so that it reads back as the same one', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1990-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }), (at) => {
        const whole = new Date(Math.floor(at.getTime() / 1000) * 1000);
        expect(new Date(shanghaiIso(whole)).getTime()).toBe(whole.getTime());
      }),
    );
  });
});

describe('html', () => {
  it('breaks lines at blocks, keeps hidden text, leaves scripts out', () => {
    expect(textOf('<p>一<b>二</b></p><div style="display:none">三&nbsp;四</div>五<br>六<script>var x = "<p>no</p>";</script><style>p{}</style>')).toBe(
      '一二\n三 四\n五\n六',
    );
  });
  it('keeps the lines of a source that shows them', () => {
    expect(textOf('岗位：\n1、甲\n2、乙', true)).toBe('岗位：\n1、甲\n2、乙');
    expect(textOf('岗位：\n1、甲')).toBe('岗位： 1、甲');
  });
  it('takes out scripts however they are written or cut', () => {
    expect(withoutScripts('a<SCRIPT src=x>if (a<b) "</p>"</SCRIPT >b<style>x</style>c')).toBe('abc');
    expect(withoutScripts('a<script>never closed')).toBe('a');
    // İ grows by one when lower-cased: places found in a lower-cased copy would be off.
    expect(withoutScripts('İİİİ<script>x</script>招聘')).toBe('İİİİ招聘');
    expect(scriptBodies('<script type="application/ld+json">{"a":1}</script><script>x</script>', /ld\+json/)).toEqual(['{"a":1}']);
  });
  it('refuses more markup than fits in memory as a tree, in little time', () => {
    expect(() => loadHtml('<a>'.repeat(2_100_000))).toThrow(expect.objectContaining({ code: 'FILE_TOO_LARGE' }));
    expect(scriptBodies('<script>'.repeat(1_000_000), /json/)).toEqual([]);
  });
  it('refuses a page nested too deep to search', () => {
    expect(() => loadHtml('<div>'.repeat(4_000))).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
  it('reads a text nested just below the limit', () => {
    expect(textOf(`${'<i>'.repeat(2_900)}深${'</i>'.repeat(2_900)}`)).toBe('深');
  });
  it.each([
    ['//img.example.cn/a.png#x', 'https://img.example.cn/a.png'],
    ['/s/1', 'https://a.example.cn/s/1'],
    ['javascript:alert(1)', undefined],
    ['data:image/gif;base64,AA', undefined],
    ['ftp://x/y', undefined],
    ['http://[', undefined],
  ])('the address %s is %s', (href, expected) => {
    expect(absolute(href, 'https://a.example.cn/b')).toBe(expected);
  });
  it('decodes entities and titles', () => {
    expect(decodeEntities('&quot;招&amp;聘&quot;&#x4e00;&#20108;&bogus;')).toBe('"招&聘"一二&bogus;');
    expect(titleOf('<html><head><TITLE lang="zh"> 安全&amp;验证 </TITLE>')).toBe('安全&验证');
  });
});

describe('contacts', () => {
  it.each([
    ['电话139-0000-1111或+86 13900002222', ['phone:13900001111', 'phone:13900002222']],
    ['座机 010-12345678，400-800-1234', ['phone:010-12345678'.replace('-', ''), 'phone:4008001234']],
    ['加V：abc_12345 微信号 Hello-World9', ['wechat:abc_12345', 'wechat:hello-world9']],
    ['QQ群：123456789', ['qq:123456789']],
    ['投递 hr@jobs.example.cn', ['email:hr@jobs.example.cn']],
    ['身份证 110101199001011234 编号 20261120139000011112', []],
    ['薪资 8000-12000', []],
  ])('%s', (text, expected) => {
    expect(contactStrings(text)).toEqual(expected);
  });
  it('stays bounded on a wall of numbers', () => {
    const text = Array.from({ length: 5_000 }, (_, i) => `139${String(10_000_000 + i)}`).join(' ');
    expect(findContacts(text)).toHaveLength(100);
  });
});
