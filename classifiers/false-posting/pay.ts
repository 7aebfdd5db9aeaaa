/**
 * What a post says it pays a month, for which trade and where: read from the salary field or the title, so that pay can
 * be compared with what others pay. Day and hour rates are left alone: how many hours a month has is not told.
 */
import type { PostInput } from '../../core/model/post.ts';
import { readRegion } from '../licence/regions.ts';

export interface MonthlyPay {
  /** Yuan a month. */
  readonly low: number;
  readonly high: number;
  readonly field: 'salary' | 'title';
  readonly words: string;
  readonly start: number;
  readonly end: number;
}

const UNIT: Readonly<Record<string, number>> = { 千: 1_000, k: 1_000, K: 1_000, 万: 10_000, w: 10_000, W: 10_000, 元: 1, 块: 1 };
const AMOUNT =
  /(\d{1,7}(?:\.\d{1,2})?)\s?([千万kKwW元块])?(?:\s?[-–—~～至到]\s?(\d{1,7}(?:\.\d{1,2})?)\s?([千万kKwW元块])?)?元?\s?(?:\/|每|一?个?)?\s?([月年天日时]|小时)?/;
const HEADED = /(?:月薪|月入|月收入|底薪|工资|薪资|薪酬)[^\d\n]{0,4}/;
const PLAUSIBLE = { least: 800, most: 500_000 };
const MONTHS = 12;

function amount(text: string): { low: number; high: number; index: number; length: number } | null {
  const found = AMOUNT.exec(text);
  if (!found) return null;
  const [whole, first = '', firstUnit, second, secondUnit, per] = found;
  if (per !== undefined && per !== '月' && per !== '年') return null;
  const unit = UNIT[secondUnit ?? firstUnit ?? '元'] ?? 1;
  const scale = (figure: string, own: string | undefined): number => (Number(figure) * (UNIT[own ?? ''] ?? unit)) / (per === '年' ? MONTHS : 1);
  const low = scale(first, firstUnit);
  const high = second ? scale(second, secondUnit) : low;
  // 一万 a month without a unit is written 10000: smaller bare figures are no pay.
  return low >= PLAUSIBLE.least && high <= PLAUSIBLE.most && high >= low ? { low, high, index: found.index, length: whole.trimEnd().length } : null;
}

/** The monthly pay a post names; null when it names none that can be compared. */
export function monthlyPay({ salary, title }: Pick<PostInput, 'salary' | 'title'>): MonthlyPay | null {
  const fromSalary = salary ? amount(salary.slice(0, 200)) : null;
  if (salary && fromSalary) {
    const { low, high, index, length } = fromSalary;
    return { low, high, field: 'salary', words: salary.slice(index, index + length), start: index, end: index + length };
  }
  const head = title ? HEADED.exec(title.slice(0, 200)) : null;
  if (!title || !head) return null;
  const from = head.index + head[0].length;
  const told = amount(title.slice(from, from + 30));
  if (told?.index !== 0) return null;
  return { low: told.low, high: told.high, field: 'title', words: title.slice(head.index, from + told.length), start: head.index, end: from + told.length };
}

/** Trades by the words of a title; the first that fits. Titles that name none are not compared. */
const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['主播', /主播|直播/],
  ['销售', /销售|业务员|业务代表|置业顾问|客户经理|电销|地推|推销|招商/],
  ['软件开发', /开发工程师|程序员|软件|前端|后端|java|python|算法|测试工程师|运维/i],
  ['工程技术', /工程师|技术员|结构|土建|造价|施工员|监理/],
  ['会计出纳', /会计|出纳|财务|税务/],
  ['客服', /客服|话务/],
  ['文员行政', /文员|行政|前台|助理|秘书|内勤|文秘|人事|录入/],
  ['教师', /教师|老师|讲师|教练|幼教|保育/],
  ['医护', /护士|医生|药师|护理|医师|康复/],
  ['护工家政', /护工|月嫂|育儿嫂|保姆|家政|养老|护理员|阿姨/],
  ['保安', /保安|安保|护卫|秩序/],
  ['保洁', /保洁|清洁|洗碗/],
  ['厨师', /厨师|厨工|配菜|面点|烧烤|凉菜|厨/],
  ['服务员', /服务员|传菜|迎宾|收银|营业员|导购|店员|理货/],
  ['快递外卖', /快递|外卖|骑手|配送|送餐/],
  ['司机', /司机|驾驶|代驾/],
  ['仓储物流', /仓管|仓库|分拣|搬运|装卸|打包|物流|叉车/],
  ['技工', /焊工|电工|钳工|车工|铣工|维修|技工|木工|瓦工|油漆|钢筋|安装/],
  ['普工', /普工|操作工|装配|包装工|流水线|质检|缝纫|车间|作业员|生产|工人|学徒/],
  ['美容美发', /美容|美发|美甲|按摩|技师|发型/],
  ['设计运营', /(?:平面|室内|服装|网页|包装|广告|视觉|家具)设计|设计师|美工|剪辑|摄影|文案|编辑|运营|策划/],
];

/** Who leads, knows most or is sent abroad is paid otherwise than the trade. */
const APART = /总监|(?<!客户)经理|主管|资深|高级|首席|专家|负责人|合伙人|架构|[厂店院校园]长|总裁|总工|主任|博士|海外|驻外|出国|协议|芯片/;

export function tradeOf(title: string | null | undefined): string | null {
  const read = (title ?? '').slice(0, 200);
  return APART.test(read) ? null : (FAMILIES.find(([, words]) => words.test(read))?.[0] ?? null);
}

/** The city of a place as written; null when it names none. */
export const cityOf = (location: string | null | undefined): string | null =>
  location?.trim()
    ? readRegion(
        `${location
          .trim()
          .replace(/[\s·•,，/|-]+/g, '')
          .slice(0, 60)}某某`,
      ).region.city
    : null;
