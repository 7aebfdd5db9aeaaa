/**
 * 中国公共招聘网: a list whose page holds all its posts as escaped JSON (`#findjoblist`), drawn cards where that is
 * missing, and detail pages of a post and of an employer as labels and values. Field codes are those of the
 * ministry's data standard. The contact person's name stands there too and is not kept.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, decodeEntities, loadHtml, nodeText, textOf } from '../../extract/html.ts';
import { labelled, labelledPairs } from '../../extract/labels.ts';
import { readTime } from '../../extract/times.ts';
import { parseJson, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, PageLink, Reading } from '../types.ts';

const SITE = 'http://job.mohrss.gov.cn';
const POST_PATH = '/cjobs/jobinfolist/cb21/showgw?id=';
const DEGREES: Readonly<Record<string, string>> = {
  '10': '研究生',
  '11': '博士研究生',
  '14': '硕士研究生',
  '20': '大学本科',
  '21': '大学本科',
  '30': '大学专科',
  '31': '大学专科',
  '40': '中专',
  '41': '中专',
  '44': '职高',
  '47': '技工学校',
  '60': '高中',
  '61': '普通高中',
  '70': '初中',
  '71': '初中',
  '80': '小学',
  '81': '小学',
  '90': '不限',
};
const idIn = (href: string | undefined): string | undefined => /[?&]id=([\w-]{1,60})/.exec(href ?? '')?.[1];

/** Yuan a month; one bound alone is “以上”. */
function payOf(low: string | undefined, high: string | undefined): string | undefined {
  if (!low && !high) return undefined;
  return low && high && low !== high ? `${low}-${high}元/月` : `${low ?? high}元/月${high ? '' : '以上'}`;
}

function entry(page: PageInput, job: unknown) {
  const id = str(job, 'acb200');
  const company = str(job, 'aab004');
  const text = textOf(decodeEntities(str(job, 'acb22a') ?? ''), true);
  const degree = str(job, 'aac011');
  return makePost({
    id,
    platform: 'mohrss',
    title: str(job, 'aca112'),
    company,
    salary: payOf(str(job, 'acb241'), str(job, 'acb242')),
    location: [str(job, 'area_'), str(job, 'aab302'), str(job, 'acb202')].filter(Boolean).join(' '),
    text: text || undefined,
    education: str(job, 'aac011_') ?? str(job, 'acb239') ?? (degree ? (DEGREES[degree] ?? degree) : undefined),
    headcount: str(job, 'acb240'),
    publishedAt: readTime(str(job, 's_aae397') ?? str(job, 'aae397') ?? str(job, 's_uptime'), page.fetchedAt ?? null),
    validUntil: readTime(str(job, 's_aae398') ?? str(job, 'aae398'), null),
    url: id ? `${SITE}${POST_PATH}${id}` : undefined,
    // Who put the post on the national site, and where it was published first.
    providedBy: str(job, 'org_'),
    sourceUrl: absolute(str(job, 'ace760'), null),
    employmentType: str(job, 'acb228'),
    contacts: contactStrings([text, str(job, 'aae005')].filter(Boolean).join('\n')),
    account:
      makeAccount({
        id: str(job, 'aab001') ?? company,
        name: company,
        subjectName: company,
        uscc: str(job, 'aab998'),
        subjectKind: str(job, 'aab019_') ?? str(job, 'aac024'),
        industry: str(job, 'aca111_'),
      }) ?? undefined,
  });
}

/** Cards as drawn, for a page without the JSON. */
function cards(page: PageInput, $: ReturnType<typeof loadHtml>) {
  return $('#findjobTable .list_con, .list_con')
    .toArray()
    .slice(0, 200)
    .map((card) => {
      const textAt = (selector: string): string => nodeText($(card).find(selector).first().toArray());
      const post = $(card).find('a[href*="showgw"]').first();
      const company = textAt('a[href*="showdw"]');
      const said = labelledPairs($, `#${$(card).attr('id') ?? 'none'}`);
      const url = absolute(post.attr('href'), page.url ?? `${SITE}/cjobs/jobinfolist/`);
      return makePost({
        id: idIn(post.attr('href')),
        platform: 'mohrss',
        title: nodeText(post.toArray()),
        company,
        salary: textAt('.jobs_pay'),
        location: textAt('.josbs_usetime, .jobs_usetime'),
        text:
          labelled(said, '岗位描述') ??
          (textAt('.showorhidden')
            .split(/岗位描述[:：]/)[1]
            ?.trim() ||
            undefined),
        url,
        account: makeAccount({ id: idIn($(card).find('a[href*="showdw"]').attr('href')) ?? company, name: company, subjectName: company }) ?? undefined,
      });
    });
}

/** The next page of a list, by the page's own count. */
function nextPage(page: PageInput, $: ReturnType<typeof loadHtml>): PageLink[] {
  if (!page.url || !URL.canParse(page.url)) return [];
  const url = new URL(page.url);
  const here = Number(url.searchParams.get('pageNo') ?? '1');
  const total = Number($('input[name="totalpages"]').attr('value') ?? '0');
  if (!Number.isInteger(here) || !(here < total)) return [];
  url.searchParams.set('pageNo', String(here + 1));
  return [{ url: url.href, kind: 'list' }];
}

function readList(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const raw = $('#findjoblist').attr('value');
  const entries = parseJson(raw ?? '');
  const listed = Array.isArray(entries) ? (entries as readonly unknown[]).map((job) => entry(page, job)) : cards(page, $);
  const posts = listed.filter((p) => p !== null);
  // Posts that stand here with their text need no visit of their own.
  const links: PageLink[] = posts.flatMap((p) => (p.url && !p.text ? [{ url: p.url, kind: 'post' as const }] : []));
  const empty =
    posts.length === 0 &&
    ((Array.isArray(entries) && entries.length === 0) || /没有(找到|查询到|符合)|暂无(数据|岗位|职位|信息)/.test(nodeText($('body').toArray())));
  return { posts, level: 'list', empty, links: [...links, ...nextPage(page, $)] };
}

function readDetail(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const said = labelledPairs($);
  const value = (...labels: readonly string[]): string | undefined => labelled(said, ...labels);
  const company = value('招聘单位', '单位名称', '用人单位', '企业名称', '公司名称') ?? (nodeText($('a[href*="showdw"]').first().toArray()) || undefined);
  const ofEmployer = /\/showdw\b/.test(page.url ?? '');
  const account = makeAccount({
    id: idIn($('a[href*="showdw"]').attr('href') ?? (ofEmployer ? (page.url ?? undefined) : undefined)) ?? company,
    name: company,
    subjectName: company,
    uscc: value('统一社会信用代码'),
    subjectKind: value('单位性质', '单位类型', '企业性质', '经济类型'),
    industry: value('所属行业', '行业'),
    description: value('单位简介', '单位介绍', '企业简介', '公司简介'),
  });
  const title = value('岗位名称', '招聘岗位', '职位名称', '招聘工种') ?? nodeText($('h1, h2, h3, .job_name, .gw_name').first().toArray());
  const parts = [value('岗位描述', '职位描述', '工作描述'), value('岗位职责', '工作内容'), value('岗位要求', '任职要求', '其他要求'), value('备注')];
  const text = [...new Set(parts.filter((part) => part !== undefined))].join('\n');
  if (ofEmployer || (!text && !value('岗位名称', '招聘岗位', '职位名称', '招聘工种'))) return { account, level: 'account' };
  const post = makePost({
    id: idIn(page.url ?? undefined) ?? $('input[name="acb200"], #acb200').attr('value'),
    platform: 'mohrss',
    title,
    company,
    salary: value('月薪', '薪资', '薪资待遇', '薪酬', '工资待遇', '月薪范围'),
    location: value('工作地点', '工作地区', '工作区域', '工作地址'),
    text,
    education: value('学历要求', '学历', '文化程度'),
    sex: value('性别', '性别要求'),
    age: value('年龄', '年龄要求', '年龄范围'),
    experience: value('工作年限', '工作经验'),
    headcount: value('招聘人数', '需求人数'),
    publishedAt: readTime(value('发布时间', '发布日期', '更新时间', '有效期开始'), page.fetchedAt ?? null),
    validUntil: readTime(
      value('有效期', '截止日期', '有效期至', '截止时间')
        ?.split(/至|~|—/)
        .at(-1),
      null,
    ),
    url: page.url ?? undefined,
    providedBy: value('信息来源', '发布机构', '发布单位'),
    contacts: contactStrings([text, value('联系电话', '电话', '联系方式')].filter(Boolean).join('\n')),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** Reads a list, a post or an employer; says when the post is gone. */
export function readMohrss(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  if ($('#findjoblist, #findjobTable, .list_con').length > 0) return readList(page, $);
  const gone = /(该)?(岗位|职位|招聘信息)(已|不)(下线|失效|过期|停止|结束|存在|关闭|删除)/.exec(nodeText($('body').toArray()).slice(0, 3_000))?.[0];
  if (gone) return { status: /删除|不存在/.test(gone) ? 'deleted' : 'expired', reason: gone };
  return readDetail(page, $);
}
