/**
 * 百度贴吧: a thread page (each floor carries its facts as JSON in an attribute), a forum's list and a search page
 * (the list hides in a comment until a script shows it), an account's page, and the JSON interfaces. A thread is one
 * post: its opening floor and what its author wrote further down; answers of others are not the account's.
 */
import type { PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, titleOf, topmost } from '../../extract/html.ts';
import { readAssigned, readDumps, readLiteral } from '../../extract/js-literal.ts';
import { writeEmoticons } from '../../extract/rich-text.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, num, parseJson, str } from '../../extract/tree.ts';
import { makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';
import { readTiebaAnswers, SITE, tiebaUser } from './answers.ts';

type Page = ReturnType<typeof loadHtml>;
type Nodes = ReturnType<Page>;

/** The facts in a `data-field`: JSON, or a literal with single quotes. */
function fieldOf(nodes: Nodes): unknown {
  const text = nodes.attr('data-field') ?? '';
  const json = parseJson(text);
  if (json !== undefined || !text.startsWith('{')) return json;
  try {
    return readLiteral(text, 0, { maxLength: 200_000 }).value;
  } catch {
    return undefined;
  }
}

const assigned = (html: string, name: string): unknown => {
  try {
    return readAssigned(html, name, { maxNodes: 20_000 });
  } catch {
    return undefined;
  }
};

/** When the server made the page, which is when it was fetched. */
function clockOf(page: PageInput): Date | null {
  if (page.fetchedAt) return page.fetchedAt;
  const at0 = num(/server_time["']?\s*:\s*["']?(\d{13})/.exec(page.html)?.[1]);
  return at0 === undefined ? null : new Date(at0);
}

interface Floor {
  readonly id: string | undefined;
  readonly number: number | undefined;
  readonly author: unknown;
  readonly text: string;
  readonly images: string[];
  readonly written: string | undefined;
  readonly region: string | undefined;
}

function floorOf($: Page, el: Parameters<Page>[0]): Floor | null {
  const $post = $(el);
  const field = fieldOf($post);
  const body = $post.find('.d_post_content').first();
  if (body.length === 0) return null;
  body.find('.replace_tip, .save_face_bg, .lzl_container').remove();
  const tails = $post
    .find('.tail-info, .p_tail li span')
    .toArray()
    .map((t) => nodeText([t]));
  const written = str(field, 'content', 'date') ?? tails.find((t) => /\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d{2}|前$/.test(t));
  const name = $post.find('.p_author_name').first();
  const card = fieldOf(name);
  const author = isTree(at(field, 'author')) ? { ...(at(field, 'author') as object) } : {};
  return {
    id: str(field, 'content', 'post_id') ?? $post.attr('data-pid'),
    number: num(field, 'content', 'post_no') ?? num(/^(\d{1,6})楼$/.exec(tails.find((t) => /^\d{1,6}楼$/.test(t)) ?? '')?.[1]),
    author: {
      ...author,
      shown: nodeText(name.toArray()) || undefined,
      portrait: str(author, 'portrait') ?? str(card, 'id'),
      ...(str(author, 'user_name') ? {} : { user_name: str(card, 'un') }),
    },
    text: nodeText(body.toArray(), true),
    images: body
      .find('img.BDE_Image, img[pic_type]')
      .toArray()
      .map((img) => absolute($(img).attr('src') ?? $(img).attr('data-original'), SITE))
      .filter((u) => u !== undefined),
    written,
    region: $post
      .find('.post-tail-wrap span, .p_tail span')
      .toArray()
      .map((t) => /^IP属地[:：]\s*(\S{1,20})$/.exec(nodeText([t]))?.[1])
      .find((v) => v !== undefined),
  };
}

/** The head of a title element is the thread's title; the forum's name and the site's follow. */
const bareTitle = (html: string): string =>
  titleOf(html)
    .replace(/[_-]\s*百度贴吧\s*$/, '')
    .replace(/(?:【[^】]{1,40}吧】|_[^_]{1,40}吧)\s*$/, '')
    .replace(/^【图片】/, '')
    .trim();

function readThread($: Page, page: PageInput): Reading | null {
  const floors = topmost($, '.l_post', 200)
    .map((el) => floorOf($, el))
    .filter((f) => f !== null);
  if (floors.length === 0) return null;
  const thread = assigned(page.html, 'PageData.thread');
  const forum = assigned(page.html, 'PageData.forum');
  const opening = floors.find((f) => f.number === 1);
  const named = str(thread, 'author');
  const lead = opening ?? floors.find((f) => named !== undefined && str(f.author, 'user_name') === named);
  const account = tiebaUser(lead?.author) ?? (named ? tiebaUser({ user_name: named }) : null);
  const own = floors.filter((f) => f === lead || (account?.id !== undefined && tiebaUser(f.author)?.id === account.id));
  const id =
    str(thread, 'thread_id') ??
    str(thread, 'id') ??
    /\/p\/(\d{5,15})/.exec(page.url ?? $('link[rel="canonical"]').attr('href') ?? $('#lzonly_cntn').attr('href') ?? '')?.[1];
  const text = own
    .map((f) => f.text)
    .filter(Boolean)
    .join('\n\n');
  // A later page lacks the opening: stored under the thread's own number it would pass for the thread rewritten.
  const from = opening ? undefined : Math.min(...floors.map((f) => f.number ?? 1));
  const post = makePost({
    id: id && from !== undefined ? `${id}-${from}` : id,
    platform: 'tieba',
    title: str(thread, 'title') ?? (nodeText($('.core_title_txt').first().toArray()) || bareTitle(page.html)),
    text,
    publishedAt: readTime((opening ?? lead)?.written, clockOf(page)),
    url: id ? `${SITE}/p/${id}` : (page.url ?? undefined),
    images: [...new Set(own.flatMap((f) => f.images))],
    contacts: contactStrings(text),
    account: account ?? undefined,
    forum: str(forum, 'forum_name') ?? str(forum, 'name') ?? (nodeText($('.card_title_fname').first().toArray()) || undefined),
    ipRegion: (opening ?? lead)?.region,
    firstFloor: from,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** A forum's list. */
function readForum($: Page, page: PageInput): Reading | null {
  const entries = topmost($, 'li.j_thread_list, .j_thread_list[data-field]', 500);
  if (entries.length === 0) return null;
  const now = clockOf(page);
  const forum = str(assigned(page.html, 'PageData.forum'), 'name') ?? (nodeText($('.card_title_fname').first().toArray()) || undefined);
  const posts = entries
    .map((el) => {
      const $li = $(el);
      const field = fieldOf($li);
      const link = $li.find('a.j_th_tit').first();
      const id = str(field, 'id') ?? $li.attr('data-tid') ?? /\/p\/(\d+)/.exec(link.attr('href') ?? '')?.[1];
      const who = $li.find('.frs-author-name').first();
      const user = {
        user_id: str(fieldOf($li.find('.tb_icon_author').first()), 'user_id'),
        user_name: str(field, 'author_name') ?? str(fieldOf(who), 'un'),
        user_nickname: str(field, 'author_nickname'),
        portrait: str(field, 'author_portrait') ?? str(fieldOf(who), 'id'),
        shown: nodeText(who.toArray()) || undefined,
      };
      const text = nodeText($li.find('.threadlist_abs').first().toArray(), true);
      const images = $li
        .find('.threadlist_media img')
        .toArray()
        .map((img) => absolute($(img).attr('bpic') ?? $(img).attr('data-original'), SITE))
        .filter((u) => u !== undefined);
      const written = nodeText($li.find('.is_show_create_time').first().toArray());
      return makePost({
        id,
        platform: 'tieba',
        title: link.attr('title') ?? nodeText(link.toArray()),
        text,
        publishedAt: readTime(written, now),
        publishedText: written,
        url: id ? `${SITE}/p/${id}` : undefined,
        images,
        contacts: contactStrings(text),
        account: tiebaUser(user) ?? undefined,
        forum: forum?.replace(/吧$/, ''),
      });
    })
    .filter((p) => p !== null);
  return listed(posts);
}

const listed = (posts: readonly PostInput[]): Reading => ({
  posts,
  level: 'list',
  links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])),
});

/** Search results over all forums or in one. */
function readSearch($: Page, page: PageInput): Reading | null {
  const posts = topmost($, '.s_post', 200).map((el) => {
    const $post = $(el);
    const link = $post.find('.p_title a').first();
    const who = $post.find('a[href*="/home/main"]').first();
    const portrait = /[?&]id=([\w.-]{10,80})/.exec(who.attr('href') ?? '')?.[1];
    const id = link.attr('data-tid') ?? /\/p\/(\d+)/.exec(link.attr('href') ?? '')?.[1];
    const text = nodeText($post.find('.p_content').first().toArray(), true);
    return makePost({
      id,
      platform: 'tieba',
      title: nodeText(link.toArray()),
      text,
      publishedAt: readTime(nodeText($post.find('.p_date').first().toArray()), clockOf(page)),
      url: id ? `${SITE}/p/${id}` : undefined,
      images: $post
        .find('.p_mediaCont img, .p_pic img')
        .toArray()
        .map((img) => absolute($(img).attr('original') ?? $(img).attr('data-original') ?? $(img).attr('src'), SITE))
        .filter((u) => u !== undefined),
      contacts: contactStrings(text),
      account: tiebaUser({ shown: nodeText(who.toArray()) || undefined, portrait }) ?? undefined,
      forum: nodeText($post.find('.p_forum').first().toArray()).replace(/吧$/, ''),
    });
  });
  const kept = posts.filter((p) => p !== null);
  return kept.length > 0 ? listed(kept) : null;
}

/** Answers under one floor, saved by themselves: here each is what its own account wrote. */
function readReplies($: Page, page: PageInput): Reading | null {
  const tid = /[?&]tid=(\d{5,15})/.exec(page.url ?? '')?.[1];
  const posts = topmost($, '.lzl_single_post', 500).map((el) => {
    const field = fieldOf($(el));
    const text = nodeText($(el).find('.lzl_content_main').first().toArray(), true);
    const id = str(field, 'spid');
    return makePost({
      id,
      platform: 'tieba',
      title: text.slice(0, 40),
      text,
      publishedAt: readTime(nodeText($(el).find('.lzl_time').first().toArray()), clockOf(page)),
      url: tid ? `${SITE}/p/${tid}?pid=${str(field, 'pid') ?? ''}&cid=${id ?? ''}` : undefined,
      contacts: contactStrings(text),
      account: tiebaUser({ user_name: str(field, 'user_name'), shown: str(field, 'showname'), portrait: str(field, 'portrait') }) ?? undefined,
    });
  });
  const kept = posts.filter((p) => p !== null);
  return kept.length > 0 ? { posts: kept, level: 'list' } : null;
}

/** An account's page. */
function readHome($: Page, page: PageInput): Reading | null {
  const shown = nodeText($('.userinfo_username').first().toArray());
  if (!shown) return null;
  const link = $('p.space a, .space a, .userinfo_head a').first().attr('href') ?? page.url ?? '';
  const param = (name: string): string | undefined => {
    try {
      return new URL(link, SITE).searchParams.get(name) ?? undefined;
    } catch {
      return undefined;
    }
  };
  const account = tiebaUser({ shown, user_name: param('un'), portrait: param('id') });
  const posts = $('.new_list .thread_name a[href*="/p/"], .n_right .thread_name a[href*="/p/"]')
    .toArray()
    .slice(0, 200)
    .map((a) => {
      const id = /\/p\/(\d+)/.exec($(a).attr('href') ?? '')?.[1];
      return makePost({
        id,
        platform: 'tieba',
        title: $(a).attr('title') ?? nodeText([a]),
        url: id ? `${SITE}/p/${id}` : undefined,
        account: account ?? undefined,
      });
    });
  const kept = posts.filter((p) => p !== null);
  return kept.length > 0 ? { ...listed(kept), account } : { account, level: 'account' };
}

/** Reads a page or answers of the interfaces. */
export function readTieba(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) return readTiebaAnswers(page, readDumps(page.html));
  // Parts of a page wait in comments until a script puts them in place.
  const markup = /class="pagelet_html"|pagelet_html_/.test(page.html) ? page.html.replace(/<!--(?!\[)|-->/g, '') : page.html;
  const $ = loadHtml(markup);
  writeEmoticons($);
  const found = readThread($, page) ?? readForum($, page) ?? readSearch($, page) ?? readHome($, page) ?? readReplies($, page);
  if (found) return found;
  const said = nodeText(
    $('#errorText, .error_text, .page404, .app_404, .search_noresult, .forum_not_exist, .s_no_result, .body_404, .error-page, .tip_text').toArray(),
  ).slice(0, 500);
  const state = stateOf(said) ?? stateOf(/404|删除|不存在|隐藏/.test(titleOf(page.html)) ? `${titleOf(page.html)} 不存在` : undefined);
  if (state) return state.status === 'empty_state' ? { empty: true, reason: state.reason, level: 'list' } : state;
  return { level: 'detail' };
}
