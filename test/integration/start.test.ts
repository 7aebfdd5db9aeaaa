/**
 * Starting and stopping: what stands in the way of a start is said plainly and leaves nothing running; every way to be
 * asked to stop ends cleanly; and what was missed while we were away is caught up.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { checkDisk, holderOf, lockData } from '../../bin/lock.ts';
import { loadConfig } from '../../core/config.ts';
import { addSources } from '../../db/repositories/source.ts';
import { outbox, run, runTask } from '../../db/schema/index.ts';
import { beginRun, catchUpNight } from '../../queue/runs.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { eventually, killAllOn, leftOn } from '../support/process-tree.ts';
import { dataFolder, type Product, runPincha, startProduct } from '../support/product.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const folders: string[] = [];
function folder(): string {
  const dir = dataFolder();
  folders.push(dir);
  return dir;
}
afterAll(async () => {
  for (const dir of folders) {
    await killAllOn(dir);
    fs.rmSync(dir, { recursive: true, force: true });
  }
});

describe('a start that cannot be', () => {
  it('names the port that is taken, before it starts a database', async () => {
    const data = folder();
    const owner = net.createServer();
    await new Promise<void>((resolve) => void owner.listen(0, '127.0.0.1', resolve));
    const { port } = owner.address() as net.AddressInfo;
    const ended = await runPincha(data, ['start'], { PORT: String(port) });
    owner.close();
    expect([ended.code, ended.err]).toEqual([1, expect.stringMatching(new RegExp(`PORT_TAKEN: .*${port}[^]*Port ${port} is taken`))]);
    expect(fs.readdirSync(path.join(data, 'demo'))).toEqual([]);
    expect(await leftOn(data)).toEqual([]);
  });

  it('names the process that holds the data folder, and takes over from a dead one', async () => {
    const data = folder();
    const demo = path.join(data, 'demo');
    fs.mkdirSync(demo);
    const letGo = lockData(demo);
    const ended = await runPincha(data, ['start']);
    expect([ended.code, ended.err]).toEqual([1, expect.stringMatching(new RegExp(`DATA_LOCKED: .*${process.pid}`))]);
    expect(holderOf(demo)).toBe(process.pid);
    letGo();
    expect(fs.readdirSync(demo)).toEqual([]);
    // A pid of the dead that was given to somebody else: same number, another start time.
    fs.writeFileSync(path.join(demo, 'lock'), `${process.pid}\n1\n`);
    expect(holderOf(demo)).toBeNull();
    const again = lockData(demo);
    expect(holderOf(demo)).toBe(process.pid);
    again();
    expect(fs.readdirSync(demo)).toEqual([]);
  });

  it('says how much room is missing on the disk', () => {
    const data = folder();
    const blocks = (mb: number) => () => ({ bavail: mb * 256, bsize: 4_096 });
    expect(() => checkDisk(data, blocks(120))).toThrowError(expect.objectContaining({ code: 'DISK_FULL', details: { path: data, freeMb: 120, needMb: 500 } }));
    expect(() => checkDisk(data, blocks(501))).not.toThrow();
    expect(() => checkDisk(data)).not.toThrow();
  });

  it('lists every fault of the configuration at once', async () => {
    const data = folder();
    const ended = await runPincha(data, ['start'], { PORT: '99999', PINCHA_NIGHTLY: '25:00', PINCHA_ACK_DAYS: 'soon', LOG_LEVEL: 'loud' });
    expect(ended.code).toBe(1);
    for (const name of ['CONFIG_INVALID', 'PORT', 'PINCHA_NIGHTLY', 'PINCHA_ACK_DAYS', 'LOG_LEVEL']) expect(ended.err).toContain(name);
    // The link to compiled law is the test's own.
    expect(fs.readdirSync(data)).toEqual(['cache']);
  });

  it('says that a data folder cannot be written', async () => {
    const data = folder();
    fs.writeFileSync(path.join(data, 'file'), '');
    const ended = await runPincha(path.join(data, 'file'), ['start']);
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('FILE_UNREADABLE')]);
  });
});

/** A guardian as npm start has one: starts the program with an ipc channel and then only waits. */
const GUARDIAN = `require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })`;

describe.sequential('an end', () => {
  const data = folder();
  const demo = path.join(data, 'demo');
  const clean = async (): Promise<void> => {
    expect(await leftOn(data)).toEqual([]);
    expect(fs.existsSync(path.join(demo, 'lock'))).toBe(false);
    expect(fs.readdirSync(path.join(demo, 'pg.holders'))).toEqual([]);
  };
  const timed = async (): Promise<{ product: Product; seconds: string }> => {
    const begun = Date.now();
    return { product: await startProduct(data), seconds: ((Date.now() - begun) / 1_000).toFixed(1) };
  };

  it('by SIGTERM in the middle of the first run is clean', async () => {
    const { product, seconds } = await timed();
    console.info(`first start: ${seconds} s`);
    expect(await product.stop()).toBe(0);
    expect(product.said()).toContain('已停止');
    expect(product.said()).not.toMatch(/Warning|MaxListeners|Error:/);
    await clean();
  });

  it('by a Ctrl-C that arrives three times is as clean', async () => {
    const { product, seconds } = await timed();
    console.info(`second start: ${seconds} s`);
    for (let i = 0; i < 3; i += 1) process.kill(product.pid, 'SIGINT');
    expect(await product.stop()).toBe(0);
    await clean();
  });

  it('comes when the guardian was killed and nobody else could stop it', async () => {
    const env = { ...process.env, PINCHA_DATA: data, PORT: '0' };
    const guardian = spawn(process.execPath, ['-e', GUARDIAN, '--', '--import', 'tsx', path.join(ROOT, 'bin/pincha.ts'), 'start'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    guardian.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    await eventually('the address', 180_000, () => (said.includes('→') ? true : null));
    guardian.kill('SIGKILL');
    expect(await leftOn(data, 60_000)).toEqual([]);
    await clean();
  });
});

describe('a missed night', () => {
  let database: TestDatabase;
  let now: Date;
  const ctx = () => ({ db: database.db, clock: { now: () => now }, config: loadConfig({ PINCHA_NIGHTLY: '01:30' }), log: pino({ level: 'silent' }) });
  /** An hour of 23 November in Asia/Shanghai. */
  const at = (hour: string): Date => new Date(`2026-11-23T${hour}:00+08:00`);
  const finish = (): Promise<unknown> => database.db.update(run).set({ state: 'done', endedAt: now });

  const ready = async (): Promise<void> => {
    database = await freshDatabase();
    now = new Date('2026-11-22T12:00:00+08:00');
    await addSources(database.db, [{ platform: 'sandbox-feed', name: '演示', url: 'http://127.0.0.1:1/u/1' }], now);
  };
  afterEach(() => database.close());

  it('is run once when we are back, with its walks', async () => {
    await ready();
    await beginRun(ctx(), 'demand', '测试');
    await finish();
    now = at('07:10');
    expect(await catchUpNight(ctx())).toBe(true);
    expect(await catchUpNight(ctx())).toBe(false);
    await finish();
    expect(await catchUpNight(ctx())).toBe(false);
    const runs = await database.db.select().from(run);
    expect(runs.map((r) => [r.kind, r.runDate]).sort()).toEqual([
      ['demand', '2026-11-22'],
      ['nightly', '2026-11-23'],
    ]);
    const tasks = await database.db.select().from(runTask);
    expect(tasks.filter((t) => t.runId === runs.find((r) => r.kind === 'nightly')?.id)).toHaveLength(1);
    expect((await database.db.select().from(outbox)).map((o) => o.topic)).toEqual(['source.crawl', 'source.crawl']);
  });

  it('was none before its time, long after it, or on a system that has never run', async () => {
    await ready();
    now = at('07:10');
    expect(await catchUpNight(ctx())).toBe(false);
    now = new Date('2026-11-22T12:00:00+08:00');
    await beginRun(ctx(), 'demand', '测试');
    await finish();
    for (const hour of ['01:29', '01:31', '21:40']) {
      now = at(hour);
      expect(await catchUpNight(ctx()), hour).toBe(false);
    }
    now = at('21:20');
    expect(await catchUpNight(ctx())).toBe(true);
  });
});
