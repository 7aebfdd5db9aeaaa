/**
 * Whom a post recruits for, where no field says so: a labelled name (招聘单位：…), else the first full registered name
 * in the title or the text. Conservative: a name without a legible beginning, a source, or one that is warned of is
 * not taken, since findings are drawn from whom an account recruits for.
 */
import type { PostInput } from '../../core/model/post.ts';
import { nameKey } from './names.ts';

export interface NamedEmployer {
  readonly name: string;
  /** Field of the platform, a label in the text, or the running text. */
  readonly by: 'field' | 'label' | 'text';
}

/** How much of a text is read. */
const MAX_READ = 6_000;
const LABEL = /(?:招聘|用人|用工|招工)(?:单位|企业|公司|方)(?:名称|全称)?|(?:公司|企业|单位|机构)(?:名称|全称)/g;
const AFTER_LABEL = /^\s*[】\])）]?\s*[:：是为]\s*([^\n\r，。；！？,;!?|｜]{3,60})/;
const ORGANISATION = /(?:公司|集团|厂|店|中心|学校|大学|学院|医院|幼儿园|合作社|事务所|研究[院所]|银行|酒店|工作室|经营部|商行|协会|[局院所社部馆])$/;
const FORMAL = /[\p{Script=Han}A-Za-z\d（）()·]{2,40}?(?:有限责任公司|股份有限公司|有限公司)(?:\p{Script=Han}{2,10}分公司)?/gu;
/** A place names usually begin with: the longest one standing last in the words before the company form. */
const PLACE =
  /(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|深圳|广州|杭州|南京|苏州|成都|武汉|西安|青岛|宁波|厦门|东莞|佛山|无锡|长沙|郑州|中国|\p{Script=Han}{2}(?:市|县|自治州))/u;
/** Words that run into a name and are none of it. */
const LEAD =
  /^.*(?:我们是|我是|我司|本公司|公司是|现由|隶属于?|来自|加入|受托于|委托|代表|代招|直招|招聘|诚聘|急聘|高薪聘请|入职|就职于|任职于|欢迎来到|欢迎|派往|输送|签约|合作单位|用工单位|派遣单位|项目单位|外包服务商)/u;
/** What stands before a name that is not the employer's. */
const NOT_HIRING = /(?:来源|转自|转载自?|原文|出处|冒充|假冒|仿冒|谨防|声明|勾结|起诉|与|和|为|给|替)[^。；！？\n]{0,6}$/u;
/** What a party is called before its name: 公路养护单位某某公司. */
const ROLE = /(?:单位|企业|公司|服务商|供应商|客户|工厂|品牌|老牌|大厂)$/u;
/** A bracket that opens and does not close, or a number, is text and not a name. */
const UNBALANCED = /^[^（(]*[)）]|[（(][^)）]*$|\d{2}/;
const BOUNDARY = /[\s，。；：:、！？!?,;【】[\]《》“”"'|｜>）)]$/u;

const tidy = (name: string): string => name.replace(/^[\s“”"'《》【】\-—:：]+|[\s“”"'《》【】\-—。]+$/gu, '').trim();

function labelled(text: string): string | null {
  for (const found of text.matchAll(LABEL)) {
    const name = tidy(AFTER_LABEL.exec(text.slice(found.index + found[0].length, found.index + found[0].length + 80))?.[1] ?? '');
    const cut = /^.{2,50}?(?:有限责任公司|股份有限公司|有限公司)(?:\p{Script=Han}{2,10}分公司)?/u.exec(name)?.[0] ?? name.split(/\s/)[0] ?? '';
    if (cut.length >= 4 && cut.length <= 50 && ORGANISATION.test(cut)) return cut;
  }
  return null;
}

/** The name at the end of a stretch of words, without what runs into it; null when its beginning cannot be told. */
function withoutLead(words: string, before: string): string | null {
  const led = LEAD.exec(words)?.[0];
  const rest = led ? words.slice(led.length) : words;
  const clear = led !== undefined || before === '' || BOUNDARY.test(before);
  const place = PLACE.exec(rest);
  const at = place?.index ?? -1;
  // A place inside a name stands in brackets; one with its designator begins the name.
  const begins = at > 0 && at <= 10 && !/[（(]$/.test(rest.slice(0, at)) && (/[市县州]$/u.test(place?.[0] ?? '') || !clear || ROLE.test(rest.slice(0, at)));
  if (begins) return rest.slice(at);
  if (clear && rest.length >= 6 && rest.length <= 30) return rest;
  return at === 0 && rest.length >= 8 ? rest : null;
}

function inText(text: string): string | null {
  for (const found of text.matchAll(FORMAL)) {
    const before = text.slice(Math.max(0, found.index - 12), found.index);
    const name = withoutLead(found[0], before);
    if (name === null || UNBALANCED.test(name) || NOT_HIRING.test(text.slice(Math.max(0, found.index - 12), found.index + found[0].length - name.length)))
      continue;
    return name;
  }
  return null;
}

/** @returns the employer a post names, or null when it names none that can be told */
export function employerNamed(post: Pick<PostInput, 'company' | 'title' | 'text'>): NamedEmployer | null {
  const field = post.company?.trim();
  if (field) return { name: field, by: 'field' };
  const text = (post.text ?? '').slice(0, MAX_READ);
  const label = labelled(text);
  if (label) return { name: label, by: 'label' };
  const name = inText(text) ?? inText((post.title ?? '').slice(0, 300));
  return name && nameKey(name).length >= 6 ? { name, by: 'text' } : null;
}
