/** Files of captures by their bytes: what stands in each format comes out the same, and nothing hostile is more than a refusal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { PinchaError } from '../../../../core/errors.ts';
import { postInputSchema } from '../../../../core/model/post.ts';
import { postsOfChat, readChat, recruits } from '../../../../crawlers/imports/chat.ts';
import { decoded, readAnswer, withoutChunks } from '../../../../crawlers/imports/http-body.ts';
import { quotedPrintable } from '../../../../crawlers/imports/mhtml.ts';
import { openHanded, readHandedPage } from '../../../../crawlers/imports/read.ts';
import type { HandedPage } from '../../../../crawlers/imports/types.ts';
import { harFile, JOB_PAGE, JOB_URL, mhtmlFile, PICTURE_URL, PIXEL, QQ_CHAT, WECHAT_CHAT, waczFile, warcFile } from '../../../support/capture-files.ts';
import { storedZip } from '../../../support/stored-zip.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'pincha-handed-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const put = (name: string, bytes: Buffer | string): string => {
  writeFileSync(path.join(dir, name), bytes);
  return path.join(dir, name);
};
async function pagesOf(name: string, bytes: Buffer | string): Promise<{ format: string; pages: HandedPage[] }> {
  const handed = await openHanded(put(name, bytes));
  const pages: HandedPage[] = [];
  for await (const page of handed.pages()) pages.push(page);
  return { format: handed.format, pages };
}
const read = (page: HandedPage | undefined, alone = false) => page && readHandedPage(page, { platform: null, alone, file: 'x' });

describe('a saved or recorded page', () => {
  it.each([
    ['mhtml', 'a.mhtml', mhtmlFile()],
    ['har', 'a.har', harFile()],
    ['warc', 'a.warc', warcFile(false)],
    ['warc', 'a.warc.gz', warcFile(true)],
    ['wacz', 'a.wacz', waczFile()],
  ])('comes out of %s as it was answered, with its address, time and picture, and is read like a crawled one', async (format, name, bytes) => {
    const { format: found, pages } = await pagesOf(name, bytes);
    expect(found).toBe(format);
    const page = pages.find((p) => p.url === JOB_URL);
    expect(page?.body.toString('utf8')).toBe(format === 'mhtml' ? JOB_PAGE.replace(/\n/g, '\r\n') : JOB_PAGE);
    expect(page?.at?.toISOString()).toBe('2026-11-20T02:10:00.000Z');
    const parsed = read(page);
    expect(parsed).toMatchObject({ platform: 'jsonld', status: 'ok' });
    expect(parsed?.posts[0]).toMatchObject({ title: '包装工', company: '云汀市清河包装有限公司' });
    expect(parsed?.posts[0]?.text).toContain('服装押金三百元');
    expect(pages.find((p) => p.url === PICTURE_URL)?.body.equals(PIXEL)).toBe(true);
    // style sheets and pictures are nobody's page
    for (const other of pages.filter((p) => p.url !== JOB_URL)) expect(read(other)).toBeNull();
  });

  it('is told by its bytes and not by its name, in the encoding it has', async () => {
    expect((await pagesOf('page.dat', JOB_PAGE)).format).toBe('html');
    expect((await pagesOf('shot.txt', PIXEL)).format).toBe('picture');
    expect((await pagesOf('answer.txt', '{"data":[]}')).format).toBe('json');
    const gbk = Buffer.from('3c68746d6c3e3c6d65746120636861727365743d67626b3e3c7469746c653ed5d0c6b83c2f7469746c653e', 'hex');
    const { pages } = await pagesOf('gbk.html', gbk);
    expect(pages[0]?.body.equals(gbk)).toBe(true);
  });

  it('is read by the platform that is named, and by no other', async () => {
    const { pages } = await pagesOf('named.html', JOB_PAGE);
    const page = pages[0] as HandedPage;
    expect(readHandedPage(page, { platform: 'jsonld', alone: true, file: 'x' })?.status).toBe('ok');
    expect(readHandedPage({ ...page, url: JOB_URL }, { platform: 'zhipin', alone: false, file: 'x' })).toBeNull();
  });
});

describe('an exported group chat', () => {
  it('gives the messages of QQ with who wrote them, and posts of those that recruit, once each', () => {
    const chat = readChat(QQ_CHAT);
    expect(chat).toMatchObject({ platform: 'qq-group', group: '云汀兼职日结群' });
    expect(chat?.messages.map((m) => [m.name, m.id, m.at])).toEqual([
      ['阿强', '123456789', '2026-11-20T09:05:07+08:00'],
      ['小雨', '987654321', '2026-11-20T09:06:00+08:00'],
      ['小雨', '987654321', '2026-11-20T09:07:11+08:00'],
      ['阿强', '123456789', '2026-11-20T09:30:00+08:00'],
    ]);
    const posts = postsOfChat(chat!, 'x');
    expect(posts).toHaveLength(1);
    expect(posts[0]).toMatchObject({ publishedAt: '2026-11-20T09:05:07+08:00', chatGroup: '云汀兼职日结群', account: { id: '123456789', name: '阿强' } });
    expect(postInputSchema.safeParse(posts[0]).success).toBe(true);
  });

  it('gives those of WeChat under their days, with the words that stand in several lines', () => {
    const chat = readChat(WECHAT_CHAT);
    expect(chat).toMatchObject({ platform: 'wechat-group', group: '北渡招工互助群' });
    expect(chat?.messages.map((m) => [m.name, m.at])).toEqual([
      ['王经理', '2026-11-19T21:40:00+08:00'],
      ['路人', '2026-11-19T21:41:00+08:00'],
      ['王经理', '2026-11-20T08:02:00+08:00'],
    ]);
    const posts = postsOfChat(chat!, 'x');
    expect(posts).toHaveLength(1);
    expect(posts[0]?.text).toBe('诚聘服务员两名，月薪4500，包吃包住\n要求：女，18-30岁');
    expect(posts[0]?.account).toMatchObject({ id: '北渡招工互助群/王经理' });
  });

  it('knows the other ways heads are written, and takes no plain text for a chat', () => {
    const inline = '[2026/11/20 10:22:33] 张三: 招工，日结200，包吃\n第二行\n2026年11月20日 下午1:05 李四：好的\n';
    expect(readChat(inline)?.messages).toEqual([
      { name: '张三', id: null, at: '2026-11-20T10:22:33+08:00', text: '招工，日结200，包吃\n第二行' },
      { name: '李四', id: null, at: '2026-11-20T13:05:00+08:00', text: '好的' },
    ]);
    expect(readChat('某某  2026-11-20 10:22\n你好\n另一人(wxid_ab12cd34)  2026-11-20 10:23\n招人\n')?.messages.map((m) => m.id)).toEqual([
      null,
      'wxid_ab12cd34',
    ]);
    expect(readChat('招聘启事\n月薪5000 12:30\n地点云汀')).toBeNull();
  });

  it('takes offers of work only', () => {
    for (const offer of ['急招普工，日结200', '【兼职】时薪25，周结，要求学生', '本店招聘洗碗工一名，早九晚六，有意请到店详谈'])
      expect([offer, recruits(offer)]).toEqual([offer, true]);
    for (const talk of ['今天工资发了吗', '[图片]', '大家早上好呀各位群友', '收到']) expect([talk, recruits(talk)]).toEqual([talk, false]);
  });
});

describe('hostile files', () => {
  const code = async (name: string, bytes: Buffer | string): Promise<string> => {
    try {
      await pagesOf(name, bytes);
      return 'read';
    } catch (error) {
      return error instanceof PinchaError ? error.code : String(error);
    }
  };

  it('are refused by name', async () => {
    expect(await code('empty', '')).toBe('FILE_UNREADABLE');
    expect(await code('plain.txt', '只是一段话')).toBe('FILE_UNREADABLE');
    expect(await code('zip.wacz', storedZip({ 'a.txt': 'x' }))).toBe('FILE_UNREADABLE');
    expect(await code('torn.warc.gz', warcFile(true).subarray(0, 700))).toMatch(/FILE_UNREADABLE|read/);
    expect(await code('not.warc.gz', gzipSync('hello\r\n\r\nworld'))).toBe('FILE_UNREADABLE');
    expect(await code('length.warc', 'WARC/1.1\r\nContent-Length: -4\r\n\r\n')).toBe('FILE_UNREADABLE');
    expect(await code('no.mhtml', 'From: x\r\nContent-Type: multipart/related\r\n\r\nx')).toBe('FILE_UNREADABLE');
    await expect(openHanded(path.join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('unpack to no more than their bounds', () => {
    const bomb = gzipSync(Buffer.alloc(64_000_000));
    // what would be too large stays packed, and is no page then
    expect(decoded(bomb, 'gzip').length).toBe(bomb.length);
    expect(decoded(brotliCompressSync(Buffer.from('ok')), 'br').toString()).toBe('ok');
    expect(withoutChunks(Buffer.from('5\r\nhello\r\nffffffff\r\nx')).toString()).toBe('hellox');
    expect(withoutChunks(Buffer.from('zz\r\nhello')).length).toBe(0);
    expect(readAnswer(Buffer.from('no answer'))).toBeNull();
    expect(quotedPrintable('=E6=8B=9B=\r\n=XX').toString('utf8')).toBe('招=XX');
  });

  it('are never more than a refusal, whatever their bytes', async () => {
    const starts = [
      '',
      'WARC/1.1\r\n',
      'PK\x03\x04',
      '\x1f\x8b',
      '{"log":{"entries":[',
      'From: x\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n',
      '2026-11-20 09:00:00 a\n',
      '<html>',
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), async (start, bytes) => {
        expect(await code('fuzz', Buffer.concat([Buffer.from(start, 'latin1'), bytes]))).toMatch(/^(read|FILE_UNREADABLE|FILE_TOO_LARGE)$/);
      }),
      { numRuns: 150 },
    );
  });
});
