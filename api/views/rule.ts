/** Rules as the API shows them: decisions with their interval, revisions, jobs, differences with the words around. */
import { maskText } from '../../cases/review/mask.ts';
import type { AlarmView, DifferenceView, RevisionRow, RuleDecisions, RuleFinding, RuleJobView, RuleView } from '../../core/model/api-rule.ts';
import { SAMPLE_SIZE } from '../../core/model/rule.ts';
import { expectedShare, PRIOR_WEIGHT, wilson } from '../../core/statistics.ts';
import type { Revision, RuleEventRow } from '../../db/repositories/rule.ts';
import type { countVerdicts, DifferenceRecord, RuleJob } from '../../db/repositories/rule-job.ts';
import type { decisionsByRule, RuleAlarmRow, ruleFindingQuery } from '../../db/repositories/rule-night.ts';
import { iso } from './account.ts';

type Decision = Awaited<ReturnType<typeof decisionsByRule>>[number];

/** Shares that rest on nothing are not shown. */
function shareOf(yes: number, n: number) {
  const found = wilson(yes, n);
  return found && { ...found, n };
}

export function decisionsView(rows: readonly Decision[]): RuleDecisions {
  const sum = (test: (row: Decision) => boolean): number => rows.filter(test).reduce((n, row) => n + row.n, 0);
  const confirmed = sum((r) => r.state === 'confirmed');
  const rejected = sum((r) => r.state === 'rejected');
  const duplicates = sum((r) => r.state === 'rejected' && r.reason === 'duplicate');
  const reasons: Record<string, number> = {};
  for (const r of rows) if (r.state === 'rejected') reasons[r.reason ?? 'other'] = (reasons[r.reason ?? 'other'] ?? 0) + r.n;
  return { confirmed, rejected, duplicates, reasons, precision: shareOf(confirmed, confirmed + rejected - duplicates) };
}

/** What a rule's stated score is worth beside what was decided about it. */
export function scoreView(stated: number, { confirmed, rejected, duplicates, precision }: RuleDecisions): RuleView['score'] {
  const expected = expectedShare(confirmed, confirmed + rejected - duplicates, stated);
  return { stated, expected, weight: PRIOR_WEIGHT, differs: precision !== null && (stated < precision.low || stated > precision.high) };
}

export const alarmView = ({ runId: _, at, ...a }: RuleAlarmRow): AlarmView => ({ ...a, at: at.toISOString() });

export const eventView = ({ at, actorId: _, ...e }: RuleEventRow): RuleView['events'][number] => ({ ...e, at: at.toISOString() });

export const revisionRow = (r: Revision): RevisionRow => ({
  id: r.id,
  pack: r.pack,
  number: r.number,
  state: r.state,
  note: r.note,
  authorName: r.authorName,
  publishedByName: r.publishedByName,
  version: r.version,
  sha256: r.sha256,
  createdAt: r.createdAt.toISOString(),
  updatedAt: r.updatedAt.toISOString(),
  publishedAt: iso(r.publishedAt),
});

export const jobView = (j: RuleJob): RuleJobView => ({
  id: j.id,
  kind: j.kind,
  state: j.state,
  pack: j.pack,
  revisionId: j.revisionId,
  total: j.total,
  done: j.done,
  counts: j.counts,
  error: j.error,
  startedByName: j.startedByName,
  startedAt: j.startedAt.toISOString(),
  endedAt: iso(j.endedAt),
});

export function findingRow({ f, accountName, platform }: Awaited<ReturnType<typeof ruleFindingQuery>>[number]): RuleFinding {
  const { id, by, accountId, postId, caseId, quote, rejectReason, decidedAt } = f;
  return {
    id,
    by,
    platform,
    accountId,
    accountName,
    postId,
    caseId,
    quote: quote === null ? null : maskText(quote),
    reason: rejectReason,
    decidedAt: iso(decidedAt),
  };
}

const AROUND = 60;
export function differenceView({ d, input, accountName }: DifferenceRecord): DifferenceView {
  const text = d.field === null ? undefined : (input as Record<string, unknown>)[d.field];
  const [start, end] = [d.start ?? 0, d.end ?? 0];
  const around =
    typeof text === 'string' ? { before: text.slice(Math.max(0, start - AROUND), start), after: text.slice(end, end + AROUND) } : { before: '', after: '' };
  const { id, change, platform, postId, kind, by, field, quote, why, verdict, judgedByName } = d;
  const masked = { before: maskText(around.before), after: maskText(around.after), quote: quote === null ? null : maskText(quote), why: maskText(why) };
  return { id, change, platform, accountName, postId, kind, by, field, verdict, judgedByName, ...masked };
}

/** How the sample of one kind of change was judged, and what that says of all of them. */
export function estimateView(rows: Awaited<ReturnType<typeof countVerdicts>>, change: DifferenceView['change']) {
  const of = (verdict: string | null): number => rows.find((r) => r.change === change && r.verdict === verdict)?.n ?? 0;
  const [yes, no, unsure] = [of('yes'), of('no'), of('unsure')];
  return { yes, no, unsure, open: Math.min(SAMPLE_SIZE, of(null)), share: shareOf(yes, yes + no) };
}
