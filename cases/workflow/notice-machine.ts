/**
 * The life of a notice as a table: which event may come in which state, who may bring it, where it leads, and what it
 * does to the case behind it. The system sends and looks again, the platform answers, people resend or revoke.
 * Refusal and failed verification put the case back before the reviewers; verification closes it.
 */
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import type { Measure, NoticeState, Verdict } from '../../core/model/case.ts';
import type { CaseChange, Effects, NoticeChange } from '../../core/model/effects.ts';
import type { NoticeFacts } from '../../core/model/facts.ts';
import type { Receipt } from '../../core/model/notice.ts';
import { type Actor, CAPABILITY_ZH, type Capability, capabilitiesOf } from '../../core/model/role.ts';
import { judge, type Reading } from '../verify/judge.ts';
import { decideCaseBySystem, type SystemAction } from './case-machine.ts';
import { nextAttempt, quickTriesOver, RETRIES, type RetrySchedule } from './retry.ts';

export type NoticeEvent =
  | { readonly event: 'send_start' }
  | { readonly event: 'delivered' }
  | { readonly event: 'failed'; readonly error: string }
  | { readonly event: Receipt['kind']; readonly receipt: Receipt }
  | { readonly event: 'probed'; readonly reading: Reading }
  | { readonly event: 'expire' | 'close' }
  | { readonly event: 'resend' | 'verify_now'; readonly version: number }
  | { readonly event: 'revoke'; readonly version: number; readonly reason: string };
export type NoticeEventName = NoticeEvent['event'];

/** Times that differ between the demo and a real office. */
export interface NoticePolicy {
  readonly retry: RetrySchedule;
  readonly verifyDelayS: number;
  readonly probeGapS: number;
}

export const NOTICE_STATE_ZH: Record<NoticeState, string> = {
  draft: '草稿',
  pending_approval: '待批准',
  returned: '已退回',
  approved: '已批准',
  sending: '发送中',
  undeliverable: '无法送达',
  delivered: '已送达',
  acknowledged: '已签收',
  refused: '平台拒绝',
  partly_acted: '部分处置',
  acted: '平台称已处置',
  verified: '已核验',
  verification_failed: '核验未通过',
  amended: '已更正',
  revoked: '已撤回',
  expired: '已到期',
  closed: '已办结',
};

type Moves = Partial<Record<NoticeState, NoticeState>>;
interface Row {
  readonly moves: Moves;
  /** Who may bring it: a person with one of these capabilities, or nobody but the system or the platform. */
  readonly by: 'system' | 'platform' | readonly [Capability, ...Capability[]];
}
const all = (to: NoticeState, ...from: NoticeState[]): Moves => Object.fromEntries(from.map((state) => [state, to]));
const stay = (...states: NoticeState[]): Moves => Object.fromEntries(states.map((state) => [state, state]));
const UNANSWERED: NoticeState[] = ['approved', 'sending', 'undeliverable', 'delivered'];
const LATE: NoticeState[] = ['acknowledged', 'refused', 'partly_acted', 'acted', 'verified', 'verification_failed'];

/** Every pair that is not listed is refused. */
export const NOTICE_TABLE: { readonly [E in NoticeEventName]: Row } = {
  send_start: { moves: { ...all('sending', 'approved', 'sending'), ...stay('undeliverable') }, by: 'system' },
  // An answer may overtake the HTTP response that says it was delivered.
  delivered: { moves: { ...all('delivered', 'approved', 'sending', 'undeliverable', 'delivered'), ...stay(...LATE) }, by: 'system' },
  failed: { moves: { ...all('sending', 'approved', 'sending'), ...stay('undeliverable', ...LATE) }, by: 'system' },
  acknowledged: { moves: { ...all('acknowledged', ...UNANSWERED), ...stay('partly_acted', 'acted', 'verified', 'verification_failed') }, by: 'platform' },
  refused: { moves: all('refused', ...UNANSWERED, 'acknowledged'), by: 'platform' },
  partly_acted: { moves: all('partly_acted', ...UNANSWERED, 'acknowledged'), by: 'platform' },
  acted: { moves: { ...all('acted', ...UNANSWERED, 'acknowledged', 'partly_acted'), ...stay('verified') }, by: 'platform' },
  probed: { moves: stay('delivered', 'acknowledged', 'partly_acted', 'acted'), by: 'system' },
  expire: { moves: all('expired', 'verified'), by: 'system' },
  close: { moves: all('closed', 'verified', 'refused', 'verification_failed'), by: 'system' },
  resend: { moves: all('sending', ...UNANSWERED), by: ['notice.send'] },
  verify_now: { moves: stay('delivered', 'acknowledged', 'partly_acted', 'acted'), by: ['notice.send', 'case.review'] },
  revoke: { moves: all('revoked', ...UNANSWERED, 'acknowledged', 'partly_acted', 'acted', 'refused', 'verification_failed'), by: ['notice.send'] },
};

function admit(facts: NoticeFacts, event: NoticeEvent, actor: Actor): NoticeState {
  const { moves, by } = NOTICE_TABLE[event.event];
  if (typeof by === 'string') {
    if (actor.kind !== (by === 'system' ? 'service' : 'platform')) throw new PinchaError('FORBIDDEN', { capability: by });
  } else {
    const held = capabilitiesOf(actor.roles);
    if (!by.some((c) => held.has(c))) throw new PinchaError('FORBIDDEN', { capability: by.map((c) => CAPABILITY_ZH[c]).join('/') });
  }
  if ('version' in event && event.version !== facts.version) throw new PinchaError('STALE', { version: facts.version });
  const to = moves[facts.state];
  if (!to) throw new PinchaError('TRANSITION_INVALID', { from: NOTICE_STATE_ZH[facts.state], action: event.event });
  return to;
}

/** The change of the case behind a notice, when the case still waits for it. */
function onCase(facts: NoticeFacts, action: SystemAction, now: Date, data: Record<string, unknown>): CaseChange[] {
  if (facts.case.state !== 'enforcing') return [];
  // A case ends only with its last notice; it goes back at once.
  if ((action === 'verified' || action === 'revoke') && facts.case.otherLive > 0) return [];
  return [decideCaseBySystem(facts.case, action, now, { noticeId: facts.id, noticeNumber: facts.number, ...data })];
}

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
const TAKES_OFF: ReadonlySet<Measure> = new Set(['suspend_service', 'terminate_service']);
type Part = Omit<Effects, 'notices'> & { to?: NoticeState; set?: NoticeChange['set']; data?: Record<string, unknown> };

function onProbe(facts: NoticeFacts, reading: Reading, now: Date, policy: NoticePolicy): Part {
  const found = judge([...facts.probes, reading.verdict]);
  const data = { probe: facts.probes.length + 1, reading: reading.verdict, detail: reading.detail, verdict: found.verdict, final: found.final };
  if (!found.final) {
    return { data, outbox: [{ topic: 'notice.verify', payload: { noticeId: facts.id }, notBefore: later(now, policy.probeGapS) }] };
  }
  return settle(facts, found.verdict, found.detail, now, data);
}

function settle(facts: NoticeFacts, verdict: Verdict, detail: string, now: Date, data: Record<string, unknown>): Part {
  if (verdict === 'confirmed_off') {
    const off = TAKES_OFF.has(facts.measure);
    return {
      to: 'verified',
      set: { verdict, verifiedAt: now, nextAttemptAt: null },
      data,
      cases: onCase(facts, 'verified', now, { reason: detail }),
      accounts: off ? [{ accountId: facts.accountId, status: 'suspended', statusReason: `${facts.number} 经回访核验`, banned: true }] : [],
    };
  }
  // Nobody claimed to have acted: it is still on the platform, and still within its term.
  if (facts.state === 'delivered' || facts.state === 'acknowledged') return { set: { verdict }, data };
  return { to: 'verification_failed', set: { verdict }, data, cases: onCase(facts, 'verification_failed', now, { reason: detail, verdict }) };
}

function onReceipt(facts: NoticeFacts, receipt: Receipt, now: Date, policy: NoticePolicy): Part {
  const reference = receipt.reference ? { platformReference: receipt.reference } : {};
  const data = { ...receipt };
  const answered = { nextAttemptAt: null, ...reference };
  switch (receipt.kind) {
    case 'acknowledged':
      return { set: { ...answered, ...(facts.acknowledgedAt ? {} : { acknowledgedAt: now }) }, data };
    case 'refused': {
      const reason = [receipt.reason, receipt.detail].filter(Boolean).join('：') || '未说明理由';
      return { set: { ...answered, refusalReason: reason }, data, cases: onCase(facts, 'refused', now, { reason: `平台拒绝：${reason}` }) };
    }
    case 'acted':
    case 'partly_acted': {
      const look =
        facts.state === 'verified' ? [] : [{ topic: 'notice.verify' as const, payload: { noticeId: facts.id }, notBefore: later(now, policy.verifyDelayS) }];
      return { set: { ...answered, actedAt: now }, data, outbox: look };
    }
  }
}

function onFailure(facts: NoticeFacts, error: string, to: NoticeState, now: Date, policy: NoticePolicy): Part {
  if (LATE.includes(facts.state)) return { set: { lastError: error }, data: { error } };
  const at = nextAttempt(facts.attempts, now, policy.retry);
  return {
    to: quickTriesOver(facts.attempts, policy.retry) ? 'undeliverable' : to,
    set: { lastError: error.slice(0, 1_000), nextAttemptAt: at },
    data: { error: error.slice(0, 1_000), attempts: facts.attempts, nextAttemptAt: at.toISOString() },
    outbox: [{ topic: 'notice.send', payload: { noticeId: facts.id }, notBefore: at }],
  };
}

function partOf(facts: NoticeFacts, event: NoticeEvent, to: NoticeState, now: Date, policy: NoticePolicy): Part {
  switch (event.event) {
    case 'send_start':
      // The next attempt is already noted, so that a process killed in the middle loses nothing.
      return {
        set: { attempts: facts.attempts + 1, nextAttemptAt: nextAttempt(facts.attempts + 1, now, policy.retry), ...(facts.sentAt ? {} : { sentAt: now }) },
      };
    case 'delivered':
      return { set: { nextAttemptAt: null, lastError: null, ...(facts.deliveredAt ? {} : { deliveredAt: now }) } };
    case 'failed':
      return onFailure(facts, event.error, to, now, policy);
    case 'probed':
      return onProbe(facts, event.reading, now, policy);
    case 'resend':
      return { set: { nextAttemptAt: now }, outbox: [{ topic: 'notice.send', payload: { noticeId: facts.id } }] };
    case 'verify_now':
      return { outbox: [{ topic: 'notice.verify', payload: { noticeId: facts.id } }] };
    case 'revoke':
      return { set: { nextAttemptAt: null }, data: { reason: event.reason }, cases: onCase(facts, 'revoke', now, { reason: `通知书撤回：${event.reason}` }) };
    case 'expire':
    case 'close':
      return {};
    default:
      return onReceipt(facts, event.receipt, now, policy);
  }
}

/** The name of what happened in the event log; a probe that settles the matter is told as what it settled. */
function told(event: NoticeEventName, from: NoticeState, to: NoticeState): string {
  if (event === 'probed') return to === from ? 'probe' : to;
  if (event === 'failed') return to === 'undeliverable' && from !== to ? 'undeliverable' : 'delivery_failed';
  return event === 'send_start' ? 'attempt' : event;
}

/**
 * The effects of one event on a notice.
 * @param facts the notice as read under its row lock (its case is locked with it)
 * @throws PinchaError FORBIDDEN, STALE, TRANSITION_INVALID
 */
export function decideNotice(facts: NoticeFacts, event: NoticeEvent, actor: Actor, now: Date, policy: NoticePolicy = REAL_POLICY): Effects {
  const admitted = admit(facts, event, actor);
  const { to = admitted, set = {}, data = {}, ...rest } = partOf(facts, event, admitted, now, policy);
  const action = told(event.event, facts.state, to);
  return { ...rest, notices: [{ noticeId: facts.id, expectedVersion: facts.version, action, from: facts.state, to, set, data }] };
}

/**
 * Whether a sending job should send now. Two jobs for one attempt (a retry and the sweeper, say) must not become two
 * rows of retries: the first moves `nextAttemptAt` ahead, the second finds nothing due.
 */
export const sendDue = (facts: Pick<NoticeFacts, 'state' | 'nextAttemptAt'>, now: Date): boolean =>
  facts.state === 'approved' || (WAITS_FOR_DELIVERY.has(facts.state) && (facts.nextAttemptAt === null || facts.nextAttemptAt <= now));
const WAITS_FOR_DELIVERY: ReadonlySet<NoticeState> = new Set(['sending', 'undeliverable']);

export const REAL_POLICY: NoticePolicy = { retry: RETRIES, verifyDelayS: 300, probeGapS: 21_600 };

export type Answer = { readonly replay: true; readonly receivedAt: Date } | { readonly replay: false; readonly effects: Effects; readonly bodySha256: string };

/**
 * Takes a platform's answer: the same one again gets the first answer back, a different one is refused.
 * @throws PinchaError ALREADY_ANSWERED, TRANSITION_INVALID
 */
export function answerReceipt(facts: NoticeFacts, receipt: Receipt, messageId: string, actor: Actor, now: Date, policy: NoticePolicy = REAL_POLICY): Answer {
  // null and absent say the same, so they must not make two answers of one.
  const said = Object.fromEntries(Object.entries(receipt).filter(([, value]) => value !== null));
  const bodySha256 = sha256(canonicalJson(said));
  const same = facts.receipts.find((r) => r.kind === receipt.kind || r.messageId === messageId);
  if (same) {
    if (same.bodySha256 === bodySha256) return { replay: true, receivedAt: same.receivedAt };
    throw new PinchaError('ALREADY_ANSWERED', { reason: `${same.receivedAt.toISOString()} ${same.kind}` });
  }
  const last = facts.receipts.at(-1);
  if (last && !NOTICE_TABLE[receipt.kind].moves[facts.state]) {
    throw new PinchaError('ALREADY_ANSWERED', { reason: `${last.receivedAt.toISOString()} ${last.kind}` });
  }
  return { replay: false, effects: decideNotice(facts, { event: receipt.kind, receipt }, actor, now, policy), bodySha256 };
}
