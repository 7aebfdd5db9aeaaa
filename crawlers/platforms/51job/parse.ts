/** 前程无忧 51job: the search page's `__SEARCH_RESULT__`, a company's page with its posts, and the older detail page. */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText } from '../../extract/html.ts';
import { readAssigned, readDumps } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, list, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOfAnswer } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';

const DEGREE = /^(初中|高中|中专|中技|大专|本科|硕士|博士|学历)/;
const JOB_ID = /\/(\d{6,12})\.html/;

function searchEntry(page: PageInput, job: unknown) {
  const facts = strings(job, 'attribute_text');
  const company = str(job, 'company_name') ?? str(job, 'fullCompanyName') ?? str(job, 'companyName');
  return makePost({
    id: str(job, 'jobid') ?? str(job, 'jobId'),
    platform: '51job',
    title: str(job, 'job_name') ?? str(job, 'jobName'),
    company,
    salary: str(job, 'providesalary_text') ?? str(job, 'provideSalaryString') ?? str(job, 'jobSalaryString'),
    location: str(job, 'workarea_text') ?? str(job, 'jobAreaString'),
    text: str(job, 'jobDescribe'),
    education: facts.find((f) => DEGREE.test(f)) ?? str(job, 'degreeString'),
    experience: facts.find((f) => /经验|应届|在校/.test(f)) ?? str(job, 'workYearString'),
    headcount: facts.find((f) => /^招/.test(f)),
    publishedAt: readTime(str(job, 'issuedate') ?? str(job, 'issueDateString') ?? str(job, 'updatedate'), page.fetchedAt ?? null),
    url: absolute(str(job, 'job_href') ?? str(job, 'jobHref'), null),
    welfare: [...strings(job, 'jobwelf_list'), ...strings(job, 'jobTags')],
    contacts: contactStrings(str(job, 'jobDescribe') ?? ''),
    account:
      makeAccount({
        id: str(job, 'coid') ?? str(job, 'coId'),
        name: company,
        subjectName: company,
        subjectKind: str(job, 'companytype_text') ?? str(job, 'companyTypeString'),
        url: str(job, 'company_href') ?? str(job, 'companyHref'),
      }) ?? undefined,
  });
}

function readSearch(page: PageInput, entries: readonly unknown[]): Reading {
  const posts = entries.map((job) => searchEntry(page, job)).filter((p) => p !== null);
  return { posts, level: 'list', empty: entries.length === 0, links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

/** A company's page: name, registered name from its business licence, and its posts. */
function readCompany(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const name = $('.tHCop h1').first().attr('title')?.trim() || textAt('.tHCop h1');
  const subjectName = /营业执照[:：]\s*(.+)/.exec($('.blicence span').attr('title') ?? textAt('.blicence'))?.[1]?.trim();
  const account = makeAccount({
    id: $('#hidCOID').attr('value'),
    name,
    subjectName,
    description: textAt('.con_msg .con_txt'),
    subjectKind: textAt('.ltype').split('|')[0]?.trim(),
    verified: subjectName !== undefined,
  });
  const posts = $('#joblistdata .el')
    .toArray()
    .map((row) => {
      const cell = (n: number): string => nodeText($(row).find(`.t${n}`).first().toArray());
      const facts = cell(2)
        .split('|')
        .map((f) => f.trim());
      const url = absolute($(row).find('.t1 a').attr('href'), page.url ?? 'https://jobs.51job.com/');
      return makePost({
        id: JOB_ID.exec(url ?? '')?.[1],
        platform: '51job',
        title: $(row).find('.t1 a').attr('title')?.trim() || cell(1),
        company: subjectName ?? name,
        location: cell(3),
        salary: cell(4),
        publishedAt: readTime(cell(5), page.fetchedAt ?? null),
        experience: facts.find((f) => /经验|应届/.test(f)),
        education: facts.find((f) => DEGREE.test(f)),
        headcount: facts.find((f) => /^招/.test(f)),
        url,
        account: account ?? undefined,
      });
    })
    .filter((p) => p !== null);
  return { account, posts, level: posts.length > 0 ? 'list' : 'account', links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

function readDetail(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const text = textAt('.job_msg');
  const company = $('.cname a').first().attr('title')?.trim() || textAt('.cname a') || textAt('.com_name');
  const facts = ($('.msg.ltype').attr('title') ?? textAt('.msg.ltype')).split('|').map((f) => f.replace(/\u00a0/g, ' ').trim());
  const account = makeAccount({ id: /\/co(\d+)\.html/.exec($('.cname a').first().attr('href') ?? '')?.[1], name: company, subjectName: company });
  const url = absolute(page.url ?? $('link[rel="canonical"]').attr('href'), null);
  const post = makePost({
    id: JOB_ID.exec(url ?? '')?.[1] ?? ($('#hidJobID').attr('value') || undefined),
    platform: '51job',
    title: $('.tHjob h1, .cn h1').first().attr('title')?.trim() || textAt('h1'),
    company,
    salary: textAt('.cn strong'),
    location: facts[0],
    text,
    education: facts.find((f) => DEGREE.test(f)),
    headcount: facts.find((f) => /^招/.test(f)),
    publishedAt: readTime(facts.find((f) => /发布/.test(f))?.replace('发布', ''), page.fetchedAt ?? null),
    url,
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** An entry of a search in the page's data or in the interface's answer. */
const isEntry = (value: unknown): boolean =>
  isTree(value) && (str(value, 'jobid') ?? str(value, 'jobId')) !== undefined && (str(value, 'job_name') ?? str(value, 'jobName')) !== undefined;

/** Rows of the list before 2020, which has no data beside its markup. */
function readRows(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const posts = $('#resultList .el:not(.title), .dw_table .el:not(.title)')
    .toArray()
    .map((row) => {
      const cell = (n: number): string => nodeText($(row).find(`.t${n}`).first().toArray());
      const [link, by] = [$(row).find('.t1 a').first(), $(row).find('.t2 a').first()];
      const url = absolute(link.attr('href'), page.url ?? 'https://search.51job.com/');
      const company = by.attr('title')?.trim() || cell(2);
      return makePost({
        id: JOB_ID.exec(url ?? '')?.[1],
        platform: '51job',
        title: link.attr('title')?.trim() || cell(1),
        company,
        location: cell(3),
        salary: cell(4),
        publishedAt: readTime(cell(5), page.fetchedAt ?? null),
        url,
        account: makeAccount({ id: /\/co(\d+)\.html/.exec(by.attr('href') ?? '')?.[1], name: company, subjectName: company }) ?? undefined,
      });
    })
    .filter((p) => p !== null);
  return { posts, level: 'list', links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

function resultOf(html: string): unknown {
  try {
    return readAssigned(html, '__SEARCH_RESULT__');
  } catch {
    return undefined;
  }
}

/** Reads a search page, a company page or a detail page. */
export function read51job(page: PageInput): Reading {
  if (/^\s*[[{]/.test(page.html)) {
    const answers = readDumps(page.html);
    const entries = gather(answers, isEntry);
    const refused = entries.length === 0 ? stateOfAnswer(answers) : null;
    if (refused) return refused;
    if (entries.length === 1 && !answers.some((a) => Array.isArray(at(a, 'resultbody', 'job', 'items'))))
      return { ...readSearch(page, entries), level: 'detail', links: [] };
    return { ...readSearch(page, entries), empty: entries.length === 0 && answers.some((a) => Array.isArray(at(a, 'resultbody', 'job', 'items'))) };
  }
  const result = resultOf(page.html);
  if (isTree(result)) {
    const listed = list(result, 'engine_search_result');
    return readSearch(page, listed.length > 0 ? listed : gather(result, isEntry));
  }
  const $ = loadHtml(page.html);
  if ($('.tHCop').length > 0) return readCompany(page, $);
  if ($('.job_msg').length > 0) return readDetail(page, $);
  if ($('#resultList .el, .dw_table .el').length > 0) return readRows(page, $);
  if (/(职位|公司|信息).{0,10}(已下线|已过期|已停止招聘|不存在|暂停招聘)/.test(nodeText($('body').toArray()).slice(0, 3_000)))
    return { status: 'expired', reason: '职位已停止招聘' };
  return { level: 'detail' };
}
