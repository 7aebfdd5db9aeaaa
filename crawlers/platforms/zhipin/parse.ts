/**
 * BOSS直聘: the server-rendered detail page (with the registered company in its 工商信息 block), cards of a list page,
 * and the JSON of list and detail, whose proxy marks show posts of agencies.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, linksOf, loadHtml, nodeText, scriptBodies, topmost } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, list, parseJson, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';

type Page = ReturnType<typeof loadHtml>;

const SITE = 'https://www.zhipin.com/';
const DETAIL = /\/job_detail\/([\w~-]{5,60})\.html/;
const BRAND = /\/gongsir?\/([\w~-]{5,60})\.html/;

/** Facts of 工商信息: `法定代表人：某`, or label and value in elements of their own. */
function factOf($: Page, li: Parameters<Page>[0]): [string, string] {
  const label = nodeText($(li).find('span').first().toArray()).replace(/[:：]$/, '');
  const whole = nodeText([li]);
  if (label && whole.startsWith(label)) return [label, whole.slice(label.length).replace(/^\s*[:：]?\s*/, '')];
  const [name = '', ...value] = whole.split(/[:：]/);
  return [name.trim(), value.join('：').trim()];
}

/** The part of the page under a heading; the inner of two that fit. */
function partUnder($: Page, heading: RegExp): ReturnType<Page> {
  const parts = topmost($, '.job-sec, .detail-section-item, .job-detail-section', 100)
    .flatMap((el) => [...$(el).find('.detail-section-item').toArray(), el])
    .map((el) => $(el));
  return parts.find((el) => heading.test(el.find('h3').first().text())) ?? $('.no-such-section');
}

/** The company with what 工商信息 says of it. */
function companyOf($: Page) {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const business = partUnder($, /工商信息/);
  const facts = new Map(
    business
      .find('.level-list li')
      .toArray()
      .map((li) => factOf($, li)),
  );
  const subjectName = nodeText(business.find('.name').first().toArray()) || facts.get('公司名称') || facts.get('企业名称') || '';
  // The first such links are the site's own navigation; a company's has its key.
  const brand = linksOf($, 'a[href*="/gongsi/"], a[href*="/gongsir/"]', SITE).find((href) => BRAND.test(href));
  return makeAccount({
    id: BRAND.exec(brand ?? '')?.[1],
    name:
      subjectName ||
      textAt('.company-info .name') ||
      textAt('.brand-name') ||
      textAt('.sider-company .company-info a[ka], .sider-company .company-info') ||
      undefined,
    subjectName,
    description: nodeText(
      partUnder($, /公司介绍/)
        .find('.text, .job-sec-text')
        .toArray(),
    ),
    subjectKind: facts.get('企业类型'),
    legalStatus: facts.get('经营状态'),
    founded: facts.get('成立日期'),
  });
}

function readDetail(page: PageInput, $: Page): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const context = scriptBodies(page.html, /ld\+json/)
    .map(parseJson)
    .find((v) => str(v, 'pubDate') ?? str(v, 'upDate'));
  const account = companyOf($);
  const [city = '', experience = '', education = ''] = textParts(nodeTextOfFacts($));
  const text = nodeText(
    partUnder($, /职位描述/)
      .find('.text, .job-sec-text')
      .first()
      .toArray(),
  );
  const status = textAt('.job-status');
  const url = absolute(str(context, '@id') ?? $('link[rel="canonical"]').attr('href') ?? page.url ?? undefined, SITE);
  const post = makePost({
    id: DETAIL.exec(url ?? '')?.[1],
    platform: 'zhipin',
    title: textAt('.info-primary h1') || textAt('.job-banner h1'),
    company: account?.subjectName,
    salary: textAt('.info-primary .salary'),
    location: textAt('.location-address') || city,
    text,
    education,
    experience,
    publishedAt: readTime(str(context, 'pubDate') ?? str(context, 'upDate') ?? (textAt('.gray .time') || updatedIn($)), page.fetchedAt ?? null),
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

/** 页面更新时间, which the template keeps in a grey line of its own. */
const updatedIn = ($: Page): string | undefined =>
  /更新(?:于|时间)[:：]?\s*(\d[\d-]{7,9}(?:\s+[\d:]{5,8})?)/.exec(nodeText($('.gray, .job-author, .update-time').toArray()))?.[1];

/** City, experience and degree stand in one paragraph, parted by `em` marks or each in an element of its own. */
function nodeTextOfFacts($: Page): string {
  const parts = $('.info-primary .text-desc')
    .toArray()
    .map((el) => nodeText([el]));
  if (parts.length > 0) return parts.join('|');
  const p = $('.info-primary p').first();
  p.find('em').replaceWith('|');
  return nodeText(p.toArray());
}
const textParts = (text: string): string[] => text.split('|').map((s) => s.trim());

function readCards(page: PageInput, $: Page): Reading {
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
  return { posts, links, level: 'list', empty: /没有找到相关职位|暂无职位/.test(nodeText($('body').toArray()).slice(0, 20_000)) };
}

function readAnswer(page: PageInput): Reading {
  const answer = parseJson(page.html);
  const data = at(answer, 'zpData') ?? answer;
  const job = at(data, 'jobInfo') ?? at(data, 'jobCard');
  if (job) {
    const account = makeAccount({
      id: str(data, 'brandComInfo', 'encryptBrandId'),
      name: str(data, 'brandComInfo', 'customerBrandName') ?? str(data, 'brandComInfo', 'brandName') ?? str(job, 'brandName'),
    });
    const text = str(job, 'postDescription') ?? '';
    const post = makePost({
      id: str(job, 'encryptId') ?? str(job, 'encryptJobId'),
      platform: 'zhipin',
      title: str(job, 'jobName'),
      company: account?.name,
      salary: str(job, 'salaryDesc'),
      location: str(job, 'address') ?? str(job, 'locationName') ?? str(job, 'cityName'),
      experience: str(job, 'experienceName'),
      url: (str(job, 'encryptId') ?? str(job, 'encryptJobId')) ? `${SITE}job_detail/${str(job, 'encryptId') ?? str(job, 'encryptJobId')}.html` : undefined,
      education: str(job, 'degreeName'),
      text,
      contacts: contactStrings(text),
      proxyJob: str(job, 'proxyJob'),
      proxyType: str(job, 'proxyType'),
      account: account ?? undefined,
    });
    return { account, posts: post ? [post] : [], level: 'detail' };
  }
  const posts = gather(data, (v) => isTree(v) && str(v, 'encryptJobId') !== undefined && str(v, 'jobName') !== undefined).map((j) =>
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
  return { posts: kept, level: 'list', empty: kept.length === 0 && list(data, 'jobList').length === 0 && Array.isArray(at(data, 'jobList')) };
}

/** Reads a detail page, a list page, or one of the two JSON answers. */
export function readZhipin(page: PageInput): Reading {
  if (/^\s*[[{]/.test(page.html)) return readAnswer(page);
  const $ = loadHtml(page.html);
  if ($('.job-sec, .job-sec-text').length > 0 && $('h1').length > 0) return readDetail(page, $);
  // An entry of a list may use the same words.
  if ($('li.job-card-box, li.job-card-wrapper, .job-list li .job-primary').length > 0) return readCards(page, $);
  const closed = /(?:该|此|您查看的)?职位(?:信息)?(?:已|不)(?:关闭|下线|过期|停止招聘)/.exec(
    nodeText($('.error-content, .job-banner, .job-status, .text, body').first().toArray()).slice(0, 5_000),
  )?.[0];
  if (closed) return { status: 'expired', reason: closed };
  if (/职位(已删除|不存在)|页面不存在/.test(nodeText($('body').toArray()).slice(0, 5_000))) return { status: 'deleted', reason: '职位不存在' };
  return readCards(page, $);
}
