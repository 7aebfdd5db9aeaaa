/** What is done with evidence on the screen of the working product: a file handed in, a hold, a package checked elsewhere, a replay. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

const VERIFIER = path.resolve(import.meta.dirname, '../../evidence/verify.mjs');

/** What a person can read there. */
async function read(place: Locator): Promise<string> {
  await place.first().waitFor({ timeout: 5_000 });
  return (await place.allInnerTexts()).join('\n');
}

/** Uploads a file of posts of which one line is broken. @returns what the desk says of the import: figures, then the broken line */
export async function handIn(page: Page, url: string, folder: string): Promise<string[]> {
  const file = path.join(folder, 'shared.jsonl');
  const posts = [1, 2, 3].map((n) =>
    JSON.stringify({ id: `s${n}`, account: { id: 'hebu', name: '河埠共享招工' }, title: `普工 ${n}`, text: '招普工，长白班。' }),
  );
  await writeFile(file, `${posts.join('\n')}\n{"id": broken\n`);
  await page.goto(`${url}/imports`);
  await page.locator('input[type=file]').setInputFiles(file);
  const row = page.locator('[data-row]').filter({ hasText: 'shared.jsonl' });
  await row.getByText('已完成').waitFor({ timeout: 60_000 });
  const figures = await row.locator('.num').allInnerTexts();
  await page.keyboard.press('Enter');
  return [...figures.map((words) => words.trim()), await read(row.locator('.import-rejects tbody td').first())];
}

/** Holds the evidence of the case on screen and lifts the hold, each with its reason. @returns what the case says of it afterwards */
export async function holdAndLift(page: Page): Promise<string> {
  const decide = async (verb: string, reason: string) => {
    await page.getByRole('button', { name: verb, exact: true }).click();
    await page.locator('.ant-modal textarea').fill(reason);
    await page.keyboard.press('Control+Enter');
    await page.locator('.ant-modal').waitFor({ state: 'hidden' });
  };
  await decide('保全证据', '拟移送');
  await page.getByText(/证据保全中.*拟移送/).waitFor();
  await decide('解除保全', '已移送');
  const past = page.getByText(/保全, .*解除/).first();
  await past.waitFor();
  return read(past);
}

/** Exports the case on screen and has the downloaded file checked by the verifier alone. @returns what the verifier says */
export async function exportAndVerify(page: Page, folder: string): Promise<string> {
  await page.getByRole('button', { name: '导出证据包' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('收件方校验').waitFor({ timeout: 60_000 });
  const digest = /[0-9a-f]{64}/.exec(await read(dialog))?.[0] ?? '';
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: '下载' }).click()]);
  const file = path.join(folder, download.suggestedFilename());
  // The browser runs as a user who may write nowhere: what it was offered is taken from the same address, in the same session.
  const answer = await page.request.get(download.url());
  await writeFile(file, await answer.body());
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  return execFileSync(process.execPath, [VERIFIER, file, '--sha256', digest], { encoding: 'utf8' });
}

/** Opens the replay of the case on screen in its own tab. @returns the words of the sealed page it shows */
export async function replayed(page: Page, words: RegExp): Promise<string> {
  await page.getByRole('button', { name: '回放存证' }).click();
  const [tab] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('dialog').getByRole('link', { name: '打开回放' }).click()]);
  let shown = '';
  await expect
    .poll(
      async () => {
        for (const frame of tab.frames()) if (frame.url().includes('mp_/')) shown = await read(frame.locator('body')).catch(() => '');
        return shown;
      },
      { timeout: 60_000 },
    )
    .toMatch(words);
  await tab.close();
  return shown;
}
