/**
 * 猎聘: the detail page, where the recruiting agency shows and the employer may be hidden, and the search answer.
 * The account is who posts: the headhunting agency when there is one.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, scriptBodies } from '../../extract/html.ts';
import { readDump } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, list, parseJson, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
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

/** Reads a detail page or a search answer (as answered, or as a saved array). */
export function readLiepin(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) {
    const dump = readDump(page.html);
    return readSearch(page, Array.isArray(dump) ? (dump as readonly unknown[]) : list(at(dump, 'data', 'data', 'jobCardList')));
  }
  const $ = loadHtml(page.html);
  if ($('.job-apply-content').length > 0) return readDetail(page, $);
  if (/职位(已|不)(下线|存在|关闭|过期)|该职位已/.test(nodeText($('body').toArray()).slice(0, 3_000))) return { status: 'expired', reason: '职位已结束' };
  return { level: 'detail' };
}
