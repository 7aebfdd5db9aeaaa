/**
 * 国家大学生就业服务平台: the JSON list with its pages, and the detail page, whose duties and requirements stand in
 * an embedded JSON, in a `pre`, or between two headings. Anonymous clients get a few pages of a query; what lies
 * behind asks for a login, which is a wall and not the end of the list.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { decodeEntities, loadHtml, nodeText, textOf } from '../../extract/html.ts';
import { labelled, labelledPairs } from '../../extract/labels.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, num, parseJson, str, type Tree } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, PageLink, Reading, Wall } from '../types.ts';

const SITE = 'https://www.ncss.cn';
const LIST = '/student/jobs/jobslist/ajax/';
/** The platform answers no more pages of one query. */
const MAX_OFFSET = 10;
const JOB_ID = /\/jobs\/([\w-]{6,60})\/detail/;

/** A list people look at is drawn from the JSON list with the same question; any other address is its own first page. */
export function ncssFirstPages(sourceUrl: string): readonly string[] {
  if (!URL.canParse(sourceUrl)) return [sourceUrl];
  const url = new URL(sourceUrl);
  if (!/\/student\/jobs\/?(index\.html)?$/.test(url.pathname)) return [sourceUrl];
  const asked = new URL(LIST, url);
  asked.search = url.search;
  if (!asked.searchParams.has('offset')) asked.searchParams.set('offset', '1');
  if (!asked.searchParams.has('limit')) asked.searchParams.set('limit', '20');
  return [asked.href];
}

/** The list's refusal, and the page that asks for a login. */
export function ncssWall(page: PageInput): Wall | null {
  if (!page.html.trimStart().startsWith('{')) return null;
  const answer = parseJson(page.html);
  if (at(answer, 'flag') !== false && !/登录/.test(str(answer, 'message') ?? str(answer, 'msg') ?? '')) return null;
  const said =
    str(answer, 'message') ??
    str(answer, 'msg') ??
    list(answer, 'errors')
      .map((e) => str(e) ?? str(e, 'message'))
      .find(Boolean) ??
    '';
  if (at(answer, 'data', 'list') !== undefined) return null;
  return { status: /验证|频繁/.test(said) ? 'captcha' : 'login_wall', reason: said || '列表未返回内容（flag=false），通常须登录' };
}

/** Thousands of yuan a month, as the list gives them; 0 and 0 is 面议. */
function payOf(job: unknown): string | undefined {
  const [low, high] = [num(job, 'lowMonthPay'), num(job, 'highMonthPay')];
  if (low === undefined && high === undefined) return str(job, 'monthPay') ?? str(job, 'salary');
  return !low && !high ? '面议' : `${[low, high].filter((n) => n !== undefined).join('-')}K/月`;
}

const originOf = (page: PageInput): string =>
  page.url && URL.canParse(page.url) && /ncss\.(org\.)?cn$/.test(new URL(page.url).hostname) ? new URL(page.url).origin : SITE;

function entry(page: PageInput, job: unknown) {
  const id = str(job, 'jobId') ?? str(job, 'id');
  const company = str(job, 'recName') ?? str(job, 'companyName');
  return makePost({
    id,
    platform: 'ncss',
    title: str(job, 'jobName'),
    company,
    salary: payOf(job),
    location: str(job, 'areaCodeName') ?? str(job, 'areaName'),
    education: str(job, 'degreeName'),
    headcount: str(job, 'headCount'),
    major: str(job, 'major'),
    publishedAt: readTime(num(job, 'publishDate') ?? str(job, 'publishDate'), page.fetchedAt ?? null),
    updatedAt: readTime(num(job, 'updateDate') ?? str(job, 'updateDate'), null),
    url: id ? `${originOf(page)}/student/jobs/${id}/detail.html` : undefined,
    welfare: (str(job, 'recTags') ?? '')
      .split(/[,，、;；]/)
      .map((t) => t.trim())
      .filter(Boolean),
    providedBy: str(job, 'sourcesNameCh') ?? str(job, 'sourcesName'),
    account:
      makeAccount({ id: str(job, 'recId'), name: company, subjectName: company, subjectKind: str(job, 'recProperty'), size: str(job, 'recScale') }) ??
      undefined,
  });
}

/** The next page of a list, by what the answer says of its pages. */
function nextPage(page: PageInput, data: unknown): PageLink[] {
  if (!page.url || !URL.canParse(page.url)) return [];
  const url = new URL(page.url);
  const here = Number(url.searchParams.get('offset') ?? '1');
  const pages = num(data, 'pagenation', 'total') ?? num(data, 'pagination', 'total') ?? 0;
  if (!Number.isInteger(here) || here >= Math.min(pages, MAX_OFFSET)) return [];
  url.searchParams.set('offset', String(here + 1));
  return [{ url: url.href, kind: 'list' }];
}

function readList(page: PageInput, data: unknown): Reading {
  const entries = list(data, 'list');
  const posts = entries.map((job) => entry(page, job)).filter((p) => p !== null);
  const links: PageLink[] = posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : []));
  return { posts, level: 'list', empty: entries.length === 0 && at(data, 'list') !== undefined, links: [...links, ...nextPage(page, data)] };
}

/** The object of an inline script that carries duties and requirements. */
function embedded(html: string): Tree | null {
  for (const found of html.matchAll(/\{[^{}]{0,20000}?["'](?:gwzz|rzzg)["']\s*:[^{}]{0,40000}\}/g)) {
    const value = parseJson(found[0]);
    if (isTree(value)) return value;
  }
  return null;
}

/** What stands between the heading of the description and the invitation to apply. */
const between = (text: string): string =>
  /(?:职位详情|岗位详情|职位描述)\s*([\s\S]{5,50000}?)\s*(?:扫码快速投递简历|投递简历|公司简介|$)/.exec(text)?.[1]?.trim() ?? '';

function readDetail(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  const whole = nodeText($('body').toArray());
  const gone = /(该)?(职位|岗位)已(下线|结束|失效|过期|关闭)|职位不存在/.exec(whole.slice(0, 5_000))?.[0];
  const data = embedded(page.html);
  const pairs = labelledPairs($);
  const told = [
    str(data, 'gwzz') && `岗位职责：${textOf(decodeEntities(str(data, 'gwzz') ?? ''), true)}`,
    str(data, 'rzzg') && `任职资格：${textOf(decodeEntities(str(data, 'rzzg') ?? ''), true)}`,
  ];
  const text = told.filter(Boolean).join('\n') || nodeText($('pre.mainContent, .mainContent').first().toArray(), true) || between(whole);
  const company =
    str(data, 'recName') ??
    (nodeText($('.company-name, .corp-name, .recName, a[href*="/corp"]').first().toArray()) || labelled(pairs, '单位名称', '公司名称', '招聘单位'));
  const account = makeAccount({
    id: str(data, 'recId') ?? /\/corps?\/([\w-]{6,60})/.exec($('a[href*="/corp"]').first().attr('href') ?? '')?.[1],
    name: company,
    subjectName: company,
    subjectKind: str(data, 'recProperty') ?? labelled(pairs, '单位性质', '公司性质'),
  });
  const post = makePost({
    id: JOB_ID.exec(page.url ?? '')?.[1] ?? str(data, 'jobId'),
    platform: 'ncss',
    title: str(data, 'jobName') ?? nodeText($('.job-name, .jobName, .job-title, h1, h2').first().toArray()),
    company,
    salary: payOf(data) ?? (nodeText($('.job-pay, .salary, .money').first().toArray()) || labelled(pairs, '薪资', '月薪', '薪酬')),
    location: str(data, 'areaCodeName') ?? labelled(pairs, '工作地点', '工作地区', '工作城市'),
    text,
    education: str(data, 'degreeName') ?? labelled(pairs, '学历要求', '学历'),
    headcount: str(data, 'headCount') ?? labelled(pairs, '招聘人数', '需求人数'),
    major: str(data, 'major') ?? labelled(pairs, '专业要求', '需求专业'),
    publishedAt: readTime(num(data, 'publishDate') ?? str(data, 'publishDate') ?? labelled(pairs, '发布时间', '发布日期', '更新时间'), page.fetchedAt ?? null),
    validUntil: readTime(labelled(pairs, '截止时间', '截止日期', '有效期至'), null),
    url: page.url ?? undefined,
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail', ...(gone ? { status: 'expired' as const, reason: gone } : {}) };
}

/** Reads the JSON list, the JSON of one job, or a detail page. */
export function readNcss(page: PageInput): Reading {
  if (page.html.trimStart().startsWith('{')) {
    const answer = parseJson(page.html);
    const data = at(answer, 'data') ?? answer;
    if (Array.isArray(at(data, 'list'))) return readList(page, data);
    const post = entry(page, data);
    const text = [str(data, 'gwzz'), str(data, 'rzzg'), str(data, 'jobDesc')]
      .filter(Boolean)
      .map((t) => textOf(decodeEntities(t ?? ''), true))
      .join('\n');
    const whole = post && text ? makePost({ ...post, text, contacts: contactStrings(text) }) : post;
    return { account: whole?.account ?? null, posts: whole ? [whole] : [], level: 'detail' };
  }
  return readDetail(page);
}
