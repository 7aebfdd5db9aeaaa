/** What users of social platforms may write without being taken for a wall or a state page, and what hostile answers may not do. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ParsedPage } from '../../../core/model/capture.ts';
import { loadHtml, topmost } from '../../../crawlers/extract/html.ts';
import { ownAddresses, savedFrom, saysItIs } from '../../../crawlers/platforms/looks.ts';
import { platformById } from '../../../crawlers/platforms/registry.ts';
import { stateOf } from '../../../crawlers/platforms/states.ts';

const golden = (platform: string, name: string, ext = 'html'): string =>
  readFileSync(path.join(import.meta.dirname, '../../fixtures/platforms', platform, name, `page.${ext}`), 'utf8');
const read = (platform: string, html: string, url: string | null = null): ParsedPage => platformById(platform).parse({ url, html, fetchedAt: null });

describe('words of users are no state of the page', () => {
  it.each([
    ['tieba', golden('tieba', 'thread').replaceAll('招普工，长期有效', '苹果账号安全验证问题，急')],
    ['xiaohongshu', golden('xiaohongshu', 'note').replaceAll('周末兼职｜展会引导员', '工资不见了')],
    ['bilibili', golden('bilibili', 'opus-page').replaceAll('仓库分拣招人', '请登录后查看')],
    ['weibo', golden('weibo', 'status-page').replace('长文招聘：第一条要求身体健康', '抱歉，上一条招聘已被作者删除')],
  ])('%s', (platform, html) => {
    expect(read(platform, html)).toMatchObject({ status: 'ok', posts: [expect.objectContaining({ platform })] });
  });

  it('but a status without its author that says it is gone is gone', () => {
    const answer = JSON.stringify({
      ok: 1,
      data: { id: '5338375712145409', created_at: 'Tue Sep 01 16:30:15 +0800 2026', text: '抱歉，此微博已被作者删除。', reposts_count: 0, user: null },
    });
    expect(read('weibo', answer)).toMatchObject({ status: 'deleted', posts: [] });
  });
});

describe('whose page it is', () => {
  const work = (id: string, uid: string, name: string): object => ({
    aweme_id: id,
    desc: '招工',
    create_time: 1788255015,
    author: { uid, sec_uid: `S${uid}`, nickname: name },
  });
  const viewer = { uid: '1', sec_uid: 'S1', nickname: '看的人' };

  it.each([
    ['the author of all works, not who looked at them', [work('74', '2', '甲'), work('75', '2', '甲')], { id: '2', name: '甲' }],
    ['nobody of works by several', [work('74', '2', '甲'), work('75', '3', '乙')], null],
    ['the profile where the works are its own', [work('74', '1', '看的人'), work('75', '3', '乙')], { id: '1', name: '看的人' }],
    ['the profile where there are no works', [], { id: '1', name: '看的人' }],
  ])('%s', (_, works, account) => {
    const page = read('douyin', JSON.stringify({ status_code: 0, user: viewer, aweme_list: works }));
    if (account) expect(page.account).toMatchObject(account);
    else expect(page.account).toBeNull();
  });

  it('a home feed is a wall where an account was asked for, and a list where the feed was', () => {
    const html = golden('xiaohongshu', 'home-in-place-of-a-profile');
    expect(read('xiaohongshu', html, 'https://www.xiaohongshu.com/user/profile/6a1b2c3d4e5f6a7b8c9d0e1f')).toMatchObject({ status: 'login_wall', posts: [] });
    expect(read('xiaohongshu', html, 'https://www.xiaohongshu.com/explore')).toMatchObject({
      status: 'ok',
      account: expect.objectContaining({ name: '阿梅找工作' }),
    });
  });

  it('asks 微博 for an account by its two answers', () => {
    expect(platformById('weibo').firstPages('https://weibo.com/u/5512340001')).toEqual([
      'https://m.weibo.cn/api/container/getIndex?type=uid&value=5512340001',
      'https://m.weibo.cn/api/container/getIndex?type=uid&value=5512340001&containerid=1076035512340001',
    ]);
    expect(platformById('weibo').firstPages('https://weibo.cn/x')).toEqual(['https://weibo.cn/x']);
  });
});

describe('states in words', () => {
  it.each([
    ['抱歉，此微博已被作者删除', 'deleted'],
    ['该内容因违反社区规定，已被系统删除', 'removed_by_platform'],
    ['登录后查看更多内容', 'login_wall'],
    ['操作太频繁，请稍后再试', 'captcha'],
    ['网络连接异常，请检查网络设置', 'captcha'],
    ['由于博主设置，目前内容暂不可见', 'unavailable'],
    ['当前笔记暂时无法浏览', 'unavailable'],
    ['链接已失效', 'expired'],
    ['这里还没有内容', 'empty_state'],
    ['欢迎光临', undefined],
    ['', undefined],
  ])('%s: %s', (words, status) => {
    expect(stateOf(words)?.status).toBe(status);
  });
});

describe('how a page names its site', () => {
  it('reads the note of the browser, the canonical address and the title, and no link', () => {
    const page =
      '<!DOCTYPE html>\n<!-- saved from url=(0030)https://www.example.cn/p/1?a=1 -->\n<html><head><link rel="canonical" href="//m.example.cn/p/1"><meta property="og:url" content="https://www.example.cn/p/1?a=1&amp;b=2"><title>甲 - 例站</title></head><body><a href="https://other.cn/">他站</a></body></html>';
    expect(savedFrom(page)).toBe('https://www.example.cn/p/1?a=1');
    expect(ownAddresses(page)).toEqual(['https://www.example.cn/p/1?a=1', 'https://m.example.cn/p/1', 'https://www.example.cn/p/1?a=1&b=2']);
    expect(saysItIs(page, /(?:^|\.)example\.cn$/, /^$/)).toBe(true);
    expect(saysItIs(page, /^$/, / - 例站$/)).toBe(true);
    expect(saysItIs(page, /(?:^|\.)other\.cn$/, /他站/)).toBe(false);
    expect(savedFrom('<!-- saved from url=(0012)https://[bad -->')).toBeNull();
  });
});

describe('hostile answers', () => {
  it('follows a cache whose records name each other only so far', () => {
    const refs = (name: string): object[] => Array.from({ length: 400 }, () => ({ type: 'id', id: name }));
    const client = { ROOT_QUERY: { a: refs('R1') }, R1: { b: refs('R2') }, R2: { c: refs('R1') } };
    const page = `<!doctype html><html><head><title>快手</title></head><body><script>window.__APOLLO_STATE__=${JSON.stringify({ defaultClient: client })};</script></body></html>`;
    expect(read('kuaishou', page).status).toBe('parse_drift');
  });

  it('reads texts that are nearly all blanks', () => {
    const blanks = ' '.repeat(400_000);
    const status = {
      id: '5338375712145409',
      created_at: `1${blanks}2`,
      text: `招${blanks}工<a href="/status/1">全文</a>`,
      text_raw: `招${blanks}工`,
      reposts_count: 0,
      user: { id: 1, screen_name: '甲' },
    };
    expect(read('weibo', JSON.stringify({ ok: 1, data: { list: [status] } })).posts).toHaveLength(1);
  });

  it('looks into blocks that stand in one another once', () => {
    const page = `<html><body>${'<div class="c" id="M_HyTZc60ew"><div><span class="ctt">招工</span></div>'.repeat(500)}</body></html>`;
    expect(topmost(loadHtml(page), '.c', 200)).toHaveLength(1);
    expect(topmost(loadHtml('<i class="c"></i><b class="c"></b>'), '.c', 1)).toHaveLength(1);
    expect(read('weibo', page).posts).toHaveLength(1);
  });
});
