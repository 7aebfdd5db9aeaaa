/**
 * A night over a light site, its crawler killed with SIGKILL at given shares of the work and started again each time.
 * What is counted is what the site saw: no address lost, and none asked for twice but those under way at a kill. Then
 * what was kept is held against it: each address once, the ledger and every sealed record whole.
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
import { capturesToVerify, ledgerRows } from '../../db/repositories/capture.ts';
import { addSources } from '../../db/repositories/source.ts';
import { run, runTask } from '../../db/schema/index.ts';
import { type EvidenceReport, verifyEvidence } from '../../evidence/verify.ts';
import { beginRun } from '../../queue/runs.ts';
import { type NightSite, type NightSiteOrder, startNightSite } from './night-site.ts';

export interface KilledNight {
  readonly urls: number;
  readonly kills: number;
  /** Walks at a time: each has one address under way. */
  readonly walks: number;
  /** Addresses never asked for, and how many have no capture that shows them. */
  readonly lost: readonly string[];
  readonly unsealed: number;
  /** Requests beyond the first of an address; of them those that no kill accounts for. */
  readonly again: number;
  readonly needless: readonly string[];
  /** Addresses under way at each kill: asked for, and not yet kept. */
  readonly underWay: readonly number[];
  /** Times the crawl ended by itself before the night was over. */
  readonly crashes: number;
  /** Addresses kept more than once. */
  readonly doubled: number;
  readonly seconds: number;
  readonly tasks: readonly { readonly state: string; readonly outcome: string | null }[];
  /** Pages by the run's own count. */
  readonly counted: number;
  readonly left: number;
  readonly evidence: EvidenceReport;
}
/** What is told in between. */
export interface NightProgress {
  readonly pages: number;
  readonly seconds: number;
  /** Memory of the crawl process; 0 while there is none. */
  readonly rssMb: number;
  readonly kills: number;
}
export interface NightOrder extends NightSiteOrder {
  readonly kills: number;
  readonly patienceMs: number;
  /** When it is killed, as shares of the work, ascending; evenly without them. */
  readonly moments?: readonly number[];
  /** The program that crawls, beside this file. */
  readonly program?: string;
  readonly walks?: number;
  readonly say?: (words: string) => void;
  readonly progress?: (so: NightProgress) => void;
  /** Ends the night early. */
  readonly signal?: AbortSignal;
}

const LOOK_MS = 50;
const TELL_MS = 5_000;

const memoryOf = (pid: number | undefined): number => {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
};

async function die(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** How often each address was kept, path and query. */
async function kept(db: Db): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ path: string; n: number }>(
    sql`select regexp_replace(url, '^https?://[^/]*', '') as path, count(*)::int as n from capture where outcome = 'ok' group by 1`,
  );
  return new Map(rows.map(({ path: at, n }) => [at, n]));
}

interface Night {
  readonly db: Db;
  readonly site: NightSite;
  readonly runId: string;
  readonly order: NightOrder;
  readonly start: () => ChildProcess;
}

/** Works through the night with its kills. @returns the addresses under way at each, and how often the crawl ended by itself */
async function workThrough({ db, site, runId, order, start }: Night): Promise<{ underWay: Set<string>[]; crashes: number }> {
  const began = performance.now();
  const deadline = Date.now() + order.patienceMs;
  const over = async (): Promise<boolean> => (await db.select({ state: run.state }).from(run).where(eq(run.id, runId)))[0]?.state !== 'running';
  const moments = order.moments ?? Array.from({ length: order.kills }, (_, i) => (i + 1) / (order.kills + 1));
  const underWay: Set<string>[] = [];
  let [told, crashes] = [0, 0];
  for (let kill = 0; kill <= order.kills && !order.signal?.aborted; kill += 1) {
    const child = start();
    try {
      const upTo = kill === order.kills ? Number.POSITIVE_INFINITY : Math.floor(site.addresses.length * (moments[kill] ?? 1));
      for (let ended = false; !ended; ) {
        const pages = await site.hits();
        if (performance.now() - told > TELL_MS) {
          told = performance.now();
          order.progress?.({ pages, seconds: (told - began) / 1_000, rssMb: memoryOf(child.pid), kills: kill });
        }
        const dead = child.exitCode !== null;
        ended = pages >= upTo || Date.now() > deadline || order.signal?.aborted === true || (await over());
        if (dead && !ended) crashes += 1;
        ended ||= dead;
        if (!ended) await sleep(LOOK_MS);
      }
    } finally {
      await die(child);
    }
    // What was on the wire when it died may still reach the site.
    await sleep(LOOK_MS);
    const [asked, stored] = [await site.counts(), await kept(db)];
    const words = `${[...asked.values()].reduce((sum, n) => sum + n, 0)} requests, ${Math.round((performance.now() - began) / 1_000)} s`;
    if (kill === order.kills) order.say?.(`end: ${words}`);
    else {
      underWay.push(new Set([...asked.keys()].filter((url) => !stored.has(url))));
      order.say?.(`kill ${kill + 1} of ${order.kills}: ${words}, ${underWay.at(-1)?.size} addresses under way`);
    }
  }
  return { underWay, crashes };
}

/** @param database an empty migrated database */
export async function killedNight(database: { readonly db: Db; readonly url: string }, order: NightOrder): Promise<KilledNight> {
  const { db } = database;
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-night-'));
  const site = await startNightSite(order);
  const program = fileURLToPath(new URL(order.program ?? './night-process.ts', import.meta.url));
  const given = [database.url, dir, site.hosts.join(','), String(order.walks ?? order.boards)];
  try {
    await addSources(
      db,
      site.boards.map((url, i) => ({ platform: 'sandbox-board', name: `板块 ${i}`, url })),
      systemClock.now(),
    );
    const context = { db, clock: systemClock, config: loadConfig({}), log: pino({ level: 'silent' }) };
    const { runId } = await beginRun(context, 'nightly', 'test');
    const began = performance.now();
    const start = (): ChildProcess => spawn(process.execPath, ['--import', 'tsx', program, ...given], { stdio: ['ignore', 'inherit', 'inherit'] });
    const { underWay, crashes } = await workThrough({ db, site, runId, order, start });
    const seconds = (performance.now() - began) / 1_000;
    const [asked, stored] = [await site.counts(), await kept(db)];
    const left = await db.execute<{ n: number }>(sql`select count(*)::int as n from frontier`);
    const tasks = await db.select({ state: runTask.state, outcome: runTask.outcome, counts: runTask.counts }).from(runTask);
    return {
      urls: site.addresses.length,
      kills: order.kills,
      walks: order.walks ?? order.boards,
      lost: site.addresses.filter((url) => !asked.has(url)),
      unsealed: site.addresses.filter((url) => !stored.has(url)).length,
      again: [...asked.values()].reduce((sum, n) => sum + n - 1, 0),
      needless: [...asked].filter(([url, n]) => n - 1 > underWay.filter((at) => at.has(url)).length).map(([url]) => url),
      underWay: underWay.map((at) => at.size),
      crashes,
      doubled: [...stored.values()].filter((n) => n > 1).length,
      seconds,
      tasks: tasks.map(({ state, outcome }) => ({ state, outcome })),
      counted: tasks.reduce((sum, { counts }) => sum + counts.pages, 0),
      left: left.rows[0]?.n ?? -1,
      evidence: await verifyEvidence({ ledgerRows: ledgerRows(db), captures: capturesToVerify(db), dir: path.join(dir, 'evidence') }),
    };
  } finally {
    site.close();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
