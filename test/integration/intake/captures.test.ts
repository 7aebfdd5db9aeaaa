/** Captures people hand in: kept as they came, sealed page by page with who brought them and how, read by the adapters, screened, and doubled by nothing. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureRequest } from '../../../bin/import-captures.ts';
import { sha256 } from '../../../core/digest.ts';
import { PinchaError } from '../../../core/errors.ts';
import { capturesToVerify, ledgerRows } from '../../../db/repositories/capture.ts';
import { readPost } from '../../../db/repositories/read-account.ts';
import { createS3Vault } from '../../../evidence/s3-vault.ts';
import { verifyEvidence } from '../../../evidence/verify.ts';
import { importCaptures } from '../../../queue/import-captures.ts';
import { feedHar, harFile, JOB_PAGE, JOB_URL, mhtmlFile, PICTURE_URL, PIXEL, QQ_CHAT, waczFile } from '../../support/capture-files.ts';
import { type IntakeWorld, intakeWorld } from '../../support/intake-world.ts';
import { S3Server } from '../../support/s3-server.ts';

let world: IntakeWorld;
/** The evidence stands in a bucket here: what jobs seal, keep and read back goes through the same port as into a folder. */
const bucket = new S3Server();
beforeAll(async () => {
  await bucket.start();
  world = await intakeWorld(() => createS3Vault(bucket.place()));
});
afterAll(async () => {
  await world.close();
  await bucket.close();
});

const put = async (name: string, bytes: Buffer | string): Promise<string> => {
  await writeFile(path.join(world.dir, name), bytes);
  return path.join(world.dir, name);
};
const told = { obtained: 'complaint', by: '投诉人材料 2026-88', note: '当面提交' };
const take = async (name: string, bytes: Buffer | string, more: Record<string, string> = {}) =>
  importCaptures(world.ctx, { ...captureRequest({ ...told, ...more }), file: await put(name, bytes) });

describe('captures that are handed in', () => {
  it('seal a saved page with its origin, keep the file, and screen the post', async () => {
    const done = await take('saved.mhtml', mhtmlFile());
    expect(done).toMatchObject({ format: 'mhtml', sealed: 1, posts: 1, fresh: 1, statuses: { ok: 1 }, already: false });
    await world.work();
    const [post] = await world.rows<{ id: string; level: string; platform: string; url: string }>('select id, level, platform, url from post');
    expect(post).toMatchObject({ level: 'statutory', platform: 'jsonld' });
    expect(await world.rows('select url, via, outcome from capture')).toEqual([{ url: JOB_URL, via: 'import', outcome: 'ok' }]);
    const shown = (await readPost(world.db, post!.id))?.post.capture?.origin;
    expect(shown).toMatchObject({
      obtained: 'complaint',
      by: told.by,
      note: told.note,
      file: 'saved.mhtml',
      fileSha256: sha256(mhtmlFile()),
      obtainedAt: '2026-11-20T02:10:00.000Z',
    });
    expect(await world.ctx.content.get(sha256(mhtmlFile()))).toEqual(mhtmlFile());
    const [row] = await world.rows<{ payload: string }>(`select payload from ledger where kind = 'capture' order by seq limit 1`);
    expect(JSON.parse(row!.payload).data.origin).toMatchObject({ obtained: 'complaint', by: told.by });
    expect(await world.rows('select 1 from case_file')).toHaveLength(1);
  });

  it('are one when they are handed in again, in the same file or another', async () => {
    expect(await take('saved.mhtml', mhtmlFile())).toMatchObject({ sealed: 0, already: true });
    expect(await take('traffic.har', harFile())).toMatchObject({ format: 'har', posts: 1, fresh: 0 });
    expect(await take('pack.wacz', waczFile())).toMatchObject({ format: 'wacz', posts: 1, fresh: 0 });
    await world.work();
    expect(await world.rows('select version from post')).toEqual([{ version: 1 }]);
  });

  it('bring the pictures their posts show from the same file', async () => {
    expect(await take('feed.har', feedHar())).toMatchObject({ sealed: 2, posts: 1, fresh: 1 });
    expect(await world.rows('select url, sha256 from post_picture')).toEqual([{ url: PICTURE_URL, sha256: sha256(PIXEL) }]);
    expect(await world.rows(`select via, outcome from capture where kind = 'image'`)).toEqual([{ via: 'import', outcome: 'ok' }]);
  });

  it('give a single page the address and time they are told, and say so when no adapter knows it', async () => {
    const url = 'https://jobs.yunting.example/p/78';
    expect(await take('one.html', JOB_PAGE, { url, at: '2026-11-21 09:00' })).toMatchObject({ format: 'html', sealed: 1, posts: 1 });
    expect(await world.rows(`select fetched_at at time zone 'Asia/Shanghai' = '2026-11-21 09:00' as there from capture where url = '${url}'`)).toEqual([
      { there: true },
    ]);
    expect(await take('odd.html', '<html><title>无关页面</title><p>你好</p></html>')).toMatchObject({ sealed: 1, posts: 0, statuses: { parse_drift: 1 } });
    expect(await world.rows(`select reason from capture where outcome = 'parse_drift'`)).toEqual([{ reason: '未识别平台' }]);
  });

  it('make a post of a screenshot for its words to be read, and posts of the messages of a chat that recruit', async () => {
    expect(await take('shot.png', PIXEL, { account: '北渡招工', platform: 'wechat' })).toMatchObject({ format: 'picture', posts: 1, fresh: 1 });
    const waiting = await world.rows(
      `select a.name, a.platform from post p join post_picture i on i.post_id = p.id join account a on a.id = p.account_id where p.title = '截图 shot.png'`,
    );
    expect(waiting).toEqual([{ name: '北渡招工', platform: 'wechat' }]);
    expect(await take('group.txt', QQ_CHAT)).toMatchObject({ format: 'chat', posts: 1, fresh: 1 });
    await world.work();
    expect(
      await world.rows(`select p.platform, p.level, a.external_id from post p join account a on a.id = p.account_id where p.platform = 'qq-group'`),
    ).toEqual([{ platform: 'qq-group', level: 'statutory', external_id: '123456789' }]);
    const report = await verifyEvidence({ ledgerRows: ledgerRows(world.db), captures: capturesToVerify(world.db), dir: world.vault });
    expect(report.first).toBeNull();
    expect([...bucket.objects.keys()].filter((key) => /^pincha\/live\/(warc|blob)\//.test(key)).length).toBe(bucket.objects.size);
    expect(report.ok).toBe(true);
  });

  it('are refused without saying how they were obtained and by whom, and when a file is none of the kinds', async () => {
    const wrong = (given: Record<string, string>): unknown => {
      try {
        return captureRequest(given);
      } catch (error) {
        return error instanceof PinchaError ? error.details['field'] : error;
      }
    };
    expect(wrong({ by: 'x' })).toBe('--obtained');
    expect(wrong({ obtained: 'stolen', by: 'x' })).toBe('--obtained');
    expect(wrong({ obtained: 'complaint', by: ' ' })).toBe('--by');
    expect(wrong({ ...told, url: 'file:///etc/passwd' })).toBe('--url');
    expect(wrong({ ...told, at: '昨天' })).toBe('--at');
    expect(wrong({ ...told, at: '2999-01-01 10:00' })).toBe('--at');
    const before = await world.rows('select count(*)::int as n from ledger');
    await expect(take('plain.txt', '只是一段话')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(take('p.html', JOB_PAGE, { platform: 'nobody' })).rejects.toMatchObject({ code: 'PLATFORM_UNKNOWN' });
    expect(await world.rows('select count(*)::int as n from ledger')).toEqual(before);
  });
});
