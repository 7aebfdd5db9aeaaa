/**
 * The case table: one row an action, with the states it leaves, the state it reaches, the capability it needs, its
 * guards, and what it changes. Every rule of who may do what when stands here and nowhere else.
 */

import type { CaseAction } from '../../core/model/api.ts';
import type { CaseState } from '../../core/model/case.ts';
import { NOTICE_TERMINAL } from '../../core/model/case.ts';
import type { CaseChange, Effects, NoticeChange } from '../../core/model/effects.ts';
import type { CaseFacts } from '../../core/model/facts.ts';
import type { Capability } from '../../core/model/role.ts';
import { approval, type Office } from '../notice/approval.ts';
import {
  alsoFault,
  type CaseContext,
  type Guard,
  hasGrounds,
  isClaimer,
  isClaimerOrSupervisor,
  isProposer,
  isSecondPerson,
  notHeldByOther,
  nothingConfirmed,
  proposalUnchanged,
  type Refusal,
  refuse,
  someDecided,
  someOpen,
  wrongInput,
} from './case-guards.ts';
import { LEASE_MS } from './deadlines.ts';
import { freezeProposal } from './freeze.ts';

export type ActionName = CaseAction['action'];
export type Input<A extends ActionName> = Extract<CaseAction, { action: A }>;

/** What a row changes beside the state: columns, the words of the event, and the rest of the effects. */
export interface Outcome extends Omit<Effects, 'cases'> {
  readonly set?: CaseChange['set'];
  readonly data?: Record<string, unknown>;
}
export interface Row<A extends ActionName> {
  readonly from: readonly CaseState[];
  /** `same` leaves the state as it is. */
  readonly to: CaseState | 'same';
  /** Any one of these is enough. */
  readonly capability: readonly [Capability, ...Capability[]];
  readonly guards: readonly Guard[];
  /** Guards that look at what was asked. */
  readonly check?: (ctx: CaseContext, input: Input<A>) => Refusal | null;
  readonly outcome: (ctx: CaseContext, input: Input<A>, office: Office) => Outcome;
}

const lease = (ctx: CaseContext) => ({ leaseUntil: new Date(ctx.now.getTime() + LEASE_MS) });
const hold = (ctx: CaseContext) => ({ claimedBy: ctx.actor.id, ...lease(ctx) });
/** The findings a request judges, and what its event says of them. */
const named = ({ findingId, also = [] }: Judged): string[] => [findingId, ...also];
const told = ({ findingId, also = [] }: Judged) => ({ findingId, ...(also.length > 0 ? { also } : {}) });
interface Judged {
  readonly findingId: string;
  readonly also?: readonly string[] | undefined;
}
const YEAR_MS = 366 * 86_400_000;
/** Measures that run for a term; the others have none. */
const WITH_TERM: ReadonlySet<string> = new Set(['suspend_service', 'restrict_function']);

function wakeFault(ctx: CaseContext, until: string): Refusal | null {
  const at = Date.parse(until);
  if (Number.isNaN(at)) return wrongInput('until', '不是有效的时间');
  if (at <= ctx.now.getTime() || at > ctx.now.getTime() + YEAR_MS) return wrongInput('until', '唤醒时间须在此刻之后一年之内');
  return null;
}

/** Notices nobody will act on any more once their case is closed by hand. */
const closeLeftovers = (facts: CaseFacts): NoticeChange[] =>
  facts.notices
    .filter((n) => !NOTICE_TERMINAL.has(n.state))
    .map((n) => ({ noticeId: n.id, expectedVersion: n.version, action: 'close', from: n.state, to: 'closed', set: { nextAttemptAt: null }, data: {} }));

export const CASE_TABLE: { readonly [A in ActionName]: Row<A> } = {
  claim: {
    from: ['open', 'in_review'],
    to: 'in_review',
    capability: ['case.review'],
    guards: [notHeldByOther],
    outcome: (ctx) => ({ set: hold(ctx) }),
  },
  release: {
    from: ['in_review'],
    to: 'open',
    capability: ['case.review', 'case.assign'],
    guards: [isClaimerOrSupervisor],
    outcome: (_, input) => ({ set: { claimedBy: null, leaseUntil: null }, data: { reason: input.reason } }),
  },
  confirm: {
    from: ['in_review'],
    to: 'same',
    capability: ['case.review'],
    guards: [isClaimer, someOpen],
    check: (ctx, input) => alsoFault(ctx.facts, input.findingId, input.also, 'confirm'),
    outcome: (ctx, input) => ({
      set: lease(ctx),
      findings: named(input).map((findingId) => ({ findingId, to: 'confirmed', rejectReason: null })),
      data: told(input),
    }),
  },
  reject: {
    from: ['in_review'],
    to: 'same',
    capability: ['case.review'],
    guards: [isClaimer, someOpen],
    check: (ctx, input) => alsoFault(ctx.facts, input.findingId, input.also, 'reject'),
    outcome: (ctx, input) => ({
      set: lease(ctx),
      findings: named(input).map((findingId) => ({ findingId, to: 'rejected', rejectReason: input.reason })),
      data: { ...told(input), reason: input.reason },
    }),
  },
  undecide: {
    from: ['in_review'],
    to: 'same',
    capability: ['case.review'],
    guards: [isClaimer, someDecided],
    check: (ctx, input) => alsoFault(ctx.facts, input.findingId, input.also, 'undecide'),
    outcome: (ctx, input) => ({
      set: lease(ctx),
      findings: named(input).map((findingId) => ({ findingId, to: 'open', rejectReason: null })),
      data: told(input),
    }),
  },
  wait: {
    from: ['in_review'],
    to: 'waiting',
    capability: ['case.review'],
    guards: [isClaimer],
    check: (ctx, input) => wakeFault(ctx, input.until),
    outcome: (_, input) => ({
      set: { waitReason: input.reason, waitUntil: new Date(input.until), leaseUntil: null },
      data: { reason: input.reason, until: input.until },
    }),
  },
  resume: {
    from: ['waiting'],
    to: 'in_review',
    capability: ['case.review'],
    guards: [notHeldByOther],
    outcome: (ctx) => ({ set: { ...hold(ctx), waitReason: null, waitUntil: null } }),
  },
  close: {
    from: ['in_review'],
    to: 'closed',
    capability: ['case.review'],
    guards: [isClaimer],
    check: (ctx, input) => (input.outcome === 'no_violation' ? nothingConfirmed(ctx) : null),
    outcome: (ctx, input) => ({
      set: { outcome: input.outcome, outcomeReason: input.reason, closedAt: ctx.now, leaseUntil: null },
      notices: closeLeftovers(ctx.facts),
      data: { outcome: input.outcome, reason: input.reason },
    }),
  },
  propose: {
    from: ['in_review'],
    to: 'proposed',
    capability: ['case.propose'],
    guards: [isClaimer, hasGrounds],
    check: (_, input) => (input.days !== null && !WITH_TERM.has(input.measure) ? wrongInput('days', '该措施没有期限') : null),
    outcome: (ctx, input) => {
      const proposal = freezeProposal(ctx.facts, input, ctx.actor, ctx.now);
      return { set: { proposal, leaseUntil: null }, data: { proposal } };
    },
  },
  withdraw: {
    from: ['proposed'],
    to: 'in_review',
    capability: ['case.propose'],
    guards: [isProposer],
    outcome: (ctx) => ({ set: { ...hold(ctx), proposal: null }, data: { proposal: ctx.facts.proposal } }),
  },
  approve: {
    from: ['proposed'],
    to: 'enforcing',
    capability: ['case.approve'],
    guards: [isSecondPerson, proposalUnchanged],
    check: (ctx, input) => (input.sha256 === ctx.facts.proposal?.sha256 ? null : refuse('提请内容与您看到的不一致，请刷新后再审批')),
    outcome: (ctx, input, office) => ({ ...approval(ctx.facts, ctx.now, office), data: { sha256: input.sha256 } }),
  },
  return: {
    from: ['proposed'],
    to: 'in_review',
    capability: ['case.approve'],
    guards: [isSecondPerson],
    // The proposer keeps the claim, but without a lease: anyone may take the case up if they are away.
    outcome: (ctx, input) => ({ set: { proposal: null, leaseUntil: null }, data: { reason: input.reason, proposal: ctx.facts.proposal } }),
  },
  note: {
    from: ['open', 'in_review', 'waiting', 'proposed', 'enforcing', 'closed'],
    to: 'same',
    capability: ['case.review', 'case.approve', 'case.assign'],
    guards: [],
    outcome: (_, input) => ({ data: { text: input.text } }),
  },
};
