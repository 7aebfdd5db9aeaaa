/**
 * Screening of one account, from facts that are each checkable: what the licence list says, what the account says
 * of itself, whom its posts recruit for, and whom it resembles. Pure; every finding is a lead (疑似) that names its
 * list and date or its fact, and none is drawn from a number's format or from a list that was never imported.
 */
import type { Finding } from '../core/model/finding.ts';
import type { LicenceMatch } from '../core/model/licence.ts';
import { capLevel, type FindingKind } from '../core/model/taxonomy.ts';
import {
  type AccountFacts,
  claimOf,
  dispatchWords,
  filedServiceWords,
  intermediaryWords,
  type Operator,
  operatorOf,
  otherEmployers,
  ownSites,
  type PostsSummary,
  showsInWords,
} from './account-facts.ts';
import { articlesOf, type Cite } from './kind-articles.ts';
import { type AccountType, typeAccount } from './licence/account-type.ts';
import type { RegistryAnswer } from './licence/registry.ts';
import type { SharedWithBanned } from './network/banned.ts';

export interface AccountToScreen {
  readonly account: AccountFacts;
  readonly posts: PostsSummary;
  readonly licenceMatch: LicenceMatch;
  /** The match against a dispatch list (劳务派遣许可名录), when one was imported. */
  readonly dispatchMatch?: LicenceMatch | null;
  /** What the account shares with banned parties (`BannedIndex.sharedWith`). */
  readonly shared?: readonly SharedWithBanned[];
  /** The business register's answer on the account's operator (`operatorOf`), when one was imported. */
  readonly registry?: RegistryAnswer | null;
  /** Whether the account's page shows its licence or business licence; unknown when absent. */
  readonly showsQualification?: boolean | null;
  /** A site of its own as the platform tells it, with its filing number; else the description is read. */
  readonly site?: { readonly host: string; readonly icp: string | null } | null;
  /** Fills in the articles; without it findings cite none. */
  readonly cite?: Cite;
}

interface Draft {
  readonly kind: FindingKind;
  readonly score: number;
  readonly why: string;
  readonly source?: Finding['source'];
  readonly by?: string;
  /** Field of the account whose words show it, and the words. */
  readonly quote?: { readonly field: keyof AccountFacts; readonly words: string | null };
}

interface Case extends AccountToScreen {
  readonly type: AccountType;
  readonly others: readonly { readonly name: string; readonly posts: number }[];
  /** Why the account counts as bringing workers and employers together; empty when it does not. */
  readonly mediates: readonly string[];
  readonly operator: Operator | null;
}

const VERSION = 'account@1';
/** How many employers a sentence names. */
const NAMED = 3;
/** Below this, what is shared with a banned party is chance. */
const LEAST_RETURN = 0.5;

const listBy = (match: LicenceMatch): string => (match.list ? `${match.list.id}@${match.list.publishedOn}` : VERSION);
const named = (others: Case['others']): string =>
  `${others
    .slice(0, NAMED)
    .map((c) => `“${c.name}”`)
    .join('、')}${others.length > NAMED ? ` 等 ${others.length} 家` : ''}`;
const nearNote = (match: LicenceMatch): string => {
  const near = match.reasons.find((r) => r.includes('相近'));
  return near ? `；${near}` : '';
};

/** An account that recruits under its own name counts as recruiting for others only when this share of its posts does. */
const SIDE_SHARE = 1 / 3;

/** Signs of bringing workers and employers together (50 号令第五条), in words. One person's occasional repost is not enough. */
function mediation({ account, posts }: AccountToScreen, type: AccountType, others: Case['others'], operator: Operator | null): string[] {
  const signs: string[] = [];
  if (type.type === 'public') return signs;
  if (type.type === 'agency' || type.type === 'platform') signs.push(type.reason);
  const words = intermediaryWords(account);
  if (words) signs.push(`账号自述“${words}”`);
  // What an employer posts for others is a finding of its own (L08); only its own words make it an intermediary here.
  if (type.type === 'employer') return signs;
  const itself = operator !== null && operator.by !== 'subject';
  const much = (n: number): boolean => !itself || n >= posts.count * SIDE_SHARE;
  const acting = posts.kinds['acts-as-intermediary'] ?? 0;
  if ((acting >= 3 && much(acting)) || (acting > 0 && signs.length > 0)) signs.push(`${acting} 条招聘信息有从事职业中介的表征`);
  const least = type.type === 'individual' ? 3 : 2;
  if (others.length >= least && much(others.reduce((sum, c) => sum + c.posts, 0))) signs.push(`发布 ${others.length} 家不同单位的岗位`);
  return signs;
}

function unlicensed({ licenceMatch: match, mediates, account, type }: Case): Draft[] {
  if (mediates.length === 0 || type.type === 'public') return [];
  const facts = mediates.join('、');
  const score = Math.min(0.9, 0.6 + 0.1 * mediates.length) - (nearNote(match) ? 0.15 : 0);
  if (match.verdict === 'not_found') {
    const filed = filedServiceWords(account);
    if (filed && !intermediaryWords(account)) {
      return [
        {
          kind: 'unfiled-service',
          score: 0.6,
          source: 'licence',
          by: listBy(match),
          why: `${match.sentence}的许可或备案；账号以“${filed}”为业务（${facts}），疑似应备案未备案，是否另需许可须进一步核实${nearNote(match)}`,
        },
      ];
    }
    const person = type.type === 'individual' ? '；个人转述、求职分享须人工甄别' : '';
    return [
      {
        kind: 'unlicensed-intermediary',
        score: person ? Math.min(score, 0.55) : score,
        source: 'licence',
        by: listBy(match),
        why: `${match.sentence}；${facts}，疑似从事职业中介活动，许可情况须核实${person}${nearNote(match)}`,
      },
    ];
  }
  // Who shows no subject cannot be looked up: what it does is told, and that nothing could be compared.
  if (match.verdict === 'cannot_tell' && match.list && !account.subjectName?.trim() && !account.uscc?.trim() && account.verified === false) {
    return [
      {
        kind: 'unlicensed-intermediary',
        score: 0.5,
        source: 'licence',
        by: listBy(match),
        why: `账号未公示主体和许可，无法与《${match.list.label}》（${match.list.publishedOn}）比对；${facts}，疑似从事职业中介活动，许可情况须核实；个人转述、求职分享须人工甄别`,
      },
    ];
  }
  if (match.verdict === 'filed_only' && !/供求信息|信息的?(?:收集|发布)/.test(match.licence?.scope ?? '')) {
    return [
      {
        kind: 'unlicensed-intermediary',
        score: Math.min(score, 0.65),
        source: 'licence',
        by: listBy(match),
        why: `${match.sentence}；${facts}，备案业务不含职业中介活动，许可情况须核实`,
      },
    ];
  }
  return [];
}

const MISMATCH: Partial<Record<LicenceMatch['verdict'], readonly [number, string]>> = {
  expired: [0.75, '疑似许可证超过有效期'],
  other_entity: [0.8, '疑似证照主体不符'],
  scope_excludes_online: [0.65, '疑似超出许可范围从事网络招聘服务'],
};

function mismatch({ licenceMatch: match, mediates, account, type }: Case): Draft[] {
  const row = MISMATCH[match.verdict];
  if (!row || type.type === 'public') return [];
  if (mediates.length === 0 && !account.licenceNo?.trim()) return [];
  return [
    { kind: 'licence-mismatch', score: row[0], source: 'licence', by: listBy(match), why: `${match.sentence}，${row[1]}（${match.reasons[0] ?? '须核对'}）` },
  ];
}

const coversDispatch = (match: LicenceMatch | null | undefined): boolean =>
  match?.licence != null && /派遣/.test(match.licence.scope ?? '') && match.verdict !== 'expired';

function dispatch({ account, posts, licenceMatch, dispatchMatch, type }: Case): Draft[] {
  const words = dispatchWords(account);
  if (type.type === 'public' || type.type === 'employer' || coversDispatch(licenceMatch)) return [];
  const field = account.subjectName?.includes('派遣') ? 'subjectName' : 'description';
  if (dispatchMatch) {
    if (dispatchMatch.verdict === 'licensed' || dispatchMatch.verdict === 'scope_excludes_online' || dispatchMatch.verdict === 'cannot_tell') return [];
    if (!words && posts.dispatchPosts < 3) return [];
    const fact = words ? `账号自述“${words}”` : `${posts.dispatchPosts} 条招聘信息称派遣用工`;
    return [
      {
        kind: 'unlicensed-dispatch',
        score: words ? 0.75 : 0.55,
        source: 'licence',
        by: listBy(dispatchMatch),
        why: `${dispatchMatch.sentence}；${fact}，疑似经营劳务派遣，许可情况须核实`,
        quote: { field, words },
      },
    ];
  }
  // Without a dispatch list only what the account calls itself is worth a look, and the sentence says what is missing.
  if (!words || !licenceMatch.list || licenceMatch.verdict === 'cannot_tell') return [];
  const list = `《${licenceMatch.list.label}》（${licenceMatch.list.publishedOn}）`;
  return [
    {
      kind: 'unlicensed-dispatch',
      score: 0.5,
      source: 'licence',
      by: listBy(licenceMatch),
      why: `账号主体或简介称“${words}”，在${list}中未见其劳务派遣许可；尚未导入劳务派遣许可名录，须向许可机关核对`,
      quote: { field, words },
    },
  ];
}

function registered({ registry, type, operator }: Case): Draft[] {
  if (!registry || type.type === 'individual' || type.type === 'public' || !operator) return [];
  const told = { struck_off: [0.8, '已注销'], revoked: [0.8, '已吊销'], not_found: [0.6, '未见登记'] } as const;
  // That some company of this trade name was struck off says nothing of this one.
  if (operator.by === 'brand' && registry.standing !== 'not_found') return [];
  const row = registry.standing === 'struck_off' || registry.standing === 'revoked' || registry.standing === 'not_found' ? told[registry.standing] : null;
  if (!row) return [];
  return [
    {
      kind: 'employer-not-registered',
      score: row[0] - { subject: 0, posts: 0.1, brand: 0.15 }[operator.by],
      source: 'licence',
      by: 'registry@1',
      why: `${operator.by === 'subject' ? '' : `${operator.reason}；`}${registry.sentence}，招聘单位疑似${row[1]}；${operator.by === 'brand' ? '品牌与登记名称不同的、' : ''}个体工商户、机关事业单位须另行核对`,
    },
  ];
}

function impersonates({ account, type }: Case): Draft[] {
  const claim = claimOf(account, type.type);
  if (!claim) return [];
  const holder = account.subjectName?.trim() ? `主体为“${account.subjectName.trim()}”` : type.type === 'individual' ? '主体为个人' : '未公示主体';
  const score = claim.body === 'official' || (claim.body === 'state-company' && /^[央国]企$/.test(claim.words)) ? 0.6 : 0.8;
  return [
    {
      kind: 'impersonation',
      score,
      why: `账号名称含“${claim.words}”，而账号${holder}，疑似冒用机构名义；如经授权须提供授权材料`,
      quote: { field: 'name', words: claim.words },
    },
  ];
}

function forOthers({ account, others, type, mediates }: Case): Draft[] {
  // Whoever says of itself that it brings workers and employers together is judged by its licence.
  if (type.type !== 'employer' || mediates.length > 0 || !account.subjectName?.trim() || others.length === 0) return [];
  const total = others.reduce((sum, c) => sum + c.posts, 0);
  const score = others.length >= 2 || total >= 3 ? 0.8 : 0.5;
  return [
    {
      kind: 'posting-for-others',
      score,
      why: `账号主体为“${account.subjectName.trim()}”，${total} 条招聘信息的用人单位为${named(others)}，名称上看不出是其分支机构；集团下属独立法人须人工判断，实质从事职业中介的须核实许可`,
    },
  ];
}

function unverified({ account, posts, type }: Case): Draft[] {
  if (account.verified !== false || posts.count === 0 || type.type === 'public') return [];
  // 个人偶发转述、求职分享须人工核: few posts are a weak sign.
  const score = posts.count >= 3 ? 0.7 : 0.5;
  return [{ kind: 'unverified-account', score, why: `平台标示账号未经资质认证，发布招聘信息 ${posts.count} 条` }];
}

function site({ account, site: told, type }: Case): Draft[] {
  if (type.type === 'public') return [];
  const read = ownSites(account);
  const host = told?.host ?? read.hosts[0];
  if (!host || (told ? Boolean(told.icp?.trim()) : read.icp)) return [];
  return [
    {
      kind: 'site-not-registered',
      score: 0.5,
      why: `账号指向自建站“${host}”，其主页信息中未见备案号或电信业务经营许可证号；须在主管部门系统核对`,
      quote: { field: 'description', words: host },
    },
  ];
}

function notShown({ account, showsQualification, mediates, type }: Case): Draft[] {
  if (mediates.length === 0 || type.type === 'public' || type.type === 'individual' || type.type === 'unknown') return [];
  // A page nobody read shows nothing either way.
  const read = showsQualification ?? (account.description === undefined ? null : showsInWords(account));
  if (read !== false || account.licenceNo?.trim()) return [];
  return [{ kind: 'qualification-not-shown', score: 0.6, why: `${mediates[0]}，账号主页未见营业执照、人力资源服务许可证等资质信息` }];
}

function returned({ shared = [] }: Case): Draft[] {
  const byParty = new Map<string, SharedWithBanned[]>();
  for (const s of shared) byParty.set(s.party.id, [...(byParty.get(s.party.id) ?? []), s]);
  const scored = [...byParty.values()].map((things) => ({ things, score: 1 - things.reduce((left, s) => left * (1 - s.weight), 1) }));
  const best = scored.sort((a, b) => b.score - a.score)[0];
  if (!best || best.score < LEAST_RETURN) return [];
  const { party } = best.things[0] as SharedWithBanned;
  const when = party.bannedOn ? `${party.bannedOn} 列入异常名录的` : '异常名录中的';
  const what = [...new Set(best.things.map((s) => s.what))].slice(0, 5).join('、');
  return [
    {
      kind: 'banned-party-returned',
      score: Math.min(0.98, best.score),
      source: 'network',
      by: `banned-list@${party.bannedOn ?? '1'}`,
      why: `与${when}“${party.name}”相同：${what}，疑似异常名录主体换号重发`,
    },
  ];
}

function finding(draft: Draft, account: AccountFacts, cite: Cite | undefined): Finding {
  const text = draft.quote?.words ? account[draft.quote.field] : null;
  const start = typeof text === 'string' && draft.quote?.words ? text.indexOf(draft.quote.words) : -1;
  const found =
    start >= 0 && draft.quote?.words
      ? { field: draft.quote.field, quote: draft.quote.words, start, end: start + draft.quote.words.length }
      : { field: null, quote: null, start: null, end: null };
  return {
    kind: draft.kind,
    level: capLevel(draft.kind, 'lead'),
    score: Math.round(draft.score * 100) / 100,
    source: draft.source ?? 'format',
    by: draft.by ?? VERSION,
    ...found,
    articles: articlesOf(draft.kind, cite),
    exempt: false,
    why: draft.why,
  };
}

const CHECKS = [returned, unlicensed, mismatch, dispatch, registered, impersonates, forOthers, unverified, site, notShown] as const;

/** Findings about an account, at most one a kind, all of them leads for people to check. */
export function screenAccount(input: AccountToScreen): Finding[] {
  const type = typeAccount(input.account);
  const others = otherEmployers(input.account, input.posts);
  const operator = operatorOf(input.account, input.posts);
  const subject: Case = { ...input, type, others, mediates: mediation(input, type, others, operator), operator };
  return CHECKS.flatMap((check) => check(subject)).map((draft) => finding(draft, input.account, input.cite));
}
