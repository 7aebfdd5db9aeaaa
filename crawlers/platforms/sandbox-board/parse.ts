/** The sandbox's job board: lists, a page per job with labelled fields, a page per company with its jobs. */
import type { SubjectType } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, linksOf, loadHtml, nodeText } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, PageLink, Reading } from '../types.ts';

const SUBJECTS: readonly (readonly [RegExp, SubjectType])[] = [
  [/自主招聘/, 'employer'],
  [/人力资源服务机构/, 'agency'],
  [/平台/, 'platform'],
  [/公共就业/, 'public'],
  [/个人/, 'individual'],
];
/** What the board writes where it has nothing. */
const NOTHING = /^(未登记|未公示|未填写)$/;
const COMPANY = /\/company\/([\w-]{1,100})/;

/** Values of labelled rows by their field name, without the board's words for "nothing". */
function rowsOf($: ReturnType<typeof loadHtml>, within: string): ReadonlyMap<string, string> {
  const rows = new Map<string, string>();
  for (const row of $(within).find('[data-field]').toArray().slice(0, 200)) {
    const value = nodeText($(row).find('.value').first().toArray());
    if (value && !NOTHING.test(value)) rows.set($(row).attr('data-field') ?? '', value);
  }
  return rows;
}

function accountOf(page: PageInput, $: ReturnType<typeof loadHtml>) {
  const block = rowsOf($, '.company-block');
  const kind = block.get('subjectType') ?? '';
  const id = $('.company').attr('data-company-id') ?? COMPANY.exec($('a.company-link').attr('href') ?? '')?.[1] ?? COMPANY.exec(page.url ?? '')?.[1];
  return makeAccount({
    id,
    url: id ? absolute(`/company/${id}`, page.url) : undefined,
    name: nodeText($('a.company-link').first().toArray()) || nodeText($('.company-name').first().toArray()),
    description: nodeText($('.company-intro').first().toArray()),
    subjectName: block.get('subjectName'),
    subjectType: SUBJECTS.find(([pattern]) => pattern.test(kind))?.[1],
    uscc: block.get('uscc'),
    category: block.get('category'),
    verified: block.has('verified') ? block.get('verified') === '已认证' : undefined,
    licenceNo: block.get('licenceNo'),
    // The board says so itself where an agency shows no licence.
    qualificationShown: nodeText($('.company-block [data-field="licenceNo"] .value').first().toArray()) === '未公示' ? false : undefined,
    verifiedAt: readTime(block.get('verifiedAt'), page.fetchedAt ?? null),
    website: block.get('website'),
    icp: block.get('icp'),
  });
}

function readJob(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const account = accountOf(page, $);
  const fields = rowsOf($, 'article.job');
  const text = nodeText($('.job-text').toArray());
  const post = makePost({
    id: $('article.job').attr('data-job-id'),
    platform: 'sandbox-board',
    title: nodeText($('.job-title').first().toArray()),
    company: fields.get('company'),
    salary: fields.get('salary'),
    location: fields.get('location'),
    text,
    sex: fields.get('sex'),
    age: fields.get('age'),
    education: fields.get('education'),
    headcount: fields.get('headcount'),
    validUntil: readTime(fields.get('validUntil'), null),
    publishedAt: readTime(fields.get('publishedAt'), page.fetchedAt ?? null),
    url: page.url ?? undefined,
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  // The block beside a job leaves out how the company introduces itself: that stands on its own page.
  return {
    account,
    posts: post ? [post] : [],
    links: linksOf($, 'a.company-link', page.url).map((url) => ({ url, kind: 'account' as const })),
    level: 'detail',
  };
}

/** Reads a job, a company or a list of the board. */
export function readBoard(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  if ($('article.job').length > 0) return readJob(page, $);
  const links: PageLink[] = [
    ...linksOf($, 'a.job-link', page.url).map((url) => ({ url, kind: 'post' as const })),
    ...linksOf($, 'a.next, a.next-page', page.url).map((url) => ({ url, kind: 'list' as const })),
  ];
  if ($('.company').length > 0) return { account: accountOf(page, $), links, level: 'account' };
  const posts = $('.job-card')
    .toArray()
    .map((card) => {
      const url = absolute($(card).find('a.job-link').attr('href'), page.url);
      return makePost({
        id: /\/job\/([\w-]{1,100})\.html/.exec($(card).find('a.job-link').attr('href') ?? '')?.[1],
        platform: 'sandbox-board',
        title: nodeText($(card).find('a.job-link').toArray()),
        company: nodeText($(card).find('.job-company').toArray()),
        publishedAt: readTime(nodeText($(card).find('.job-date').toArray()), page.fetchedAt ?? null),
        url,
      });
    })
    .filter((p) => p !== null);
  return { posts, links, level: 'list', empty: $('.empty').length > 0 || $('.job-list').length > 0 };
}
