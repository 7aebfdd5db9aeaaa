/** Every look has its ledger row, whatever came of it; what is read of a picture is evidence too; edits are named. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PinchaError } from '../../../core/errors.ts';
import type { PictureReading } from '../../../core/model/picture.ts';
import type { CrawlStep } from '../../../crawlers/crawl.ts';
import { capturesToVerify, ledgerRows, setShot } from '../../../db/repositories/capture.ts';
import { saveAccount, savePost } from '../../../db/repositories/content.ts';
import { savePostPictures } from '../../../db/repositories/picture.ts';
import { packagedRevisits } from '../../../db/repositories/read-package.ts';
import { nextShot, shotsGivenUp, shotsWait, wantShots } from '../../../db/repositories/shot.ts';
import { createContentStore } from '../../../evidence/store.ts';
import { verifyEvidence } from '../../../evidence/verify.ts';
import { readPictures } from '../../../queue/jobs/read-pictures.ts';
import { keepStep } from '../../../queue/jobs/seal-step.ts';
import { shootWaiting } from '../../../queue/jobs/shoot-waiting.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { lookingContext, openSite, type Site } from '../../support/revisit-world.ts';

let db: TestDatabase;
let site: Site;
let dir: string;
let ctx: ReturnType<typeof lookingContext>;
const now = new Date('2026-03-02T02:00:00Z');

beforeEach(async () => {
  db = await freshDatabase();
  site = await openSite();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-captures-'));
  ctx = lookingContext(db.db, dir, site.host, () => now);
});
afterEach(async () => {
  await ctx.close();
  await site.close();
  await db.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const stepOf = (url: string, over: Partial<CrawlStep>): CrawlStep => ({
  url,
  kind: 'post',
  platform: 'jsonld',
  result: { outcome: 'captcha', reason: null, exchange: null, retryAt: null },
  parsed: null,
  posts: [],
  via: 'http',
  outcome: 'captcha',
  reason: '安全验证',
  ...over,
});
const keep = (step: CrawlStep) => keepStep(ctx, step, { platform: 'jsonld', runId: null, sourceId: null, kind: step.kind });
const rows = async () => {
  const found = [];
  for await (const row of ledgerRows(db.db)) found.push({ ...row, data: (JSON.parse(row.payload) as { data: Record<string, unknown> }).data });
  return found;
};
const verify = () => verifyEvidence({ ledgerRows: ledgerRows(db.db), captures: capturesToVerify(db.db), dir });

describe('a look', () => {
  it('has a ledger row when nothing was sealed: walls, 304s, empty answers; an edited outcome is named', async () => {
    site.pages.set('/gone', 404);
    const gone = await ctx.fetcher.fetch(`${site.url}/gone`);
    const empty = gone.exchange && { ...gone.exchange, body: Buffer.alloc(0) };
    await keep(stepOf(`${site.url}/wall`, {}));
    await keep(stepOf(`${site.url}/gone`, { result: { ...gone, exchange: empty }, outcome: 'deleted', reason: 'HTTP 404' }));
    const confirmed = { ...gone.exchange!, status: 304, body: Buffer.alloc(0) };
    await keep(
      stepOf(`${site.url}/same`, {
        result: { outcome: 'unchanged', reason: null, exchange: null, confirmed, retryAt: null },
        outcome: 'unchanged',
        reason: null,
      }),
    );
    expect((await rows()).map(({ data }) => [data['outcome'], data['reason'], data['status'], data['sha256'], data['address']])).toEqual([
      ['captcha', '安全验证', null, null, undefined],
      ['deleted', 'HTTP 404', 404, null, '127.0.0.1'],
      ['unchanged', null, 304, null, '127.0.0.1'],
    ]);
    const clock = (await rows())[1]!.data['clock'] as { offsetMs: number; withinMs: number };
    expect(Math.abs(clock.offsetMs)).toBeLessThan(clock.withinMs + 2_000);
    expect(await verify()).toMatchObject({ ok: true, captures: { total: 3, withBytes: 0 } });

    await db.pool.query(`update capture set outcome = 'ok' where url like '%/wall'`);
    expect((await verify()).first).toMatchObject({
      place: expect.stringMatching(/^ledger 1 \/ capture/) as string,
      reason: expect.stringContaining('outcome') as string,
    });
    await db.pool.query(`update capture set outcome = 'captcha', reason = '' where url like '%/wall'`);
    expect((await verify()).first!.reason).toContain('reason');
    await db.pool.query(`update capture set reason = '安全验证', ledger_seq = null where url like '%/wall'`);
    expect((await verify()).first!.reason).toContain('序号');
    await db.pool.query(`delete from capture where url like '%/wall'`);
    expect((await verify()).first).toMatchObject({ place: 'ledger 1', reason: expect.stringContaining('已不在库中') as string });
  });

  it('that a 304 confirms is sealed as a revisit of the look before; a byte of it, and a row altered, removed, swapped or added, is named', async () => {
    site.pages.set('/post', '<p>仓库管理员</p>');
    const url = `${site.url}/post`;
    const first = await ctx.fetcher.fetch(url);
    const { captureId } = await keep(stepOf(url, { result: first, outcome: 'ok', reason: null }));
    const confirmed = { ...first.exchange!, status: 304, statusText: 'Not Modified', body: Buffer.alloc(0) };
    const same: CrawlStep['result'] = { outcome: 'unchanged', reason: null, exchange: null, confirmed, retryAt: null };
    const again = await keep(stepOf(url, { result: same, outcome: 'unchanged', reason: null }));
    const [, row] = await rows();
    expect(row!.data).toMatchObject({ outcome: 'unchanged', sha256: null, size: 0, revisit: { of: captureId, sha256: expect.any(String) as string } });
    const found = [];
    for await (const revisit of packagedRevisits(db.db, [captureId])) found.push(revisit);
    expect(found).toMatchObject([{ id: again.captureId, of: captureId, url, status: 304, rows: [{ seq: 2 }] }]);
    expect(await verify()).toMatchObject({ ok: true, tails: [], captures: { total: 2, withBytes: 1, sound: 1 } });
    const { warcFile, warcOffset, warcLength } = found[0]!;
    const file = path.join(dir, warcFile);
    const whole = fs.readFileSync(file);
    for (let at = warcOffset; at < warcOffset + warcLength; at += 13) {
      const torn = Buffer.from(whole);
      torn[at]! ^= 4;
      fs.writeFileSync(file, torn);
      expect((await verify()).first?.place, `byte ${at}`).toContain(again.captureId);
    }
    fs.writeFileSync(file, whole);

    // Whoever owns the server can take the trigger away.
    await db.pool.query('alter table ledger disable trigger all');
    const tampered = async (sql: string): Promise<string | undefined> => {
      await db.pool.query('create temp table if not exists kept as select * from ledger');
      await db.pool.query(sql);
      const { first: fault } = await verify();
      await db.pool.query('delete from ledger');
      await db.pool.query('insert into ledger select * from kept');
      return fault?.place;
    };
    const copied = 'select 3, kind, ref_id, payload, prev_hash, hash, at from ledger where seq = 2';
    expect([
      await tampered(`update ledger set payload = replace(payload, '"status":304', '"status":200') where seq = 2`),
      await tampered('delete from ledger where seq = 1'),
      await tampered('delete from ledger where seq = 2'),
      await tampered('update ledger set seq = 3 - seq + 10; update ledger set seq = seq - 10'),
      await tampered(`insert into ledger (seq, kind, ref_id, payload, prev_hash, hash, at) ${copied}`),
    ]).toEqual(['ledger 2', 'ledger 2', `capture ${again.captureId}`, 'ledger 1', 'ledger 3']);
    expect((await verify()).ok).toBe(true);
  });

  it('keeps the plain answer beside the page a browser drew of it, each sealed and with a row of its own', async () => {
    site.pages.set('/shell', '<div id="app"></div>');
    const plain = await ctx.fetcher.fetch(`${site.url}/shell`);
    const drawn = { ...plain, exchange: { ...plain.exchange!, body: Buffer.from('<div id="app">仓库管理员</div>'), via: 'browser' as const } };
    const layout = { words: [], pictures: [], opaque: [], whole: true };
    const result = { ...drawn, shot: { png: Buffer.from('picture'), domText: '仓库管理员', cut: false, layout } };
    const held = { ...ctx, content: createContentStore(dir) };
    const step = stepOf(`${site.url}/shell`, { plain, result, via: 'browser', outcome: 'ok', reason: null });
    const { captureId } = await keepStep(held, step, { platform: 'jsonld', runId: null, sourceId: null, kind: 'post' });
    const [first, second, ...shots] = await rows();
    expect(shots.map(({ kind, refId, data }) => [kind, refId, data['from']])).toEqual([
      ['shot', captureId, 'live'],
      ['dom_text', captureId, 'live'],
      ['page_layout', captureId, 'live'],
    ]);
    const { rows: kept } = await db.pool.query<{ at: string }>('select shot_from as at from capture where id = $1', [captureId]);
    expect(kept).toEqual([{ at: 'live' }]);
    expect(first!.data).toMatchObject({ via: 'http', outcome: 'ok', sha256: createHash('sha256').update('<div id="app"></div>').digest('hex') });
    expect(second).toMatchObject({ refId: captureId, data: { via: 'browser', plain: first!.refId } });
    expect(await verify()).toMatchObject({ ok: true, captures: { total: 2, withBytes: 2, sound: 2 } });
  });

  it('has the words of its pictures as a later record that points at the picture', async () => {
    site.pages.set('/poster', 'bytes of a picture');
    const result = await ctx.fetcher.fetch(`${site.url}/poster`);
    const { captureId } = await keep(stepOf(`${site.url}/poster`, { kind: 'image', result, outcome: 'ok', reason: null }));
    const accountId = await saveAccount(db.db, { platform: 'jsonld', input: { name: '云汀仓储有限公司' }, url: null, now });
    const input = { id: 'p1', title: '海报', images: [`${site.url}/poster`] };
    const wish = { accountId, platform: 'jsonld', externalId: 'p1', input, contentSha256: 'x', captureId: null, publishedAt: null, now };
    const { postId } = await savePost(db.db, wish);
    await savePostPictures(db.db, postId, input.images);
    const line = { text: '入职交服装费', score: 1, box: [0, 0, 1, 0, 1, 1, 0, 1] };
    const reading = { engine: 'test', outcome: 'ok', reason: null, lines: [line], codes: [], look: null, turn: 0, width: 1, height: 1, elapsedMs: 1 };
    const content = createContentStore(dir);
    const pictures = { engine: 'test', read: async () => reading as unknown as PictureReading, close: async () => undefined };
    const reads = { ...ctx, content, pictures };
    await readPictures.run({ accountId }, reads);
    await readPictures.run({ accountId }, reads);
    const words = (await rows()).filter((row) => row.kind === 'ocr_text');
    expect(words).toMatchObject([{ refId: captureId, data: { engine: 'test', from: 'sealed' } }]);
    expect((await content.get(String(words[0]!.data['sha256'])))?.toString()).toContain('入职交服装费');
    expect(await verify()).toMatchObject({ ok: true, blobs: { checked: 1, sound: 1 } });
  });

  it('with a lead waits for its shot, the strongest first, and is given up after five failures', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'wall']) {
      site.pages.set(`/${name}`, `<p>${name}</p>`);
      const result = await ctx.fetcher.fetch(`${site.url}/${name}`);
      const { captureId } = await keep(stepOf(`${site.url}/${name}`, name === 'wall' ? {} : { result, outcome: 'ok', reason: null }));
      ids.push(captureId);
    }
    const [a = '', b = '', wall = ''] = ids;
    const wanted = [a, b, wall, a].map((captureId, i) => ({ captureId, score: i * 10 }));
    await wantShots(db.db, wanted, now);
    await wantShots(db.db, wanted, now);
    expect(await nextShot(db.db, new Date(now.getTime() - 1))).toBeNull();
    expect(await nextShot(db.db, now)).toBe(a);
    await setShot(db.db, a, '0'.repeat(64), 'sealed');
    let clock = now;
    const broken = { ...ctx, clock: { now: () => clock }, browser: () => Promise.reject(new PinchaError('BROWSER_MISSING', { reason: 'none here' })) };
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await shotsWait(db.db, clock)).toBe(true);
      await shootWaiting.run({}, broken);
      expect(await shotsWait(db.db, clock)).toBe(false);
      clock = new Date(clock.getTime() + 31 * 60_000);
    }
    expect(await shotsWait(db.db, clock)).toBe(false);
    expect(await shotsGivenUp(db.db)).toBe(1);
  });
});
