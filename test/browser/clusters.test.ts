/** Clusters at the desk in a real Chromium: by keyboard, in every state, on a wide and a narrow screen, in two languages. */
import { join } from 'node:path';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { accountParty, clusterPage, clusterView } from '../../core/model/api-network.ts';
import { deskBrowser } from '../support/desk-browser.ts';
import { BIG_CLUSTER, ENDED_CLUSTER } from '../support/desk-network.ts';
import { freshState } from '../support/desk-server.ts';

const CONTRACT = [
  [/^GET \/clusters$/, clusterPage],
  [/^GET \/clusters\/[^/]+$/, clusterView],
  [/^GET \/accounts\/[^/]+\/party$/, accountParty],
] as const;

const desk = deskBrowser(CONTRACT);
const BIG = `/clusters/${BIG_CLUSTER.id}`;
const nodes = (page: Page) => page.locator('.net a.net-node');

describe('clusters', () => {
  it('are reached by keyboard, opened by Enter, and lead on to an account', async () => {
    const { page } = await desk('/queue');
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByRole('heading', { name: '账号团伙' }).waitFor();
    await page.locator('[data-row]').first().waitFor();
    await page.waitForTimeout(200);
    await page.keyboard.press('Enter');
    await page.getByText('14 个账号疑似同一主体').waitFor();
    await nodes(page).first().focus();
    // What the focused account shares stands out, the rest steps back.
    await expect.poll(() => page.locator('.net-line.on').count()).toBeGreaterThan(0);
    await expect.poll(() => page.locator('.net-node.off').count()).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/accounts\//);
  });

  it('draw every account and shared thing once, labels apart, the same picture each time', async () => {
    const { page } = await desk(BIG);
    await expect.poll(() => nodes(page).count()).toBe(14);
    // Two pictures of the same pair and three texts of the same three are one row each.
    expect(await page.locator('.net-thing').count()).toBe(8);
    const places = () => page.locator('.net .net-name').evaluateAll((all) => all.map((node) => [node.getAttribute('x'), node.getAttribute('y')].join(' ')));
    const first = await places();
    expect(new Set(first).size).toBe(first.length);
    await page.reload();
    await expect.poll(() => nodes(page).count()).toBe(14);
    expect(await places()).toEqual(first);
    expect(await page.getByRole('group', { name: /左为 14 个账号/ }).count()).toBe(1);
  });

  it('show the post a thing stands in, and take it off as a link with a reason', async () => {
    const { page, state } = await desk(BIG);
    await page
      .getByRole('button', { name: /^看原文/ })
      .first()
      .click();
    await page.locator('.post-text').first().waitFor();
    await page.getByRole('button', { name: '不作为关联' }).first().click();
    await page.getByRole('dialog').getByRole('textbox').fill('园区总机');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => state.writes.filter((line) => line.includes('/shared-things/'))).toHaveLength(1);
    expect(state.writes.at(-1)).toContain('"ignore":true,"reason":"园区总机"');
  });

  it('say when there are none, when they ended, and when they cannot be read', async () => {
    const empty = freshState();
    empty.faults.set('GET /clusters', { status: 500, code: 'INTERNAL', message: '内部错误' });
    const { page } = await desk('/clusters', { state: empty });
    await page.getByRole('alert').getByText('内部错误').waitFor({ timeout: 30_000 });
    empty.faults.delete('GET /clusters');
    await page.getByRole('button', { name: '重试' }).click();
    await page.locator('[data-row]').first().waitFor();
    await page.goto(new URL(`/clusters/${ENDED_CLUSTER.id}`, page.url()).href);
    await page.getByText('该团伙已并入另一团伙').waitFor();
    await page.getByRole('link', { name: '查看该团伙' }).click();
    await page.getByText('14 个账号疑似同一主体').waitFor();
  });

  it('stand on the page of an account and on a case', async () => {
    const { page, state } = await desk('/accounts/00000000-0000-4000-8000-000000000001');
    await page.getByRole('heading', { name: /疑似同一主体/ }).waitFor();
    await page.getByText('9 条, 4 个账号').waitFor();
    await page.getByText('经其他账号关联').waitFor();
    await page.goto(new URL(`/cases/${state.queue[0]?.id}`, page.url()).href);
    await page.getByText('查看 14 个账号的关联图').waitFor();
  });

  it.each([1440, 390])('fit %i px without scrolling sideways, in both languages', async (width) => {
    const { page } = await desk('/clusters', { width });
    await page.locator('[data-row]').first().waitFor();
    for (const language of ['zh', 'en']) {
      await page.evaluate((value) => localStorage.setItem('pincha.language', value), language);
      for (const path of ['/clusters', BIG]) {
        await page.goto(new URL(path, page.url()).href);
        await page
          .locator(path === BIG ? '.net-node' : '[data-row]')
          .first()
          .waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), `${path} ${language}`).toBeLessThanOrEqual(0);
        if (process.env['PINCHA_SHOTS'])
          await page.screenshot({ path: join(process.env['PINCHA_SHOTS'], `${path === BIG ? 'one' : 'list'}-${width}-${language}.png`), fullPage: true });
      }
    }
  });
});
