/** The notice table: delivery, answers, verification and what each does to the case; retries that are never given up. */
import { describe, expect, it } from 'vitest';
import {
  answerReceipt,
  decideNotice,
  NOTICE_TABLE,
  type NoticeEvent,
  type NoticeEventName,
  REAL_POLICY,
  sendDue,
} from '../../../cases/workflow/notice-machine.ts';
import { nextAttempt } from '../../../cases/workflow/retry.ts';
import { PinchaError } from '../../../core/errors.ts';
import { NOTICE_STATES, type NoticeState } from '../../../core/model/case.ts';
import type { NoticeFacts } from '../../../core/model/facts.ts';
import type { Receipt } from '../../../core/model/notice.ts';
import { NOW, noticeFacts, PLATFORM, person, SYSTEM } from './world.ts';

const approver = person('3', 'approver');
const reviewer = person('1', 'reviewer');
const EVENTS = Object.keys(NOTICE_TABLE) as NoticeEventName[];
const off = { verdict: 'confirmed_off', detail: '看不到' } as const;
const live = { verdict: 'still_live', detail: '仍在' } as const;

function event(name: NoticeEventName, version = 1): NoticeEvent {
  switch (name) {
    case 'failed':
      return { event: name, error: 'HTTP 503' };
    case 'probed':
      return { event: name, reading: off };
    case 'resend':
    case 'verify_now':
      return { event: name, version };
    case 'revoke':
      return { event: name, version, reason: '有误' };
    case 'acknowledged':
    case 'refused':
    case 'acted':
    case 'partly_acted':
      return { event: name, receipt: { kind: name, reference: 'T-1' } };
    default:
      return { event: name };
  }
}
const actorFor = (name: NoticeEventName) => {
  const { by } = NOTICE_TABLE[name];
  return by === 'system' ? SYSTEM : by === 'platform' ? PLATFORM : approver;
};
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof PinchaError) return thrown.code;
    throw thrown;
  }
  return 'ok';
};
const to = (facts: NoticeFacts, e: NoticeEvent): NoticeState | undefined => decideNotice(facts, e, actorFor(e.event), NOW).notices?.[0]?.to;

describe('notice table', () => {
  it('answers every state and event: a listed move or TRANSITION_INVALID', () => {
    for (const state of NOTICE_STATES) {
      for (const name of EVENTS) {
        const facts = noticeFacts({ state });
        const code = codeOf(() => decideNotice(facts, event(name), actorFor(name), NOW));
        expect(code, `${state} ${name}`).toBe(NOTICE_TABLE[name].moves[state] ? 'ok' : 'TRANSITION_INVALID');
      }
    }
  });

  it('lets only the system, the platform or a person with the capability bring an event', () => {
    for (const name of EVENTS) {
      const state = Object.keys(NOTICE_TABLE[name].moves)[0] as NoticeState;
      const stranger = NOTICE_TABLE[name].by === 'platform' ? SYSTEM : PLATFORM;
      expect(
        codeOf(() => decideNotice(noticeFacts({ state }), event(name), stranger, NOW)),
        name,
      ).toBe('FORBIDDEN');
    }
    expect(codeOf(() => decideNotice(noticeFacts(), event('resend'), reviewer, NOW))).toBe('FORBIDDEN');
    expect(codeOf(() => decideNotice(noticeFacts(), event('resend', 9), approver, NOW))).toBe('STALE');
  });

  it('walks approved → sending → delivered → acknowledged → acted and asks for a look after the delay', () => {
    expect(to(noticeFacts(), event('send_start'))).toBe('sending');
    expect(to(noticeFacts({ state: 'sending' }), event('delivered'))).toBe('delivered');
    expect(to(noticeFacts({ state: 'delivered' }), event('acknowledged'))).toBe('acknowledged');
    const effects = decideNotice(noticeFacts({ state: 'acknowledged' }), event('acted'), PLATFORM, NOW);
    expect(effects.notices?.[0]?.to).toBe('acted');
    expect(effects.outbox).toEqual([
      { topic: 'notice.verify', payload: { noticeId: expect.any(String) }, notBefore: new Date(NOW.getTime() + REAL_POLICY.verifyDelayS * 1_000) },
    ]);
  });

  it('keeps an answer that overtakes the HTTP response', () => {
    const facts = noticeFacts({ state: 'acted' });
    expect(to(facts, event('delivered'))).toBe('acted');
    expect(to(facts, event('acknowledged'))).toBe('acted');
    expect(decideNotice(facts, event('failed'), SYSTEM, NOW).outbox).toBeUndefined();
  });
});

describe('verification', () => {
  it('needs two probes that agree before it closes case and account', () => {
    const acted = noticeFacts({ state: 'acted' });
    const first = decideNotice(acted, { event: 'probed', reading: off }, SYSTEM, NOW);
    expect(first.notices?.[0]).toMatchObject({ to: 'acted', set: {} });
    expect(first.outbox?.[0]?.topic).toBe('notice.verify');
    const second = decideNotice({ ...acted, probes: ['confirmed_off'] }, { event: 'probed', reading: off }, SYSTEM, NOW);
    expect(second.notices?.[0]).toMatchObject({ to: 'verified', set: { verdict: 'confirmed_off', verifiedAt: NOW } });
    expect(second.cases?.[0]).toMatchObject({ action: 'verified', to: 'closed', set: { outcome: 'enforced' } });
    expect(second.accounts).toEqual([expect.objectContaining({ status: 'suspended', banned: true })]);
  });

  it('does not put the account on the list for a mild measure, nor close a case with another live notice', () => {
    const acted = noticeFacts({ state: 'acted', measure: 'delete_post', probes: ['confirmed_off'], case: { ...noticeFacts().case, otherLive: 1 } });
    const effects = decideNotice(acted, { event: 'probed', reading: off }, SYSTEM, NOW);
    expect(effects.accounts).toEqual([]);
    expect(effects.cases).toEqual([]);
  });

  it('puts the case back when the platform only claimed to have acted', () => {
    const effects = decideNotice(noticeFacts({ state: 'acted', probes: ['still_live'] }), { event: 'probed', reading: live }, SYSTEM, NOW);
    expect(effects.notices?.[0]).toMatchObject({ to: 'verification_failed', set: { verdict: 'still_live' } });
    expect(effects.cases?.[0]).toMatchObject({ action: 'verification_failed', from: 'enforcing', to: 'open', set: { proposal: null } });
    expect(effects.accounts).toBeUndefined();
  });

  it('never counts being kept out as success, and gives it to a person in the end', () => {
    const wall = { verdict: 'unreachable', detail: '验证码' } as const;
    let probes: NoticeFacts['probes'] = [];
    const reached: (NoticeState | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) {
      reached.push(to(noticeFacts({ state: 'acted', probes }), { event: 'probed', reading: wall }));
      probes = [...probes, 'unreachable'];
    }
    expect(reached).toEqual(['acted', 'acted', 'acted', 'acted', 'acted', 'verification_failed']);
  });
});

describe('answers of a platform', () => {
  const acted: Receipt = { kind: 'acted', reference: 'T-9', actedAt: '2026-11-23T01:00:00Z' };
  const first = answerReceipt(noticeFacts({ state: 'delivered' }), acted, 'm-1', PLATFORM, NOW);

  it('gives the same answer to the same receipt, whoever retries it', () => {
    expect(first.replay).toBe(false);
    const known = { kind: acted.kind, bodySha256: first.replay ? '' : first.bodySha256, messageId: 'm-1', receivedAt: NOW };
    const facts = noticeFacts({ state: 'acted', receipts: [known] });
    expect(answerReceipt(facts, acted, 'm-1', PLATFORM, NOW)).toEqual({ replay: true, receivedAt: NOW });
    expect(answerReceipt(facts, { ...acted, reason: null, detail: undefined }, 'm-2', PLATFORM, NOW)).toEqual({ replay: true, receivedAt: NOW });
    expect(codeOf(() => answerReceipt(facts, { ...acted, reference: 'T-10' }, 'm-3', PLATFORM, NOW))).toBe('ALREADY_ANSWERED');
    expect(codeOf(() => answerReceipt(facts, { kind: 'acknowledged' }, 'm-1', PLATFORM, NOW))).toBe('ALREADY_ANSWERED');
    expect(codeOf(() => answerReceipt(facts, { kind: 'refused', reason: 'not_ours' }, 'm-4', PLATFORM, NOW))).toBe('ALREADY_ANSWERED');
  });

  it('puts the case back when the platform refuses, with its reason', () => {
    const answer = answerReceipt(noticeFacts({ state: 'delivered' }), { kind: 'refused', reason: 'disputed', detail: '主体已变更' }, 'm-5', PLATFORM, NOW);
    if (answer.replay) throw new Error('not a replay');
    expect(answer.effects.notices?.[0]).toMatchObject({ to: 'refused', set: { refusalReason: 'disputed：主体已变更' } });
    expect(answer.effects.cases?.[0]).toMatchObject({ to: 'open', data: { reason: '平台拒绝：disputed：主体已变更' } });
  });
});

describe('delivery', () => {
  it('tries again after 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, then daily for ever', () => {
    const gap = (attempts: number): number => (nextAttempt(attempts, NOW).getTime() - NOW.getTime()) / 1_000;
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 500].map(gap)).toEqual([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 86_400, 86_400, 86_400]);
  });

  it('shows a notice as undeliverable after the quick tries and still tries', () => {
    const early = decideNotice(noticeFacts({ state: 'sending', attempts: 1 }), event('failed'), SYSTEM, NOW);
    expect(early.notices?.[0]).toMatchObject({ to: 'sending', set: { lastError: 'HTTP 503', nextAttemptAt: new Date(NOW.getTime() + 5_000) } });
    const late = decideNotice(noticeFacts({ state: 'sending', attempts: 8 }), event('failed'), SYSTEM, NOW);
    expect(late.notices?.[0]?.to).toBe('undeliverable');
    expect(late.outbox?.[0]).toMatchObject({ topic: 'notice.send', notBefore: new Date(NOW.getTime() + 86_400_000) });
    expect(to(noticeFacts({ state: 'undeliverable', attempts: 20 }), event('delivered'))).toBe('delivered');
  });

  it('makes one attempt of two jobs that come for the same one', () => {
    const due = noticeFacts({ state: 'sending', attempts: 1, nextAttemptAt: NOW });
    expect(sendDue(due, NOW)).toBe(true);
    const { nextAttemptAt } = decideNotice(due, event('send_start'), SYSTEM, NOW).notices![0]!.set;
    expect(sendDue({ ...due, nextAttemptAt: nextAttemptAt! }, NOW)).toBe(false);
    expect(sendDue(noticeFacts({ nextAttemptAt: new Date(NOW.getTime() + 1) }), NOW)).toBe(true);
    expect(sendDue(noticeFacts({ state: 'delivered' }), NOW)).toBe(false);
  });

  it('closes the case as withdrawn when its only notice is revoked', () => {
    const effects = decideNotice(noticeFacts({ state: 'delivered' }), event('revoke'), approver, NOW);
    expect(effects.cases?.[0]).toMatchObject({ to: 'closed', set: { outcome: 'withdrawn' } });
  });
});
