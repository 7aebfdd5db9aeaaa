/** Effects on a real database: all or nothing, one winner when two decide at once, logs nobody can rewrite, and plans that use indexes. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideCase } from '../../../cases/workflow/case-machine.ts';
import { newId } from '../../../core/ids.ts';
import type { CaseAction } from '../../../core/model/api.ts';
import type { Actor } from '../../../core/model/role.ts';
import { appendAudit, verifyAudit } from '../../../db/repositories/audit.ts';
import { bestOpenCase, casesToWake, casesWithEndedLease, loadCaseFacts, openOrAttachCase } from '../../../db/repositories/case.ts';
import { applyEffects } from '../../../db/repositories/effects.ts';
import { accountPostQuery, accountQuery } from '../../../db/repositories/read-account.ts';
import { licenceQuery } from '../../../db/repositories/read-licence.ts';
import { noticeQuery } from '../../../db/repositories/read-notice.ts';
import { queueQuery } from '../../../db/repositories/read-queue.ts';
import { runQuery } from '../../../db/repositories/read-run.ts';
import { auditEntry, caseEvent, caseFile, finding, ledger, notice, outbox } from '../../../db/schema/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { addCase, SYSTEM } from '../api/world.ts';

type Database = Awaited<ReturnType<typeof freshDatabase>>;
let base: Database;
const NOW = new Date();
const person = (name: string, ...roles: Actor['roles']): Actor => ({ id: newId(), name, kind: 'user', roles });
const ann = person('ann', 'reviewer');
const bob = person('bob', 'approver');
const cat = person('cat', 'approver');
const office = { issuer: '演示市人社局', contact: '010-00000000', demo: true, ackDays: 2, actDays: 5, newId };

beforeAll(async () => {
  base = await freshDatabase();
});
afterAll(() => base.close());

/** Loads, decides and applies in one transaction, as the API does. */
const act = (caseId: string, actor: Actor, make: (version: number, sha: string) => CaseAction): Promise<void> =>
  base.db.transaction(async (tx) => {
    const facts = await loadCaseFacts(tx, caseId, true);
    const action = make(facts!.version, facts!.proposal?.sha256 ?? '');
    await applyEffects(tx, decideCase(facts!, action, actor, NOW, office), actor, NOW);
  });

async function proposed(): Promise<string> {
  const { caseId } = await addCase(base.db, NOW, { name: newId() });
  await act(caseId, ann, (version) => ({ action: 'claim', version }));
  for (const f of (await loadCaseFacts(base.db, caseId, false))!.findings)
    await act(caseId, ann, (version) => ({ action: 'confirm', version, findingId: f.id }));
  await act(caseId, ann, (version) => ({ action: 'propose', version, measure: 'suspend_service', days: 30, reason: '收费' }));
  return caseId;
}
const code = (settled: PromiseSettledResult<unknown>): string => (settled.status === 'fulfilled' ? 'ok' : String(settled.reason.code));

describe('deciding at the same time', () => {
  it('creates one notice when two approvers approve at once', async () => {
    const caseId = await proposed();
    const facts = await loadCaseFacts(base.db, caseId, false);
    const approve = (actor: Actor) => act(caseId, actor, () => ({ action: 'approve', version: facts!.version, sha256: facts!.proposal!.sha256 }));
    const settled = await Promise.allSettled([approve(bob), approve(cat)]);
    expect(settled.map(code).sort()).toEqual(['STALE', 'ok']);
    const notices = await base.db.select().from(notice).where(eq(notice.caseId, caseId));
    expect(notices).toHaveLength(1);
    const sends = (await base.db.select().from(outbox)).filter((o) => (o.payload as { noticeId?: string }).noticeId === notices[0]!.id);
    expect(sends).toHaveLength(1);
  });

  it('refuses effects decided on an old version, and keeps nothing of them', async () => {
    const caseId = await proposed();
    const facts = await loadCaseFacts(base.db, caseId, false);
    const effects = decideCase(facts!, { action: 'approve', version: facts!.version, sha256: facts!.proposal!.sha256 }, bob, NOW, office);
    await act(caseId, ann, (version) => ({ action: 'note', version, text: '补充' }));
    const before = await base.db.$count(auditEntry);
    await expect(base.db.transaction((tx) => applyEffects(tx, effects, bob, NOW))).rejects.toMatchObject({ code: 'STALE' });
    expect(await base.db.$count(notice, eq(notice.caseId, caseId))).toBe(0);
    expect(await base.db.$count(auditEntry)).toBe(before);
  });

  it('lets nobody approve what they handled, read from the stored events', async () => {
    const caseId = await proposed();
    const turncoat: Actor = { ...ann, roles: ['reviewer', 'approver'] };
    await expect(act(caseId, turncoat, (version, sha256) => ({ action: 'approve', version, sha256 }))).rejects.toMatchObject({ code: 'FOUR_EYES' });
  });

  it('gives two reviewers asking at once two different cases', async () => {
    for (let i = 0; i < 2; i += 1) await addCase(base.db, NOW, { priority: 99, name: newId() });
    const take = (actor: Actor) =>
      base.db.transaction(async (tx) => {
        const id = await bestOpenCase(tx, actor.id, NOW);
        const facts = await loadCaseFacts(tx, id!, true);
        await applyEffects(tx, decideCase(facts!, { action: 'claim', version: facts!.version }, actor, NOW, office), actor, NOW);
        return id;
      });
    const taken = await Promise.all([take(person('d', 'reviewer')), take(person('e', 'reviewer'))]);
    expect(new Set(taken).size).toBe(2);
  });
});

describe('opening cases', () => {
  it('opens one case per account however many screenings ask at once, and only for what may open one', async () => {
    const { caseId, accountId } = await addCase(base.db, NOW, { priority: 50, name: newId() });
    const fresh = (level: 'statutory' | 'advisory', exempt = false) =>
      base.db.insert(finding).values({
        id: newId(),
        accountId,
        dedupeKey: newId(),
        kind: 'age-limit',
        level,
        score: 0.5,
        source: 'rule',
        by: 'x@1',
        articles: [],
        exempt,
        why: 'x',
        state: 'open',
        createdAt: NOW,
      });
    await fresh('advisory');
    await fresh('statutory', true);
    const wish = { accountId, priority: 40, contributions: [], hook: null, hookKind: null, dueAt: NOW, year: '2026' };
    const ask = (priority: number) => base.db.transaction((tx) => openOrAttachCase(tx, { ...wish, priority }, SYSTEM, NOW));
    expect(await ask(40)).toBeNull();
    await fresh('statutory');
    expect((await Promise.all([ask(40), ask(70)])).filter((r) => r !== null)).toEqual([{ caseId, opened: false, attached: 1 }]);
    const [row] = await base.db.select().from(caseFile).where(eq(caseFile.id, caseId));
    expect(row).toMatchObject({ findingCount: 3, version: 2 });
    expect(row!.priority).toBeGreaterThanOrEqual(50);
  });

  it('numbers cases without gaps or twins', async () => {
    await Promise.all(Array.from({ length: 6 }, () => addCase(base.db, NOW, { name: newId(), posts: 1 })));
    const numbers = (await base.db.select({ n: caseFile.number }).from(caseFile)).map((r) => Number(r.n.slice(8))).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
  });

  it('finds what the clock must move', async () => {
    const { caseId } = await addCase(base.db, NOW, { name: newId() });
    await act(caseId, ann, (version) => ({ action: 'claim', version }));
    const later = new Date(NOW.getTime() + 31 * 60_000);
    expect((await casesWithEndedLease(base.db, later)).map((c) => c.id)).toContain(caseId);
    await act(caseId, ann, (version) => ({ action: 'wait', version, reason: '等', until: later.toISOString() }));
    expect((await casesToWake(base.db, NOW)).map((c) => c.id)).not.toContain(caseId);
    expect((await casesToWake(base.db, later)).map((c) => c.id)).toContain(caseId);
  });
});

describe('logs that only grow', () => {
  it('refuse update, delete and truncate', async () => {
    await base.db.insert(ledger).values({ seq: 1, kind: 'capture', refId: newId(), payload: '{}', prevHash: '0', hash: '1', at: NOW });
    const refused = (statement: string) => expect(base.db.execute(sql.raw(statement))).rejects.toMatchObject({ cause: { code: '42501' } });
    for (const table of ['audit_entry', 'ledger']) {
      await refused(`update ${table} set hash = 'x' where seq = 1`);
      await refused(`delete from ${table} where seq = 1`);
      await refused(`truncate ${table}`);
    }
  });

  it('chain: parallel writers leave one unbroken chain, and a changed row is found', async () => {
    const write = (i: number) =>
      base.db.transaction((tx) => appendAudit(tx, [{ action: 'x', subjectType: 't', subjectId: String(i), data: { at: NOW, 字: '甲', n: 0.1 } }], ann, NOW));
    await Promise.all(Array.from({ length: 12 }, (_, i) => write(i)));
    const sound = await verifyAudit(base.db, 7);
    expect(sound).toEqual({ entries: await base.db.$count(auditEntry), brokenAt: null });
    // What an intruder with the superuser's rights would do.
    await base.db.transaction(async (tx) => {
      await tx.execute(sql.raw(`set local session_replication_role = 'replica'`));
      await tx.update(auditEntry).set({ actorName: '别人' }).where(eq(auditEntry.seq, 5));
    });
    expect(await verifyAudit(base.db, 7)).toEqual({ entries: 4, brokenAt: 5 });
  });

  it('hold an event and an audit row for every change of a case', async () => {
    const caseId = await proposed();
    const events = await base.db.select().from(caseEvent).where(eq(caseEvent.caseId, caseId)).orderBy(caseEvent.id);
    const audits = await base.db.select().from(auditEntry).where(eq(auditEntry.subjectId, caseId)).orderBy(auditEntry.seq);
    expect(audits.map((a) => a.action)).toEqual(events.map((e) => `case.${e.action}`));
    expect(events.map((e) => e.action)).toEqual(['open', 'claim', 'confirm', 'confirm', 'propose']);
  });
});

describe('every list reads from an index', () => {
  const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  const id = '01900000-0000-7000-8000-000000000000';
  const lists: [string, (db: Database['db']) => { toSQL(): { sql: string; params: unknown[] } }][] = [
    ['queue', (db) => queueQuery(db, {}, undefined, 50)],
    ['queue, later page', (db) => queueQuery(db, {}, cursor(50, id), 50)],
    ['queue of a state', (db) => queueQuery(db, { state: 'proposed' }, cursor(50, id), 50)],
    ['queue of closed cases', (db) => queueQuery(db, { state: 'closed' }, undefined, 50)],
    ['accounts', (db) => accountQuery(db, {}, cursor(50, id), 50)],
    ['posts of an account', (db) => accountPostQuery(db, id, cursor(50, id), 50)],
    ['notices', (db) => noticeQuery(db, {}, cursor(id), 50)],
    ['notices of a state', (db) => noticeQuery(db, { state: 'sending' }, cursor(id), 50)],
    ['notices of a platform', (db) => noticeQuery(db, { platform: 'board' }, undefined, 50)],
    ['runs', (db) => runQuery(db, cursor(NOW.toISOString(), id), 50)],
  ];
  it.each(lists)('%s: no scan of a table and no sort', async (_, make) => {
    const { sql: text, params } = make(base.db).toSQL();
    const client = await base.pool.connect();
    try {
      // Small test tables would be scanned whole; with scans and sorts priced out, one that is left has no index to use.
      await client.query('set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set enable_incremental_sort = off');
      const plan = (await client.query(`explain ${text}`, params as never)).rows.map((r) => r['QUERY PLAN']).join('\n');
      expect(plan).not.toMatch(/Seq Scan/);
      // The kinds of one shown case are sorted inside its row; the list itself must come in order from its index.
      expect(plan.split('SubPlan')[0]).not.toMatch(/Sort/);
    } finally {
      client.release(true);
    }
  });

  it('licence look-ups use the code, number and name indexes', async () => {
    const { sql: text, params } = licenceQuery(base.db, '某某', '某某', undefined, 50).toSQL();
    const client = await base.pool.connect();
    try {
      await client.query('set enable_seqscan = off; set enable_indexscan = off');
      const plan = (await client.query(`explain ${text}`, params as never)).rows.map((r) => r['QUERY PLAN']).join('\n');
      for (const index of ['licence_uscc', 'licence_number', 'licence_name_prefix']) expect(plan).toContain(index);
    } finally {
      client.release(true);
    }
  });
});
