/** Doors of the desk: a post's pictures with what came of each, equal findings judged together, a licence list that waits for a person, the progress of a run. */
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postView } from '../../../api/views/account.ts';
import { sha256 } from '../../../core/digest.ts';
import { newId } from '../../../core/ids.ts';
import { caseView, type LicenceListRow, licenceListPage } from '../../../core/model/api.ts';
import { type PictureReading, unread } from '../../../core/model/picture.ts';
import { inTransaction } from '../../../db/connect.ts';
import { importList } from '../../../db/repositories/licence.ts';
import { saveReading } from '../../../db/repositories/picture.ts';
import { readPost } from '../../../db/repositories/read-account.ts';
import { readRun } from '../../../db/repositories/read-run.ts';
import { endAccount, endTask, planAccounts, settleRun, startRun } from '../../../db/repositories/run.ts';
import { auditEntry, capture, maskedCopy, postPicture, postText, source } from '../../../db/schema/index.ts';
import { addCase, makeWorld, type World } from './world.ts';

let world: World;
type Client = Awaited<ReturnType<World['client']>>;
let ann: Client;
let ops: Client;
beforeAll(async () => {
  world = await makeWorld();
  [ann, ops] = [await world.client('ann'), await world.client('ops')];
});
afterAll(() => world.close());

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
const NOTHING_READ: PictureReading = {
  ...unread('e@1', 'no_text', null),
  format: 'png',
  width: 720,
  height: 900,
};

/** A sealed picture of a post, read or not. */
async function addPicture(postId: string, position: number, body: Buffer, reading: Partial<PictureReading> | null): Promise<void> {
  const digest = sha256(body);
  world.bodies.set(digest, body);
  const [id, url] = [newId(), `http://board.test/${postId}/${position}.png`];
  const place = { sha256: digest, warcFile: 'a.warc', warcOffset: 0, warcLength: 9, size: body.length };
  const seen = { kind: 'image' as const, outcome: 'ok' as const, status: 200, via: 'http' as const, fetchedAt: world.clock.now() };
  await world.db.insert(capture).values({ id, url, finalUrl: url, ...seen, ...place });
  await world.db.insert(postPicture).values({ postId, position, url, captureId: id, sha256: digest });
  if (reading) await saveReading(world.db, digest, { ...NOTHING_READ, ...reading }, world.clock.now());
}

describe('the pictures of a post', () => {
  let caseId: string;
  let postId: string;
  beforeAll(async () => {
    ({ caseId } = await addCase(world.db, world.clock.now(), { name: '看图', posts: 1 }));
    postId = (await ann.get(`/cases/${caseId}`)).json().posts[0].id;
    await addPicture(postId, 0, PNG, { outcome: 'ok' });
    await addPicture(postId, 1, Buffer.from('<svg onload="alert(1)"/>'), { outcome: 'unsupported', width: null, height: null });
    await addPicture(postId, 2, Buffer.concat([PNG, Buffer.alloc(3)]), { outcome: 'too_large', reason: '60000×60000', width: 60_000, height: 60_000 });
    await addPicture(postId, 3, Buffer.concat([PNG, Buffer.alloc(4)]), null);
  });

  it('stand in their order with what came of each, and say when nothing is read here', async () => {
    const [post] = caseView.parse((await ann.get(`/cases/${caseId}`)).json()).posts;
    expect(post?.pictures.map((p) => p.state)).toEqual(['ok', 'unsupported', 'too_large', 'waiting']);
    expect(post?.pictures[2]).toMatchObject({ reason: '60000×60000', width: 60_000 });
    const record = await readPost(world.db, postId);
    expect(postView(record!.post, { unmasked: false, reads: false }).pictures.map((p) => p.state)).toEqual(['ok', 'unsupported', 'too_large', 'off']);
  });

  it('are sent as pictures only, to those who may see evidence, and every look is written down', async () => {
    expect((await ann.get(`/posts/${postId}/pictures/0`)).json().error.code).toBe('NOT_FOUND');
    expect((await ann.get(`/posts/${postId}/pictures/0?original=true`)).rawPayload.equals(PNG)).toBe(true);
    // Looked through, and nothing personal on it: the original is what everybody sees.
    const copy = { originalSha256: sha256(PNG), kind: 'picture' as const, captureId: newId(), sha256: null, engine: 'test', covered: {} };
    await world.db.insert(maskedCopy).values({ ...copy, madeAt: world.clock.now() });
    const answer = await ann.get(`/posts/${postId}/pictures/0`);
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload.equals(PNG)).toBe(true);
    expect(answer.headers).toMatchObject({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store' });
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    const codes = async (who: Client, path: string) => (await who.get(path)).json().error.code;
    expect(await codes(ann, `/posts/${postId}/pictures/1`)).toBe('NOT_FOUND');
    expect(await codes(ann, `/posts/${postId}/pictures/9`)).toBe('NOT_FOUND');
    expect(await codes(ann, `/posts/${newId()}/pictures/0`)).toBe('NOT_FOUND');
    expect(await codes(ann, `/posts/${postId}/pictures/-1`)).toBe('INPUT_INVALID');
    expect(await codes(ops, `/posts/${postId}/pictures/0`)).toBe('FORBIDDEN');
    const looks = await world.db
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.subjectId, postId), eq(auditEntry.action, 'post.picture')));
    expect(looks.map((l) => l.actorId)).toEqual([world.people.ann]);
  });
});

describe('the same finding on reposts of one text', () => {
  it('is known by one key, judged in one step and written down for each', async () => {
    const { caseId, accountId } = await addCase(world.db, world.clock.now(), { name: '同文', posts: 3 });
    const see = async () => caseView.parse((await ann.get(`/cases/${caseId}`)).json());
    const groupId = newId();
    for (const { id: postId } of (await see()).posts.slice(0, 2))
      await world.db.insert(postText).values({ postId, groupId, accountId, employer: null, version: 1, similarity: 1, at: world.clock.now() });
    const { version } = await see();
    await ann.post(`/cases/${caseId}/actions`, { action: 'claim', version });
    const view = await see();
    const [first, second] = view.findings.filter((f) => f.alike !== null);
    const alone = view.findings.find((f) => f.alike === null);
    expect([first?.alike, first?.postTitle, second?.postTitle]).toEqual([second?.alike, '普工', '普工']);
    const judge = (also: unknown[]) =>
      ann.post(`/cases/${caseId}/actions`, { action: 'reject', version: view.version, findingId: first?.id, also, reason: 'lawful_exception' });
    expect((await judge([alone?.id])).json().error).toMatchObject({ code: 'INPUT_INVALID', details: { field: 'also' } });
    expect((await judge([second?.id])).statusCode).toBe(200);
    const after = await see();
    expect(after.findings.filter((f) => f.state === 'rejected').map((f) => [f.alike, f.decidedBy?.name])).toEqual(Array(2).fill([first?.alike, 'ann同志']));
    expect(after.events.at(-1)).toMatchObject({ action: 'reject', data: { findingId: first?.id, also: [second?.id] } });
  });
});

describe('a licence list that takes much away', () => {
  const AUTHORITY = '演示人社局';
  /** Imports a list of so many agencies, the first `from` left out. */
  async function list(label: string, from: number, to: number): Promise<string> {
    async function* rows() {
      for (let n = from; n < to; n += 1) {
        const name = `第${n}号人力资源有限公司`;
        const rest = { uscc: null, scope: '职业中介', authority: AUTHORITY, validFrom: null, validUntil: null, address: null, form: 'licence' as const };
        yield { row: { name, number: `证${n}`, ...rest }, nameKey: name, cells: {} };
      }
    }
    const head = {
      label,
      authority: AUTHORITY,
      publishedOn: '2026-11-01',
      sourceUrl: null,
      sha256: sha256(label),
      fileName: `${label}.xlsx`,
      mapping: { name: '机构全称' },
    };
    const done = await inTransaction(world.db, (tx) => importList(tx, { ...head, mappingBy: 'guessed', by: 'ops', now: world.clock.now() }, rows(), () => 0));
    world.pass(1_000);
    return done.listId;
  }
  const all = async (): Promise<Map<string, LicenceListRow>> =>
    new Map(licenceListPage.parse((await ann.get('/licence-lists')).json()).items.map((row) => [row.id, row]));
  const review = (who: Client, id: string, accept: unknown) => who.post(`/licence-lists/${id}/review`, { accept });

  it('waits, shows who would go, and is used only when a person who may import accepts it', async () => {
    const first = await list('十月', 0, 100);
    const second = await list('十一月', 60, 101);
    expect((await all()).get(second)).toMatchObject({ review: 'waiting', current: false, diff: { againstId: first, removed: 60, added: 1 } });
    expect((await review(ann, second, true)).json().error.code).toBe('FORBIDDEN');
    expect((await review(ops, second, 'yes')).json().error).toMatchObject({ code: 'INPUT_INVALID', details: { field: 'accept' } });
    expect((await all()).get(first)?.current).toBe(true);
    expect((await review(ops, second, true)).json()).toEqual({ ok: true });
    const after = await all();
    expect([after.get(first)?.current, after.get(second)?.current]).toEqual([false, true]);
    expect(after.get(second)).toMatchObject({ review: 'accepted', reviewedBy: 'ops同志' });
    expect((await review(ops, second, true)).json().error.code).toBe('NOT_FOUND');
    const [told] = await world.db.select().from(auditEntry).where(eq(auditEntry.subjectId, second));
    expect(told).toMatchObject({ action: 'licence-list.accept', actorId: world.people.ops, data: { removed: 60 } });
  });

  it('can be refused, and not be accepted once another list has come', async () => {
    const current = [...(await all()).values()].find((row) => row.current);
    const short = await list('十二月', 90, 101);
    expect((await review(ops, short, false)).json()).toEqual({ ok: true });
    expect((await all()).get(short)).toMatchObject({ review: 'refused', current: false });
    const late = await list('一月', 95, 101);
    const whole = await list('一月更正', 60, 105);
    expect((await review(ops, late, true)).json().error.code).toBe('STALE');
    const after = await all();
    expect([current, late, whole].map((x) => after.get(typeof x === 'string' ? x : (x?.id ?? ''))?.current)).toEqual([false, false, true]);
    expect((await review(ops, late, false)).json()).toEqual({ ok: true });
  });
});

describe('the progress of a run', () => {
  it('never falls, and tells apart what is to be screened once more', async () => {
    const { db } = world;
    const now = world.clock.now();
    const ids = [newId(), newId()];
    for (const id of ids) await db.insert(source).values({ id, platform: 'board', name: '源', url: `http://board.test/${id}`, nextDueAt: now, createdAt: now });
    const accounts = await Promise.all(['甲', '乙'].map((name) => addCase(db, now, { name, posts: 1 })));
    const { runId, taskIds } = await startRun(db, { kind: 'demand', runDate: '2026-11-24', by: 'ops', now, sourceIds: ids });
    const told: number[][] = [];
    const tell = async () => {
      await settleRun(db, runId, now);
      const { run } = (await readRun(db, runId))!;
      told.push([run.counts.accountsDone, run.counts.accountsPlanned, run.counts.accountsAgain]);
      return run.state;
    };
    const plan = (...which: number[]) =>
      planAccounts(
        db,
        runId,
        which.map((i) => accounts[i]!.accountId),
      );
    const screened = (i: number) => endAccount(db, runId, accounts[i]!.accountId, 'done', {}, now);
    const end = (i: number) => endTask(db, { taskId: taskIds[i]!, runId, sourceId: ids[i]!, state: 'done', outcome: 'ok', detail: null, now });
    await tell();
    await plan(0);
    await end(0);
    await tell();
    await screened(0);
    await tell();
    await plan(0, 1);
    await end(1);
    await tell();
    await screened(1);
    expect(await tell()).toBe('running');
    await screened(0);
    expect(await tell()).toBe('done');
    expect(told).toEqual([
      [0, 2, 0],
      [1, 3, 0],
      [2, 3, 0],
      [3, 4, 1],
      [4, 4, 1],
      [4, 4, 0],
    ]);
  });
});
