/**
 * 抖音: answers of the web interface and of share pages (a list of works, one work, a profile, search), the data of
 * a page (`RENDER_DATA`, `_ROUTER_DATA`, streamed pieces), and what a browser saves of a work or a profile.
 */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, scriptBodies, titleOf, topmost } from '../../extract/html.ts';
import { readAssigned, readDumps, readLiteral } from '../../extract/js-literal.ts';
import { writeEmoticons } from '../../extract/rich-text.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, num, parseJson, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';
import { douyinPost, douyinUser, gone, isWork, SITE } from './work.ts';

const MAX_PIECES = 200;
const WORK = /\/(?:video|note|slides)\/(\d{15,20})|[?&](?:modal_id|aweme_id|item_ids)=(\d{15,20})/;
const USER = /\/user\/([\w.-]{20,120})/;

/**
 * The account an answer is about: the one author of all works, with what his profile adds; else the profile, unless
 * the works are others' (a page also holds the profile of whoever looked at it).
 */
function accountOf(answers: readonly unknown[], posts: readonly PostInput[]): AccountInput | null {
  const first = posts[0]?.account;
  // Early answers give an author no number of his own, only the name he is found by.
  const key = (account: AccountInput | null | undefined): string | undefined => account?.id ?? account?.alias;
  const author = first && key(first) !== undefined && posts.every((p) => key(p.account) === key(first)) ? first : null;
  const found = answers
    .flatMap((a) => [at(a, 'user'), at(a, 'user_info'), at(a, 'userInfo'), at(a, 'app', 'user', 'user'), at(a, 'app', 'userDetail', 'user')])
    .find((u) => isTree(u) && (str(u, 'nickname') ?? '') !== '' && (str(u, 'uid') ?? str(u, 'sec_uid') ?? str(u, 'secUid')) !== undefined);
  const profile = douyinUser(found);
  const isHis = (account: AccountInput | null | undefined): boolean =>
    Boolean(profile && account) && (account?.id === profile?.id || (account?.['secUid'] !== undefined && account['secUid'] === profile?.['secUid']));
  if (author) return isHis(author) ? { ...author, ...profile } : author;
  return posts.length === 0 || posts.some((p) => isHis(p.account)) ? profile : null;
}

/** What an answer without works says became of them. */
function stateIn(answers: readonly unknown[]): Reading | null {
  for (const answer of answers) {
    const filter = at(answer, 'filter_detail') ?? gather(answer, (v) => isTree(v) && Object.hasOwn(v, 'filter_reason'))[0];
    const why = str(filter, 'detail_msg') ?? str(filter, 'notice') ?? str(filter, 'filter_reason');
    const said = why ?? (num(answer, 'status_code') === 0 ? undefined : (str(answer, 'status_msg') ?? str(answer, 'message')));
    const state = stateOf(said);
    if (state) return state;
    if (why) return { status: 'unavailable', reason: why };
    if (Array.isArray(at(answer, 'aweme_list')) && num(answer, 'status_code') === 0 && at(answer, 'has_more') !== true && num(answer, 'has_more') !== 1)
      return { empty: true, level: 'list', reason: '没有作品' };
  }
  return null;
}

function readAnswers(page: PageInput, answers: readonly unknown[]): Reading {
  const asked = WORK.exec(page.url ?? '')
    ?.slice(1)
    .find(Boolean);
  const works = gather(answers, isWork);
  const wanted = asked === undefined ? undefined : works.find((w) => (str(w, 'aweme_id') ?? str(w, 'awemeId')) === asked);
  const chosen = wanted === undefined ? works : [wanted];
  const deleted = chosen.length === 1 ? gone(chosen[0]) : undefined;
  const posts = chosen.map((w) => douyinPost(w, page.fetchedAt ?? null)).filter((p) => p !== null);
  const account = accountOf(wanted === undefined ? answers : [], posts);
  if (deleted) return { status: 'deleted', reason: deleted, account, posts: [] };
  if (posts.length === 0) return (account ? { account, level: 'account' } : stateIn(answers)) ?? { level: 'list' };
  const single = posts.length === 1 && !answers.some((a) => Array.isArray(at(a, 'aweme_list')));
  return {
    account,
    posts,
    level: single ? 'detail' : 'list',
    links: single ? [] : posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])),
  };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Pieces of a streamed page: `self.__pace_f.push([1,"5:[…]"])`. */
function pieces(html: string): unknown[] {
  const out: unknown[] = [];
  const push = /self\.__(?:pace_f|next_f)\.push\(/g;
  for (let found = push.exec(html), count = 0; found && count < MAX_PIECES; found = push.exec(html), count += 1) {
    try {
      const text = str(readLiteral(html, push.lastIndex).value, 1);
      if (text && text.length > 200 && /aweme/i.test(text)) out.push(parseJson(text.slice(text.indexOf(':') + 1)));
    } catch {
      // A piece cut off: the others stand for themselves.
    }
  }
  return out.filter((v) => v !== undefined);
}

/** Everything a page's scripts hold about works and users. */
function scriptData(html: string): unknown[] {
  const render = scriptBodies(html, /id=["'](?:RENDER_DATA|SIGI_STATE|__NEXT_DATA__)["']/).map((body) => parseJson(decoded(body.trim())));
  const assigned = ['window._ROUTER_DATA', 'window._SSR_HYDRATED_DATA', 'window.__INITIAL_STATE__', 'window._SSR_DATA'].map((name) => {
    try {
      return readAssigned(html, name);
    } catch {
      return undefined;
    }
  });
  return [...render, ...assigned, ...pieces(html)].filter((v) => isTree(v) || Array.isArray(v));
}

/** Fields of a page's data that hold a profile, wherever the template puts it. */
const profileIn = (data: readonly unknown[]): unknown =>
  gather(
    data,
    (v) =>
      isTree(v) && isTree(at(v, 'user')) && (str(v, 'user', 'secUid') ?? str(v, 'user', 'sec_uid')) !== undefined && (str(v, 'user', 'nickname') ?? '') !== '',
  )[0];

/** A work or a profile as the browser shows it. */
function readMarkup(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  writeEmoticons($);
  const textAt = (selector: string): string | undefined => nodeText($(selector).first().toArray(), true) || undefined;
  const cards = topmost($, '[data-e2e="user-post-list"] li, [data-e2e="scroll-list"] li, .search-result-card', 500);
  const author = $('[data-e2e="user-info"] a[href*="/user/"], a[data-e2e="video-author"], .author-card-user-name, [data-e2e="feed-video-nickname"]').first();
  const secUid = USER.exec(author.attr('href') ?? page.url ?? $('link[rel="canonical"]').attr('href') ?? '')?.[1];
  const name =
    textAt('[data-e2e="user-info"] h1') ??
    (nodeText(author.toArray()) || textAt('[data-e2e="user-info"] .account-name')) ??
    /^(.{1,40})的(?:抖音|主页)/.exec(titleOf(page.html))?.[1];
  const account = makeAccount({
    id: secUid,
    name: name || undefined,
    alias: /抖音号[:：]\s*([\w.-]{2,40})/.exec(nodeText($('[data-e2e="user-info"]').toArray()))?.[1],
    secUid,
    url: secUid ? `${SITE}user/${secUid}` : undefined,
    verifiedReason: textAt('[data-e2e="badge-role-name"], .semi-tooltip-trigger [class*="verify"]'),
  });
  if (cards.length > 0) return readCards($, cards, account);
  const text = textAt(
    '[data-e2e="video-desc"], [data-e2e="detail-video-info"] h1, [data-e2e="detail-video-info"] [class*="title"], .desc-wrapper .desc, .video-info-detail h1',
  );
  const id =
    WORK.exec($('link[rel="canonical"]').attr('href') ?? '')?.[1] ??
    WORK.exec(page.url ?? '')
      ?.slice(1)
      .find(Boolean);
  if (!text) {
    const state =
      stateOf(nodeText($('[class*="error"], [class*="not-found"], .not-found-page, [data-e2e="error-page"], .noResource').toArray()).slice(0, 500)) ??
      stateOf(titleOf(page.html));
    return state ?? (account?.name ? { account, level: 'account' } : { level: 'detail' });
  }
  const when = textAt('[data-e2e="detail-video-publish-time"], .video-create-time, [class*="publish-time"]')?.replace(/^发布时间[:：]\s*|^·\s*/, '');
  const post = makePost({
    id,
    platform: 'douyin',
    text,
    publishedAt: readTime(when, page.fetchedAt ?? null),
    publishedText: when,
    url: id ? `${SITE}video/${id}` : (page.url ?? undefined),
    images: [
      absolute(
        $('[data-e2e="detail-video-info"] img, .note-detail-container img, video[poster]').first().attr('src') ?? $('video[poster]').attr('poster'),
        null,
      ),
    ].filter((u) => u !== undefined),
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

function readCards($: ReturnType<typeof loadHtml>, cards: readonly unknown[], account: AccountInput | null): Reading {
  const posts = cards
    .map((card) => {
      const $card = $(card as Parameters<typeof $>[0]);
      const href = absolute($card.find('a[href*="/video/"], a[href*="/note/"]').first().attr('href'), SITE);
      const text = nodeText($card.find('p, [class*="title"]').last().toArray()) || ($card.find('img').attr('alt') ?? '');
      return makePost({
        id: WORK.exec(href ?? '')?.[1],
        platform: 'douyin',
        text,
        url: href?.split('?')[0],
        images: [absolute($card.find('img').first().attr('src'), null)].filter((u) => u !== undefined),
        contacts: contactStrings(text),
        account: account ?? undefined,
      });
    })
    .filter((p) => p !== null && p.id !== undefined) as PostInput[];
  return posts.length > 0
    ? { account, posts, level: 'list', links: posts.map((p) => ({ url: p.url ?? '', kind: 'post' as const })) }
    : { account, level: 'account' };
}

/** Reads answers, a page's data, or its markup. */
export function readDouyin(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) return readAnswers(page, readDumps(page.html));
  const data = scriptData(page.html);
  const profile = profileIn(data);
  const read = data.length > 0 ? readAnswers(page, profile === undefined ? data : [profile, ...data]) : null;
  return read && (read.posts?.length || read.account || read.status) ? read : readMarkup(page);
}
