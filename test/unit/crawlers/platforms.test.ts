/** One conformance suite over all platform adapters: declarations, golden pages, and what hostile pages may do to none of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PinchaError } from '../../../core/errors.ts';
import { CAPTURE_KINDS, PARSE_STATUSES, type ParsedPage } from '../../../core/model/capture.ts';
import { accountInputSchema, postInputSchema } from '../../../core/model/post.ts';
import { decodeText } from '../../../crawlers/fetch/charset.ts';
import { adapterFor, PLATFORMS, platformById, platformIds } from '../../../crawlers/platforms/registry.ts';
import { parseSaved } from '../../../crawlers/platforms/saved.ts';
import { ACCESSES, CAPABILITIES, type Capability, type PlatformAdapter } from '../../../crawlers/platforms/types.ts';

const ROOT = path.join(import.meta.dirname, '../../fixtures/platforms');
const SOURCE = path.join(import.meta.dirname, '../../../crawlers/platforms');

interface Golden {
  readonly platform: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly html: string;
  readonly url: string | null;
  readonly fetchedAt: Date | null;
  /** An answer so bare that nothing in it names its platform. */
  readonly bare: boolean;
  readonly expected: ParsedPage;
}

const readGolden = (platform: string, name: string): Golden => {
  const folder = path.join(ROOT, platform, name);
  const file = readdirSync(folder).find((f) => /^page\.(html|txt|xml|json)$/.test(f));
  const meta = path.join(folder, 'page.meta.json');
  const given = existsSync(meta) ? (JSON.parse(readFileSync(meta, 'utf8')) as { url?: string; fetchedAt?: string; bare?: boolean }) : {};
  const bytes = readFileSync(path.join(folder, file ?? 'page.html'));
  return {
    platform,
    name,
    bytes,
    html: decodeText(bytes).text,
    url: given.url ?? null,
    fetchedAt: given.fetchedAt ? new Date(given.fetchedAt) : null,
    bare: given.bare ?? false,
    expected: JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as ParsedPage,
  };
};
const GOLDEN = readdirSync(ROOT).flatMap((platform) => readdirSync(path.join(ROOT, platform)).map((name) => readGolden(platform, name)));
const parse = (g: Golden): ParsedPage => platformById(g.platform).parse({ url: g.url, html: g.html, fetchedAt: g.fetchedAt });

/** What a golden page must show to prove a capability. */
const SHOWS: Readonly<Record<Capability, (page: ParsedPage) => boolean>> = {
  post: ({ status, posts }) => status === 'ok' && posts.some((p) => Boolean(p.text) || (p.images?.length ?? 0) > 0),
  list: ({ status, posts, links }) => status === 'ok' && (posts.length > 0 || links.length > 0),
  account: ({ status, account }) => status === 'ok' && account !== null,
  states: ({ status }) => ['deleted', 'removed_by_platform', 'expired', 'unavailable'].includes(status),
  walls: ({ status }) => status === 'captcha' || status === 'login_wall',
};

/** What holds for every answer of every adapter, whatever the page was. */
function expectSound(adapter: PlatformAdapter, page: ParsedPage): void {
  expect(page.platform).toBe(adapter.id);
  expect(PARSE_STATUSES).toContain(page.status);
  for (const post of page.posts) expect(postInputSchema.safeParse(post).success).toBe(true);
  if (page.account) expect(accountInputSchema.safeParse(page.account).success).toBe(true);
  for (const link of page.links) {
    expect(link.url).toMatch(/^https?:\/\//);
    expect(CAPTURE_KINDS).toContain(link.kind);
  }
  // A list of accounts has neither posts nor an account of its own: it leads to theirs.
  if (page.status === 'ok') expect(page.posts.length > 0 || page.account !== null || page.links.length > 0).toBe(true);
  else if (page.status !== 'empty_state') expect(page.statusReason).toBeTruthy();
  if (page.status === 'captcha' || page.status === 'login_wall') expect(page.posts).toHaveLength(0);
}

describe.each(PLATFORMS.map((p) => [p.id, p] as const))('adapter %s', (id, adapter) => {
  it('declares itself fully', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(adapter.name.zh).toMatch(/\p{Script=Han}/u);
    expect(adapter.name.en).toMatch(/[A-Za-z]/);
    expect(adapter.required.length).toBeGreaterThan(0);
    expect(ACCESSES).toContain(adapter.access);
    // Loopback is the only place that needs no gap.
    const loopback = adapter.hosts.length > 0 && adapter.hosts.every((h) => h.startsWith('127.') || h.startsWith('localhost'));
    expect(adapter.politeness.floorDelayMs).toBeGreaterThanOrEqual(loopback ? 0 : 1_000);
    for (const host of adapter.hosts) expect(host).toMatch(/^(\*\.)?[a-z0-9.-]+(:(\*|\d+))?$/);
  });

  it('keeps to the file names of the house', () => {
    expect(existsSync(path.join(SOURCE, id, 'index.ts'))).toBe(true);
    expect(existsSync(path.join(SOURCE, id, 'parse.ts'))).toBe(true);
  });

  it('proves each thing it can do on a golden page, and names every page that is one', () => {
    const own = GOLDEN.filter((g) => g.platform === id);
    expect(own.some((g) => g.expected.posts.length > 0)).toBe(true);
    for (const [capability, names] of Object.entries(adapter.can)) {
      expect(CAPABILITIES, capability).toContain(capability);
      expect(names.length, capability).toBeGreaterThan(0);
      for (const name of names) {
        const page = own.find((g) => g.name === name);
        expect(page && SHOWS[capability as Capability](page.expected), `${capability} on ${name}`).toBe(true);
      }
    }
    const named = new Set(Object.values(adapter.can).flat());
    const proofs = own.filter((g) => g.expected.status !== 'parse_drift' && g.expected.status !== 'empty_state').map((g) => g.name);
    expect(proofs.filter((name) => !named.has(name))).toEqual([]);
  });

  it('never throws and never invents on broken or hostile pages', () => {
    const nested = `${'<div class="card">'.repeat(20_000)}x`;
    const pages = [
      '',
      '<',
      '{',
      '[',
      '[1,2,3]',
      '{"zpData":{"jobList":[null,{}]}}',
      'window.cgiDataNew = {',
      `window.cgiDataNew = ${'['.repeat(5_000)}`,
      nested,
      '<rss><channel><item>',
      '\u0000\ufffd<script>',
      'export default [[]]',
    ];
    for (const html of pages) expectSound(adapter, adapter.parse({ url: 'https://example.cn/x', html, fetchedAt: null }));
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (html) => {
        expectSound(adapter, adapter.parse({ url: null, html }));
      }),
      { numRuns: 30 },
    );
  });

  it('says drift, not "no posts", for a page it does not know', () => {
    expect(adapter.parse({ url: null, html: '<!DOCTYPE html><html><head><title>你好</title></head><body><p>改版了</p></body></html>' }).status).toBe(
      'parse_drift',
    );
  });

  it('judges a captcha page as a wall whatever else stands on it', () => {
    const own = GOLDEN.find((g) => g.platform === id && g.expected.status === 'ok' && g.html.includes('<title>'));
    const html = `<!DOCTYPE html><html><head><title>安全验证</title></head><body>${own?.html.slice(0, 2_000) ?? ''}</body></html>`;
    expect(adapter.parse({ url: null, html: html.replace(/window\.cgiDataNew/g, 'window.x') }).status).toBe('captcha');
  });
});

describe('golden pages', () => {
  it.each(GOLDEN.map((g) => [`${g.platform}/${g.name}`, g] as const))('%s', (_, golden) => {
    const page = parse(golden);
    expect(JSON.parse(JSON.stringify(page))).toEqual(golden.expected);
    expectSound(platformById(golden.platform), page);
    expect(parse(golden)).toEqual(page);
  });

  it.each(GOLDEN.map((g) => [`${g.platform}/${g.name}`, g] as const))('%s, cut anywhere, is still answered', (_, golden) => {
    const adapter = platformById(golden.platform);
    for (let part = 1; part < 12; part += 2) {
      const html = golden.html.slice(0, Math.floor((golden.html.length * part) / 12));
      expectSound(adapter, adapter.parse({ url: golden.url, html, fetchedAt: golden.fetchedAt }));
    }
  });
});

describe('choosing an adapter', () => {
  it.each(
    GOLDEN.filter(
      (g) =>
        !g.bare &&
        !/^(account-blocked|closed|deleted|drift|entry-page|environment-wall|refused-answer|message-list-refused|list-behind-login|slider|closed-state|suspended|expired|article)$/.test(
          g.name,
        ),
    ).map((g) => [`${g.platform}/${g.name}`, g] as const),
  )('%s is recognised without a name', (_, golden) => {
    const meant = golden.platform.startsWith('sandbox-wechat') ? ['sandbox-wechat', 'wechat'] : [golden.platform];
    expect(meant).toContain(adapterFor({ html: golden.html }).id);
  });

  it.each([
    ['https://mp.weixin.qq.com/s/abc', 'wechat'],
    ['https://www.zhipin.com/job_detail/x.html', 'zhipin'],
    ['https://zhipin.com/', 'zhipin'],
    ['https://jobs.zhaopin.com/CC1.htm', 'zhaopin'],
    ['https://jobs.51job.com/a/1.html', '51job'],
    ['https://www.liepin.com/a/1.shtml', 'liepin'],
    ['https://m.weibo.cn/detail/4516868084180273', 'weibo'],
    ['https://weibo.com/u/1', 'weibo'],
    ['https://www.xiaohongshu.com/explore/a', 'xiaohongshu'],
    ['https://v.douyin.com/x/', 'douyin'],
    ['https://www.kuaishou.com/short-video/3x', 'kuaishou'],
    ['https://space.bilibili.com/2', 'bilibili'],
    ['https://tieba.baidu.com/p/1', 'tieba'],
  ])('%s belongs to %s', (url, id) => {
    expect(adapterFor({ url }).id).toBe(id);
  });

  it.each(['https://zhipin.com.evil.example/', 'https://notzhipin.com/', 'https://mp.weixin.qq.com:8443/s/x', 'not a url'])('%s belongs to none', (url) => {
    expect(PLATFORMS.filter((p) => p.matches(url) && !p.id.startsWith('sandbox'))).toEqual([]);
  });

  it('leaves the search page of another site to nobody, however many articles it links to', () => {
    const links = '<a href="http://mp.weixin.qq.com/s?src=3">招聘</a><img src="http://mmbiz.qpic.cn/x">'.repeat(9);
    const page = `<!doctype html><html><head><title>招聘 – 搜狗微信搜索</title><link href="https://www.sogou.com/sug/css/m3.css"></head><body>${links}</body></html>`;
    expect(() => adapterFor({ html: page })).toThrow(PinchaError);
    expect(adapterFor({ html: `${page}<div id="js_content">文章</div>` }).id).toBe('wechat');
  });

  it('takes a page that links to other platforms for none of them', () => {
    const page =
      '<html><head><title>某公司</title></head><body><a href="https://weibo.com/u/1">微博</a><a href="https://space.bilibili.com/2">B站</a><a href="https://www.douyin.com/user/x">抖音</a></body></html>';
    expect(() => adapterFor({ html: page })).toThrow(PinchaError);
  });

  it('names the known platforms when it knows none', () => {
    expect(() => adapterFor({ platform: 'myspace' })).toThrow(PinchaError);
    try {
      adapterFor({ platform: 'myspace' });
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'PLATFORM_UNKNOWN', details: { platform: 'myspace', known: platformIds.join(', ') } });
    }
    expect(() => adapterFor({ html: '<p>nothing</p>' })).toThrow(PinchaError);
  });

  it('reads folder names of saved pages as platforms', () => {
    expect(adapterFor({ platform: 'wechat-rss' }).id).toBe('feed');
  });
});

describe('saved pages', () => {
  it('reads a GBK page by its bytes', () => {
    const golden = GOLDEN.find((g) => g.name === 'search-gbk');
    expect(parseSaved({ bytes: golden!.bytes, file: 'p.html', platform: '51job' }).posts[0]?.title).toBe('电工');
    expect(golden!.bytes.includes(Buffer.from('电工', 'utf8'))).toBe(false);
  });

  it('knows a page by the address its browser wrote into it', () => {
    const golden = GOLDEN.find((g) => g.platform === 'douyin' && g.name === 'saved-work');
    const read = parseSaved({ bytes: golden!.bytes, file: 'p.html' });
    expect(read.platform).toBe('douyin');
    expect(read.posts[0]?.id).toBe('7400000000000000011');
  });

  it('refuses an empty file and a 50 MB page by name', () => {
    expect(() => parseSaved({ bytes: Buffer.alloc(0), file: 'leer.html', platform: 'wechat' })).toThrow(/leer\.html/);
    expect(() => parseSaved({ bytes: Buffer.alloc(50_000_000, 0x61), file: 'gross.html', platform: 'wechat' })).toThrow(
      expect.objectContaining({ code: 'FILE_TOO_LARGE' }),
    );
  });
});
