/** A sandbox that has not changed is crawled again: hardly a byte moves, and no page is drawn in the browser. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { systemClock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { stopRun, unfinished } from '../../db/repositories/run.ts';
import { addSources } from '../../db/repositories/source.ts';
import { capture, post } from '../../db/schema/index.ts';
import type { JobContext } from '../../queue/context.ts';
import { crawlSource } from '../../queue/jobs/crawl-source.ts';
import { beginRun } from '../../queue/runs.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';
import { crawlContext, testFetcher } from '../support/crawl-context.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { SECRET } from '../support/sandbox-server.ts';

const world = generateWorld({ seed: 11, texts: loadTexts() });
let dir: string;
let host: BrowserHost;
let sandbox: Sandbox;
let database: TestDatabase;
let ctx: JobContext;
let drawn = 0;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'pincha-second-'));
  // As root the browser runs under another identity, which must be able to enter.
  await chmod(dir, 0o755);
  host = createBrowserHost({ dataDir: dir, log: () => undefined });
  sandbox = await startSandbox({ world, noticeSecret: SECRET, manners: { refuseEvery: 0, breakAt: 0 } });
  database = await freshDatabase();
  const { db } = database;
  const browser = () => {
    drawn += 1;
    return host.get();
  };
  ctx = crawlContext(db, testFetcher(db, { allowPrivate: sandbox.hosts, browser }), dir);
  const open = world.accounts.filter((a) => !a.walled).map((a) => a.externalId);
  const some = (platform: string, most: number) =>
    sandbox.sources.filter((s) => s.platform === platform && open.some((id) => s.url.includes(id))).slice(0, most);
  await addSources(db, [...some('sandbox-feed', 2), ...some('sandbox-wechat', 8)], systemClock.now());
});
afterAll(async () => {
  await ctx?.fetcher.close();
  await ctx?.sealer.close();
  await host?.close();
  await sandbox?.close();
  await database?.close();
  await rm(dir, { recursive: true, force: true });
});

/** Crawls all sources once. @returns bytes of bodies that the sandbox sent */
async function crawl(): Promise<{ bytes: number; pages: number; runId: string }> {
  sandbox.log.clear();
  const { runId } = await beginRun(ctx, 'demand', 'test');
  for (const task of (await unfinished(ctx.db)).tasks) await crawlSource.run(task, ctx);
  await stopRun(ctx.db, runId, systemClock.now());
  const [seen] = await ctx.db.select({ n: sql<number>`count(*)::int` }).from(capture).where(eq(capture.runId, runId));
  return { bytes: [...sandbox.log.totals.values()].reduce((sum, one) => sum + one.bytes, 0), pages: seen?.n ?? 0, runId };
}

it('moves at most a twentieth of the bytes and opens no browser', async () => {
  const first = await crawl();
  const drawnFirst = drawn;
  expect([first.pages > 20, drawnFirst]).toEqual([true, 2]);
  const second = await crawl();
  console.info(`first crawl ${first.bytes} bytes in ${first.pages} looks, second ${second.bytes} in ${second.pages}`);
  expect(drawn).toBe(drawnFirst);
  expect(second.bytes).toBeLessThanOrEqual(first.bytes * 0.05);
  // A post that is unchanged does not ask for its pictures again.
  expect([second.pages > 20, second.pages <= first.pages]).toEqual([true, true]);
});

it('draws a page again as soon as one of its parts has changed', async () => {
  const before = drawn;
  await ctx.db.execute(
    sql`update page_state set parts = jsonb_set(jsonb_set(parts, '{2,etag}', '"W/other"'), '{2,sha256}', to_jsonb(${newId()}::text)) where parts is not null`,
  );
  await crawl();
  expect(drawn).toBe(before + 2);
  expect((await ctx.db.select({ n: sql<number>`max(version)::int` }).from(post))[0]?.n).toBe(1);
});
