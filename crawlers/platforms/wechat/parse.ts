/**
 * WeChat public-account pages: today's article template through its script data (ordinary, image-share,
 * text-share, article-share), the 2018 template, the account page, and lists of an account's posts. Script data come
 * first and the markup second, because the template fills name and time by script only.
 */

import { contactStrings } from '../../extract/contacts.ts';
import { absolute, decodeEntities, imagesOf, loadHtml, nodeText, textOf } from '../../extract/html.ts';
import { readAssigned } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { isTree, list, num, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';
import { readAbout } from './about.ts';
import { readHistory, readJsonList } from './lists.ts';
import { variable } from './variables.ts';
import { hasArticle, wechatState } from './walls.ts';

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
  const biz = str(data, 'bizuin');
  const account = makeAccount({
    id: biz ?? str(data, 'user_name'),
    name: label(data, 'nick_name'),
    alias: str(data, 'alias'),
    description: label(data, 'signature'),
    userName: str(data, 'user_name'),
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
    summary: label(data, 'desc'),
    ipRegion: [str(data, 'ip_wording', 'country_name'), str(data, 'ip_wording', 'province_name')].filter(Boolean).join(' '),
    sourceUrl: absolute(label(data, 'source_url'), null),
    showType,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
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

/** The page's data; undefined when there are none or the script is cut, and the markup has to do. */
function scriptData(html: string): unknown {
  try {
    return readAssigned(html, 'window.cgiDataNew');
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
  const data = scriptData(page.html);
  const gone = isTree(data) ? deletedReading(data) : null;
  if (gone) return gone;
  if (isTree(data) && (str(data, 'content_noencode') ?? str(data, 'desc') ?? str(data, 'title'))) return readScripted(page, data);
  if (hasArticle(page.html)) return readMarkup(page);
  if (/\bvar\s+msgList\s*=/.test(page.html)) return readHistory(page);
  const state = wechatState(page);
  if (state) return state;
  const account = readAbout(loadHtml(page.html), page.html, page.url);
  return account ? { account, level: 'account' } : (wechatState(page, true) ?? { level: 'account' });
}
