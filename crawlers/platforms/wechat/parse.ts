/**
 * WeChat public-account pages: today's article template through its script data (ordinary, image-share,
 * text-share, article-share), the 2018 template, the account page, and the old history page. Script data come
 * first and the markup second, because the template fills name and time by script only.
 */

import { contactStrings } from '../../extract/contacts.ts';
import { absolute, decodeEntities, imagesOf, loadHtml, nodeText, textOf } from '../../extract/html.ts';
import { readAssigned, readLiteral } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, num, parseJson, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';
import { readAbout } from './about.ts';
import { hasArticle, wechatState } from './walls.ts';

/** `item_show_type` values whose pictures are the post itself. */
const SHARE_TYPES: ReadonlySet<number> = new Set([8, 10]);
const label = (value: unknown, ...path: string[]): string | undefined => {
  const text = str(value, ...path);
  // Script strings hold entities, some of them escaped twice.
  return text === undefined ? undefined : decodeEntities(decodeEntities(text));
};

function bodyOf(data: unknown, showType: number): { text: string; images: string[] } {
  const html = str(data, 'content_noencode') ?? '';
  const listed = list(data, 'picture_page_info_list')
    .map((p) => absolute(label(p, 'cdn_url'), null))
    .filter((u) => u !== undefined);
  if (SHARE_TYPES.has(showType)) {
    const plain = html || str(data, 'text_page_info', 'content') || str(data, 'desc') || '';
    return { text: decodeEntities(textOf(plain, true)), images: listed };
  }
  const $ = loadHtml(html);
  const images = imagesOf($, null, null);
  return { text: nodeText($.root().toArray()), images: images.length > 0 ? images : listed };
}

/** Today's template: everything from `window.cgiDataNew`. */
function readScripted(page: PageInput, data: unknown): Reading {
  const showType = num(data, 'item_show_type') ?? 0;
  const { text, images } = bodyOf(data, showType);
  const biz = str(data, 'bizuin');
  const account = makeAccount({
    id: biz ?? str(data, 'user_name'),
    name: label(data, 'nick_name'),
    alias: str(data, 'alias'),
    description: label(data, 'signature'),
    userName: str(data, 'user_name'),
    avatar: str(data, 'round_head_img'),
  });
  const key = [biz, str(data, 'mid'), str(data, 'idx')];
  const link = absolute(label(data, 'link'), null) ?? page.url ?? undefined;
  const post = makePost({
    id: key.every(Boolean) ? key.join('_') : link,
    platform: 'wechat',
    title: label(data, 'title'),
    text: text || label(data, 'desc'),
    publishedAt: readTime(num(data, 'ori_create_time') ?? str(data, 'create_time'), page.fetchedAt ?? null),
    url: link,
    images,
    contacts: contactStrings(text),
    account: account ?? undefined,
    author: label(data, 'author'),
    summary: label(data, 'desc'),
    ipRegion: [str(data, 'ip_wording', 'country_name'), str(data, 'ip_wording', 'province_name')].filter(Boolean).join(' '),
    sourceUrl: absolute(label(data, 'source_url'), null),
    showType,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** A variable of the 2018 template: `var ct = "1522968980";`, `var biz = "" || "…";`. */
function variable(html: string, name: string): string | undefined {
  const found = new RegExp(`\\bvar\\s+${name}\\s*=\\s*`).exec(html);
  if (!found) return undefined;
  try {
    return str(readLiteral(html, found.index + found[0].length, { maxLength: 100_000 }).value);
  } catch {
    return undefined;
  }
}

/** The older template: script variables first, then the markup. */
function readMarkup(page: PageInput): Reading {
  const { html } = page;
  const $ = loadHtml(html);
  const textAt = (selector: string): string | undefined => nodeText($(selector).first().toArray()) || undefined;
  const meta = $('.profile_meta_value').toArray();
  const decoded = (name: string): string | undefined => {
    const text = variable(html, name);
    return text === undefined ? undefined : decodeEntities(text);
  };
  const biz = variable(html, 'biz');
  const account = makeAccount({
    id: biz ?? variable(html, 'user_name'),
    name: decoded('nickname') ?? textAt('#js_name') ?? textAt('.profile_nickname'),
    alias: nodeText(meta.slice(0, 1)),
    description: nodeText(meta.slice(1, 2)),
    userName: variable(html, 'user_name'),
  });
  const text = nodeText($('#js_content').first().toArray());
  const key = [biz, variable(html, 'mid'), variable(html, 'idx')];
  const url = absolute(decoded('msg_link') ?? $('meta[property="og:url"]').attr('content'), null) ?? page.url ?? undefined;
  const post = makePost({
    id: key.every(Boolean) ? key.join('_') : url,
    platform: 'wechat',
    title: decoded('msg_title') ?? textAt('#activity-name') ?? $('meta[property="og:title"]').attr('content'),
    text,
    publishedAt: readTime(variable(html, 'ct') ?? textAt('#publish_time') ?? textAt('#post-date'), page.fetchedAt ?? null),
    url,
    images: imagesOf($, '#js_content', page.url),
    contacts: contactStrings(text),
    account: account ?? undefined,
    summary: decoded('msg_desc'),
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** The old history page reached through search: `var msgList = {…}` and the profile block. */
function readHistory(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  const described = new Map(
    $('.profile_desc li')
      .toArray()
      .map((li) => [nodeText($(li).find('.profile_desc_label').toArray()), nodeText($(li).find('.profile_desc_value').toArray())]),
  );
  const entity = described.get('帐号主体') ?? described.get('账号主体');
  // Older profiles put the words of the certification there; a registered name has no comma.
  const isName = entity !== undefined && !/[，。；！,;!]/.test(entity);
  const account = makeAccount({
    id: variable(page.html, 'biz'),
    name: nodeText($('.profile_nickname').first().toArray()),
    alias: nodeText($('.profile_account').first().toArray()).replace(/^微信号[:：]\s*/, ''),
    description: described.get('功能介绍'),
    subjectName: isName ? entity : undefined,
    certifiedAs: isName ? undefined : entity,
    verified: $('.profile_desc .icon_verify.success').length > 0,
  });
  const raw = readAssigned(page.html, 'msgList');
  const messages = list(isTree(raw) ? raw : parseJson(String(raw ?? '')), 'list');
  const posts = messages.flatMap((message) => {
    const main = at(message, 'app_msg_ext_info');
    return [main, ...list(main, 'multi_app_msg_item_list')].map((item) =>
      makePost({
        platform: 'wechat',
        title: label(item, 'title'),
        summary: label(item, 'digest'),
        url: absolute(label(item, 'content_url'), page.url ?? 'https://mp.weixin.qq.com/'),
        publishedAt: readTime(num(message, 'comm_msg_info', 'datetime'), null),
        account: account ?? undefined,
      }),
    );
  });
  const kept = posts.filter((p) => p !== null);
  return { account, posts: kept, level: 'list', empty: kept.length === 0, links: kept.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

/** Reads any page of a WeChat public account. */
export function readWechat(page: PageInput): Reading {
  const data = readAssigned(page.html, 'window.cgiDataNew');
  if (isTree(data) && (str(data, 'content_noencode') ?? str(data, 'desc') ?? str(data, 'title'))) return readScripted(page, data);
  if (hasArticle(page.html)) return readMarkup(page);
  if (/\bvar\s+msgList\s*=/.test(page.html)) return readHistory(page);
  const state = wechatState(page);
  if (state) return state;
  const account = readAbout(loadHtml(page.html), page.html, page.url);
  return { account, level: 'account' };
}
