/** The order of the checklist: what may lead to a measure first, numbered as the keys 1-9; hints and exceptions after. */
import type { CaseView, FindingView } from '../../../core/model/api.ts';
import { CASE_LEVELS } from '../../../core/model/taxonomy.ts';
import type { MarkedFinding } from '../../parts/highlight.tsx';

const RANK = { statutory: 0, lead: 1, advisory: 2, format: 3 } as const;

export interface OrderedFindings {
  readonly numbered: readonly MarkedFinding[];
  readonly hints: readonly MarkedFinding[];
  readonly all: readonly MarkedFinding[];
}

export function orderFindings(findings: readonly FindingView[]): OrderedFindings {
  const sorted = findings
    .filter((finding) => finding.state !== 'superseded')
    .sort((a, b) => RANK[a.level] - RANK[b.level] || b.score - a.score || a.id.localeCompare(b.id));
  const decidable = (finding: FindingView) => CASE_LEVELS.has(finding.level) && !finding.exempt;
  const numbered = sorted.filter(decidable).map((finding, i) => ({ finding, no: i + 1 }));
  const hints = sorted.filter((finding) => !decidable(finding)).map((finding) => ({ finding, no: null }));
  return { numbered, hints, all: [...numbered, ...hints] };
}

/** The findings that may be judged along with one: the same of reposts of one text, judged or unjudged as it is; itself first. */
export function alikeFindings(ordered: OrderedFindings, to: FindingView): FindingView[] {
  if (to.alike === null) return [to];
  const judged = to.state !== 'open';
  const others = ordered.numbered.map((mark) => mark.finding).filter((f) => f.id !== to.id && f.alike === to.alike && (f.state !== 'open') === judged);
  return [to, ...others];
}

/** The first finding nobody has judged yet, after `after` when given, wrapping round; those of `but` are being judged. */
export function nextOpen(ordered: OrderedFindings, after: string | null, but: readonly string[] = []): string | null {
  const list = ordered.numbered;
  const from = list.findIndex((mark) => mark.finding.id === after);
  const turned = [...list.slice(from + 1), ...list.slice(0, from + 1)];
  return turned.find((mark) => mark.finding.state === 'open' && !but.includes(mark.finding.id))?.finding.id ?? null;
}

/** A case comes back from a person, from a platform that refuses, or because a second look saw no change. */
const BACK: ReadonlySet<string> = new Set(['return', 'send_back', 'refused', 'verification_failed']);
/** What takes it forward again, or back on one's own will. */
const ON: ReadonlySet<string> = new Set(['propose', 'withdraw']);
/** Why a case came back to its reviewer, when that was the last thing that happened to a proposal; null otherwise. */
export function cameBack(view: CaseView): { by: string; reason: string; at: string } | null {
  const last = view.events.filter((event) => BACK.has(event.action) || ON.has(event.action)).sort((a, b) => b.at.localeCompare(a.at))[0];
  if (!last || !BACK.has(last.action)) return null;
  return { by: last.actor, reason: typeof last.data.reason === 'string' ? last.data.reason : '', at: last.at };
}

/** Which act the server allows now: true, or the sentence that says why not. */
export const mayOf = (view: CaseView, act: string): true | string => view.may[act] ?? '';
