/** The desk by keyboard and in every state, in a real Chromium: denied, stale, expired, approvals, narrow screens. */
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import * as api from '../../core/model/api.ts';
import * as apiRun from '../../core/model/api-run.ts';
import { type Contract, deskBrowser } from '../support/desk-browser.ts';
import { bigCase, me } from '../support/desk-fixtures.ts';
import { approver, type DeskState, freshState } from '../support/desk-server.ts';

/** Which schema of the contract an answer must satisfy, by method and path. */
const CONTRACT: Contract = [
  [/^(GET \/me|POST \/login)$/, api.meView],
  [/^GET \/queue$/, api.queuePage],
  [/^GET \/queue\/counts$/, api.queueCounts],
  [/^(GET|POST) \/cases\/[^/]+(\/actions|\/unmask)?$/, api.caseView],
  [/^GET \/notices$/, api.noticePage],
  [/^GET \/notices\/[^/]+$/, api.noticeView],
  [/^GET \/runs$/, apiRun.runPage],
  [/^POST \/runs$/, apiRun.runRow],
  [/^GET \/runs\/[^/]+$/, apiRun.runView],
  [/^GET \/accounts$/, api.accountPage],
  [/^GET \/accounts\/[^/]+$/, api.accountDetail],
  [/^GET \/accounts\/[^/]+\/posts$/, api.postPage],
  [/^GET \/posts\/[^/]+$/, api.postDetail],
  [/^GET \/licence-lists$/, api.licenceListPage],
];

const desk = deskBrowser(CONTRACT);
const firstCase = (state: DeskState) => `/cases/${state.queue[0]?.id}`;
const acts = (state: DeskState) =>
  state.writes.filter((line) => line.includes('/actions')).map((line) => (JSON.parse(line.slice(line.indexOf('{'))) as { action: string }).action);
const findingState = (page: Page, n: number) =>
  page
    .locator('[data-finding-row]')
    .nth(n - 1)
    .getAttribute('data-state');

/** Presses a key until what it opens is there: on a busy machine rows are drawn before their keys are listened to. */
async function pressUntil(page: Page, key: string, shown: Locator): Promise<void> {
  for (let tries = 0; tries < 8; tries += 1) {
    await page.keyboard.press(key);
    const there = await shown.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
    if (there) return;
  }
  await shown.waitFor({ timeout: 1 });
}

describe('the review page by keyboard', () => {
  it('walks a case from the queue to a proposal without a mouse and goes to the next', async () => {
    const { page, state } = await desk('/queue');
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByText('HR-2026-0311').first().waitFor();
    await page.locator('[data-finding-row]').first().waitFor();
    await page.keyboard.press('a');
    await expect.poll(() => findingState(page, 1)).toBe('confirmed');
    await page.keyboard.press('3');
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('4');
    await page.keyboard.press('Enter');
    await expect.poll(() => findingState(page, 3)).toBe('rejected');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('3');
    await page.keyboard.press('u');
    await expect.poll(() => findingState(page, 3)).toBe('open');
    await page.keyboard.press('p');
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByText('提交后内容冻结').waitFor();
    expect(acts(state)).toEqual(['confirm', 'reject', 'undecide']);
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => acts(state)).toContain('propose');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const sent = state.writes.find((line) => line.includes('"propose"')) ?? '';
    expect(sent).toContain('"measure":"suspend_service"');
    expect(sent).toContain('"days":30');
    await page.keyboard.press('Enter');
    await page.getByText('HR-2026-0312').first().waitFor();
  });

  it('records fast keys one after another, each with the version before it', async () => {
    const { page, state } = await desk(firstCase);
    await page.locator('[data-finding-row]').first().waitFor();
    for (const key of ['a', 'a', 'a', 'a']) await page.keyboard.press(key);
    await expect.poll(() => acts(state).length).toBe(4);
    await expect
      .poll(async () => [await findingState(page, 1), await findingState(page, 2), await findingState(page, 3), await findingState(page, 4)])
      .toEqual(Array(4).fill('confirmed'));
    expect(await page.getByText('已被他人更新').count()).toBe(0);
    expect(state.cases.get(state.queue[0]?.id ?? '')?.version).toBe(11);
  });

  it('judges equal findings together, with every post listed', async () => {
    const state = freshState();
    const view = bigCase(state.queue[0] as api.QueueRow);
    for (const equal of view.findings.slice(0, 2)) equal.alike = 'k';
    state.cases.set(view.id, view);
    const { page } = await desk(firstCase, { state });
    await page.locator('[data-finding-row]').first().waitFor();
    await pressUntil(page, 's', page.getByRole('dialog').getByText('一并判断 2 条'));
    expect(await page.locator('.alike-posts li').count()).toBe(2);
    await page.keyboard.press('2');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => [await findingState(page, 1), await findingState(page, 2), await findingState(page, 3)])
      .toEqual(['rejected', 'rejected', 'open']);
    expect(state.writes.filter((line) => line.includes('/actions'))).toHaveLength(1);
    expect(state.writes.at(-1)).toContain('"reason":"not_what_it_says"');
  });

  it('decides nothing while an input method composes', async () => {
    const { page, state } = await desk(firstCase);
    await page.locator('[data-finding-row]').first().waitFor();
    await page.evaluate(() => {
      const send = (init: KeyboardEventInit & { keyCode?: number }) =>
        document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
      send({ key: 'a', isComposing: true });
      send({ key: 'a', keyCode: 229 });
      send({ key: 'Process', keyCode: 229 });
      send({ key: 'Enter', ctrlKey: true, isComposing: true });
    });
    expect(await findingState(page, 1)).toBe('open');
    // a real composition in the reason field: the letters of the pinyin, then Enter to take the candidate
    await page.locator('#reason').click();
    const input = await page.context().newCDPSession(page);
    await input.send('Input.imeSetComposition', { text: 'arx', selectionStart: 3, selectionEnd: 3 });
    await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', windowsVirtualKeyCode: 229 });
    await input.send('Input.insertText', { text: '押金' });
    await expect.poll(() => page.locator('#reason').inputValue()).toContain('押金');
    expect(acts(state)).toEqual([]);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('leaves letters to a field and to an open dialog', async () => {
    const { page, state } = await desk(firstCase);
    await page.locator('#reason').click();
    await page.keyboard.type('a r u x d');
    expect(await page.locator('#reason').inputValue()).toContain('a r u x d');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('axd');
    expect(await page.getByRole('dialog').locator('textarea').inputValue()).toBe('axd');
    expect(acts(state)).toEqual([]);
  });
});

describe('the marks', () => {
  it('lights a finding and its words from either side, and shows an exempt one struck through with its ground', async () => {
    const { page } = await desk(firstCase);
    const mark = page.locator('.post-text mark').filter({ hasText: '服装费300元' }).first();
    await mark.waitFor();
    const id = await mark.getAttribute('data-finding');
    await mark.hover();
    await expect.poll(() => page.locator(`[data-finding-row="${id}"]`).getAttribute('class')).toContain('lit');
    await page.locator('.case-head').hover();
    const row = page.locator('[data-finding-row]').nth(1);
    await row.hover();
    const other = await row.getAttribute('data-finding-row');
    await expect.poll(() => page.locator(`mark[data-finding="${other}"]`).first().getAttribute('class')).toContain('lit');
    const exempt = page.locator('.post-text mark').filter({ hasText: '不收任何押金' });
    expect(await exempt.evaluate((node) => getComputedStyle(node).textDecorationLine)).toBe('line-through');
    await exempt.hover();
    await page.getByText('合法例外: 否定语').waitFor();
    const lines = await page.evaluate(() =>
      ['lvl-statutory', 'lvl-lead', 'lvl-advisory'].map(
        (level) => getComputedStyle(document.querySelector(`.post-text .${level}:not(.exempt)`) as Element).borderBottomStyle,
      ),
    );
    expect(lines).toEqual(['solid', 'dashed', 'dotted']);
    expect(await page.locator('.post-text').textContent()).toContain('😀');
  });

  it('shows raw evidence as text only and the document without scripts', async () => {
    const { page, state, url } = await desk(firstCase);
    await page.getByRole('tab', { name: '原始' }).click();
    await page.getByText('<script>window.hacked=1</script>').waitFor();
    await page.goto(`${url}/notices/${state.notices[0]?.id}`);
    await page.frameLocator('iframe').getByText('处置通知书').waitFor();
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  });
});

describe('when things are not as they should be', () => {
  it('says who changed a case meanwhile, loads it, and keeps what was typed', async () => {
    const { page, state } = await desk(firstCase);
    await page.locator('#reason').fill('改写的理由');
    const view = state.cases.get(state.queue[0]?.id ?? '') as api.CaseView;
    view.version += 1;
    Object.assign(view.findings[1] as object, {
      state: 'rejected',
      rejectReason: 'other',
      decidedBy: { id: view.id, name: '许衡' },
      decidedAt: new Date().toISOString(),
    });
    await page.locator('.case-head').click();
    await page.keyboard.press('1');
    await page.keyboard.press('a');
    await page.getByText('已被他人更新').waitFor();
    await page.getByText('疑点“性别限制”已驳回').waitFor();
    expect(await page.locator('#reason').inputValue()).toBe('改写的理由');
    expect(acts(state)).toEqual(['confirm']);
  });

  it('asks for a login in place when the session ends, and keeps what was typed', async () => {
    const { page, state } = await desk(firstCase);
    await page.locator('#reason').fill('写到一半的理由');
    const kept = state.me;
    state.me = null;
    await page.locator('.case-head').click();
    await page.keyboard.press('a');
    await page.getByText('登录已过期').first().waitFor();
    await page.locator('input[type=password]').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('账号或口令不正确').waitFor();
    await page.locator('input[type=password]').fill('right-password');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect((state.me as api.MeView | null)?.user.login).toBe(kept?.user.login);
    expect(await page.locator('#reason').inputValue()).toBe('写到一半的理由');
    await page.reload();
    await expect.poll(() => page.locator('#reason').inputValue()).toBe('写到一半的理由');
  });

  it('shows the code of an error and recovers on retry', async () => {
    const state = freshState();
    state.faults.set('GET /queue', { status: 400, code: 'INPUT_INVALID', message: '输入有误 cursor' });
    const { page } = await desk('/queue', { state });
    await page.getByText('输入有误 cursor').waitFor();
    await page.getByText('INPUT_INVALID').waitFor();
    state.faults.clear();
    await page.getByRole('button', { name: '重试' }).click();
    await page.locator('[data-row]').first().waitFor();
  });

  it('says which right is missing and who has it', async () => {
    const { page } = await desk('/queue', { state: freshState({ me: me({ roles: ['operator'], capabilities: ['run.read', 'run.start', 'account.read'] }) }) });
    await page.getByText('没有权限查看本页').waitFor();
    await page.getByText('审核员、复核审批人').waitFor();
  });

  it('says why a list is empty and what fills it', async () => {
    const { page } = await desk('/queue', { state: freshState({ queue: [], notices: [], runs: [] }) });
    await page.getByText('尚无案件').waitFor();
    for (const [key, word] of [
      ['n', '尚无通知书'],
      ['r', '尚无巡查'],
      ['p', '没有待审批的提请'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByText(word).first().waitFor();
    }
  });

  it('draws the skeleton while waiting and a bar while offline', async () => {
    const state = freshState();
    state.faults.set('GET /queue', 1_500);
    const { page } = await desk('/queue', { state });
    await page.getByRole('status', { name: '正在读取' }).waitFor();
    await page.locator('[data-row]').first().waitFor();
    await page.context().setOffline(true);
    await page.getByText('网络已断开').waitFor();
    expect(await page.locator('[data-row]').count()).toBe(25);
    await page.context().setOffline(false);
    await page.getByText('网络已断开').waitFor({ state: 'hidden' });
  });
});

describe('approval', () => {
  it('shows number, target and measure before it is sent, and needs two acts', async () => {
    const { page, state } = await desk((now) => `/approvals/${now.queue[1]?.id}`, { state: freshState({ me: approver() }) });
    await page.getByText('平台将收到').waitFor();
    await page.keyboard.press('Control+Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('HR-2026-0299').waitFor();
    await dialog.getByText('临川电子厂直招').waitFor();
    await dialog.getByText('暂停服务').waitFor();
    expect(acts(state)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => acts(state)).toEqual(['approve']);
    expect(state.writes.at(-1)).toContain('f'.repeat(64));
  });

  it('is closed to whoever proposed, with the reason in words', async () => {
    const state = freshState();
    const who = approver();
    const row = state.queue[1] as api.QueueRow;
    const view = bigCase(row);
    Object.assign(view.findings[0] as object, { state: 'confirmed', decidedBy: { id: who.user.id, name: who.user.name }, decidedAt: new Date().toISOString() });
    view.proposal = {
      measure: 'warn',
      days: null,
      reason: '理由',
      findingIds: [],
      by: who.user.id,
      byName: who.user.name,
      at: new Date().toISOString(),
      sha256: 'a'.repeat(64),
    };
    state.cases.set(row.id, view);
    state.me = who;
    const { page } = await desk(`/approvals/${row.id}`, { state });
    await page.getByText('须由另一人审批').waitFor();
    expect(await page.getByRole('button', { name: '批准并送达' }).isDisabled()).toBe(true);
    await page.keyboard.press('Control+Enter');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

describe('every page', () => {
  const PATHS: readonly (string | ((state: DeskState) => string))[] = [
    '/',
    '/queue',
    firstCase,
    '/approvals',
    (state) => `/approvals/${state.queue[1]?.id}`,
    '/notices',
    (state) => `/notices/${state.notices[0]?.id}`,
    '/runs',
    '/accounts',
    '/accounts/00000000-0000-4000-8000-000000000001',
    '/licences',
  ];
  it('fits 390 px, carries the demo mark, and needs no page-wide scrolling sideways', async () => {
    const state = freshState();
    const { page, url } = await desk('/', { width: 390, state });
    for (const path of PATHS) {
      await page.goto(url + (typeof path === 'string' ? path : path(state)));
      await page.getByText('演示', { exact: true }).first().waitFor();
      await page.locator('main').waitFor();
      await expect.poll(() => page.locator('.ant-skeleton').count()).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), String(path)).toBeLessThanOrEqual(0);
    }
  });

  it('speaks English when asked, in the dark too', async () => {
    const { page } = await desk('/', { dark: true });
    await page.getByRole('button', { name: '林静' }).click();
    await page.getByText('English').click();
    await page.getByRole('heading', { name: 'Desk' }).waitFor();
    expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme])).toEqual(['en', 'dark']);
  });

  it('lists every key of the table on ?', async () => {
    const { page } = await desk('/queue');
    await page.locator('[data-row]').first().waitFor();
    await pressUntil(page, '?', page.getByRole('dialog').getByText('确认选中的疑点'));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await pressUntil(page, 'Control+k', page.getByPlaceholder('输入页面、案号或账号'));
    await page.getByPlaceholder('输入页面、案号或账号').fill('0313');
    // The row of the queue behind says the same: Enter takes what the palette has selected.
    await page.locator('[cmdk-item][aria-selected="true"]', { hasText: 'HR-2026-0313' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/cases\//);
  });
});

describe('login and the run', () => {
  it('logs in and changes a one-time password where it is demanded', async () => {
    const state = freshState({ me: null });
    const { page } = await desk('/queue', { state });
    await page.locator('input[name=login]').fill('linjing');
    await page.locator('input[name=password]').fill('one-time');
    await page.keyboard.press('Enter');
    await page.locator('[data-row]').first().waitFor();
    state.me = { ...me({ mustChangePassword: true }), demo: false };
    await page.reload();
    await page.locator('input[name=current]').fill('one-time');
    await page.locator('input[name=next]').fill('a-long-password');
    await page.locator('input[name=again]').fill('a-long-password');
    await page.keyboard.press('Enter');
    await page.locator('[data-row]').first().waitFor();
    expect(await page.locator('.demo').count()).toBe(0);
  });

  it('starts a run and follows it', async () => {
    const state = freshState({ me: me({ capabilities: ['run.read', 'run.start', 'account.read', 'case.read'] }) });
    for (const run of state.runs) run.state = 'done';
    const { page } = await desk('/runs', { state });
    await page.getByRole('button', { name: '开始巡查' }).click();
    await page.waitForURL(/\/runs\//);
    await page.getByRole('progressbar').waitFor();
    state.progress = 1;
    const run = state.runs[0];
    if (run) Object.assign(run, { state: 'done', endedAt: new Date().toISOString() });
    await page.getByRole('progressbar').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /^受限 \d/ }).click();
    await page.getByText('页面要求登录').waitFor();
    expect(await page.locator('#tasks').getByText('已读取').count()).toBe(0);
  });
});
