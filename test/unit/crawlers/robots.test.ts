/** robots.txt as RFC 9309 reads it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { botAgent } from '../../../crawlers/fetch/fetcher.ts';
import { productToken, readRobots } from '../../../crawlers/fetch/robots.ts';

const at = (path: string): URL => new URL(path, 'https://jobs.example.cn');
const rules = (body: string, status = 200): ReturnType<typeof readRobots> => readRobots({ status, body }, at('/'), productToken(botAgent('x@example.cn')));
const allowed = (body: string, path: string): boolean => rules(body).allows(at(path));

describe('robots.txt', () => {
  it.each([
    ['User-agent: *\nDisallow: /a\nAllow: /a/b', '/a/c', false],
    ['User-agent: *\nDisallow: /a\nAllow: /a/b', '/a/b/c', true],
    ['User-agent: *\nAllow: /p\nDisallow: /', '/page', true],
    ['User-agent: *\nAllow: /page\nDisallow: /*.h', '/page.htm', true],
    ['User-agent: *\nAllow: /page\nDisallow: /*.htm', '/page.htm', false],
    ['User-agent: *\nDisallow: /*.gif$', '/a.gif', false],
    ['User-agent: *\nDisallow: /*.gif$', '/a.gif?b', true],
    ['User-agent: *\nDisallow: /搜索', '/%E6%90%9C%E7%B4%A2?q=1', false],
    ['User-agent: *\nDisallow:', '/x', true],
    ['User-agent: *\nDisallow: /\n\nUser-agent: pinchabot\nDisallow: /only', '/x', true],
    ['User-agent: *\nDisallow: /\n\nUser-agent: pinchabot\nDisallow: /only', '/only', false],
    ['User-agent: other\nUser-agent: PINCHABOT/9\nDisallow: /x', '/x', false],
    ['User-agent: PinchaBotty\nDisallow: /x', '/x', true],
    ['\uFEFFUser-agent: *\r\nDisallow: /x # 注释\r\n', '/x', false],
    ['User-agent: *\nDisallow: /', '/robots.txt', true],
    ['Disallow: /', '/x', true],
    ['', '/x', true],
  ])('%j on %s → %s', (body, path, open) => {
    expect(allowed(body, path)).toBe(open);
  });

  it.each([
    [200, false],
    [301, true],
    [401, true],
    [404, true],
    [410, true],
    [500, false],
    [503, false],
    [599, false],
  ])('status %i: open is %s', (status, open) => {
    expect(rules('User-agent: *\nDisallow: /', status).allows(at('/x'))).toBe(open);
  });

  it('takes a web page for no rules at all, and says so', () => {
    const page = rules(' \n<!DOCTYPE html><html>\nUser-agent: *\nDisallow: /\n</html>');
    expect([page.allows(at('/x')), page.note !== null, page.delayMs]).toEqual([true, true, 0]);
    expect(rules('User-agent: *').note).toBeNull();
  });

  it.each([
    ['5', 5_000],
    ['0.5', 500],
    ['86400', 300_000],
    ['-3', 0],
    ['soon', 0],
    ['Infinity', 0],
    ['1e400', 0],
  ])('Crawl-delay: %s is %i ms', (text, ms) => {
    expect(rules(`User-agent: *\nCrawl-delay: ${text}`).delayMs).toBe(ms);
  });

  it('keeps out of a site whose wildcards would take for ever, and reads long plain files', () => {
    const hostile = rules(`User-agent: *\n${'Disallow: /*a*a*a*a\n'.repeat(20_000)}`);
    expect([hostile.allows(at('/x')), hostile.note !== null]).toEqual([false, true]);
    const long = rules(`User-agent: *\n${Array.from({ length: 20_000 }, (_, i) => `Disallow: /job/${i}/\n`).join('')}`);
    expect([long.allows(at('/job/19999/x')), long.allows(at('/job/x'))]).toEqual([false, true]);
  });

  it('reads any bytes without throwing, and always answers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.webPath(), (body, path) => {
        expect(typeof rules(`User-agent: *\nDisallow: ${body}`).allows(at(`/x${path}`))).toBe('boolean');
      }),
    );
  });
});
