/**
 * Freezing a proposal: the digest over everything the approver is shown, so that an approval can name exactly what
 * it approves and a change behind its back is noticed.
 */
import { canonicalJson, sha256 } from '../../core/digest.ts';
import type { CaseFacts, FindingFacts, FrozenProposal } from '../../core/model/facts.ts';
import { CASE_LEVELS } from '../../core/model/taxonomy.ts';

/** The findings a measure may stand on: confirmed by a person, statutory or lead. */
export const standing = (facts: CaseFacts): FindingFacts[] => facts.findings.filter((f) => f.state === 'confirmed' && CASE_LEVELS.has(f.level));

/**
 * Digest of a proposal together with the words, law and evidence of its findings as they stand now.
 * Findings that vanished or are no longer confirmed change the digest.
 */
export function proposalDigest(facts: CaseFacts, proposal: Omit<FrozenProposal, 'sha256'>): string {
  const findings = proposal.findingIds.map((id) => {
    const f = facts.findings.find((one) => one.id === id);
    if (!f) return { id, missing: true };
    return {
      id,
      state: f.state,
      kind: f.kind,
      quote: f.quote,
      why: f.why,
      articles: f.articles.map((a) => `${a.id}@${a.version}`),
      capture: f.capture?.sha256 ?? null,
    };
  });
  const { measure, days, reason, by, at } = proposal;
  return sha256(canonicalJson({ case: facts.number, account: facts.account.id, measure, days, reason, by, at, findings }));
}

/** Freezes a measure over all findings that stand. */
export function freezeProposal(
  facts: CaseFacts,
  wish: Pick<FrozenProposal, 'measure' | 'days' | 'reason'>,
  by: { id: string; name: string },
  now: Date,
): FrozenProposal {
  const { measure, days, reason } = wish;
  const content = { measure, days, reason, findingIds: standing(facts).map((f) => f.id), by: by.id, byName: by.name, at: now.toISOString() };
  return { ...content, sha256: proposalDigest(facts, content) };
}
