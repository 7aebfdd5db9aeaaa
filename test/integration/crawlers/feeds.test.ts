/**
 * Formats that any site may use, walked and stored: the entries of a feed are posts although its page is a list,
 * entries that are a title alone are read on their own page, and only hosts that the source allows are visited.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedHosts, checkedSourceUrl } from '../../../bin/commands/sources.ts';
import { systemClock } from '../../../core/clock.ts';
import { newId } from '../../../core/ids.ts';
import { adapterOfSource } from '../../../crawlers/boards/adapter.ts';
import { loadBoard } from '../../../crawlers/boards/load.ts';
import { createFetcher } from '../../../crawlers/fetch/fetcher.ts';
import { createMemoryHostClock } from '../../../crawlers/fetch/host-clock.ts';
import { listSources, saveBoardSource } from '../../../db/repositories/source.ts';
import { account, capture, post } from '../../../db/schema/index.ts';
import { createSealer } from '../../../evidence/warc.ts';
import { adapterOfPlatform } from '../../../queue/adapters.ts';
import type { JobContext } from '../../../queue/context.ts';
import { keepStep } from '../../../queue/jobs/seal-step.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type HostileServer, startHostileServer } from '../../support/hostile-server.ts';
import { walkInMemory } from '../../support/memory-walk.ts';

const xml = (body: string) => (_: unknown, r: import('node:http').ServerResponse) =>
  void r.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' }).end(body);
const page = (body: string) => (_: unknown, r: import('node:http').ServerResponse) =>
  void r.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!DOCTYPE html><html><head><title>岗位</title></head><body>${body}</body></html>`);
const article = (title: string, text: string): string =>
  `<nav><a href="/">首页</a></nav><article><h1>${title}</h1><time datetime="2026-11-02T08:00:00+08:00"></time><p>${text}</p></article>`;
const item = (title: string, link: string, body = ''): string =>
  `<item><title>${title}</title><link>${link}</link><guid isPermaLink="false">${title}</guid><description><![CDATA[${body}]]></description></item>`;

let home: HostileServer;
let friend: HostileServer;
let stranger: HostileServer;
let base: TestDatabase;
let ctx: JobContext;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-feeds-'));
const at = (server: HostileServer, file: string): string => server.origin + file;

beforeAll(async () => {
  stranger = await startHostileServer({ '*': page(article('不该来', '没有被允许的域名不应被访问，这里有足够长的正文。')) });
  friend = await startHostileServer({ '/n/7.html': page(article('保管员', '看管库房，负责收发与登记，早八点到晚五点，每周休一日。')) });
  home = await startHostileServer({
    '/whole': xml(
      `<rss version="2.0"><channel><title>青岚就业</title><link>${'/'}</link>${item('分拣员', '/p/1', '<p>夜间分拣，日结。</p>')}${item('只有题目', at(stranger, '/x.html'))}</channel></rss>`,
    ),
    '/bare': (q, r) =>
      xml(`<rss version="2.0"><channel><title>青岚快讯</title>${item('保洁员', '/p/2.html')}${item('保管员', at(friend, '/n/7.html'))}</channel></rss>`)(q, r),
    '/private': xml(`<rss version="2.0"><channel><title>内网</title>${item('元数据', 'http://169.254.169.254/latest')}</channel></rss>`),
    '/p/2.html': page(article('保洁员', '早班保洁，六点到十点，负责楼道与电梯间，提供工具与服装。')),
    '/board': page('<ul><li><a href="/board/1.html">缝纫工</a></li></ul><a class="next" href="/board?page=2">下一页</a>'),
    '/board?page=2': page('<ul><li><a href="/board/2.html">裁床</a></li></ul>'),
    '/board/1.html': page('<h1>缝纫工</h1><p class="company">青岚演示制衣有限公司</p><p class="text">车间缝纫，计件。</p>'),
    '/board/2.html': page('<h1>裁床</h1><p class="company">青岚演示制衣有限公司</p><p class="text">裁床两名，长白班。</p>'),
    '/jobs': page('<ul><li><a href="/job/1001.html">质检员</a></li><li><a href="/about">关于</a></li></ul>'),
    '/job/1001.html': page(
      '<script type="application/ld+json">{"@type":"JobPosting","title":"质检员","description":"巡检产线，记录偏差。","identifier":"1001","hiringOrganization":{"name":"青岚演示制造有限公司"}}</script>',
    ),
  });
  base = await freshDatabase();
  const sealer = createSealer({ dir: folder, software: 'pincha/test' });
  ctx = { db: base.db, sealer, clock: systemClock } as unknown as JobContext;
});
afterAll(async () => {
  await ctx.sealer.close();
  await Promise.all([home, friend, stranger].map((s) => s.close()));
  await base.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Walks a source with loopback allowed as named, and stores every step. @returns outcome of each address */
async function crawl(platform: string, url: string, hosts: string[] = [], board: Record<string, unknown> | null = null): Promise<string[]> {
  const allowPrivate = [home, friend, stranger].map((s) => `127.0.0.1:${s.port}`);
  const identity = { userAgent: 'PinchaTest/1', from: 'test@example.cn', hostClock: createMemoryHostClock(systemClock), clock: systemClock };
  const fetcher = createFetcher({ ...identity, allowPrivate, floorDelayMs: 0 });
  const source = { platform, url, name: '测试来源', hosts };
  const seen: string[] = [];
  const adapter = adapterOfSource({ platform, board });
  const { steps } = await walkInMemory({ source, adapter, fetcher, validators: async () => null, maxPages: 20, floorDelayMs: 0 });
  for (const step of steps) {
    seen.push(`${new URL(step.url).pathname} ${step.kind} ${step.outcome}`);
    await keepStep(ctx, step, { platform: step.platform, runId: newId(), sourceId: newId(), kind: step.kind, source });
  }
  await fetcher.close();
  return seen;
}
const stored = (name: string) =>
  base.db
    .select({ title: post.title, text: post.text, url: post.url, platform: post.platform, account: account.name })
    .from(post)
    .innerJoin(account, eq(account.id, post.accountId))
    .where(eq(account.name, name));

describe('a feed', () => {
  it('is stored entry by entry, and leads to no host that the source does not allow', async () => {
    expect(await crawl('feed', at(home, '/whole'))).toEqual(['/whole list ok']);
    const posts = await stored('青岚就业');
    expect(posts.map((p) => [p.title, p.text]).sort()).toEqual([
      ['分拣员', '夜间分拣，日结。'],
      ['只有题目', ''],
    ]);
    expect(stranger.hits).toEqual([]);
  });

  it('has entries of a title alone read on their own page, also on a host that the source allows, for the feed’s account', async () => {
    const seen = await crawl('feed', at(home, '/bare'), [`127.0.0.1:${friend.port}`]);
    expect(seen).toEqual(['/bare list ok', '/p/2.html post ok', '/n/7.html post ok']);
    const posts = await stored('青岚快讯');
    expect(posts.map((p) => [p.title, p.text.includes('负责'), p.url]).sort()).toEqual([
      ['保洁员', true, at(home, '/p/2.html')],
      ['保管员', true, at(friend, '/n/7.html')],
    ]);
  });

  it('cannot lead to a private address: the look ends in its own outcome', async () => {
    expect(await crawl('feed', at(home, '/private'), ['169.254.169.254'])).toEqual(['/private list ok', '/latest post refused_address']);
    const kept = await base.db
      .select({ outcome: capture.outcome, sha256: capture.sha256 })
      .from(capture)
      .where(eq(capture.url, 'http://169.254.169.254/latest'));
    expect(kept).toEqual([{ outcome: 'refused_address', sha256: null }]);
  });
});

describe('a site with JobPosting', () => {
  it('is walked from a plain list to the marked posts', async () => {
    expect(await crawl('jsonld', at(home, '/jobs'))).toEqual(['/jobs list ok', '/job/1001.html post ok']);
    expect(await stored('青岚演示制造有限公司')).toMatchObject([{ title: '质检员', text: '巡检产线，记录偏差。', platform: 'jsonld' }]);
  });
});

describe('a board configured in YAML', () => {
  it('is taken as a source, walked over its pages, stored under its own name, and found again for a probe', async () => {
    const written = (pay: string): string =>
      `id: qinglan-rencai\nname: { zh: 青岚人才网 }\nstart: ${at(home, '/board')}\nlist:\n  item: li\n  link: a\n  next: .next\n  fields: { title: a }\npost:\n  fields: { title: h1, text: .text, company: .company, salary: ${pay} }\n`;
    const { board, written: declared } = loadBoard(written('.pay'), 'b.yaml');
    const row = { platform: board.id, name: board.name.zh, url: board.start, board: declared };
    const { id: first, fresh } = await saveBoardSource(base.db, row, new Date('2026-11-20T00:00:00Z'));
    expect(fresh).toBe(true);
    const changed = { ...row, board: loadBoard(written('.wage'), 'b.yaml').written };
    expect(await saveBoardSource(base.db, changed, new Date('2026-11-21T00:00:00Z'))).toEqual({ id: first, fresh: false });
    const [source] = (await listSources(base.db)).filter((s) => s.platform === board.id);
    expect(await crawl(board.id, source?.url ?? '', [], source?.board)).toEqual([
      '/board list ok',
      '/board/1.html post ok',
      '/board list ok',
      '/board/2.html post ok',
    ]);
    expect((await stored('青岚演示制衣有限公司')).map((p) => [p.title, p.text, p.platform]).sort()).toEqual([
      ['缝纫工', '车间缝纫，计件。', 'qinglan-rencai'],
      ['裁床', '裁床两名，长白班。', 'qinglan-rencai'],
    ]);
    const probe = await adapterOfPlatform(base.db, board.id);
    expect(probe.parse({ url: at(home, '/board/1.html'), html: '<h1>缝纫工</h1><p class="text">计件</p><b class="wage">日结</b>' }).posts[0]?.salary).toBe(
      '日结',
    );
    await expect(adapterOfPlatform(base.db, 'nobody')).rejects.toMatchObject({ code: 'PLATFORM_UNKNOWN' });
  });
});

describe('adding a source', () => {
  it('takes any public host for a feed, and no private one', () => {
    expect(checkedSourceUrl('feed', 'https://rss.example.cn/a.xml', [])).toBe('https://rss.example.cn/a.xml');
    expect(checkedSourceUrl('jsonld', 'http://127.0.0.1:8080/jobs', ['127.0.0.1:8080'])).toBe('http://127.0.0.1:8080/jobs');
    for (const url of ['http://127.0.0.1:8080/a', 'http://2130706433/', 'http://[::ffff:10.0.0.1]/', 'http://169.254.169.254/latest', 'http://u:p@example.cn/'])
      expect(() => checkedSourceUrl('feed', url, []), url).toThrow(expect.objectContaining({ code: 'ADDRESS_REFUSED' }));
    expect(() => checkedSourceUrl('zhipin', 'https://example.cn/', [])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    expect(() => checkedSourceUrl('feed', 'ftp://example.cn/', [])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('takes further hosts by name, never a whole top level, and only where the source names the host', () => {
    expect(checkedHosts('feed', ['mp.weixin.qq.com', '*.example.cn', 'mp.weixin.qq.com'])).toEqual(['mp.weixin.qq.com', '*.example.cn']);
    for (const host of ['*.cn', '*', 'https://example.cn', 'localhost', 'a b.cn', ''])
      expect(() => checkedHosts('feed', [host]), host).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    expect(() => checkedHosts('zhipin', ['example.cn'])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});
