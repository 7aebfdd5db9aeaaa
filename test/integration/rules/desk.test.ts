/** Rules over the API: a draft cannot be published by its author, is tried first, and takes effect with audit, event and re-screening. */
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../../api/server.ts';
import { createLiveLaw, type LiveLaw } from '../../../bin/live-law.ts';
import { createRuleDesk } from '../../../bin/rule-desk.ts';
import { loadConfig } from '../../../core/config.ts';
import { sha256 } from '../../../core/digest.ts';
import { newId } from '../../../core/ids.ts';
import { inTransaction } from '../../../db/connect.ts';
import { saveAccount, savePost } from '../../../db/repositories/content.ts';
import { auditEntry, finding, outbox, ruleEvent } from '../../../db/schema/index.ts';
import type { JobContext } from '../../../queue/context.ts';
import { workRuleJob } from '../../../queue/jobs/rule-archive.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { addUser, logIn } from '../api/world.ts';

let db: TestDatabase;
let api: Api;
let law: LiveLaw;
type Client = Awaited<ReturnType<typeof logIn>>;
let [ann, bob, both, ops]: Client[] = [];
let accountId = '';
let postId = '';

const BADGE = '本厂诚聘包装工两名，月薪五千元，入职先交紫金胸牌费，面试电话13800131234联系。';
let pack = '';

beforeAll(async () => {
  db = await freshDatabase();
  const clock = { now: () => new Date() };
  law = await createLiveLaw(db.db, clock, (words) => {
    throw new Error(words);
  });
  api = await createApi({
    db: db.db,
    config: loadConfig({}),
    clock,
    log: pino({ level: 'silent' }),
    readCapture: async () => ({ url: '', status: 200, headers: [], body: Buffer.from('') }),
    content: { put: async (b) => sha256(b), get: async () => null },
    startRun: async () => ({ runId: newId() }),
    stopRun: async () => {},
    rules: createRuleDesk(law),
    uiDir: 'review-ui/dist',
    version: '0',
  });
  const now = clock.now();
  await addUser(db.db, 'ann', ['reviewer'], now);
  await addUser(db.db, 'bob', ['approver'], now);
  await addUser(db.db, 'both', ['reviewer', 'approver'], now);
  await addUser(db.db, 'ops', ['operator'], now);
  [ann, bob, both, ops] = [await logIn(api, 'ann'), await logIn(api, 'bob'), await logIn(api, 'both'), await logIn(api, 'ops')];
  accountId = await inTransaction(db.db, (tx) => saveAccount(tx, { platform: 'board', input: { id: 'a', name: '甲' }, url: null, now }));
  const input = { id: 'p', title: '招聘普工', text: BADGE };
  const saved = await inTransaction(db.db, (tx) =>
    savePost(tx, { accountId, platform: 'board', externalId: 'p', input, contentSha256: sha256(BADGE), captureId: null, publishedAt: null, now }),
  );
  postId = saved.postId;
  pack = `${(await ann!.get('/rule-packs/charging')).json<{ text: string }>().text}
  - id: charging.test-badge
    why: 写明“{quote}”，向求职者收取费用
    patterns: ['(?:交|收)紫金胸牌费']
    mustMatch: ['入职先交紫金胸牌费']
    mustNotMatch: ['胸牌由公司发放']
`;
});
afterAll(async () => {
  await api.close();
  await db.close();
});

const act = (who: Client, id: string, action: string, version: number, more: object = {}) =>
  who.post(`/rule-revisions/${id}/actions`, { action, version, ...more });
const work = (jobId: string) =>
  workRuleJob({ db: db.db, clock: { now: () => new Date() }, law, signal: new AbortController().signal } as unknown as JobContext, jobId);

describe('reading rules', () => {
  it('lists every rule in force page by page, once each', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await ops!.get(`/rules?limit=40${cursor ? `&cursor=${cursor}` : ''}`);
      expect(answer.statusCode).toBe(200);
      const page: { items: { id: string }[]; nextCursor: string | null } = answer.json();
      seen.push(...page.items.map((r) => r.id));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(law.active().rules.rules.length);
  });

  it('explains one: what it looks for, law with sanctions and conditions, exceptions, examples', async () => {
    const view = (await ops!.get('/rules/gender.only-male')).json();
    expect(view.rule.looksFor.length).toBeGreaterThan(3);
    const article = view.rule.articles.find((a: { id: string }) => a.id === 'women-2022.43.1');
    expect(article).toMatchObject({ verified: false, textSeen: true });
    expect(article.text).toContain('限定为男性');
    expect(article.sanctions[0].steps).toContainEqual(expect.objectContaining({ do: 'fine', when: ['on-refusal-or-serious'] }));
    expect(view.rule.exceptions.length).toBeGreaterThan(0);
    expect(view.rule.examples.hits.length).toBeGreaterThan(0);
    expect((await ops!.get('/rules/no.such')).statusCode).toBe(404);
  });

  it('tells precision from what reviewers decided, duplicates left out, with false alarms to read', async () => {
    const row = (state: 'confirmed' | 'rejected', rejectReason: 'quoted_or_negated' | 'duplicate' | null) => ({
      id: newId(),
      accountId,
      postId,
      postVersion: 1,
      dedupeKey: newId(),
      kind: 'gender-restriction' as const,
      level: 'statutory' as const,
      score: 0.9,
      source: 'rule' as const,
      by: 'gender.only-male@1',
      field: 'text',
      quote: '限男性13800131234',
      articles: [],
      exempt: false,
      why: '',
      state,
      rejectReason,
      decidedAt: new Date(),
      createdAt: new Date(),
    });
    await db.db
      .insert(finding)
      .values([...Array.from({ length: 7 }, () => row('confirmed', null)), row('rejected', 'quoted_or_negated'), row('rejected', 'duplicate')]);
    const { decisions } = (await ops!.get('/rules/gender.only-male')).json();
    expect(decisions).toMatchObject({
      confirmed: 7,
      rejected: 2,
      duplicates: 1,
      reasons: { quoted_or_negated: 1, duplicate: 1 },
      precision: { n: 8, share: 0.875 },
    });
    expect(decisions.precision.low).toBeCloseTo(0.5291, 3);
    const alarms = (await ops!.get('/rules/gender.only-male/findings?limit=1')).json();
    expect(alarms.items).toHaveLength(1);
    expect(alarms.items[0].quote).not.toContain('13800131234');
    expect(alarms.nextCursor).not.toBeNull();
    await db.db.delete(finding);
  });
});

describe('a draft', () => {
  it('is refused by name when it is wrong, and by right when the hand is', async () => {
    const wrong = await ann!.post('/rule-revisions', { text: pack.replace('(?:交|收)紫金胸牌费', '(a+)+') });
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().error).toMatchObject({ code: 'RULES_INVALID' });
    expect(wrong.json().error.message).toContain('charging.test-badge');
    const sameNumber = await ann!.post('/rule-revisions', { text: pack.replace('why: ', 'why: 可见') });
    expect(sameNumber.json().error?.message).toContain('version');
    expect((await ops!.post('/rule-revisions', { text: pack })).statusCode).toBe(403);
    expect((await bob!.post('/rule-revisions', { text: pack })).statusCode).toBe(403);
  });

  it('goes from draft through shadow and replay into force by another hand, and back', async () => {
    const made = (await both!.post('/rule-revisions', { text: pack, note: '新花样' })).json();
    expect(made).toMatchObject({ state: 'draft', pack: 'charging', fault: null, version: 1 });
    expect(made.report.changes.filter((c: { change: string }) => c.change !== 'same')).toEqual([
      { rule: 'charging.test-badge', change: 'added', from: null, to: 1 },
    ]);
    expect((await act(bob!, made.id, 'publish', 1)).json().error.code).toBe('TRANSITION_INVALID');
    expect((await act(both!, made.id, 'shadow', 1)).json()).toMatchObject({ state: 'shadow', version: 2 });
    expect((await act(both!, made.id, 'shadow', 1)).json().error.code).toBe('STALE');
    expect((await act(both!, made.id, 'publish', 2)).json().error.code).toBe('FOUR_EYES');
    expect((await act(ann!, made.id, 'publish', 2)).statusCode).toBe(403);
    expect((await act(bob!, made.id, 'publish', 2)).json().error.message).toContain('尚未回放');

    const job = (await both!.post(`/rule-revisions/${made.id}/replay`)).json();
    expect(await work(job.id)).toMatchObject({ state: 'done', counts: { added: 1 } });
    const sample = (await both!.get(`/rule-differences/${job.id}?change=added`)).json();
    expect(sample.items).toMatchObject([{ quote: '交紫金胸牌费', platform: 'board', verdict: null }]);
    expect(JSON.stringify(sample)).not.toContain('13800131234');
    expect((await both!.post(`/rule-differences/${sample.items[0].id}/judge`, { verdict: 'yes' })).statusCode).toBe(200);
    expect((await both!.get(`/rule-differences/${job.id}?change=added`)).json().estimate).toMatchObject({ yes: 1, no: 0, open: 0, share: { n: 1 } });

    const version = law.active().rules.version;
    expect((await act(bob!, made.id, 'publish', 2)).json()).toMatchObject({ state: 'published', publishedByName: 'bob同志' });
    expect(law.active().rules.version).not.toBe(version);
    expect((await ops!.get('/rules/charging.test-badge')).statusCode).toBe(200);
    const events = (await db.db.select().from(ruleEvent)).filter((e) => e.revisionId === made.id).map((e) => e.action);
    expect(events).toEqual(['draft', 'shadow', 'publish']);
    const audits = (await db.db.select().from(auditEntry)).filter((e) => e.subjectId === made.id).map((e) => [e.action, e.actorName]);
    expect(audits).toContainEqual(['rule.publish', 'bob同志']);
    const jobs = (await ops!.get('/rule-jobs?kind=rescreen')).json();
    expect(jobs.items).toMatchObject([{ state: 'running', revisionId: made.id, total: 1 }]);
    expect((await db.db.select().from(outbox)).map((o) => o.payload)).toContainEqual({ jobId: jobs.items[0].id });

    expect((await bob!.post('/rule-packs/charging/restore')).json()).toEqual({ changed: true });
    expect(law.active().rules.version).toBe(version);
    const back = (await bob!.get(`/rule-revisions/${made.id}`)).json();
    expect(back.state).toBe('retired');
    expect((await act(both!, made.id, 'publish', back.version)).json().error.code).toBe('FOUR_EYES');
    expect((await act(bob!, made.id, 'publish', back.version)).json().state).toBe('published');
    expect(
      (await bob!.get(`/law-sets/${law.active().rules.version}`))
        .json()
        .files.map((f: { text: string }) => f.text)
        .join(''),
    ).toContain('紫金胸牌费');
  });

  it('must be brought up to date when the pack changed under it', async () => {
    const next = pack.replace('紫金胸牌费', '紫金胸牌费|收黑铁胸牌费').replace('charging.test-badge\n', 'charging.test-badge\n    version: 2\n');
    const one = (await ann!.post('/rule-revisions', { text: next })).json();
    const two = (
      await ann!.post('/rule-revisions', { text: next.replace('黑铁', '白银').replace('test-badge\n    version: 2', 'test-badge\n    version: 3') })
    ).json();
    for (const made of [one, two]) {
      await act(ann!, made.id, 'shadow', 1);
      await work((await ann!.post(`/rule-revisions/${made.id}/replay`)).json().id);
    }
    expect((await act(bob!, one.id, 'publish', 2)).json().state).toBe('published');
    expect((await act(bob!, two.id, 'publish', 2)).json().error.message).toContain('已更新');
    const drafted = (await act(ann!, two.id, 'back', 2)).json();
    const saved = (await act(ann!, two.id, 'save', drafted.version, { text: two.text, note: '在新文本上' })).json();
    expect((await act(ann!, two.id, 'shadow', saved.version)).json().state).toBe('shadow');
  });
});

describe('a rule', () => {
  it('can be switched off at once, with a reason, and on again', async () => {
    expect((await ann!.post('/rules/age.upper/switch', { on: false, reason: '误报过多' })).statusCode).toBe(403);
    const rule = law.active().rules.rules.find((r) => r.pack === 'age')?.id ?? '';
    expect((await bob!.post(`/rules/${rule}/switch`, { on: false, reason: '误报过多' })).json()).toEqual({ changed: true });
    expect((await ops!.get(`/rules/${rule}`)).json().error.message).toContain('误报过多');
    expect((await ops!.get('/rules?pack=age')).json().off).toMatchObject([{ id: rule, off: { reason: '误报过多', byName: 'bob同志' } }]);
    expect((await bob!.post(`/rules/${rule}/switch`, { on: true, reason: '已修正' })).json()).toEqual({ changed: true });
    expect((await ops!.get(`/rules/${rule}`)).statusCode).toBe(200);
  });
});
