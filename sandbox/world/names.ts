/**
 * Invented names, numbers and places. Cities do not exist, area code 99 is assigned to nobody, phone numbers have
 * a dead block (1xx-0000-xxxx): no real company or person can be meant. Company names say no trade, so that any
 * recruitment text fits any company.
 */
import type { Random } from './random.ts';

export const CITIES = [
  { name: '云汀市', province: '粤', code: '990100', districts: ['浣溪区', '北屿区', '鹿鸣区', '望潮区'] },
  { name: '临澜市', province: '浙', code: '990200', districts: ['青埠区', '石帆区', '沧浪湾区', '松影区'] },
  { name: '栖川市', province: '苏', code: '990300', districts: ['白鹭区', '枫桥岸区', '南塬区', '锦坪区'] },
  { name: '霁州市', province: '皖', code: '990400', districts: ['梨沟区', '东垣区', '柳渡区', '明镜区'] },
] as const;
export type City = (typeof CITIES)[number];

const FIRST = [...'鹿澄栎越启沐恒嘉禾景瑞云宸翊凌骏朗穗拓晟苇槿浔泓屹芷砺蔚颂逸'];
const SECOND = [...'溪禾川枫澜岑泊屿汀朔湫岫沂和漪彦堃珩壑弥航安阡樾庐岚舟斐弦垚'];
const TRADES = '实业 科技 商贸 工贸 产业发展 供应链管理 制造 企业服务 集成 控股'.split(' ');
const ROADS = '栖霞里路 望鹤路 石榴巷 三渡桥路 槐荫大道 听雨路 老槽坊街 新圩大道 纸坊路 云梯路'.split(' ');
const SURNAMES = '赵 钱 孙 李 周 吴 郑 冯 陈 褚 卫 蒋 沈 韩 杨 朱 秦 许 何 吕'.split(' ');
const TITLES = ['经理', '主管', '老师', '店长', '师傅'];
const PREFIXES = ['130', '131', '135', '136', '138', '139', '150', '151', '158', '159', '176', '186', '187', '188'];
const PAY = ['4500-5500', '5000-6500', '5500-7000', '6000-8000', '6500-8500', '7000-9000', '8000-10000', '4200-6000', '5800-7600'];

const CHARSET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** The check character of a 17-character unified social credit code (GB 32100-2015, weights 3^(i-1) mod 31). */
export function usccCheck(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + CHARSET.indexOf(body.charAt(i)) * weight, 0);
  return CHARSET.charAt((31 - (sum % 31)) % 31);
}

/** The check character of an 8-digit organisation code (GB 11714-1997), which sits at places 9-17 of the code. */
function organisationCheck(body: string): string {
  const sum = [3, 7, 9, 10, 5, 8, 4, 2].reduce((total, weight, i) => total + Number(body.charAt(i)) * weight, 0);
  const rest = 11 - (sum % 11);
  return rest === 10 ? 'X' : String(rest % 11);
}

/** Draws names and numbers, none twice. */
export interface NameBook {
  city(): City;
  company(city: City, tail?: string): { full: string; brand: string };
  /** @param kind 91 business, 12 public institution */
  uscc(city: City, kind?: '91' | '12'): string;
  phone(): string;
  wechat(): string;
  licenceNo(city: City, year: number): string;
  filingNo(city: City, year: number): string;
}

/** @param random the stream the book draws from */
export function createNameBook(random: Random): NameBook {
  const taken = new Set<string>();
  const fresh = <T extends string>(draw: () => T): T => {
    let value = draw();
    while (taken.has(value)) value = draw();
    taken.add(value);
    return value;
  };
  const digits = (n: number): string => Array.from({ length: n }, () => random.int(10)).join('');
  return {
    city: () => random.pick(CITIES),
    company: (city, tail) => {
      const brand = fresh(() => random.pick(FIRST) + random.pick(SECOND));
      return { full: `${city.name}${brand}${tail ?? `${random.pick(TRADES)}有限公司`}`, brand };
    },
    uscc: (city, kind = '91') =>
      fresh(() => {
        const organisation = digits(8);
        const body = `${kind}${city.code.slice(0, 5)}${random.int(10)}${organisation}${organisationCheck(organisation)}`;
        return body + usccCheck(body);
      }),
    phone: () => fresh(() => `${random.pick(PREFIXES)}0000${digits(4)}`),
    wechat: () => fresh(() => `zp${random.pick(['lx', 'ch', 'yf', 'ql', 'mc', 'hb', 'jy', 'ht'])}${digits(5)}`),
    licenceNo: (city, year) => fresh(() => `(${city.province})人服证字〔${year}〕第99${digits(8)}号`),
    filingNo: (city, year) => fresh(() => `(${city.province})人服备字〔${year}〕第99${digits(6)}号`),
  };
}

/** What changes from one publication of a text to the next. */
export interface Details {
  readonly district: string;
  readonly address: string;
  readonly salary: string;
  readonly headcount: string;
  readonly person: string;
}

export function drawDetails(random: Random, city: City): Details {
  const district = random.pick(city.districts);
  return {
    district,
    address: `${district}${random.pick(ROADS)}${random.between(2, 399)}号`,
    salary: `${random.pick(PAY)}元/月`,
    headcount: String(random.between(1, 24)),
    person: random.pick(SURNAMES) + random.pick(TITLES),
  };
}
