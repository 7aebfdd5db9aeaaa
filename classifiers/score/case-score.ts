/**
 * One number an account, 0 to 100, for the order of the reviewers' queue: never for deciding. It is a sum of eight
 * parts, each bounded and each shown with what gave it, so that it does not fill up with the first few findings:
 *
 *   危害 harm 44     22 × Σ h(i) / 2^(i-1) over kinds from the gravest down, h = gravity(kind) × strongest score
 *   数量 number 15   15 × (1 − 2^(−n/5)), n different texts that show a counted kind (near-duplicates are one)
 *   传播 spread 8    8 × log2(1 + m) / 7, m posts that show one, repeats included, at most 8
 *   人群 people 8    8 × (1 − 2^(−v/2)), v of the n that turn to the young, the disabled, the jobless
 *   团伙 network 8   8 × (1 − 1/size) of the cluster of accounts
 *   屡犯 repeat 8    8 × (1 − 2^(−k)), k earlier cases that ended in measures, a banned party's return being one
 *   近况 recency 4   4 within 7 days, 3 within 30, 2 within 90, 1 before; an account's own findings are of today
 *   许可 licence 5   by verdict, only where a finding doubts the licence
 *
 * Nothing counted, nothing scored: only statutory and lead findings count; advisory, format and exempt ones give
 * nothing. Every part can only rise with another finding, so the sum is monotone.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { LicenceVerdict } from '../../core/model/licence.ts';
import { CASE_LEVELS, type FindingKind, type Level, type PostLevel, strongestLevel, TAXONOMY } from '../../core/model/taxonomy.ts';

export interface Contribution {
  /** Chinese, as shown: `危害：性别限制（3 条）`. */
  readonly label: string;
  readonly points: number;
}

export interface CaseScore {
  /** Integer 0-100, the sum of the contributions. */
  readonly score: number;
  /** The strongest level among all findings; advisory or format when there is nothing else. */
  readonly level: PostLevel;
  readonly contributions: readonly Contribution[];
}

export interface ScoredPost {
  readonly postId: string;
  readonly findings: readonly Finding[];
  /** Group of nearly equal texts; without one the post stands for itself. */
  readonly textGroup?: string | null;
  /** Title and text, read for whom the post turns to. */
  readonly words?: string;
  readonly publishedAt?: Date | null;
}

export interface CaseFindings {
  readonly accountFindings: readonly Finding[];
  readonly postFindings: readonly ScoredPost[];
  readonly licenceVerdict?: LicenceVerdict | null;
  /** Accounts of the cluster, this one included. */
  readonly clusterSize?: number;
  /** Closed cases of the account that ended in measures. */
  readonly earlierCases?: number;
  readonly asOf?: Date;
}

/** How grave a kind is, 0-1: danger and lost money first, then bars to work, then what only facts can show. */
const GRAVITY: Readonly<Record<FindingKind, number>> = {
  'fraud-lead': 1,
  underage: 1,
  'training-loan': 0.95,
  'charging-jobseekers': 0.9,
  'banned-party-returned': 0.9,
  'unlicensed-intermediary': 0.75,
  impersonation: 0.75,
  'personal-data': 0.7,
  'unlicensed-dispatch': 0.7,
  'gender-restriction': 0.65,
  'marital-fertility': 0.65,
  'ethnicity-religion': 0.65,
  'health-disability': 0.65,
  'origin-restriction': 0.65,
  'false-posting': 0.6,
  'unlawful-terms': 0.6,
  'licence-mismatch': 0.6,
  'employer-not-registered': 0.6,
  'posting-for-others': 0.5,
  'traffic-diversion': 0.4,
  'exaggerated-pay': 0.4,
  'unfiled-service': 0.4,
  'acts-as-intermediary': 0.35,
  'unverified-account': 0.3,
  'site-not-registered': 0.3,
  'qualification-not-shown': 0.25,
  'age-limit': 0,
  'school-type': 0,
  appearance: 0,
  'missing-element': 0,
  'unsourced-repost': 0,
};
/** A rule that lowered its level is that much less sure of the law. */
const LOWERED = 0.7;
const MOST = { harm: 22, number: 15, spread: 8, people: 8, network: 8, repeat: 8, recency: 4 } as const;

const VULNERABLE = /应届|毕业生|大学生|在校生|学生|实习生|暑假工|寒假工|未成年|十六岁|16岁|残疾|待业|失业|下岗|宝妈|退役|退伍|农民工|脱贫|低保/;
const LICENCE_KINDS: ReadonlySet<FindingKind> = new Set(['unlicensed-intermediary', 'unfiled-service', 'unlicensed-dispatch', 'licence-mismatch']);
const VERDICTS: Readonly<Record<LicenceVerdict, readonly [number, string]>> = {
  not_found: [5, '名录未查到'],
  other_entity: [5, '证照主体不符'],
  expired: [4, '许可已过期'],
  scope_excludes_online: [3, '许可范围不含网络招聘'],
  filed_only: [3, '仅有备案'],
  cannot_tell: [1, '无法判断'],
  licensed: [0, ''],
};

const counts = (f: Finding): boolean => !f.exempt && CASE_LEVELS.has(f.level);

interface Tally {
  worth: number;
  score: number;
  readonly texts: Set<string>;
}

function tally({ accountFindings, postFindings }: CaseFindings): Map<FindingKind, Tally> {
  const kinds = new Map<FindingKind, Tally>();
  const add = (f: Finding, text: string | null): void => {
    if (!counts(f)) return;
    const known = kinds.get(f.kind) ?? { worth: 0, score: 0, texts: new Set<string>() };
    const score = Math.min(1, Math.max(0, f.score));
    known.worth = Math.max(known.worth, GRAVITY[f.kind] * score * (f.level === TAXONOMY[f.kind].level ? 1 : LOWERED));
    known.score = Math.max(known.score, score);
    if (text !== null) known.texts.add(text);
    kinds.set(f.kind, known);
  };
  for (const f of accountFindings) add(f, null);
  for (const post of postFindings) for (const f of post.findings) add(f, post.textGroup ?? post.postId);
  return kinds;
}

type Part = readonly [points: number, label: string];

function harm(kinds: ReadonlyMap<FindingKind, Tally>): Part[] {
  const worst = [...kinds].filter(([, t]) => t.worth > 0).sort((a, b) => b[1].worth - a[1].worth || a[0].localeCompare(b[0]));
  return worst.map(([kind, { worth, texts }], i) => [MOST.harm * worth * 2 ** -i, `危害：${TAXONOMY[kind].zh}${texts.size > 0 ? `（${texts.size} 条）` : ''}`]);
}

const DAY = 86_400_000;
/** How long ago the last sign is, in points. */
function recency({ accountFindings, asOf }: CaseFindings, flagged: readonly ScoredPost[]): Part | null {
  if (!asOf) return null;
  if (accountFindings.some(counts)) return [MOST.recency, '近况：账号现状'];
  const last = Math.max(...flagged.map((p) => p.publishedAt?.getTime() ?? 0));
  if (last <= 0) return [1, '近况：发布时间不详'];
  const days = Math.max(0, Math.floor((asOf.getTime() - last) / DAY));
  return [days <= 7 ? 4 : days <= 30 ? 3 : days <= 90 ? 2 : 1, `近况：最近一条 ${days} 日前`];
}

function spreadOf(flagged: readonly ScoredPost[]): Part[] {
  if (flagged.length === 0) return [];
  const texts = new Map<string, boolean>();
  for (const p of flagged) {
    const key = p.textGroup ?? p.postId;
    texts.set(key, (texts.get(key) ?? false) || VULNERABLE.test(p.words ?? ''));
  }
  const people = [...texts.values()].filter(Boolean).length;
  return [
    [MOST.number * (1 - 2 ** (-texts.size / 5)), `数量：${texts.size} 条不同文本`],
    [Math.min(MOST.spread, (MOST.spread * Math.log2(1 + flagged.length)) / 7), `传播：连同重复发布共 ${flagged.length} 条`],
    [MOST.people * (1 - 2 ** (-people / 2)), `人群：${people} 条面向学生、未成年、残疾或待业等人群`],
  ];
}

function parts(input: CaseFindings): Part[] {
  const kinds = tally(input);
  if (kinds.size === 0) return [];
  const flagged = input.postFindings.filter((p) => p.findings.some(counts));
  const size = Math.max(1, input.clusterSize ?? 1);
  const returned = kinds.get('banned-party-returned') ? 1 : 0;
  const earlier = Math.max(0, input.earlierCases ?? 0) + returned;
  const [licence, verdict] = VERDICTS[input.licenceVerdict ?? 'licensed'];
  const doubted = [...kinds.keys()].some((kind) => LICENCE_KINDS.has(kind));
  const last = recency(input, flagged);
  return [
    ...harm(kinds),
    ...spreadOf(flagged),
    [MOST.network * (1 - 1 / size), `团伙：同一团伙 ${size} 个账号`],
    [MOST.repeat * (1 - 2 ** -earlier), `屡犯：此前 ${earlier} 次处置${returned ? '（含异常名录主体换号）' : ''}`],
    ...(last ? [last] : []),
    [doubted ? licence : 0, `许可：${verdict}`],
  ];
}

/** Adds up an account's findings to the priority of its case. */
export function scoreCase(input: CaseFindings): CaseScore {
  const levels: Level[] = [...input.accountFindings, ...input.postFindings.flatMap((p) => p.findings)].filter((f) => !f.exempt).map((f) => f.level);
  let exact = 0;
  const contributions: Contribution[] = [];
  for (const [points, label] of parts(input)) {
    // Rounded as they add up, so that what is shown sums to what is sorted by.
    const before = Math.round(exact);
    exact += points;
    if (Math.round(exact) > before) contributions.push({ label, points: Math.round(exact) - before });
  }
  return { score: Math.min(100, Math.round(exact)), level: strongestLevel(levels), contributions };
}
