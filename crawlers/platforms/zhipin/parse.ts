/**
 * BOSS直聘: the server-rendered detail page (with the registered company in its 工商信息 block), cards of a list page,
 * and the JSON of list and detail, whose proxy marks show posts of agencies.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, linksOf, loadHtml, nodeText, scriptBodies } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { at, list, parseJson, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';

const SITE = 'https://www.zhipin.com/';
const DETAIL = /\/job_detail\/([\w~-]{5,60})\.html/;
const BRAND = /\/gongsir?\/([\w~-]{5,60})\.html/;

function readDetail(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const context = scriptBodies(page.html, /ld\+json/)
    .map(parseJson)
    .find((v) => str(v, 'pubDate') ?? str(v, 'upDate'));
  const section = (heading: RegExp) => $('.job-sec').filter((_, el) => heading.test($(el).find('h3').first().text()));
  const business = section(/工商信息/);
  const facts = new Map(
    business
      .find('.level-list li')
      .toArray()
      .map((li) => nodeText([li]).split(/[:：]/))
      .map(([k = '', ...v]) => [k.trim(), v.join('：').trim()]),
  );
  const subjectName = nodeText(business.find('.name').first().toArray());
  // The first such links are the site's own navigation; a company's has its key.
  const brand = linksOf($, 'a[href*="/gongsi/"], a[href*="/gongsir/"]', SITE).find((href) => BRAND.test(href));
  const account = makeAccount({
    id: BRAND.exec(brand ?? '')?.[1],
    name: subjectName || textAt('.company-info .name') || textAt('.brand-name'),
    subjectName,
    description: nodeText(
      section(/公司介绍/)
        .find('.text')
        .toArray(),
    ),
    subjectKind: facts.get('企业类型'),
    legalStatus: facts.get('经营状态'),
    founded: facts.get('成立日期'),
  });
  const [city = '', experience = '', education = ''] = textParts(nodeTextOfFacts($));
  const text = nodeText(
    section(/职位描述/)
      .find('.text')
      .toArray(),
  );
  const status = textAt('.job-status');
  const url = absolute(str(context, '@id') ?? page.url ?? undefined, SITE);
  const post = makePost({
    id: DETAIL.exec(url ?? '')?.[1],
    platform: 'zhipin',
    title: textAt('.info-primary h1') || textAt('.job-banner h1'),
    company: subjectName || undefined,
    salary: textAt('.info-primary .salary'),
    location: textAt('.location-address') || city,
    text,
    education,
    experience,
    publishedAt: readTime(str(context, 'pubDate') ?? str(context, 'upDate') ?? textAt('.gray .time'), page.fetchedAt ?? null),
    updatedAt: readTime(str(context, 'upDate'), null),
    url,
    welfare: [
      ...new Set(
        $('.job-banner .job-tags span, .info-primary .job-tags span')
          .toArray()
          .map((s) => nodeText([s])),
      ),
    ],
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  const closed = /关闭|停止招聘|已下线/.test(status);
  return { account, posts: post ? [post] : [], level: 'detail', ...(closed ? { status: 'expired' as const, reason: status } : {}) };
}

/** City, experience and degree stand in one paragraph, parted by `em` marks. */
function nodeTextOfFacts($: ReturnType<typeof loadHtml>): string {
  const p = $('.info-primary p').first();
  p.find('em').replaceWith('|');
  return nodeText(p.toArray());
}
const textParts = (text: string): string[] => text.split('|').map((s) => s.trim());

function readCards(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const posts = $('li.job-card-box, li.job-card-wrapper, .job-list li .job-primary')
    .toArray()
    .map((card) => {
      const textAt = (selector: string): string => nodeText($(card).find(selector).first().toArray());
      const href = absolute($(card).find('a[href*="/job_detail/"]').attr('href'), page.url ?? SITE);
      return makePost({
        id: DETAIL.exec(href ?? '')?.[1],
        platform: 'zhipin',
        title: textAt('.job-name'),
        salary: textAt('.job-salary, .salary'),
        company: textAt('.boss-name, .company-name'),
        location: textAt('.company-location, .job-area'),
        url: href,
      });
    })
    .filter((p) => p !== null);
  const links = linksOf($, 'a[href*="/job_detail/"]', page.url ?? SITE).map((url) => ({ url, kind: 'post' as const }));
  return { posts, links, level: 'list', empty: /没有找到相关职位|暂无职位/.test(page.html) };
}

function readAnswer(page: PageInput): Reading {
  const data = at(parseJson(page.html), 'zpData');
  const job = at(data, 'jobInfo');
  if (job) {
    const account = makeAccount({
      id: str(data, 'brandComInfo', 'encryptBrandId'),
      name: str(data, 'brandComInfo', 'customerBrandName') ?? str(data, 'brandComInfo', 'brandName'),
    });
    const text = str(job, 'postDescription') ?? '';
    const post = makePost({
      id: str(job, 'encryptId'),
      platform: 'zhipin',
      title: str(job, 'jobName'),
      company: account?.name,
      salary: str(job, 'salaryDesc'),
      location: str(job, 'address') ?? str(job, 'locationName'),
      education: str(job, 'degreeName'),
      text,
      contacts: contactStrings(text),
      proxyJob: str(job, 'proxyJob'),
      proxyType: str(job, 'proxyType'),
      account: account ?? undefined,
    });
    return { account, posts: post ? [post] : [], level: 'detail' };
  }
  const posts = list(data, 'jobList').map((j) =>
    makePost({
      id: str(j, 'encryptJobId'),
      platform: 'zhipin',
      title: str(j, 'jobName'),
      company: str(j, 'brandName'),
      salary: str(j, 'salaryDesc'),
      location: [str(j, 'cityName'), str(j, 'areaDistrict')].filter(Boolean).join(' '),
      education: str(j, 'jobDegree'),
      url: str(j, 'encryptJobId') ? `${SITE}job_detail/${str(j, 'encryptJobId')}.html` : undefined,
      welfare: strings(j, 'welfareList'),
      account: makeAccount({ id: str(j, 'encryptBrandId'), name: str(j, 'brandName') }) ?? undefined,
    }),
  );
  const kept = posts.filter((p) => p !== null);
  return { posts: kept, level: 'list', empty: kept.length === 0 && Array.isArray(at(data, 'jobList')) };
}

/** Reads a detail page, a list page, or one of the two JSON answers. */
export function readZhipin(page: PageInput): Reading {
  if (page.html.trimStart().startsWith('{')) return readAnswer(page);
  const $ = loadHtml(page.html);
  if ($('.job-sec').length > 0 && $('h1').length > 0) return readDetail(page, $);
  if (/职位(已|不)(下线|存在|关闭)|页面不存在/.test(nodeText($('body').toArray()).slice(0, 5_000))) return { status: 'deleted', reason: '职位不存在或已下线' };
  return readCards(page, $);
}
