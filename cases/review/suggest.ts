/**
 * Suggests measure, term and reason, so that nothing must be typed in the common case; says why. It looks at what the
 * findings are about and at how often the account was dealt with before. A suggestion decides nothing.
 */
import type { CaseOutcome, Measure } from '../../core/model/case.ts';
import type { FindingKind, Level } from '../../core/model/taxonomy.ts';
import { CASE_LEVELS, TAXONOMY } from '../../core/model/taxonomy.ts';
import { suspected } from '../notice/compose.ts';
import { maskText } from './mask.ts';

interface SuggestFinding {
  readonly kind: FindingKind;
  readonly level: Level;
  readonly state: 'open' | 'confirmed' | 'rejected' | 'superseded';
  readonly quote: string | null;
  readonly postId: string | null;
}
export interface Suggestion {
  readonly measure: Measure;
  /** Days, for measures with a term. */
  readonly days: number | null;
  readonly reason: string;
  readonly why: string;
}

/** What a first case of a family calls for, strongest first. */
const FIRST = [
  { family: 'fraud', measure: 'suspend_service', days: 30, because: '涉及疑似虚假招聘、涉诈或培训贷情形' },
  { family: 'identity', measure: 'suspend_service', days: 30, because: '涉及疑似未经许可或资质不符' },
  { family: 'money', measure: 'suspend_service', days: 15, because: '涉及疑似向劳动者收费或侵害权益' },
  { family: 'discrimination', measure: 'delete_post', days: null, because: '涉及疑似就业歧视内容' },
  { family: 'form', measure: 'warn', days: null, because: '仅涉及信息要素问题' },
] as const satisfies readonly { family: string; measure: Measure; days: number | null; because: string }[];

function escalate(base: { measure: Measure; days: number | null }, strikes: number): { measure: Measure; days: number | null } {
  if (strikes === 0) return base;
  if (strikes >= 3) return { measure: 'terminate_service', days: null };
  return { measure: 'suspend_service', days: strikes === 1 ? 90 : 180 };
}

/** The facts only: the measure is stated beside them and may be changed by hand, and a document must not ask for two. */
function reasonText(findings: readonly SuggestFinding[], name: string): string {
  const posts = new Set(findings.flatMap((f) => (f.postId ? [f.postId] : []))).size;
  const kinds = [...new Set(findings.map((f) => suspected(f.kind)))].slice(0, 6).join('、');
  const quotes = [...new Set(findings.flatMap((f) => (f.quote ? [maskText(f.quote).slice(0, 60)] : [])))].slice(0, 3);
  const words = quotes.length > 0 ? `，如${quotes.map((q) => `“${q}”`).join('、')}` : '';
  const where = posts > 0 ? `发布的 ${posts} 条招聘信息` : '';
  return `“${name}”账号${where}存在${kinds}${words}。`;
}

/**
 * The measure to start from.
 * @param findings all findings of the case; once some are confirmed only those count
 * @param earlier outcomes of the account's earlier cases
 */
export function suggest(findings: readonly SuggestFinding[], earlier: readonly (CaseOutcome | null)[], name: string): Suggestion {
  const useful = findings.filter((f) => CASE_LEVELS.has(f.level));
  const confirmed = useful.filter((f) => f.state === 'confirmed');
  const basis = confirmed.length > 0 ? confirmed : useful.filter((f) => f.state === 'open');
  const families = new Set<string>(basis.map((f) => TAXONOMY[f.kind].family));
  const first = FIRST.find((row) => families.has(row.family)) ?? FIRST[4];
  const strikes = earlier.filter((o) => o === 'enforced' || o === 'refused_upheld').length;
  const { measure, days } = escalate(first, strikes);
  const history = strikes > 0 ? `;此前已处置 ${strikes} 次,加重一档` : ';此前没有处置记录';
  return { measure, days, reason: reasonText(basis, name), why: `${first.because}${history}${confirmed.length === 0 ? ';尚无已确认疑点,仅供参考' : ''}` };
}
