/** The sandbox's notice desk: what comes of a notice, what it reports, and what survives a restart. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { NoticeBody } from '../../../core/model/notice.ts';
import { feedToken } from '../../../sandbox/faces/feed.ts';
import { generateWorld } from '../../../sandbox/generate.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { loadTexts } from '../../../sandbox/texts/load.ts';
import { accountById, accountOf, closeNow, deliver, inbox, notice, own, page, SECRET, send, start, world } from '../../support/sandbox-server.ts';

describe('the notice desk', () => {
  it('suspends a public account and reports it, and its party returns on the board', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const pair = world.returns[0]!;
    const article = world.posts.find((p) => p.account === pair.from.externalId && p.status === 'live')!;
    expect((await fetch(sandbox.accountUrl('sandbox-board', pair.to.externalId))).status).toBe(404);
    const body = notice('sandbox-wechat', pair.from.externalId);
    await deliver(sandbox, body);
    await sandbox.receiptsSent();
    expect(box.got.map((r) => [r.noticeId, r.kind])).toEqual([
      [body.noticeId, 'acknowledged'],
      [body.noticeId, 'acted'],
    ]);
    expect(Number.isNaN(Date.parse(box.got[1]!.actedAt!))).toBe(false);
    for (const url of [sandbox.accountUrl('sandbox-wechat', pair.from.externalId), sandbox.postUrl('sandbox-wechat', article.id)])
      expect(await page(url)).toContain('此账号已被暂停发布招聘信息/服务');
    expect(await page(sandbox.accountUrl('sandbox-board', pair.to.externalId))).toContain(accountById(pair.to.externalId).subjectName);
  });

  it('takes a notice once, however often it comes, and not with other words', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const body = notice('sandbox-wechat', accountOf('sandbox-wechat').externalId);
    await deliver(sandbox, body, 3);
    await sandbox.receiptsSent();
    expect(box.got).toHaveLength(2);
    expect((await send(sandbox, { ...body, measure: 'warn' })).status).toBe(409);
  });

  it('turns the first delivery to the board away', async () => {
    const sandbox = await start();
    const account = accountOf('sandbox-board', (a) => a.role === 'unlicensed-intermediary');
    expect(await deliver(sandbox, notice('sandbox-board', account.externalId), 2)).toEqual([503, 200]);
    expect(await page(sandbox.accountUrl('sandbox-board', account.externalId))).toContain('该单位已被暂停发布招聘信息/服务');
    const lists = await page(`${sandbox.origins['sandbox-board']}/jobs`);
    for (const post of world.posts.filter((p) => p.account === account.externalId)) expect(lists).not.toContain(`/job/${post.id}.html`);
  });

  it('lets the feed claim to have acted while nothing changes, until it is told to be honest', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const [first, second] = world.accounts.filter((a) => a.platform === 'sandbox-feed');
    await deliver(sandbox, notice('sandbox-feed', first!.externalId));
    await sandbox.receiptsSent();
    expect(box.got.map((r) => r.kind)).toEqual(['acknowledged', 'acted']);
    const headers = { 'x-feed-seed': `s${world.seed}`, 'x-feed-token': feedToken(`s${world.seed}`) };
    const feed = (id: string): Promise<{ items?: unknown[]; error?: string }> =>
      fetch(`${sandbox.origins['sandbox-feed']}/api/feed?u=${id}&cursor=`, { headers }).then((r) => r.json() as Promise<{ items?: unknown[]; error?: string }>);
    expect((await feed(first!.externalId)).items!.length).toBeGreaterThan(0);
    sandbox.setBehaviour('sandbox-feed', 'honest');
    await deliver(sandbox, notice('sandbox-feed', second!.externalId));
    expect((await feed(second!.externalId)).error).toBe('suspended');
  });

  it('refuses, stays silent or does not know the account, as told', async () => {
    const box = await inbox();
    const sandbox = await start({ notifyUrl: box.url });
    const [a, b] = world.accounts.filter((x) => x.platform === 'sandbox-wechat');
    sandbox.setBehaviour('sandbox-wechat', 'refuses');
    await deliver(sandbox, notice('sandbox-wechat', a!.externalId));
    sandbox.setBehaviour('sandbox-wechat', 'silent');
    await deliver(sandbox, notice('sandbox-wechat', b!.externalId));
    sandbox.setBehaviour('sandbox-wechat', 'honest');
    await deliver(sandbox, notice('sandbox-wechat', 'nobody'));
    await sandbox.receiptsSent();
    expect(box.got.map((r) => [r.kind, r.reason])).toEqual([
      ['refused', 'disputed'],
      ['refused', 'not_found'],
    ]);
    expect(sandbox.isSuspended('sandbox-wechat', a!.externalId)).toBe(false);
  });

  it('refuses wrong signatures, old ones, wrong bodies and unknown platforms', async () => {
    const sandbox = await start();
    const body = notice('sandbox-wechat', accountOf('sandbox-wechat').externalId);
    expect((await send(sandbox, body, { 'webhook-signature': `v1,${Buffer.from('x'.repeat(32)).toString('base64')}` })).status).toBe(401);
    expect((await send(sandbox, body, { 'webhook-timestamp': '1000000000' })).status).toBe(401);
    expect((await fetch(sandbox.noticeUrl, { method: 'POST', body: JSON.stringify(body) })).status).toBe(401);
    expect(((await (await send(sandbox, { ...body, measure: 'banish' } as unknown as NoticeBody)).json()) as { message: string }).message).toContain('measure');
    expect((await send(sandbox, { ...body, platform: 'elsewhere' })).status).toBe(400);
    expect(sandbox.isSuspended('sandbox-wechat', body.target.platformAccountId)).toBe(false);
    sandbox.fail(1);
    expect((await send(sandbox, body)).status).toBe(503);
    expect((await send(sandbox, body)).status).toBe(200);
  });

  it('deletes only the named posts for that measure, and a later milder notice lifts a suspension', async () => {
    const sandbox = await start();
    const account = accountOf('sandbox-wechat', (a) => a.role === 'careless-employer');
    const [gone, kept] = world.posts.filter((p) => p.account === account.externalId && p.status === 'live');
    const finding = {
      kind: 'gender-restriction' as const,
      kindZh: '性别限制',
      postUrl: sandbox.postUrl('sandbox-wechat', gone!.id),
      quote: null,
      legalBasis: [],
      detection: 'rule' as const,
      automated: 'none' as const,
    };
    await deliver(sandbox, notice('sandbox-wechat', account.externalId, { noticeId: 'n1', measure: 'delete_post', findings: [finding] }));
    expect(await page(sandbox.postUrl('sandbox-wechat', gone!.id))).toContain('此内容因违规无法查看');
    expect(await page(sandbox.postUrl('sandbox-wechat', kept!.id))).toContain('cgiDataNew');
    await deliver(sandbox, notice('sandbox-wechat', account.externalId, { noticeId: 'n2' }));
    expect(sandbox.isSuspended('sandbox-wechat', account.externalId)).toBe(true);
    await deliver(sandbox, notice('sandbox-wechat', account.externalId, { noticeId: 'n3', measure: 'warn', supersedes: 'n2' }));
    expect(sandbox.isSuspended('sandbox-wechat', account.externalId)).toBe(false);
  });
});

describe('restarting', () => {
  it('keeps suspensions, addresses and receipts still to send', async () => {
    const stateFile = own('state.json');
    const account = accountOf('sandbox-wechat', (a) => a.role === 'unverified');
    const first = await start({ stateFile });
    await deliver(first, notice('sandbox-wechat', account.externalId));
    await closeNow(first);
    const box = await inbox(2);
    const second = await start({ stateFile, notifyUrl: box.url });
    expect(second.hosts).toEqual(first.hosts);
    expect(second.isSuspended('sandbox-wechat', account.externalId)).toBe(true);
    await second.receiptsSent();
    expect(box.got.map((r) => r.kind)).toEqual(['acknowledged', 'acted']);
    expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({ pending: [] });
  });

  it('begins anew for another seed and says so when the file is broken', async () => {
    const stateFile = own('state.json');
    const first = await start({ stateFile });
    const account = accountOf('sandbox-wechat');
    await deliver(first, notice('sandbox-wechat', account.externalId));
    await closeNow(first);
    const other = generateWorld({ seed: 8, texts: loadTexts() });
    const second = await startSandbox({ world: other, noticeSecret: SECRET, stateFile });
    expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({ seed: 8, suspended: {} });
    await second.close();
    await writeFile(stateFile, '{"half":');
    await expect(start({ stateFile })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('listens on loopback only and names a taken port', async () => {
    await expect(startSandbox({ world, noticeSecret: SECRET, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const first = await start();
    const port = Number(first.hosts[0]!.split(':')[1]);
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });
});
