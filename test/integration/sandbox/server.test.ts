/** The running sandbox: each face as a visitor meets it, notices and receipts, and what survives a restart. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import * as cheerio from 'cheerio';
import ExcelJS from 'exceljs';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type NoticeBody, receiptSchema } from '../../../core/model/notice.ts';
import { feedToken } from '../../../sandbox/faces/feed.ts';
import { startFaultHost } from '../../../sandbox/faults.ts';
import { generateWorld } from '../../../sandbox/generate.ts';
import { licenceWorkbook } from '../../../sandbox/licence-list.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server.ts';
import { loadTexts } from '../../../sandbox/texts/load.ts';
import type { SandboxAccount, SandboxPlatform, SandboxPost, World } from '../../../sandbox/world/model.ts';

const SECRET = `whsec_${Buffer.from('a sandbox secret of thirty bytes').toString('base64')}`;
const CALM = { refuseEvery: 0, breakAt: 0 };

let world: World;
let folder: string;
const running: { close(): Promise<void> }[] = [];

beforeAll(() => {
  world = generateWorld({ seed: 7, texts: loadTexts() });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pincha-sandbox-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((r) => r.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ world, noticeSecret: SECRET, manners: CALM, receiptDelayMs: [1, 5], ...options });
  running.push(sandbox);
  return sandbox;
}
const accountOf = (platform: SandboxPlatform, fits: (a: SandboxAccount) => boolean = () => true): SandboxAccount =>
  world.accounts.find((a) => a.platform === platform && a.hiddenUntil === null && !a.walled && fits(a))!;
const postOf = (fits: (p: SandboxPost) => boolean): SandboxPost =>
  world.posts.find((p) => fits(p) && !accountById(p.account).walled && accountById(p.account).hiddenUntil === null)!;
const accountById = (id: string): SandboxAccount => world.accounts.find((a) => a.externalId === id)!;
const page = async (url: string): Promise<string> => (await fetch(url)).text();
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

// --- notices

const notice = (platform: SandboxPlatform, account: string, more: Partial<NoticeBody> = {}): NoticeBody => ({
  schemaVersion: '1',
  noticeId: `n-${platform}-${account}`,
  number: '演示〔2026〕1号',
  issuer: '演示市人力资源和社会保障局',
  demo: true,
  platform,
  supersedes: null,
  target: { type: 'account', platformAccountId: account, url: null, nameAtCapture: '账号' },
  measure: 'suspend_service',
  effectiveFrom: '2026-11-23T00:00:00.000Z',
  until: null,
  facts: '疑似',
  findings: [],
  evidence: [],
  redress: '可陈述申辩',
  ackDue: '2026-11-25T00:00:00.000Z',
  actDue: '2026-11-30T00:00:00.000Z',
  contact: '010-00000000',
  ...more,
});

function send(sandbox: Sandbox, body: NoticeBody | string, change: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const at = new Date();
  const signature = new Webhook(SECRET).sign('msg_1', at, text);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signature,
    ...change,
  };
  return fetch(sandbox.noticeUrl, { method: 'POST', headers, body: text });
}
/** Delivers and expects the last of `times` attempts to be taken. */
async function deliver(sandbox: Sandbox, body: NoticeBody, times = 1): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) statuses.push((await send(sandbox, body)).status);
  expect(statuses.at(-1)).toBe(200);
  return statuses;
}

interface Inbox {
  readonly url: string;
  readonly got: { id: string; noticeId: string; kind: string; actedAt: string | null; reason: string | null }[];
  readonly server: Server;
}
/** A receiver of receipts that checks signature and shape; `refuse` answers that many with 503 first. */
async function inbox(refuse = 0): Promise<Inbox> {
  const got: Inbox['got'] = [];
  let left = refuse;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (left > 0) {
      left -= 1;
      response.writeHead(503).end();
      return;
    }
    const headers = request.headers as Record<string, string>;
    const receipt = receiptSchema.parse(new Webhook(SECRET).verify(Buffer.concat(chunks), headers));
    got.push({
      id: headers['webhook-id']!,
      noticeId: /\/([^/]+)\/receipts$/.exec(request.url ?? '')![1]!,
      kind: receipt.kind,
      actedAt: receipt.actedAt ?? null,
      reason: receipt.reason ?? null,
    });
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/notices`, got, server };
}

describe('the notice desk', () => {
  it('suspends a public account and reports it, and its party returns on the board', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const pair = world.returns[0]!;
    const article = world.posts.find((p) => p.account === pair.from.externalId && p.status === 'live')!;
    expect((await fetch(sandbox.accountUrl('sandbox-board', pair.to.externalId))).status).toBe(404);
    const body = notice('sandbox-wechat', pair.from.externalId);
    await deliver(sandbox, body);
    await sandbox.receiptsSent();
    expect(box.got.map((r) => [r.noticeId, r.kind])).toEqual([
      [body.noticeId, 'acknowledged'],
      [body.noticeId, 'acted'],
    ]);
    expect(Number.isNaN(Date.parse(box.got[1]!.actedAt!))).toBe(false);
    for (const url of [sandbox.accountUrl('sandbox-wechat', pair.from.externalId), sandbox.postUrl('sandbox-wechat', article.id)])
      expect(await page(url)).toContain('此账号已被暂停发布招聘信息/服务');
    expect(await page(sandbox.accountUrl('sandbox-board', pair.to.externalId))).toContain(accountById(pair.to.externalId).subjectName);
  });

  it('takes a notice once, however often it comes, and not with other words', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const body = notice('sandbox-wechat', accountOf('sandbox-wechat').externalId);
    await deliver(sandbox, body, 3);
    await sandbox.receiptsSent();
    expect(box.got).toHaveLength(2);
    expect((await send(sandbox, { ...body, measure: 'warn' })).status).toBe(409);
  });

  it('turns the first delivery to the board away', async () => {
    const sandbox = await start();
    const account = accountOf('sandbox-board', (a) => a.role === 'unlicensed-intermediary');
    expect(await deliver(sandbox, notice('sandbox-board', account.externalId), 2)).toEqual([503, 200]);
    expect(await page(sandbox.accountUrl('sandbox-board', account.externalId))).toContain('该单位已被暂停发布招聘信息/服务');
    const lists = await page(`${sandbox.origins['sandbox-board']}/jobs`);
    for (const post of world.posts.filter((p) => p.account === account.externalId)) expect(lists).not.toContain(`/job/${post.id}.html`);
  });

  it('lets the feed claim to have acted while nothing changes, until it is told to be honest', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const [first, second] = world.accounts.filter((a) => a.platform === 'sandbox-feed');
    await deliver(sandbox, notice('sandbox-feed', first!.externalId));
    await sandbox.receiptsSent();
    expect(box.got.map((r) => r.kind)).toEqual(['acknowledged', 'acted']);
    const headers = { 'x-feed-seed': `s${world.seed}`, 'x-feed-token': feedToken(`s${world.seed}`) };
    const feed = (id: string): Promise<{ items?: unknown[]; error?: string }> =>
      fetch(`${sandbox.origins['sandbox-feed']}/api/feed?u=${id}&cursor=`, { headers }).then((r) => r.json() as Promise<{ items?: unknown[]; error?: string }>);
    expect((await feed(first!.externalId)).items!.length).toBeGreaterThan(0);
    sandbox.setBehaviour('sandbox-feed', 'honest');
    await deliver(sandbox, notice('sandbox-feed', second!.externalId));
    expect((await feed(second!.externalId)).error).toBe('suspended');
  });

  it('refuses, stays silent or does not know the account, as told', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const [a, b] = world.accounts.filter((x) => x.platform === 'sandbox-wechat');
    sandbox.setBehaviour('sandbox-wechat', 'refuses');
    await deliver(sandbox, notice('sandbox-wechat', a!.externalId));
    sandbox.setBehaviour('sandbox-wechat', 'silent');
    await deliver(sandbox, notice('sandbox-wechat', b!.externalId));
    sandbox.setBehaviour('sandbox-wechat', 'honest');
    await deliver(sandbox, notice('sandbox-wechat', 'nobody'));
    await sandbox.receiptsSent();
    expect(box.got.map((r) => [r.kind, r.reason])).toEqual([
      ['refused', 'disputed'],
      ['refused', 'not_found'],
    ]);
    expect(sandbox.isSuspended('sandbox-wechat', a!.externalId)).toBe(false);
  });

  it('refuses wrong signatures, old ones, wrong bodies and unknown platforms', async () => {
    const sandbox = await start();
    const body = notice('sandbox-wechat', accountOf('sandbox-wechat').externalId);
    expect((await send(sandbox, body, { 'webhook-signature': `v1,${Buffer.from('x'.repeat(32)).toString('base64')}` })).status).toBe(401);
    expect((await send(sandbox, body, { 'webhook-timestamp': '1000000000' })).status).toBe(401);
    expect((await fetch(sandbox.noticeUrl, { method: 'POST', body: JSON.stringify(body) })).status).toBe(401);
    expect(((await (await send(sandbox, { ...body, measure: 'banish' } as unknown as NoticeBody)).json()) as { message: string }).message).toContain('measure');
    expect((await send(sandbox, { ...body, platform: 'elsewhere' })).status).toBe(400);
    expect(sandbox.isSuspended('sandbox-wechat', body.target.platformAccountId)).toBe(false);
    sandbox.fail(1);
    expect((await send(sandbox, body)).status).toBe(503);
    expect((await send(sandbox, body)).status).toBe(200);
  });

  it('deletes only the named posts for that measure, and a later milder notice lifts a suspension', async () => {
    const sandbox = await start();
    const account = accountOf('sandbox-wechat', (a) => a.role === 'careless-employer');
    const [gone, kept] = world.posts.filter((p) => p.account === account.externalId && p.status === 'live');
    const finding = {
      kind: 'gender-restriction' as const,
      kindZh: '性别限制',
      postUrl: sandbox.postUrl('sandbox-wechat', gone!.id),
      quote: null,
      legalBasis: [],
      detection: 'rule' as const,
      automated: 'none' as const,
    };
    await deliver(sandbox, notice('sandbox-wechat', account.externalId, { noticeId: 'n1', measure: 'delete_post', findings: [finding] }));
    expect(await page(sandbox.postUrl('sandbox-wechat', gone!.id))).toContain('此内容因违规无法查看');
    expect(await page(sandbox.postUrl('sandbox-wechat', kept!.id))).toContain('cgiDataNew');
    await deliver(sandbox, notice('sandbox-wechat', account.externalId, { noticeId: 'n2' }));
    expect(sandbox.isSuspended('sandbox-wechat', account.externalId)).toBe(true);
    await deliver(sandbox, notice('sandbox-wechat', account.externalId, { noticeId: 'n3', measure: 'warn', supersedes: 'n2' }));
    expect(sandbox.isSuspended('sandbox-wechat', account.externalId)).toBe(false);
  });
});

describe('restarting', () => {
  it('keeps suspensions, addresses and receipts still to send', async () => {
    const stateFile = path.join(folder, 'state.json');
    const account = accountOf('sandbox-wechat', (a) => a.role === 'unverified');
    const first = await start({ stateFile });
    await deliver(first, notice('sandbox-wechat', account.externalId));
    running.splice(running.indexOf(first), 1);
    await first.close();
    const box = await inbox(2);
    const second = await start({ stateFile, notifyUrl: box.url });
    expect(second.hosts).toEqual(first.hosts);
    expect(second.isSuspended('sandbox-wechat', account.externalId)).toBe(true);
    await second.receiptsSent();
    expect(box.got.map((r) => r.kind)).toEqual(['acknowledged', 'acted']);
    expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({ pending: [] });
  });

  it('begins anew for another seed and says so when the file is broken', async () => {
    const stateFile = path.join(folder, 'state.json');
    const first = await start({ stateFile });
    const account = accountOf('sandbox-wechat');
    await deliver(first, notice('sandbox-wechat', account.externalId));
    running.splice(running.indexOf(first), 1);
    await first.close();
    const other = generateWorld({ seed: 8, texts: loadTexts() });
    const second = await startSandbox({ world: other, noticeSecret: SECRET, stateFile });
    expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({ seed: 8, suspended: {} });
    await second.close();
    await writeFile(stateFile, '{"half":');
    await expect(start({ stateFile })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('listens on loopback only and names a taken port', async () => {
    await expect(startSandbox({ world, noticeSecret: SECRET, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const first = await start();
    const port = Number(first.hosts[0]!.split(':')[1]);
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });
});

describe('the licence list', () => {
  it('is a workbook with a title row and column names unlike ours, holding the agencies of the world', async () => {
    const sandbox = await start({ listsFolder: folder });
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
    const sandbox = await start({ listsFolder: folder });
    await register.xlsx.readFile(sandbox.companyListPath!);
    const codes = new Set<string>();
    register.worksheets[0]!.eachRow((row, i) => i > 2 && codes.add(row.getCell(2).text));
    for (const account of world.accounts.filter((a) => a.uscc !== '')) expect(codes).toContain(account.uscc);
  });
});

describe('the hostile host', () => {
  it('misbehaves as asked', async () => {
    const host = await startFaultHost();
    running.push(host);
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
