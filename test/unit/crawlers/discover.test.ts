/** What a page speaks of: accounts by link, by @ and by name; nobody's private number, nobody the post merely says words about. */
import { describe, expect, it } from 'vitest';
import { accountsListedOn, accountsNamedIn, seedsOf } from '../../../crawlers/discover.ts';
import { platformById } from '../../../crawlers/platforms/registry.ts';
import { asRead, searchOnly } from '../../../crawlers/search-only.ts';

const named = (text: string, platform = 'wechat', account: { name?: string; alias?: string } = { name: '云汀招工' }) =>
  accountsNamedIn(platform, [{ text, account }]).map((p) => `${p.ground} ${p.platform} ${p.name ?? p.url}`);

describe('accounts a post speaks of', () => {
  it.each([
    ['更多岗位请关注公众号：河埠零工驿站，每日更新', ['name wechat 河埠零工驿站']],
    ['微信公众号「青岚就业」后台留言', ['name wechat 青岚就业']],
    ['公众号名称:石塘 人力', ['name wechat 石塘']],
    ['转自公众号【南浦求职】与公众号【南浦求职】', ['name wechat 南浦求职']],
    ['关注公众号回复关键词，公众号后台私信', []],
    ['公众号：回复“岗位”', []],
    ['加微信：yunting2026，电话13800000000', []],
    ['自家公众号：云汀招工', []],
  ])('%s', (text, expected) => expect(named(text)).toEqual(expected));

  it('follows no link to itself and takes articles of one account for that account', () => {
    const biz = 'https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMA==&mid=1&idx=1&sn=a';
    const found = accountsNamedIn('wechat', [{ text: `${biz}&scene=21 以及 ${biz}2 ${biz}#wechat_redirect` }]);
    expect(found.map((p) => [p.key, p.ground])).toEqual([['biz:MzAwMDAwMDAwMA==', 'link']]);
    expect(accountsNamedIn('wechat', [{ text: 'https://example.com/u/1 http://127.0.0.1:9/x' }])).toEqual([]);
  });

  it('reads an @ only where it names an account, and keeps the words around it', () => {
    expect(named('转发 @河埠招聘 的消息，邮箱 hr@hebu.example.com', 'sandbox-feed')).toEqual(['mention sandbox-feed 河埠招聘']);
    expect(named('联系 @河埠招聘', 'zhipin')).toEqual([]);
    expect(accountsNamedIn('sandbox-feed', [{ text: '转发 @河埠招聘 的消息' }])[0]?.quote).toContain('@河埠招聘');
  });

  it('is bounded for a wall of names', () => {
    const wall = Array.from({ length: 500 }, (_, i) => `公众号：云汀招工${i}号`).join('\n');
    expect(named(wall)).toHaveLength(50);
  });
});

describe('a search page', () => {
  const page = '<!doctype html><meta charset="utf-8"><div id="js_content">x</div>';
  it('is read for what it lists, and hands on neither posts nor accounts nor links to them', () => {
    const adapter = {
      ...platformById('wechat'),
      parse: () => ({
        platform: 'wechat',
        status: 'ok' as const,
        statusReason: null,
        account: { name: '甲' },
        posts: [{ text: '文', account: { name: '河埠零工' } }],
        links: [
          { url: 'http://x/1', kind: 'post' as const },
          { url: 'http://x/?page=2', kind: 'list' as const },
        ],
      }),
    };
    const read = searchOnly(adapter).parse({ url: 'http://x/', html: page });
    expect([read.account, read.posts, read.links]).toEqual([null, [], [{ url: 'http://x/?page=2', kind: 'list' }]]);
    expect(accountsListedOn('wechat', asRead(read)).map((p) => [p.ground, p.name])).toEqual([['search', '河埠零工']]);
    expect(searchOnly(adapter).kindOf('http://x/s/1')).toBe('list');
  });
});

describe('what a person hands in', () => {
  it('is one proposal a line, and lines that say nothing are told', () => {
    const { proposals, unread } = seedsOf('https://mp.weixin.qq.com/s/abc\n\nwechat 青岚就业\n随便写写\nftp://x/y\nhttps://nobody.example/');
    expect(proposals.map((p) => [p.platform, p.url ?? p.name])).toEqual([
      ['wechat', 'https://mp.weixin.qq.com/s/abc'],
      ['wechat', '青岚就业'],
    ]);
    expect(unread).toEqual([4, 5, 6]);
  });
});
