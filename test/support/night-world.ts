/**
 * Nights over small sites that refuse, wall and change: real fetcher, host clock, sealer, store and walks. Hours pass by
 * moving what the database holds into the past, because waits are counted by its clock.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asc, eq, sql } from 'drizzle-orm';
import pino from 'pino';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import type { RobotsPage } from '../../core/politeness.ts';
import { createFetcher } from '../../crawlers/fetch/fetcher.ts';
import type { Db } from '../../db/connect.ts';
import { createHostClock } from '../../db/repositories/host.ts';
import { unfinished } from '../../db/repositories/run.ts';
import { addSource } from '../../db/repositories/source.ts';
import { frontier, host, run, runAccount, runTask } from '../../db/schema/index.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { JobContext } from '../../queue/context.ts';
import { crawlSource } from '../../queue/jobs/crawl-source.ts';
import { beginRun } from '../../queue/runs.ts';

const HOUR_MS = 3_600_000;
/** HH:MM in Asia/Shanghai half a day away, so that the night is never near when the test runs. */
const farNight = (): string => new Date(Date.now() + 20 * HOUR_MS).toISOString().slice(11, 16);

export interface NightWorld {
  add(url: string, platform?: string, robotsPage?: RobotsPage): Promise<void>;
  /** Begins a night, or takes the one under way up again, and walks what may be walked now. */
  night(): Promise<{ state: string; outcome: string | null; detail: string | null; resumeAt: Date | null }[]>;
  /** What is still to visit, in line. */
  waiting(): Promise<{ path: string; tries: number; refusals: number; nights: number }[]>;
  /** How the only host is paced. */
  pace(): Promise<typeof host.$inferSelect>;
  hoursPass(hours: number): Promise<void>;
  close(): Promise<void>;
}

/** @param allowed `host:port` of its sites */
export function nightWorld(db: Db, allowed: readonly string[]): NightWorld {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-nights-'));
  const config = { ...loadConfig({}), nightlyAt: farNight() };
  const hostClock = createHostClock(db, config.nightlyAt);
  const fetcher = createFetcher({ userAgent: 'PinchaTest/1', from: '', allowPrivate: allowed, floorDelayMs: 0, hostClock, clock: systemClock });
  const sealer = createSealer({ dir });
  const base = { db, config, clock: systemClock, log: pino({ level: 'silent' }), fetcher, sealer };
  const ctx = { ...base, floorDelayFor: () => 0, signal: new AbortController().signal } as unknown as JobContext;
  return {
    add: async (url, platform = 'sandbox-board', robotsPage = 'open') => {
      await addSource(db, { platform, name: '测试来源', url, robotsPage }, systemClock.now());
    },
    night: async () => {
      const { runId } = await beginRun(ctx, 'demand', 'test');
      for (const task of (await unfinished(db)).tasks) await crawlSource.run(task, ctx);
      // Nobody screens here: what was seen counts as screened.
      await db.update(runAccount).set({ state: 'done' });
      const tasks = await db.select().from(runTask).where(eq(runTask.runId, runId)).orderBy(asc(runTask.id));
      if (tasks.every(({ state }) => state === 'done')) await db.update(run).set({ state: 'done' });
      return tasks.map(({ state, outcome, detail, resumeAt }) => ({ state, outcome, detail, resumeAt }));
    },
    waiting: async () => {
      const rows = await db.select().from(frontier).where(sql`${frontier.doneRun} is null`).orderBy(asc(frontier.seq));
      return rows.map(({ url, tries, refusals, nights }) => ({ path: new URL(url).pathname, tries, refusals, nights }));
    },
    pace: async () => {
      const [row] = await db.select().from(host).where(sql`${host.robotsStatus} is null`);
      if (!row) throw new Error('no host was asked');
      return row;
    },
    hoursPass: async (hours) => {
      const passed = sql`make_interval(secs => ${hours * 3_600}::float8)`;
      await db.execute(sql`update frontier set not_before = not_before - ${passed}`);
      await db.execute(sql`update run_task set resume_at = resume_at - ${passed}`);
      await db.execute(sql`update host set backoff_until = backoff_until - ${passed}, refused_since = refused_since - ${passed},
        next_slot_at = next_slot_at - ${passed}, robots_fetched_at = robots_fetched_at - ${passed}`);
    },
    close: async () => {
      await fetcher.close();
      await sealer.close();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
