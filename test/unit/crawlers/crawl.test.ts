/** Walking a source over a real loopback server: order, what is skipped, what ends the walk, and what is never followed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import type { FetchResult, ParsedPage } from '../../../core/model/capture.ts';
import type { Fetcher } from '../../../core/ports.ts';
import type { CrawlStep } from '../../../crawlers/crawl.ts';
import { createFetcher } from '../../../crawlers/fetch/fetcher.ts';
import { createMemoryHostClock } from '../../../crawlers/fetch/host-clock.ts';
import { platformById } from '../../../crawlers/platforms/registry.ts';
import { outcomeOf } from '../../../crawlers/visit.ts';
import { type MemoryRequest, walkInMemory } from '../../support/memory-walk.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let routes: Record<string, Answer> = {};
let requested: string[] = [];
let server: Server;
let origin = '';
let fetcher: Fetcher;

const html =
  (body: string, status = 200): Answer =>
  (request, response) => {
    const etag = `"${body.length}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', etag }).end(body);
  };
const board = (main: string): string => `<!DOCTYPE html><html><head><title>演示板</title></head><body>${main}</body></html>`;
const list = (ids: readonly string[], next?: string): string =>
  board(
    `<ul class="job-list">${ids.map((id) => `<li class="job-card"><a class="job-link" href="/job/${id}.html">岗位 ${id}</a></li>`).join('')}</ul>${next ? `<a class="next" href="${next}">下一页</a>` : ''}`,
  );
const job = (id: string): string =>
  board(`<article class="job" data-job-id="${id}"><h1 class="job-title">岗位 ${id}</h1><div class="job-text"><p>说明 ${id}</p></div></article>`);

beforeAll(async () => {
  server = createServer((request, response) => {
    requested.push(request.url ?? '');
    const answer = routes[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
});
beforeEach(() => {
  const { port } = server.address() as AddressInfo;
  fetcher = createFetcher({
    userAgent: 'PinchaTest/1',
    from: 'test@example.cn',
    allowPrivate: [`127.0.0.1:${port}`],
    floorDelayMs: 0,
    hostClock: createMemoryHostClock(systemClock),
    clock: systemClock,
  });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
afterEach(async () => {
  await fetcher.close();
  routes = {};
  requested = [];
});

const request = (path: string, platform: string, more: Partial<MemoryRequest> = {}): MemoryRequest => ({
  source: { platform, url: origin + path },
  adapter: platformById(platform),
  fetcher,
  validators: async () => null,
  maxPages: 100,
  ...more,
});
const walk = async (of: MemoryRequest): Promise<CrawlStep[]> => (await walkInMemory(of)).steps;
const seen = (steps: readonly CrawlStep[]): string[] => steps.map((s) => `${s.url.slice(origin.length)} ${s.kind} ${s.outcome}`);
const pages = (): string[] => requested.filter((url) => url !== '/robots.txt');

describe('crawlSource', () => {
  const twoPages = (): void => {
    routes = {
      '/jobs': html(list(['a', 'b'], '/jobs?page=2')),
      '/jobs?page=2': html(list(['b', 'c'])),
      '/job/a.html': html(job('a')),
      '/job/b.html': html(job('b')),
      '/job/c.html': html(board('<p class="notice expired">该职位已过期下线</p>')),
    };
  };

  it('goes through lists and posts, each address once', async () => {
    twoPages();
    const steps = await walk(request('/jobs', 'sandbox-board'));
    expect(seen(steps)).toEqual(['/jobs list ok', '/job/a.html post ok', '/job/b.html post ok', '/jobs?page=2 list ok', '/job/c.html post expired']);
    expect(steps[1]?.parsed?.posts[0]).toMatchObject({ id: 'a', title: '岗位 a', text: '说明 a' });
    expect(steps.every((s) => s.via === 'http' && s.result.exchange !== null)).toBe(true);
  });

  it('follows the links an unchanged list had the last time', async () => {
    twoPages();
    const first = await walk(request('/jobs', 'sandbox-board'));
    const known = new Map(
      first.map((s) => [
        s.url,
        { etag: s.result.exchange?.responseHeaders.find(([n]) => n.toLowerCase() === 'etag')?.[1] ?? null, lastModified: null, links: s.parsed?.links ?? [] },
      ]),
    );
    const second = await walk(request('/jobs', 'sandbox-board', { validators: async (url) => known.get(url) ?? null }));
    expect(seen(second)).toEqual([
      '/jobs list unchanged',
      '/job/a.html post unchanged',
      '/job/b.html post unchanged',
      '/jobs?page=2 list unchanged',
      '/job/c.html post unchanged',
    ]);
  });

  it('ends at a wall, after saying so', async () => {
    routes = {
      '/jobs': html(list(['a', 'b'])),
      '/job/a.html': html('<!DOCTYPE html><html><head><title>安全验证</title></head><body>请完成验证</body></html>'),
      '/job/b.html': html(job('b')),
    };
    expect(seen(await walk(request('/jobs', 'sandbox-board')))).toEqual(['/jobs list ok', '/job/a.html post captcha']);
    expect(pages()).not.toContain('/job/b.html');
  });

  it('goes on with a feed when another host that its entries lead to puts up a wall, and leaves that host alone', async () => {
    const { port } = server.address() as AddressInfo;
    const [there, here] = [`http://localhost:${port}`, origin];
    const entry = (url: string): string => `<item><title>${url.slice(-2)}</title><link>${url}</link></item>`;
    const article = html(
      `<!DOCTYPE html><html><head><title>招工</title></head><body><h1>招工</h1><article><p>${'说明如下，包吃住，日结。'.repeat(4)}</p></article></body></html>`,
    );
    routes = {
      '/feed.xml': (_, r) =>
        void r
          .writeHead(200, { 'content-type': 'application/rss+xml' })
          .end(`<rss version="2.0"><channel><title>源</title>${[`${there}/w1`, `${there}/w2`, `${here}/p1`].map(entry).join('')}</channel></rss>`),
      '/w1': html('<!DOCTYPE html><html><head><title>安全验证</title></head><body>请完成验证</body></html>'),
      '/w2': article,
      '/p1': article,
    };
    const allowPrivate = [`127.0.0.1:${port}`, `localhost:${port}`];
    const both = createFetcher({
      userAgent: 'PinchaTest/1',
      from: 'test@example.cn',
      allowPrivate,
      floorDelayMs: 0,
      hostClock: createMemoryHostClock(systemClock),
      clock: systemClock,
    });
    const { steps, end } = await walkInMemory({
      ...request('/feed.xml', 'feed', { fetcher: both, floorDelayMs: 0 }),
      source: { platform: 'feed', url: `${here}/feed.xml`, hosts: [`localhost:${port}`] },
    });
    await both.close();
    expect(steps.map((s) => `${new URL(s.url).pathname} ${s.outcome}`)).toEqual(['/feed.xml ok', '/w1 captcha', '/p1 ok']);
    expect(end).toEqual({ how: 'through' });
    expect(pages()).not.toContain('/w2');
  });

  it('seals the pictures of a picture-only post before the post', async () => {
    const article = `<!DOCTYPE html><html><head><script>window.cgiDataNew = { nick_name: '图', bizuin: 'B', mid: '1' * 1, idx: '1' * 1, title: '海报', content_noencode: '<img data-src="${origin}/mmbiz/p.png">', ori_create_time: '1763600400' * 1 };</script></head><body></body></html>`;
    routes = { '/s/p1': html(article), '/mmbiz/p.png': (_, r) => void r.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0x89, 0x50])) };
    const steps = await walk(request('/s/p1', 'sandbox-wechat'));
    expect(seen(steps)).toEqual(['/mmbiz/p.png image ok', '/s/p1 post ok']);
    expect(steps[0]?.parsed).toBeNull();
  });

  it('follows no link to another origin', async () => {
    routes = {
      '/jobs': html(
        board(
          '<a class="job-link" href="http://127.0.0.1:1/job/x.html">x</a><a class="job-link" href="http://169.254.169.254/latest">y</a><a class="job-link" href="https://example.cn/job/z.html">z</a>',
        ),
      ),
    };
    const steps = await walk(request('/jobs', 'sandbox-board'));
    expect(steps).toHaveLength(1);
  });

  it('tries a failing list again, because everything behind it would be lost', async () => {
    let failures = 1;
    routes = {
      '/jobs': (q, r) => (failures-- > 0 ? void r.writeHead(500).end('oops') : html(list(['a']))(q, r)),
      '/job/a.html': html(job('a')),
    };
    expect(seen(await walk(request('/jobs', 'sandbox-board')))).toEqual(['/jobs list ok', '/job/a.html post ok']);
  });

  it('looks once more, at the end, at a post whose host failed for a moment, and at none twice over', async () => {
    twoPages();
    const good = routes['/job/a.html'] as Answer;
    routes['/job/a.html'] = (incoming, response) =>
      pages().filter((url) => url === '/job/a.html').length === 1 ? html('busy', 503)(incoming, response) : good(incoming, response);
    routes['/job/b.html'] = html('down', 503);
    const steps = await walk(request('/jobs', 'sandbox-board'));
    const posts = seen(steps).filter((one) => one.startsWith('/job/'));
    expect(posts).toEqual([
      '/job/a.html post unavailable',
      '/job/b.html post unavailable',
      '/job/c.html post expired',
      '/job/a.html post ok',
      '/job/b.html post unavailable',
    ]);
  });

  it('keeps to maxPages and to the signal', async () => {
    twoPages();
    expect(await walk(request('/jobs', 'sandbox-board', { maxPages: 2 }))).toHaveLength(2);
    const stop = new AbortController();
    const { steps, end } = await walkInMemory(request('/jobs', 'sandbox-board', { signal: stop.signal }), () => stop.abort());
    expect([steps.length, end]).toEqual([1, { how: 'told' }]);
  });

  it('turns a fetcher that throws into an outcome', async () => {
    const broken: Fetcher = { ...fetcher, fetch: () => Promise.reject(new TypeError('socket gone')) };
    const fault = { outcome: 'network', reason: 'socket gone', parsed: null };
    expect(await walk(request('/job/a.html', 'sandbox-board', { fetcher: broken }))).toMatchObject([fault, fault]);
  });

  it('renders a shell, without asking whether the shell changed, and never a wall', async () => {
    const shell =
      '<!DOCTYPE html><html><head><meta name="feed-seed" content="s"><title>信息流</title></head><body><div id="app" data-state="loading"></div></body></html>';
    const drawn = shell.replace(
      'data-state="loading">',
      'data-state="ready"><section class="feed-profile" data-id="u"><h1 class="feed-profile__name">小岚</h1></section><article class="feed-card" data-id="p"><h3 class="feed-card__title"><a class="feed-card__link" href="/p/p">传单</a></h3><div class="feed-card__text">日结</div></article>',
    );
    let conditional = 0;
    routes = {
      '/u/u': (q, r) => {
        if (q.headers['if-none-match']) conditional += 1;
        html(shell)(q, r);
      },
      '/u/walled': html('<!DOCTYPE html><html><head><title>验证码</title></head><body></body></html>'),
    };
    const rendered: string[] = [];
    const withBrowser: Fetcher = {
      ...fetcher,
      fetch: fetcher.fetch.bind(fetcher),
      render: async (url) => {
        rendered.push(url);
        const plain = await fetcher.fetch(url);
        return { ...plain, exchange: plain.exchange && { ...plain.exchange, body: Buffer.from(drawn), via: 'browser' } };
      },
    };
    const validators = async () => ({ etag: `"${shell.length}"`, lastModified: null });
    const [step] = await walk(request('/u/u', 'sandbox-feed', { fetcher: withBrowser, validators }));
    expect(step).toMatchObject({ outcome: 'ok', via: 'browser', parsed: { posts: [{ id: 'p', title: '传单', text: '日结' }] } });
    expect(conditional).toBe(0);
    const [walled] = await walk(request('/u/walled', 'sandbox-feed', { fetcher: withBrowser }));
    expect(walled?.outcome).toBe('captcha');
    expect(rendered).toEqual([`${origin}/u/u`]);
  });
});

describe('outcomeOf', () => {
  const result = (outcome: FetchResult['outcome']): FetchResult => ({ outcome, reason: `HTTP ${outcome}`, exchange: null, retryAt: null });
  const parsed = (status: ParsedPage['status']): ParsedPage => ({ platform: 'x', status, statusReason: `page ${status}`, account: null, posts: [], links: [] });
  it.each([
    ['ok', 'ok', 'ok', 'page ok'],
    ['ok', 'captcha', 'captcha', 'page captcha'],
    ['deleted', 'removed_by_platform', 'removed_by_platform', 'page removed_by_platform'],
    ['deleted', 'unavailable', 'deleted', 'HTTP deleted'],
    ['deleted', 'parse_drift', 'deleted', 'HTTP deleted'],
    ['unavailable', 'ok', 'unavailable', 'HTTP unavailable'],
    ['login_wall', 'ok', 'login_wall', 'HTTP login_wall'],
    ['rate_limited', 'deleted', 'rate_limited', 'HTTP rate_limited'],
  ] as const)('fetch %s and page %s make %s', (fetched, page, outcome, reason) => {
    expect(outcomeOf(result(fetched), parsed(page))).toEqual({ outcome, reason });
  });

  it('keeps the fetch outcome where nothing was parsed', () => {
    expect(outcomeOf(result('unchanged'), null)).toEqual({ outcome: 'unchanged', reason: 'HTTP unchanged' });
  });
});
