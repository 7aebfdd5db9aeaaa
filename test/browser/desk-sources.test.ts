/** Sources and candidates on the desk: by keyboard, in both languages, narrow, empty, failing and denied. */
import { describe, expect, it } from 'vitest';
import * as api from '../../core/model/api.ts';
import * as apiSource from '../../core/model/api-source.ts';
import { type Contract, deskBrowser } from '../support/desk-browser.ts';
import { me } from '../support/desk-fixtures.ts';
import { freshState } from '../support/desk-server.ts';

const CONTRACT: Contract = [
  [/^GET \/me$/, api.meView],
  [/^GET \/sources$/, apiSource.sourcePage],
  [/^POST \/sources\/[^/]+\/active$/, apiSource.sourceRow],
  [/^GET \/source-kinds$/, apiSource.sourceKindList],
  [/^POST \/boards\/preview$/, apiSource.boardPreview],
  [/^POST \/boards$/, apiSource.sourceRow],
  [/^GET \/sources\/[^/]+$/, apiSource.sourceDetail],
  [/^GET \/candidates$/, apiSource.candidatePage],
  [/^GET \/candidates\/counts$/, apiSource.sourceCounts],
  [/^POST \/candidates\/[^/]+\/decision$/, apiSource.candidateRow],
];
const desk = deskBrowser(CONTRACT);
const manager = () => {
  const who = me();
  who.user.capabilities.push('source.manage');
  return freshState({ me: who });
};

describe('sources on the desk', () => {
  it('candidates are accepted and refused by keyboard, a refusal with its reason', async () => {
    const { page, state } = await desk('/sources?tab=candidates', { state: manager() });
    await page.locator('[data-row]').nth(3).waitFor();
    await page.keyboard.press('a');
    const form = page.locator('.ant-modal');
    await form.getByLabel(/^地址/).fill('http://127.0.0.1:8720/account/new');
    await page.keyboard.press('Control+Enter');
    await page.getByText('已接受为来源').waitFor();
    await form.waitFor({ state: 'hidden' });
    expect(state.writes.at(-1)).toContain('"fields":{"url":"http://127.0.0.1:8720/account/new"}');
    await page.locator('[data-row]').nth(2).waitFor();
    await page.keyboard.press('r');
    await page.locator('.ant-modal textarea').fill('与招聘无关');
    await page.keyboard.press('Control+Enter');
    await page.getByText('已拒绝').first().waitFor();
    expect(state.writes.at(-1)).toMatch(/decision .*"accept":false.*与招聘无关/);
  });

  it('a source is paused, its form is what the adapter declares, and nothing overflows a narrow screen', async () => {
    const { page, state } = await desk('/sources', { state: manager(), width: 390 });
    await page.locator('[data-row]').first().getByRole('button', { name: '停用' }).click();
    await page.locator('[data-row]').first().getByRole('button', { name: '启用' }).waitFor();
    expect(state.writes.at(-1)).toContain('"active":false');
    await page.getByRole('button', { name: '新增来源' }).click();
    await page.getByText('须属于 127.0.0.1:*').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });

  it('a board is described, what its selectors miss stands first, a fault leads to its line, and then it is a source', async () => {
    const state = manager();
    state.faults.set('POST /boards/preview', {
      status: 400,
      code: 'INPUT_INVALID',
      message: '输入有误',
      details: { field: '配置', reason: '第 7 行 list.item：不支持 :has' },
    });
    const { page } = await desk('/sources/board', { state, width: 390 });
    const yaml = page.locator('#board-yaml');
    await page.locator('#board-page').fill('<ul class="jobs"><li>普工</li></ul>');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('不支持 :has').waitFor();
    await page.getByRole('button', { name: '第 7 行' }).click();
    expect(await yaml.evaluate((field: HTMLTextAreaElement) => field.value.slice(field.selectionStart, field.selectionEnd))).toContain('item:');
    state.faults.clear();
    await page.keyboard.press('Control+Enter');
    await page.locator('.board-yields tbody tr').first().getByText('list.fields.salary').waitFor();
    expect(await page.locator('.board-yields tr.missed').count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await page.getByRole('button', { name: '保存为来源' }).click();
    await page.getByRole('heading', { name: '历次访问' }).waitFor();
    expect(state.writes.at(-1)).toContain('POST /boards {"yaml":"id: my-board');
    expect(await page.getByRole('img', { name: /^已读取 20 · 未变 18 · 平台已移除 2/ }).count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });

  it.each([
    ['empty', '尚无来源'],
    ['failing', 'INTERNAL'],
    ['denied', '没有权限查看本页'],
  ])('says so when it is %s', async (how, words) => {
    const state = manager();
    if (how === 'empty') state.sources = [];
    if (how === 'failing') state.faults.set('GET /sources', { status: 500, code: 'INTERNAL', message: '内部错误' });
    if (how === 'denied' && state.me) state.me.user.capabilities = ['case.read'];
    const { page } = await desk('/sources', { state });
    await page.getByText(words).first().waitFor();
  });

  it('speaks English', async () => {
    const { page } = await desk('/sources?tab=candidates', { state: manager() });
    await page.evaluate(() => localStorage.setItem('pincha.language', 'en'));
    await page.reload();
    await page.getByText('7 places').waitFor();
    expect(await page.locator('.page-head').textContent()).not.toMatch(/[\u4e00-\u9fff]/);
  });
});
