/**
 * The public-account face, in the shape of today's article pages: all data in a script as a JavaScript literal
 * (not JSON), the body hidden, the time empty, images lazily set; an about page per account with its article list;
 * and the pages that stand in the place of deleted, removed and walled articles.
 */
import { localMinute } from '../../core/clock.ts';
import { sha256 } from '../../core/digest.ts';
import type { SandboxAccount, SandboxPost } from '../world/model.ts';
import type { WorldView } from '../world/view.ts';
import { drawCode } from './code.ts';
import { escapeHtml, type Face, type FaceRequest, html, plain, type Reply } from './http.ts';
import { bannerPng, posterPng } from './poster.ts';

const PER_PAGE = 10;
const PLATFORM = 'sandbox-wechat';
export const SUSPENDED_WORDS = '此账号已被暂停发布招聘信息/服务';

const JS_ESCAPES: Record<string, string> = {
  '\\': '\\x5c',
  '\r': '\\x0d',
  '\n': '\\x0a',
  '"': '\\x22',
  '&': '\\x26',
  "'": '\\x27',
  '<': '\\x3c',
  '>': '\\x3e',
};
const escapeJs = (text: string): string => text.replace(/[\\\r\n"&'<>]/g, (c) => JS_ESCAPES[c] ?? c);

/** The literal the page's script assigns; the newer variant writes plain quoted strings instead of JsDecode calls. */
function cgiData(fields: Record<string, string | number | Record<string, string | number>>, decode: boolean, indent = '            '): string {
  const lines = Object.entries(fields).map(([name, value]) => {
    if (typeof value === 'number') return `${indent}${name}: '${value}' * 1,`;
    if (typeof value === 'string') return `${indent}${name}: ${decode ? `JsDecode('${escapeJs(value)}')` : `'${escapeJs(value)}'`},`;
    return `${indent}${name}: ${cgiData(value, decode, `${indent}    `)},`;
  });
  return `{\n${lines.join('\n')}\n${indent.slice(4)}}`;
}

/** Stable numbers for an account or article, from its id. */
function number(id: string, digits: number): number {
  let h = 7;
  for (const c of id) h = (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0;
  return 10 ** (digits - 1) + (h % (9 * 10 ** (digits - 1)));
}
/** The original id of an account beside its key. */
const originalId = (account: Pick<SandboxAccount, 'externalId'>): string => `gh_${sha256(account.externalId).slice(0, 12)}`;

const hasBanner = (post: SandboxPost): boolean => number(post.id, 6) % 8 === 0;

function articleBody(post: SandboxPost, origin: string): string {
  const image = (source: string, width: number): string =>
    `<section style="text-align: center;"><img class="rich_pages wxw-img" data-src="${source}" data-type="png" data-w="${width}" data-ratio="1.2" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></section>`;
  if (post.poster) return image(`${origin}/mmbiz/${post.id}.png`, 720);
  const paragraphs = post.text.split('\n').map((line) => `<p style="margin-bottom: 8px;line-height: 1.75em;"><span leaf="">${escapeHtml(line)}</span></p>`);
  return `${hasBanner(post) ? image(`${origin}/mmbiz/banner.png`, 64) : ''}<section>${paragraphs.join('')}</section>`;
}

const JS_DECODE = `function JsDecode(str) {
            return str.replace(/\\\\x5c/g, '\\\\').replace(/\\\\x0d/g, '\\r').replace(/\\\\x22/g, '"').replace(/\\\\x26/g, '&')
                .replace(/\\\\x27/g, '\\'').replace(/\\\\x3c/g, '<').replace(/\\\\x3e/g, '>').replace(/\\\\x0a/g, '\\n');
        }`;

function article(account: SandboxAccount, post: SandboxPost, origin: string): string {
  const link = `${origin}/s/${post.id}`;
  const body = articleBody(post, origin);
  const seconds = Math.floor(Date.parse(post.publishedAt) / 1000);
  const minute = localMinute(new Date(seconds * 1000));
  const data = cgiData(
    {
      base_resp: { ret: 0, errmsg: 'ok', wxtoken: 777, cookie_count: 0 },
      user_name: originalId(account),
      nick_name: account.name,
      alias: account.alias,
      bizuin: account.externalId,
      mid: number(post.id, 10),
      idx: 1,
      sn: Buffer.from(post.id).toString('hex').slice(0, 32),
      title: post.title,
      desc: post.poster ? '' : post.text.slice(0, 54),
      content_noencode: body,
      create_time: minute,
      ori_create_time: seconds,
      author: account.name,
      link,
      source_url: '',
      item_show_type: 0,
      del_reason_id: 0,
      copyright_info: { copyright_stat: 0 },
      ip_wording: { country_name: '中国', province_name: '' },
    },
    number(post.id, 4) % 4 !== 3,
  );
  return `<!DOCTYPE html>
<html class="" data-sandbox="wechat">
<head>
    <meta http-equiv="Content-Type" content="text/html; charset=utf-8">
    <meta property="og:title" content="${escapeHtml(post.title)}" />
    <meta property="og:url" content="${link}" />
    <meta property="og:article:author" content="${escapeHtml(account.name)}" />
    <meta property="og:type" content="article" />
    <title></title>
    <script type="text/javascript">
        ${JS_DECODE}
        try {
            window.cgiDataNew = ${data.replaceAll('\n', '\n    ')};
        } catch (e) { console.error(e); }
    </script>
</head>
<body id="activity-detail" class="zh_CN wx_wap_page">
<div id="js_article" class="rich_media">
    <div class="rich_media_area_primary">
        <div id="img-content" class="rich_media_wrp">
            <h1 class="rich_media_title" id="activity-name">
                ${escapeHtml(post.title)}</h1>
            <div id="meta_content" class="rich_media_meta_list">
                <span class="rich_media_meta rich_media_meta_nickname" id="profileBt"><a href="javascript:void(0);" id="js_name">
                    ${escapeHtml(account.name)}              </a></span>
                <em id="publish_time" class="rich_media_meta rich_media_meta_text"></em>
                <em id="js_ip_wording_wrp" style="display: none;"><span id="js_ip_wording"></span></em>
            </div>
            <div class="rich_media_content js_underline_content" id="js_content" style="visibility: hidden; opacity: 0; ">${body}</div>
        </div>
    </div>
</div>
<script type="text/javascript">
    document.title = window.cgiDataNew.title;
    document.getElementById('publish_time').textContent = window.cgiDataNew.create_time;
    document.querySelectorAll('#js_content img[data-src]').forEach(function (i) { i.src = i.getAttribute('data-src'); });
    document.getElementById('js_content').style = '';
</script>
</body>
</html>`;
}

/** The page in the place of an article or account that is not to be seen: a title line and, below it, why. */
const message = (title: string, reason = ''): string => `<!DOCTYPE html>
<html data-sandbox="wechat"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title></title></head>
<body class="zh_CN wx_wap_page">
<div class="weui-msg"><div class="weui-msg__icon-area"><i class="weui-icon-warn weui-icon_msg"></i></div>
<div class="weui-msg__text-area"><div class="weui-msg__title warn">${escapeHtml(title)}</div>${reason === '' ? '' : `<p class="weui-msg__desc">${escapeHtml(reason)}</p>`}</div></div>
</body></html>`;

const wall = (): string => `<!DOCTYPE html>
<html data-sandbox="wechat"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title></title></head>
<body><div class="weui-msg"><div class="weui-msg__title">环境异常</div><p class="weui-msg__desc">当前环境异常，完成验证后即可继续访问。</p><a class="weui-btn weui-btn_primary" id="js_verify" href="javascript:;">去验证</a></div></body></html>`;

const item = (title: string, value: string): string =>
  value === '' ? '' : `<div class="item-info basic-info"><div class="item-title">${title}</div><div class="item-desc">${escapeHtml(value)}</div></div>\n`;

/** Who stands behind the account, in one of the platform's three ways of saying it. */
function subjectItems(account: SandboxAccount): string {
  if (account.subjectType === 'individual') return item('主体类型', '个人');
  const [kind, type, label] =
    account.subjectType === 'public'
      ? ['主体类型', '事业单位', '认证主体']
      : account.verified
        ? ['认证类型', '企业', '认证主体']
        : ['账号类型', '企业', '账号主体'];
  const entity = `<div class="item-info spacial basic-info" id="link"><div class="item-title">${label}</div>
<a href="/mp/getverifyinfo?__biz=${account.externalId}" target="_blank" class="type-link-wrp item-desc"><div id="js_arrow_text" class="type-link-word-wrp">
  ${escapeHtml(account.subjectName)}
</div></a></div>\n`;
  return item(kind ?? '', type ?? '') + entity;
}

function aboutPage(account: SandboxAccount, posts: readonly SandboxPost[], page: number): string {
  const pages = Math.max(1, Math.ceil(posts.length / PER_PAGE));
  const rows = posts
    .slice((page - 1) * PER_PAGE, page * PER_PAGE)
    .map(
      (p) =>
        `<li class="article-item"><a class="article-link" href="/s/${p.id}">${escapeHtml(p.title)}</a><span class="article-date">${p.publishedAt.slice(0, 10)}</span></li>`,
    );
  const next = page < pages ? `<a class="next-page" rel="next" href="/account/${account.externalId}?page=${page + 1}">下一页</a>` : '';
  return `<!DOCTYPE html>
<html data-sandbox="wechat"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>${escapeHtml(account.name)}</title></head>
<body class="zh_CN about-page"><div class="about-container" data-biz="${account.externalId}" data-account-id="${account.externalId}">
<h1 class="account-nickname" id="js_nickname">${escapeHtml(account.name)}</h1>
<div class="item-info"><div class="item-title basic-title">公众号简介</div><div class="item-desc basic-desc">${escapeHtml(account.description)}</div></div>
<div class="item-info"><div class="item-title basic-title">基础信息</div></div>
${item('微信号', account.alias)}${subjectItems(account)}${item('招聘服务类标签', account.category)}${item('统一社会信用代码', account.showsQualification ? account.uscc : '')}${item('许可证号', account.showsQualification ? account.licenceNo : '')}${item('最近核验日期', account.verifiedAt)}${item('ICP备案号', account.icp)}${item('客服电话', account.phone)}</div>
<div class="article-list-wrp"><h2>全部文章（${posts.length}）</h2><ul class="article-list">
${rows.join('\n')}
</ul><div class="pager"><span class="page-now">${page}/${pages}</span>${next}</div></div>
</body></html>`;
}

async function poster(post: SandboxPost): Promise<Reply> {
  const code = post.code === '' ? null : await drawCode(post.code);
  return { status: 200, type: 'image/png', body: posterPng(post, code), lastModified: new Date(post.publishedAt) };
}

/** Serves the public accounts of a world. @param suspensionNote why a suspended account is off */
export function wechatFace(view: WorldView, suspensionNote: (account: SandboxAccount) => string): Face {
  /** The page in the way of everything of this account; null when the way is free. */
  const barrier = (account: SandboxAccount): Reply | null => {
    if (account.walled) return html(wall());
    return view.isSuspended(account) ? html(message(SUSPENDED_WORDS, suspensionNote(account))) : null;
  };
  const onArticle = (request: FaceRequest, id: string): Reply => {
    const post = view.post(PLATFORM, id);
    const account = post ? view.account(PLATFORM, post.account) : null;
    if (!post || !account) return html(message('参数错误', '链接不存在'), { status: 404 });
    if (post.status === 'deleted' && !account.walled) return html(message('该内容已被发布者删除'));
    if (post.status === 'removed' && !account.walled) return html(message('此内容因违规无法查看', post.removedReason));
    if (view.isDeleted(post)) return html(message('此内容因违规无法查看', '依主管部门处置通知撤销删除'));
    return barrier(account) ?? html(article(account, post, request.origin), { lastModified: view.changedAt() });
  };
  const onAccount = (request: FaceRequest, id: string): Reply => {
    const account = view.account(PLATFORM, id);
    if (!account) return html(message('参数错误', '账号不存在'), { status: 404 });
    const page = Math.max(1, Math.min(10_000, Number.parseInt(request.query.get('page') ?? '1', 10) || 1));
    const posts = view.postsOf(PLATFORM, id).filter((p) => !view.isDeleted(p));
    return barrier(account) ?? html(aboutPage(account, posts, page), { lastModified: view.changedAt() });
  };
  return (request) => {
    const [, head = '', id = ''] = request.path.split('/');
    if (request.path === '/robots.txt') return plain('User-agent: *\nDisallow: /mp/\n');
    if (head === 's' && id !== '') return onArticle(request, id);
    if (head === 'account' && id !== '') return onAccount(request, id);
    if (head === 'mmbiz' && id === 'banner.png')
      return { status: 200, type: 'image/png', body: bannerPng(), lastModified: new Date(`${view.world.asOf}T00:00:00Z`) };
    const post = head === 'mmbiz' ? view.post(PLATFORM, id.replace(/\.png$/, '')) : null;
    if (post?.poster) return poster(post);
    return html(message('参数错误'), { status: 404 });
  };
}
