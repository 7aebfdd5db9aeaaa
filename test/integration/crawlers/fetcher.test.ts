/** The fetcher against a real server that lies, drips, floods and redirects: each ends in its outcome, within its bounds. */
import dns from 'node:dns';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import type { Fetcher, HostClock } from '../../../core/ports.ts';
import { decodeText } from '../../../crawlers/fetch/charset.ts';
import { botAgent, createFetcher, type FetcherOptions } from '../../../crawlers/fetch/fetcher.ts';
import { createMemoryHostClock } from '../../../crawlers/fetch/host-clock.ts';
import { type HostileServer, startHostileServer, UNTRUSTED_TLS } from '../../support/hostile-server.ts';
import { lies, page, redirect } from '../../support/lying-server.ts';

const MB = 1024 * 1024;
let victim: HostileServer;
let server: HostileServer;
const made: Fetcher[] = [];
const fetcher = (more: Partial<FetcherOptions> = {}): Fetcher => {
  const one = createFetcher({
    userAgent: botAgent('演示联系人 010-00000000'),
    from: 'pincha@example.cn',
    allowPrivate: [`127.0.0.1:${server.port}`],
    floorDelayMs: 0,
    hostClock: createMemoryHostClock(systemClock),
    clock: systemClock,
    ...more,
  });
  made.push(one);
  return one;
};

beforeAll(async () => {
  victim = await startHostileServer({ '*': (_, r) => void r.end('secret') });
  server = await startHostileServer(lies(victim.port));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(made.splice(0).map((one) => one.close()));
});
afterAll(() => Promise.all([server.close(), victim.close()]));

describe('fetcher: what it brings home', () => {
  it('returns the exchange as bytes, with who answered and what was said', async () => {
    const result = await fetcher().fetch(`${server.origin}/ok`);
    expect(result).toMatchObject({ outcome: 'ok', reason: null, retryAt: null });
    const exchange = result.exchange!;
    expect(exchange).toMatchObject({
      method: 'GET',
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      via: 'http',
      url: `${server.origin}/ok`,
    });
    expect(exchange.body.toString()).toBe(page);
    expect(exchange.responseHeaders).toContainEqual(['X-Order', 'a']);
    expect(exchange.requestHeaders['user-agent']).toMatch(/^PinchaBot\/0\.1 \(\+%E6/);
    const sent = server.requests.at(-1)!.headers;
    expect(sent).toMatchObject({ 'user-agent': exchange.requestHeaders['user-agent'], from: 'pincha@example.cn' });
  });

  it.each(['/gzip', '/br', '/deflate', '/deflate-raw'])('undoes the content coding of %s', async (path) => {
    expect((await fetcher().fetch(server.origin + path)).exchange?.body.toString()).toBe(page);
  });

  it('reads a GBK body', async () => {
    const { exchange } = await fetcher().fetch(`${server.origin}/gbk`);
    expect(decodeText(exchange!.body, 'text/html').text).toContain('招聘');
  });

  it('asks conditionally and takes 304 only as an answer to that', async () => {
    expect(await fetcher().fetch(`${server.origin}/etag`, { etag: '"v1"' })).toMatchObject({
      outcome: 'unchanged',
      exchange: null,
      confirmed: { status: 304 },
    });
    expect(await fetcher().fetch(`${server.origin}/since`, { lastModified: 'Mon, 23 Nov 2026 00:00:00 GMT' })).toMatchObject({ outcome: 'unchanged' });
    expect(await fetcher().fetch(`${server.origin}/bare-304`)).toMatchObject({ outcome: 'unavailable' });
  });

  it('follows a redirect and says where it ended', async () => {
    const { exchange } = await fetcher().fetch(`${server.origin}/hop`);
    expect(exchange).toMatchObject({ url: `${server.origin}/hop`, finalUrl: `${server.origin}/ok`, status: 200 });
  });

  it.each([
    ['/404', 'deleted', 404],
    ['/410', 'deleted', 410],
    ['/401', 'login_wall', 401],
    ['/403', 'login_wall', 403],
    ['/429', 'rate_limited', 429],
    ['/503-when', 'rate_limited', 503],
    ['/503', 'unavailable', 503],
    ['/500', 'unavailable', 500],
  ])('maps %s to %s and keeps the answer for sealing', async (path, outcome, status) => {
    const result = await fetcher().fetch(server.origin + path);
    expect(result).toMatchObject({ outcome, exchange: { status } });
    expect(result.retryAt !== null).toBe(outcome === 'rate_limited');
  });
});

describe('fetcher: hostile answers', () => {
  it.each([
    ['/huge', 'too_large'],
    ['/huge-declared', 'too_large'],
    ['/bomb', 'too_large'],
    ['/bomb-br', 'too_large'],
    ['/layers', 'network'],
    ['/bad-gzip', 'network'],
    ['/drip', 'timeout'],
    ['/silent', 'timeout'],
    ['/half', 'timeout'],
    ['/short', 'network'],
    ['/two-lengths', 'network'],
    ['/smuggle', 'network'],
    ['/garbage', 'network'],
    ['/headers', 'network'],
    ['/hang-up', 'network'],
    ['/loop-a', 'network'],
    ['/chain/0', 'network'],
    ['/to-nonsense', 'network'],
    ['/to-metadata', 'refused_address'],
    ['/to-victim', 'refused_address'],
    ['/to-decimal', 'refused_address'],
    ['/to-mapped', 'refused_address'],
    ['/to-file', 'refused_address'],
  ])('%s ends as %s', async (path, outcome) => {
    const result = await fetcher({ maxBytes: 8 * MB, ...(outcome === 'timeout' ? { timeoutMs: 900, idleMs: 300 } : {}) }).fetch(server.origin + path);
    expect(result).toMatchObject({ outcome, exchange: null });
    expect(result.reason).toMatch(/[\u4e00-\u9fff]/);
    expect(victim.hits).toEqual([]);
  });

  it('follows five redirects and not a sixth', async () => {
    const before = server.hits.length;
    await fetcher().fetch(`${server.origin}/chain/100`);
    expect(server.hits.slice(before).filter((path) => path.startsWith('/chain/'))).toHaveLength(6);
  });

  it('is not fooled by a name that points to this machine, alone or among public addresses', async () => {
    const answers = [
      [{ address: '127.0.0.1', family: 4 }],
      [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    ];
    for (const answer of answers) {
      const spy = vi.spyOn(dns.promises, 'lookup').mockResolvedValue(answer as never);
      expect(await fetcher().fetch(`http://rebind.example.cn:${victim.port}/steal`)).toMatchObject({ outcome: 'refused_address' });
      spy.mockRestore();
    }
    expect(victim.hits).toEqual([]);
  });

  it('connects to the very address it checked: one resolution for a connection, so a changing name gains nothing', async () => {
    const spy = vi.spyOn(dns.promises, 'lookup').mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }] as never);
    spy.mockRejectedValue(Object.assign(new Error('asked again'), { code: 'ENOTFOUND' }));
    const named = fetcher({ allowPrivate: [`named.example.cn:${server.port}`] });
    expect(await named.fetch(`http://named.example.cn:${server.port}/ok`)).toMatchObject({
      outcome: 'ok',
      exchange: { remoteAddress: '127.0.0.1', network: { resolved: ['127.0.0.1'], tls: null } },
    });
    // A kept connection resolves nothing: what was resolved for it is still known.
    expect(await named.fetch(`http://named.example.cn:${server.port}/ok`)).toMatchObject({ exchange: { network: { resolved: ['127.0.0.1'] } } });
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('trusts no certificate that nobody vouches for, and no plain answer to an encrypted question', async () => {
    let asked = 0;
    const tls = https.createServer(UNTRUSTED_TLS, (_, r) => {
      asked += 1;
      r.end(page);
    });
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const { port } = tls.address() as AddressInfo;
    const one = fetcher({ allowPrivate: [`127.0.0.1:${port}`, `127.0.0.1:${server.port}`] });
    const untrusted = await one.fetch(`https://127.0.0.1:${port}/`);
    expect(untrusted).toMatchObject({ outcome: 'network', exchange: null });
    expect(untrusted.reason).toContain('证书');
    expect(await one.fetch(`https://127.0.0.1:${server.port}/ok`)).toMatchObject({ outcome: 'network' });
    expect(asked).toBe(0);
    await new Promise((resolve) => tls.close(resolve));
  });

  it('says in words what is wrong with the network', async () => {
    const dead = await startHostileServer({});
    await dead.close();
    const result = await fetcher({ allowPrivate: [`127.0.0.1:${dead.port}`] }).fetch(`${dead.origin}/x`);
    expect(result).toMatchObject({ outcome: 'network', exchange: null });
    expect(result.reason).toContain('连接被拒绝（ECONNREFUSED）');
  });

  it.each(['http://127.0.0.1/', 'http://localhost/', 'http://169.254.169.254/', 'ftp://a.cn/', 'http://u:p@a.cn/', 'x'.repeat(9_000)])(
    'refuses %s at the door',
    async (url) => {
      expect(await fetcher().fetch(url)).toMatchObject({ outcome: 'refused_address', exchange: null });
    },
  );
});

/** A host clock that tells which slots it gave. */
function watched(): { hostClock: HostClock; slots: number[] } {
  const slots: number[] = [];
  const inner = createMemoryHostClock(systemClock);
  const reserve: HostClock['reserve'] = async (host, wish) => {
    const slot = await inner.reserve(host, wish);
    if (slot.at !== null) slots.push(slot.at.getTime());
    return slot;
  };
  return { hostClock: { ...inner, reserve }, slots };
}

/** A slot for each request (one that comes too late for its slot takes another), slots a gap apart, and no request before its slot: true however slow the machine is. */
function expectPaced(one: HostileServer, slots: readonly number[], count: number, gapMs: number): void {
  const times = one.requests.map((request) => request.at).sort((a, b) => a - b);
  expect(times.length).toBe(count);
  expect(slots.length).toBeGreaterThanOrEqual(count);
  for (let i = 0; i < count; i += 1) expect(times[i]!).toBeGreaterThanOrEqual(slots[i]! - 1);
  for (let i = 1; i < slots.length; i += 1) expect(slots[i]! - slots[i - 1]!).toBeGreaterThanOrEqual(gapMs);
}

describe('fetcher: manners', () => {
  it('waits out a short Retry-After once, on the spot', async () => {
    expect(await fetcher().fetch(`${server.origin}/429-once`)).toMatchObject({ outcome: 'ok' });
    expect(server.requests.filter((r) => r.path === '/429-once')).toHaveLength(2);
  });

  it('leaves a host alone that asks for more than ten minutes', async () => {
    const hostClock = createMemoryHostClock(systemClock);
    await hostClock.report(`127.0.0.1:${server.port}`, { kind: 'refused', latencyMs: 1, retryAfterMs: 3_600_000 });
    const before = server.hits.length;
    const result = await fetcher({ hostClock }).fetch(`${server.origin}/ok`);
    expect(result).toMatchObject({ outcome: 'host_paused', exchange: null });
    expect(result.retryAt!.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    expect(server.hits.length).toBe(before);
  });

  it('stops at once when the caller aborts, in the middle of a body and in the middle of a wait', async () => {
    const control = new AbortController();
    const reading = fetcher().fetch(`${server.origin}/drip`, { signal: control.signal });
    setTimeout(() => control.abort(), 150);
    await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const patient = fetcher({ floorDelayMs: 60_000 });
    const soon = AbortSignal.timeout(200);
    await expect(patient.fetch(`${server.origin}/ok`, { signal: soon })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(fetcher().fetch(`${server.origin}/ok`, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('keeps the gap between any two requests to a host, robots.txt and redirects included', async () => {
    const one = await startHostileServer({ '/a': redirect('/b'), '*': (_, r) => void r.end(page) });
    const { hostClock, slots } = watched();
    const polite = fetcher({ allowPrivate: [`127.0.0.1:${one.port}`], floorDelayMs: 120, hostClock });
    await Promise.all(['/a', '/c', '/d'].map((path) => polite.fetch(one.origin + path)));
    expectPaced(one, slots, 5, 120);
    await one.close();
  });
});

describe('fetcher: robots.txt', () => {
  const site = async (
    robots: (r: import('node:http').ServerResponse) => void,
  ): Promise<{ one: HostileServer; get: (path: string) => Promise<string>; notes: string[] }> => {
    const one = await startHostileServer({ '/robots.txt': (_, r) => robots(r), '*': (_, r) => void r.end(page) });
    const notes: string[] = [];
    const polite = fetcher({ allowPrivate: [`127.0.0.1:${one.port}`], timeoutMs: 500, idleMs: 300, note: (_host, words) => void notes.push(words) });
    return { one, get: async (path) => (await polite.fetch(one.origin + path)).outcome, notes };
  };

  it('obeys, with the longest match winning, and asks for it once', async () => {
    const { one, get } = await site((r) => void r.end('User-agent: *\nDisallow: /job/\nAllow: /job/open\nDisallow: /*.pdf$\n'));
    expect(await Promise.all(['/job/1', '/job/open/2', '/a.pdf', '/a.pdf?x'].map(get))).toEqual(['robots_denied', 'ok', 'robots_denied', 'ok']);
    expect(one.hits.filter((path) => path === '/robots.txt')).toHaveLength(1);
    expect(one.hits).not.toContain('/job/1');
    await one.close();
  });

  it.each([
    ['a server fault closes the site', (r: import('node:http').ServerResponse) => void r.writeHead(500).end(), 'robots_denied'],
    ['a missing file opens it', (r: import('node:http').ServerResponse) => void r.writeHead(404).end(), 'ok'],
    ['a forbidden file opens it', (r: import('node:http').ServerResponse) => void r.writeHead(403).end(), 'ok'],
    ['an endless file keeps us out', (r: import('node:http').ServerResponse) => void setInterval(() => r.destroyed || r.write('# x\n'), 20).unref(), 'timeout'],
    [
      'too many requests keep us out for now',
      (r: import('node:http').ServerResponse) => void r.writeHead(429, { 'retry-after': '3600' }).end(),
      'rate_limited',
    ],
    [
      'a redirect into private space keeps us out',
      (r: import('node:http').ServerResponse) => void r.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'refused_address',
    ],
  ])('%s', async (_name, robots, outcome) => {
    const { one, get } = await site(robots);
    expect(await get('/x')).toBe(outcome);
    expect(one.hits.includes('/x')).toBe(outcome === 'ok');
    await one.close();
  });

  it('does not keep a caller waiting for the robots.txt that another one asked for', async () => {
    const one = await startHostileServer({ '/robots.txt': () => {} });
    const polite = fetcher({ allowPrivate: [`127.0.0.1:${one.port}`], timeoutMs: 60_000, idleMs: 60_000 });
    const [first, second] = [new AbortController(), new AbortController()];
    const slow = polite.fetch(`${one.origin}/1`, { signal: first.signal });
    const hasty = polite.fetch(`${one.origin}/2`, { signal: second.signal });
    await expect.poll(() => one.hits).toEqual(['/robots.txt']);
    second.abort();
    await expect(hasty).rejects.toMatchObject({ code: 'INTERRUPTED' });
    first.abort();
    await expect(slow).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await one.close();
  });

  it('takes a web page in its place for none, and says so', async () => {
    const { one, get, notes } = await site((r) => void r.end('<html>Disallow: /</html>'));
    expect(await get('/x')).toBe('ok');
    expect(notes).toEqual([expect.stringContaining('网页')]);
    await one.close();
  });

  it('honours Crawl-delay from the first page on', async () => {
    const one = await startHostileServer({ '/robots.txt': (_, r) => void r.end('User-agent: PinchaBot\nCrawl-delay: 0.3\n'), '*': (_, r) => void r.end(page) });
    const { hostClock, slots } = watched();
    const polite = fetcher({ allowPrivate: [`127.0.0.1:${one.port}`], hostClock });
    for (const path of ['/1', '/2']) await polite.fetch(one.origin + path);
    expectPaced(one, slots, 3, 300);
    await one.close();
  });
});
