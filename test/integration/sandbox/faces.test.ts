/** What the running sandbox serves: each face as a visitor meets it, the official lists, and the host that misbehaves. */
import vm from 'node:vm';
import * as cheerio from 'cheerio';
import ExcelJS from 'exceljs';
import { describe, expect, it, vi } from 'vitest';
import { readCodes } from '../../../classifiers/image/codes.ts';
import { decodePicture } from '../../../classifiers/image/pixels.ts';
import { feedToken } from '../../../sandbox/faces/feed.ts';
import { startFaultHost } from '../../../sandbox/faults.ts';
import { licenceWorkbook } from '../../../sandbox/licence-list.ts';
import type { SandboxPost } from '../../../sandbox/world/model.ts';
import { accountById, accountOf, closing, deliver, notice, own, page, postOf, start, world } from '../../support/sandbox-server.ts';

const linesOf = (html: string, selector: string): string =>
  cheerio
    .load(html)(selector)
    .toArray()
    .map((p) => cheerio.load(p).text())
    .join('\n');

/** The data of an article page, by running its script where nothing can be reached. */
function cgiData(html: string): Record<string, unknown> {
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const context = { window: {} as { cgiDataNew?: Record<string, unknown> }, console };
  vm.runInNewContext(script, context, { timeout: 1000 });
  return context.window.cgiDataNew ?? {};
}

describe('the public-account face', () => {
  it('serves articles whose words are in a script literal and a hidden body', async () => {
    const sandbox = await start();
    const posts = world.posts.filter((p) => p.platform === 'sandbox-wechat' && p.status === 'live' && !p.poster && !accountById(p.account).walled).slice(0, 40);
    const styles = new Set<boolean>();
    for (const post of posts) {
      const html = await page(sandbox.postUrl('sandbox-wechat', post.id));
      styles.add(html.includes("JsDecode('"));
      const data = cgiData(html);
      expect(data).toMatchObject({
        title: post.title,
        nick_name: accountById(post.account).name,
        bizuin: post.account,
        ori_create_time: Math.floor(Date.parse(post.publishedAt) / 1000),
      });
      expect(linesOf(String(data.content_noencode), 'p')).toBe(post.text);
      const $ = cheerio.load(html);
      expect($('#js_content').attr('style')).toContain('visibility: hidden');
      expect($('#publish_time').text()).toBe('');
    }
    expect(styles.size).toBe(2);
  });

  it('leads from the account page through all articles, ten a page', async () => {
    const sandbox = await start();
    const account = accountOf('sandbox-wechat', (a) => a.role === 'agency');
    let url: string | undefined = sandbox.accountUrl('sandbox-wechat', account.externalId);
    const found: string[] = [];
    while (url) {
      const $ = cheerio.load(await page(url));
      found.push(
        ...$('a.article-link')
          .toArray()
          .map((a) => $(a).attr('href')!.slice(3)),
      );
      expect($('.item-info').text()).toContain(account.licenceNo);
      expect($('#js_arrow_text').text().trim()).toBe(account.subjectName);
      const next = $('a.next-page').attr('href');
      url = next === undefined ? undefined : sandbox.origins['sandbox-wechat'] + next;
    }
    expect(found.sort()).toEqual(
      world.posts
        .filter((p) => p.account === account.externalId)
        .map((p) => p.id)
        .sort(),
    );
  });

  it('has a poster whose words are only in a picture', async () => {
    const sandbox = await start();
    const poster = postOf((p) => p.poster);
    const html = await page(sandbox.postUrl('sandbox-wechat', poster.id));
    expect(html).not.toContain(poster.text.split('\n')[0]!.slice(0, 20));
    const source = cheerio
      .load(String(cgiData(html).content_noencode))('img')
      .attr('data-src')!;
    const picture = await fetch(source);
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeGreaterThan(10_000);
  });

  it('prints a code on a poster that says where it leads', async () => {
    const sandbox = await start();
    const poster = postOf((p) => p.code !== '');
    const bytes = Buffer.from(await (await fetch(`${sandbox.origin}/mmbiz/${poster.id}.png`)).arrayBuffer());
    const decoded = await decodePicture(bytes);
    expect('pixels' in decoded && (await readCodes(decoded.pixels)).map((c) => c.payload)).toEqual([poster.code]);
  });

  it('says what became of deleted, removed and walled articles', async () => {
    const sandbox = await start();
    const onWechat = (status: SandboxPost['status']): string =>
      sandbox.postUrl('sandbox-wechat', postOf((p) => p.platform === 'sandbox-wechat' && p.status === status).id);
    expect(await page(onWechat('deleted'))).toContain('该内容已被发布者删除');
    const removed = cheerio.load(await page(onWechat('removed')));
    expect(removed('.weui-msg__title').text()).toBe('此内容因违规无法查看');
    expect(removed('.weui-msg__desc').text()).not.toBe('');
    const walled = world.accounts.find((a) => a.walled)!;
    const wall = await fetch(sandbox.accountUrl('sandbox-wechat', walled.externalId));
    expect(wall.status).toBe(200);
    expect(await wall.text()).toContain('当前环境异常，完成验证后即可继续访问');
  });
});

describe('the job board face', () => {
  it('lists every open job in pages of twenty and shows its fields', async () => {
    const sandbox = await start();
    expect(await page(`${sandbox.origins['sandbox-board']}/robots.txt`)).toMatch(/Disallow: \/admin\/\nCrawl-delay: 0\.05/);
    let url: string | undefined = `${sandbox.origins['sandbox-board']}/jobs`;
    const found: string[] = [];
    while (url) {
      const $ = cheerio.load(await page(url));
      const links = $('a.job-link')
        .toArray()
        .map((a) => $(a).attr('href')!);
      expect(links.length).toBeLessThanOrEqual(20);
      found.push(...links);
      const next = $('a.next').attr('href');
      url = next === undefined ? undefined : sandbox.origins['sandbox-board'] + next;
    }
    const open = world.posts.filter((p) => p.platform === 'sandbox-board' && accountById(p.account).hiddenUntil === null);
    expect(found.sort()).toEqual(open.map((p) => `/job/${p.id}.html`).sort());
    const job = postOf((p) => p.platform === 'sandbox-board' && p.sex.includes('女') && p.status === 'live');
    const html = await page(sandbox.postUrl('sandbox-board', job.id));
    const $ = cheerio.load(html);
    expect($('[data-field=sex] .value').text()).toBe(job.sex);
    expect($('.company-block [data-field=subjectName] .value').text()).toBe(accountById(job.account).subjectName);
    expect(linesOf(html, '.job-text p')).toBe(job.text);
  });

  it('answers 304 to what has not changed, and 200 after a change', async () => {
    const sandbox = await start();
    const job = postOf((p) => p.platform === 'sandbox-board' && p.status === 'live');
    const addresses = [`${sandbox.origins['sandbox-board']}/jobs`, sandbox.postUrl('sandbox-board', job.id), sandbox.accountUrl('sandbox-board', job.account)];
    const tags = new Map<string, string>();
    for (const url of addresses) {
      const first = await fetch(url);
      await first.text();
      const etag = first.headers.get('etag')!;
      tags.set(url, etag);
      const modified = first.headers.get('last-modified')!;
      const second = await fetch(url, { headers: { 'if-none-match': etag } });
      expect([second.status, await second.text()]).toEqual([304, '']);
      expect((await fetch(url, { headers: { 'if-modified-since': modified } })).status).toBe(304);
      expect((await fetch(url, { headers: { 'if-none-match': '"other"', 'if-modified-since': modified } })).status).toBe(200);
    }
    await deliver(sandbox, notice('sandbox-board', job.account), 2);
    for (const [url, etag] of tags) expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  it('refuses and breaks at the same requests every time', async () => {
    const statuses = async (): Promise<number[]> => {
      const sandbox = await start({ manners: { refuseEvery: 5, breakAt: 7 } });
      const out: number[] = [];
      for (let i = 0; i < 11; i += 1) {
        const response = await fetch(`${sandbox.origins['sandbox-board']}/jobs`);
        if (response.status === 429) expect(response.headers.get('retry-after')).toBe('1');
        await response.text();
        out.push(response.status);
      }
      return out;
    };
    const first = await statuses();
    expect(first).toEqual([200, 200, 200, 200, 429, 200, 503, 200, 200, 429, 200]);
    expect(await statuses()).toEqual(first);
  });
});

describe('the feed face', () => {
  it('gives a visitor without a browser nothing, and the script everything', async () => {
    const sandbox = await start();
    const account = accountOf('sandbox-feed');
    const shell = await page(sandbox.accountUrl('sandbox-feed', account.externalId));
    const posts = world.posts.filter((p) => p.account === account.externalId);
    expect(posts.some((p) => shell.includes(p.title))).toBe(false);
    const api = (cursor: string): string => `${sandbox.origins['sandbox-feed']}/api/feed?u=${account.externalId}&cursor=${cursor}`;
    expect((await fetch(api(''))).status).toBe(403);
    const seed = cheerio.load(shell)('meta[name=feed-seed]').attr('content')!;
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const batch = (await (await fetch(api(cursor), { headers: { 'x-feed-seed': seed, 'x-feed-token': feedToken(seed) } })).json()) as {
        items: { id: string; text: string }[];
        next: string | null;
      };
      for (const item of batch.items) expect(item.text).toBe(posts.find((p) => p.id === item.id)!.text);
      found.push(...batch.items.map((i) => i.id));
      cursor = batch.next;
    }
    expect(found.sort()).toEqual(posts.map((p) => p.id).sort());
  });
});

describe('the licence list', () => {
  it('is a workbook with a title row and column names unlike ours, holding the agencies of the world', async () => {
    const sandbox = await start({ listsFolder: own() });
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(sandbox.licenceListPath!);
    const sheet = book.worksheets[0]!;
    expect(sheet.getRow(1).getCell(1).text).toContain('名录');
    expect((sheet.getRow(2).values as string[]).slice(1)).toEqual([
      '机构全称',
      '社会信用代码（统一）',
      '证书编号',
      '业务范围',
      '发证日',
      '有效期止',
      '许可或备案',
      '核发部门',
    ]);
    const names = new Set<string>();
    sheet.eachRow((row, i) => i > 2 && names.add(row.getCell(1).text));
    for (const account of world.accounts.filter((a) => a.role === 'agency')) expect(names).toContain(account.subjectName);
    for (const account of world.accounts.filter((a) => a.role === 'unlicensed-intermediary')) expect(names).not.toContain(account.subjectName);
  });
});

describe('the lists', () => {
  it('have the same bytes at every start, whatever the clock says', async () => {
    const first = await licenceWorkbook(world);
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2031-05-06T07:08:10Z') });
    try {
      expect((await licenceWorkbook(world)).equals(first)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    const register = new ExcelJS.Workbook();
    const sandbox = await start({ listsFolder: own() });
    await register.xlsx.readFile(sandbox.companyListPath!);
    const codes = new Set<string>();
    register.worksheets[0]!.eachRow((row, i) => i > 2 && codes.add(row.getCell(2).text));
    for (const account of world.accounts.filter((a) => a.uscc !== '')) expect(codes).toContain(account.uscc);
  });
});

describe('the hostile host', () => {
  it('misbehaves as asked', async () => {
    const host = closing(await startFaultHost());
    expect(await page(host.url('ok'))).toContain('ok');
    const at = async (fault: string, to?: string): Promise<string | null> => (await fetch(host.url(fault, to), { redirect: 'manual' })).headers.get('location');
    expect(await at('redirect', 'http://127.0.0.1:1/')).toBe('http://127.0.0.1:1/');
    expect(await at('metadata')).toContain('169.254.169.254');
    expect(await at('loop')).toBe('/loop');
    expect(await at('chain', '3')).toBe('/chain?to=4');
    const huge = await fetch(host.url('huge'));
    let bytes = 0;
    for await (const chunk of huge.body as unknown as AsyncIterable<Uint8Array>) bytes += chunk.length;
    expect(bytes).toBe(50_000_000);
    await expect(fetch(host.url('cut')).then((r) => r.text())).rejects.toThrow();
    const bomb = await fetch(host.url('gzip-bomb'));
    let unfolded = 0;
    for await (const chunk of bomb.body as unknown as AsyncIterable<Uint8Array>) unfolded += chunk.length;
    expect(unfolded).toBe(200_000_000);
  });
});
