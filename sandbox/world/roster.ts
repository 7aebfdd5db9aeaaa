/**
 * Who lives in the sandbox: how many accounts of each role stand on each platform, and what follows from a role —
 * name, subject, licence, category label and the account kinds that are true of it. About half are honest.
 */
import type { SubjectType } from '../../core/model/post.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import type { AccountCategory, OfficialLicence, Role, SandboxAccount, SandboxPlatform } from './model.ts';
import { CITIES, type City, type NameBook } from './names.ts';
import type { Random } from './random.ts';

/** Accounts per platform and role; the order is the order of their numbers. */
export const ROSTER: Record<SandboxPlatform, readonly (readonly [Role, number])[]> = {
  'sandbox-wechat': [
    ['employer', 5],
    ['careless-employer', 2],
    ['agency', 3],
    ['filed-service', 1],
    ['public', 2],
    ['unlicensed-intermediary', 3],
    ['unfiled-service', 1],
    ['unlicensed-dispatch', 1],
    ['licence-expired', 1],
    ['licence-of-other', 1],
    ['employer-not-registered', 1],
    ['impersonation', 1],
    ['posting-for-others', 1],
    ['unverified', 1],
    ['site-not-registered', 1],
    ['qualification-not-shown', 1],
  ],
  'sandbox-board': [
    ['employer', 5],
    ['careless-employer', 2],
    ['agency', 3],
    ['public', 1],
    ['unlicensed-intermediary', 2],
    ['unfiled-service', 1],
    ['unlicensed-dispatch', 1],
    ['licence-expired', 1],
    ['licence-without-online', 1],
    ['employer-not-registered', 1],
    ['posting-for-others', 1],
    ['site-not-registered', 1],
    ['qualification-not-shown', 1],
    ['banned-returned', 1],
  ],
  'sandbox-feed': [
    ['employer', 4],
    ['careless-employer', 2],
    ['agency', 1],
    ['public', 1],
    ['unlicensed-intermediary', 2],
    ['employer-not-registered', 1],
    ['impersonation', 1],
    ['posting-for-others', 1],
    ['unverified', 3],
  ],
};

interface RoleTraits {
  readonly subjectType: SubjectType;
  readonly category: AccountCategory;
  readonly kinds: readonly FindingKind[];
  /** Tail of the registered name; empty for a plain company. */
  readonly tail: string;
  readonly shows: boolean;
}
const traits = (subjectType: SubjectType, category: AccountCategory, kinds: readonly FindingKind[], tail: string, shows: boolean): RoleTraits => ({
  subjectType,
  category,
  kinds,
  tail,
  shows,
});
const AGENCY = '经营性人力资源服务机构';
const OWN = '用人单位自主招聘';

const TRAITS: Record<Role, RoleTraits> = {
  employer: traits('employer', OWN, [], '', true),
  'careless-employer': traits('employer', OWN, [], '', true),
  agency: traits('agency', AGENCY, [], '人力资源服务有限公司', true),
  'filed-service': traits('agency', AGENCY, [], '人才咨询有限公司', true),
  public: traits('public', '公共就业服务', [], '公共就业服务中心', true),
  'unlicensed-intermediary': traits('agency', '', ['unlicensed-intermediary', 'qualification-not-shown'], '企业管理咨询有限公司', false),
  'unfiled-service': traits('agency', AGENCY, ['unfiled-service', 'qualification-not-shown'], '职业指导信息有限公司', false),
  'unlicensed-dispatch': traits('agency', AGENCY, ['unlicensed-dispatch'], '劳务派遣有限公司', true),
  'licence-expired': traits('agency', AGENCY, ['licence-mismatch'], '人力资源有限公司', true),
  'licence-of-other': traits('agency', AGENCY, ['licence-mismatch'], '人才服务有限公司', true),
  'licence-without-online': traits('agency', AGENCY, ['licence-mismatch'], '人力资源开发有限公司', true),
  'employer-not-registered': traits('employer', '', ['employer-not-registered', 'unverified-account'], '', false),
  impersonation: traits('individual', '', ['impersonation', 'unverified-account'], '', false),
  'posting-for-others': traits('employer', OWN, ['posting-for-others'], '', true),
  unverified: traits('individual', '', ['unverified-account'], '', false),
  'site-not-registered': traits('agency', AGENCY, ['site-not-registered'], '人力资源信息有限公司', true),
  'qualification-not-shown': traits('agency', AGENCY, ['qualification-not-shown'], '人力资源科技有限公司', false),
  'banned-returned': traits('agency', '', ['banned-party-returned', 'unlicensed-intermediary', 'qualification-not-shown'], '信息咨询有限公司', false),
};

/** The truth about an account of this role. */
export const kindsOf = (role: Role): readonly FindingKind[] => TRAITS[role].kinds;

const ONLINE = '职业中介活动（开展网络招聘服务）';
const year = (asOf: string, ago: number): number => Number(asOf.slice(0, 4)) - ago;
const shift = (day: string, years: number): string => `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;

/** The licence the official list holds for a subject of this role; null when it holds none. */
export function officialLicence(
  role: Role,
  who: { name: string; uscc: string; city: City },
  asOf: string,
  book: NameBook,
  random: Random,
): OfficialLicence | null {
  const month = `${String(random.between(1, 9)).padStart(2, '0')}-${String(random.between(10, 27))}`;
  const row = (ago: number, scope: string, form: '许可' | '备案'): OfficialLicence => {
    const issuedOn = `${year(asOf, ago)}-${month}`;
    const number = form === '许可' ? book.licenceNo(who.city, year(asOf, ago)) : book.filingNo(who.city, year(asOf, ago));
    const validUntil = form === '许可' ? shift(issuedOn, 5) : null;
    return { name: who.name, uscc: who.uscc, number, scope, issuedOn, validUntil, form, authority: `${who.city.name}人力资源和社会保障局` };
  };
  if (role === 'agency' || role === 'site-not-registered' || role === 'qualification-not-shown')
    return row(random.between(1, 3), `${ONLINE}；职业指导；人力资源培训`, '许可');
  if (role === 'licence-expired') return row(6, ONLINE, '许可');
  if (role === 'licence-without-online') return row(random.between(1, 3), '职业中介活动；职业指导', '许可');
  if (role === 'filed-service') return row(random.between(1, 3), '人力资源供求信息的收集和发布；就业和创业指导；人力资源测评', '备案');
  // A recruitment permit does not cover dispatch: that is another permit, which this one lacks.
  if (role === 'unlicensed-dispatch') return row(2, `${ONLINE}`, '许可');
  return null;
}

export interface Identity {
  readonly city: City;
  readonly full: string;
  readonly brand: string;
  /** As people call it: city and brand. */
  readonly shortName: string;
  readonly uscc: string;
}

/** A registered subject for a role; a public service is a public institution (code 12). */
export function drawIdentity(role: Role, index: number, book: NameBook): Identity {
  const city = role === 'public' ? (CITIES[index % CITIES.length] as City) : book.city();
  if (role === 'public') {
    const full = `${city.name}${city.districts[Math.floor(index / CITIES.length) % city.districts.length]}公共就业服务中心`;
    return { city, full, brand: full, shortName: full, uscc: book.uscc(city, '12') };
  }
  const tail = TRAITS[role].tail;
  const { full, brand } = book.company(city, tail === '' ? undefined : tail);
  return { city, full, brand, shortName: city.name.slice(0, 2) + brand, uscc: book.uscc(city) };
}

function displayName(role: Role, who: Identity, random: Random): string {
  if (role === 'public') return who.full.replace('公共就业服务中心', '就业服务');
  if (role === 'impersonation') return `${who.city.name}人社局${random.pick(['官方招聘平台', '招聘服务号', '就业专线'])}`;
  if (role === 'unverified')
    return `${random.pick(['阿坚', '小唐', '老贺', '晴姐', '大鹏', '阿梅'])}${random.pick(['带你找工作', '进厂日记', '招工快讯'])}${random.between(1, 99)}`;
  if (role === 'unlicensed-intermediary' || role === 'banned-returned')
    return `${who.city.name.slice(0, 2)}${who.brand}${random.pick(['招工快线', '直招大厅', '好工作速递', '名企内推圈'])}`;
  if (TRAITS[role].subjectType === 'agency') return `${who.brand}${random.pick(['人力', '人才网', '求职'])}`;
  return `${who.brand}${random.pick(['招聘', '人才之家', '招贤'])}`;
}

function describe(account: Pick<SandboxAccount, 'role' | 'subjectName' | 'licenceNo' | 'showsQualification' | 'uscc' | 'website' | 'city' | 'wechat'>): string {
  const shown = account.showsQualification && account.licenceNo !== '' ? `证书编号：${account.licenceNo}。` : '';
  const site = account.website === '' ? '' : `更多岗位见自建网站 ${account.website}。`;
  if (account.role === 'public') return `${account.subjectName}主办，提供免费的岗位信息、政策咨询和求职登记。`;
  if (account.role === 'impersonation') return `${account.city}就业岗位权威发布，报名从速。微信 ${account.wechat}。`;
  if (account.role === 'unverified') return `每天更新${account.city}附近的活儿，需要的加微信 ${account.wechat}。`;
  if (account.role === 'unlicensed-intermediary' || account.role === 'banned-returned') return `汇集多家企业岗位，代招直推，咨询微信 ${account.wechat}。`;
  if (account.role === 'unlicensed-dispatch') return `${account.subjectName}提供派遣制用工，与我司签订合同后派往合作单位。${shown}`;
  if (account.role === 'unfiled-service') return `求职测评、就业指导与岗位信息发布。`;
  if (account.role.startsWith('licence') || account.role === 'agency' || account.role === 'filed-service')
    return `${account.subjectName}官方账号，岗位均经核验。${shown}`;
  if (account.role === 'site-not-registered' || account.role === 'qualification-not-shown') return `${account.subjectName}旗下求职服务。${shown}${site}`;
  return `${account.subjectName}的招聘账号，发布本单位岗位。`;
}

function externalId(platform: SandboxPlatform, number: number, random: Random): string {
  // An account key as articles carry it: base64 of a number; nine digits need no padding and fit an address.
  if (platform === 'sandbox-wechat') return Buffer.from(`3${String(number).padStart(3, '0')}${random.between(10_000, 99_999)}`).toString('base64');
  return platform === 'sandbox-board' ? `c${10_000 + number * 37 + random.int(30)}` : `u${700_000 + number * 911 + random.int(900)}`;
}

export interface AccountSeat {
  readonly platform: SandboxPlatform;
  readonly role: Role;
  /** Running number on its platform, for ids. */
  readonly number: number;
}

/** Builds one account from its seat, its subject and the licence number it shows. */
export function buildAccount(seat: AccountSeat, who: Identity, licenceNo: string, asOf: string, book: NameBook, random: Random): SandboxAccount {
  const { role, platform } = seat;
  const own = TRAITS[role];
  const person = own.subjectType === 'individual';
  const unregistered = role === 'employer-not-registered';
  const website = role === 'site-not-registered' ? `http://www.${random.pick(['zhaogong', 'qiuzhi', 'gangwei'])}${random.between(100, 999)}.example` : '';
  const wechat = book.wechat();
  const base = {
    role,
    subjectName: person ? '' : who.full,
    licenceNo: own.shows ? licenceNo : '',
    showsQualification: own.shows,
    uscc: person || unregistered ? '' : who.uscc,
    website,
    city: who.city.name,
    wechat,
  };
  return {
    ...base,
    platform,
    externalId: externalId(platform, seat.number, random),
    name: displayName(role, who, random),
    alias: platform === 'sandbox-wechat' ? wechat : '',
    description: describe(base),
    subjectType: own.subjectType,
    category: own.category,
    verified: !person && !unregistered,
    verifiedAt: person || unregistered ? '' : `${asOf.slice(0, 4)}-0${random.between(5, 9)}-${random.between(10, 28)}`,
    icp: '',
    phone: book.phone(),
    kinds: own.kinds,
    walled: false,
    hiddenUntil: null,
  };
}
