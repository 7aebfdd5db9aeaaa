/** Cases as the API shows them: the queue row, and the review page with what the caller may do and what is suggested. */

import { maskText } from '../../cases/review/mask.ts';
import { suggest } from '../../cases/review/suggest.ts';
import { mayDo } from '../../cases/workflow/case-machine.ts';
import { workingDaysLeft } from '../../core/clock.ts';
import type { CaseView, QueueRow } from '../../core/model/api.ts';
import type { CaseFacts } from '../../core/model/facts.ts';
import type { Actor } from '../../core/model/role.ts';
import { type FindingKind, TAXONOMY } from '../../core/model/taxonomy.ts';
import type { CaseRecord } from '../../db/repositories/read-case.ts';
import type { QueueRecord } from '../../db/repositories/read-queue.ts';
import { accountView, captureView, eventView, findingView, iso, MASKED, person, postView, type Showing } from './account.ts';
import { noticeRow } from './notice.ts';

const knownKind = (kind: string | null): FindingKind | null => (kind !== null && kind in TAXONOMY ? (kind as FindingKind) : null);

export function queueRow({ c, a, claimerName }: QueueRecord, now: Date): QueueRow {
  return {
    id: c.id,
    number: c.number,
    state: c.state,
    level: c.level,
    priority: c.priority,
    hook: c.hook === null ? null : maskText(c.hook),
    hookKind: knownKind(c.hookKind),
    kinds: c.kinds,
    findingCount: c.findingCount,
    account: { id: a.id, platform: a.platform, name: maskText(a.name), subjectName: a.subjectName, subjectType: a.subjectType },
    licenceVerdict: a.licenceVerdict,
    claimedBy: person(c.claimedBy, claimerName),
    proposedBy: c.proposal ? { id: c.proposal.by, name: c.proposal.byName } : null,
    openedAt: c.openedAt.toISOString(),
    dueAt: c.dueAt.toISOString(),
    daysLeft: workingDaysLeft(now, c.dueAt),
  };
}

/** Most text of one answer, in UTF-16 units: fifty posts of the longest kind would stall a browser. */
const MAX_TEXT = 2_000_000;

/** The strongest posts that fit; always at least one. */
function fitting(posts: CaseRecord['posts']): CaseRecord['posts'] {
  let room = MAX_TEXT;
  return posts.filter(({ p }, i) => {
    room -= p.text.length;
    return i === 0 || room >= 0;
  });
}

/** Proven by the facts the decision itself uses, so that a button never promises what the server refuses. */
export function caseView(record: CaseRecord, facts: CaseFacts, actor: Actor, now: Date, showing: Showing = MASKED): CaseView {
  const { c, a } = record;
  const outcomes = record.earlier.map((e) => e.outcome);
  return {
    id: c.id,
    number: c.number,
    state: c.state,
    level: c.level,
    priority: c.priority,
    contributions: c.contributions,
    version: c.version,
    openedAt: c.openedAt.toISOString(),
    dueAt: c.dueAt.toISOString(),
    daysLeft: workingDaysLeft(now, c.dueAt),
    claimedBy: person(c.claimedBy, record.claimerName),
    leaseUntil: iso(c.leaseUntil),
    waitReason: c.waitReason,
    waitUntil: iso(c.waitUntil),
    outcome: c.outcome,
    outcomeReason: c.outcomeReason,
    account: accountView(a, showing),
    earlier: record.earlier.map((e) => ({ ...e, openedAt: e.openedAt.toISOString() })),
    findings: record.findings.map((f) => findingView(f, showing)),
    posts: fitting(record.posts).map((p) => postView(p, showing)),
    postCount: record.postCount,
    accountCapture: record.accountCapture && captureView(record.accountCapture),
    proposal: c.proposal,
    suggested: suggest(facts.findings, outcomes, a.name),
    notices: record.notices.map((n) => noticeRow(n, now)),
    events: record.events.map(eventView),
    may: mayDo(facts, actor, now),
  };
}
