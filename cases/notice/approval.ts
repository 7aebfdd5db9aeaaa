/**
 * What an approval writes: exactly one notice (one platform, one target, one measure), its outbox row, and the end
 * of any earlier notice of the case that failed or was refused, which the new one supersedes.
 */
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import { NOTICE_TERMINAL } from '../../core/model/case.ts';
import type { Effects } from '../../core/model/effects.ts';
import type { CaseFacts } from '../../core/model/facts.ts';
import { noticeDue } from '../workflow/deadlines.ts';
import { composeNotice, type Office } from './compose.ts';

export type { Office } from './compose.ts';

/** Digest of a notice body as it is sent: SHA-256 over its canonical JSON. */
export const bodyDigest = (body: unknown): string => sha256(canonicalJson(body));

/**
 * The effects of approving the frozen proposal of a case.
 * @throws PinchaError INTERNAL when the case has no proposal (the table never lets it come here)
 */
export function approval(facts: CaseFacts, now: Date, office: Office): Pick<Effects, 'newNotices' | 'notices' | 'outbox'> {
  const { proposal } = facts;
  if (!proposal) throw new PinchaError('INTERNAL', { reason: 'approval without a proposal' });
  const frozen = new Set(proposal.findingIds);
  const earlier = facts.notices.filter((n) => !NOTICE_TERMINAL.has(n.state));
  const id = office.newId();
  const number = `${facts.number}-T${facts.notices.length + 1}`;
  const due = noticeDue(now, office);
  const findings = facts.findings.filter((f) => frozen.has(f.id));
  const body = composeNotice(facts, proposal, findings, office, { id, number, supersedes: earlier.at(-1)?.id ?? null, now, ...due });
  const target = { caseId: facts.id, accountId: facts.account.id, platform: facts.account.platform, measure: proposal.measure };
  return {
    notices: earlier.map((n) => ({
      noticeId: n.id,
      expectedVersion: n.version,
      action: 'amend',
      from: n.state,
      to: 'amended' as const,
      set: { nextAttemptAt: null },
      data: { supersededBy: number },
    })),
    newNotices: [{ id, number, ...target, body, bodySha256: bodyDigest(body), ...due }],
    outbox: [{ topic: 'notice.send', payload: { noticeId: id } }],
  };
}
