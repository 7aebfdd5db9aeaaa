/**
 * A test of name matching: names that are listed, written as people, platforms and scanners write them, and names
 * that are not listed but come as near as real companies do. Confusable characters are lists of our own here, not the
 * matcher's, so that it is not asked what it was told. Used on generated names by a test and on real ones by a bench.
 */
import { Converter } from 'opencc-js/cn2t';
import { createLicenceMatcher, type ListedLicence } from '../../classifiers/licence/match.ts';

export type Random = (n: number) => number;

/** Repeatable numbers below `n`. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * n);
  };
}
const pick = <T>(from: readonly T[], random: Random): T => from[random(from.length)] as T;

/** A company as it is registered. */
export interface Company {
  readonly city: string;
  readonly brand: string;
  readonly trade: string;
  readonly form: string;
}
const CITIES = ['上海', '深圳市', '广州', '北京', '杭州', '成都', '苏州', '武汉市', '南京', '东莞市', '佛山市', '重庆', '天津', '宁波', '长沙市', '厦门'];
const TRADES = [
  ...[
    '人力资源服务',
    '人力资源',
    '劳务派遣',
    '企业管理咨询',
    '信息科技',
    '网络科技',
    '科技',
    '餐饮管理',
    '物业管理',
    '电子商务',
    '商贸',
    '贸易',
    '供应链管理',
    '文化传媒',
    '教育科技',
  ],
  ...[
    '装饰工程',
    '建筑劳务',
    '国际物流',
    '电子',
    '食品',
    '服饰',
    '机电设备',
    '环保科技',
    '酒店管理',
    '汽车服务',
    '生物科技',
    '健康咨询',
    '保安服务',
    '家政服务',
    '房地产经纪',
  ],
];
const FORMS = ['有限公司', '有限公司', '有限公司', '有限公司', '有限责任公司', '股份有限公司'];

export const written = (c: Company): string => `${c.city}${c.brand}${c.trade}${c.form}`;
export const company = (brand: string, random: Random): Company => ({
  city: pick(CITIES, random),
  brand,
  trade: pick(TRADES, random),
  form: pick(FORMS, random),
});

const CITY = /^(?:广东省|江苏省|浙江省)?(?:上海|深圳|广州|北京|杭州|成都|苏州|武汉|南京|东莞|佛山|重庆|天津|宁波|长沙|厦门)市?/;
const LONGER_TRADES = [...TRADES].sort((a, b) => b.length - a.length);
/** A real name taken apart; null for one that is not of this pattern (schools, shops, branches). */
export function takeApart(name: string): Company | null {
  const city = CITY.exec(name)?.[0];
  const form = /(?:有限责任公司|股份有限公司|有限公司)$/.exec(name)?.[0];
  if (!city || !form || /[（(]|分公司/.test(name)) return null;
  const body = name.slice(city.length, name.length - form.length);
  const known = LONGER_TRADES.find((t) => body.endsWith(t) && body.length - t.length >= 2);
  const brand = known ? body.slice(0, body.length - known.length) : body.slice(0, Math.min(3, Math.max(2, body.length - 2)));
  return brand.length >= 2 && body.length > brand.length ? { city, brand, trade: body.slice(brand.length), form } : null;
}

const groups = (text: string): readonly string[] => text.split(' ');
/** Same sound or nearly: what a name taken down by ear becomes. */
const BY_EAR = groups(
  '鑫心新欣馨昕信 宏鸿洪弘红 达答 华桦 盛胜圣晟 源元圆远 佳嘉家加 瑞睿锐 博伯 诚成承城程 恒衡 隆龙 泰太 腾藤 伟炜 丰峰锋风 联连莲 通同 询寻 咨资 贸茂 易艺亿益 实石时 业叶 管馆 理里利 务物 餐参 建健 金京 林灵 民明 银英 辰臣 真正 汇惠慧会 创闯 亚雅 力利立 美镁 星兴 安氨 泽择 宇雨 君均 凯楷 德得 远院 方芳 海孩 翔祥 飞菲 云芸',
);
/** What a poor scan reads. */
const BY_EYE = groups(
  '末未 己已 日曰 士土 千干 大太 人入 网冈 科料 技枝 贸贷 询洵 务条 管菅 环坏 候侯 洋样 博搏 锦绵 天夭 力刀 王玉 玖玫 晴睛 广厂 治冶 沐沭 创刨 佳住 源塬 流硫 限眼 司可 公么 商啇 食良 品晶 电申 子于 息悬 传傅 育肓 服胀 物扬 建健 筑筑 设没 备畜 保褒 安妄 生牛 健腱 酒洒 店店 汽气 车东 教敖 化代 工王 程裎',
);
function swapped(name: string, pairs: readonly string[], random: Random): string | null {
  const places: [number, string][] = [];
  for (let i = 0; i < name.length; i += 1) for (const g of pairs) if (g.includes(name.charAt(i)) && new Set(g).size > 1) places.push([i, g]);
  if (places.length === 0) return null;
  const [at, group] = pick(places, random);
  const others = [...group].filter((c) => c !== name.charAt(at));
  return name.slice(0, at) + pick(others, random) + name.slice(at + 1);
}

const toTraditional = Converter({ from: 'cn', to: 't' });
const fullWidth = (text: string): string => text.replace(/[a-z\d()]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
const BRANCHES = ['浦东分公司', '天河分公司', '第二分公司', '福田营业部', '望京门店', '杭州办事处'];

export type Noise = (c: Company, random: Random) => string | null;
/** How a listed name is written elsewhere. */
export const NOISES: Readonly<Record<string, Noise>> = {
  'brackets and width': (c) => fullWidth(`${c.brand}(${c.city})${c.trade}${c.form}`),
  'place moved into brackets': (c, r) =>
    r(2) === 0 ? `${c.brand}${c.trade}（${c.city.replace('市', '')}）${c.form}` : `${c.brand}（${c.city}）${c.trade}${c.form}`,
  'place without designator': (c) => (c.city.endsWith('市') ? written({ ...c, city: c.city.slice(0, -1) }) : written({ ...c, city: `${c.city}市` })),
  'place left out': (c) => written({ ...c, city: '' }),
  'form left out': (c) => written({ ...c, form: '' }),
  'form changed': (c, r) =>
    written({
      ...c,
      form: pick(
        ['公司', '有限责任公司', '有限公司', '股份有限公司'].filter((f) => f !== c.form),
        r,
      ),
    }),
  branch: (c, r) => written(c) + pick(BRANCHES, r),
  'branch of a branch': (c, r) => `${written(c)}${pick(BRANCHES.slice(0, 3), r)}${pick(['第一营业部', '白云营销服务部', '人民路门店'], r)}`,
  'traditional characters': (c) => toTraditional(written(c)),
  'spaces and marks': (c, r) => {
    const name = written(c);
    const at = 1 + r(name.length - 1);
    return `${name.slice(0, at)}${pick([' ', '　', '·', '\u200b', '-'], r)}${name.slice(at)}${pick(['', '。', ' ', '®'.slice(1)], r)}`;
  },
  'taken down by ear': (c, r) => swapped(written(c).slice(c.city.length), BY_EAR, r)?.replace(/^/, c.city) ?? null,
  'poorly scanned': (c, r) => swapped(written(c).slice(c.city.length), BY_EYE, r)?.replace(/^/, c.city) ?? null,
  'doubled character': (c, r) => {
    const at = c.city.length + r(c.brand.length + c.trade.length);
    const name = written(c);
    return name.slice(0, at) + name.charAt(at) + name.slice(at);
  },
  'short name': (c, r) => (r(2) === 0 ? `${c.city.replace('市', '')}${c.brand}${c.trade.slice(0, Math.max(2, c.trade.length - 2))}` : `${c.brand}${c.trade}`),
};

/** Brands by what is left when a character is left out or replaced: real neighbours of a brand. */
export function neighbours(brands: readonly string[]): (brand: string) => string[] {
  const byHole = new Map<string, string[]>();
  const holes = (b: string): string[] => [...b].map((_, i) => `${b.slice(0, i)}?${b.slice(i + 1)}`);
  for (const b of brands) for (const hole of holes(b)) byHole.set(hole, [...(byHole.get(hole) ?? []), b]);
  return (brand) => holes(brand).flatMap((hole) => (byHole.get(hole) ?? []).filter((b) => b !== brand));
}

export interface Near {
  readonly near: (brand: string) => readonly string[];
  readonly brands: readonly string[];
}
export type Distractor = (c: Company, random: Random, near: Near) => string | null;
const MEANINGFUL: readonly (readonly [string, string])[] = [
  ['网络科技', '科技'],
  ['信息科技', '信息技术'],
  ['人力资源服务', '人力资源管理'],
  ['人力资源', '人才资源'],
  ['企业管理咨询', '企业管理服务'],
  ['商贸', '工贸'],
  ['贸易', '国际贸易'],
  ['餐饮管理', '酒店管理'],
  ['物业管理', '物业服务'],
  ['文化传媒', '文化传播'],
  ['国际物流', '物流'],
  ['电子商务', '电子科技'],
  ['生物科技', '生物技术'],
  ['环保科技', '环境科技'],
  ['建筑劳务', '建筑工程'],
];
/** Other companies, as near as real ones come. Each must be unlisted; the caller sees to it. */
export const DISTRACTORS: Readonly<Record<string, Distractor>> = {
  'another brand': (c, r, { brands }) => written({ ...c, brand: pick(brands, r) }),
  'a brand of one other character': (c, r, { near }) => {
    const close = near(c.brand);
    return close.length === 0 ? null : written({ ...c, brand: pick(close, r) });
  },
  'the same name in another city': (c, r) =>
    written({
      ...c,
      city: pick(
        CITIES.filter((x) => !x.startsWith(c.city.slice(0, 2))),
        r,
      ),
    }),
  'the same brand in another trade': (c, r) =>
    written({
      ...c,
      trade: pick(
        TRADES.filter((t) => !t.includes(c.trade) && !c.trade.includes(t)),
        r,
      ),
    }),
  'one meaningful word': (c) => {
    const found = MEANINGFUL.find(([a, b]) => c.trade === a || c.trade === b);
    return found ? written({ ...c, trade: c.trade === found[0] ? found[1] : found[0] }) : null;
  },
  'the group': (c) => written({ ...c, trade: '', form: '集团有限公司' }),
  'a subsidiary': (c, r) => `${c.city}${c.brand}集团${pick(TRADES, r)}有限公司`,
  'a prefix to the brand': (c, r) => written({ ...c, brand: pick(['新', '大', '老', '中', '金'], r) + c.brand }),
  'a suffix to the brand': (c, r) => written({ ...c, brand: c.brand + pick(['达', '源', '优', '捷', '联'], r) }),
  'the company of the province': (c) => {
    const province =
      c.city.startsWith('深圳') || c.city.startsWith('东莞') ? '广东' : c.city.startsWith('苏州') ? '江苏' : c.city.startsWith('杭州') ? '浙江' : null;
    return province ? written({ ...c, city: `${province}省` }) : null;
  },
};

export interface Line {
  readonly name: string;
  readonly asked: number;
  /** The right row named. */
  readonly right: number;
  /** A row named that is not the party. */
  readonly wrong: number;
  /** Named, of these, without asking people to look. */
  readonly decided: number;
  readonly unexplained: number;
  readonly examples: readonly string[];
}
export interface NameMatchReport {
  readonly noises: readonly Line[];
  readonly distractors: readonly Line[];
  readonly precision: number;
  readonly recall: number;
  /** Of what was decided without asking people, how much is right. */
  readonly decidedPrecision: number;
  readonly decidedRecall: number;
  /** Microseconds of processor time a question. */
  readonly microseconds: number;
}

const LIST = { id: 'l', label: '名录', authority: '', publishedOn: '2026-11-01', sourceUrl: null, sha256: '0'.repeat(64) };
const asRow = (name: string, i: number): ListedLicence => ({
  ...{ id: String(i), name, uscc: null, number: null, scope: null, authority: null },
  ...{ validFrom: null, validUntil: null, address: null, form: 'licence' as const },
});

export interface NameMatchTest {
  /** All names of the list. */
  readonly listed: readonly string[];
  /** Companies of the list that are asked for, with noise. */
  readonly asked: readonly Company[];
  /** Real names that are not listed and are asked for as they stand. */
  readonly unlisted: readonly string[];
  readonly brands: readonly string[];
  readonly seed: number;
}

/** Asks the licence matcher for every noise of every company and for every distractor, and counts. */
export function measureNames({ listed, asked, unlisted, brands, seed }: NameMatchTest): NameMatchReport {
  const random = seeded(seed);
  const matcher = createLicenceMatcher(LIST, listed.map(asRow), { asOf: '2026-11-23' });
  const plain = (name: string): string => name.replace('有限责任公司', '有限公司').replace(/[市省]/g, '');
  const known = new Set(listed.map(plain));
  const near: Near = { near: neighbours(brands), brands };
  let spent = 0;
  let questions = 0;
  const ask = (subjectName: string) => {
    const from = process.cpuUsage();
    const found = matcher.match({ subjectName });
    const used = process.cpuUsage(from);
    spent += used.user + used.system;
    questions += 1;
    return { name: found.licence?.name ?? null, decided: found.licence !== null && found.verdict !== 'cannot_tell', reasons: found.reasons.length };
  };
  const line = (name: string, cases: readonly (readonly [string, string | null])[]): Line => {
    const tally = { name, asked: cases.length, right: 0, wrong: 0, decided: 0, unexplained: 0, examples: [] as string[] };
    for (const [query, truth] of cases) {
      const found = ask(query);
      const right = truth !== null && found.name !== null && plain(found.name) === plain(truth);
      if (right) tally.right += 1;
      else if (found.name !== null) tally.wrong += 1;
      if (found.name !== null && found.decided && (truth === null || right)) tally.decided += 1;
      if (found.name !== null && found.reasons === 0) tally.unexplained += 1;
      if ((truth === null ? found.name !== null : !right) && tally.examples.length < 6) tally.examples.push(`${query} → ${found.name ?? '—'}`);
    }
    return tally;
  };
  const noises = Object.entries(NOISES).map(([name, noise]) =>
    line(
      name,
      asked.flatMap((c): [string, string][] => {
        const query = noise(c, random);
        return query === null || query === written(c) || (plain(query) !== plain(written(c)) && known.has(plain(query))) ? [] : [[query, written(c)]];
      }),
    ),
  );
  const distractors = Object.entries(DISTRACTORS).map(([name, other]) =>
    line(
      name,
      asked.flatMap((c): [string, null][] => {
        const query = other(c, random, near);
        return query === null || known.has(plain(query)) ? [] : [[query, null]];
      }),
    ),
  );
  distractors.push(
    line(
      'real names not listed',
      unlisted.filter((n) => !known.has(plain(n))).map((n) => [n, null] as const),
    ),
  );
  const sum = (lines: readonly Line[], of: (l: Line) => number): number => lines.reduce((total, l) => total + of(l), 0);
  const right = sum(noises, (l) => l.right);
  const wrong = sum([...noises, ...distractors], (l) => l.wrong);
  const decided = sum(noises, (l) => l.decided);
  const decidedWrong = sum(distractors, (l) => l.decided);
  const total = sum(noises, (l) => l.asked);
  return {
    noises,
    distractors,
    precision: right / Math.max(1, right + wrong),
    recall: right / Math.max(1, total),
    decidedPrecision: decided / Math.max(1, decided + decidedWrong),
    decidedRecall: decided / Math.max(1, total),
    microseconds: spent / Math.max(1, questions),
  };
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`);
/** The report as a table for people. */
export function describeNames(r: NameMatchReport): string {
  const row = (l: Line, truth: boolean): string =>
    `  ${l.name.padEnd(34)} ${String(l.asked).padStart(6)}  ${truth ? `found ${percent(l.right, l.asked).padStart(6)}  decided ${percent(l.decided, l.asked).padStart(6)}  ` : ''}wrong ${String(l.wrong).padStart(4)}${truth ? '' : `  decided ${l.decided}`}`;
  return [
    'listed, written otherwise:',
    ...r.noises.map((l) => row(l, true)),
    'not listed:',
    ...r.distractors.map((l) => row(l, false)),
    `precision ${r.precision.toFixed(4)}  recall ${r.recall.toFixed(4)}  (without asking people: precision ${r.decidedPrecision.toFixed(4)}, recall ${r.decidedRecall.toFixed(4)})  ${r.microseconds.toFixed(0)} µs a question`,
  ].join('\n');
}
