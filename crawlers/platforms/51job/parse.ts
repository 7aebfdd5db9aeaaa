/** 前程无忧 51job: the search page's `__SEARCH_RESULT__`, a company's page with its posts, and the older detail page. */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText } from '../../extract/html.ts';
import { readAssigned } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';

const DEGREE = /^(初中|高中|中专|中技|大专|本科|硕士|博士|学历)/;
const JOB_ID = /\/(\d{6,12})\.html/;

function searchEntry(page: PageInput, job: unknown) {
  const facts = strings(job, 'attribute_text');
  const company = str(job, 'company_name') ?? str(job, 'fullCompanyName');
  return makePost({
    id: str(job, 'jobid') ?? str(job, 'jobId'),
    platform: '51job',
    title: str(job, 'job_name') ?? str(job, 'jobName'),
    company,
    salary: str(job, 'providesalary_text') ?? str(job, 'provideSalaryString'),
    location: str(job, 'workarea_text') ?? str(job, 'jobAreaString'),
    text: str(job, 'jobDescribe'),
    education: facts.find((f) => DEGREE.test(f)) ?? str(job, 'degreeString'),
    experience: facts.find((f) => /经验|应届|在校/.test(f)) ?? str(job, 'workYearString'),
    headcount: facts.find((f) => /^招/.test(f)),
    publishedAt: readTime(str(job, 'issuedate') ?? str(job, 'issueDateString') ?? str(job, 'updatedate'), page.fetchedAt ?? null),
    url: absolute(str(job, 'job_href') ?? str(job, 'jobHref'), null),
    welfare: strings(job, 'jobwelf_list'),
    account:
      makeAccount({
        id: str(job, 'coid') ?? str(job, 'coId'),
        name: company,
        subjectName: company,
        subjectKind: str(job, 'companytype_text'),
        url: str(job, 'company_href'),
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
  const account = makeAccount({ name: company, subjectName: company });
  const post = makePost({
    id: JOB_ID.exec(page.url ?? '')?.[1],
    platform: '51job',
    title: $('.tHjob h1, .cn h1').first().attr('title')?.trim() || textAt('h1'),
    company,
    salary: textAt('.cn strong'),
    location: facts[0],
    text,
    education: facts.find((f) => DEGREE.test(f)),
    headcount: facts.find((f) => /^招/.test(f)),
    publishedAt: readTime(facts.find((f) => /发布/.test(f))?.replace('发布', ''), page.fetchedAt ?? null),
    url: page.url ?? undefined,
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** Reads a search page, a company page or a detail page. */
export function read51job(page: PageInput): Reading {
  const result = page.html.trimStart().startsWith('{') ? undefined : readAssigned(page.html, '__SEARCH_RESULT__');
  if (isTree(result)) return readSearch(page, list(at(result, 'engine_search_result')));
  const $ = loadHtml(page.html);
  if ($('.tHCop').length > 0) return readCompany(page, $);
  if ($('.job_msg').length > 0) return readDetail(page, $);
  if (/(职位|公司).{0,10}(已下线|已过期|已停止招聘|不存在|暂停招聘)/.test(nodeText($('body').toArray()).slice(0, 3_000)))
    return { status: 'expired', reason: '职位已停止招聘' };
  return { level: 'detail' };
}
