/**
 * The job suite on each backend. PostgreSQL always; Redis where a `redis-server` stands on the PATH. Where it does not,
 * a test of that name says what was not run, so that nobody takes the silence for a pass.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../../core/ids.ts';
import { openBackend } from '../../../queue/backend.ts';
import { freshDatabase } from '../../support/database.ts';
import { jobSuite } from '../../support/job-suite.ts';
import { politenessSuite } from '../../support/politeness-suite.ts';
import { eventually } from '../../support/process-tree.ts';

const installed = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });

jobSuite('PostgreSQL');

describe('jobs on PostgreSQL, alone on the store', () => {
  it('takes up at once what a killed process held, however long its lock', async () => {
    const database = await freshDatabase();
    const backend = await openBackend({ database: database.url }, () => undefined);
    const queue = backend.queue('pincha-notice');
    await queue.add('notice.send', { noticeId: newId() }, { jobId: 'held' });
    const dead = backend.worker('pincha-notice', async () => undefined, { autorun: false, lockDuration: 3_600_000 });
    expect((await dead.getNextJob('dead', { block: false }))?.id).toBe('held');
    await backend.releaseAbandoned();
    const done: (string | undefined)[] = [];
    const worker = backend.worker('pincha-notice', async (job) => void done.push(job.id), { stalledInterval: 5_000, maxStalledCount: 1_000 });
    await eventually('the held job', 30_000, () => (done.length > 0 ? true : null));
    expect(done).toEqual(['held']);
    for (const one of [worker, dead]) await one.close(true);
    await queue.close();
    await backend.close();
    await database.close();
  });

  it('does not warn of a leak for the listeners its queues and workers need', async () => {
    const warnings: string[] = [];
    const hear = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`);
    process.on('warning', hear);
    const database = await freshDatabase();
    const backend = await openBackend({ database: database.url }, () => undefined);
    const open = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ queue: backend.queue(name), worker: backend.worker(name, async () => undefined, {}) }));
    await Promise.all(open.flatMap(({ queue, worker }) => [queue.waitUntilReady(), worker.waitUntilReady()]));
    for (const { queue, worker } of open) await Promise.all([worker.close(), queue.close()]);
    await backend.close();
    await database.close();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', hear);
    expect(warnings).toEqual([]);
  });
});

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

if (installed.status === 0) {
  const port = await freePort();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-redis-'));
  const server: ChildProcess = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir], {
    stdio: 'ignore',
  });
  const url = `redis://127.0.0.1:${port}/0`;
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
  probe.on('error', () => undefined);
  await probe.ping();
  probe.disconnect();
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill();
    await ended;
    fs.rmSync(dir, { recursive: true, force: true });
  });
  jobSuite(`Redis (${/v=\S+/.exec(installed.stdout)?.[0] ?? 'unknown'})`, url);
  politenessSuite(url);
} else {
  describe('jobs on Redis', () => {
    it('NOT RUN: no redis-server on the PATH; install one and run this file again to prove the REDIS_URL path', () => {
      const found = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => fs.existsSync(path.join(folder, 'redis-server')));
      expect(found).toEqual([]);
      console.warn('NOT RUN: the job suite on Redis (no redis-server on the PATH)');
    });
  });
  politenessSuite();
}
