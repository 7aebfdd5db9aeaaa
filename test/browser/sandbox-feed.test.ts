/** The sandbox's feed in a real browser: all cards of an account, one post alone, and the words of a suspension. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';

const SECRET = `whsec_${Buffer.from('a sandbox secret of thirty bytes').toString('base64')}`;
const world = generateWorld({ seed: 11, texts: loadTexts() });
const account = world.accounts.find((a) => a.platform === 'sandbox-feed')!;
const posts = world.posts.filter((p) => p.account === account.externalId);

let dataDir: string;
let host: BrowserHost;
let sandbox: Sandbox;
let page: Page;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'pincha-feed-test-'));
  // As root the browser runs under another identity, which must be able to enter.
  await chmod(dataDir, 0o755);
  host = createBrowserHost({ dataDir, log: () => undefined });
  sandbox = await startSandbox({ world, noticeSecret: SECRET });
  page = await (await host.get()).newPage();
});
afterAll(async () => {
  await host?.close();
  await sandbox?.close();
  await rm(dataDir, { recursive: true, force: true });
});

it('draws every post of an account with its own words', async () => {
  await page.goto(sandbox.accountUrl('sandbox-feed', account.externalId));
  await page.waitForSelector('#app[data-state=ready]');
  const cards = await page.locator('.feed-card').evaluateAll((all) =>
    all.map((c) => ({
      id: c.getAttribute('data-id'),
      text: c.querySelector('.feed-card__text')?.textContent,
      title: c.querySelector('.feed-card__title')?.textContent,
      time: c.querySelector('time')?.getAttribute('datetime'),
      author: c.querySelector('.feed-card__author')?.textContent,
    })),
  );
  const byId = (a: { id: string | null }, b: { id: string | null }): number => String(a.id).localeCompare(String(b.id));
  expect(cards.sort(byId)).toEqual(posts.map((p) => ({ id: p.id, text: p.text, title: p.title, time: p.publishedAt, author: account.name })).sort(byId));
});

it('draws one post alone, and says when the account has been suspended', async () => {
  await page.goto(sandbox.postUrl('sandbox-feed', posts[0]!.id));
  await page.waitForSelector('#app[data-state=ready]');
  expect(await page.locator('.feed-card__text').allTextContents()).toEqual([posts[0]!.text]);
  sandbox.setBehaviour('sandbox-feed', 'honest');
  const body = JSON.stringify({
    schemaVersion: '1',
    noticeId: 'n-feed',
    number: '演示〔2026〕1号',
    issuer: '演示市人力资源和社会保障局',
    demo: true,
    platform: 'sandbox-feed',
    supersedes: null,
    target: { type: 'account', platformAccountId: account.externalId, url: null, nameAtCapture: account.name },
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
  });
  const at = new Date();
  const headers = {
    'webhook-id': 'm1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign('m1', at, body),
  };
  expect((await fetch(sandbox.noticeUrl, { method: 'POST', headers, body })).status).toBe(200);
  await page.goto(sandbox.accountUrl('sandbox-feed', account.externalId));
  await page.waitForSelector('#app[data-state=error]');
  expect(await page.locator('.feed-message').textContent()).toContain('已被暂停发布招聘信息/服务');
  expect(await page.locator('.feed-card').count()).toBe(0);
});
