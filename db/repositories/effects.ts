/**
 * Applies what the workflow decided: states, events, outbox rows and audit entries in the caller's transaction, all
 * or nothing. Every change names the version it was decided on; a different stored one is STALE, and a second
 * approval at the same moment finds the version gone.
 */
import { and, eq, ne } from 'drizzle-orm';
import { PinchaError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { AccountChange, CaseChange, Effects, FindingChange, NewNotice, NoticeChange } from '../../core/model/effects.ts';
import type { Actor } from '../../core/model/role.ts';
import type { Db } from '../connect.ts';
import { account, caseEvent, caseFile, finding, notice, noticeEvent } from '../schema/index.ts';
import { type AuditInput, appendAudit } from './audit.ts';
import { noteBanned } from './network.ts';
import { addToOutbox } from './outbox.ts';

interface Act {
  readonly tx: Db;
  readonly actor: Actor;
  readonly now: Date;
}
const stale = (what: string): PinchaError => new PinchaError('STALE', { what });

async function changeCase({ tx, actor, now }: Act, change: CaseChange): Promise<AuditInput> {
  const done = await tx
    .update(caseFile)
    .set({ ...change.set, state: change.to, version: change.expectedVersion + 1, updatedAt: now })
    .where(and(eq(caseFile.id, change.caseId), eq(caseFile.version, change.expectedVersion), eq(caseFile.state, change.from)))
    .returning({ id: caseFile.id });
  if (done.length === 0) throw stale('case');
  const told = { caseId: change.caseId, at: now, actorId: actor.id, actorName: actor.name, fromState: change.from, toState: change.to };
  await tx.insert(caseEvent).values({ id: newId(), ...told, action: change.action, data: change.data });
  const data = { ...change.data, from: change.from, to: change.to, version: change.expectedVersion + 1 };
  return { action: `case.${change.action}`, subjectType: 'case', subjectId: change.caseId, data };
}

async function changeFinding({ tx, actor, now }: Act, change: FindingChange): Promise<void> {
  const decided = change.to === 'open' ? { decidedBy: null, decidedAt: null } : { decidedBy: actor.id, decidedAt: now };
  const done = await tx
    .update(finding)
    .set({ state: change.to, rejectReason: change.rejectReason, ...decided })
    .where(and(eq(finding.id, change.findingId), ne(finding.state, 'superseded')))
    .returning({ id: finding.id });
  if (done.length === 0) throw stale('finding');
}

async function changeNotice({ tx, actor, now }: Act, change: NoticeChange): Promise<AuditInput> {
  const done = await tx
    .update(notice)
    .set({ ...change.set, state: change.to, version: change.expectedVersion + 1, updatedAt: now })
    .where(and(eq(notice.id, change.noticeId), eq(notice.version, change.expectedVersion), eq(notice.state, change.from)))
    .returning({ id: notice.id });
  if (done.length === 0) throw stale('notice');
  const told = { noticeId: change.noticeId, at: now, actorId: actor.id, actorName: actor.name, fromState: change.from, toState: change.to };
  await tx.insert(noticeEvent).values({ id: newId(), ...told, action: change.action, data: change.data });
  return { action: `notice.${change.action}`, subjectType: 'notice', subjectId: change.noticeId, data: { ...change.data, from: change.from, to: change.to } };
}

/** When the sweeper looks for a new notice whose first sending was lost with its job. */
const LOST_AFTER_MS = 5 * 60_000;

async function addNotice({ tx, actor, now }: Act, added: NewNotice): Promise<AuditInput> {
  const done = await tx
    .insert(notice)
    .values({ ...added, state: 'approved', version: 1, nextAttemptAt: new Date(now.getTime() + LOST_AFTER_MS), createdAt: now, updatedAt: now })
    .onConflictDoNothing()
    .returning({ id: notice.id });
  // Same case and measure, or same number: somebody was faster.
  if (done.length === 0) throw stale('notice');
  const told = { noticeId: added.id, at: now, actorId: actor.id, actorName: actor.name, fromState: null, toState: 'approved' };
  await tx.insert(noticeEvent).values({ id: newId(), ...told, action: 'approved', data: { bodySha256: added.bodySha256 } });
  const data = { caseId: added.caseId, number: added.number, measure: added.measure, bodySha256: added.bodySha256 };
  return { action: 'notice.approved', subjectType: 'notice', subjectId: added.id, data };
}

async function changeAccount({ tx }: Act, { accountId, ...set }: AccountChange): Promise<AuditInput> {
  await tx.update(account).set(set).where(eq(account.id, accountId));
  if (set.banned) await noteBanned(tx, [accountId]);
  return { action: 'account.changed', subjectType: 'account', subjectId: accountId, data: { ...set } };
}

/**
 * Stores the effects of one decision.
 * @param tx an open transaction; the audit chain is locked from here until it ends, so call this last and once
 * @throws PinchaError STALE when something changed since the facts were read; the caller's transaction must end
 */
export async function applyEffects(tx: Db, effects: Effects, actor: Actor, now: Date, ip: string | null = null): Promise<void> {
  const act: Act = { tx, actor, now };
  const audit: AuditInput[] = [];
  // Cases before notices, always: two transactions that lock in the same order cannot wait for each other.
  for (const change of effects.cases ?? []) audit.push(await changeCase(act, change));
  for (const change of effects.findings ?? []) await changeFinding(act, change);
  for (const change of effects.notices ?? []) audit.push(await changeNotice(act, change));
  for (const added of effects.newNotices ?? []) audit.push(await addNotice(act, added));
  for (const change of effects.accounts ?? []) audit.push(await changeAccount(act, change));
  await addToOutbox(tx, effects.outbox ?? [], now);
  await appendAudit(tx, [...audit, ...(effects.audit ?? [])], actor, now, ip);
}
