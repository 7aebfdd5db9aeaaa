/**
 * Rules that change over a stored archive, on the real database: a replay says what would change and survives being cut
 * off; a re-screening keeps what people decided; a shadow is never a finding; a jump in a night is told.
 */
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLiveLaw, type LiveLaw } from '../../../bin/live-law.ts';
import { packTexts } from '../../../classifiers/rules/lifecycle.ts';
import { loadConfig } from '../../../core/config.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Actor } from '../../../core/model/role.ts';
import { inTransaction } from '../../../db/connect.ts';
import { saveAccount, savePost } from '../../../db/repositories/content.ts';
import { addDraft, moveRevision, readLawSet, readRevision, retirePack } from '../../../db/repositories/rule.ts';
import { endRuleJob, readRuleJob, resumeRuleJob, startRuleJob } from '../../../db/repositories/rule-job.ts';
import { raiseAlarms, readAlarms, readNights } from '../../../db/repositories/rule-night.ts';
import { caseFile, finding, ruleDifference, ruleEvent, ruleNight, shadowNight } from '../../../db/schema/index.ts';
import type { JobContext } from '../../../queue/context.ts';
import { workRuleJob } from '../../../queue/jobs/rule-archive.ts';
import { screenAccountsNow } from '../../../queue/jobs/screen-account.ts';
import { createReferences } from '../../../queue/references.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const AUTHOR: Actor = { id: '00000000-0000-7000-8000-00000000000a', name: '起草人', kind: 'user', roles: ['reviewer'] };
const OTHER: Actor = { id: '00000000-0000-7000-8000-00000000000b', name: '复核人', kind: 'user', roles: ['approver'] };

let db: TestDatabase;
let law: LiveLaw;
let stop: AbortController;
let now: Date;
let ctx: JobContext;
const warned: string[] = [];

beforeEach(async () => {
  db = await freshDatabase();
  now = new Date('2026-11-20T18:00:00Z');
  const clock = { now: () => now };
  law = await createLiveLaw(db.db, clock, (words) => void warned.push(words));
  stop = new AbortController();
  ctx = {
    db: db.db,
    config: loadConfig({}),
    clock,
    log: pino({ level: 'silent' }),
    law,
    get screener() {
      return law.screening().screener;
    },
    get cite() {
      return law.screening().cite;
    },
    references: createReferences(db.db, clock),
    signal: stop.signal,
  } as unknown as JobContext;
});
afterEach(async () => {
  expect(warned.splice(0)).toEqual([]);
  await db.close();
});

/** One account with these posts, screened. @returns its id */
async function account(name: string, texts: readonly string[], platform = 'board'): Promise<string> {
  const accountId = await inTransaction(db.db, async (tx) => {
    const id = await saveAccount(tx, { platform, input: { id: name, name, subjectType: 'employer', subjectName: `${name}有限公司` }, url: null, now });
    for (const [i, text] of texts.entries()) {
      const input = { id: `${name}-${i}`, title: '招聘普工', text };
      await savePost(tx, { accountId: id, platform, externalId: input.id, input, contentSha256: sha256(text), captureId: null, publishedAt: null, now });
    }
    return id;
  });
  await screenAccountsNow(ctx, [accountId]);
  return accountId;
}
const PACK = 'charging';
const inForce = (): string => packTexts(law.active().files).get(PACK) ?? '';
/** The pack in force with one more rule. */
const widened = (): string => `${inForce()}
  - id: charging.test-badge
    why: 写明“{quote}”，向求职者收取费用
    patterns: ['(?:交|收)紫金胸牌费']
    mustMatch: ['入职先交紫金胸牌费']
    mustNotMatch: ['胸牌由公司发放']
`;
const BADGE = '本厂诚聘包装工两名，月薪五千元，入职先交紫金胸牌费，面试电话联系。';
const PLAIN = '本厂诚聘包装工两名，月薪五千元，双休，面试电话联系。';

async function draft(text: string) {
  const revision = await inTransaction(db.db, (tx) => addDraft(tx, { pack: PACK, text, note: '测试', basedOn: sha256(inForce()) }, AUTHOR, now));
  return revision;
}
async function publish(text: string): Promise<string> {
  const made = await draft(text);
  const shadow = await inTransaction(db.db, (tx) => moveRevision(tx, made, { action: 'shadow', to: 'shadow', set: {} }, AUTHOR, now, null));
  await inTransaction(db.db, (tx) => moveRevision(tx, shadow, { action: 'publish', to: 'published', set: {} }, OTHER, now, null));
  expect(await law.refresh(true)).toBe(true);
  return made.id;
}
const replay = (text: string) =>
  inTransaction(db.db, (tx) =>
    startRuleJob(tx, { kind: 'replay', pack: PACK, revisionId: null, text, since: null, lawVersion: law.active().rules.version }, AUTHOR, now),
  );
const rescreen = () =>
  inTransaction(db.db, (tx) =>
    startRuleJob(tx, { kind: 'rescreen', pack: null, revisionId: null, text: null, since: null, lawVersion: law.active().rules.version }, OTHER, now),
  );
const badges = async () => (await db.db.select().from(finding)).filter((f) => f.by.startsWith('charging.test-badge@'));

describe('a replay', () => {
  it('says what would be newly flagged and what no longer, by kind and platform, and makes no finding of it', async () => {
    await account('甲', [BADGE, PLAIN]);
    await account('乙', [BADGE], 'feed');
    const job = await replay(widened());
    const done = await workRuleJob(ctx, job.id);
    expect(done).toMatchObject({ state: 'done', total: 3, done: 3 });
    expect(done?.counts).toMatchObject({ added: 2, 'added/kind/charging-jobseekers': 2, 'added/platform/board': 1, 'added/platform/feed': 1 });
    const kept = await db.db.select().from(ruleDifference);
    expect(kept.map((d) => [d.change, d.by, d.quote])).toEqual([
      ['added', 'charging.test-badge@1', '交紫金胸牌费'],
      ['added', 'charging.test-badge@1', '交紫金胸牌费'],
    ]);
    expect(await badges()).toEqual([]);
    await publish(widened());
    const back = await workRuleJob(ctx, (await replay(inForce().replace('交|收', '缴'))).id);
    expect(back?.counts).toMatchObject({ removed: 2 });
  });

  it('goes on where it was cut off, counts nothing twice, and ends when it is stopped', async () => {
    for (let i = 0; i < 3; i += 1)
      await account(
        `户${i}`,
        Array.from({ length: 150 }, (_, n) => `${n % 3 === 0 ? BADGE : PLAIN} ${i}-${n}`),
      );
    const job = await replay(widened());
    let steps = 0;
    const cut = await workRuleJob(ctx, job.id, () => {
      steps += 1;
      if (steps === 2) stop.abort();
    });
    expect(cut).toMatchObject({ state: 'running', done: 200 });
    const again = { ...ctx, signal: new AbortController().signal };
    await inTransaction(db.db, (tx) => endRuleJob(tx, job.id, 'stopped', now));
    expect(await workRuleJob(again, job.id)).toMatchObject({ state: 'stopped', done: 200 });
    await inTransaction(db.db, (tx) => resumeRuleJob(tx, job.id, now));
    // Two processes that take it up at once: one step each is lost to the other, none is counted twice.
    await Promise.all([workRuleJob(again, job.id), workRuleJob(again, job.id)]);
    const done = await readRuleJob(db.db, job.id);
    expect(done).toMatchObject({ state: 'done', done: 450, total: 450 });
    expect(done?.counts).toMatchObject({ added: 150 });
    expect((await db.db.select().from(ruleDifference)).length).toBe(150);
  });
});

describe('a re-screening after a pack changed', () => {
  it('adds what is new, keeps what was decided, gives up the undecided that is no longer found, and changes nothing the second time', async () => {
    const one = await account('甲', [BADGE, '本厂诚聘普工两名，入职收工作服押金三百元，月薪五千。']);
    const before = await db.db.select().from(finding);
    const decided = before.find((f) => f.kind === 'charging-jobseekers' && f.state === 'open');
    expect(decided).toBeDefined();
    await db.db.update(finding).set({ state: 'rejected', rejectReason: 'not_what_it_says', decidedBy: OTHER.id, decidedAt: now });
    const wide = widened();
    const id = await publish(wide);
    expect(await workRuleJob(ctx, (await rescreen()).id)).toMatchObject({ state: 'done', done: 1, counts: { added: 1, superseded: 0 } });
    expect(await badges()).toMatchObject([{ state: 'open', madeWith: ctx.screener.version }]);
    expect((await db.db.select().from(finding)).filter((f) => f.state === 'rejected').length).toBe(before.length);
    expect(await workRuleJob(ctx, (await rescreen()).id)).toMatchObject({ counts: { added: 0, superseded: 0 } });
    // A higher number of the same rule: the open finding is taken over, the decided ones are not asked about again.
    await publish(wide.replace('charging.test-badge\n', 'charging.test-badge\n    version: 2\n'));
    expect(await workRuleJob(ctx, (await rescreen()).id)).toMatchObject({ counts: { added: 1, superseded: 1 } });
    expect((await badges()).map((f) => [f.by, f.state, f.supersededReason]).sort()).toEqual([
      ['charging.test-badge@1', 'superseded', '规则更新为 charging.test-badge@2'],
      ['charging.test-badge@2', 'open', null],
    ]);
    // Rollback: the earlier version is published again, and its finding is asked about again.
    const retired = await readRevision(db.db, id);
    if (retired) await inTransaction(db.db, (tx) => moveRevision(tx, retired, { action: 'publish', to: 'published', set: {} }, OTHER, now, null));
    await law.refresh(true);
    await workRuleJob(ctx, (await rescreen()).id);
    expect((await badges()).map((f) => [f.by, f.state, f.supersededReason]).sort()).toEqual([
      ['charging.test-badge@1', 'open', null],
      ['charging.test-badge@2', 'superseded', '规则更新为 charging.test-badge@1'],
    ]);
    // And back to what was shipped.
    await inTransaction(db.db, (tx) => retirePack(tx, PACK, OTHER, now, null));
    await law.refresh(true);
    await workRuleJob(ctx, (await rescreen()).id);
    expect((await badges()).map((f) => [f.state, f.supersededReason])).toContainEqual(['superseded', '重新筛查后不再检出']);
    expect(one).toBeTruthy();
  });

  it('is cut off in the middle and goes on: every account once', async () => {
    for (let i = 0; i < 6; i += 1) await account(`户${i}`, [BADGE]);
    await publish(widened());
    const job = await rescreen();
    let steps = 0;
    await workRuleJob(ctx, job.id, () => {
      steps += 1;
      if (steps === 4) stop.abort();
    });
    expect(await badges()).toHaveLength(3);
    const done = await workRuleJob({ ...ctx, signal: new AbortController().signal }, job.id);
    expect(done).toMatchObject({ state: 'done', done: 6, total: 6, counts: { added: 6 } });
    expect(await badges()).toHaveLength(6);
  });

  it('goes past an account that cannot be screened, and counts it', async () => {
    for (const name of ['甲', '乙', '丙']) await account(name, [BADGE]);
    await publish(widened());
    await db.pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
      create trigger ill before update of screened_at on account for each row when (new.name = '乙') execute function refuse()`);
    expect(await workRuleJob(ctx, (await rescreen()).id)).toMatchObject({ state: 'done', done: 3, counts: { added: 2, failed: 1 } });
  });
});

describe('a finding', () => {
  it('leads back to the very text of the rule that made it, after the rule has changed', async () => {
    await publish(widened());
    await account('甲', [BADGE]);
    const made = (await badges())[0]?.madeWith ?? '';
    await inTransaction(db.db, (tx) => retirePack(tx, PACK, OTHER, now, null));
    await law.refresh(true);
    const set = await readLawSet(db.db, /rules@([0-9a-f]+)/.exec(made)?.[1] ?? '');
    expect(packTexts(set?.files ?? []).get(PACK)).toContain('紫金胸牌费');
    expect(packTexts(law.active().files).get(PACK)).not.toContain('紫金胸牌费');
  });
});

describe('a shadow', () => {
  it('watches the night and records apart: no finding, no case', async () => {
    const made = await draft(widened());
    await inTransaction(db.db, (tx) => moveRevision(tx, made, { action: 'shadow', to: 'shadow', set: {} }, AUTHOR, now, null));
    await law.refresh(true);
    const id = await account('甲', [BADGE, PLAIN]);
    expect(await badges()).toEqual([]);
    expect(await db.db.select().from(caseFile)).toEqual([]);
    expect(await db.db.select().from(shadowNight)).toEqual([{ revisionId: made.id, day: '2026-11-21', posts: 2, added: 1, removed: 0, same: 0 }]);
    expect(await db.db.select().from(ruleDifference)).toMatchObject([{ ownerId: made.id, change: 'added', by: 'charging.test-badge@1' }]);
    // The same posts, seen again: nothing is counted twice.
    await screenAccountsNow(ctx, [id]);
    expect(await db.db.select().from(shadowNight)).toMatchObject([{ posts: 2, added: 1 }]);
  });
});

describe('the nights of a rule', () => {
  it('are counted, and one far out of the ordinary is told once, as an alarm and as an event', async () => {
    await account('甲', ['本厂诚聘普工两名，入职收工作服押金三百元，月薪五千。', PLAIN]);
    const counted = await db.db.select().from(ruleNight);
    expect(counted.find((r) => r.rule === '')).toMatchObject({ day: '2026-11-21', platform: 'board', posts: 2 });
    const rule = counted.find((r) => r.rule.startsWith('charging.'))?.rule ?? '';
    expect(await readNights(db.db, rule)).toEqual([{ day: '2026-11-21', platform: 'board', hits: 1, posts: 2 }]);
    const nights = Array.from({ length: 12 }, (_, i) => `2026-11-${String(9 + i).padStart(2, '0')}`);
    await db.db.insert(ruleNight).values(
      nights.flatMap((day, i) => [
        { day, platform: 'feed', rule: '', version: 0, posts: 1_000 },
        { day, platform: 'feed', rule: 'gender.only-male', version: 1, posts: i === 11 ? 120 : 20 + (i % 4) },
        { day, platform: 'feed', rule: 'age.limit', version: 1, posts: 50 + (i % 3) },
      ]),
    );
    const raise = () => inTransaction(db.db, (tx) => raiseAlarms(tx, '2026-11-20', null, now));
    expect(await raise()).toMatchObject([{ rule: 'gender.only-male', platform: 'feed', up: true, hits: 120, posts: 1_000 }]);
    expect(await raise()).toEqual([]);
    expect(await readAlarms(db.db, { rule: 'gender.only-male' }, 10)).toHaveLength(1);
    expect((await db.db.select().from(ruleEvent)).filter((e) => e.action === 'alarm')).toHaveLength(1);
  });
});
