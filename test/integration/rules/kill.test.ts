/**
 * A replay and a re-screening of the archive are killed (kill -9 of the process that works them, and of what the
 * database does for it) at five moments and
 * taken up again by the next process. Moments are places in the work: a trigger holds the transaction there until the
 * process is dead. In the end everything stored is what a run that nobody disturbed stores.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packTexts } from '../../../classifiers/rules/lifecycle.ts';
import { systemClock } from '../../../core/clock.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Actor } from '../../../core/model/role.ts';
import { connect, inTransaction } from '../../../db/connect.ts';
import { saveAccount, savePost } from '../../../db/repositories/content.ts';
import { addDraft, moveRevision } from '../../../db/repositories/rule.ts';
import { readRuleJob, startRuleJob } from '../../../db/repositories/rule-job.ts';
import { workRuleJob } from '../../../queue/jobs/rule-archive.ts';
import { screenAccountsNow } from '../../../queue/jobs/screen-account.ts';
import { archiveContext } from '../../support/archive-context.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually, killAllOn } from '../../support/process-tree.ts';
import { dataFolder } from '../../support/product.ts';

const AUTHOR: Actor = { id: '00000000-0000-7000-8000-00000000000a', name: '起草人', kind: 'user', roles: ['reviewer'] };
const OTHER: Actor = { id: '00000000-0000-7000-8000-00000000000b', name: '复核人', kind: 'user', roles: ['approver'] };
const ACCOUNTS = 6;
const POSTS = 75;
const PACK = 'charging';
const BADGE = '本厂诚聘包装工两名，月薪五千元，入职先交紫金胸牌费，面试电话联系。';
const DEPOSIT = '本厂诚聘普工两名，入职收工作服押金三百元，月薪五千，面试电话联系。';
const PLAIN = '本厂诚聘包装工两名，月薪五千元，双休，面试电话联系。';
const rule = (id: string, words: string): string => `
  - id: charging.${id}
    why: 写明“{quote}”，向求职者收取费用
    patterns: ['${words}']
    mustMatch: ['${words}']
    mustNotMatch: ['胸牌由公司发放']
`;

let killed: TestDatabase;
let calm: TestDatabase;
let jobs: { replay: string; rescreen: string };
const moments: string[] = [];
/** In the middle of a step, before its cursor moved and after, and where all is done but not said to be. */
const PLACES = ['differences of 400', `replay done ${ACCOUNTS * POSTS}`, 'rescreen running 4', `rescreen done ${ACCOUNTS}`];

/** Accounts screened by the shipped law, then a pack published that finds more, and both jobs waiting in the outbox. */
async function fill(url: string): Promise<{ replay: string; rescreen: string }> {
  const { db, close } = connect(url);
  const ctx = await archiveContext(db);
  const now = systemClock.now();
  for (let a = 0; a < ACCOUNTS; a += 1) {
    const accountId = await inTransaction(db, async (tx) => {
      const id = await saveAccount(tx, { platform: 'board', input: { id: `a${a}`, name: `第${a}招工站` }, url: null, now });
      for (let i = 0; i < POSTS; i += 1) {
        const text = `${[BADGE, DEPOSIT, PLAIN][i % 3]}${a}-${i}`;
        const input = { id: `a${a}-${i}`, title: '招聘普工', text };
        await savePost(tx, {
          accountId: id,
          platform: 'board',
          externalId: input.id,
          input,
          contentSha256: sha256(text),
          captureId: null,
          publishedAt: null,
          now,
        });
      }
      return id;
    });
    await screenAccountsNow(ctx, [accountId]);
  }
  const shipped = packTexts(ctx.law.active().files).get(PACK) ?? '';
  const wide = `${shipped}${rule('test-badge', '交紫金胸牌费')}`;
  const made = await inTransaction(db, (tx) => addDraft(tx, { pack: PACK, text: wide, note: '测试', basedOn: sha256(shipped) }, AUTHOR, now));
  const shadow = await inTransaction(db, (tx) => moveRevision(tx, made, { action: 'shadow', to: 'shadow', set: {} }, AUTHOR, now, null));
  await inTransaction(db, (tx) => moveRevision(tx, shadow, { action: 'publish', to: 'published', set: {} }, OTHER, now, null));
  await ctx.law.refresh(true);
  const lawVersion = ctx.law.active().rules.version;
  const wish = { revisionId: null, since: null, lawVersion };
  const replay = await inTransaction(db, (tx) => startRuleJob(tx, { ...wish, kind: 'replay', pack: PACK, text: shipped }, AUTHOR, now));
  const rescreen = await inTransaction(db, (tx) => startRuleJob(tx, { ...wish, kind: 'rescreen', pack: null, text: null }, OTHER, now));
  await close();
  return { replay: replay.id, rescreen: rescreen.id };
}

/** Who comes to a place that `halt` names waits for its lock, which the test holds. */
const GATES = `
  create table halt (key int primary key, place text);
  create function halt_at(here text) returns void language plpgsql as $$ begin
    perform pg_advisory_xact_lock(key) from halt where place = here; end $$;
  create function halt_job() returns trigger language plpgsql as $$ begin
    perform halt_at(new.kind || ' ' || new.state || ' ' || new.done); return new; end $$;
  create function halt_difference() returns trigger language plpgsql as $$ begin
    perform halt_at('differences of ' || (select done from rule_job where kind = 'replay')); return null; end $$;
  create trigger halt before update on rule_job for each row execute function halt_job();
  create trigger halt after insert on rule_difference for each statement execute function halt_difference();`;
const HELD = `select h.key, h.place from pg_locks l join halt h on h.key = l.objid where l.locktype = 'advisory' and not l.granted
  and l.database = (select oid from pg_database where datname = current_database())`;
const LEFT = `select from rule_job where state = 'running'`;
const PRESENT = `from pg_stat_activity where datname = current_database() and application_name like 'pincha%'`;

describe.sequential('work over the archive, killed', () => {
  const data = dataFolder();
  let gate: pg.Client;
  let running: ChildProcess | null = null;

  const start = (): void => {
    const program = path.resolve(import.meta.dirname, '../../support/archive-process.ts');
    // The folder in its environment is how it is found by whoever kills it.
    const env = { ...process.env, PINCHA_DATA: data };
    running = spawn(process.execPath, ['--import', 'tsx', program, killed.url], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  /** Kills what runs and what the database does for it, opens the gate it stood at, and waits until it is forgotten. */
  const kill = async (moment: string, key?: number): Promise<void> => {
    expect(running?.exitCode, moment).toBeNull();
    expect(await killAllOn(data), moment).toBeGreaterThan(0);
    moments.push(moment);
    // The server's side of it dies too: else a statement that waits at the gate would still be carried out.
    await gate.query(`select pg_terminate_backend(pid) ${PRESENT}`);
    if (key !== undefined) await gate.query(`delete from halt where key = ${key}`);
    if (key !== undefined) await gate.query(`select pg_advisory_unlock(${key})`);
    await eventually('its connections to end', 20_000, async () => ((await gate.query(`select ${PRESENT}`)).rows.length === 0 ? true : null));
  };
  const killHeld = async (): Promise<void> => {
    start();
    const held = await eventually('one of the places', 60_000, async () => (await gate.query<{ key: number; place: string }>(HELD)).rows[0] ?? null);
    await kill(held.place, held.key);
  };
  beforeAll(async () => {
    killed = await freshDatabase();
    jobs = await fill(killed.url);
    calm = await freshDatabase(killed);
    gate = new pg.Client({ connectionString: killed.url, application_name: 'gate' });
    await gate.connect();
    await gate.query(GATES);
    for (const [key, place] of PLACES.entries()) {
      await gate.query('insert into halt values ($1, $2)', [key, place]);
      await gate.query(`select pg_advisory_lock(${key})`);
    }
    start();
    await sleep(700);
    await kill('700 ms after its start');
    for (const _ of PLACES) await killHeld();
    start();
    await eventually('both jobs to end', 60_000, async () => ((await gate.query(LEFT)).rows.length === 0 ? true : null));
    await kill('when all was done');
    const ctx = await archiveContext(calm.db);
    for (const id of [jobs.replay, jobs.rescreen]) await workRuleJob(ctx, id);
  }, 300_000);
  afterAll(async () => {
    await killAllOn(data);
    await gate.end();
    await killed.close();
    await calm.close();
  });

  it('was killed at every place it was held at', () => {
    expect(moments.slice(1, -1).sort()).toEqual([...PLACES].sort());
  });

  it('went through every post and every account, once', async () => {
    const total = ACCOUNTS * POSTS;
    expect(await readRuleJob(killed.db, jobs.replay)).toMatchObject({ state: 'done', done: total, total, counts: { removed: total / 3, same: total / 3 } });
    expect(await readRuleJob(killed.db, jobs.rescreen)).toMatchObject({ state: 'done', done: ACCOUNTS, total: ACCOUNTS, counts: { added: total / 3 } });
  });

  it.each(['rule_job', 'rule_difference', 'finding', 'post', 'account', 'case_file', 'case_event', 'audit_entry', 'rule_night', 'shadow_night'])(
    'left in %s what an undisturbed run leaves',
    async (table) => {
      const rows = async ({ pool }: TestDatabase): Promise<string[]> => {
        const { rows } = await pool.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from ${table} t`);
        // Times and ids made anew differ; ids of accounts and posts are those of the archive and stay.
        const kept = ([name]: [string, unknown]): boolean => !/^(id|case_id|subject_id|at|.*_at|seq|hash|prev.*)$/.test(name);
        return rows.map(({ row }) => JSON.stringify(Object.fromEntries(Object.entries(row).filter(kept)))).sort();
      };
      const [disturbed, undisturbed] = [await rows(killed), await rows(calm)];
      expect(disturbed).toEqual(undisturbed);
      if (!['shadow_night', 'audit_entry', 'case_event'].includes(table)) expect(undisturbed).not.toEqual([]);
    },
  );
});
