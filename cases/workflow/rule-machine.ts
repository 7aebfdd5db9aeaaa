/**
 * The life of a pack's revision: draft → shadow → published by somebody other than its author → retired. A retired one may
 * be published again (rollback). Pure: facts in, the step or a refusal out; storing it, its event and its audit entry is one
 * transaction of the caller's.
 */
import { PinchaError } from '../../core/errors.ts';
import { type Actor, CAPABILITY_ZH, type Capability, capabilitiesOf } from '../../core/model/role.ts';
import type { RevisionState } from '../../core/model/rule.ts';

export const REVISION_ACTIONS = ['save', 'shadow', 'back', 'withdraw', 'publish'] as const;
export type RevisionAction = (typeof REVISION_ACTIONS)[number];

export interface RevisionFacts {
  readonly state: RevisionState;
  readonly authorId: string;
  /** Digest of the pack in force when it was written, and of the one in force now; null without one. */
  readonly basedOn: string | null;
  readonly inForce: string | null;
  /** Whether this very text was replayed to the end, or has watched a night in the shadow. */
  readonly tried: boolean;
  /** What is wrong with its text in the law in force now; null when nothing is. */
  readonly fault: string | null;
  /** Examples of its own that do not hold. */
  readonly wrongExamples: number;
}

interface Row {
  readonly from: readonly RevisionState[];
  readonly to: RevisionState | null;
  readonly needs: Capability;
}
const TABLE: Readonly<Record<RevisionAction, Row>> = {
  save: { from: ['draft'], to: null, needs: 'rule.draft' },
  shadow: { from: ['draft'], to: 'shadow', needs: 'rule.draft' },
  back: { from: ['shadow'], to: 'draft', needs: 'rule.draft' },
  withdraw: { from: ['draft', 'shadow'], to: 'withdrawn', needs: 'rule.draft' },
  publish: { from: ['shadow', 'retired'], to: 'published', needs: 'rule.publish' },
};

function wrongIn({ fault, wrongExamples }: RevisionFacts): PinchaError | null {
  if (fault !== null) return new PinchaError('GUARD_FAILED', { reason: fault });
  return wrongExamples > 0 ? new PinchaError('GUARD_FAILED', { reason: `${wrongExamples} 条示例不符` }) : null;
}

function publishFault(facts: RevisionFacts, actor: Actor): PinchaError | null {
  if (facts.authorId === actor.id) return new PinchaError('FOUR_EYES', { reason: '起草人不能发布自己的规则' });
  const wrong = wrongIn(facts);
  if (wrong) return wrong;
  if (facts.state === 'retired') return null;
  if (!facts.tried) return new PinchaError('GUARD_FAILED', { reason: '尚未回放，也没有经过一夜影子运行' });
  if (facts.basedOn !== facts.inForce) return new PinchaError('GUARD_FAILED', { reason: '起草后规则包已更新，请退回草稿并在现行文本上重新修改' });
  return null;
}

/** Why an action may not be done now; null when it may. */
export function revisionFault(facts: RevisionFacts, action: RevisionAction, actor: Actor): PinchaError | null {
  const row = TABLE[action];
  if (!capabilitiesOf(actor.roles).has(row.needs)) return new PinchaError('FORBIDDEN', { capability: CAPABILITY_ZH[row.needs] });
  if (!row.from.includes(facts.state)) return new PinchaError('TRANSITION_INVALID', { from: facts.state, action });
  const wrong = action === 'shadow' ? wrongIn(facts) : null;
  if (wrong) return wrong;
  return action === 'publish' ? publishFault(facts, actor) : null;
}

/** @returns the state after the action @throws FORBIDDEN, TRANSITION_INVALID, FOUR_EYES, GUARD_FAILED */
export function decideRevision(facts: RevisionFacts, action: RevisionAction, actor: Actor): RevisionState {
  const fault = revisionFault(facts, action, actor);
  if (fault) throw fault;
  return TABLE[action].to ?? facts.state;
}
