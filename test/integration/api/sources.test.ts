/** Sources and candidates over the API: nothing is visited before a person accepts, a refusal holds until somebody else speaks, all of it audited. */
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../../api/server.ts';
import { createSourceDesk } from '../../../bin/source-desk.ts';
import { loadConfig } from '../../../core/config.ts';
import { newId } from '../../../core/ids.ts';
import type { BoardPreview, CandidateRow, SourceDetail, SourceKind, SourceRow } from '../../../core/model/api-source.ts';
import { EMPTY_COUNTS } from '../../../core/model/run.ts';
import { accountsNamedIn } from '../../../crawlers/discover.ts';
import { saveAccount } from '../../../db/repositories/content.ts';
import { propose } from '../../../db/repositories/discovery.ts';
import { linkSource } from '../../../db/repositories/revisit.ts';
import { sourcesToVisit } from '../../../db/repositories/source.ts';
import { auditEntry, candidate, candidateGround, run, runTask } from '../../../db/schema/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { addUser, logIn } from './world.ts';

const NOW = new Date('2026-05-04T02:00:00Z');
let base: TestDatabase;
let api: Api;
let ops: Awaited<ReturnType<typeof logIn>>;
let reader: Awaited<ReturnType<typeof logIn>>;

beforeAll(async () => {
  base = await freshDatabase();
  api = await createApi({
    db: base.db,
    config: loadConfig({}),
    clock: { now: () => NOW },
    log: pino({ level: 'silent' }),
    readCapture: async () => ({ url: '', status: 200, headers: [], body: Buffer.from('') }),
    content: { put: async () => '', get: async () => null },
    startRun: async () => ({ runId: newId() }),
    stopRun: async () => {},
    sources: createSourceDesk([], false, async () => ({ outcome: 'network', exchange: null, reason: '测试中不外出', retryAt: null })),
    uiDir: 'review-ui/dist',
    version: '0',
  });
  await addUser(base.db, 'ops', ['operator'], NOW);
  await addUser(base.db, 'reader', ['reviewer'], NOW);
  [ops, reader] = [await logIn(api, 'ops'), await logIn(api, 'reader')];
});
afterAll(async () => {
  await api.close();
  await base.close();
});

const proposed = async (query = ''): Promise<CandidateRow[]> =>
  (await reader.get(`/candidates?state=proposed${query}`)).json<{ items: CandidateRow[] }>().items;
const named = async (name: string): Promise<CandidateRow | undefined> => (await proposed()).find((c) => c.name === name);
const says = (text: string, speaker: string): Promise<number> =>
  base.db.transaction((tx) =>
    propose(tx, accountsNamedIn('wechat', [{ text }]), { id: speaker, name: `号${speaker.slice(-4)}`, postId: null, captureId: null }, NOW),
  );
const [one, two] = [newId(), newId()];
const ACCEPT = { accept: true, name: '河埠零工驿站', role: 'visit', fields: { url: 'https://mp.weixin.qq.com/s/abcdef' } };

describe('candidates', () => {
  it('are counted by who speaks of them, not by how often, with the words and nothing visited', async () => {
    expect([await says('关注公众号：河埠零工驿站', one), await says('关注公众号：河埠零工驿站', one), await says('公众号「河埠零工驿站」', two)]).toEqual([
      1, 0, 1,
    ]);
    const [row] = await proposed();
    expect(row).toMatchObject({ platform: 'wechat', name: '河埠零工驿站', url: null, seen: 2, again: false, state: 'proposed' });
    expect(row?.grounds.map((g) => [g.kind, g.times, g.accountId])).toEqual([
      ['name', 2, one],
      ['name', 1, two],
    ]);
    expect(row?.grounds[0]?.quote).toContain('公众号：河埠零工驿站');
    expect((await reader.get('/candidates/counts')).json()).toEqual({ proposed: 1 });
    expect(await sourcesToVisit(base.db, null)).toEqual([]);
  });

  it('that are refused stay refused, with the reason, until somebody else speaks of them', async () => {
    await says('公众号：云汀同城生活圈', one);
    const row = await named('云汀同城生活圈');
    expect((await ops.post(`/candidates/${row?.id}/decision`, { accept: false })).statusCode).toBe(400);
    const answer = await ops.post(`/candidates/${row?.id}/decision`, { accept: false, reason: '与招聘无关' });
    expect(answer.json()).toMatchObject({ state: 'refused', reason: '与招聘无关', decidedBy: 'ops同志' });
    await says('公众号：云汀同城生活圈', one);
    expect(await named('云汀同城生活圈')).toBeUndefined();
    await says('公众号：云汀同城生活圈', two);
    expect(await named('云汀同城生活圈')).toMatchObject({ again: true, seen: 2, reason: '与招聘无关' });
  });

  it('are accepted only with an address of their platform; then it is a source, once', async () => {
    const row = await named('河埠零工驿站');
    const decide = (body: object) => ops.post(`/candidates/${row?.id}/decision`, body);
    const elsewhere = await decide({ ...ACCEPT, fields: { url: 'https://example.com/' } });
    expect([elsewhere.statusCode, elsewhere.json<{ error: { code: string } }>().error.code]).toEqual([400, 'INPUT_INVALID']);
    expect((await decide({ ...ACCEPT, fields: { url: 'http://127.0.0.1/x' } })).statusCode).toBe(400);
    expect((await named('河埠零工驿站'))?.state).toBe('proposed');
    const accepted = (await decide(ACCEPT)).json<CandidateRow>();
    expect(accepted).toMatchObject({ state: 'accepted', decidedBy: 'ops同志' });
    expect(await sourcesToVisit(base.db, null)).toEqual([{ id: accepted.sourceId }]);
    expect((await decide(ACCEPT)).json<{ error: { code: string } }>().error.code).toBe('STALE');
    // what is visited is not proposed again, by address or by the name of what its pages show
    const { proposed: n } = (await ops.post('/candidates', { text: 'https://mp.weixin.qq.com/s/abcdef' })).json<{ proposed: number }>();
    const accountId = await saveAccount(base.db, { platform: 'wechat', input: { name: '青岚就业' }, url: null, now: NOW });
    await linkSource(base.db, accepted.sourceId ?? '', [accountId], NOW);
    expect([n, await says('公众号：青岚就业', two)]).toEqual([0, 0]);
  });

  it('are paged by cursor, those that most speak of first', async () => {
    for (let i = 0; i < 5; i += 1) await says(`公众号：河埠${'甲乙丙丁戊'[i]}站`, one);
    await says('公众号：河埠丙站', two);
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: CandidateRow[]; nextCursor: string | null } = (await reader.get(`/candidates?limit=2${cursor ? `&cursor=${cursor}` : ''}`)).json<{
        items: CandidateRow[];
        nextCursor: string | null;
      }>();
      pages.push(page.items.map((c) => `${c.seen}`));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([
      ['2', '2'],
      ['1', '1'],
      ['1', '1'],
    ]);
  });

  it('handed in by a person are told apart, and unread lines named', async () => {
    const answer = (await ops.post('/candidates', { text: 'https://mp.weixin.qq.com/s/zzz\nabc' })).json();
    expect(answer).toEqual({ proposed: 1, unread: [2] });
    expect((await proposed()).find((c) => c.url?.endsWith('/zzz'))?.grounds[0]).toMatchObject({ kind: 'seed', speaker: 'ops同志', accountId: null });
  });
});

describe('sources', () => {
  const rows = async (query = ''): Promise<SourceRow[]> => (await reader.get(`/sources?limit=50${query}`)).json<{ items: SourceRow[] }>().items;
  it('say what their form asks for, as the registry of adapters declares it', async () => {
    const { items } = (await reader.get('/source-kinds')).json<{ items: SourceKind[] }>();
    const fields = new Map(items.map((k) => [k.platform, k.fields.map((f) => f.name)]));
    expect([fields.get('wechat'), fields.get('feed')]).toEqual([['url'], ['url', 'hosts']]);
    expect([...fields.keys()].filter((p) => p.startsWith('sandbox-'))).toEqual([]);
    for (const kind of items) for (const field of kind.fields) expect(`${field.label.en}${field.hint.en}`, kind.platform).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it('are added after a check that names the field, and not twice', async () => {
    const add = (fields: object, platform = 'feed') => ops.post('/sources', { platform, name: '就业订阅', fields });
    expect((await add({ url: 'no' })).json<{ error: { details: object } }>().error.details).toMatchObject({ field: 'url' });
    expect((await add({ url: 'https://example.com/feed', hosts: '*.cn' })).statusCode).toBe(400);
    expect((await add({}, 'nobody')).json<{ error: { code: string } }>().error.code).toBe('PLATFORM_UNKNOWN');
    const added = (await add({ url: 'https://example.com/feed', hosts: 'mp.weixin.qq.com' })).json<SourceRow>();
    expect(added).toMatchObject({ platform: 'feed', active: true, role: 'visit', pages: null, lastOutcome: null, intervalHours: 24 });
    expect((await add({ url: 'https://example.com/feed' })).json<{ error: { code: string } }>().error.code).toBe('GUARD_FAILED');
    expect((await rows('&platform=feed')).map((r) => r.id)).toEqual([added.id]);
    expect((await rows(`&q=${encodeURIComponent('就业订')}`)).map((r) => r.id)).toEqual([added.id]);
  });

  it('say how many pages and posts their last walk came to', async () => {
    const [row] = await rows('&platform=feed');
    const [runId, at] = [newId(), NOW];
    const counts = { ...EMPTY_COUNTS, pages: 7, posts: 3 };
    await base.db
      .insert(run)
      .values({ id: runId, kind: 'demand', runDate: '2026-05-04', state: 'done', counts, startedBy: 'test', startedAt: at, endedAt: at });
    await base.db.insert(runTask).values({ id: newId(), runId, sourceId: row?.id ?? '', state: 'done', counts, startedAt: at, endedAt: at });
    expect((await rows('&platform=feed'))[0]).toMatchObject({ pages: 7, posts: 3 });
  });

  it('are paused and taken up again', async () => {
    const [row] = await rows('&platform=feed');
    expect((await ops.post(`/sources/${row?.id}/active`, { active: false })).json()).toMatchObject({ active: false });
    expect((await rows('&active=true')).map((r) => r.id)).not.toContain(row?.id);
    expect((await sourcesToVisit(base.db, null)).map((s) => s.id)).not.toContain(row?.id);
    await ops.post(`/sources/${row?.id}/active`, { active: true });
    expect((await rows('&active=true')).map((r) => r.id)).toContain(row?.id);
  });

  it('are changed by those who may, and every change is in the audit log', async () => {
    for (const [url, body] of [
      ['/sources', { platform: 'feed', name: 'x', fields: { url: 'https://example.com/' } }],
      [`/sources/${newId()}/active`, { active: false }],
      ['/candidates', { text: 'https://mp.weixin.qq.com/s/q' }],
      [`/candidates/${newId()}/decision`, { accept: false, reason: 'x' }],
    ] as const)
      expect((await reader.post(url, body)).statusCode, url).toBe(403);
    const actions = (await base.db.select().from(auditEntry)).map((a) => a.action).filter((a) => /^(source|candidate)\./.test(a));
    expect(actions).toEqual([
      'candidate.refuse',
      'source.add',
      'candidate.accept',
      'candidate.seed',
      'candidate.seed',
      'source.add',
      'source.pause',
      'source.resume',
    ]);
    expect((await base.db.select().from(candidate)).length).toBeLessThan((await base.db.select().from(candidateGround)).length);
  });
});

describe('boards in YAML', () => {
  const YAML = `id: hebu-rencai
name: { zh: 河埠人才网 }
start: https://rc.example.cn/jobs
list:
  item: li
  link: a
  fields: { title: a, salary: .pay }
post:
  fields: { title: h1, text: .text }
`;
  const PAGE = '<ul><li><a href="/1.html">普工</a><i class="pay">5000元</i></li><li><a href="/2.html">文员</a></li></ul>';

  it('are tried on a pasted page without a look at the host, field by field', async () => {
    const answer = await ops.post('/boards/preview', { yaml: YAML, html: PAGE });
    const seen = answer.json<BoardPreview>();
    const of = (field: string) => seen.selectors.find((s) => s.field === field);
    expect(of('list.link')).toMatchObject({ found: 2, of: 2, values: ['https://rc.example.cn/1.html', 'https://rc.example.cn/2.html'] });
    expect(of('list.fields.salary')).toMatchObject({ found: 1, of: 2, values: ['5000元'] });
    expect(of('post.fields.text')).toMatchObject({ found: 0, of: null });
    expect(seen.page).toMatchObject({ linkCount: 2, url: 'https://rc.example.cn/jobs' });
  });

  it('name the line of a fault, and refuse addresses that are not theirs', async () => {
    const wrong = await ops.post('/boards/preview', { yaml: YAML.replace('item: li', 'item: "li:has(a)"'), html: PAGE });
    expect([wrong.statusCode, wrong.json<{ error: { details: { reason: string } } }>().error.details.reason]).toEqual([
      400,
      expect.stringContaining('第 5 行 list.item'),
    ]);
    expect((await ops.post('/boards/preview', { yaml: YAML, url: 'https://other.example.org/' })).statusCode).toBe(400);
    expect((await ops.post('/boards/preview', { yaml: YAML.replace('rc.example.cn', '127.0.0.1') })).json()).toMatchObject({
      error: { code: 'ADDRESS_REFUSED' },
    });
    expect((await ops.post('/boards/preview', { yaml: YAML })).json()).toMatchObject({ error: { code: 'FETCH_FAILED' } });
    expect((await reader.post('/boards/preview', { yaml: YAML, html: PAGE })).statusCode).toBe(403);
  });

  it('become a source, and the same source with a new description', async () => {
    const first = (await ops.post('/boards', { yaml: YAML })).json<SourceRow>();
    const second = (await ops.post('/boards', { yaml: YAML.replace('.pay', '.wage') })).json<SourceRow>();
    expect([second.id, second.name, second.platform]).toEqual([first.id, '河埠人才网', 'hebu-rencai']);
    const detail = (await reader.get(`/sources/${first.id}`)).json<SourceDetail>();
    expect(detail.board).toContain('salary: .wage');
    expect(detail).toMatchObject({ visits: [], unread: [] });
  });
});
