/**
 * WeChat public-account pages: today's article template through its script data (ordinary, image-share,
 * text-share, article-share), the 2018 template, the account page, and lists of an account's posts. Script data come
 * first and the markup second, because the template fills name and time by script only.
 */

import { contactStrings } from '../../extract/contacts.ts';
import { absolute, decodeEntities, imagesOf, loadHtml, nodeText, textOf } from '../../extract/html.ts';
import { jsDecode, readAssigned, readLiteral } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { isTree, list, num, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';
import { readAbout } from './about.ts';
import { readHistory, readJsonList } from './lists.ts';
import { bizOf, keyOf, variable, words } from './variables.ts';
import { hasArticle, namesArticle, wechatState } from './walls.ts';

/** `item_show_type` values whose text is plain and whose pictures are the post itself: pictures, text, short post. */
const SHARE_TYPES: ReadonlySet<number> = new Set([8, 10, 17]);
/** Where the templates draw the text of a share, for pages whose script data lack it. */
const DRAWN = '#js_content, #js_image_desc, #js_text_content, #js_share_content, .share_content_page, .share_media_text';
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
  // A shared article or video has words of its own beside what it shares.
  const shared = html || str(data, 'share_page_info', 'content') || str(data, 'share_content') || str(data, 'text_page_info', 'content') || '';
  const $ = loadHtml(shared);
  const images = imagesOf($, null, null);
  return { text: nodeText($.root().toArray()), images: images.length > 0 ? images : listed };
}

/** Today's template: everything from `window.cgiDataNew`. */
function readScripted(page: PageInput, data: unknown): Reading {
  const showType = num(data, 'item_show_type') ?? 0;
  const said = bodyOf(data, showType);
  const drawn = said.text || said.images.length > 0 ? null : loadHtml(page.html);
  const text = said.text || (drawn ? nodeText(drawn(DRAWN).first().toArray()) : '');
  const images = drawn ? imagesOf(drawn, drawn(DRAWN), null) : said.images;
  const link = absolute(label(data, 'link') ?? words(page.html, 'msg_link'), null) ?? page.url ?? undefined;
  const account = makeAccount({
    id: str(data, 'bizuin') ?? bizOf(link) ?? variable(page.html, 'biz') ?? str(data, 'user_name'),
    name: label(data, 'nick_name') ?? words(page.html, 'nickname', 'nick_name'),
    alias: str(data, 'alias'),
    description: label(data, 'signature'),
    userName: str(data, 'user_name'),
  });
  const post = makePost({
    id: keyIn(page.html, data) ?? keyOf(link) ?? link,
    platform: 'wechat',
    title: label(data, 'title') ?? words(page.html, 'msg_title'),
    text: text || label(data, 'desc'),
    publishedAt: readTime(num(data, 'ori_create_time') || (variable(page.html, 'ct') ?? str(data, 'create_time')), page.fetchedAt ?? null),
    url: link,
    images,
    contacts: contactStrings(text),
    account: account ?? undefined,
    summary: label(data, 'desc'),
    ipRegion: [str(data, 'ip_wording', 'country_name'), str(data, 'ip_wording', 'province_name')].filter(Boolean).join(' '),
    sourceUrl: absolute(label(data, 'source_url'), null),
    showType,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** The key of an article: account, message and place in it, from its data or its variables. */
function keyIn(html: string, data: unknown): string | undefined {
  const key = [str(data, 'bizuin') ?? variable(html, 'biz'), str(data, 'mid') ?? variable(html, 'mid'), str(data, 'idx') ?? variable(html, 'idx')];
  return key.every(Boolean) ? key.join('_') : undefined;
}

/** Words and pictures of a share whose data stand beside `cgiDataNew`, or that was saved without its scripts. */
function shareOf(page: PageInput, $: ReturnType<typeof loadHtml>): { text: string; images: string[] } {
  const drawn = nodeText($('#js_image_desc, #js_text_desc, #js_share_content, .share_media_text').first().toArray());
  const held = /\btext_page_info\s*[:=]\s*(?=\{)/.exec(page.html);
  const told = drawn || literal(() => str(readLiteral(page.html, held ? held.index + held[0].length : page.html.length).value, 'content'));
  const text = told || (words(page.html, 'desc') ?? jsDecode($('meta[property="og:description"], meta[name="description"]').first().attr('content') ?? ''));
  const pictures = literal(() => readAssigned(page.html, 'window.picture_page_info_list'));
  const images = (Array.isArray(pictures) ? pictures : []).map((p) => absolute(label(p, 'cdn_url'), null)).filter((u) => u !== undefined);
  return { text: decodeEntities(textOf(String(text), true)), images };
}

const SHARE = '#js_share_content_page_hd, #js_text_desc, .share_content_page';

/** The older template, and shares whose data stand elsewhere: script variables first, then the markup. @param data what there is of `cgiDataNew` */
function readMarkup(page: PageInput, data: unknown): Reading {
  const { html } = page;
  const $ = loadHtml(html);
  const textAt = (selector: string): string | undefined => nodeText($(selector).first().toArray()) || undefined;
  const meta = $('.profile_meta_value').toArray();
  const url = absolute(words(html, 'msg_link') ?? $('meta[property="og:url"]').attr('content'), null) ?? page.url ?? undefined;
  const account = makeAccount({
    id: variable(html, 'biz') ?? bizOf(url) ?? variable(html, 'user_name'),
    name:
      label(data, 'nick_name') ?? words(html, 'nickname', 'nick_name') ?? textAt('#js_name') ?? textAt('.wx_follow_nickname') ?? textAt('.profile_nickname'),
    alias: str(data, 'alias') ?? nodeText(meta.slice(0, 1)),
    description: label(data, 'signature') ?? nodeText(meta.slice(1, 2)),
    userName: str(data, 'user_name') ?? variable(html, 'user_name'),
  });
  const shared = $(SHARE).length > 0 || $('#js_content').length === 0 ? shareOf(page, $) : null;
  const text = shared?.text ?? nodeText($('#js_content').first().toArray());
  const post = makePost({
    id: keyIn(html, data) ?? keyOf(url) ?? url,
    platform: 'wechat',
    title: words(html, 'msg_title') ?? textAt('#activity-name') ?? $('meta[property="og:title"]').attr('content'),
    text,
    publishedAt: readTime(variable(html, 'ct') ?? textAt('#publish_time') ?? textAt('#post-date'), page.fetchedAt ?? null),
    url,
    images: shared?.images ?? imagesOf($, '#js_content', page.url),
    contacts: contactStrings(text),
    account: account ?? undefined,
    summary: words(html, 'msg_desc'),
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** A value out of a script, or nothing where the script is cut. */
function literal(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A page that still names the post but was emptied, with the platform's number for why. */
function deletedReading(data: unknown): Reading | null {
  const reason = num(data, 'del_reason_id') ?? 0;
  if (reason === 0 || str(data, 'content_noencode')) return null;
  const account = makeAccount({ id: str(data, 'bizuin') ?? str(data, 'user_name'), name: label(data, 'nick_name'), userName: str(data, 'user_name') });
  return { status: 'removed_by_platform', reason: label(data, 'del_reason') ?? `内容已被处理（del_reason_id ${reason}）`, account };
}

/** Reads any page of a WeChat public account. */
export function readWechat(page: PageInput): Reading {
  const json = page.html.trimStart().startsWith('{') ? readJsonList(page) : null;
  if (json) return json;
  // Where there are none or the script is cut, the variables and the markup have to do.
  const data = literal(() => readAssigned(page.html, 'window.cgiDataNew'));
  const gone = isTree(data) ? deletedReading(data) : null;
  if (gone) return gone;
  if (isTree(data) && (str(data, 'content_noencode') ?? str(data, 'desc') ?? str(data, 'title'))) return readScripted(page, data);
  if (hasArticle(page.html)) return readMarkup(page, data);
  if (/\bvar\s+msgList\s*=/.test(page.html)) return readHistory(page);
  const state = wechatState(page);
  if (state) return state;
  if (namesArticle(page.html)) return readMarkup(page, data);
  const account = readAbout(loadHtml(page.html), page.html, page.url);
  return account ? { account, level: 'account' } : (wechatState(page, true) ?? { level: 'account' });
}
