/**
 * 哔哩哔哩: answers of the public interfaces (dynamics of a space, one dynamic, an article, a video, a space's lists,
 * an account) and the pages' own state (`__INITIAL_STATE__` of opus, article and video), with the markup of pages
 * saved from a browser behind them.
 */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { imagesOf, loadHtml, nodeText, scriptBodies, titleOf, topmost } from '../../extract/html.ts';
import { readAssigned, readDumps } from '../../extract/js-literal.ts';
import { writeEmoticons } from '../../extract/rich-text.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, list, num, parseJson, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';
import { dynamicPost, isDynamic } from './dynamic.ts';
import { biliUser } from './pieces.ts';
import { articlePost, isArticle, isOldCard, isOpusEntry, isVideo, oldCardPost, opusEntryPost, videoPost } from './works.ts';

/** `code` of interfaces that say there is nothing there, with what each says. */
const GONE: Readonly<Record<number, Reading['status']>> = {
  [-404]: 'unavailable',
  [-403]: 'unavailable',
  [62002]: 'unavailable',
  [62004]: 'unavailable',
  [62012]: 'unavailable',
  [4101147]: 'unavailable',
  [4101152]: 'deleted',
  [500207]: 'deleted',
};
/** `silence` of an account that the platform has shut out. */
const SILENCED = 1;

const isAccount = (value: unknown): boolean =>
  isTree(value) &&
  str(value, 'mid') !== undefined &&
  str(value, 'name') !== undefined &&
  ['sign', 'official', 'Official', 'official_verify', 'level', 'face'].some((k) => Object.hasOwn(value, k));

/** Accounts an answer is about. */
function accountsIn(answers: readonly unknown[]): unknown[] {
  const named = answers.flatMap((a) => [at(a, 'data'), at(a, 'data', 'card'), at(a, 'upData'), at(a, 'space', 'info')]).filter(isAccount);
  if (named.length > 0) return named;
  return answers.flatMap((a) => {
    const data = at(a, 'data');
    const inside: readonly unknown[] = Array.isArray(data) ? (data as readonly unknown[]) : isTree(data) ? Object.values(data) : [];
    return inside.slice(0, 500).filter(isAccount);
  });
}

function commonAuthor(posts: readonly PostInput[]): AccountInput | null {
  const first = posts[0]?.account;
  return first?.id && posts.every((p) => p.account?.id === first.id) ? first : null;
}

/** Whose the posts are: their one author, with what the account's own facts add; or the one account an answer names. */
function accountOf(posts: readonly PostInput[], accounts: readonly unknown[]): AccountInput | null {
  const author = commonAuthor(posts);
  const facts = author ? accounts.find((a) => str(a, 'mid') === author.id) : accounts.length === 1 ? accounts[0] : undefined;
  const known = facts === undefined ? null : biliUser(facts);
  return author && known ? { ...author, ...known } : (author ?? known);
}

function postsIn(answers: readonly unknown[], page: PageInput): PostInput[] {
  const fetchedAt = page.fetchedAt ?? null;
  // What is recommended beside a video is another's, and what stands under a work is its comments.
  const own = answers.map((a) =>
    isTree(a) && isTree(at(a, 'videoData')) ? { videoData: at(a, 'videoData') } : isTree(a) && isTree(at(a, 'readInfo')) ? { readInfo: at(a, 'readInfo') } : a,
  );
  const found = gather(own, (v) => isDynamic(v) || isOldCard(v) || isArticle(v) || isVideo(v) || isOpusEntry(v));
  return found
    .map((v) => {
      if (isDynamic(v)) return dynamicPost(v, fetchedAt);
      if (isOldCard(v)) return oldCardPost(v, fetchedAt);
      if (isArticle(v)) return articlePost(v, fetchedAt, page.url);
      return isVideo(v) ? videoPost(v, fetchedAt, null) : opusEntryPost(v);
    })
    .filter((p) => p !== null);
}

function refused(answers: readonly unknown[]): Reading | null {
  for (const answer of answers) {
    const code = num(answer, 'code');
    const said = str(answer, 'message') ?? str(answer, 'msg');
    if (code === undefined) continue;
    if (code === 0) {
      const items = at(answer, 'data', 'items') ?? at(answer, 'data', 'list', 'vlist') ?? at(answer, 'data', 'articles') ?? at(answer, 'data', 'cards');
      if (Array.isArray(items) && items.length === 0) return { empty: true, level: 'list', reason: '没有动态或稿件' };
      continue;
    }
    const state = stateOf(said);
    return { status: state?.status ?? GONE[code] ?? 'unavailable', reason: said && said !== String(code) ? said : `code ${code}` };
  }
  return null;
}

function readAnswers(page: PageInput, answers: readonly unknown[]): Reading {
  const posts = postsIn(answers, page);
  const accounts = accountsIn(answers);
  const account = posts.length > 0 ? accountOf(posts, accounts) : accounts.length > 0 ? biliUser(accounts[0]) : null;
  if (posts.length > 0) {
    const listed = answers.some(
      (a) => ['items', 'cards', 'articles', 'vlist', 'archives'].some((k) => Array.isArray(at(a, 'data', k))) || Array.isArray(at(a, 'data', 'list', 'vlist')),
    );
    return {
      account,
      posts,
      level: posts.length === 1 && !listed ? 'detail' : 'list',
      links: listed ? posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) : [],
    };
  }
  if (account) {
    const silenced = accounts.length === 1 && num(accounts[0], 'silence') === SILENCED;
    // Several answers or a list of accounts: the first is the account, and the rest lead to their own pages.
    const others = accounts.slice(1).map((a) => ({ url: `https://space.bilibili.com/${str(a, 'mid') ?? ''}`, kind: 'account' as const }));
    return { account, level: 'account', links: others, ...(silenced ? { status: 'removed_by_platform' as const, reason: '账号处于封禁状态' } : {}) };
  }
  return refused(answers) ?? { level: 'list' };
}

/** The state of an opus, article, video or space page. */
function stateOfPage(html: string): unknown[] {
  const read = (name: string): unknown => {
    try {
      return readAssigned(html, name);
    } catch {
      return undefined;
    }
  };
  const rendered = scriptBodies(html, /id=["'](?:__RENDER_DATA__|RENDER_DATA)["']/).map((body) => parseJson(body.trim()));
  return [read('window.__INITIAL_STATE__'), ...rendered].filter((v) => isTree(v));
}

const idIn = (page: PageInput, html: string): { id: string; url: string } | null => {
  const at = `${page.url ?? ''} ${/<(?:link rel="canonical"|meta property="og:url")[^>]{0,300}/.exec(html.slice(0, 300_000))?.[0] ?? ''}`;
  const opus = /(?:\/opus\/|t\.bilibili\.com\/)(\d{8,25})/.exec(at)?.[1];
  if (opus) return { id: opus, url: `https://www.bilibili.com/opus/${opus}` };
  const cv = /\/read\/(?:cv|mobile\/?)(\d{1,12})/.exec(at)?.[1];
  if (cv) return { id: `cv${cv}`, url: `https://www.bilibili.com/read/cv${cv}` };
  const bv = /\/video\/(BV\w{10})/.exec(at)?.[1];
  return bv ? { id: bv, url: `https://www.bilibili.com/video/${bv}` } : null;
};

/** A work or a space as the browser shows it. */
function readMarkup(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  writeEmoticons($);
  const textAt = (selector: string, keep = false): string | undefined => nodeText($(selector).first().toArray(), keep) || undefined;
  const link = $('.opus-module-author a, a.up-name, .up-detail-top a, .bili-dyn-title__text, a.author-name, .article-detail .up-name').first();
  const mid = /space\.bilibili\.com\/(\d{1,18})/.exec(link.attr('href') ?? $('a[href*="space.bilibili.com/"]').first().attr('href') ?? page.url ?? '')?.[1];
  const space = textAt('#h-name, .h-name, .nickname, .upinfo-detail__top .nickname');
  const account = makeAccount({
    id: mid,
    name: space ?? textAt('.opus-module-author__name, .up-name, .bili-dyn-title__text, .author-name, .up-info--detail .username'),
    description: textAt('#h-sign, .h-sign, .upinfo-detail__bottom .pure-text'),
    verifiedReason: textAt('.h-vipType ~ .desc, .section-verify .title, .auth-description, .verify-desc'),
    url: mid ? `https://space.bilibili.com/${mid}` : undefined,
  });
  const body = [
    '.opus-module-content',
    '#read-article-holder',
    '.article-content',
    '.read-article-holder',
    '.bili-rich-text__content',
    '.desc-info-text',
    '.basic-desc-info',
  ].find((s) => $(s).length > 0);
  if (!body) {
    const state =
      stateOf(
        nodeText(
          $(
            '.error-container, .error-msg, .error-panel, .not-found, .opus-error, .bili-dyn-error, [class*="error-text"], .space-empty, .empty-state',
          ).toArray(),
        ).slice(0, 500),
      ) ?? stateOf(/^(?:出错啦|视频去哪了|404)/.test(titleOf(page.html)) ? `${titleOf(page.html)} 找不到` : undefined);
    if (state) return state.status === 'empty_state' ? { account, empty: true, level: 'list', reason: state.reason } : state;
    // A space is drawn by scripts; its title alone names the account.
    const titled = /^(.{1,60}?)的个人空间/.exec(titleOf(page.html))?.[1];
    const named = account?.name || !titled ? account : makeAccount({ ...account, name: titled });
    return named?.name ? { account: named, level: 'account' } : { level: 'detail' };
  }
  const items = topmost($, '.bili-dyn-list__item, .bili-dyn-item', 200);
  if (items.length > 1) return readItems($, items, page, account);
  const text = textAt(body, true) ?? '';
  const where = idIn(page, page.html);
  const post = makePost({
    id: where?.id,
    platform: 'bilibili',
    title: textAt('.opus-module-title__text, .opus-module-title, h1.title, .article-detail h1, h1.video-title, .title-container h1'),
    text,
    publishedAt: readTime(
      textAt('.opus-module-author__pub__text, .publish-text, .pubdate-text, .pubdate-ip-text, .bili-dyn-time, .article-read-panel time')?.replace(
        /^编辑于\s*/,
        '',
      ),
      page.fetchedAt ?? null,
    ),
    url: where?.url ?? page.url ?? undefined,
    images: [...new Set([...imagesOf($, '.opus-module-top', page.url), ...imagesOf($, '.bili-album', page.url), ...imagesOf($, body, page.url)])],
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

function readItems($: ReturnType<typeof loadHtml>, items: readonly unknown[], page: PageInput, account: AccountInput | null): Reading {
  const posts = items.slice(0, 200).map((item) => {
    const $item = $(item as Parameters<typeof $>[0]);
    const textAt = (selector: string): string => nodeText($item.find(selector).first().toArray(), true);
    const id =
      $item.find('[data-did]').attr('data-did') ??
      /(?:\/opus\/|t\.bilibili\.com\/)(\d{8,25})/.exec($item.find('a[href*="/opus/"], a[href*="t.bilibili.com/"]').attr('href') ?? '')?.[1];
    const text = textAt('.bili-rich-text__content, .bili-dyn-content__orig__desc');
    const images = $item
      .find('.bili-album img, .bili-dyn-card-video__cover img')
      .toArray()
      .map((img) => $(img).attr('src') ?? '')
      .map((src) => (src.startsWith('//') ? `https:${src}` : src).replace(/@[^/]*$/, ''))
      .filter((src) => src.startsWith('http'));
    const name = textAt('.bili-dyn-title__text');
    return makePost({
      id,
      platform: 'bilibili',
      title: textAt('.bili-dyn-card-video__title, .dyn-card-opus__title') || undefined,
      text,
      publishedAt: readTime(textAt('.bili-dyn-time').replace(/\s*·.*$/s, ''), page.fetchedAt ?? null),
      url: id ? `https://t.bilibili.com/${id}` : undefined,
      images,
      contacts: contactStrings(text),
      account: (account?.name === name || !name ? account : makeAccount({ name })) ?? undefined,
    });
  });
  return { account, posts: posts.filter((p) => p !== null), level: 'list' };
}

/** Reads answers, a page's state, or its markup. */
export function readBilibili(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) return readAnswers(page, readDumps(page.html));
  const states = stateOfPage(page.html);
  const error = states
    .map(
      (s) =>
        str(s, 'error', 'message') ??
        str(s, 'detail', 'fallback', 'message') ??
        (list(s, 'error').length === 0 && num(s, 'error', 'code') ? `code ${num(s, 'error', 'code')}` : undefined),
    )
    .find((t) => t !== undefined);
  const read = states.length > 0 ? readAnswers(page, states) : null;
  if (read && (read.posts?.length || read.status)) return read;
  const gone = error ? (stateOf(error) ?? { status: 'unavailable' as const, reason: error }) : null;
  return gone ?? (read?.account ? read : readMarkup(page));
}
