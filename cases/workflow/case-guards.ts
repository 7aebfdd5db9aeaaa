/**
 * The guards of the case table, each one sentence in Chinese when it refuses: the same sentence stands in the error
 * and on the disabled button. Four-eyes: whoever approves never confirmed a finding of the case nor proposed on it,
 * not even if that was undone later.
 */
import { localMinute } from '../../core/clock.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { CaseFacts, FindingFacts } from '../../core/model/facts.ts';
import type { Actor } from '../../core/model/role.ts';
import { capabilitiesOf } from '../../core/model/role.ts';
import { CASE_LEVELS } from '../../core/model/taxonomy.ts';
import { proposalDigest, standing } from './freeze.ts';

export interface Refusal {
  readonly code: Extract<ErrorCode, 'GUARD_FAILED' | 'FOUR_EYES' | 'INPUT_INVALID'>;
  readonly reason: string;
  /** The wrong field, for INPUT_INVALID. */
  readonly field?: string;
}
export interface CaseContext {
  readonly facts: CaseFacts;
  readonly actor: Actor;
  readonly now: Date;
}
export type Guard = (ctx: CaseContext) => Refusal | null;

export const refuse = (reason: string): Refusal => ({ code: 'GUARD_FAILED', reason });
const fourEyes = (reason: string): Refusal => ({ code: 'FOUR_EYES', reason });
export const wrongInput = (field: string, reason: string): Refusal => ({ code: 'INPUT_INVALID', field, reason });

const leased = ({ facts, now }: CaseContext): boolean => facts.leaseUntil !== null && facts.leaseUntil > now;

/** A case held by somebody else is left alone until the lease ends. */
export const notHeldByOther: Guard = (ctx) => {
  const { claimedBy, leaseUntil } = ctx.facts;
  if (!claimedBy || claimedBy.id === ctx.actor.id || !leased(ctx)) return null;
  return refuse(`${claimedBy.name}正在审核，至 ${leaseUntil ? localMinute(leaseUntil) : ''}`);
};

/** Only the reviewer who claimed the case works on it. */
export const isClaimer: Guard = ({ facts, actor }) => {
  if (facts.claimedBy?.id === actor.id) return null;
  return refuse(facts.claimedBy ? `本案由${facts.claimedBy.name}领取，须由其办理` : '请先领取本案');
};

/** The claimer, or a supervisor who re-routes. */
export const isClaimerOrSupervisor: Guard = (ctx) => (capabilitiesOf(ctx.actor.roles).has('case.assign') ? null : isClaimer(ctx));

export const isProposer: Guard = ({ facts, actor }) =>
  facts.proposal?.by === actor.id ? null : refuse(`只有提请人${facts.proposal ? `(${facts.proposal.byName})` : ''}可以撤回`);

/** The second pair of eyes. */
export const isSecondPerson: Guard = ({ facts, actor }) => {
  if (facts.proposal?.by === actor.id) return fourEyes('提请人不得审批自己的提请');
  if (facts.handledBy.includes(actor.id)) return fourEyes('在本案确认过疑点或提请过处置的人不得审批');
  return null;
};

export const proposalUnchanged: Guard = ({ facts }) => {
  if (!facts.proposal) return refuse('本案没有待审批的提请');
  return proposalDigest(facts, facts.proposal) === facts.proposal.sha256 ? null : refuse('提请冻结后疑点或证据有变化，请退回后重新提请');
};

/** What a confirmed finding still lacks to carry a measure, or null. */
function lacks(f: FindingFacts): string | null {
  const pointed = f.postId === null || (f.quote !== null && f.start !== null && f.end !== null);
  if (!pointed) return '缺少原文引文';
  if (!f.capture) return '缺少存证';
  if (f.articles.length === 0) return '缺少法律依据';
  return null;
}

/** At least one confirmed statutory or lead finding, each with words (or about the account itself), evidence and law. */
export const hasGrounds: Guard = ({ facts }) => {
  const confirmed = standing(facts);
  if (confirmed.length === 0) return refuse('须先确认至少一条法定或线索级疑点');
  const faults = confirmed.map(lacks).filter((v) => v !== null);
  return faults.length === 0 ? null : refuse(`已确认的疑点中有 ${faults.length} 条${faults[0]}，不能作为处置依据`);
};

export const nothingConfirmed: Guard = ({ facts }) =>
  facts.findings.some((f) => f.state === 'confirmed') ? refuse('已有确认的疑点；如确无问题，请先撤销确认') : null;

export const someOpen: Guard = ({ facts }) => (facts.findings.some((f) => f.state === 'open') ? null : refuse('没有待判断的疑点'));
export const someDecided: Guard = ({ facts }) =>
  facts.findings.some((f) => f.state === 'confirmed' || f.state === 'rejected') ? null : refuse('没有已判断的疑点');

/** The finding a request names, when it may be decided now. */
function findingFault(facts: CaseFacts, findingId: string, wanted: 'confirm' | 'reject' | 'undecide'): Refusal | null {
  const found = facts.findings.find((f) => f.id === findingId);
  if (!found) return wrongInput('findingId', '该疑点不属于本案');
  if (found.state === 'superseded') return refuse('该疑点已被新的筛查结果取代');
  if (wanted === 'undecide') return found.state === 'open' ? refuse('该疑点尚未判断') : null;
  if (found.state !== 'open') return refuse('该疑点已判断；如需改变，请先撤销');
  if (wanted === 'confirm' && !CASE_LEVELS.has(found.level)) return refuse('提示类疑点不作为处置依据，无需确认');
  return null;
}

/** The same for findings to be judged along with it: each must say the same of a repost of the same text, and none is named twice. */
export function alsoFault(facts: CaseFacts, findingId: string, also: readonly string[] | undefined, wanted: 'confirm' | 'reject' | 'undecide'): Refusal | null {
  const first = findingFault(facts, findingId, wanted);
  if (first || !also) return first;
  if (new Set([findingId, ...also]).size !== also.length + 1) return wrongInput('also', '同一疑点列了两次');
  const key = facts.findings.find((f) => f.id === findingId)?.alike ?? null;
  for (const id of also) {
    if (key === null || facts.findings.find((f) => f.id === id)?.alike !== key) return wrongInput('also', '只能一并判断同一文字转发中相同的疑点');
    const fault = findingFault(facts, id, wanted);
    if (fault) return fault;
  }
  return null;
}
