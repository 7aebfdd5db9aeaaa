/**
 * The single-page feed face: an almost empty page whose script fetches the posts and draws the cards. The
 * interface behind it answers only requests that carry a token the script works out, so a visitor without a
 * browser sees nothing — and a reader must say "needs a browser", never "no posts".
 */
import { localMinute } from '../../core/clock.ts';
import type { SandboxAccount, SandboxPost } from '../world/model.ts';
import type { WorldView } from '../world/view.ts';
import { escapeHtml, type Face, type FaceRequest, html, json, plain, type Reply } from './http.ts';

const PER_BATCH = 8;
const PLATFORM = 'sandbox-feed';
export const SUSPENDED_WORDS = '该账号已被暂停发布招聘信息/服务';

/** What the page's script computes from the seed in the page; kept in step with APP_JS. */
export function feedToken(seed: string): string {
  let h = 2_166_136_261;
  for (let i = 0; i < seed.length; i += 1) h = Math.imul(h ^ seed.charCodeAt(i), 16_777_619) >>> 0;
  return `t${h.toString(36)}`;
}

const shell = (seed: string): string => `<!DOCTYPE html>
<html lang="zh-CN" data-sandbox="feed"><head><meta charset="utf-8"><meta name="feed-seed" content="${escapeHtml(seed)}"><title>随手招（演示）</title></head>
<body><div id="app" data-state="loading"></div><noscript>需要启用脚本才能查看。</noscript><script src="/app.js"></script></body></html>`;

const APP_JS = `(function () {
  'use strict';
  var app = document.getElementById('app');
  var seed = document.querySelector('meta[name=feed-seed]').content;
  var h = 2166136261;
  for (var i = 0; i < seed.length; i += 1) h = Math.imul(h ^ seed.charCodeAt(i), 16777619) >>> 0;
  var token = 't' + h.toString(36);
  function get(url) { return fetch(url, { headers: { 'x-feed-seed': seed, 'x-feed-token': token } }).then(function (r) { return r.json(); }); }
  function add(parent, tag, name, text, attributes) {
    var e = document.createElement(tag);
    e.className = name;
    if (text !== undefined) e.textContent = text;
    Object.keys(attributes || {}).forEach(function (k) { e.setAttribute(k, attributes[k]); });
    parent.appendChild(e);
    return e;
  }
  function card(list, item) {
    var c = add(list, 'article', 'feed-card', undefined, { 'data-id': item.id, 'data-author': item.author_id });
    var head = add(c, 'header', 'feed-card__head');
    add(head, 'span', 'feed-card__author', item.author);
    add(head, 'time', 'feed-card__time', item.time_text, { datetime: item.time });
    var title = add(c, 'h3', 'feed-card__title');
    add(title, 'a', 'feed-card__link', item.title, { href: '/p/' + item.id });
    add(c, 'div', 'feed-card__text', item.text, { style: 'white-space: pre-wrap' });
  }
  function profile(account) {
    var p = add(app, 'section', 'feed-profile', undefined, { 'data-id': account.id });
    add(p, 'h1', 'feed-profile__name', account.name);
    add(p, 'p', 'feed-profile__bio', account.bio);
    add(p, 'span', 'feed-profile__badge', account.verified ? '机构认证' : '未认证', { 'data-verified': account.verified ? '1' : '0' });
    Object.keys(account.facts).forEach(function (label) {
      var row = add(p, 'div', 'feed-profile__fact', undefined, { 'data-label': label });
      add(row, 'dt', '', label);
      add(row, 'dd', '', account.facts[label]);
    });
  }
  function stop(state, words) { add(app, 'p', 'feed-message', words); app.dataset.state = state; }
  function load(user, cursor, list) {
    return get('/api/feed?u=' + encodeURIComponent(user) + '&cursor=' + encodeURIComponent(cursor)).then(function (batch) {
      if (batch.error) return stop('error', batch.message);
      if (!list) { profile(batch.account); list = add(app, 'div', 'feed-list'); }
      batch.items.forEach(function (item) { card(list, item); });
      if (batch.next) return load(user, batch.next, list);
      app.dataset.state = 'ready';
    });
  }
  var parts = location.pathname.split('/');
  var done = parts[1] === 'p'
    ? get('/api/post?id=' + encodeURIComponent(parts[2])).then(function (one) {
        if (one.error) return stop('error', one.message);
        profile(one.account); card(add(app, 'div', 'feed-list'), one.item); app.dataset.state = 'ready';
      })
    : load(parts[2], '', null);
  done.catch(function () { stop('error', '加载失败，请稍后再试'); });
})();
`;

const profileOf = (a: SandboxAccount): Record<string, unknown> => ({
  id: a.externalId,
  name: a.name,
  bio: a.description,
  verified: a.verified,
  facts: Object.fromEntries(
    [
      ['认证主体', a.verified ? a.subjectName : ''],
      ['统一社会信用代码', a.showsQualification ? a.uscc : ''],
      ['招聘服务类标签', a.category],
      ['许可证号', a.showsQualification ? a.licenceNo : ''],
      ['最近核验日期', a.verifiedAt],
    ].filter(([, value]) => value !== ''),
  ),
});

const itemOf = (a: SandboxAccount, p: SandboxPost): Record<string, unknown> => ({
  id: p.id,
  author: a.name,
  author_id: a.externalId,
  title: p.title,
  text: p.text,
  time: p.publishedAt,
  time_text: localMinute(new Date(p.publishedAt)),
});

const refused = (code: string, message: string, status: number): Reply => json({ error: code, message }, status);

/** Serves the feed of a world. @param seed goes into the page; the token is made from it */
export function feedFace(view: WorldView, seed: string): Face {
  const born = new Date(`${view.world.asOf}T00:00:00Z`);
  const allowed = (request: FaceRequest): boolean => request.headers['x-feed-seed'] === seed && request.headers['x-feed-token'] === feedToken(seed);
  const standing = (account: SandboxAccount | null): Reply | null => {
    if (!account) return refused('not_found', '账号不存在', 404);
    return view.isSuspended(account) ? refused('suspended', SUSPENDED_WORDS, 200) : null;
  };
  const onFeed = (request: FaceRequest): Reply => {
    const account = view.account(PLATFORM, request.query.get('u') ?? '');
    const stop = standing(account);
    if (stop || !account) return stop ?? refused('not_found', '账号不存在', 404);
    const from = Math.max(0, Number.parseInt(request.query.get('cursor') ?? '0', 10) || 0);
    const posts = view.postsOf(PLATFORM, account.externalId).filter((p) => !view.isDeleted(p));
    const next = from + PER_BATCH < posts.length ? String(from + PER_BATCH) : null;
    return json({ account: profileOf(account), items: posts.slice(from, from + PER_BATCH).map((p) => itemOf(account, p)), next }, 200, { lastModified: born });
  };
  const onPost = (request: FaceRequest): Reply => {
    const post = view.post(PLATFORM, request.query.get('id') ?? '');
    const account = post ? view.account(PLATFORM, post.account) : null;
    const stop = standing(account);
    if (stop || !account || !post) return stop ?? refused('not_found', '内容不存在', 404);
    return view.isDeleted(post)
      ? refused('removed', '该内容因违规已被平台删除', 200)
      : json({ account: profileOf(account), item: itemOf(account, post) }, 200, { lastModified: born });
  };
  return (request) => {
    const [, head = ''] = request.path.split('/');
    if (request.path === '/robots.txt') return plain('User-agent: *\nDisallow:\n');
    if (request.path === '/app.js') return { status: 200, type: 'text/javascript; charset=utf-8', body: APP_JS, lastModified: born };
    if (head === 'u' || head === 'p') return html(shell(seed), { lastModified: born });
    if (head !== 'api') return html('<!DOCTYPE html><title>404</title><p>页面不存在</p>', { status: 404 });
    if (!allowed(request)) return refused('forbidden', '请在页面中查看', 403);
    if (request.path === '/api/feed') return onFeed(request);
    return request.path === '/api/post' ? onPost(request) : refused('not_found', '接口不存在', 404);
  };
}
