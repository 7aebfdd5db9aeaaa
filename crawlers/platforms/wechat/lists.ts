/**
 * Lists of a WeChat account's posts: the old profile page reached through search, and the two JSON answers that a
 * client with a session of its own gets (a follower's message list, an operator's list of publications). They come
 * by import or by the authority's own session; an anonymous client gets none of them.
 */
import { absolute, decodeEntities, loadHtml, nodeText } from '../../extract/html.ts';
import { wholeAssigned } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, num, parseJson, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, PageLink, Reading } from '../types.ts';
import { keyOf, variable } from './variables.ts';

const SITE = 'https://mp.weixin.qq.com/';
type Account = NonNullable<Reading['account']>;
type Post = NonNullable<Reading['posts']>[number];

const label = (value: unknown, ...path: string[]): string | undefined => {
  const text = str(value, ...path);
  return text === undefined ? undefined : decodeEntities(decodeEntities(text));
};

const listed = (account: Account | null, posts: readonly (Post | null)[]): Reading => {
  const kept = posts.filter((p) => p !== null);
  const links: PageLink[] = kept.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : []));
  return { account, posts: kept, level: 'list', empty: kept.length === 0, links };
};

/** Messages with their main and further articles, as profile page and message list hold them. */
function messagePosts(messages: readonly unknown[], page: PageInput, account: Account | null): (Post | null)[] {
  return messages.flatMap((message) => {
    const main = at(message, 'app_msg_ext_info');
    return [main, ...list(main, 'multi_app_msg_item_list')].map((item) => {
      const url = absolute(label(item, 'content_url'), page.url ?? SITE);
      return makePost({
        id: keyOf(url),
        platform: 'wechat',
        title: label(item, 'title'),
        summary: label(item, 'digest'),
        url,
        publishedAt: readTime(num(message, 'comm_msg_info', 'datetime'), null),
        account: account ?? undefined,
      });
    });
  });
}

/** The old history page reached through search: `var msgList = {…}` and the profile block. */
export function readHistory(page: PageInput): Reading {
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
  const raw = wholeAssigned(page.html, 'msgList');
  const messages = isTree(raw) ? raw : parseJson(String(raw ?? ''));
  const read = listed(account, messagePosts(list(messages, 'list'), page, account));
  // A page cut off in the middle of its list is not an account without posts.
  return isTree(messages) ? read : { ...read, empty: false };
}

/** An operator's list: publications as JSON inside JSON. */
function publicationPosts(page: unknown): (Post | null)[] {
  return list(page, 'publish_list').flatMap((entry) => {
    const info = parseJson(str(entry, 'publish_info') ?? '');
    return list(info, 'appmsgex').map((item) => {
      const url = absolute(label(item, 'link'), SITE);
      const published = readTime(num(item, 'update_time') ?? num(item, 'create_time'), null);
      return makePost({ id: keyOf(url), platform: 'wechat', title: label(item, 'title'), summary: label(item, 'digest'), url, publishedAt: published });
    });
  });
}

/** Reads a JSON list of posts; null when it is another JSON. */
export function readJsonList(page: PageInput): Reading | null {
  const answer = parseJson(page.html);
  const messages = parseJson(str(answer, 'general_msg_list') ?? '') ?? at(answer, 'general_msg_list');
  if (isTree(messages)) return listed(null, messagePosts(list(messages, 'list'), page, null));
  const publications = parseJson(str(answer, 'publish_page') ?? '') ?? at(answer, 'publish_page');
  return isTree(publications) ? listed(null, publicationPosts(publications)) : null;
}

/** What a refused JSON list says: a session that is none or no more. */
export function jsonWall(html: string): { status: 'login_wall' | 'captcha'; reason: string } | null {
  if (!html.trimStart().startsWith('{')) return null;
  const answer = parseJson(html);
  const code = num(answer, 'ret') ?? num(answer, 'base_resp', 'ret');
  if (code === undefined || code === 0) return null;
  const said = str(answer, 'errmsg') ?? str(answer, 'base_resp', 'err_msg') ?? `ret ${code}`;
  // -6 and 200013 are "too often"; -3, 200003 and 200040 are a session that is over.
  if ([-6, 200_013].includes(code) || /freq/.test(said)) return { status: 'captcha', reason: said };
  return [-3, 200_003, 200_040].includes(code) || /session|login|invalid/.test(said) ? { status: 'login_wall', reason: said } : null;
}
