/**
 * What a posting lacks: the six elements the 2026 notice asks for (employer, number, conditions, work, place, pay), and the
 * source of a repost. Absences are format findings: a platform should have them completed, nobody is fined for them.
 * A missing date is never reported here, for the law lets a posting carry a date or be kept up to date, and one post cannot show which.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { QuotableField } from '../../core/model/post.ts';
import { originalRange } from '../text/normalise.ts';
import type { RuleSet } from './compile.ts';
import { hintsOf } from './hints.ts';
import type { ReadPost } from './read.ts';

interface Element {
  readonly name: string;
  /** A site's own field that answers it when filled in. */
  readonly field?: QuotableField;
  /** Words that answer it in title or text (folded). */
  readonly answered: RegExp;
}

/** Occupations and acts: one of them says what the work is about. */
const ACTS =
  /职责|负责|(?:工作|岗位|职位)(?:内容|描述|说明|职责)|主要(?:工作|从事)|从事|完成|协助|制作|操作|维护|销售|服务|接待|配送|管理|组装|包装|检验|开发|设计|教学|护理|打扫|保洁|看护|做饭|装卸|搬运|分拣|加工|安装|维修|驾驶|巡逻|值班|客服|催收|外呼|推广|记账|核算|录入|校对|采购|跟单|收银|派件|送[货餐菜水奶]|理货|装车|卸车|开车|上课|授课|带班|跑腿|看店|值守|巡检|挡车|缝纫|焊接|洗碗|帮厨|摄影|修图|直播/;
/** A clause that holds one of these does something; what such clauses say is weighed in `tellsWork`. */
const VERBS =
  /[做写画装拆修搬送接卖买教查看记管洗切炒煮剪缝焊磨打包拌配调测检验编审核算收发订存取驾跑巡守护养喂种采摘扫擦拖清理贴印刷喷涂压拉推抬扛卸录拍播讲谈访签跟盯催退换补改试研设规策陪照带迎导引答译绣织折捏捆夹铲刨钻挖砌抹铺吊拧插扎烤揉称盛端控排剥挑选刻描熨叠撑泡滤灌封码堆蒸萃走当说演唱跳聊派]/;
const LIST_ITEM = /[一-鿿a-z]{1,10}[、]/;

/** Law and sentence of each: `law/rules/computed.yaml`, under `missing-<name>`. */
const ELEMENTS: readonly Element[] = [
  {
    name: 'employer',
    field: 'company',
    answered:
      /公司|集团|企业|工厂|厂区|车间|单位[:]|[一-鿿]{2,8}(?:厂|店|院|校|园|馆|所|局|站|社|行|部|场|中心|酒店|餐厅|超市|银行|物流|科技|门诊|工地|项目|医院|学校|平台|合作社|工作室|事务所|俱乐部|协会)|发布者[:]|我司|本(?:公司|厂|店|院|校|园|馆|人)|雇主|老板|家中|家里|(?:^|[\n。!?;:】])[一-鿿()a-z]{4,16},(?=[^,。]{0,14}(?:[省市区县镇乡村路街号]|\d ?[名人位]|招|聘))|(?:^|[\n。!?;,])[一-鿿]{4,14}(?:现|急|诚)?[招聘收]/,
  },
  {
    name: 'headcount',
    field: 'headcount',
    answered:
      /\d{1,4} ?\+? ?(?:名|人|位|个|员)|[一二三四五六七八九十两百几]{1,3}(?:名|人|位|个(?!月|小时|工作日))|若干|人数|数[名人位]|多[名人位]|大量|批量|长期招|不限人|各\d/,
  },
  {
    name: 'conditions',
    field: 'education',
    answered:
      /要求|条件|资格|学历|经验|经历|不限|不问|岁|专业|优先|能力|需[要有]|具备|熟[练悉手]|老手|生手|应届|毕业|在校|学生|小学|初中|高中|中专|中技|技校|职高|大专|专科|本科|硕士|博士|研究生|驾[照龄驶]|[abc][1-3](?:证|照|驾|,|。|;|、| |$)|证(?:书|件|者|优|的|,|。|$)|持[^,。;]{0,10}证|级(?:以上|证)|会(?![议员计展客所费场馆刊])[一-鿿a-z]|懂|能(?![源量效])[一-鿿]|[耐细责任爱]心|胆[大子]|吃[得]?苦|勤快|勤劳|老实|踏实|认真|负责任|肯[学干做]|手脚|身体|体力|健康|零基础|0基础|无门槛|小白|新手|学徒|退伍|党员|普通话|英语|[英日韩]语|(?:男女|性别)|年龄|[一二两三四五六七八九十\d]年(?:以上|[^,。]{0,8}经)|即可|就行|都行|也行|均可|也可|皆可|欢迎|者优|不忌|不怕|不晕|不[适]应[^,。]{0,6}勿|喜欢|愿意|记性|视力|听力|力气|有劲|干过|做过|学过|自备|教龄|工龄|有[^,。;]{0,6}(?:基础|功底)|只[要招用收]|不[要收招]|勿扰|[男女](?:性|士|生|的|工|,)|水平|卫生|无[^,。;]{0,6}(?:事故|犯罪|嗜好)|证|[一二两三四五六七八九十\d]年|接受|适应|服从|抗压|擅长|精通|掌握|[看识]图|[识认]字|自带|守时|性格|开朗|活泼|利索|麻利|干净|整洁|细致|稳重|机灵|脾气|眼力|体能|水性|恐高|体重|身高|形象|气质|声音|嗓|耐得|受得|踩得|坐得|起得|站得|看得|搬得|过得|跑得|扛得|耐[寒热高脏]/,
  },
  { name: 'work', answered: ACTS },
  {
    name: 'place',
    field: 'location',
    answered:
      /地[点址]|[一-鿿]{2}(?:省|市(?![场值民价面])|区(?![别分块间])|县|镇(?!静)|乡(?!亲|土|音)|村|旗|街|路(?![线由演径费试])|大道|园区|广场|大厦|校区|新城|码头|车站|机场|港|楼)|\d+ ?(?:号线|号楼|楼|层|号)|坐标|附近|周边|各地|全国|不限地|地区不限|不限(?:工作)?地[点区]|远程|居家|在家|宅家|线上|海外|境外|出国|村里|北京|上海|天津|重庆|广州|深圳|杭州|南京|苏州|成都|武汉|西安|长沙|郑州|青岛|东莞|佛山|厦门|合肥|济南|沈阳|大连|宁波|无锡|昆明|福州|南昌|哈尔滨|长春|石家庄|太原|贵阳|南宁|海口|兰州|乌鲁木齐/,
  },
  {
    name: 'pay',
    field: 'salary',
    answered:
      /\d{2,6}(?:\.\d+)? ?(?:多|余|来)? ?(?:元|块|rmb|一[天月年日晚趟单次件]|每[天月日]|一个月|起步|保底|底薪|\/)|\d(?:\.\d)? ?(?:k|千|万|w)(?![一-鿿]{0,2}(?:人|家|平|册|吨|用户))|(?:薪[资水酬]?|工资|工钱|酬|补[助贴]|津贴|底薪?|固定|保底|到手|综合|收入|月|日|时|天|趟|单|件|小时|课酬|课时费?|待遇|绩效|另给|付|给|结)[^\d,。;\n]{0,6}\d{2,6}|(?<!\d)\d{3,5} ?[-~至到] ?\d{3,6}(?!\d)|[每一](?:[天日晚夜单件趟节场斤亩套桌台篇条次人班户车吨方平张票箱只棵米]|小时)[^\d,。;\n]{0,6}\d{1,5}|\d(?:\.\d)? ?[元块毛角]|[一二两三四五六七八九][毛角块]|计件|记件|按件|按量|按单|多劳多得|日清|年薪|月薪|月入|日入|底薪(?!面)|时薪|日薪|课时费|提成|抽成|佣金|分成|(?:最低|当地)工资标准|(?:工资|薪资|薪酬)(?:标准|待遇)?(?:按|照|参照|执行)/,
  },
];
const NEGOTIABLE = /面议|面谈|电议|详谈|薪资?可谈|价钱好说|待遇从优/;
export const REPOST =
  /(?:^|[\n[【( ])(?:转发|转载|代转|帮转|扩散|转)(?=[:】\])》! ])|帮(?:朋友|忙|人|转)_?(?:转发?|扩散)|转发扩散|代朋友转|(?:复制|截图|搬|转)(?:过来|来)?的[:,]|(?:复制|搬运)过来|截图转|(?:抓取|采集|搬运)自|不知(?:道)?(?:出处|来源|谁发)|(?:出处|来源)(?:不[明详]|未知)|谁发的?不(?:清楚|知道|晓得)|(?:不晓得|不知道|不清楚)[^,。\n]{0,6}(?:谁|哪)[^,。\n]{0,10}(?:发|出)的|转给_?(?:需要|有需要)的/;
const SOURCE =
  /(?<!不知道?|不明|没有?|无|未注明|未标明?)(?:来源|出处)(?!不|未)|来自(?!各|全国|五湖|网络|多)|转自(?!网络|别处|多)|原文(?:链接|地址)|信息提供|摘自(?!网络|多)|via |原作者[:]|@[^\s]{2,20}|原发(?:于|布)|首发于/;

/** Whether words name where a repost comes from; as written, width and case are folded here. */
export const namesSource = (words: string): boolean => SOURCE.test(words.normalize('NFKC').toLowerCase());

const computed = (rules: RuleSet, name: string, kind: Finding['kind'], asOf: Date | undefined): Finding => {
  const { articles, why } = rules.computed(name);
  return {
    kind,
    level: 'format',
    score: 0.8,
    source: 'format',
    by: `format.${name}@1`,
    field: null,
    quote: null,
    start: null,
    end: null,
    articles: rules.cite(articles, asOf),
    exempt: false,
    why,
  };
};

/** Points an otherwise absent finding at words: where `pattern` first stands in one of `names`. */
function pointed(finding: Finding, read: ReadPost, names: readonly QuotableField[], pattern: RegExp): Finding {
  for (const { field, read: normalised } of read.fields) {
    const match = names.includes(field) ? pattern.exec(normalised.view.text) : null;
    if (!match) continue;
    const { start, end } = originalRange(normalised.view, match.index, match.index + match[0].length);
    return { ...finding, field, start, end, quote: normalised.original.slice(start, end) };
  }
  return finding;
}

/** Company names say where a company is registered, not where one will work. */
const COMPANY_NAMES = /[一-鿿]{2,20}(?:有限(?:责任)?公司|股份公司|集团)/g;
const WORKED_ON: ReadonlySet<QuotableField> = new Set(['title', 'text', 'imageText']);
const wordsOf = (read: ReadPost): string =>
  read.fields
    .filter((f) => WORKED_ON.has(f.field))
    .map((f) => f.read.view.text)
    .join('\n');

/**
 * Whether some clause is about doing something: what is left when clauses that state pay, benefits or ways to
 * reach the poster are set aside names two acts, or one of them lists several. Every trade has its own words, so it is told by form and not by a word list.
 */
const PAY = ELEMENTS.find((e) => e.name === 'pay')?.answered ?? /元/;
function tellsWork(words: string): boolean {
  let acts = 0;
  for (const clause of words.slice(0, 4_000).split(/[,。;!?\n:()【】]/)) {
    if (!/[一-鿿]{2}/.test(clause)) continue;
    const listed = LIST_ITEM.test(clause) && VERBS.test(clause);
    if (listed) return true;
    if (VERBS.test(clause) && clause.length >= 3 && !PAY.test(clause) && !NO_WORK.test(clause)) acts += 1;
  }
  return acts >= 2;
}
/** Invitations, benefits and ways to reach the poster are not work. */
const NO_WORK =
  /电话|微信|联系|报名|简历|面试|咨询|私信|群|包[吃住]|吃住|食宿|宿舍|班车|五险|社保|公积金|双休|年假|福利|补贴|加入|欢迎|机会|待遇|高薪|试用|合同|转正|有意|需要的|老板|招[聘人]/;

const filled = (read: ReadPost, field: QuotableField | undefined): boolean => read.fields.some((f) => f.field === field && f.read.view.text.trim() !== '');

/** An employer the poster keeps to itself is not named by the word 公司. */
const HIDDEN_EMPLOYER =
  /(?:具体)?(?:单位|公司|企业|厂家|学校|雇主)(?:名称|名单)?(?:到时|另行?|面试时?|暂时?|暂?不便|保密|不(?:方便|公开))|某(?:知名|大型|上市|国有)?(?:公司|企业|集团|国企|央企|单位)|单位保密/;
/** An account known to hire for itself names the employer of its posts. */
const ownEmployer = (read: ReadPost): boolean => {
  const account = read.post.account;
  return (
    Boolean(account?.subjectName?.trim()) && account?.subjectType !== 'agency' && account?.subjectType !== 'platform' && account?.subjectType !== 'individual'
  );
};

function answers({ name, field, answered }: Element, read: ReadPost, words: string): boolean {
  if (name === 'pay') {
    const open = read.fields.some((f) => f.field === 'salary' && NEGOTIABLE.test(f.read.view.text) && !/\d{3}/.test(f.read.view.text));
    return (filled(read, field) && !open) || answered.test(words);
  }
  if (filled(read, field)) return true;
  if (name === 'employer' && ownEmployer(read)) return true;
  if (name === 'employer' && HIDDEN_EMPLOYER.test(words)) return false;
  if (name === 'place') return answered.test(words.replace(COMPANY_NAMES, ''));
  return answered.test(words) || (name === 'work' && tellsWork(words));
}

/**
 * Format findings of a post that offers work. Posts without words (pictures only) get none: what stands in the picture is not known yet.
 * @param asOf the day whose law applies
 */
export function formatFindings(read: ReadPost, rules: RuleSet, asOf: Date | undefined): Finding[] {
  if (read.fields.length === 0) return [];
  const findings: Finding[] = [];
  const words = wordsOf(read);
  for (const element of ELEMENTS) {
    if (answers(element, read, words)) continue;
    const negotiable = element.name === 'pay' && NEGOTIABLE.test(read.whole);
    const finding = computed(rules, negotiable ? 'pay-negotiable' : `missing-${element.name}`, 'missing-element', asOf);
    findings.push(negotiable ? pointed(finding, read, ['salary', 'title', 'text'], NEGOTIABLE) : finding);
  }
  if (hintsOf(read.whole).reposts > 0 && REPOST.test(read.whole) && !SOURCE.test(read.whole)) {
    findings.push(pointed(computed(rules, 'unsourced-repost', 'unsourced-repost', asOf), read, ['title', 'text'], REPOST));
  }
  return findings;
}
