/**
 * Decides on a case by the table of `case-table.ts`: who asks, in which state, under which guards, with which effects.
 * Nothing is stored here; the caller applies the effects in one transaction. `mayDo` reads the same table, so a
 * button and the server never disagree.
 */
import { type ErrorCode, PinchaError } from '../../core/errors.ts';
import type { CaseAction } from '../../core/model/api.ts';
import type { CaseOutcome, CaseState } from '../../core/model/case.ts';
import type { CaseChange, Effects } from '../../core/model/effects.ts';
import type { CaseFacts } from '../../core/model/facts.ts';
import { type Actor, CAPABILITY_ZH, type Capability, capabilitiesOf } from '../../core/model/role.ts';
import type { Office } from '../notice/approval.ts';
import type { CaseContext, Refusal } from './case-guards.ts';
import { type ActionName, CASE_TABLE, type Row } from './case-table.ts';
import { LEASE_MS } from './deadlines.ts';

export const CASE_STATE_ZH: Record<CaseState, string> = {
  open: '待审核',
  in_review: '审核中',
  waiting: '等待中',
  proposed: '待审批',
  enforcing: '处置中',
  closed: '已结案',
};
export const CASE_ACTION_ZH: Record<ActionName, string> = {
  claim: '领取',
  release: '放回队列',
  confirm: '确认疑点',
  reject: '驳回疑点',
  undecide: '撤销判断',
  wait: '等待',
  resume: '继续审核',
  close: '结案',
  propose: '提请复核',
  withdraw: '撤回提请',
  approve: '批准',
  return: '退回',
  note: '备注',
};

const permitted = (actor: Actor, wanted: readonly Capability[]): boolean => {
  const held = capabilitiesOf(actor.roles);
  return wanted.some((capability) => held.has(capability));
};
const forbidden = (wanted: readonly Capability[]): PinchaError => new PinchaError('FORBIDDEN', { capability: wanted.map((c) => CAPABILITY_ZH[c]).join('/') });
const invalid = (from: string, action: string): PinchaError => new PinchaError('TRANSITION_INVALID', { from, action });
const refused = (refusal: Refusal): PinchaError => {
  const code: ErrorCode = refusal.code;
  return new PinchaError(code, { reason: refusal.reason, ...(refusal.field ? { field: refusal.field } : {}) });
};

/**
 * The effects of one action on a case.
 * @param facts the case as read under its row lock
 * @param action what is asked; `version` is the one the caller saw
 * @param office whose notice an approval writes
 * @throws PinchaError STALE, FORBIDDEN, TRANSITION_INVALID, FOUR_EYES, GUARD_FAILED, INPUT_INVALID
 */
export function decideCase(facts: CaseFacts, action: CaseAction, actor: Actor, now: Date, office: Office): Effects {
  // The table is keyed by the action's own name, so row and input belong together; the compiler cannot follow that.
  const row = CASE_TABLE[action.action] as unknown as Row<ActionName>;
  if (!permitted(actor, row.capability)) throw forbidden(row.capability);
  if (action.version !== facts.version) throw new PinchaError('STALE', { version: facts.version });
  if (!row.from.includes(facts.state)) throw invalid(CASE_STATE_ZH[facts.state], CASE_ACTION_ZH[action.action]);
  const ctx: CaseContext = { facts, actor, now };
  for (const guard of row.guards) {
    const refusal = guard(ctx);
    if (refusal) throw refused(refusal);
  }
  const fault = row.check?.(ctx, action);
  if (fault) throw refused(fault);
  const { set = {}, data = {}, ...rest } = row.outcome(ctx, action, office);
  return { ...rest, cases: [change(facts, action.action, row.to === 'same' ? facts.state : row.to, set, data)] };
}

function change(
  facts: Pick<CaseFacts, 'id' | 'version' | 'state'>,
  action: string,
  to: CaseState,
  set: CaseChange['set'],
  data: Record<string, unknown>,
): CaseChange {
  return { caseId: facts.id, expectedVersion: facts.version, action, from: facts.state, to, set, data };
}

/**
 * What an actor may do with a case now: `true`, or the sentence that says why not.
 * Guards that depend on what would be asked (which finding, which date) are judged when it is asked.
 */
export function mayDo(facts: CaseFacts, actor: Actor, now: Date): Record<ActionName, true | string> {
  const answer = (name: ActionName): true | string => {
    const row = CASE_TABLE[name];
    if (!permitted(actor, row.capability)) return forbidden(row.capability).message;
    if (!row.from.includes(facts.state)) return invalid(CASE_STATE_ZH[facts.state], CASE_ACTION_ZH[name]).message;
    for (const guard of row.guards) {
      const refusal = guard({ facts, actor, now });
      if (refusal) return refusal.reason;
    }
    return true;
  };
  return Object.fromEntries(Object.keys(CASE_TABLE).map((name) => [name, answer(name as ActionName)])) as Record<ActionName, true | string>;
}

type Seen = Pick<CaseFacts, 'id' | 'version' | 'state'>;

/** What only the system does: the clock ran out, or the last notice came to its end. */
const SYSTEM_TABLE = {
  lease_expired: { from: ['in_review'], to: 'open' },
  resume: { from: ['waiting'], to: 'open' },
  verified: { from: ['enforcing'], to: 'closed' },
  revoke: { from: ['enforcing'], to: 'closed' },
  refused: { from: ['enforcing'], to: 'open' },
  verification_failed: { from: ['enforcing'], to: 'open' },
} as const satisfies Record<string, { from: readonly CaseState[]; to: CaseState }>;
export type SystemAction = keyof typeof SYSTEM_TABLE;

const ended = (outcome: CaseOutcome, now: Date, reason: string): CaseChange['set'] => ({ outcome, outcomeReason: reason, closedAt: now, leaseUntil: null });

function systemSet(action: SystemAction, now: Date, data: Record<string, unknown>): CaseChange['set'] {
  const reason = typeof data.reason === 'string' ? data.reason : '';
  switch (action) {
    case 'lease_expired':
      return { claimedBy: null, leaseUntil: null };
    case 'resume':
      // Back to the same person first: nobody else may claim it for the length of one lease.
      return { waitReason: null, waitUntil: null, leaseUntil: new Date(now.getTime() + LEASE_MS) };
    case 'verified':
      return ended('enforced', now, reason);
    case 'revoke':
      return ended('withdrawn', now, reason);
    case 'refused':
    case 'verification_failed':
      return { proposal: null, leaseUntil: null };
  }
}

/**
 * One change of a case by the system (clock, or the end of a notice).
 * @throws PinchaError TRANSITION_INVALID
 */
export function decideCaseBySystem(facts: Seen, action: SystemAction, now: Date, data: Record<string, unknown> = {}): CaseChange {
  const row = SYSTEM_TABLE[action];
  if (!(row.from as readonly CaseState[]).includes(facts.state)) throw invalid(CASE_STATE_ZH[facts.state], action);
  return change(facts, action, row.to, systemSet(action, now, data), data);
}
