/** From bytes to text: who declares the encoding, and which lies are seen through. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../crawlers/fetch/charset.ts';

/** 「急招普工,月薪面议,无需经验」 in GBK; Node encodes no GBK, so the bytes are written out. */
const GBK = Buffer.from('bcb1d5d0c6d5b9a4a3acd4c2d0bdc3e6d2e9a3acceded0e8beadd1e9', 'hex');
const TEXT = '急招普工\uff0c月薪面议\uff0c无需经验';
/** A character outside the two-byte planes, in the four bytes of GB18030. */
const FOUR = Buffer.from('9534a337', 'hex');
const wrap = (head: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(`<html><head>${head}</head><body>`), body, Buffer.from('</body></html>')]);
const read = (body: Buffer, type: string | null = null): string => `${decodeText(body, type).encoding}/${decodeText(body, type).by}`;

describe('charset', () => {
  it.each(['gb2312', 'GBK', 'gb18030', 'x-gbk', '"GB2312"', 'gb_2312-80'])('header charset=%s reads GBK', (label) => {
    const decoded = decodeText(wrap('', GBK), `text/html; charset=${label}`);
    expect(decoded).toMatchObject({ encoding: 'gb18030', by: 'header' });
    expect(decoded.text).toContain(TEXT);
  });

  it.each([
    '<meta charset="gb2312">',
    "<meta charset='gbk'>",
    '<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />',
    `<!-- ${'x'.repeat(3_000)} --><meta charset=gbk>`,
  ])('meta %# reads GBK', (meta) => {
    const decoded = decodeText(wrap(meta, GBK), 'text/html');
    expect(decoded).toMatchObject({ encoding: 'gb18030', by: 'meta' });
    expect(decoded.text).toContain(TEXT);
  });

  it('reads an undeclared GBK page and one that claims to be UTF-8', () => {
    expect(decodeText(GBK)).toEqual({ text: TEXT, encoding: 'gb18030', by: 'sniffed' });
    expect(decodeText(wrap('<meta charset="utf-8">', GBK), 'text/html; charset=utf-8').text).toContain(TEXT);
  });

  it('reads a UTF-8 page that claims to be GBK', () => {
    const decoded = decodeText(wrap('<meta charset="gb2312">', Buffer.from(TEXT)), 'text/html');
    expect(decoded).toMatchObject({ encoding: 'utf-8', by: 'sniffed' });
    expect(decoded.text).toContain(TEXT);
  });

  it('keeps UTF-8 for a text that was cut in the middle of a character', () => {
    const cut = Buffer.from(TEXT.repeat(20)).subarray(0, -1);
    expect(read(cut)).toBe('utf-8/sniffed');
    expect(decodeText(cut).text.startsWith(TEXT)).toBe(true);
  });

  it('lets the byte order mark win over everything, and takes it away', () => {
    const bom = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(TEXT)]);
    expect(decodeText(bom, 'text/html; charset=gbk')).toEqual({ text: TEXT, encoding: 'utf-8', by: 'bom' });
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(TEXT, 'utf16le')]);
    expect(decodeText(utf16, 'text/html; charset=utf-8')).toEqual({ text: TEXT, encoding: 'utf-16le', by: 'bom' });
  });

  it('reads what only GB18030 can write, and Big5 when it is declared', () => {
    expect(decodeText(FOUR, 'text/plain; charset=gb2312').text).toBe(new TextDecoder('gb18030').decode(FOUR));
    expect(decodeText(Buffer.from('a4a4a4e5', 'hex'), 'text/html; charset=big5').text).toBe('中文');
  });

  it.each(['nonsense', '', 'utf-16', 'x-user-defined-🙂', 'a'.repeat(5_000)])('survives the label %#', (label) => {
    expect(decodeText(wrap(`<meta charset="${label}">`, Buffer.from(TEXT)), `text/html; charset=${label}`).text.length).toBeGreaterThan(0);
  });

  it('reads back every text that was written as UTF-8, and never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeText(Buffer.from(text), 'text/html; charset=utf-8').text === text.replace(/^\ufeff/, '')),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.string({ maxLength: 40 }),
        (bytes, label) => typeof decodeText(Buffer.from(bytes), `charset=${label}`).text === 'string',
      ),
    );
  });
});
