/** The sandbox's feed in a real browser: all cards of an account, one post alone, and the words of a suspension. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';
import { notice, SECRET, send } from '../support/sandbox-server.ts';

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
  expect((await send(sandbox, notice('sandbox-feed', account.externalId))).status).toBe(200);
  await page.goto(sandbox.accountUrl('sandbox-feed', account.externalId));
  await page.waitForSelector('#app[data-state=error]');
  expect(await page.locator('.feed-message').textContent()).toContain('已被暂停发布招聘信息/服务');
  expect(await page.locator('.feed-card').count()).toBe(0);
});
