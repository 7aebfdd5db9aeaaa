/**
 * 猎聘: the detail page, where the recruiting agency shows and the employer may be hidden, and the search answer.
 * The account is who posts: the headhunting agency when there is one.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, scriptBodies } from '../../extract/html.ts';
import { readAssigned, readDumps } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, parseJson, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOfAnswer } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';

const DEGREE = /^(学历不限|初中|高中|中专|中技|大专|统招本科|本科|硕士|MBA|博士)/;
const JOB_ID = /\/(?:a|job|lptjob)\/(\d{5,12})/;

function readDetail(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const context = scriptBodies(page.html, /ld\+json/)
    .map(parseJson)
    .find((v) => str(v, 'pubDate'));
  const titles = $('.recruiter-container .title-box span')
    .toArray()
    .map((s) => nodeText([s]).replace(/^·\s*/, ''))
    .filter(Boolean);
  const headhunter = titles.some((t) => /猎头/.test(t)) || $('a[href*="/hunter/"]').length > 0;
  const poster = titles.find((t) => /公司|中心|集团|事务所|厂|店$/.test(t)) ?? (headhunter ? titles[1] : undefined);
  const employer = textAt('.company-info-container .name, .company-card .name');
  const account = makeAccount({
    name: poster ?? (employer || undefined),
    subjectName: poster ?? (employer || undefined),
    // A headhunter recruits for others by its own description; the licence lists decide the rest.
    subjectType: headhunter ? 'agency' : undefined,
  });
  const [location = '', experience = '', education = ''] = $('.job-apply-content .job-properties span:not(.split)')
    .toArray()
    .map((s) => nodeText([s]));
  const text = nodeText($('[data-selector="job-intro-content"]').toArray(), true);
  const url = absolute(str(context, '@id') ?? page.url ?? undefined, null);
  const post = makePost({
    id: JOB_ID.exec(url ?? '')?.[1],
    platform: 'liepin',
    title: textAt('.job-apply-content .name'),
    company: employer || (headhunter ? undefined : poster),
    salary: textAt('.job-apply-content .salary'),
    location,
    experience,
    education,
    text,
    // Who recruits calls himself 猎头 or names his agency here, which the employer's name hides.
    recruiterTitle: titles[0] === poster ? undefined : titles[0],
    publishedAt: readTime(str(context, 'pubDate'), page.fetchedAt ?? null),
    url,
    welfare: $('.job-apply-container-left .labels span')
      .toArray()
      .map((s) => nodeText([s])),
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  const closed = /该职位已(结束|暂停|下线|关闭)|职位已(过期|下线)/.exec(textAt('.job-apply-container'))?.[0];
  return { account, posts: post ? [post] : [], level: 'detail', ...(closed ? { status: 'expired' as const, reason: closed } : {}) };
}

function readSearch(page: PageInput, entries: readonly unknown[]): Reading {
  const posts = entries
    .map((entry) =>
      makePost({
        id: str(entry, 'job', 'jobId'),
        platform: 'liepin',
        title: str(entry, 'job', 'title'),
        company: str(entry, 'comp', 'compName'),
        salary: str(entry, 'job', 'salary'),
        location: str(entry, 'job', 'dq'),
        education: strings(entry, 'job', 'labels').find((l) => DEGREE.test(l)),
        labels: strings(entry, 'job', 'labels'),
        publishedAt: readTime(str(entry, 'job', 'refreshTime'), page.fetchedAt ?? null),
        url: absolute(str(entry, 'job', 'link'), null),
        account:
          makeAccount({ id: str(entry, 'comp', 'compId'), name: str(entry, 'comp', 'compName'), industry: str(entry, 'comp', 'compIndustry') }) ?? undefined,
      }),
    )
    .filter((p) => p !== null);
  return { posts, level: 'list', empty: entries.length === 0, links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

/** An entry of a search: the job beside its employer. */
const isEntry = (value: unknown): boolean => isTree(at(value, 'job')) && str(value, 'job', 'title') !== undefined && isTree(at(value, 'comp'));

/** The detail page before 2021. */
function readOlder(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const company = $('.title-info h3 a').first().attr('title')?.trim() || textAt('.title-info h3') || textAt('.company-logo p a');
  const account = makeAccount({ name: company, subjectName: company });
  const text = nodeText($('.content-word, .job-description .content').first().toArray());
  const [experience, education] = [/经验|年/, DEGREE].map((wanted) =>
    $('.job-qualifications span')
      .toArray()
      .map((s) => nodeText([s]))
      .find((s) => wanted.test(s)),
  );
  const url = absolute($('link[rel="canonical"]').attr('href') ?? page.url ?? undefined, null);
  const post = makePost({
    id: JOB_ID.exec(url ?? '')?.[1],
    platform: 'liepin',
    title: $('.title-info h1').first().attr('title')?.trim() || textAt('.title-info h1'),
    company,
    salary: textAt('.job-item-title, .job-main-title').split('\n')[0],
    location: textAt('.basic-infor span a, .basic-infor span'),
    experience,
    education,
    text: text.replace(/^职位描述[:：]\s*/, ''),
    publishedAt: readTime($('.basic-infor time').first().attr('title') ?? textAt('.basic-infor time'), page.fetchedAt ?? null),
    url,
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  const closed = /该职位已(结束|暂停|下线|关闭|过期)|职位已(过期|下线)/.exec(textAt('.title-info, .job-item, .about-position'))?.[0];
  return { account, posts: post ? [post] : [], level: 'detail', ...(closed ? { status: 'expired' as const, reason: closed } : {}) };
}

/** Cards of a list, for pages saved from a browser. */
function readCards(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const posts = $('.job-list-item, .job-card-pc-container')
    .toArray()
    .slice(0, 300)
    .map((card) => {
      const textAt = (selector: string): string => nodeText($(card).find(selector).first().toArray());
      const url = absolute($(card).find('a[href*="/job/"], a[href*="/a/"]').first().attr('href'), page.url ?? 'https://www.liepin.com/')?.split('?')[0];
      const company = textAt('.company-name');
      return makePost({
        id: JOB_ID.exec(url ?? '')?.[1],
        platform: 'liepin',
        title: $(card).find('.job-title-box [title], .job-title').first().attr('title')?.trim() || textAt('.job-title-box .ellipsis-1, .job-title'),
        company,
        salary: textAt('.job-salary'),
        location: textAt('.job-dq-box .ellipsis-1, .job-dq'),
        url,
        account: makeAccount({ name: company }) ?? undefined,
      });
    })
    .filter((p) => p !== null);
  return { posts, level: 'list', links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

/** The state of a page that a script draws. */
function drawnState(html: string): readonly unknown[] {
  try {
    return gather(readAssigned(html, '__INITIAL_STATE__'), isEntry);
  } catch {
    return [];
  }
}

/** Reads a detail page or a search answer (as answered, or as a saved array). */
export function readLiepin(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) {
    const dumps = readDumps(page.html);
    const found = gather(dumps, isEntry);
    const refused = found.length === 0 ? stateOfAnswer(dumps) : null;
    if (refused) return refused;
    const none = dumps.some((d) => (Array.isArray(d) && d.length === 0) || Array.isArray(at(d, 'data', 'data', 'jobCardList')));
    return { ...readSearch(page, found), empty: found.length === 0 && none };
  }
  const $ = loadHtml(page.html);
  if ($('.title-info h1').length > 0 && $('.content-word, .job-description').length > 0) return readOlder(page, $);
  if ($('.job-apply-content').length > 0) return readDetail(page, $);
  const stated = drawnState(page.html);
  if (stated.length > 0) return readSearch(page, stated);
  const cards = readCards(page, $);
  if (cards.posts?.length) return cards;
  const gone = /职位(已|不)(下线|存在|关闭|过期)|该职位已/.test(nodeText($('body').toArray()).slice(0, 3_000));
  return gone ? { status: 'expired', reason: '职位已结束' } : { level: 'detail' };
}
