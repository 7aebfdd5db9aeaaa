/**
 * The sandbox's public-account face: articles have the shape of today's WeChat pages and are read by that very
 * parser; account pages carry the labelled rows of an about page, the list of articles and a link to the next page.
 */
import { absolute, linksOf, loadHtml, nodeText } from '../../extract/html.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, PageLink, Reading } from '../types.ts';
import { readAbout } from '../wechat/about.ts';
import { readWechat } from '../wechat/parse.ts';
import { hasArticle, wechatState } from '../wechat/walls.ts';

/** An article under the sandbox's own names: posts go by the last part of their address. */
function readArticle(page: PageInput): Reading {
  const reading = readWechat(page);
  const account = reading.account?.id ? { ...reading.account, url: absolute(`/account/${reading.account.id}`, page.url) } : reading.account;
  const posts = (reading.posts ?? []).map((post) => {
    const url = page.url ?? post.url;
    return makePost({ ...post, id: /\/s\/([\w-]{1,100})/.exec(url ?? '')?.[1] ?? post.id, platform: 'sandbox-wechat', url, account: account ?? undefined });
  });
  return { ...reading, account, posts: posts.filter((p) => p !== null) };
}

/** Reads an article or an account page of the sandbox. */
export function readSandboxWechat(page: PageInput): Reading {
  if (hasArticle(page.html)) return readArticle(page);
  const state = wechatState(page);
  if (state) return state;
  const $ = loadHtml(page.html);
  const about = readAbout($, page.html, page.url);
  if (!about) return { level: 'account' };
  const id = $('[data-biz]').first().attr('data-biz') ?? about.id;
  const links: PageLink[] = [
    ...linksOf($, 'a.article-link', page.url).map((url) => ({ url, kind: 'post' as const })),
    ...linksOf($, 'a.next-page', page.url).map((url) => ({ url, kind: 'list' as const })),
  ];
  const url = absolute(`/account/${id}`, page.url);
  return { account: makeAccount({ ...about, id, url, name: nodeText($('h1').first().toArray()) || about.name }), links, level: 'account' };
}
