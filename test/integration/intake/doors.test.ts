/** Files of posts by upload and from the watched folder: bounded, whole, once each, for whoever may. */
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookIntoInbox } from '../../../bin/inbox.ts';
import { sha256 } from '../../../core/digest.ts';
import { type ImportView, importPage, importView } from '../../../core/model/intake.ts';
import { type IntakeWorld, intakeWorld } from '../../support/intake-world.ts';
import { makeWorld, type World } from '../api/world.ts';

const LINES = `${Array.from({ length: 3 }, (_, i) => JSON.stringify({ id: `u${i}`, text: `招聘文员第${i}号，双休。`, company: '云汀市清河商贸有限公司' })).join('\n')}\n`;

describe('uploading', () => {
  let world: World;
  let dir: IntakeWorld;
  let ops: Awaited<ReturnType<World['client']>>;
  beforeAll(async () => {
    dir = await intakeWorld();
    world = await makeWorld({ PINCHA_DATA: dir.dir, PINCHA_UPLOAD_MB: '1' });
    ops = await world.client('ops');
  });
  afterAll(async () => {
    await world.close();
    await dir.close();
  });
  const send = (who: typeof ops, query: string, payload: string | Buffer, type = 'application/octet-stream', csrf = who.csrf) =>
    world.api.inject({ method: 'POST', url: `/api/v1/imports?${query}`, headers: { ...who.headers, 'x-csrf': csrf, 'content-type': type }, payload });
  const left = (): Promise<string[]> => readdir(path.join(dir.dir, 'demo/imports/files')).catch(() => []);

  it('keeps the file under its digest and hands it to a job, once however often it is sent, and can be stopped and let go on', async () => {
    const answer = await send(ops, 'name=a.jsonl&platform=board', LINES);
    expect(answer.statusCode).toBe(200);
    const row: ImportView = importView.parse(answer.json());
    expect(row).toMatchObject({ name: 'a.jsonl', platform: 'board', origin: 'upload', state: 'running', sha256: sha256(LINES), posts: 0 });
    expect(await left()).toEqual([`${sha256(LINES)}.jsonl`]);
    expect((await send(ops, 'name=a.jsonl&platform=board', LINES)).json().id).toBe(row.id);
    expect((await send(ops, 'name=a.jsonl&platform=other', LINES)).json().id).not.toBe(row.id);
    expect((await ops.post(`/imports/${row.id}/stop`)).statusCode).toBe(200);
    expect((await ops.post(`/imports/${row.id}/stop`)).json().error.code).toBe('GUARD_FAILED');
    expect((await ops.post(`/imports/${row.id}/resume`)).statusCode).toBe(200);
    const page = importPage.parse((await ops.get('/imports')).json());
    expect(page.items.find((one) => one.id === row.id)?.state).toBe('running');
  });

  it('is for those who may import, and refuses by name what is too large, empty, or no file of posts', async () => {
    const ann = await world.client('ann');
    expect((await send(ann, 'name=a.jsonl', LINES)).json().error.code).toBe('FORBIDDEN');
    expect((await ann.get('/imports')).json().error.code).toBe('FORBIDDEN');
    expect((await send(ops, 'name=a.jsonl', LINES, undefined, 'wrong')).json().error.code).toBe('CSRF_INVALID');
    const code = async (...given: Parameters<typeof send>) => (await send(...given)).json().error.code;
    expect(await code(ops, 'name=a.exe', LINES)).toBe('INPUT_INVALID');
    expect(await code(ops, 'name=a.jsonl&platform=../x', LINES)).toBe('INPUT_INVALID');
    expect(await code(ops, 'name=a.jsonl', LINES, 'application/json')).toBe('INPUT_INVALID');
    expect(await code(ops, 'name=a.jsonl', Buffer.alloc(1_048_577, 'x'))).toBe('FILE_TOO_LARGE');
    expect((await left()).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('the watched folder', () => {
  let world: IntakeWorld;
  beforeAll(async () => {
    world = await intakeWorld();
  });
  afterAll(() => world.close());

  it('takes files that lie whole, under the platform of their folder, and moves them away with what came of them', async () => {
    const inbox = path.join(world.dir, 'inbox');
    await mkdir(path.join(inbox, 'board'), { recursive: true });
    await writeFile(path.join(inbox, 'board/a.jsonl'), LINES);
    await writeFile(path.join(inbox, 'b.jsonl.part'), LINES);
    await writeFile(path.join(inbox, 'c.exe'), 'MZ');
    await writeFile(path.join(inbox, 'd.zip'), 'no archive');
    const seen = new Map();
    const look = () => lookIntoInbox(world.ctx, inbox, seen);
    await look();
    // still being written: it changed since the last look
    await writeFile(path.join(inbox, 'board/a.jsonl'), LINES + LINES.replaceAll('"u', '"v'));
    await utimes(path.join(inbox, 'board/a.jsonl'), new Date(), new Date(Date.now() + 5_000));
    await look();
    expect(await world.rows('select name from post_import order by 1')).toEqual([{ name: 'd.zip' }]);
    await look();
    expect(await world.rows('select name, platform from post_import order by 1')).toEqual([
      { name: 'a.jsonl', platform: 'board' },
      { name: 'd.zip', platform: 'import' },
    ]);
    await world.pool.query(`update post_import set state = 'failed', reason = '压缩包目录缺失' where name = 'd.zip'`);
    await world.work();
    // a restart forgets what it saw and looks again
    seen.clear();
    for (let i = 0; i < 3; i += 1) await look();
    expect(await world.rows(`select count(*)::int as n from post where platform = 'board'`)).toEqual([{ n: 6 }]);
    expect((await readdir(path.join(inbox, 'board/done'))).map((name) => name.replace(/^\d+T\d+-/, ''))).toEqual(['a.jsonl']);
    expect((await readdir(inbox)).sort()).toEqual(['b.jsonl.part', 'board', 'd.zip', 'failed']);
    const failed = await readdir(path.join(inbox, 'failed'));
    expect(failed.map((name) => name.replace(/^\d+T\d+-/, '')).sort()).toEqual(['c.exe', 'c.exe.reason.txt']);
    expect(await readFile(path.join(inbox, 'failed', failed.find((name) => name.endsWith('.txt'))!), 'utf8')).toContain('jsonl');
    await world.pool.query(`update post_import set state = 'failed', reason = '压缩包目录缺失' where name = 'd.zip'`);
    await look();
    expect((await readdir(path.join(inbox, 'failed'))).filter((name) => name.endsWith('d.zip.reason.txt'))).toHaveLength(1);
  });
});
