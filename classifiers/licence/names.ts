/**
 * Company names as registers, licence lists and platforms write them: brackets, width, script, spaces and 有限责任公司/
 * 有限公司 folded, then read as place, trade name (字号), trade, form and branch. `name-likeness.ts` says whether two
 * names read this way are one party.
 */
import { FOLD } from '../text/char-table.ts';
import { bracketedRegion, hasRegion, insideRegion, type Region, readRegion, regionText } from './regions.ts';

export interface ReadName {
  /** Folded whole name, the key of exact look-ups. */
  readonly key: string;
  /** The key with 有限责任公司 as 有限公司, the place at its head without designators, and no branch. */
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

const MAX_NAME = 200;
/** Company forms only: 中心, 医院, 店 and their like are part of what the party is called. */
const FORMS = /(?:股份有限公司|有限公司|股份公司|公司|股份)$/;
const BRANCH_ENDS = '(?:分公司|分中心|分部|分店|分厂|分所|分社|分行|支行|支公司|办事处|代表处|营业部|营业厅|项目部|门店|经营部|服务部|网点)';
/** The party ends with its first 公司 or 事务所: what follows may be a branch of a branch. A group only where no company follows. */
const BRANCH = new RegExp(`^(.{4,}?(?:公司|事务所|集团(?!.*有限公司)))(.{0,40}${BRANCH_ENDS})$`);
/** Words a trade begins with; the trade name stands before the first of them. Longer ones first. */
const TRADE = new RegExp(
  '人力资源|人才|劳务|劳动|人事|职业介绍|职业|猎头|就业|企业管理|企业服务|管理咨询|管理|信息科技|信息技术|信息咨询|信息|网络科技|网络|互联网|科技|技术|咨询|顾问|服务外包|外包|派遣|' +
    '教育|培训|物业|保安|保洁|清洁|家政|商务|商贸|贸易|进出口|国际|实业|供应链|物流|货运|运输|快递|电子|电器|电气|电力|光电|机械|机电|设备|自动化|仪器|五金|模具|金属|精密|塑胶|包装|印刷|' +
    '建筑|建设|建材|工程|装饰|设计|园林|消防|房地产|地产|置业|租赁|投资|控股|文化|传媒|影视|广告|策划|会展|展览|体育|健身|摄影|餐饮|食品|饮料|酒业|茶业|乳业|酒店|旅游|旅行社|' +
    '医疗|医药|药业|制药|健康|门诊|诊所|汽车|服饰|服装|时装|制衣|纺织|鞋业|皮具|珠宝|首饰|眼镜|玩具|家具|家居|照明|化工|材料|环保|环境|能源|农业|生物|化妆品|美容|美发|百货|超市|便利店|' +
    '制造|工业|产业|发展|集成|工贸|软件|数据|智能|通信|通讯|保险|证券|基金|金融|资产|财务|税务|会计|知识产权|法律',
);

/** Traditional characters in simplified ones, width and case folded. */
function foldScript(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const folded = FOLD[unit];
    out += folded ? String.fromCharCode(folded) : text.charAt(i);
  }
  return out;
}

/** Folds what writing alone changes: width, case, script, spaces, brackets and dots; 有限责任公司 stays. Folded again it is the same. */
export function nameKey(name: string): string {
  // Normalised once more at the end: letters that what was taken out had kept apart may join.
  return foldScript(name.slice(0, MAX_NAME).normalize('NFKC'))
    .toLowerCase()
    .replace(/[\s\u200b-\u200f\u00ad\u2060\ufeff]/g, '')
    .replace(/[()[\]{}【】〔〕〖〗「」『』《》<>"'“”‘’·•・.,，。、;:；：_\-—–~]/g, '')
    .normalize('NFKC');
}

/** 有限责任公司 as 有限公司, and a form with one character misread (有眼公司) as the form it can only be. */
const plainForm = (text: string): string => text.replace(/有限责任公司/g, '有限公司').replace(/(?:有[^限]公司|有限[^公]司|有限公[^司])$/, '有限公司');

interface Placed {
  readonly region: Region;
  readonly rest: string;
}

/** The place of a name: at its head, else in brackets, else standing inside it. */
function placed(main: string, inBrackets: string | null): Placed {
  const head = readRegion(main);
  if (hasRegion(head.region)) return head;
  if (inBrackets !== null) {
    const { region } = readRegion(`${inBrackets}某某`);
    if (hasRegion(region)) return { region, rest: head.rest };
  }
  const inside = insideRegion(head.rest);
  return inside ? { region: readRegion(`${inside.place}某某`).region, rest: inside.rest } : head;
}

/** Reads a company name into its parts. @param written as it stands; only the first 200 characters count */
export function readName(written: string): ReadName {
  const key = nameKey(written);
  const bracketed = /[([（【〔]/.test(written) ? bracketedRegion(foldScript(written.slice(0, MAX_NAME).normalize('NFKC')).replace(/\s/g, '')) : null;
  const whole = bracketed && !hasRegion(readRegion(nameKey(bracketed.head)).region) ? nameKey(bracketed.rest) : key;
  const split = BRANCH.exec(whole);
  const main = plainForm(split?.[1] ?? whole);
  const { region, rest } = placed(main, whole === key ? null : nameKey(bracketed?.place ?? ''));
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
    branch: split?.[2]?.replace(/[省市区县]/g, '') ?? null,
  };
}
