/**
 * 快手: answers of the app's interface (an account's works, recommendations, search), of the web's GraphQL and of
 * share pages; a page's cache (`__APOLLO_STATE__`), its other states, and what a browser saves of a work or a profile.
 */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, titleOf, topmost } from '../../extract/html.ts';
import { readAssigned, readDumps } from '../../extract/js-literal.ts';
import { writeEmoticons } from '../../extract/rich-text.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, num, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';
import { isWork, kuaishouPost, kuaishouUser, SITE } from './work.ts';

const WORK = /\/(?:short-video|photo|fw\/photo)\/(?:[\w-]+\/)?(\w{8,30})/;
const MAX_RECORDS = 20_000;
/** Values read out of a cache whose records name each other. */
const MAX_FOLLOWED = 100_000;

const isProfile = (value: unknown): boolean =>
  isTree(value) &&
  (str(value, 'user_name') ?? str(value, 'userName')) !== undefined &&
  (str(value, 'user_id') ?? str(value, 'userId')) !== undefined &&
  !isWork(value);

/** The profile an answer is about, named as such. */
function profileIn(answers: readonly unknown[]): AccountInput | null {
  const holders = gather(answers, (v) => isTree(at(v, 'userProfile')));
  for (const holder of holders) {
    const profile = at(holder, 'userProfile', 'profile') ?? at(holder, 'userProfile', 'userInfo') ?? at(holder, 'userProfile');
    if (isProfile(profile))
      return kuaishouUser({ ...(profile as object), ...(at(holder, 'userProfile', 'userEid') ? { eid: at(holder, 'userProfile', 'userEid') } : {}) });
  }
  return null;
}

function commonAuthor(posts: readonly PostInput[]): AccountInput | null {
  const first = posts[0]?.account;
  return first?.id && posts.every((p) => p.account?.id === first.id) ? first : null;
}

/** An answer of accounts only: one is the account; of several, each leads to its own page. */
function readUsers(answers: readonly unknown[]): Reading | null {
  const users = gather(answers, isProfile)
    .map(kuaishouUser)
    .filter((u) => u !== null);
  if (users.length === 0) return null;
  if (users.length === 1) return { account: users[0] ?? null, level: 'account' };
  const links = users.map((u) => ({ url: absolute(u['url'] as string | undefined, null) ?? `${SITE}profile/${u.id ?? ''}`, kind: 'account' as const }));
  return { status: 'ok', reason: `${users.length} 个账号`, links, level: 'list' };
}

function stateIn(answers: readonly unknown[]): Reading | null {
  for (const answer of answers) {
    const state = stateOf(str(answer, 'error_msg') ?? str(answer, 'message') ?? str(answer, 'errors', 0, 'message'));
    if (state) return state;
    const list = gather(answer, (v) => isTree(v) && Array.isArray(at(v, 'feeds')))[0];
    if (list !== undefined && num(list, 'result') === 1) return { empty: true, level: 'list', reason: '没有作品' };
  }
  return null;
}

function readAnswers(page: PageInput, answers: readonly unknown[]): Reading {
  const works = gather(answers, isWork);
  const asked = WORK.exec(page.url ?? '')?.[1];
  const posts = works.map((w) => kuaishouPost(w, page.fetchedAt ?? null)).filter((p) => p !== null);
  const wanted = asked === undefined ? undefined : posts.find((p) => p.id === asked || p['eid'] === asked);
  if (wanted) return { account: wanted.account ?? null, posts: [wanted], level: 'detail' };
  const account = profileIn(answers) ?? commonAuthor(posts);
  if (posts.length > 0) {
    const single = posts.length === 1 && gather(answers, (v) => isTree(v) && Array.isArray(at(v, 'feeds'))).length === 0;
    return {
      account,
      posts,
      level: single ? 'detail' : 'list',
      links: single ? [] : posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])),
    };
  }
  return (account ? { account, level: 'account' } : (readUsers(answers) ?? stateIn(answers))) ?? { level: 'list' };
}

/** Puts the records of a page's cache in place of the references to them, one level deep from each answer. */
function resolved(client: unknown): unknown[] {
  if (!isTree(client)) return [];
  let left = MAX_FOLLOWED;
  const follow = (value: unknown, depth: number): unknown => {
    left -= 1;
    if (left < 0) return undefined;
    if (Array.isArray(value)) return depth > 8 ? [] : value.slice(0, 500).map((v) => follow(v, depth + 1));
    if (!isTree(value)) return value;
    const reference = str(value, '__ref') ?? (str(value, 'type') === 'id' ? str(value, 'id') : undefined);
    const target = reference === undefined ? value : at(client, reference);
    if (!isTree(target) || depth > 8) return undefined;
    return Object.fromEntries(Object.entries(target).map(([k, v]) => [k, follow(v, depth + 1)]));
  };
  const roots = Object.entries(client)
    .slice(0, MAX_RECORDS)
    .filter(([key]) => /^\$?ROOT_QUERY/.test(key));
  const answers = roots.map(([, value]) => follow(value, 0));
  if (gather(answers, isWork).length > 0 || profileIn(answers)) return answers;
  // A cache without its queries: a photo and an author stand beside each other.
  const records = Object.entries(client).slice(0, MAX_RECORDS);
  const photos = records.filter(([key]) => /Photo:/.test(key)).map(([, v]) => v);
  const authors = records.filter(([key]) => /Author:/.test(key)).map(([, v]) => v);
  return photos.map((photo) => ({ photo, author: authors.length === 1 ? authors[0] : undefined }));
}

function scriptData(html: string): unknown[] {
  const read = (name: string): unknown => {
    try {
      return readAssigned(html, name);
    } catch {
      return undefined;
    }
  };
  const apollo = read('window.__APOLLO_STATE__');
  const client = at(apollo, 'defaultClient') ?? apollo;
  return [...resolved(client), ...['window.INIT_STATE', 'window.pageData', 'window.__INITIAL_STATE__'].map(read)].filter((v) => isTree(v) || Array.isArray(v));
}

/** A work or a profile as the browser shows it. */
function readMarkup(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  writeEmoticons($);
  const textAt = (selector: string): string | undefined => nodeText($(selector).first().toArray(), true) || undefined;
  const eid = /\/(?:profile|u)\/(\w{6,40})/.exec(
    $('.profile-user-name a, a.profile-user-name, .short-video-info a[href*="/profile/"], a[href*="/profile/"]').first().attr('href') ?? page.url ?? '',
  )?.[1];
  const account = makeAccount({
    id: eid,
    name: textAt('.short-video-info .profile-user-name-title, .profile-user-name-title, .user-detail .user-name, .profile-user .user-name, .user-info .name'),
    alias: /快手号[:：]\s*([\w.-]{2,40})/.exec(nodeText($('.profile-user-kwai-id, .user-detail, .user-info').toArray()))?.[1],
    description: textAt('.profile-user-desc, .user-detail .user-desc'),
    url: eid ? `${SITE}profile/${eid}` : undefined,
  });
  const text = textAt(
    '.short-video-info-container-detail .video-info-title, .short-video-info .video-info-title, .video-info-title, .video-caption, .caption-text',
  );
  const cards = topmost($, '.video-card, .photo-card, .feed-photo-card', 500);
  if (!text && cards.length > 0) {
    const posts = cards.map((card) => {
      const words = nodeText($(card).find('.video-info-title, .caption, .title').first().toArray()) || ($(card).find('img').attr('alt') ?? '');
      const href = absolute($(card).find('a[href*="/short-video/"]').attr('href'), SITE);
      const images = [absolute($(card).find('img').first().attr('src'), null)].filter((u) => u !== undefined);
      return makePost({
        id: WORK.exec(href ?? '')?.[1],
        platform: 'kuaishou',
        text: words,
        url: href,
        images,
        contacts: contactStrings(words),
        account: account ?? undefined,
      });
    });
    return { account, posts: posts.filter((p) => p !== null), level: 'list' };
  }
  if (!text) {
    const state = stateOf(nodeText($('.error-page, .not-found, [class*="error"], .empty, .no-result').toArray()).slice(0, 500)) ?? stateOf(titleOf(page.html));
    return state ?? (account?.name ? { account, level: 'account' } : { level: 'detail' });
  }
  const id = WORK.exec($('link[rel="canonical"]').attr('href') ?? page.url ?? '')?.[1];
  const when = textAt('.photo-time, .short-video-info .time, .video-info-time')?.replace(/^[·\s]+/, '');
  const post = makePost({
    id,
    platform: 'kuaishou',
    text,
    publishedAt: readTime(when, page.fetchedAt ?? null),
    publishedText: when,
    url: id ? `${SITE}short-video/${id}` : (page.url ?? undefined),
    images: [absolute($('video[poster]').attr('poster'), null)].filter((u) => u !== undefined),
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

/** Reads answers, a page's data, or its markup. */
export function readKuaishou(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) return readAnswers(page, readDumps(page.html));
  const data = scriptData(page.html);
  const read = data.length > 0 ? readAnswers(page, data) : null;
  return read && (read.posts?.length || read.account || read.status || read.empty) ? read : readMarkup(page);
}
