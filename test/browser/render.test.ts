/** Rendering with a real Chromium: what scripts make is read, and nothing private is reached from inside the page. */

import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import https from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { systemClock } from '../../core/clock.ts';
import type { Fetcher, HostClock } from '../../core/ports.ts';
import { decodeText } from '../../crawlers/fetch/charset.ts';
import { botAgent, createFetcher, type FetcherOptions } from '../../crawlers/fetch/fetcher.ts';
import { createMemoryHostClock } from '../../crawlers/fetch/host-clock.ts';
import { certificateFactsOf } from '../../crawlers/fetch/network-facts.ts';
import { exchangeFacts } from '../../evidence/exchange-facts.ts';
import { shootSealed } from '../../evidence/shot.ts';
import { type HostileServer, startHostileServer, UNTRUSTED_TLS } from '../support/hostile-server.ts';

/** What the browser is given, and what shells and Chromium add by themselves. */
const OWN_VARIABLES = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'LANG',
  'FONTCONFIG_FILE',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
  'CHROME_DESKTOP',
]);

const html = (body: string) => (_: unknown, response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html><head></head><body>${body}</body></html>`);

let dataDir: string;
let host: BrowserHost;
let victim: HostileServer;
let server: HostileServer;
let rawVictim: Server;
let rawHits = 0;
const warnings: string[] = [];
const made: Fetcher[] = [];

const fetcher = (more: Partial<FetcherOptions> = {}): Fetcher => {
  const one = createFetcher({
    userAgent: botAgent('pincha@example.cn'),
    from: 'pincha@example.cn',
    allowPrivate: [`127.0.0.1:${server.port}`],
    floorDelayMs: 0,
    hostClock: createMemoryHostClock(systemClock),
    clock: systemClock,
    browser: () => host.get(),
    ...more,
  });
  made.push(one);
  return one;
};

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'pincha-browser-test-'));
  // As root the browser runs under another identity, which must be able to enter.
  await chmod(dataDir, 0o755);
  host = createBrowserHost({ dataDir, log: (words) => void warnings.push(words) });
  victim = await startHostileServer({ '*': (_, r) => void r.writeHead(200, { 'access-control-allow-origin': '*' }).end('secret') });
  rawVictim = createServer((socket: Socket) => {
    rawHits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => rawVictim.listen(0, '127.0.0.1', resolve));
  const rawPort = (rawVictim.address() as { port: number }).port;
  const steal = (url: string): string => `fetch('${url}').then((r) => r.text(), (e) => 'blocked').then((t) => { document.body.append(' [' + t + ']'); })`;
  server = await startHostileServer({
    '/spa': html(
      `<div id="app"></div><script>fetch('/api').then((r) => r.json()).then((d) => { document.querySelector('#app').textContent = d.title; });</script>`,
    ),
    '/api': (_, r) => void setTimeout(() => r.writeHead(200, { 'content-type': 'application/json' }).end('{"title":"急招普工"}'), 300),
    '/thief': html(
      `<script>Promise.all([${[`http://127.0.0.1:${victim.port}/a`, `http://localhost:${victim.port}/b`, `http://2130706433:${victim.port}/c`, `http://[::ffff:127.0.0.1]:${victim.port}/d`, 'http://169.254.169.254/latest/meta-data/', '/bounce', `https://127.0.0.1:${rawPort}/`].map(steal).join(',')}]).then(() => document.body.append(' done'))</script>`,
    ),
    '/bounce': (_, r) => void r.writeHead(302, { location: `http://127.0.0.1:${victim.port}/e` }).end(),
    '/frames': html(
      `<iframe src="http://127.0.0.1:${victim.port}/frame"></iframe><img src="http://127.0.0.1:${victim.port}/image"><script>new WebSocket('ws://127.0.0.1:${rawPort}/ws'); navigator.sendBeacon('http://127.0.0.1:${victim.port}/beacon', 'x'); window.open('http://127.0.0.1:${victim.port}/popup');</script>内容`,
    ),
    '/to-victim': (_, r) => void r.writeHead(302, { location: `http://127.0.0.1:${victim.port}/direct` }).end(),
    '/to-metadata': (_, r) => void r.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    '/js-to-victim': html(`<script>location.href = 'http://127.0.0.1:${victim.port}/js'</script>`),
    '/js-to-denied': html(`<script>location.href = '/private/x'</script>`),
    '/robots.txt': (_, r) => void r.end('User-agent: *\nDisallow: /private/\n'),
    '/private/x': html('private'),
    '/302-denied': (_, r) => void r.writeHead(302, { location: '/private/x' }).end(),
    '/spin': html('<script>for (;;) {}</script>'),
    '/spin-later': html('内容<script>setTimeout(() => { for (;;) {} }, 200)</script>'),
    '/polling': html('<p>列表</p><script>setInterval(() => fetch("/api"), 100)</script>'),
    '/drip': (_, r) => {
      r.writeHead(200, { 'content-type': 'text/html' });
      const timer = setInterval(() => r.write('<p>.</p>'), 50);
      r.on('close', () => clearInterval(timer));
    },
    '/huge-dom': html('<script>document.write("<p>" + "x".repeat(3e6))</script>'),
    '/loop': (_, r) => void r.writeHead(302, { location: '/loop' }).end(),
    '/reload': html('<script>location.reload()</script>'),
    '/dialogs': html('<script>alert(1); confirm(2); onbeforeunload = () => "stay";</script>内容'),
    '/download': (_, r) => void r.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' }).end('x'),
    '/tampered': html(
      `真的<script>Object.defineProperty(Element.prototype, 'outerHTML', { get: () => '假的' }); document.documentElement.remove = () => {}; XMLSerializer.prototype.serializeToString = () => '假的';</script>`,
    ),
    '/gbk': (_, r) =>
      void r
        .writeHead(200, { 'content-type': 'text/html; charset=gbk' })
        .end(Buffer.concat([Buffer.from('<html><head><meta charset="gbk"></head><body>'), Buffer.from('d5d0c6b8', 'hex'), Buffer.from('</body></html>')])),
    '/403': (_, r) => void r.writeHead(403).end('请登录'),
    '/404': (_, r) => void r.writeHead(404, { 'content-type': 'text/html' }).end('<p>没有了</p>'),
    '/agent': (q, r) =>
      void r
        .writeHead(200, { 'content-type': 'text/html' })
        .end(
          `<p id="ua">${q.headers['user-agent']}</p><script>document.body.append(navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone)</script>`,
        ),
  });
});
afterEach(async () => {
  await Promise.all(made.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await host.close();
  await Promise.all([server.close(), victim.close(), new Promise((resolve) => rawVictim.close(resolve))]);
  await rm(dataDir, { recursive: true, force: true });
});

const bodyOf = (result: Awaited<ReturnType<Fetcher['render']>>): string => decodeText(result.exchange!.body, 'text/html; charset=utf-8').text;

describe('the browser', () => {
  it('starts, says how it runs, and shares one start among all who ask', async () => {
    const [a, b] = await Promise.all([host.get(), host.get()]);
    expect(a).toBe(b);
    expect(host.describe()).toMatch(/^Chromium \d+\..*(沙箱已启用|沙箱未启用)/);
    // Whoever runs without a sandbox is told so.
    expect(warnings.length > 0).toBe(host.describe().includes('沙箱未启用'));
  });

  it('shows Chinese: different characters look different, and neither is an empty box', async () => {
    const browser = await host.get();
    const page = await browser.newPage();
    const shot = async (text: string, family: string): Promise<string> => {
      await page.setContent(`<body style="margin:0"><span id="t" style="font:48px '${family}'">${text}</span></body>`);
      return (await page.locator('#t').screenshot()).toString('base64');
    };
    // U+0378 is assigned to no character: a font shows its box for it.
    for (const family of ['PingFang SC', '仿宋', 'SimSun', 'Nowhere Font']) {
      const [zhao, pin, box] = [await shot('招', family), await shot('聘', family), await shot('\u0378', family)];
      expect(new Set([zhao, pin, box]).size, family).toBe(3);
    }
    await page.close();
  });

  it('names the file that is not there, and every way in which one would not start', async () => {
    const missing = createBrowserHost({ dataDir, browserPath: '/nonexistent/chrome', log: () => {} });
    await expect(missing.get()).rejects.toMatchObject({ code: 'BROWSER_MISSING', message: expect.stringContaining('/nonexistent/chrome') });
    const broken = createBrowserHost({ dataDir, browserPath: '/bin/false', log: () => {} });
    await expect(broken.get()).rejects.toMatchObject({ code: 'BROWSER_MISSING', message: expect.stringContaining('沙箱已启用') });
    expect(broken.describe()).toBe('浏览器尚未启动');
    await Promise.all([missing.close(), broken.close()]);
  });

  it('hands its pages no secret of ours', async () => {
    await host.get();
    const read = (file: string): Promise<string[]> =>
      readFile(file, 'utf8').then(
        (text) => text.split('\0'),
        () => [],
      );
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    let seen = 0;
    for (const pid of pids) {
      const command = await read(`/proc/${pid}/cmdline`);
      if (!command.some((part) => part.startsWith('--user-data-dir=') && part.includes(dataDir))) continue;
      seen += 1;
      const names = (await read(`/proc/${pid}/environ`)).map((pair) => pair.split('=')[0] ?? '').filter(Boolean);
      expect(names.filter((name) => !OWN_VARIABLES.has(name))).toEqual([]);
    }
    expect(seen).toBeGreaterThan(0);
  });

  it('comes back after a crash', async () => {
    const before = await host.get();
    await before.close();
    const after = await host.get();
    expect(after).not.toBe(before);
    expect(after.isConnected()).toBe(true);
  });
});

describe('render: content', () => {
  it('reads what scripts make', async () => {
    const result = await fetcher().render(`${server.origin}/spa`);
    expect(result).toMatchObject({ outcome: 'ok', exchange: { status: 200, via: 'browser', remoteAddress: '127.0.0.1', finalUrl: `${server.origin}/spa` } });
    expect(bodyOf(result)).toContain('<div id="app">急招普工</div>');
    expect(result.exchange!.responseHeaders).toContainEqual(['content-type', 'text/html; charset=utf-8']);
  });

  it('tells of the connection what a plain fetch tells, and who saw it', async () => {
    const secure = https.createServer(UNTRUSTED_TLS, (_, response) => void setTimeout(() => response.end('<p>加密</p>'), 400));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    const hostClock = createMemoryHostClock(systemClock);
    await hostClock.saveRobots(`localhost:${port}`, { status: 404, body: '' });
    const real = await host.get();
    // Nobody vouches for the tests' certificate.
    const trusting = Object.assign(Object.create(real) as typeof real, {
      newContext: (options: object) => real.newContext({ ...options, ignoreHTTPSErrors: true }),
    });
    const { exchange } = await fetcher({ allowPrivate: [`localhost:${port}`], hostClock, browser: async () => trusting }).render(`https://localhost:${port}/`);
    secure.close();
    const { certificateSha256, ...shown } = certificateFactsOf(new X509Certificate(UNTRUSTED_TLS.cert).toLegacyObject());
    const facts = exchangeFacts(exchange);
    expect(facts).toMatchObject({
      address: '127.0.0.1',
      resolved: expect.arrayContaining(['127.0.0.1']) as string[],
      tls: { protocol: 'TLSv1.3', cipher: expect.stringMatching(/AES|CHACHA/) as string, certificateSha256, ...shown },
      observers: { address: 'proxy', tls: 'browser', clock: 'browser' },
    });
    // The host took 400 ms to answer; that the browser then waited for silence makes the clock no less certain.
    const { offsetMs, withinMs } = facts['clock'] as { offsetMs: number; withinMs: number };
    expect(exchange!.answered!.afterMs).toBeGreaterThanOrEqual(390);
    expect(exchange!.elapsedMs).toBeGreaterThan(exchange!.answered!.afterMs);
    expect(withinMs).toBe(500 + Math.round(exchange!.answered!.afterMs / 2));
    expect(Math.abs(offsetMs)).toBeLessThan(withinMs + 2_000);
  });

  it('says honestly who it is, in China', async () => {
    const body = bodyOf(await fetcher().render(`${server.origin}/agent`));
    expect(body).toContain('PinchaBot/0.1 (+pincha@example.cn)');
    expect(body).toContain('zh-CN');
    expect(body).toContain('Asia/Shanghai');
  });

  it('turns a GBK page into UTF-8', async () => {
    const { exchange } = await fetcher().render(`${server.origin}/gbk`);
    const type = exchange!.responseHeaders.find(([name]) => name === 'content-type')![1];
    expect(decodeText(exchange!.body, type).text).toContain('招聘');
  });

  it('pictures the live page: what its script drew, in Chinese characters, whatever charset the page came in', async () => {
    const [spa, gbk] = [await fetcher().render(`${server.origin}/spa`), await fetcher().render(`${server.origin}/gbk`)];
    expect([spa.shot!.domText, gbk.shot!.domText, spa.shot!.cut]).toEqual(['急招普工', '招聘', false]);
    const laidOut = async (words: string): Promise<Buffer> =>
      (
        await shootSealed(
          await host.get(),
          { html: `<!doctype html><html><head></head><body>${words}</body></html>`, url: `${server.origin}/x`, resources: async () => null },
          { width: 1280 },
        )
      ).png;
    // The same pixels as the same words of a page of known charset, and not those of others.
    expect(spa.shot!.png.equals(await laidOut('<div>急招普工</div>'))).toBe(true);
    expect(gbk.shot!.png.equals(await laidOut('招聘'))).toBe(true);
    expect(gbk.shot!.png.equals(await laidOut('普工'))).toBe(false);
    expect(spa.shot!.layout).toMatchObject({ whole: true, words: [{ text: '急招普工' }] });
    // What is no page to show has none: it is pictured from its sealed bytes if at all.
    expect((await fetcher().render(`${server.origin}/404`)).shot).toBeNull();
  });

  it('ends on pages that never fall silent, or that ask questions', async () => {
    expect(bodyOf(await fetcher().render(`${server.origin}/polling`))).toContain('列表');
    expect(bodyOf(await fetcher().render(`${server.origin}/dialogs`))).toContain('内容');
  });

  it('is not told lies by scripts that replaced the DOM', async () => {
    expect(bodyOf(await fetcher().render(`${server.origin}/tampered`))).toContain('真的');
  });

  it.each([
    ['/403', 'login_wall'],
    ['/404', 'deleted'],
  ])('judges %s as %s', async (where, outcome) => {
    expect(await fetcher().render(server.origin + where)).toMatchObject({ outcome, exchange: { via: 'browser' } });
  });
});

describe('render: nothing private is reached', () => {
  it('refuses what the page fetches, in every notation and through redirects', async () => {
    const body = bodyOf(await fetcher().render(`${server.origin}/thief`));
    expect(body).toContain('done');
    expect(body.match(/\[blocked\]/g)).toHaveLength(7);
    expect(body).not.toContain('secret');
    expect([victim.hits, rawHits]).toEqual([[], 0]);
  });

  it('refuses frames, images, sockets, beacons and popups', async () => {
    expect(bodyOf(await fetcher().render(`${server.origin}/frames`))).toContain('内容');
    expect([victim.hits, rawHits]).toEqual([[], 0]);
  });

  it.each(['/to-victim', '/to-metadata', '/js-to-victim'])('refuses to follow %s', async (where) => {
    expect(await fetcher().render(server.origin + where)).toMatchObject({ outcome: 'refused_address', exchange: null });
    expect(victim.hits).toEqual([]);
  });

  it('refuses private addresses at the door', async () => {
    expect(await fetcher().render(`${victim.origin}/x`)).toMatchObject({ outcome: 'refused_address' });
  });
});

describe('render: bounds and manners', () => {
  it.each([
    ['/spin', 'timeout'],
    ['/spin-later', 'timeout'],
    ['/drip', 'timeout'],
    ['/loop', 'network'],
    ['/download', 'unavailable'],
    ['/huge-dom', 'too_large'],
    ['/private/x', 'robots_denied'],
    ['/302-denied', 'robots_denied'],
    ['/js-to-denied', 'robots_denied'],
  ])('%s ends as %s', async (where, outcome) => {
    const result = await fetcher({ timeoutMs: 6_000, maxBytes: 1024 * 1024 }).render(server.origin + where);
    expect(result).toMatchObject({ outcome, exchange: null });
    expect(result.reason).toMatch(/[\u4e00-\u9fff]/);
  });

  it('lets a page that reloads itself for ever end', async () => {
    const result = await fetcher({ timeoutMs: 6_000 }).render(`${server.origin}/reload`);
    expect(['ok', 'network', 'timeout']).toContain(result.outcome);
  });

  it('takes its slot from the host clock', async () => {
    const reserved: string[] = [];
    const inner = createMemoryHostClock(systemClock);
    const reserve: HostClock['reserve'] = (name, wish) => {
      reserved.push(`${name} ${wish.gapMs}`);
      return inner.reserve(name, wish);
    };
    await fetcher({ hostClock: { ...inner, reserve }, floorDelayMs: 50 }).render(`${server.origin}/404`);
    expect(reserved).toEqual([`127.0.0.1:${server.port} 50`, `127.0.0.1:${server.port} 50`]);
  });

  it('stops when the caller aborts, and leaves no page behind', async () => {
    const rendering = fetcher().render(`${server.origin}/drip`, { signal: AbortSignal.timeout(800) });
    await expect(rendering).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const browser = await host.get();
    await expect.poll(() => browser.contexts().length).toBe(0);
  });

  it('says so when there is no browser', async () => {
    expect(await fetcher({ browser: undefined }).render(`${server.origin}/spa`)).toMatchObject({ outcome: 'unavailable', exchange: null });
  });
});
