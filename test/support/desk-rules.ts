/** Rules at the real desk: a pack is drafted from a rule's page by one person and brought into force by another. */
import type { Page } from 'playwright';
import { go } from './desk-person.ts';

const MINUTE = 60_000;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const tag = (page: Page, words: string) => page.locator('.tag.accent').getByText(words, { exact: true });
/** The text of a pack as the draft's page shows it. */
const text = (page: Page) => page.getByRole('textbox', { name: '规则包 (YAML)' });

/** Opens the list by its key and a rule of it by Enter. @returns the rule's id */
async function openRule(page: Page): Promise<string> {
  await go(page, 'g u', '规则');
  await page.locator('[data-row]').nth(1).waitFor();
  for (const key of ['j', 'j', 'k', 'Enter']) await page.keyboard.press(key);
  await page.waitForURL(/\/rules\/[\w.-]+$/);
  await page.getByRole('heading', { name: '依据与罚则' }).waitFor();
  return ((await page.getByRole('heading', { level: 1 }).textContent()) ?? '').trim();
}

/**
 * Drafts a changed pack from the page of one of its rules, lets it run in the shadow and over the archive.
 * @returns the address of the draft, which its author cannot publish
 */
async function draftPack(page: Page, url: string, rule: string, change: (pack: string) => string, note: string): Promise<string> {
  await page.goto(`${url}/rules/${rule}`);
  await button(page, '起草修改').focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => (document.querySelector<HTMLTextAreaElement>('textarea.mono')?.value.length ?? 0) > 100);
  await text(page).fill(change(await text(page).inputValue()));
  await page.getByRole('textbox', { name: '修改说明' }).fill(note);
  await button(page, '保存草稿').click();
  await page.waitForURL(/\/rules\/drafts\//);
  await page.getByText(/^通过: \d+ 条规则/).waitFor();
  await button(page, '送影子运行').click();
  await tag(page, '影子运行').waitFor();
  await button(page, '回放存档').click();
  await page
    .getByText(/新标 \d+, 不再标 \d+/)
    .first()
    .waitFor({ timeout: 3 * MINUTE });
  return page.url();
}

/** Whether this person may publish the draft as things stand. */
async function mayPublish(page: Page, draft: string): Promise<boolean> {
  await page.goto(draft);
  await button(page, '发布').waitFor();
  return button(page, '发布').isEnabled();
}

/** Publishes a draft, or with `恢复此版本` one that was in force before, and waits until it is in force. */
async function publish(page: Page, draft: string, how: '发布' | '恢复此版本' = '发布'): Promise<void> {
  await page.goto(draft);
  await button(page, how).click({ timeout: 3 * MINUTE });
  await tag(page, '现行').waitFor();
}

/** What the desk says of a revision: draft, shadow, in force, formerly in force. */
async function stateOf(page: Page, draft: string): Promise<string> {
  await page.goto(draft);
  return ((await page.locator('.tag.accent').first().textContent()) ?? '').trim();
}

/** A rule that finds nothing in the sandbox: what is tried here is its way into force. */
const RULE = `
  - id: gender.walked-path
    why: 写明“{quote}”，供走查
    patterns: ['走查紫金胸牌限男性']
    mustMatch: ['走查紫金胸牌限男性']
    mustNotMatch: ['走查紫金胸牌男女不限']
`;

/**
 * One person opens a rule by keyboard, adds a rule to its pack and tries it; the other puts it into force. Then it is
 * taken out again the same way, and brought back as the version it was.
 * @returns the id of the rule first opened, whether the author could publish, and what was said of each version when the other came into force
 */
export async function walkRules(author: Page, other: Page, url: string): Promise<{ opened: string; authorMay: boolean; replaced: string; rolledBack: string }> {
  const opened = await openRule(author);
  const added = await draftPack(author, url, 'gender.only-male', (pack) => `${pack}${RULE}`, '试走一遍');
  const authorMay = await mayPublish(author, added);
  await publish(other, added);
  await author.goto(`${url}/rules/gender.walked-path`);
  await author.getByText('写明“……”，供走查').waitFor();
  const removed = await draftPack(author, url, 'gender.only-male', (pack) => pack.replace(RULE, ''), '撤去');
  await publish(other, removed);
  const replaced = await stateOf(author, added);
  await publish(other, added, '恢复此版本');
  return { opened, authorMay, replaced, rolledBack: await stateOf(author, removed) };
}
