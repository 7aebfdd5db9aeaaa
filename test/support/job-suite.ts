/** What the job queue must do, whichever backend is behind it: the same tests on PostgreSQL and on Redis. */
import { Redis } from 'ioredis';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../core/config.ts';
import { PinchaError } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import { newId } from '../../core/ids.ts';
import type { OutboxRow } from '../../core/model/effects.ts';
import { addToOutbox, dispatchWaiting } from '../../db/repositories/outbox.ts';
import { outbox } from '../../db/schema/index.ts';
import { openBackend, type QueueBackend } from '../../queue/backend.ts';
import type { JobContext } from '../../queue/context.ts';
import { defineJob, type Job } from '../../queue/define.ts';
import { JOBS } from '../../queue/job-table.ts';
import { startWorkers, type Workers } from '../../queue/workers.ts';
import { freshDatabase, type TestDatabase } from './database.ts';
import { eventually } from './process-tree.ts';

const PATIENCE_MS = 30_000;
type Handler = (input: { noticeId: string }) => Promise<void>;

/** A gate that holds whoever waits at it until it is opened. */
function gate(): { readonly passed: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** @param redisUrl an empty Redis database for these tests alone; PostgreSQL without it */
export function jobSuite(name: string, redisUrl?: string): void {
  describe(`jobs on ${name}`, () => {
    let database: TestDatabase;
    let now = new Date();
    let workers: Workers[] = [];
    let backends: QueueBackend[] = [];
    let ran: string[];
    let failed: string[];
    let handle: Handler;

    const urls = () => ({ database: database.url, redis: redisUrl });
    const backend = async (): Promise<QueueBackend> => {
      const opened = await openBackend(urls(), () => undefined);
      backends.push(opened);
      return opened;
    };
    /** The job under test in the place of the real one; the others do nothing. */
    const jobs = (): Job[] =>
      JOBS.map((real) =>
        defineJob({
          name: real.name,
          queue: real.queue,
          input: real.name === 'notice.send' ? TOPICS['notice.send'] : z.looseObject({}),
          attempts: 3,
          backoffMs: 20,
          key: (input) => String((input as { noticeId?: string }).noticeId ?? real.name),
          run: async (input) => {
            ran.push(real.name);
            if (real.name === 'notice.send') await handle(input as { noticeId: string });
          },
          failed: async (_input, _ctx, reason) => void failed.push(`${real.name}: ${reason}`),
        }),
      );
    const start = async (alone = false): Promise<Workers> => {
      const config = loadConfig({});
      const ctx = { db: database.db, config, clock: { now: () => now }, log: pino({ level: 'silent' }), signal: new AbortController().signal };
      const started = await startWorkers(ctx as unknown as JobContext, { databaseUrl: database.url, redisUrl, pollMs: 20, alone, jobs: jobs() });
      workers.push(started);
      return started;
    };
    const tell = (rows: readonly OutboxRow[]) => database.db.transaction((tx) => addToOutbox(tx, rows, now));
    const send = (noticeId: string, notBefore?: Date): Promise<void> =>
      tell([{ topic: 'notice.send', payload: { noticeId }, ...(notBefore ? { notBefore } : {}) }]);
    const sent = (): number => ran.filter((one) => one === 'notice.send').length;
    const waiting = async (): Promise<number> => (await database.db.select().from(outbox)).filter((row) => row.dispatchedAt === null).length;
    const until = (what: string, look: () => Promise<boolean> | boolean) => eventually(what, PATIENCE_MS, async () => ((await look()) ? true : null));
    const idle = async (which: Workers): Promise<boolean> => (await which.depth()).notice === 0 && (await waiting()) === 0;

    beforeEach(async () => {
      database = await freshDatabase();
      [ran, failed, now] = [[], [], new Date()];
      handle = async () => undefined;
      if (!redisUrl) return;
      const redis = new Redis(redisUrl);
      await redis.flushdb();
      await redis.quit();
    });
    afterEach(async () => {
      await Promise.all(workers.map((w) => w.close()));
      await Promise.all(backends.map((b) => b.close()));
      [workers, backends] = [[], []];
      await database.close();
    });

    it('runs what was written to the outbox, once each, with its own input', async () => {
      const ids = Array.from({ length: 300 }, () => newId());
      const got: string[] = [];
      handle = async ({ noticeId }) => void got.push(noticeId);
      await tell(ids.map((noticeId) => ({ topic: 'notice.send', payload: { noticeId } })));
      await start();
      await until('all of them', () => got.length >= ids.length);
      expect([...got].sort()).toEqual([...ids].sort());
      // A job may be done before the rows that told of it are marked as told: the last hundred is still open then.
      await until('all rows marked', async () => (await waiting()) === 0);
    });

    it('keeps what is for later until its time has come', async () => {
      const [early, late] = [newId(), newId()];
      const got: string[] = [];
      handle = async ({ noticeId }) => void got.push(noticeId);
      await send(late, new Date(now.getTime() + 3_600_000));
      await send(early);
      await start();
      await until('the early one', () => got.length === 1);
      expect([got, await waiting()]).toEqual([[early], 1]);
      now = new Date(now.getTime() + 3_600_001);
      await until('the late one', () => got.length === 2);
      expect(got).toEqual([early, late]);
    });

    it('tries again after a failure, and tells of none when it worked in the end', async () => {
      handle = async () => {
        if (sent() < 3) throw new PinchaError('FETCH_FAILED', { url: 'x', reason: 'y' });
      };
      await send(newId());
      const started = await start();
      await until('the third try', () => sent() === 3);
      await until('rest', () => idle(started));
      expect([sent(), failed]).toEqual([3, []]);
    });

    it('gives up after the last try, told once, and at once where trying again cannot help', async () => {
      handle = async () => {
        throw new PinchaError('FETCH_FAILED', { url: 'x', reason: 'y' });
      };
      await send(newId());
      const started = await start();
      await until('word of the failure', () => failed.length === 1);
      expect(sent()).toBe(3);
      handle = async () => {
        throw new PinchaError('NOT_FOUND', { what: '通知' });
      };
      await send(newId());
      await until('word of the second failure', () => failed.length === 2);
      await until('rest', () => idle(started));
      expect([sent(), failed[1]]).toEqual([4, 'notice.send: 未找到通知']);
    });

    it('takes two events with one key for one job while the first has not ended, and not after', async () => {
      const [noticeId, door] = [newId(), gate()];
      handle = () => door.passed;
      await send(noticeId);
      const started = await start();
      await until('the first to run', () => sent() === 1);
      await send(noticeId);
      await until('the second event to be dispatched', async () => (await waiting()) === 0);
      door.open();
      await until('rest', () => idle(started));
      expect(sent()).toBe(1);
      await send(noticeId);
      await until('the third event', () => sent() === 2);
    });

    it('runs an event once that was sent but not marked when the process was killed', async () => {
      const noticeId = newId();
      await send(noticeId);
      const queue = (await backend()).queue('pincha-notice');
      const job = jobs().find((one) => one.name === 'notice.send');
      const killed = dispatchWaiting(database.db, now, 10, async (events) => {
        for (const event of events) await queue.add(event.topic, event.payload, { jobId: job?.keyOf(event.payload) ?? '' });
        throw new PinchaError('INTERRUPTED', { reason: 'kill -9' });
      });
      await expect(killed).rejects.toThrow('kill -9');
      expect([await waiting(), await queue.count()]).toEqual([1, 1]);
      const started = await start();
      await until('rest', async () => sent() > 0 && (await idle(started)));
      expect(sent()).toBe(1);
      await queue.close();
    });

    it('shares one outbox between two processes without doubling anything', async () => {
      const ids = Array.from({ length: 200 }, () => newId());
      await start();
      const second = await start();
      await tell(ids.map((noticeId) => ({ topic: 'notice.send', payload: { noticeId } })));
      await until('all of them', () => sent() >= ids.length);
      await until('rest', () => idle(second));
      expect(sent()).toBe(ids.length);
    });

    it('has each schedule once, however often it is started, and runs the sweep', async () => {
      await start();
      await start();
      const queue = (await backend()).queue('pincha-clock');
      const schedules = await queue.getJobSchedulers();
      expect(schedules.map((s) => [s.key, s.name, s.pattern ?? null, s.tz ?? null]).sort()).toEqual([
        ['nightly', 'clock.night', '0 30 1 * * *', 'Asia/Shanghai'],
        ['sweep', 'clock.sweep', null, null],
      ]);
      const night = schedules.find((s) => s.key === 'nightly')?.next ?? 0;
      expect(new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', timeStyle: 'short' }).format(night)).toBe('01:30');
      await until('a sweep', () => ran.includes('clock.sweep'));
      await queue.close();
    });

    it('takes up a job whose process was killed, when its lock has run out', async () => {
      const noticeId = newId();
      const opened = await backend();
      const queue = opened.queue('pincha-notice');
      await queue.add('notice.send', { noticeId }, { jobId: 'abandoned', removeOnComplete: true });
      const dead = opened.worker('pincha-notice', async () => undefined, { autorun: false, lockDuration: 1_000 });
      expect((await dead.getNextJob('dead', { block: false }))?.id).toBe('abandoned');
      await start();
      await until('the abandoned job', () => sent() === 1);
      await dead.close(true);
      await queue.close();
    });

    it('leaves a job alone that another living process works on', async () => {
      const opened = await backend();
      const queue = opened.queue('pincha-notice');
      await queue.add('notice.send', { noticeId: newId() }, { jobId: 'held' });
      const other = opened.worker('pincha-notice', async () => undefined, { autorun: false, lockDuration: 600_000 });
      expect((await other.getNextJob('other', { block: false }))?.id).toBe('held');
      const started = await start();
      await send(newId());
      await until('the other job, and nothing but the held one in the queue', async () => sent() === 1 && (await started.depth()).notice === 1);
      expect([sent(), await queue.getActiveCount()]).toEqual([1, 1]);
      await other.close(true);
      await queue.close();
    });

    it('stops in the middle of work: what runs is finished, what waits is kept for the next start', async () => {
      const door = gate();
      handle = () => door.passed;
      const first = await start();
      await tell(Array.from({ length: 30 }, () => ({ topic: 'notice.send' as const, payload: { noticeId: newId() } })));
      await until('some to run and all to be queued', async () => sent() >= 4 && (await waiting()) === 0);
      workers = [];
      const closing = first.close();
      door.open();
      await closing;
      const before = sent();
      expect(before).toBeLessThan(30);
      await start();
      await until('the others', () => sent() >= 30);
      expect(sent()).toBe(30);
    });
  });
}
