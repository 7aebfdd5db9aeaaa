/**
 * Company names as registers, licence lists and platforms write them: brackets, width, spaces and 有限责任公司/
 * 有限公司 folded, then read as place, trade name (字号), trade, form and branch. Two names are one party only
 * where place and trade name agree; how alike the rest is is said in words, since people decide on it.
 */
import { compatible, type Region, readRegion, regionText } from './regions.ts';

export interface ReadName {
  /** Folded whole name, the key of exact look-ups. */
  readonly key: string;
  /** The key with 有限责任公司 as 有限公司 and place designators dropped, without the branch. */
  readonly plain: string;
  readonly region: Region;
  /** What distinguishes the party: two or more characters before the trade. */
  readonly tradeName: string;
  /** The trade: 人力资源服务, 网络科技 …; may be empty. */
  readonly trade: string;
  /** 有限公司, 股份有限公司, 中心 …; empty when the name leaves it out. */
  readonly form: string;
  /** 深圳分公司, 第一门店 …; null for the party itself. */
  readonly branch: string | null;
}

export interface NameLikeness {
  /** 0-1; 1 is the same name but for writing. */
  readonly similarity: number;
  /** The same party as far as a name can tell. */
  readonly same: boolean;
  /** Not the same as written, but a slip of one character or an abbreviation would explain it: people must look. */
  readonly doubtful: boolean;
  readonly reasons: readonly string[];
}

const MAX_NAME = 200;
/** Company forms only: 中心, 医院, 店 and their like are part of what the party is called. */
const FORMS = /(?:股份有限公司|有限公司|股份公司|公司|股份)$/;
const BRANCH = /^(.{4,}(?:公司|集团|事务所))(.{0,30}?(?:分公司|分中心|分部|分店|分厂|分所|分社|办事处|营业部|营业厅|项目部|门店|经营部|服务部|网点))$/;
/** Words a trade begins with; the trade name stands before the first of them. Longer ones first. */
const TRADE =
  /人力资源|人才|劳务|劳动|人事|职业介绍|职业|猎头|就业|企业管理|企业服务|管理咨询|管理|信息科技|信息技术|信息咨询|信息|网络科技|网络|互联网|科技|技术|咨询|顾问|服务外包|外包|派遣|教育|培训|物业|保安|家政|商务|商贸|贸易|实业|供应链|物流|运输|快递|电子|电器|机械|建筑|建设|工程|装饰|房地产|置业|投资|控股|文化|传媒|广告|餐饮|食品|酒店|旅游|医疗|医药|健康|汽车|服饰|服装|化工|材料|环保|能源|农业|生物|美容|百货|超市|制造|工业|产业|发展|集成|工贸|软件|数据|智能|通信|保险|金融|资产|财务|税务|会计|知识产权|法律/;

/** Folds what writing alone changes: width, case, spaces, brackets and dots; 有限责任公司 stays. */
export function nameKey(name: string): string {
  return name
    .slice(0, MAX_NAME)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\u200b-\u200f\u00ad\u2060\ufeff]/g, '')
    .replace(/[()[\]{}【】〔〕〖〗「」『』《》<>"'“”‘’·•・.,，。、;:；：_\-—–~]/g, '');
}

const plainForm = (text: string): string => text.replace(/有限责任公司/g, '有限公司');

/** Reads a company name into its parts. @param written as it stands; only the first 200 characters count */
export function readName(written: string): ReadName {
  const key = nameKey(written);
  const split = BRANCH.exec(key);
  const main = plainForm(split?.[1] ?? key);
  const { region, rest } = readRegion(main);
  const form = FORMS.exec(rest)?.[0] ?? '';
  // A name that is only a form (某某中心) keeps it in the trade name.
  const body = rest.length - form.length >= 2 ? rest.slice(0, rest.length - form.length) : rest;
  const from = body.slice(1).search(TRADE);
  const cut = from < 0 ? body.length : Math.max(from + 1, 2);
  return {
    key,
    plain: `${regionText(region)}${rest}`,
    region,
    tradeName: body.slice(0, cut),
    trade: body.slice(cut),
    form: body === rest ? '' : form,
    branch: split?.[2] ?? null,
  };
}

/** Levenshtein distance, given up (`limit + 1`) once it must exceed `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const value = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1));
      next.push(value);
      if (value < least) least = value;
    }
    if (least > limit) return limit + 1;
    row = next;
  }
  return row[b.length] as number;
}

/** Overlapping pairs of characters, in order, without doubles. */
export function bigrams(text: string): string[] {
  const found = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2));
  return [...found];
}

/** Dice's coefficient over bigrams, 0-1. */
export function dice(a: string, b: string): number {
  const [x, y] = [bigrams(a), new Set(bigrams(b))];
  if (x.length === 0 || y.size === 0) return a === b ? 1 : 0;
  return (2 * x.filter((pair) => y.has(pair)).length) / (x.length + y.size);
}

const isPart = (short: string, long: string): boolean => short.length >= 2 && (long.startsWith(short) || long.endsWith(short));

/** Same place, same beginning, one character apart further on: as often a misprint as another company. */
function slips(a: ReadName, b: ReadName): boolean {
  const [x, y] = [`${a.tradeName}${a.trade}`, `${b.tradeName}${b.trade}`];
  return x.length >= 5 && x.slice(0, 3) === y.slice(0, 3) && a.form === b.form && editDistance(x, y, 1) === 1;
}

/** How far trade and form agree, as a penalty with reasons; null when they do not. */
function restLikeness(a: ReadName, b: ReadName): { penalty: number; reasons: string[] } | null {
  const reasons: string[] = [];
  let penalty = 0;
  if (a.trade !== b.trade) {
    // Registered names are not abbreviated: only a name without its form may leave out part of the trade.
    const informal = a.form === '' || b.form === '';
    if (!informal || !(a.trade === '' || b.trade === '' || isPart(a.trade, b.trade) || isPart(b.trade, a.trade))) return null;
    reasons.push(`行业表述“${a.trade || '（省略）'}”与“${b.trade || '（省略）'}”繁简不同`);
    penalty += 0.15;
  }
  if (a.form !== b.form) {
    reasons.push(a.form === '' || b.form === '' ? '一方省略组织形式' : `组织形式“${a.form}”与“${b.form}”不同`);
    penalty += a.form === '' || b.form === '' ? 0.03 : 0.05;
  }
  return { penalty, reasons };
}

/** How alike two names look as a whole, 0-0.85: for names that are not the same party. */
const looks = (a: ReadName, b: ReadName): number =>
  Math.min(0.85, Math.max(dice(a.plain, b.plain), 1 - editDistance(a.plain, b.plain, 12) / Math.max(a.plain.length, b.plain.length, 1)));

/**
 * Whether `a` (an account's party) and `b` (a listed one) are one party, and why. Places must not contradict each
 * other and trade names must be the same: one character of a trade name makes another company, however alike the
 * whole looks.
 */
export function compareNames(a: ReadName, b: ReadName): NameLikeness {
  const apart = (reason: string, doubtful = false): NameLikeness => ({ similarity: looks(a, b), same: false, doubtful, reasons: [reason] });
  // A licence of one branch says nothing of the party itself or of another branch; the other way round it is noted.
  if (b.branch !== null && a.branch !== b.branch) return apart(`名录所列为分支机构“${b.branch}”，与账号主体不是同一机构`);
  const branch = a.branch === b.branch ? [] : [`账号主体为分支机构“${a.branch}”`];
  if (a.plain === b.plain) {
    const exact = a.key === b.key;
    const written = exact || branch.length > 0 ? [] : ['仅括号、空格、全半角或“有限责任公司/有限公司”等写法不同'];
    return { similarity: exact ? 1 : 0.99, same: true, doubtful: false, reasons: [...written, ...branch] };
  }
  if (!compatible(a.region, b.region)) return apart(`地区不同（${regionText(a.region)}／${regionText(b.region)}）`);
  if (slips(a, b)) return apart('名称仅一字之差', true);
  if (a.tradeName !== b.tradeName) return apart(`字号不同（${a.tradeName}／${b.tradeName}）`);
  const rest = restLikeness(a, b);
  if (!rest) return apart('字号相同但行业不同');
  const placed = regionText(a.region) === regionText(b.region);
  const reasons = [...(placed ? [] : [`一方省略地区“${regionText(a.region) || regionText(b.region)}”`]), ...rest.reasons, ...branch];
  const similarity = 0.98 - rest.penalty - (placed ? 0 : 0.05);
  return { similarity, same: rest.penalty < 0.1, doubtful: rest.penalty >= 0.1, reasons };
}
