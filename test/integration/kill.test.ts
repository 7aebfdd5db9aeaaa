/**
 * The product is killed (kill -9 of everything: program, database, browser, sandbox) at seven random moments of a run and
 * started again each time. Nothing may be lost and nothing doubled, whatever the moment. Moments are drawn by seed as
 * steps of the work, not of the clock, so that a slow machine is killed at the same places as a fast one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../db/connect.ts';
import { embeddedUrl } from '../../db/embedded/server.ts';
import { verifyAudit } from '../../db/repositories/audit.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';
import { truthOf } from '../../sandbox/truth.ts';
import { createRandom } from '../../sandbox/world/random.ts';
import { deskClient, enforce, openCases } from '../support/desk-client.ts';
import { eventually, killAllOn, leftOn, processesOn } from '../support/process-tree.ts';
import { dataFolder, type Product, runPincha, startProduct } from '../support/product.ts';

const SEED = 2026;
/** Ledger rows (sealed pages, page shots and their texts) a run comes to, roughly: moments are drawn below it. */
const STEPS = 1_450;
const random = createRandom(SEED).fork('kill');
/** One moment while it starts, as ms after the command; five of the run, as ledger rows; one while notices are out. */
const starting = random.between(300, 6_000);
const working = Array.from({ length: 5 }, () => random.between(5, STEPS)).sort((a, b) => a - b);
const afterNotices = random.between(0, 900);

const data = dataFolder();
const root = path.join(data, 'demo');
const database = embeddedUrl(path.join(root, 'pg'), 'pincha');
let product: Product | null = null;
let notices: string[] = [];
const killed: string[] = [];

async function rows<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
const one = async <T>(sql: string): Promise<T> => Object.values((await rows<Record<string, T>>(sql))[0] ?? {})[0] as T;
const steps = async (): Promise<{ rows: number; over: boolean }> => ({
  rows: Number(await one<string>('select coalesce(max(seq), 0) from ledger')),
  over: (await one<number>(`select count(*)::int from run where state <> 'running'`)) > 0,
});

async function killNow(moment: string): Promise<void> {
  expect(processesOn(data).length, moment).toBeGreaterThan(0);
  await killAllOn(data);
  killed.push(moment);
  await product?.kill();
  product = null;
}

async function killWhileStarting(ms: number): Promise<void> {
  const begun = startProduct(data);
  begun.catch(() => undefined);
  await sleep(ms);
  await killNow(`start + ${ms} ms`);
}

async function killAtStep(step: number): Promise<void> {
  product = await startProduct(data);
  const at = await eventually(`step ${step}`, 120_000, async () => {
    const seen = await steps();
    return seen.rows >= step || seen.over ? seen : null;
  });
  await killNow(`step ${at.rows} (wanted ${step})${at.over ? ', run over' : ''}`);
}

/** Two people have platforms act on two cases: a feed that only claims to, and a public account with no return story. */
async function decideCases(world: ReturnType<typeof generateWorld>): Promise<string[]> {
  if (!product) throw new Error('not started');
  const { url, passwords } = product;
  const reviewer = await deskClient(url, 'shenhe', passwords.get('shenhe'));
  const approver = await deskClient(url, 'fuhe', passwords.get('fuhe'));
  const storied = new Set(world.returns.map((r) => world.accounts.find((a) => a.externalId === r.from.externalId)?.name));
  const chosen = await eventually('a case on each platform', 120_000, async () => {
    const open = (await openCases(reviewer)).filter((c) => !storied.has(c.account.name) && c.level === 'statutory');
    const picked = ['sandbox-wechat', 'sandbox-feed'].map((platform) => open.find((c) => c.account.platform === platform)?.id);
    return picked.every((id) => id !== undefined) ? picked.filter((id) => id !== undefined) : null;
  });
  const made: string[] = [];
  for (const caseId of chosen) made.push(await enforce(reviewer, approver, caseId));
  return made;
}

describe.sequential('killed at seven random moments', () => {
  const world = generateWorld({ seed: SEED, texts: loadTexts() });
  const truth = truthOf(world);

  beforeAll(async () => {
    await killWhileStarting(starting);
    for (const step of working.slice(0, 3)) await killAtStep(step);
    product = await startProduct(data);
    notices = await decideCases(world);
    await sleep(afterNotices);
    await killNow(`${afterNotices} ms after the last approval`);
    for (const step of working.slice(3)) await killAtStep(step);
    product = await startProduct(data);
    await eventually('the run to end', 240_000, async () => ((await one<number>(`select count(*)::int from run where state = 'running'`)) === 0 ? true : null));
    await eventually('platforms to have answered and been looked at', 120_000, async () => {
      const waiting = await one<number>(`select count(*)::int from notice where state not in ('verified', 'verification_failed')`);
      return waiting === 0 ? true : null;
    });
    console.info(`killed: ${killed.join('; ')}`);
  }, 1_200_000);

  afterAll(async () => {
    await killAllOn(data);
    fs.rmSync(data, { recursive: true, force: true });
  });

  it('was killed seven times, most of them in the middle of the run', () => {
    expect(killed).toHaveLength(7);
    expect(killed.filter((moment) => !moment.includes('run over')).length).toBeGreaterThanOrEqual(5);
  });

  it('finishes one run, with no task and no account left', async () => {
    expect(await rows('select state from run')).toEqual([{ state: 'done' }]);
    expect(await rows(`select state from run_task where state <> 'done'`)).toEqual([]);
    expect(await rows(`select state from run_account where state <> 'done'`)).toEqual([]);
  });

  it('has every post the sandbox shows, each once and in one version', async () => {
    const shown = truth.posts.filter((p) => p.status === 'live' && !p.hidden).map((p) => `${p.platform}/${p.id}`);
    const stored = await rows<{ key: string }>(`select platform || '/' || external_id as key from post where external_id not like 'banned-%' order by 1`);
    expect(stored.map((r) => r.key)).toEqual([...shown].sort());
    expect(await one('select max(version) from post')).toBe(1);
    expect(await rows(`select post_id from post_version group by post_id having count(*) > 1`)).toEqual([]);
  });

  it('has every account that is not walled, each screened', async () => {
    const visible = truth.accounts.filter((a) => !a.hidden && !a.walled).map((a) => `${a.platform}/${a.externalId}`);
    const screened = await rows<{ key: string }>(
      `select platform || '/' || external_id as key from account where external_id not like 'banned-%' and screened_at is not null`,
    );
    expect(screened.map((r) => r.key).sort()).toEqual(expect.arrayContaining([...visible].sort()));
    expect(await rows(`select id from post where screened_with is null and external_id not like 'banned-%'`)).toEqual([]);
  });

  it('has one case for each account with something to decide, and none doubled', async () => {
    expect(await rows('select account_id from case_file group by account_id having count(*) > 1')).toEqual([]);
    const missing = await rows(
      `select distinct f.account_id from finding f join account a on a.id = f.account_id
        where not f.exempt and f.state <> 'superseded' and f.level in ('statutory', 'lead') and a.status <> 'suspended'
          and not exists (select 1 from case_file c where c.account_id = f.account_id)`,
    );
    expect(missing).toEqual([]);
    expect(await one<number>('select count(*)::int from case_file')).toBeGreaterThan(15);
    expect(await rows('select dedupe_key from finding group by dedupe_key having count(*) > 1')).toEqual([]);
  });

  it('sent each notice to its platform, once', async () => {
    const sent = await rows<{ id: string; state: string }>('select id, state from notice order by id');
    expect(sent.map((n) => n.id)).toEqual([...notices].sort());
    // The feed only claims to have acted: looked at again, it is found out.
    expect(sent.map((n) => n.state).sort()).toEqual(['verification_failed', 'verified']);
    const platform = JSON.parse(fs.readFileSync(path.join(root, 'sandbox/state.json'), 'utf8')) as { notices: object; pending: unknown[] };
    expect(Object.keys(platform.notices).sort()).toEqual([...notices].sort());
    expect(await rows('select notice_id, kind from receipt group by 1, 2 having count(*) > 1')).toEqual([]);
    expect(await rows(`select notice_id from notice_event where action = 'delivered' group by 1 having count(*) > 1`)).toEqual([]);
  });

  it('keeps a whole audit chain and nothing undispatched', async () => {
    const { db, close } = connect(database);
    const audit = await verifyAudit(db);
    await close();
    expect(audit.brokenAt).toBeNull();
    expect(audit.entries).toBeGreaterThan(20);
    await eventually('an empty outbox', 30_000, async () =>
      (await one<number>('select count(*)::int from outbox where dispatched_at is null and not_before <= now()')) === 0 ? true : null,
    );
  });

  it('ends cleanly, leaves no process behind, and its evidence verifies', async () => {
    expect(await product?.stop()).toBe(0);
    product = null;
    expect(await leftOn(data)).toEqual([]);
    expect(fs.existsSync(path.join(root, 'lock'))).toBe(false);
    const verified = await runPincha(data, ['evidence', 'verify', '--json']);
    const report = JSON.parse(verified.out) as { ok: boolean; first: unknown; ledger: { ok: boolean }; captures: { withBytes: number; sound: number } };
    expect(report.first).toBeNull();
    expect([report.ok, report.ledger.ok, verified.code]).toEqual([true, true, 0]);
    expect(report.captures.sound).toBe(report.captures.withBytes);
    expect(await leftOn(data)).toEqual([]);
  });
});
