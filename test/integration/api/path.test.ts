/** The whole path at the API with two people and a platform: queue, review, propose, approve, answer, verify; and what must be refused on the way. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyOf } from '../../../api/deps.ts';
import { signMessage } from '../../../cases/notice/sign.ts';
import { decideNotice, type NoticeEvent } from '../../../cases/workflow/notice-machine.ts';
import { loadConfig } from '../../../core/config.ts';
import { newId } from '../../../core/ids.ts';
import { type CaseView, caseView, noticeView, postDetail, queueCounts, queuePage } from '../../../core/model/api.ts';
import { runView } from '../../../core/model/api-run.ts';
import type { Receipt } from '../../../core/model/notice.ts';
import { EMPTY_COUNTS } from '../../../core/model/run.ts';
import { verifyAudit } from '../../../db/repositories/audit.ts';
import { appendLedger } from '../../../db/repositories/capture.ts';
import { applyEffects } from '../../../db/repositories/effects.ts';
import { insertVerification, loadNoticeFacts, noticeTargets } from '../../../db/repositories/notice.ts';
import { account, auditEntry, capture, caseFile, finding, maskedCopy, notice, outbox, runAccount, runTask, source } from '../../../db/schema/index.ts';
import { blobFacts, ledgerRow } from '../../../evidence/ledger.ts';
import { addCase, makeWorld, SYSTEM, type World } from './world.ts';

let world: World;
type Client = Awaited<ReturnType<World['client']>>;
let ann: Client;
let bob: Client;
beforeAll(async () => {
  world = await makeWorld();
  [ann, bob] = [await world.client('ann'), await world.client('bob')];
});
afterAll(() => world.close());

const POLICY = policyOf(loadConfig({}));
const see = async (who: Client, id: string): Promise<CaseView> => caseView.parse((await who.get(`/cases/${id}`)).json());
const act = (who: Client, id: string, body: object) => who.post(`/cases/${id}/actions`, body);
async function mustAct(who: Client, id: string, body: Record<string, unknown>): Promise<CaseView> {
  const { version } = await see(who, id);
  const answer = await act(who, id, { version, ...body });
  expect(answer.statusCode, answer.body).toBe(200);
  return caseView.parse(answer.json());
}
/** What the delivery and verification jobs do: decide and apply in one transaction. */
const system = (noticeId: string, event: NoticeEvent) =>
  world.db.transaction(async (tx) => {
    const facts = await loadNoticeFacts(tx, noticeId, true);
    if (event.event === 'probed') await insertVerification(tx, { noticeId, how: 'by_crawl', ...event.reading, captureIds: [], at: world.clock.now() });
    await applyEffects(tx, decideNotice(facts!, event, SYSTEM, world.clock.now(), POLICY), SYSTEM, world.clock.now());
  });
let messages = 0;
function answerAsPlatform(noticeId: string, receipt: Receipt | string, options: { secret?: string; id?: string; platform?: string } = {}) {
  messages += 1;
  const body = typeof receipt === 'string' ? receipt : JSON.stringify(receipt);
  const headers = signMessage(options.secret ?? world.secret, options.id ?? `msg-${messages}`, new Date(), body);
  const from = options.platform ? { 'x-pincha-platform': options.platform } : {};
  return world.api.inject({
    method: 'POST',
    url: `/api/v1/platform/notices/${noticeId}/receipts`,
    headers: { ...headers, ...from, 'content-type': 'application/json' },
    payload: body,
  });
}

/** Claim, confirm all, propose, approve. @returns the notice's id */
async function approved(caseId: string): Promise<string> {
  const claimed = await mustAct(ann, caseId, { action: 'claim' });
  for (const f of claimed.findings.filter((one) => one.state === 'open')) await mustAct(ann, caseId, { action: 'confirm', findingId: f.id });
  const proposed = await mustAct(ann, caseId, { action: 'propose', measure: 'suspend_service', days: 30, reason: '收取服装费' });
  const done = await mustAct(bob, caseId, { action: 'approve', sha256: proposed.proposal?.sha256 });
  expect(done.state).toBe('enforcing');
  return done.notices.at(-1)!.id;
}

describe('the whole path', () => {
  let caseId: string;
  let accountId: string;
  let noticeId: string;

  it('shows the case in the queue with its hook, and gives it to the one who asks for the next', async () => {
    ({ caseId, accountId } = await addCase(world.db, world.clock.now(), { priority: 90 }));
    await addCase(world.db, world.clock.now(), { name: '次要', priority: 10, posts: 1 });
    const page = queuePage.parse((await ann.get('/queue')).json());
    expect(page.items.map((i) => [i.priority, i.hook, i.kinds, i.state])).toEqual([
      [90, '入职交服装费300元', ['charging-jobseekers'], 'open'],
      [10, '入职交服装费300元', ['charging-jobseekers'], 'open'],
    ]);
    expect((await ann.post('/queue/next')).json()).toEqual({ caseId });
    expect(queueCounts.parse((await ann.get('/queue/counts')).json())).toMatchObject({ byState: { open: 1, in_review: 1 }, mine: 1 });
    expect(queuePage.parse((await ann.get('/queue?mine=true')).json()).items.map((i) => i.id)).toEqual([caseId]);
  });

  it('shows the reviewer masked posts, quotes that stand where they say, and why a button is off', async () => {
    const view = await see(ann, caseId);
    const [post] = view.posts;
    expect(post?.text).toContain('138****1234');
    expect(JSON.stringify(view)).not.toContain('13800131234');
    for (const f of view.findings) expect(view.posts.find((p) => p.id === f.postId)?.text.slice(f.start!, f.end!)).toBe(f.quote);
    expect(view.may).toMatchObject({ confirm: true, propose: '须先确认至少一条法定或线索级疑点' });
    expect((await see(bob, caseId)).may.confirm).toContain('没有权限');
    expect(view.suggested).toMatchObject({ measure: 'suspend_service' });
    expect(post?.capture).toMatchObject({ hasShot: true, shotFrom: 'sealed' });
  });

  it('refuses a proposal without confirmed findings, and a write on what was not the latest', async () => {
    const view = await see(ann, caseId);
    const early = await act(ann, caseId, { action: 'propose', version: view.version, measure: 'suspend_service', days: 30, reason: 'x' });
    expect([early.statusCode, early.json().error.code]).toEqual([409, 'GUARD_FAILED']);
    await mustAct(ann, caseId, { action: 'confirm', findingId: view.findings[0]!.id });
    const stale = await act(ann, caseId, { action: 'confirm', version: view.version, findingId: view.findings[1]!.id });
    expect([stale.statusCode, stale.json().error.code]).toEqual([409, 'STALE']);
    const rejected = await mustAct(ann, caseId, { action: 'reject', findingId: view.findings[1]!.id, reason: 'quoted_or_negated' });
    expect(rejected.findings.map((f) => [f.state, f.decidedBy?.name]).sort()).toEqual([
      ['confirmed', 'ann同志'],
      ['rejected', 'ann同志'],
    ]);
  });

  it('freezes the proposal and shows the approver the draft that would be sent', async () => {
    const view = await mustAct(ann, caseId, { action: 'propose', measure: 'suspend_service', days: 30, reason: '收取服装费' });
    expect(view.state).toBe('proposed');
    const [first] = view.findings;
    expect((await act(ann, caseId, { action: 'undecide', version: view.version, findingId: first!.id })).json().error.code).toBe('TRANSITION_INVALID');
    const draft = await bob.get(`/cases/${caseId}/document`);
    expect(draft.headers['content-security-policy']).toContain("default-src 'none'");
    expect(draft.body).toContain('稿样·未经签发');
    expect(draft.body).toContain('依据：待法制确认');
  });

  it('lets another person approve what they saw, and writes one notice with its event', async () => {
    const view = await see(bob, caseId);
    const blind = await act(bob, caseId, { action: 'approve', version: view.version, sha256: 'f'.repeat(64) });
    expect(blind.json().error.code).toBe('GUARD_FAILED');
    const done = await mustAct(bob, caseId, { action: 'approve', sha256: view.proposal?.sha256 });
    expect(done.notices).toHaveLength(1);
    noticeId = done.notices[0]!.id;
    const events = await world.db.select().from(outbox);
    expect(events.filter((e) => (e.payload as { noticeId?: string }).noticeId === noticeId).map((e) => e.topic)).toEqual(['notice.send']);
    const issued = await bob.get(`/notices/${noticeId}/document`);
    expect(issued.body).not.toContain('稿样');
    expect(issued.body).toContain('演示');
  });

  it('takes the platform’s answers once, and closes the case when two probes saw nothing', async () => {
    await system(noticeId, { event: 'send_start' });
    await system(noticeId, { event: 'delivered' });
    expect((await answerAsPlatform(noticeId, { kind: 'acknowledged', reference: 'B-1' })).statusCode).toBe(200);
    expect((await answerAsPlatform(noticeId, { kind: 'acted', reference: 'B-1' })).statusCode).toBe(200);
    expect((await noticeTargets(world.db, noticeId))?.posts).toHaveLength(1);
    await system(noticeId, { event: 'probed', reading: { verdict: 'confirmed_off', detail: '已看不到' } });
    expect((await see(bob, caseId)).state).toBe('enforcing');
    await system(noticeId, { event: 'probed', reading: { verdict: 'confirmed_off', detail: '已看不到' } });
    const view = await see(bob, caseId);
    expect(view).toMatchObject({ state: 'closed', outcome: 'enforced', account: { status: 'suspended', banned: true } });
    const shown = noticeView.parse((await bob.get(`/notices/${noticeId}`)).json());
    expect(shown).toMatchObject({ state: 'verified', verdict: 'confirmed_off', platformReference: 'B-1', attempts: 1 });
    expect(shown.verifications.map((v) => [v.probe, v.verdict])).toEqual([
      [1, 'confirmed_off'],
      [2, 'confirmed_off'],
    ]);
    expect(view.events.map((e) => e.action)).toEqual(['open', 'claim', 'confirm', 'reject', 'propose', 'approve', 'verified']);
    const [row] = await world.db.select().from(account).where(eq(account.id, accountId));
    expect(row).toMatchObject({ banned: true });
  });

  it('puts a case back when the platform only claimed, and supersedes the failed notice', async () => {
    const again = await addCase(world.db, world.clock.now(), { name: '只说不做' });
    const failed = await approved(again.caseId);
    expect((await answerAsPlatform(failed, { kind: 'acted' })).statusCode).toBe(200);
    for (let i = 0; i < 2; i += 1) await system(failed, { event: 'probed', reading: { verdict: 'still_live', detail: '仍在' } });
    expect(await see(ann, again.caseId)).toMatchObject({ state: 'open', proposal: null, claimedBy: { name: 'ann同志' } });
    expect(queueCounts.parse((await ann.get('/queue/counts')).json()).noticesNeedingMe).toBe(1);
    const second = await approved(again.caseId);
    const states = await world.db.select({ id: notice.id, state: notice.state, number: notice.number }).from(notice).where(eq(notice.caseId, again.caseId));
    expect(new Map(states.map((n) => [n.id, n.state]))).toEqual(
      new Map([
        [failed, 'amended'],
        [second, 'approved'],
      ]),
    );
    expect(states.map((n) => n.number.slice(-2)).sort()).toEqual(['T1', 'T2']);
    expect((await bob.get(`/notices/${second}/document`)).body).toMatch(/本通知取代 聘查通〔2026〕\d+-1号/);
    expect((await bob.get(`/notices/${failed}/document`)).body).toContain('已更正');
  });
});

describe('the platforms’ door', () => {
  it('gives the same answer to a receipt sent twice and refuses a different one', async () => {
    const { caseId } = await addCase(world.db, world.clock.now(), { name: '两次回执' });
    const id = await approved(caseId);
    const first = await answerAsPlatform(id, { kind: 'refused', reason: 'not_ours' }, { id: 'same' });
    expect([first.statusCode, first.headers['idempotent-replay']]).toEqual([200, undefined]);
    for (const messageId of ['same', 'another']) {
      const twice = await answerAsPlatform(id, { kind: 'refused', reason: 'not_ours' }, { id: messageId });
      expect([twice.statusCode, twice.headers['idempotent-replay'], twice.json()]).toEqual([200, 'true', first.json()]);
    }
    const other = await answerAsPlatform(id, { kind: 'refused', reason: 'disputed' });
    expect([other.statusCode, other.json().error.code]).toEqual([409, 'ALREADY_ANSWERED']);
    const contrary = await answerAsPlatform(id, { kind: 'acted' });
    expect([contrary.statusCode, contrary.json().error.code]).toEqual([409, 'ALREADY_ANSWERED']);
    expect(await see(ann, caseId)).toMatchObject({ state: 'open' });
    expect((await world.db.select().from(notice).where(eq(notice.id, id)))[0]).toMatchObject({ state: 'refused', refusalReason: 'not_ours' });
  });

  it('accepts only what is signed by the platform the notice went to', async () => {
    const { caseId } = await addCase(world.db, world.clock.now(), { name: '签名' });
    const id = await approved(caseId);
    const receipt = { kind: 'acknowledged' } as const;
    const code = async (answer: ReturnType<typeof answerAsPlatform>) => [(await answer).statusCode, (await answer).json().error?.code];
    expect(await code(answerAsPlatform(id, receipt, { secret: `whsec_${Buffer.from('wrong').toString('base64')}` }))).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await code(answerAsPlatform(id, receipt, { platform: 'other' }))).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await code(answerAsPlatform(id, receipt, { platform: 'unknown' }))).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await code(answerAsPlatform('01900000-0000-7000-8000-000000000000', receipt))).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await code(answerAsPlatform(id, '{"kind":"done"}'))).toEqual([400, 'INPUT_INVALID']);
    expect(await code(answerAsPlatform(id, '{'))).toEqual([400, 'INPUT_INVALID']);
    expect((await world.db.select().from(notice).where(eq(notice.id, id)))[0]?.state).toBe('approved');
  });

  it('lists a platform its own notices only', async () => {
    const list = (platform: string) =>
      world.api.inject({ url: '/api/v1/platform/notices', headers: { ...signMessage(world.secret, 'list', new Date(), ''), 'x-pincha-platform': platform } });
    const mine = (await list('board')).json();
    expect(mine.items.length).toBeGreaterThan(2);
    expect(mine.items[0].body).toMatchObject({ platform: 'board', demo: true });
    expect((await list('other')).json().error.code).toBe('SIGNATURE_INVALID');
  });

  it('stores one answer when the same message comes twice at once', async () => {
    const { caseId } = await addCase(world.db, world.clock.now(), { name: '同时' });
    const id = await approved(caseId);
    const both = await Promise.all([answerAsPlatform(id, { kind: 'acted' }, { id: 'x' }), answerAsPlatform(id, { kind: 'acted' }, { id: 'x' })]);
    expect(both.map((a) => a.statusCode)).toEqual([200, 200]);
    expect(both.filter((a) => a.headers['idempotent-replay'])).toHaveLength(1);
    const verify = (await world.db.select().from(outbox)).filter((e) => e.topic === 'notice.verify' && (e.payload as { noticeId: string }).noticeId === id);
    expect(verify).toHaveLength(1);
  });
});

describe('what is looked at', () => {
  it('is logged when it is unmasked or raw, and only for those who may', async () => {
    const { caseId } = await addCase(world.db, world.clock.now(), { name: '查看' });
    const view = await see(ann, caseId);
    const [post] = view.posts;
    expect(postDetail.parse((await ann.get(`/posts/${post!.id}?unmask=true`)).json()).post.text).toContain('13800131234');
    expect((await ann.post(`/cases/${caseId}/unmask`)).json().posts[0].text).toContain('13800131234');
    const raw = await ann.get(`/captures/${post!.capture!.id}/raw`);
    expect(raw.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
    expect(raw.headers['content-disposition']).toContain('attachment');
    expect(raw.headers['content-security-policy']).toContain('sandbox');
    // As long as there is no masked copy nobody is shown the shot who does not ask for the original.
    const shot = `/captures/${post!.capture!.id}/shot.png`;
    expect((await ann.get(shot)).json().error.code).toBe('NOT_FOUND');
    expect((await ann.get(`${shot}?original=true`)).headers['content-type']).toBe('image/png');
    const masked = Buffer.from('\x89PNG\r\nmasked', 'latin1');
    const [{ shotSha256 = '' } = {}] = (await world.db.select().from(capture).where(eq(capture.id, post!.capture!.id))) as { shotSha256: string }[];
    const copy = { originalSha256: shotSha256, kind: 'shot' as const, captureId: post!.capture!.id, engine: 'test', madeAt: world.clock.now() };
    await world.db.insert(maskedCopy).values({ ...copy, sha256: await world.content.put(masked), covered: { phone: 1 } });
    expect((await ann.get(shot)).rawPayload.equals(masked)).toBe(true);
    const looks = (await world.db.select().from(auditEntry).orderBy(auditEntry.seq)).filter(
      (a) => a.actorId === world.people.ann && [post!.id, caseId, post!.capture!.id].includes(a.subjectId),
    );
    expect(looks.map((a) => a.action)).toEqual(['post.unmask', 'case.unmask', 'capture.raw', 'capture.shot.original', 'capture.shot']);
    const ops = await world.client('ops');
    expect((await ops.get(`/posts/${post!.id}?unmask=true`)).json().error.code).toBe('FORBIDDEN');
    expect((await ops.get(`/captures/${post!.capture!.id}/raw`)).json().error.code).toBe('FORBIDDEN');
    const watcher = await world.client('sue');
    expect([(await watcher.get(shot)).statusCode, (await watcher.get(`${shot}?original=true`)).statusCode]).toEqual([200, 403]);
    // No other door shows them what the shot hides.
    expect((await watcher.get(`/captures/${post!.capture!.id}/raw`)).json().error.code).toBe('FORBIDDEN');
    const words = Buffer.from('联系电话 13800131234');
    const facts = blobFacts({ sha256: await world.content.put(words), size: words.length, from: 'sealed' });
    const entry = { kind: 'dom_text' as const, refId: post!.capture!.id, payload: facts, at: world.clock.now() };
    await world.db.transaction((tx) => appendLedger(tx, (prev) => ledgerRow(prev, entry)));
    const text = `/captures/${post!.capture!.id}/texts/dom_text`;
    expect((await watcher.get(text)).body).toBe('联系电话 138****1234');
    expect((await watcher.get(`${text}?original=true`)).json().error.code).toBe('FORBIDDEN');
    expect((await ann.get(`${text}?original=true`)).body).toBe('联系电话 13800131234');
  });

  it('leaves an audit chain that verifies, and nothing undecided behind', async () => {
    const checked = await verifyAudit(world.db);
    expect(checked.brokenAt).toBeNull();
    expect(checked.entries).toBeGreaterThan(40);
    const confirmed = await world.db.select().from(finding).where(eq(finding.state, 'confirmed'));
    for (const f of confirmed) expect(f.decidedBy).toBe(world.people.ann);
    expect((await world.db.select().from(caseFile)).every((c) => c.version > 0)).toBe(true);
  });
});

describe('the rest of the desk', () => {
  it('publishes its schemas and its health', async () => {
    const spec = (await world.api.inject({ url: '/api/openapi.json' })).json();
    expect(spec.openapi).toBe('3.1.0');
    expect(Object.keys(spec.paths)).toEqual(
      expect.arrayContaining(['/api/v1/queue', '/api/v1/cases/{id}/actions', '/api/v1/platform/notices/{id}/receipts', '/api/v1/screen']),
    );
    const health = (await world.api.inject({ url: '/healthz' })).json();
    expect(health).toMatchObject({ status: 'ok', version: '0.1.0', lastRun: null });
    expect(health.openCases).toBeGreaterThan(0);
    expect((await world.api.inject({ url: '/healthz', remoteAddress: '192.0.2.1' })).json()).toEqual({ status: 'ok', version: '0.1.0' });
  });

  it('pages accounts, posts and runs without showing a row twice', async () => {
    const { accountId } = await addCase(world.db, world.clock.now(), { name: '翻页', posts: 5 });
    const walk = async (path: string): Promise<string[]> => {
      const ids: string[] = [];
      for (let cursor = ''; ; ) {
        const body = (await ann.get(`${path}?limit=2${cursor}`)).json();
        ids.push(...body.items.map((i: { id: string }) => i.id));
        if (!body.nextCursor) return ids;
        cursor = `&cursor=${body.nextCursor}`;
      }
    };
    const posts = await walk(`/accounts/${accountId}/posts`);
    expect([posts.length, new Set(posts).size]).toEqual([5, 5]);
    const accounts = await walk('/accounts');
    expect(new Set(accounts).size).toBe((await world.db.select().from(account)).length);
    expect((await walk('/queue')).length).toBe((await world.db.select().from(caseFile)).filter((c) => c.state !== 'closed').length);
    expect((await walk('/notices')).length).toBe((await world.db.select().from(notice)).length);
    expect((await ann.get(`/accounts/${accountId}`)).json()).toMatchObject({ account: { name: '翻页' }, sources: [] });
  });

  it('tells a run by lanes and in one sentence', async () => {
    const now = world.clock.now();
    const runId = (await (await world.client('ops')).post('/runs')).json().id;
    const { accountId } = await addCase(world.db, now, { name: '巡查' });
    const count = (over: object) => ({ ...EMPTY_COUNTS, ...over });
    for (const [i, walls] of [0, 1].entries()) {
      const sourceId = newId();
      await world.db.insert(source).values({ id: sourceId, platform: 'board', name: `源${i}`, url: `http://board.test/${i}`, nextDueAt: now, createdAt: now });
      const ended = i === 0 ? { state: 'done' as const, endedAt: new Date(now.getTime() + 61_000) } : { state: 'working' as const };
      await world.db.insert(runTask).values({ id: newId(), runId, sourceId, counts: count({ pages: 3, posts: 1_200, walls }), ...ended });
    }
    const [seen] = await world.db.select({ id: source.id }).from(source).where(eq(source.url, 'http://board.test/0'));
    const page = {
      runId,
      sourceId: seen?.id ?? null,
      kind: 'list' as const,
      outcome: 'ok' as const,
      size: 1,
      via: 'http' as const,
      fetchedAt: new Date(now.getTime() + 61_000),
    };
    for (const n of [1, 2, 3])
      await world.db.insert(capture).values({ id: newId(), url: `http://board.test/0?${n}`, finalUrl: `http://board.test/0?${n}`, ...page });
    await world.db.insert(runAccount).values({ runId, accountId, state: 'done', counts: count({ findings: 9, newFindings: 7 }), endedAt: now });
    const view = runView.parse((await ann.get(`/runs/${runId}`)).json());
    expect(view.sentence).toBe('巡查进行中 1/2，2,400 条，新增疑点 7，1 个平台受限');
    expect(view.lanes).toHaveLength(1);
    expect(view.lanes[0]).toMatchObject({ platform: 'board', sources: 2, done: 1, ticks: [{ minute: 1, pages: 3, posts: 0 }] });
    expect(view.tasks.map((t) => t.state)).toEqual(['running', 'done']);
    expect((await (await world.client('ops')).post(`/runs/${runId}/stop`)).json()).toEqual({ ok: true });
    expect((await ann.get('/runs')).json().items[0].id).toBe(runId);
  });

  it('screens what it is given', async () => {
    const answer = await ann.post('/screen', { posts: [{ id: 'p', text: '招聘' }] });
    expect(answer.json()).toEqual({ results: [{ id: 'p', score: 0, level: 'none', findings: [] }] });
    expect((await ann.post('/screen', { posts: [{ id: 'p' }] })).json().error.details.field).toBe('posts.0.text');
  });
});
