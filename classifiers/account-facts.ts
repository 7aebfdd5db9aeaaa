/**
 * What account screening looks at: the account's particulars, a summary of its screened posts, and what it claims
 * to be. Pure readings of words, each with the words that led to it; `screen-account.ts` draws the conclusions.
 */
import type { Finding } from '../core/model/finding.ts';
import type { AccountInput, PostInput, SubjectType } from '../core/model/post.ts';
import type { FindingKind } from '../core/model/taxonomy.ts';
import { typeAccount } from './licence/account-type.ts';
import { employerNamed } from './licence/employer-name.ts';
import { compareNames } from './licence/name-likeness.ts';
import { nameKey, readName } from './licence/names.ts';

/** An employer that posts name. */
export interface Employer {
  readonly name: string;
  readonly posts: number;
  /** Of these, posts that name it in running text only: words can mention a client or a neighbour. */
  readonly inText?: number;
}

export interface PostsSummary {
  readonly count: number;
  /** Employers the posts name, in a field or in their words, with the number of posts each. */
  readonly companies: readonly Employer[];
  /** Posts that show each kind (exempt findings left out). */
  readonly kinds: Readonly<Partial<Record<FindingKind, number>>>;
  /** Posts whose words offer dispatch (派遣). */
  readonly dispatchPosts: number;
  /** The account's own trade name, with the number of posts that speak of themselves by it; null when it has none. */
  readonly brand: { readonly name: string; readonly posts: number } | null;
}

/** The account as screening sees it; fields a platform does not show are absent. */
export type AccountFacts = Pick<
  AccountInput,
  'name' | 'alias' | 'description' | 'subjectName' | 'uscc' | 'category' | 'verified' | 'licenceNo' | 'verifiedAt'
> & {
  readonly id?: string | null;
  readonly platform?: string | null;
  readonly subjectType?: SubjectType;
};

/** 派遣 as what the advertiser does, not a denial of it. */
const DISPATCH = /(?<!(?:非|不是|不属于|无|不|杜绝|拒绝)(?:劳务)?)(?:劳务)?派遣/;

/**
 * Sums up the screened posts of one account.
 * @param account what it calls itself, for posts that name no employer but speak of themselves by its name
 */
export function summarisePosts(
  posts: Iterable<{ readonly post: PostInput; readonly findings: readonly Finding[] }>,
  account: Pick<AccountInput, 'name'> = {},
): PostsSummary {
  const brand = brandOf(account.name);
  const saysBrand = brand ? new RegExp(`(?:^|[\\s，。；！：])(?:\\p{Script=Han}{2,3})?${brand}\\p{Script=Han}{2}`, 'mu') : null;
  let brandPosts = 0;
  const companies = new Map<string, { name: string; posts: number; inText: number }>();
  const kinds: Partial<Record<FindingKind, number>> = {};
  let count = 0;
  let dispatchPosts = 0;
  for (const { post, findings } of posts) {
    count += 1;
    const named = employerNamed(post);
    if (named) {
      const known = companies.get(nameKey(named.name)) ?? { name: named.name, posts: 0, inText: 0 };
      known.posts += 1;
      known.inText += Number(named.by === 'text');
      companies.set(nameKey(named.name), known);
    }
    for (const kind of new Set(findings.filter((f) => !f.exempt).map((f) => f.kind))) kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (saysBrand?.test((post.text ?? '').slice(0, 2_000))) brandPosts += 1;
    if (DISPATCH.test(`${post.title ?? ''}\n${post.text ?? ''}`)) dispatchPosts += 1;
  }
  return {
    count,
    companies: [...companies.values()].sort((a, b) => b.posts - a.posts),
    kinds,
    dispatchPosts,
    brand: brand ? { name: brand, posts: brandPosts } : null,
  };
}

/** Who runs an account, as far as it can be told. */
export interface Operator {
  readonly name: string;
  /** 认证主体 or 账号主体; the employer nearly all posts name and the account is called after; or only the trade name both carry. */
  readonly by: 'subject' | 'posts' | 'brand';
  /** Chinese. */
  readonly reason: string;
}
/** Of the posts that name an employer, so many must name the same one. */
const OWN_SHARE = 0.4;
/** A trade name alone says who runs an account when so many posts, and this share of them, begin a sentence with it. */
const BRAND_POSTS = 4;
const BRAND_SHARE = 0.3;
/** Employers mentioned in running text, as a share of the posts that speak by the trade name, leave it the account's own up to this. */
const MENTION_SHARE = 1 / 3;

/** The party behind an account: its stated subject, else the one employer its posts name whose trade name it carries. */
export function operatorOf(account: AccountFacts, summary: PostsSummary): Operator | null {
  const subject = account.subjectName?.trim();
  if (subject) return { name: subject, by: 'subject', reason: `账号公示主体为“${subject}”` };
  if (typeAccount(account).type === 'individual') return null;
  const nick = nameKey(account.name ?? '');
  const own = summary.companies.find(({ name }) => {
    const { tradeName } = readName(name);
    return tradeName.length >= 2 && nick.includes(tradeName);
  });
  const all = summary.companies.reduce((sum, c) => sum + c.posts, 0);
  if (own && own.posts >= 2 && own.posts >= all * OWN_SHARE)
    return { name: own.name, by: 'posts', reason: `账号未公示主体；${own.posts} 条招聘信息称用人单位为“${own.name}”，与账号名称“${account.name}”相符` };
  const { brand } = summary;
  if (!brand || brand.posts < BRAND_POSTS || brand.posts < summary.count * BRAND_SHARE) return null;
  // Who names an employer in a field names it for all to see; in running text a client or a neighbour may be mentioned.
  const spoken = summary.companies.reduce((sum, c) => sum + (c.inText ?? 0), 0);
  if (all > spoken || spoken > brand.posts * MENTION_SHARE) return null;
  return { name: brand.name, by: 'brand', reason: `账号未公示主体；${brand.posts} 条招聘信息自称“${brand.name}”，与账号名称“${account.name}”相符` };
}

/** What an account calls itself before the words of its trade: 鹿溪 of 鹿溪招聘; null when nothing is left. */
function brandOf(name: string | undefined): string | null {
  const found = /^(\p{Script=Han}{2,6}?)(?:招聘|招贤|招工|招募|诚聘|人才|用工|HR)/u.exec(name?.trim() ?? '');
  return found?.[1] ?? null;
}

/** Employers named in running text count when so many posts, and this share of them, do it. */
const LEAST_SPOKEN = 3;
const SPOKEN_SHARE = 0.15;

/** Placeholders for an employer nobody names. */
const NOBODY = /^某|某某?(?:公司|企业|厂)?$|^(?:知名|大型|上市|合作|保密|匿名|代招)?(?:公司|企业|工厂|单位|客户)$/;

/**
 * Employers other than the account's own party. Branches and names that share the party's trade name count as its
 * own: whether a group company is 所属分支机构 is for people to judge.
 */
export function otherEmployers(account: AccountFacts, summary: PostsSummary): Employer[] {
  const own = account.subjectName?.trim() ? readName(account.subjectName) : null;
  const nick = nameKey(account.name ?? '');
  const others = summary.companies.filter(({ name }) => {
    if (NOBODY.test(name)) return false;
    const read = readName(name);
    if (own && (compareNames(read, own).same || compareNames(own, read).same)) return false;
    if (own && read.tradeName.length >= 2 && (own.key.includes(read.tradeName) || read.key.includes(own.tradeName))) return false;
    return !(nick.length >= 2 && read.tradeName.length >= 2 && nick.includes(read.tradeName));
  });
  const spoken = others.reduce((sum, c) => sum + (c.inText ?? 0), 0);
  // A client mentioned here and there in running text is not whom an account recruits for.
  return spoken >= Math.max(LEAST_SPOKEN, summary.count * SPOKEN_SHARE) ? others : others.filter((c) => c.posts > (c.inText ?? 0));
}

/** Words by which an account says that it brings workers and employers together. */
const INTERMEDIARY =
  /代招|招聘代理|代理招聘|职业中介|职介|猎头|驻厂|(?<![不非])内推|直推|直招大厅|(?:汇集|汇总|对接|合作)[^。；，]{0,8}(?:企业|工厂|名企|用人单位)/;
/** Services that need a filing (条例第十八条第二款), not a licence. */
const FILED_SERVICE = /(?:求职|职业|人才)?测评|就业指导|职业指导|职业规划|创业指导|人力资源培训|供求信息|岗位信息(?:的)?(?:收集|发布)|信息发布/;
const SHOWN = /许可证|人服证字|人服备字|备案(?:号|凭证)|证书编号|营业执照|[（(][\p{Script=Han}][）)]人服/u;
const URL_WORDS = /https?:\/\/([a-z\d.-]{3,100})|\b(www\.[a-z\d.-]{3,100})/gi;
const PLATFORM_HOSTS =
  /(?:^|\.)(?:weixin\.qq\.com|qq\.com|weibo\.com|weibo\.cn|douyin\.com|kuaishou\.com|xiaohongshu\.com|bilibili\.com|zhipin\.com|zhaopin\.com|51job\.com|58\.com|liepin\.com|lagou\.com|baidu\.com|gov\.cn|ncss\.cn)$/i;
const ICP = /[\p{Script=Han}]?ICP[备证]\s*\d{6,}号?|[\p{Script=Han}]B2-\d{6,}|公网安备\s*\d{8,}/u;

const wordsOf = (account: AccountFacts): string => [account.name, account.alias, account.description].filter(Boolean).join('\n');

export const intermediaryWords = (account: AccountFacts): string | null => INTERMEDIARY.exec(wordsOf(account))?.[0] ?? null;
export const filedServiceWords = (account: AccountFacts): string | null => FILED_SERVICE.exec(`${wordsOf(account)}\n${account.subjectName ?? ''}`)?.[0] ?? null;
/** 派遣 in the party's name or in what the account says of itself. */
export const dispatchWords = (account: AccountFacts): string | null => DISPATCH.exec(`${account.subjectName ?? ''}\n${wordsOf(account)}`)?.[0] ?? null;
/** Whether the page, as far as it was read, shows a licence, filing or business licence. */
export const showsInWords = (account: AccountFacts): boolean => Boolean(account.licenceNo?.trim()) || SHOWN.test(account.description ?? '');

/** Sites of its own an account points at, and whether a filing number stands beside them. */
export function ownSites(account: AccountFacts): { readonly hosts: readonly string[]; readonly icp: boolean } {
  const text = account.description ?? '';
  const hosts = [...text.matchAll(URL_WORDS)]
    .map((m) => (m[1] ?? m[2] ?? '').toLowerCase().replace(/[.-]+$/, ''))
    .filter((host) => host.includes('.') && !PLATFORM_HOSTS.test(host));
  return { hosts: [...new Set(hosts)].slice(0, 5), icp: ICP.test(text) };
}

export interface Claim {
  readonly words: string;
  readonly body: 'government' | 'state-company' | 'official';
}

const GOVERNMENT = /人社[局厅部]|人力资源和?社会保障[局厅部]?|社保局|就业局|人才局|劳动局|公务员局|税务局|公安局|教育局|海关|人民政府|市政府|事业单位/;
const STATE_COMPANY =
  /国家电网|南方电网|国网|中石油|中石化|中海油|中国(?:石油|石化|移动|电信|联通|铁塔|铁路|烟草|邮政|中铁|中建|航天|核电|华能|兵器)|铁路局|烟草局|中铁|中建|[央国]企/;
const OFFICIAL = /官方/;

/** An institution an account's name claims to be or to speak for, and that its subject is not; null when there is none. */
export function claimOf(account: AccountFacts, type: SubjectType): Claim | null {
  const name = account.name ?? '';
  const subject = nameKey(account.subjectName ?? '');
  const government = GOVERNMENT.exec(name)?.[0];
  if (government && type !== 'public' && !subject.includes(government)) return { words: government, body: 'government' };
  const company = STATE_COMPANY.exec(name)?.[0];
  if (company && type !== 'public' && !subject.includes(company)) {
    // 央企招聘信息 by a company may be a topic; a named company, or a private person, is a claim.
    if (!/^[央国]企$/.test(company) || type === 'individual' || OFFICIAL.test(name)) return { words: company, body: 'state-company' };
  }
  const official = OFFICIAL.exec(name)?.[0];
  if (official && type === 'individual') return { words: official, body: 'official' };
  return null;
}
