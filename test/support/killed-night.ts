/**
 * A night over a light site, its crawler killed with SIGKILL at given shares of the work and started again each time.
 * What is counted is what the site saw: no address lost, and none asked for twice but those under way at a kill.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eq, sql } from 'drizzle-orm';
import pino from 'pino';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import type { Db } from '../../db/connect.ts';
import { addSources } from '../../db/repositories/source.ts';
import { capture, run, runTask } from '../../db/schema/index.ts';
import { beginRun } from '../../queue/runs.ts';
import { startNightSite } from './night-site.ts';

export interface KilledNight {
  readonly urls: number;
  readonly kills: number;
  /** Walks at a time: each has one address under way. */
  readonly walks: number;
  /** Addresses never asked for, and those without a capture that shows them. */
  readonly lost: readonly string[];
  readonly unsealed: number;
  /** Requests beyond the first of an address. */
  readonly again: number;
  readonly seconds: number;
  readonly tasks: readonly { readonly state: string; readonly outcome: string | null }[];
  readonly left: number;
}
export interface NightOrder {
  readonly boards: number;
  readonly perBoard: number;
  readonly pageChars: number;
  readonly kills: number;
  readonly patienceMs: number;
  readonly say?: (words: string) => void;
}

const expectedOf = (boards: number, perBoard: number): string[] => {
  const lists = Math.ceil(perBoard / 51);
  return Array.from({ length: boards }, (_, b) => [
    ...Array.from({ length: lists }, (_, i) => `/jobs?board=${b}&page=${i + 1}`),
    ...Array.from({ length: perBoard - lists }, (_, i) => `/job/${b}-${i}.html`),
  ]).flat();
};

/** @param database an empty migrated database */
export async function killedNight(database: { readonly db: Db; readonly url: string }, order: NightOrder): Promise<KilledNight> {
  const { db } = database;
  const say = order.say ?? (() => undefined);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-night-'));
  const site = await startNightSite(order);
  const program = fileURLToPath(new URL('./night-process.ts', import.meta.url));
  const start = (): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', program, database.url, dir, site.host], { stdio: ['ignore', 'inherit', 'inherit'] });
  const die = async (child: ChildProcess): Promise<unknown> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    return ended;
  };
  let child: ChildProcess | null = null;
  try {
    await addSources(
      db,
      site.boards.map((url, i) => ({ platform: 'sandbox-board', name: `板块 ${i}`, url })),
      systemClock.now(),
    );
    const context = { db, clock: systemClock, config: loadConfig({}), log: pino({ level: 'silent' }) };
    const { runId } = await beginRun(context, 'nightly', 'test');
    const urls = expectedOf(order.boards, order.perBoard);
    const began = performance.now();
    const deadline = Date.now() + order.patienceMs;
    const over = async (): Promise<boolean> => (await db.select({ state: run.state }).from(run).where(eq(run.id, runId)))[0]?.state !== 'running';
    for (let kill = 1; kill <= order.kills + 1; kill += 1) {
      child = start();
      const upTo = kill > order.kills ? Number.POSITIVE_INFINITY : Math.floor((urls.length * kill) / (order.kills + 1));
      while ((await site.hits()) < upTo && !(await over())) {
        if (Date.now() > deadline) break;
        await sleep(50);
      }
      await die(child);
      say(`${kill > order.kills ? 'end' : `kill ${kill}`} at ${await site.hits()} requests, ${Math.round(performance.now() - began)} ms`);
    }
    const counts = await site.counts();
    const [sealed] = await db
      .select({ n: sql<number>`count(distinct ${capture.url})::int` })
      .from(capture)
      .where(eq(capture.outcome, 'ok'));
    const left = await db.execute<{ n: number }>(sql`select count(*)::int as n from frontier`);
    return {
      urls: urls.length,
      kills: order.kills,
      walks: order.boards,
      lost: urls.filter((url) => !counts.has(url)),
      unsealed: urls.length - (sealed?.n ?? 0),
      again: [...counts.values()].reduce((sum, n) => sum + n - 1, 0),
      seconds: (performance.now() - began) / 1_000,
      tasks: await db.select({ state: runTask.state, outcome: runTask.outcome }).from(runTask),
      left: left.rows[0]?.n ?? -1,
    };
  } finally {
    if (child) await die(child);
    site.close();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
