/**
 * The job board face: robots.txt with a crawl delay, lists of twenty with a next link, a page per job with the
 * site's own fields beside the text, a page per company; ETag and Last-Modified everywhere, and now and then a
 * 429 or a 503, always at the same requests.
 */
import { localMinute } from '../../core/clock.ts';
import type { SandboxAccount, SandboxPost } from '../world/model.ts';
import type { WorldView } from '../world/view.ts';
import { escapeHtml, type Face, html, plain, type Reply } from './http.ts';

const PER_PAGE = 20;
const PLATFORM = 'sandbox-board';
const SUSPENDED_WORDS = '该单位已被暂停发布招聘信息/服务';

export interface BoardManners {
  /** Seconds, as robots.txt tells them. */
  readonly crawlDelay: number;
  /** Every so-manieth request is answered 429 with Retry-After: 1; 0 for never. */
  readonly refuseEvery: number;
  /** This request since the start is answered 503; 0 for none. */
  readonly breakAt: number;
}
export const DEFAULT_MANNERS: BoardManners = { crawlDelay: 0.05, refuseEvery: 97, breakAt: 41 };

const SUBJECT_ZH: Record<SandboxAccount['subjectType'], string> = {
  employer: '企业（自主招聘）',
  agency: '人力资源服务机构',
  platform: '平台',
  public: '公共就业服务机构',
  individual: '个人',
  unknown: '未填写',
};

const page = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="zh-CN" data-sandbox="board"><head><meta charset="utf-8"><title>${escapeHtml(title)} - 云栖人才网（演示）</title></head>
<body><header class="site-header"><a href="/jobs">全部职位</a></header><main>${body}</main></body></html>`;

const row = (label: string, value: string, name: string): string =>
  value === '' ? '' : `<li class="job-field" data-field="${name}"><span class="label">${label}</span><span class="value">${escapeHtml(value)}</span></li>\n`;

function companyBlock(account: SandboxAccount): string {
  const licence = account.showsQualification ? account.licenceNo : '';
  const site = account.website === '' ? '' : `${row('官方网站', account.website, 'website')}${row('ICP备案号', account.icp || '未填写', 'icp')}`;
  return `<section class="company-block"><h2>单位信息</h2><a class="company-link" href="/company/${account.externalId}">${escapeHtml(account.name)}</a><ul>
${row('单位名称', account.subjectName, 'subjectName')}${row('统一社会信用代码', account.uscc || '未登记', 'uscc')}${row('单位性质', SUBJECT_ZH[account.subjectType], 'subjectType')}${row('许可证号', licence || (account.subjectType === 'agency' ? '未公示' : ''), 'licenceNo')}${row('招聘服务类标签', account.category, 'category')}${row('认证状态', account.verified ? '已认证' : '未认证', 'verified')}${row('最近核验日期', account.verifiedAt, 'verifiedAt')}${site}</ul></section>`;
}

function jobPage(account: SandboxAccount, post: SandboxPost): string {
  const paragraphs = post.text.split('\n').map((line) => `<p>${escapeHtml(line)}</p>`);
  return page(
    post.title,
    `<article class="job" data-job-id="${post.id}"><h1 class="job-title">${escapeHtml(post.title)}</h1><div class="job-salary">${escapeHtml(post.salary)}</div>
<ul class="job-fields">${row('招聘单位', post.company, 'company')}${row('性别要求', post.sex, 'sex')}${row('年龄', post.age, 'age')}${row('学历', post.education, 'education')}${row('人数', post.headcount, 'headcount')}${row('薪资', post.salary, 'salary')}${row('地点', post.location, 'location')}${row('发布时间', localMinute(new Date(post.publishedAt)), 'publishedAt')}${row('有效期', post.validUntil, 'validUntil')}</ul>
<section class="job-detail"><h2>工作内容</h2><div class="job-text">${paragraphs.join('\n')}</div></section></article>${companyBlock(account)}`,
  );
}

/** Jobs on the lists now: of visible, unsuspended companies, newest first. */
function listed(view: WorldView): SandboxPost[] {
  return view
    .accounts(PLATFORM)
    .filter((a) => !view.isSuspended(a))
    .flatMap((a) => view.postsOf(PLATFORM, a.externalId).filter((p) => !view.isDeleted(p)))
    .sort((a, b) => b.publishedAt.localeCompare(a.publishedAt) || a.id.localeCompare(b.id));
}

function jobCards(posts: readonly SandboxPost[]): string {
  const cards = posts.map(
    (p) =>
      `<li class="job-card"><a class="job-link" href="/job/${p.id}.html">${escapeHtml(p.title)}</a><span class="job-company">${escapeHtml(p.company)}</span><span class="job-date">${p.publishedAt.slice(0, 10)}</span></li>`,
  );
  return `<ul class="job-list">\n${cards.join('\n')}\n</ul>`;
}

/** Serves the job board of a world. */
export function boardFace(view: WorldView, manners: BoardManners): Face {
  let requests = 0;
  const dated = (body: string, at: Date): Reply => html(body, { lastModified: new Date(Math.max(at.getTime(), view.changedAt().getTime())) });
  const onList = (wanted: number): Reply => {
    const posts = listed(view);
    const pages = Math.max(1, Math.ceil(posts.length / PER_PAGE));
    if (wanted > pages) return html(page('没有更多职位', '<p class="empty">没有更多职位</p>'), { status: 404 });
    const next = wanted < pages ? `<a class="next" rel="next" href="/jobs?page=${wanted + 1}">下一页</a>` : '';
    const slice = posts.slice((wanted - 1) * PER_PAGE, wanted * PER_PAGE);
    return dated(page('全部职位', `${jobCards(slice)}<nav class="pager"><span class="page-now">${wanted}/${pages}</span>${next}</nav>`), view.changedAt());
  };
  const onJob = (id: string): Reply => {
    const post = view.post(PLATFORM, id);
    const account = post ? view.account(PLATFORM, post.account) : null;
    if (!post || !account) return html(page('页面不存在', '<p class="notice">页面不存在</p>'), { status: 404 });
    if (view.isSuspended(account)) return dated(page('暂停服务', `<p class="notice suspended">${SUSPENDED_WORDS}</p>`), view.changedAt());
    if (view.isDeleted(post)) return dated(page('职位已删除', '<p class="notice removed">该职位因违规已被平台删除</p>'), view.changedAt());
    if (post.status === 'expired') return dated(page('职位已过期', '<p class="notice expired">该职位已过期下线</p>'), new Date(post.publishedAt));
    return dated(jobPage(account, post), new Date(post.publishedAt));
  };
  const onCompany = (id: string): Reply => {
    const account = view.account(PLATFORM, id);
    if (!account) return html(page('页面不存在', '<p class="notice">页面不存在</p>'), { status: 404 });
    if (view.isSuspended(account)) return dated(page('暂停服务', `<p class="notice suspended">${SUSPENDED_WORDS}</p>`), view.changedAt());
    const posts = view.postsOf(PLATFORM, id).filter((p) => !view.isDeleted(p));
    const body = `<section class="company" data-company-id="${id}"><h1 class="company-name">${escapeHtml(account.name)}</h1><p class="company-intro">${escapeHtml(account.description)}</p></section>${companyBlock(account)}<h2>在招职位（${posts.length}）</h2>${jobCards(posts)}`;
    return dated(page(account.name, body), view.changedAt());
  };
  return (request) => {
    const [, head = '', tail = ''] = request.path.split('/');
    if (request.path === '/robots.txt') return plain(`User-agent: *\nDisallow: /admin/\nCrawl-delay: ${manners.crawlDelay}\n`);
    requests += 1;
    if (manners.refuseEvery > 0 && requests % manners.refuseEvery === 0) return { ...plain('请求过于频繁', 429), headers: { 'retry-after': '1' } };
    if (requests === manners.breakAt) return plain('服务暂时不可用', 503);
    if (head === 'jobs' || request.path === '/') return onList(Math.max(1, Number.parseInt(request.query.get('page') ?? '1', 10) || 1));
    if (head === 'job') return onJob(tail.replace(/\.html$/, ''));
    if (head === 'company') return onCompany(tail);
    if (head === 'admin') return plain('管理后台', 403);
    return html(page('页面不存在', '<p class="notice">页面不存在</p>'), { status: 404 });
  };
}
