/**
 * What a posting lacks: the six elements the 2026 notice asks for (employer, number, conditions, work, place, pay), and the
 * source of a repost. Absences are format findings: a platform should have them completed, nobody is fined for them.
 * A missing date is never reported here, for the law lets a posting carry a date or be kept up to date, and one post cannot show which.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { QuotableField } from '../../core/model/post.ts';
import { originalRange } from '../text/normalise.ts';
import type { RuleSet } from './compile.ts';
import type { ReadPost } from './read.ts';

interface Element {
  readonly name: string;
  /** A site's own field that answers it when filled in. */
  readonly field?: QuotableField;
  /** Words that answer it anywhere in the post (folded text). */
  readonly answered: RegExp;
}

/** Law and sentence of each: `law/rules/computed.yaml`, under `missing-<name>`. */
const ELEMENTS: readonly Element[] = [
  {
    name: 'employer',
    field: 'company',
    answered: /公司|集团|工厂|厂区|[一-鿿]{2,8}(?:厂|店|院|校|馆|所|局|中心|酒店|餐厅|银行|物流|科技)|单位[:]|发布者[:]|我司|本厂|本店/,
  },
  { name: 'headcount', field: 'headcount', answered: /\d{1,4} ?(?:名|人|位|个)|[一二三四五六七八九十两百]{1,3}(?:名|人|位)|若干|人数|数名|多名|大量|各\d/ },
  { name: 'conditions', field: 'education', answered: /要求|条件|资格|学历|经验|不限|岁|专业|优先|能力|会[一-鿿]|需[要有]|具备|熟[练悉]|应届/ },
  {
    name: 'work',
    answered:
      /职责|负责|工作内容|岗位描述|职位描述|工作描述|岗位说明|主要工作|从事|完成|协助|制作|操作|维护|销售|服务|接待|配送|管理|组装|包装|检验|开发|设计|教学|护理/,
  },
  { name: 'place', field: 'location', answered: /地[点址]|[一-鿿]{2}(?:省|市|区|县|镇|路|街|大道|园区|广场|大厦)|坐标|附近|不限工作地点|远程|在家/ },
  {
    name: 'pay',
    field: 'salary',
    answered: /\d{2,6} ?(?:元|块|\/[月天时日])|\d ?(?:k|千|万|w)|薪[资水酬]? ?[:]? ?\d|工资|底薪|时薪|日薪|月薪|年薪|课时费|提成/,
  },
];
const NEGOTIABLE = /面议|面谈|电议|详谈|薪资?可谈/;
const REPOST = /(?:^|[\n[【( ])(?:转发|转载|代转|帮转|扩散|转)(?=[:】\])》 ])|帮(?:朋友|忙)转发|转发扩散|代朋友转/;
const SOURCE = /来源|来自|转自|出处|原文(?:链接|地址)|信息提供|摘自|via |原作者|@[^\s]{2,20}/;

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

const filled = (read: ReadPost, field: QuotableField | undefined): boolean => read.fields.some((f) => f.field === field && f.read.view.text.trim() !== '');

/**
 * Format findings of a post. Posts without words (pictures only) get none: what stands in the picture is not known yet.
 * @param asOf the day whose law applies
 */
export function formatFindings(read: ReadPost, rules: RuleSet, asOf: Date | undefined): Finding[] {
  if (read.fields.length === 0) return [];
  const findings: Finding[] = [];
  const payOpen = read.fields.some((f) => f.field === 'salary' && NEGOTIABLE.test(f.read.view.text) && !/\d{3}/.test(f.read.view.text));
  for (const { name, field, answered } of ELEMENTS) {
    const given = name === 'pay' ? filled(read, field) && !payOpen : filled(read, field);
    if (given || answered.test(read.whole)) continue;
    const negotiable = name === 'pay' && NEGOTIABLE.test(read.whole);
    const finding = computed(rules, negotiable ? 'pay-negotiable' : `missing-${name}`, 'missing-element', asOf);
    findings.push(negotiable ? pointed(finding, read, ['salary', 'title', 'text'], NEGOTIABLE) : finding);
  }
  if (REPOST.test(read.whole) && !SOURCE.test(read.whole)) {
    findings.push(pointed(computed(rules, 'unsourced-repost', 'unsourced-repost', asOf), read, ['title', 'text'], REPOST));
  }
  return findings;
}
