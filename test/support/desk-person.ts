/**
 * One person at the real desk: a browser of their own, logged in with the password they were given, and what they
 * do there in a few verbs. Waits for what people would wait for, never for a time. Page errors and broken answers
 * of the server are kept and belong into the assertions of the test.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright';

const NEXT_PASSWORD = 'wei-tuo-ban-li-2026';
/** Names a folder when pictures of the walk are wanted. */
const SHOTS = process.env['PINCHA_TEST_SHOTS'];
const WIDTHS = [1440, 390] as const;
const HEIGHT = 900;

export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong on their screen or between it and the server so far. */
  readonly faults: readonly string[];
}

/** Opens the desk at a path and logs in; replaces the one-time password when the desk asks for it. */
export async function logIn(browser: Browser, url: string, who: { login: string; password: string; at?: string }): Promise<Person> {
  const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: HEIGHT }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 500) faults.push(`${answer.request().method()} ${new URL(answer.url()).pathname}: ${answer.status()}`);
  });
  await page.goto(url + (who.at ?? '/'));
  await page.locator('input[name=login]').fill(who.login);
  await page.locator('input[name=password]').fill(who.password);
  await page.keyboard.press('Enter');
  const inside = page.getByRole('navigation').first();
  const asked = page.getByRole('heading', { name: '设置新口令' });
  await inside.or(asked).first().waitFor();
  if (await asked.isVisible()) {
    await page.locator('input[name=next]').fill(NEXT_PASSWORD);
    await page.locator('input[name=again]').fill(NEXT_PASSWORD);
    await page.keyboard.press('Enter');
    await inside.waitFor();
  }
  return { page, context, faults };
}

/** Two keys one after the other, as `g q`; focus is taken off fields first. */
export async function go(page: Page, keys: string, heading: string): Promise<void> {
  // a page just opened hears no keys before it is drawn
  await page.getByRole('navigation').first().waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (const key of keys.split(' ')) await page.keyboard.press(key);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** Pictures of the page at both widths, only when asked for. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  fs.mkdirSync(SHOTS, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.screenshot({ path: path.join(SHOTS, `${name}-${width}.png`), animations: 'disabled' });
  }
  await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT });
}

/** Whether a picture has really been drawn: loaded, and with a size. */
export const drawn = (picture: Locator): Promise<boolean> =>
  picture.evaluate((node) => node instanceof HTMLImageElement && node.complete && node.naturalWidth > 100 && node.naturalHeight > 100);
