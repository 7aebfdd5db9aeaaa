/** A small world for the workflow tests: one case with findings, three people, and a store in memory that applies effects. */

import type { Office } from '../../../cases/notice/approval.ts';
import { newId } from '../../../core/ids.ts';
import type { Effects } from '../../../core/model/effects.ts';
import type { CaseFacts, FindingFacts, NoticeFacts } from '../../../core/model/facts.ts';
import type { NoticeBody } from '../../../core/model/notice.ts';
import type { Actor, Role } from '../../../core/model/role.ts';

export const NOW = new Date('2026-11-23T02:00:00.000Z');
export const person = (name: string, ...roles: Role[]): Actor => ({ id: `00000000-0000-7000-8000-${name.padStart(12, '0')}`, name, kind: 'user', roles });
export const SYSTEM: Actor = { id: 'system', name: '系统', kind: 'service', roles: [] };
export const PLATFORM: Actor = { id: 'board', name: '演示招聘板', kind: 'platform', roles: [] };

export const office: Office = { issuer: '演示市人力资源和社会保障局', contact: '010-00000000', demo: true, ackDays: 2, actDays: 5, newId };

export const article = { id: 'employment-promotion-2015.41', instrument: '就业促进法', article: '第四十一条', version: '2015-04-24', verified: false };

export function finding(over: Partial<FindingFacts> = {}): FindingFacts {
  return {
    id: newId(),
    kind: 'charging-jobseekers',
    level: 'statutory',
    source: 'rule',
    state: 'open',
    decidedBy: null,
    postId: newId(),
    postUrl: 'http://board.test/p/1',
    quote: '入职交服装费300元',
    start: 4,
    end: 13,
    why: '要求劳动者入职时交费',
    articles: [article],
    alike: null,
    capture: { id: newId(), sha256: 'a'.repeat(64), at: NOW, seal: { state: 'signed', root: 3 } },
    ...over,
  };
}

export function caseFacts(over: Partial<CaseFacts> = {}): CaseFacts {
  return {
    id: newId(),
    number: 'HR-2026-0001',
    state: 'open',
    version: 1,
    claimedBy: null,
    leaseUntil: null,
    proposal: null,
    handledBy: [],
    account: {
      id: newId(),
      platform: 'board',
      externalId: 'acc-1',
      name: '快捷招工',
      url: 'http://board.test/a/1',
      subjectName: '某某信息咨询有限公司',
      subjectType: 'agency',
    },
    platformName: '演示招聘板',
    findings: [finding(), finding({ kind: 'age-limit', level: 'advisory' })],
    notices: [],
    ...over,
  };
}

/** Applies effects to facts as the database would. */
export function applied(facts: CaseFacts, effects: Effects, actor: Actor): CaseFacts {
  const change = effects.cases?.find((c) => c.caseId === facts.id);
  if (!change) return facts;
  const { set } = change;
  const decided = new Map((effects.findings ?? []).map((f) => [f.findingId, f]));
  const handled = change.action === 'confirm' || change.action === 'propose' ? [...new Set([...facts.handledBy, actor.id])] : facts.handledBy;
  const changed = new Map((effects.notices ?? []).map((n) => [n.noticeId, n.to]));
  const added = (effects.newNotices ?? []).map((n) => ({ id: n.id, number: n.number, state: 'approved' as const, measure: n.measure, version: 1 }));
  return {
    ...facts,
    state: change.to,
    version: change.expectedVersion + 1,
    claimedBy: set.claimedBy === undefined ? facts.claimedBy : set.claimedBy === null ? null : { id: set.claimedBy, name: actor.name },
    leaseUntil: set.leaseUntil === undefined ? facts.leaseUntil : set.leaseUntil,
    proposal: set.proposal === undefined ? facts.proposal : set.proposal,
    handledBy: handled,
    findings: facts.findings.map((f) => {
      const d = decided.get(f.id);
      return d ? { ...f, state: d.to, decidedBy: d.to === 'open' ? null : actor.id } : f;
    }),
    notices: [...facts.notices.map((n) => ({ ...n, state: changed.get(n.id) ?? n.state })), ...added],
  };
}

export const body: NoticeBody = {
  schemaVersion: '1',
  noticeId: 'n-1',
  number: 'HR-2026-0001-T1',
  issuer: office.issuer,
  demo: true,
  platform: 'board',
  supersedes: null,
  target: { type: 'account', platformAccountId: 'acc-1', url: null, nameAtCapture: '快捷招工' },
  measure: 'suspend_service',
  effectiveFrom: NOW.toISOString(),
  until: null,
  facts: '存在疑似收费情形。',
  findings: [],
  evidence: [],
  redress: '可提出异议。',
  ackDue: NOW.toISOString(),
  actDue: NOW.toISOString(),
  contact: office.contact,
};

export function noticeFacts(over: Partial<NoticeFacts> = {}): NoticeFacts {
  return {
    id: newId(),
    number: 'HR-2026-0001-T1',
    state: 'approved',
    version: 1,
    platform: 'board',
    accountId: newId(),
    measure: 'suspend_service',
    body,
    attempts: 0,
    nextAttemptAt: null,
    sentAt: null,
    deliveredAt: null,
    acknowledgedAt: null,
    actedAt: null,
    case: { id: newId(), number: 'HR-2026-0001', state: 'enforcing', version: 7, proposerId: null, otherLive: 0 },
    receipts: [],
    probes: [],
    ...over,
  };
}
