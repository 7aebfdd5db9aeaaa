/**
 * 智联招聘: the detail page's `__INITIAL_STATE__` (in the page or saved as JSON), the 2018 search array, today's
 * list cards and the campus search page.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, textOf } from '../../extract/html.ts';
import { readAssigned, readDump } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, list, num, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOfAnswer } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';

/** `positionStatus`/`jobStatus` of a post that is still open. */
const OPEN = 3;

function readDetail(page: PageInput, state: unknown): Reading {
  const job = at(state, 'jobInfo', 'jobDetail', 'detailedPosition');
  const company = at(state, 'jobInfo', 'jobDetail', 'detailedCompany');
  const account = makeAccount({
    id: str(company, 'companyNumber') ?? str(job, 'companyNumber'),
    name: str(company, 'companyName') ?? str(job, 'companyName'),
    subjectName: str(company, 'companyName') ?? str(job, 'companyName'),
    description: str(company, 'companyDescription'),
    industry: str(company, 'industryNameLevel'),
    size: str(company, 'companySize'),
    url: str(company, 'companyUrl'),
  });
  const text = textOf(str(job, 'jobDesc') ?? str(job, 'jobDescPC') ?? '');
  const headcount = num(job, 'recruitNumber');
  const post = makePost({
    id: str(job, 'positionNumber') ?? str(job, 'number') ?? str(state, 'jobNumber'),
    platform: 'zhaopin',
    title: str(job, 'positionName') ?? str(job, 'name'),
    company: account?.name,
    salary: str(job, 'salary60') ?? str(job, 'salaryReal'),
    location: [str(job, 'positionWorkCity') ?? str(job, 'workCity'), str(job, 'positionCityDistrict'), str(job, 'workAddress')].filter(Boolean).join(' '),
    text,
    education: str(job, 'education'),
    experience: str(job, 'positionWorkingExp'),
    headcount: headcount ? String(headcount) : undefined,
    publishedAt: readTime(str(job, 'positionPublishTime') ?? str(job, 'publishTime'), page.fetchedAt ?? null),
    url: absolute(str(job, 'positionUrl') ?? page.url ?? undefined, null),
    welfare: list(job, 'welfareLabel')
      .map((w) => str(w, 'value'))
      .filter((w) => w !== undefined),
    // Set when an agency posts on behalf of another party (代招).
    onBehalf: at(job, 'rpoProxied') === true || at(job, 'rpoProxy') === true || undefined,
    onBehalfOf: str(job, 'rpoProxyDisplayOrgName'),
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  const status = num(job, 'positionStatus') ?? num(job, 'jobStatus');
  const closed = status !== undefined && status !== OPEN;
  return { account, posts: post ? [post] : [], level: 'detail', ...(closed ? { status: 'expired' as const, reason: `positionStatus ${status}` } : {}) };
}

/** One entry of the search interface (2018 array and `positionList` of later states). */
function searchEntry(page: PageInput, job: unknown) {
  const company = str(job, 'company', 'name') ?? str(job, 'companyName');
  return makePost({
    id: str(job, 'number'),
    platform: 'zhaopin',
    title: str(job, 'jobName') ?? str(job, 'name'),
    company,
    salary: str(job, 'salary') ?? str(job, 'salary60'),
    location: str(job, 'city', 'display') ?? str(job, 'workCity'),
    education: str(job, 'eduLevel', 'name') ?? str(job, 'education'),
    experience: str(job, 'workingExp', 'name') ?? str(job, 'workingExp'),
    headcount: num(job, 'recruitCount') ? str(job, 'recruitCount') : undefined,
    publishedAt: readTime(str(job, 'createDate') ?? str(job, 'publishTime') ?? str(job, 'updateDate'), page.fetchedAt ?? null),
    updatedAt: readTime(str(job, 'updateDate'), null),
    validUntil: readTime(str(job, 'endDate'), null),
    url: absolute(str(job, 'positionURL') ?? str(job, 'positionUrl'), null),
    welfare: strings(job, 'welfare'),
    account:
      makeAccount({
        id: str(job, 'company', 'number') ?? str(job, 'companyNumber'),
        name: company,
        subjectName: company,
        subjectKind: str(job, 'company', 'type', 'name'),
      }) ?? undefined,
  });
}

function readSearch(page: PageInput, entries: readonly unknown[]): Reading {
  const posts = entries.map((job) => searchEntry(page, job)).filter((p) => p !== null);
  return { posts, level: 'list', empty: entries.length === 0, links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

/** A post's page as the browser draws it, for pages saved without their scripts. */
function readDrawn(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const company =
    $('.company__title, .company-info__name, .company a').first().attr('title')?.trim() || textAt('.company__title, .company-info__name, .company-name');
  const account = makeAccount({
    id: /\/(?:CZ|company\/)(\w{5,30})\.htm/
      .exec($('a[href*="company.zhaopin"], .company__title').first().attr('href') ?? '')?.[0]
      ?.replace(/^\/(?:company\/)?|\.htm$/g, ''),
    name: company,
    subjectName: company,
    size: textAt('.company__size'),
    industry: textAt('.company__industry'),
  });
  const facts = $('.summary-plane__info li, .summary-plane__info > *')
    .toArray()
    .map((el) => nodeText([el]));
  const text = nodeText($('.describtion__detail-content, .describtion__detail, .job-description, .pos-ul, .responsibility').first().toArray(), true);
  const url = absolute($('link[rel="canonical"]').attr('href') ?? page.url ?? undefined, null);
  const post = makePost({
    id: /\/(?:jobdetail\/|jobs\/)?(C[CZ]?\w{8,40})\.htm/.exec(url ?? '')?.[1],
    platform: 'zhaopin',
    title: textAt('.summary-plane__title, .summary-plane__top h1, .job-name, h1, h3.summary-plane__title'),
    company,
    salary: textAt('.summary-plane__salary, .job-salary'),
    location: [facts[0], textAt('.job-address__content-text')].filter(Boolean).join(' '),
    experience: facts[1],
    education: facts[2],
    headcount: facts.find((f) => /^招/.test(f)),
    text,
    publishedAt: readTime(textAt('.summary-plane__time, .summary-plane__update'), page.fetchedAt ?? null),
    url,
    welfare: $('.highlights__content-item, .describtion__skills-item')
      .toArray()
      .map((el) => nodeText([el])),
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** The page's state; a page cut off in the middle of it has none. */
function stateOf(page: PageInput, markup: boolean): unknown {
  try {
    return markup ? readAssigned(page.html, '__INITIAL_STATE__') : readDump(page.html);
  } catch {
    return undefined;
  }
}

/** An entry of a search, whatever stands around it. */
const isEntry = (value: unknown): boolean =>
  isTree(value) &&
  str(value, 'number') !== undefined &&
  (str(value, 'jobName') ?? str(value, 'name')) !== undefined &&
  ['positionURL', 'positionUrl', 'salary60', 'salary', 'companyName', 'company'].some((k) => Object.hasOwn(value, k));

/** Cards in the markup: the campus page (2019) and the joblist boxes of today. */
function readCards(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  const posts = $('.presentation-item, .joblist-box__item')
    .toArray()
    .map((card) => {
      const textAt = (selector: string): string => nodeText($(card).find(selector).first().toArray());
      const stripped = (selector: string): string => textAt(selector).replace(/^[^:：]{1,6}[:：]\s*/, '');
      const company = textAt('.company, .companyinfo__name');
      return makePost({
        platform: 'zhaopin',
        title: textAt('.position, .jobinfo__name'),
        company,
        salary: textAt('.jobinfo__salary'),
        location: stripped('.city') || textAt('.jobinfo__other-info-item'),
        headcount: stripped('.num'),
        publishedAt: readTime(stripped('.time'), page.fetchedAt ?? null),
        industry: textAt('.industry'),
        url: absolute($(card).find('a.jobinfo__name').attr('href'), page.url ?? 'https://www.zhaopin.com/'),
        account: makeAccount({ name: company }) ?? undefined,
      });
    })
    .filter((p) => p !== null);
  return {
    posts,
    level: 'list',
    // What scripts hold ready to say is not said.
    empty: /没有找到|暂无(相关)?职位/.test(nodeText($('body').toArray()).slice(0, 20_000)),
    links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])),
  };
}

/** Reads a detail state, a search array or a list page. */
export function readZhaopin(page: PageInput): Reading {
  const isMarkup = page.html.trimStart().startsWith('<');
  const state = stateOf(page, isMarkup);
  if (Array.isArray(state)) return readSearch(page, state as readonly unknown[]);
  if (isTree(state)) {
    if (at(state, 'jobInfo', 'jobDetail', 'detailedPosition')) return readDetail(page, state);
    const entries = at(state, 'positionList') ?? at(state, 'data', 'results') ?? at(state, 'data', 'list');
    if (Array.isArray(entries)) return readSearch(page, entries as readonly unknown[]);
    const found = gather(state, isEntry);
    if (found.length > 0) return readSearch(page, found);
    const refused = isMarkup ? null : stateOfAnswer([state]);
    if (refused) return refused;
  }
  const $ = loadHtml(isMarkup ? page.html : '');
  if ($('.summary-plane, .summary-plane__title, .describtion__detail-content').length > 0) return readDrawn(page, $);
  const cards = readCards(page);
  if (cards.posts?.length || !isMarkup) return cards;
  const gone = /职位(?:已|不)(?:下线|存在|关闭|失效)|该职位已[\u4e00-\u9fff]{1,6}/.exec(nodeText($('body').toArray()).slice(0, 5_000))?.[0];
  return gone ? { status: 'expired', reason: gone } : cards;
}
