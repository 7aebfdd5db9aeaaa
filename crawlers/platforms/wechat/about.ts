/**
 * The account page of a WeChat public account: labelled rows with 微信号, 认证主体 or 账号主体 or 主体类型, and the
 * record of names, which shows bought and renamed accounts. The page states no display name of its own; the last
 * name on record is the name.
 */
import type { CheerioAPI } from 'cheerio/slim';
import type { AccountInput, SubjectType } from '../../../core/model/post.ts';
import { nodeText } from '../../extract/html.ts';
import { labelled as first, labelledPairs } from '../../extract/labels.ts';
import { makeAccount } from '../define.ts';

/** Rows of `.item-info` by label; 帐号 and 账号 are one word. Where the template has other names, labels and values of the page. */
function labelledRows($: CheerioAPI): Map<string, string> {
  const rows = new Map<string, string>();
  if ($('.item-info').length === 0) for (const [label, value] of labelledPairs($)) rows.set(label.replaceAll('帐', '账'), value);
  for (const item of $('.item-info').toArray().slice(0, 200)) {
    const label = nodeText($(item).find('.item-title').first().toArray());
    const value = nodeText($(item).find('.item-desc').first().toArray());
    const name = label.replaceAll('帐', '账');
    if (name && value && !rows.has(name)) rows.set(name, value);
  }
  return rows;
}

/** What the registered kind of subject says; employer and agency cannot be told apart from it. */
function subjectTypeOf(kind: string | undefined): SubjectType | undefined {
  if (!kind) return undefined;
  if (/个人/.test(kind)) return 'individual';
  return /政府|事业单位|机关|群团/.test(kind) ? 'public' : undefined;
}

const BIZ = /[?&;]__biz=([\w+/=%]{8,40})/;

/** The account on an about page, or null when there are no labelled rows. @param url of the page, which names the account */
export function readAbout($: CheerioAPI, html: string, url: string | null): AccountInput | null {
  const rows = labelledRows($);
  const alias = first(rows, '微信号', '公众号ID');
  const subjectName = first(rows, '认证主体', '账号主体', '主体名称', '企业全称');
  const kind = first(rows, '认证类型', '账号类型', '主体类型');
  // Any page may say one such thing; an account page says two.
  if ([alias, subjectName, kind].filter(Boolean).length < ($('.item-info').length > 0 ? 1 : 2)) return null;
  const renames = $('#js_div_rename_history .js_item, .rename-history .js_item')
    .toArray()
    .slice(0, 100)
    .map((item) => nodeText([item]));
  const named = /(?:改名|注册)\s*[“"]([^”"]{1,100})[”"]/.exec(renames[0] ?? '')?.[1];
  const biz = BIZ.exec(url ?? '')?.[1] ?? BIZ.exec(html)?.[1];
  const userName = /username=(gh_\w{8,20})/.exec(html)?.[1] ?? (alias?.startsWith('gh_') ? alias : undefined);
  return makeAccount({
    id: (biz && decodeURIComponent(biz)) ?? userName,
    name: first(rows, '名称', '公众号名称', '账号名称') ?? named,
    alias,
    description: first(rows, '公众号简介', '服务号简介', '订阅号简介', '简介', '功能介绍'),
    subjectName,
    subjectType: subjectTypeOf(kind),
    subjectKind: kind,
    // The label of the 2026 notice for recruiting accounts; what the platform calls the subject's kind is another thing.
    category: first(rows, '招聘服务类标签'),
    verified: rows.has('认证主体') || rows.has('认证类型'),
    verifiedAt: first(rows, '最近核验日期', '认证时间'),
    icp: first(rows, 'ICP备案号'),
    uscc: first(rows, '统一社会信用代码'),
    licenceNo: first(rows, '许可证号', '许可证或备案号', '人力资源服务许可证号', '人力资源服务许可证'),
    servicePhone: first(rows, '客服电话'),
    userName,
    renames,
  });
}
