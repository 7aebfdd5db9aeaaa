/**
 * 小红书: the page's `__INITIAL_STATE__` (a note, a profile with its notes, search results) in the page or saved by
 * itself, answers of the interface, and what a browser saves of a note or a profile. A visitor who is not let in is
 * given the home feed and an empty state: that is a wall, never an account without notes.
 */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, titleOf, topmost } from '../../extract/html.ts';
import { readAssigned, readDumps } from '../../extract/js-literal.ts';
import { writeEmoticons } from '../../extract/rich-text.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, list, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, PageLink, Reading } from '../types.ts';
import { any, isNote, SITE, xhsPost, xhsUser } from './note.ts';
import { decoded } from './walls.ts';

const REFUSED: Reading = { status: 'login_wall', reason: '返回的是空页面状态或首页推荐，不是所请求的账号或笔记，需要登录' };
const PROFILE = /\/user\/profile\/([0-9a-f]{24})/;
const NOTE = /\/(?:explore|discovery\/item|item)\/([0-9a-f]{24})/;

const isHome = (page: PageInput): boolean => /^https?:\/\/www\.xiaohongshu\.com\/(?:explore)?\/?(?:\?|$)/.test(page.url ?? '');
/** The home feed, which also stands where another page was asked for. */
const FEED = /\bid\s*=\s*["']?(?:exploreFeeds|mfContainer)\b/;

const linksTo = (posts: readonly PostInput[]): PageLink[] =>
  posts.flatMap((p) =>
    p.id ? [{ url: `${SITE}explore/${p.id}${p['token'] ? `?xsec_token=${encodeURIComponent(String(p['token']))}` : ''}`, kind: 'post' as const }] : [],
  );

/** The one author of all posts, or null. */
function commonAuthor(posts: readonly PostInput[]): AccountInput | null {
  const first = posts[0]?.account;
  return first?.id && posts.every((p) => p.account?.id === first.id) ? first : null;
}

function listed(posts: readonly PostInput[], account: AccountInput | null): Reading {
  return { account, posts, links: linksTo(posts), level: 'list' };
}

const postsIn = (root: unknown, page: PageInput): PostInput[] =>
  gather(root, isNote)
    .map((note) => xhsPost(note, page.fetchedAt ?? null))
    .filter((p) => p !== null);

/** A note's page: the entry of the map that has a note, the asked one first. */
function readNote(state: unknown, page: PageInput): Reading | null {
  const map = at(state, 'note', 'noteDetailMap');
  const asked = NOTE.exec(page.url ?? '')?.[1] ?? str(state, 'note', 'firstNoteId') ?? '';
  const entries = isTree(map) ? [at(map, asked), ...Object.values(map)] : [];
  const mobile = at(state, 'noteData', 'data', 'noteData') ?? at(state, 'noteData', 'normalNotePreloadData');
  const note = [...entries.map((e) => at(e, 'note')), at(state, 'note', 'note'), mobile].find(
    (n) => any(n, 'noteId', 'note_id', 'id') !== undefined && isTree(n),
  );
  if (note === undefined) return null;
  const post = xhsPost(note, page.fetchedAt ?? null);
  return { account: post?.account ?? null, posts: post ? [post] : [], level: 'detail' };
}

function readProfile(state: unknown, page: PageInput): Reading | null {
  const data = at(state, 'user', 'userPageData');
  const facts = at(data, 'basicInfo');
  if (any(facts, 'nickname', 'nickName') === undefined) return null;
  const posts = postsIn(at(state, 'user', 'notes'), page);
  const own = list(state, 'user', 'noteQueries').map((q) => str(q, 'userId'));
  // On the tab of collected notes the authors are others: only when all agree is the author the account.
  const id = PROFILE.exec(page.url ?? '')?.[1] ?? own.find((v) => v !== undefined) ?? str(state, 'user', 'bannedInfo', 'userId') ?? commonAuthor(posts)?.id;
  const verified = at(data, 'verifyInfo');
  const account = xhsUser({ ...(isTree(facts) ? facts : {}), ...(verified === undefined ? {} : { verifyInfo: verified }) }, id);
  const banned = at(state, 'user', 'bannedInfo', 'serverBanned') === true ? (str(state, 'user', 'bannedInfo', 'reason') ?? '账号被封禁') : null;
  if (banned) return { account, posts: [], status: 'removed_by_platform', reason: banned };
  return posts.length > 0 ? listed(posts, account) : { account, level: 'account' };
}

/** What a state without the asked page says of itself. */
function refusal(state: unknown, page: PageInput, markup: boolean): Reading | null {
  const said = str(state, 'note', 'serverRequestInfo', 'errMsg') ?? str(state, 'user', 'userPageData', 'result', 'message');
  const known = said && !/^success$/i.test(said) ? stateOf(said) : null;
  if (known) return known;
  return markup && !isHome(page) && isTree(at(state, 'user')) ? REFUSED : null;
}

function readState(state: unknown, page: PageInput, markup: boolean): Reading {
  const found = readNote(state, page) ?? readProfile(state, page);
  if (found) return found;
  const results = postsIn(at(state, 'search', 'feeds'), page);
  if (results.length > 0) return listed(results, null);
  const refused = refusal(state, page, markup);
  if (refused) return refused;
  const feed = postsIn(at(state, 'feed', 'feeds'), page);
  return feed.length > 0 ? listed(feed, commonAuthor(feed)) : REFUSED;
}

function readAnswers(page: PageInput, answers: readonly unknown[]): Reading {
  const state = answers.find(
    (a) => isTree(at(a, 'user')) && (at(a, 'note') !== undefined || at(a, 'user', 'userPageData') !== undefined || at(a, 'feed') !== undefined),
  );
  if (state !== undefined) return readState(state, page, false);
  const profile = answers.map((a) => at(a, 'data', 'basic_info') ?? at(a, 'basic_info')).find((p) => any(p, 'nickname') !== undefined);
  const posts = postsIn(answers, page);
  const id = PROFILE.exec(page.url ?? '')?.[1] ?? /[?&](?:target_)?user_id=([0-9a-f]{24})/.exec(page.url ?? '')?.[1];
  const account = profile === undefined ? commonAuthor(posts) : xhsUser(profile, id);
  if (posts.length > 0) {
    // A note's own answer has its words; an entry of a list has a title and a cover.
    const whole = posts.length === 1 && (posts[0]?.text !== undefined || posts[0]?.publishedAt !== undefined);
    return whole ? { account, posts, level: 'detail' } : listed(posts, account);
  }
  if (account) return { account, level: 'account' };
  const said = answers.map((a) => str(a, 'msg') ?? str(a, 'message')).find((t) => t !== undefined);
  const state2 = said && !/^成功|^success/i.test(said) ? stateOf(said) : null;
  if (state2) return state2;
  return { level: 'list', empty: answers.some((a) => Array.isArray(at(a, 'data', 'notes')) && at(a, 'data', 'has_more') === false) };
}

/** A note or a profile as the browser shows it, for pages saved without their scripts. */
function readMarkup(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  writeEmoticons($);
  const textAt = (selector: string): string | undefined => nodeText($(selector).first().toArray(), true) || undefined;
  const author = $('.author-container a[href*="/user/profile/"], .author-wrapper a[href*="/user/profile/"]').first().attr('href');
  const shown = $('.user-info').length > 0 && $('.user-redId').length > 0;
  const id = PROFILE.exec(author ?? page.url ?? '')?.[1];
  const account = makeAccount({
    id,
    name: shown ? textAt('.user-info .user-name, .user-nickname') : textAt('.author-container .username, .author-wrapper .username, .author .name'),
    alias: textAt('.user-redId')?.replace(/^小红书号[:：]\s*/, ''),
    description: shown ? textAt('.user-desc') : undefined,
    ipRegion: textAt('.user-IP')?.replace(/^IP属地[:：]\s*/, ''),
    verifiedReason: textAt('.verify-content, .user-verify'),
    url: id ? `${SITE}user/profile/${id}` : undefined,
  });
  if (shown) return readCards($, page, account);
  const text = textAt('#detail-desc, .note-content .desc, .note-text') ?? '';
  const title = textAt('#detail-title, .note-content .title');
  if (!text && !title) {
    const cards = readCards($, page, null);
    if (cards.posts?.length) return cards;
    return (
      stateOf(nodeText($('.error-page, .access-wrapper, .feedback, .not-found, .empty, .login-container').toArray()).slice(0, 500)) ??
      stateOf(titleOf(page.html)) ?? { level: 'detail' }
    );
  }
  const noteId = NOTE.exec($('link[rel="canonical"], meta[property="og:url"]').attr('href') ?? page.url ?? '')?.[1];
  const when = textAt('.note-content .date, .bottom-container .date, .date');
  const images = $('.note-slider-img img, .swiper-slide img, img.note-slider-img, .media-container img')
    // A carousel repeats its last picture before the first.
    .filter((_, img) => $(img).closest('.swiper-slide-duplicate').length === 0)
    .toArray()
    .map((img) => absolute($(img).attr('src') ?? $(img).attr('data-src'), null))
    .filter((u) => u !== undefined);
  const post = makePost({
    id: noteId,
    platform: 'xiaohongshu',
    title,
    text,
    publishedAt: readTime(when?.replace(/\s+[\p{Script=Han}]{2,8}$/u, ''), page.fetchedAt ?? null),
    publishedText: when,
    url: noteId ? `${SITE}explore/${noteId}` : (page.url ?? undefined),
    images: [...new Set(images)],
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

function readCards($: ReturnType<typeof loadHtml>, page: PageInput, account: AccountInput | null): Reading {
  const posts = topmost($, 'section.note-item, .note-item', 500)
    .map((card) => {
      const href = $(card).find('a[href*="/explore/"], a[href*="/user/profile/"][class*="cover"]').first().attr('href') ?? '';
      const id = /\/explore\/([0-9a-f]{24})|\/([0-9a-f]{24})(?:\?|$)/.exec(href)?.slice(1).find(Boolean);
      const name = nodeText($(card).find('.author .name, .author-wrapper .name').first().toArray());
      return makePost({
        id,
        platform: 'xiaohongshu',
        title: nodeText($(card).find('.title').first().toArray()),
        url: id ? `${SITE}explore/${id}` : absolute(href, SITE),
        images: [absolute($(card).find('img').first().attr('src'), null)].filter((u) => u !== undefined),
        account: account ?? makeAccount({ name }) ?? undefined,
        publishedAt: readTime(nodeText($(card).find('.time').first().toArray()), page.fetchedAt ?? null),
      });
    })
    .filter((p) => p !== null);
  return posts.length > 0 ? { account, posts, links: linksTo(posts), level: 'list' } : { account, level: 'account' };
}

/** Reads a page, its state saved by itself, or answers of the interface. */
export function readXiaohongshu(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) return readAnswers(page, readDumps(page.html));
  const state = assignedState(page.html);
  const read = isTree(state) ? readState(state, page, true) : null;
  if (read && read.status !== 'login_wall') return read;
  const head = titleOf(page.html);
  const told = /(?:\/404\?|error_code=|errorCode=)/.test(page.url ?? '') ? decoded(/error_msg=([^&]{1,300})/.exec(page.url ?? '')?.[1] ?? '') || head : '';
  const gone = stateOf(told) ?? (/^小红书\s*[-–]\s*|^页面/.test(head) ? stateOf(head.replace('你的生活指南', '')) : null);
  if (gone) return gone;
  // The home feed is no page of an account, however many cards it shows.
  if (FEED.test(page.html) && (read || !isHome(page))) return read ?? REFUSED;
  // A page that the browser drew and then saved may show what its first state did not hold.
  const drawn = readMarkup(page);
  return read === null || drawn.posts?.length || drawn.account ? drawn : read;
}

/** The page's state; a page cut off in the middle of it has none. */
function assignedState(html: string): unknown {
  try {
    return readAssigned(html, '__INITIAL_STATE__');
  } catch {
    return undefined;
  }
}
