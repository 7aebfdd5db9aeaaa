/** What somebody else changed in a case while it was open here, in sentences. */
import type { CaseView } from '../../../core/model/api.ts';
import type { Words } from '../../text/zh-cn.ts';

const STATE_WORD = { open: 'undone', confirmed: 'confirmed', rejected: 'rejected', superseded: 'superseded' } as const;

export function caseChanges(before: CaseView | undefined, after: CaseView, words: Words): string[] {
  if (!before) return [];
  const say = words.review.changes;
  const changes: string[] = [];
  if (before.state !== after.state) changes.push(say.state(words.labels.caseState[before.state], words.labels.caseState[after.state]));
  if (before.claimedBy?.id !== after.claimedBy?.id) changes.push(say.holder(after.claimedBy?.name ?? words.common.nobody));
  const known = new Map(before.findings.map((finding) => [finding.id, finding]));
  for (const finding of after.findings) {
    const old = known.get(finding.id);
    if (old && old.state !== finding.state) changes.push(say.finding(words.labels.kind[finding.kind], words.review[STATE_WORD[finding.state]]));
  }
  const added = after.findings.filter((finding) => !known.has(finding.id)).length;
  if (added) changes.push(say.added(added));
  if (before.proposal?.sha256 !== after.proposal?.sha256) changes.push(say.proposal);
  return changes;
}
