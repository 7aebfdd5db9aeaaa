/**
 * 百度贴吧's JSON interfaces, of the app and of the mobile and new desktop pages: a thread with its floors, and a list
 * of threads. A text is a list of pieces by kind (words, links, emoticons, pictures, mentions); accounts stand in the
 * entry or once in `user_list`.
 */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { richText } from '../../extract/rich-text.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, list, num, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';

export const SITE = 'https://tieba.baidu.com';

/** Kinds of pieces: an emoticon, pictures (a photo, a meme), a video. */
const EMOTICON = 2;
const PICTURES: ReadonlySet<number> = new Set([3, 11, 16, 20]);
const VIDEO = 5;

/** An account; @param user its entry, with the shown name, the registered one and the number */
export function tiebaUser(user: unknown): AccountInput | null {
  if (!isTree(user)) return null;
  const portrait = str(user, 'portrait')?.split('?')[0];
  const registered = str(user, 'user_name') ?? str(user, 'name') ?? str(user, 'un');
  const shown = str(user, 'shown') ?? str(user, 'name_show') ?? str(user, 'show_nickname') ?? str(user, 'user_nickname') ?? str(user, 'nickname') ?? registered;
  return makeAccount({
    id: str(user, 'user_id') ?? str(user, 'id') ?? portrait,
    name: shown,
    alias: registered && registered !== shown ? registered : undefined,
    ipRegion: str(user, 'ip_address') ?? str(user, 'ip'),
    url: portrait ? `${SITE}/home/main?id=${portrait}` : undefined,
  });
}

function contentOf(pieces: unknown): { text: string; images: string[] } {
  if (typeof pieces === 'string') return { text: richText(pieces), images: [] };
  const images: string[] = [];
  const words = list(pieces).map((piece) => {
    const kind = num(piece, 'type') ?? 0;
    if (PICTURES.has(kind)) {
      const url = absolute(
        ['origin_src', 'big_cdn_src', 'cdn_src_active', 'cdn_src', 'big_pic', 'src'].map((k) => str(piece, k)).find((v) => v !== undefined),
        null,
      );
      if (url) images.push(url);
      return '';
    }
    if (kind === VIDEO) {
      const cover = absolute(str(piece, 'src'), null);
      if (cover) images.push(cover);
      return '';
    }
    const said = at(piece, 'text');
    if (kind === EMOTICON) return `[${str(piece, 'c') ?? str(piece, 'text') ?? ''}]`;
    return typeof said === 'string' ? said : (str(piece, 'text') ?? '');
  });
  return {
    text: words
      .join('')
      .replace(/\u00a0/g, ' ')
      .trim(),
    images,
  };
}

/** Accounts named once for the whole answer, by number. */
const usersOf = (answer: unknown): Map<string, unknown> => {
  const users = at(answer, 'user_list');
  const given: readonly unknown[] = Array.isArray(users) ? (users as readonly unknown[]) : isTree(users) ? Object.values(users) : [];
  return new Map(given.map((u) => [str(u, 'id') ?? str(u, 'user_id') ?? '', u]));
};

const authorOf = (entry: unknown, users: ReadonlyMap<string, unknown>): unknown => {
  const author = at(entry, 'author');
  const known = users.get(str(entry, 'author_id') ?? str(author, 'id') ?? '');
  return isTree(author) && (str(author, 'name') ?? str(author, 'name_show') ?? str(author, 'user_name')) !== undefined ? author : (known ?? author);
};

/** A thread: the floor that opens it and what its author wrote further down; what others answered is no post of the account. */
function readThread(answer: unknown, page: PageInput): Reading {
  const users = usersOf(answer);
  const thread = at(answer, 'thread') ?? at(answer, 'thread_info');
  const floors = list(answer, 'post_list');
  const opening = floors.find((f) => num(f, 'floor') === 1) ?? at(answer, 'first_floor') ?? at(answer, 'first_post');
  const author = tiebaUser(authorOf(thread, users)) ?? tiebaUser(authorOf(opening, users));
  const own = floors.filter((f) => f !== opening && author?.id !== undefined && tiebaUser(authorOf(f, users))?.id === author.id);
  const parts = [opening, ...own].filter((f) => f !== undefined).map((f) => contentOf(at(f, 'content')));
  const body = parts.length > 0 ? parts : [contentOf(at(thread, 'first_post_content') ?? at(thread, 'content') ?? at(thread, 'abstract'))];
  const id = str(thread, 'id') ?? str(thread, 'tid') ?? str(thread, 'thread_id');
  const text = body
    .map((b) => b.text)
    .filter(Boolean)
    .join('\n\n');
  const forum = at(answer, 'forum') ?? at(answer, 'display_forum');
  const post = makePost({
    id,
    platform: 'tieba',
    title: str(thread, 'title') ?? str(opening, 'title'),
    text,
    publishedAt: readTime(num(opening, 'time') ?? num(opening, 'create_time') ?? num(thread, 'create_time'), page.fetchedAt ?? null),
    url: id ? `${SITE}/p/${id}` : undefined,
    images: [...new Set(body.flatMap((b) => b.images))],
    contacts: contactStrings(text),
    account: author ?? undefined,
    forum: str(forum, 'name'),
  });
  return { account: author, posts: post ? [post] : [], level: 'detail' };
}

function listPost(entry: unknown, answer: unknown, users: ReadonlyMap<string, unknown>, page: PageInput): PostInput | null {
  const id = str(entry, 'tid') ?? str(entry, 'id') ?? str(entry, 'thread_id');
  const body = contentOf(at(entry, 'first_post_content') ?? at(entry, 'rich_abstract') ?? at(entry, 'abstract') ?? at(entry, 'content'));
  const media = list(entry, 'media')
    .map((m) => absolute(str(m, 'origin_pic') ?? str(m, 'big_pic') ?? str(m, 'src_pic'), null))
    .filter((u) => u !== undefined);
  return makePost({
    id,
    platform: 'tieba',
    title: str(entry, 'title'),
    text: body.text,
    publishedAt: readTime(num(entry, 'create_time') ?? num(entry, 'time'), page.fetchedAt ?? null),
    url: id ? `${SITE}/p/${id}` : undefined,
    images: [...new Set([...body.images, ...media])],
    contacts: contactStrings(body.text),
    account: tiebaUser(authorOf(entry, users)) ?? undefined,
    forum: str(entry, 'forum_name') ?? str(entry, 'fname') ?? str(answer, 'forum', 'name'),
  });
}

/** Reads answers: a thread before a list of threads, and what an error says. */
export function readTiebaAnswers(page: PageInput, answers: readonly unknown[]): Reading {
  const whole = gather(answers, (v) => isTree(v) && (Array.isArray(at(v, 'post_list')) || isTree(at(v, 'first_floor'))))[0];
  if (whole !== undefined) {
    const thread = readThread(whole, page);
    if (thread.posts?.length) return thread;
  }
  const holder = gather(answers, (v) => isTree(v) && Array.isArray(at(v, 'thread_list') ?? at(v, 'threads') ?? at(v, 'post_list')))[0];
  if (holder !== undefined) {
    const entries = [...list(holder, 'thread_list'), ...list(holder, 'threads')];
    const posts = entries.map((e) => listPost(e, holder, usersOf(holder), page)).filter((p) => p !== null);
    return { posts, level: 'list', empty: entries.length === 0, links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
  }
  const said = answers.map((a) => str(a, 'error_msg') ?? str(a, 'error') ?? str(a, 'errmsg') ?? str(a, 'msg')).find((t) => t !== undefined);
  const user = answers.map((a) => at(a, 'user') ?? at(a, 'data', 'user') ?? at(a, 'data')).find((u) => isTree(u) && str(u, 'portrait') !== undefined);
  if (user !== undefined) return { account: tiebaUser(user), level: 'account' };
  return stateOf(said) ?? { level: 'list' };
}
