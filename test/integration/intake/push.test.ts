/** Platforms push posts: signed, once each by their key, answered post by post, pressed back when too many wait, sealed and screened. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../../api/server.ts';
import { newSecret, signMessage } from '../../../cases/notice/sign.ts';
import { systemClock } from '../../../core/clock.ts';
import { newId } from '../../../core/ids.ts';
import { BATCH_BYTES, BATCH_POSTS, batchAnswer, batchState } from '../../../core/model/intake.ts';
import { inTransaction } from '../../../db/connect.ts';
import { endBatch } from '../../../db/repositories/batch.ts';
import { capturesToVerify, ledgerRows } from '../../../db/repositories/capture.ts';
import { platform } from '../../../db/schema/index.ts';
import { verifyEvidence } from '../../../evidence/verify.ts';
import { receiveBatch } from '../../../queue/batches.ts';
import { type IntakeWorld, intakeWorld } from '../../support/intake-world.ts';

let world: IntakeWorld;
let api: Api;
const secrets = { board: newSecret(), other: newSecret() };

beforeAll(async () => {
  world = await intakeWorld();
  const createdAt = new Date();
  await world.db.insert(platform).values(Object.entries(secrets).map(([id, secret]) => ({ id, name: `平台${id}`, noticeUrl: null, secret, createdAt })));
  api = await createApi({
    db: world.db,
    config: world.ctx.config,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    readCapture: (place) => world.ctx.sealer.read(place),
    content: world.ctx.content,
    startRun: async () => ({ runId: '' }),
    stopRun: async () => {},
    receiveBatch: (batch) => receiveBatch(world.ctx, batch),
    uiDir: 'review-ui/dist',
    version: '0.1.0',
  });
});
afterAll(async () => {
  await api.close();
  await world.close();
});

type From = keyof typeof secrets;
interface Sending {
  from?: From;
  key?: string;
  id?: string;
  /** Sent in place of what was signed. */
  instead?: string;
}
const send = (batch: unknown, { from = 'board', key, id = newId(), instead }: Sending = {}) => {
  const body = typeof batch === 'string' ? batch : JSON.stringify(batch);
  const signed = signMessage(secrets[from], id, new Date(), body);
  const headers = { 'content-type': 'application/json', 'x-pincha-platform': from, ...signed, ...(key === undefined ? {} : { 'idempotency-key': key }) };
  return api.inject({ method: 'POST', url: '/api/v1/posts:batch', headers, payload: instead ?? body });
};
const look = (id: string, from: From = 'board') => {
  const headers = { 'x-pincha-platform': from, ...signMessage(secrets[from], newId(), new Date(), '') };
  return api.inject({ method: 'GET', url: `/api/v1/posts:batch/${id}`, headers });
};
const FEE = '诚聘包装工两名，月薪五千元，入职须交服装押金三百元，面试电话联系。';
const post = (id: string, text = FEE, account = 'a1') => ({ id, title: '包装工', text, account: { id: account, name: `招工站${account}` } });

describe('pushing a batch', () => {
  it('answers at once what is wrong with which post, seals the body as it came, and screens what was accepted', async () => {
    const posts = [
      post('p1'),
      { id: 'p2', title: 5, text: ['x'] },
      { id: 'p3', text: '招工' },
      { ...post('p4'), platform: 'other' },
      'no',
      {
        ...post('p5', '招聘文员，双休。岗位见公众号：河埠零工'),
        commenters: ['路过的小周'],
        geo: { lat: 31.230416 },
        account: { id: 'a1', name: '招工站a1', avatar: 'https://img.example.cn/face.jpg', birthday: '1991-02-03', icp: '青ICP备1号' },
      },
    ];
    const answer = await send({ batchId: 'b-1', posts });
    expect(answer.statusCode).toBe(202);
    const told = batchAnswer.parse(answer.json());
    expect(told).toMatchObject({ key: 'b-1', received: 6, accepted: 2, rejected: 4 });
    expect(told.errors.map(({ index, id, field }) => [index, id, field])).toEqual([
      [1, 'p2', 'text'],
      [2, 'p3', 'account'],
      [3, 'p4', 'platform'],
      [4, null, 'post'],
    ]);
    expect((await look(told.batchId)).json()).toMatchObject({ state: 'waiting', fresh: null });
    expect(await world.rows('select 1 from post')).toEqual([]);
    expect(await world.work()).toEqual(expect.arrayContaining(['posts.batch', 'accounts.due']));
    expect(batchState.parse((await look(told.batchId)).json())).toMatchObject({ state: 'stored', fresh: 2, accepted: 2 });
    const stored = await world.rows('select platform, external_id, level, screened_with is not null as screened from post order by external_id');
    expect(stored).toMatchObject([
      { platform: 'board', external_id: 'p1', level: 'statutory', screened: true },
      { platform: 'board', external_id: 'p5', screened: true },
    ]);
    const proposed = await world.rows('select c.platform, c.name, c.state, g.speaker_name from candidate c join candidate_ground g on g.candidate_id = c.id');
    expect(proposed).toEqual([{ platform: 'wechat', name: '河埠零工', state: 'proposed', speaker_name: '招工站a1' }]);
    // What nobody declared stands in the sealed body alone.
    const kept = JSON.stringify(
      await world.rows(
        'select p.input, v.input as version, a.details from post p join post_version v on v.post_id = p.id join account a on a.id = p.account_id',
      ),
    );
    expect(kept).toContain('青ICP备1号');
    for (const personal of ['路过的小周', '31.230416', 'face.jpg', '1991-02-03']) expect(kept).not.toContain(personal);
    expect(await world.rows('select 1 from case_file')).toHaveLength(1);
    expect(await world.rows('select 1 from account_due')).toEqual([]);
    expect(await world.rows('select obtained, by from capture_origin')).toEqual([{ obtained: 'platform_push', by: '平台board' }]);
    const report = await verifyEvidence({ ledgerRows: ledgerRows(world.db), captures: capturesToVerify(world.db), dir: world.dir });
    expect(report).toMatchObject({ ok: true, captures: { sound: 1 } });
  });

  it('gives the same answer to the same batch, under every kind of key, and refuses another body under it', async () => {
    const batch = { posts: [post('p10'), { id: 'p11' }] };
    for (const by of [{ key: 'k-1' }, { id: newId() }, { batch: 'b-2' }]) {
      const body = { ...('batch' in by ? { batchId: by.batch } : {}), ...batch };
      const first = await send(body, by);
      const again = await send(body, by);
      expect([first.statusCode, again.statusCode]).toEqual([202, 202]);
      expect(again.json()).toEqual(first.json());
      expect([first.headers['idempotent-replay'], again.headers['idempotent-replay']]).toEqual([undefined, 'true']);
      const other = await send({ ...body, posts: [post('p12')] }, by);
      expect([other.statusCode, other.json().error.code]).toEqual([409, 'KEY_REUSED']);
      // another platform's key is its own
      expect((await send(body, { ...by, from: 'other' })).headers['idempotent-replay']).toBeUndefined();
    }
    const many = await Promise.all(Array.from({ length: 6 }, () => send(batch, { key: 'k-2' })));
    expect(new Set(many.map((a) => a.json().batchId)).size).toBe(1);
    await world.work();
    expect(await world.rows(`select 1 from post where external_id = 'p10' and platform = 'board'`)).toHaveLength(1);
    expect(await world.rows(`select max(version) as v from post`)).toEqual([{ v: 1 }]);
  });

  it('refuses by name what is no batch, too large, or not signed by the platform it says', async () => {
    const code = async (answer: ReturnType<typeof send>) => [
      (await answer).statusCode,
      (await answer).json().error.code,
      (await answer).json().error.details.field,
    ];
    expect(await code(send('{"posts":'))).toEqual([400, 'INPUT_INVALID', 'body']);
    expect(await code(send({ posts: [] }))).toEqual([400, 'INPUT_INVALID', 'posts']);
    expect(await code(send({ batchId: 7, posts: [1] }))).toEqual([400, 'INPUT_INVALID', 'batchId']);
    expect(await code(send({ posts: Array.from({ length: BATCH_POSTS + 1 }, () => 1) }))).toEqual([400, 'INPUT_INVALID', 'posts']);
    expect(await code(send({ batchId: 'a', posts: [1] }, { key: 'b' }))).toEqual([400, 'INPUT_INVALID', 'batchId']);
    expect(await code(send({ posts: [1] }, { key: 'x'.repeat(201) }))).toEqual([400, 'INPUT_INVALID', 'Idempotency-Key']);
    expect((await send({ posts: ['x'.repeat(BATCH_BYTES)] })).statusCode).toBe(413);
    expect(await code(send({ posts: [1] }, { instead: '{"posts":[2]}' }))).toEqual([401, 'SIGNATURE_INVALID', undefined]);
    const unknown = await api.inject({ method: 'POST', url: '/api/v1/posts:batch', headers: { 'content-type': 'application/json' }, payload: '{}' });
    expect(unknown.statusCode).toBe(401);
    const [mine] = await world.rows<{ id: string }>(`select id from post_batch where platform = 'board' limit 1`);
    expect((await look(mine!.id, 'other')).statusCode).toBe(404);
  });

  it('presses back when too many wait, and takes up what waits although its job was lost', async () => {
    await world.work();
    const sent: string[] = [];
    for (let i = 0; i < 20; i += 1) sent.push((await send({ posts: [post(`w${i}`)] }, { key: `w${i}` })).json().batchId);
    const refused = await send({ posts: [post('w20')] }, { key: 'w20' });
    expect([refused.statusCode, refused.json().error.code]).toEqual([429, 'TOO_MANY_WAITING']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // a repeat is answered all the same, and another platform is not held up
    expect((await send({ posts: [post('w3')] }, { key: 'w3' })).statusCode).toBe(202);
    expect((await send({ posts: [post('w3')] }, { from: 'other' })).statusCode).toBe(202);
    await world.pool.query(`update outbox set dispatched_at = now(); update post_batch set received_at = now() - interval '2 minutes'`);
    await inTransaction(world.db, (tx) => endBatch(tx, sent[0]!, { state: 'failed', reason: 'x' }));
    const { JOBS } = await import('../../../queue/job-table.ts');
    await JOBS.find((job) => job.name === 'clock.sweep')?.run({}, world.ctx);
    await world.work();
    expect(await world.rows(`select state, count(*)::int as n from post_batch where state <> 'stored' group by 1`)).toEqual([{ state: 'failed', n: 1 }]);
    expect((await send({ posts: [post('w20')] }, { key: 'w20' })).statusCode).toBe(202);
  });

  it('loses and doubles nothing when the server is killed after sealing, after its answer or while storing, and the platform sends again', async () => {
    const program = path.resolve(import.meta.dirname, '../../support/push-process.ts');
    for (const moment of ['sealed', 'answered', 'storing']) {
      const body = JSON.stringify({ posts: [post(`${moment}-1`), post(`${moment}-2`), { id: `${moment}-3` }] });
      const killed = spawnSync(process.execPath, ['--import', 'tsx', program, world.url, world.dir, `kill-${moment}`, body, moment], { encoding: 'utf8' });
      expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', '']);
      const again = await send(body, { key: `kill-${moment}` });
      expect([again.statusCode, again.headers['idempotent-replay'] ?? 'new']).toEqual([202, moment === 'sealed' ? 'new' : 'true']);
      // Whoever got an answer gets the same one.
      if (killed.stdout !== '') expect(again.json().batchId).toBe(killed.stdout);
      expect(again.json()).toMatchObject({ accepted: 2, rejected: 1 });
      await world.work();
      const stored = await world.rows(
        `select external_id, version, screened_with is not null as screened from post where external_id like $1 || '-%' order by 1`,
        [moment],
      );
      expect(stored).toEqual([1, 2].map((n) => ({ external_id: `${moment}-${n}`, version: 1, screened: true })));
      const batches = await world.rows(`select state, fresh from post_batch where platform = 'board' and key = $1`, [`kill-${moment}`]);
      expect(batches).toEqual([{ state: 'stored', fresh: 2 }]);
    }
    expect(await world.rows(`select post_id from post_version group by post_id, version having count(*) > 1`)).toEqual([]);
    const report = await verifyEvidence({ ledgerRows: ledgerRows(world.db), captures: capturesToVerify(world.db), dir: world.dir });
    expect(report.ok).toBe(true);
  });

  it('stores the others of a batch when the store refuses what one says, tells which, and stays stored whatever becomes of its job', async () => {
    await world.pool.query(`create function no_value() returns trigger language plpgsql as $$ begin raise exception 'no such value' using errcode = '22008'; end $$;
      create trigger no_value before insert on post for each row when (new.external_id = 'v2') execute function no_value()`);
    const told = batchAnswer.parse((await send({ batchId: 'b-v', posts: ['v1', 'v2', 'v3'].map((id) => post(id)) })).json());
    await world.work();
    await world.pool.query('drop trigger no_value on post');
    await inTransaction(world.db, (tx) => endBatch(tx, told.batchId, { state: 'failed', reason: 'lost' }));
    expect((await look(told.batchId)).json()).toMatchObject({ state: 'stored', fresh: 2, reason: '1 条的内容无法入库：v2' });
  });

  it('keeps a new version of a post that changed, and is shown in OpenAPI', async () => {
    await send({ posts: [post('p1', '招聘包装工，双休，不收任何费用。'), post('p5', '招聘文员，双休。岗位见公众号：河埠零工')] });
    await world.work();
    expect(await world.rows(`select external_id, version from post where external_id in ('p1', 'p5') order by 1`)).toEqual([
      { external_id: 'p1', version: 2 },
      { external_id: 'p5', version: 1 },
    ]);
    const shown = (await api.inject({ url: '/api/openapi.json' })).json();
    expect(Object.keys(shown.paths).filter((p) => p.includes('posts:batch'))).toEqual(['/api/v1/posts:batch', '/api/v1/posts:batch/{id}']);
    expect(shown.paths['/api/v1/posts:batch'].post.requestBody.content['application/json'].schema.properties.posts.maxItems).toBe(BATCH_POSTS);
  });
});
