/** 哔哩哔哩 works that are no dynamics: articles (`cv`), videos, and the entries of a space's lists and of the old dynamic interface. */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, imagesOf, loadHtml, nodeText } from '../../extract/html.ts';
import { writeEmoticons } from '../../extract/rich-text.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, num, parseJson, str } from '../../extract/tree.ts';
import { makePost } from '../define.ts';
import { biliUser, paragraphsOf } from './pieces.ts';

const SITE = 'https://www.bilibili.com/';

/** An article, with its body or as the facts beside one (`viewinfo`, which has no number of its own). */
export const isArticle = (value: unknown): boolean =>
  isTree(value) &&
  str(value, 'title') !== undefined &&
  ((str(value, 'author_name') !== undefined && str(value, 'mid') !== undefined) ||
    (isTree(at(value, 'author')) &&
      str(value, 'author', 'mid') !== undefined &&
      ['publish_time', 'image_urls', 'words', 'summary', 'content'].some((k) => Object.hasOwn(value, k))));

/** A video, alone or in a list. */
export const isVideo = (value: unknown): boolean =>
  isTree(value) &&
  (str(value, 'bvid') ?? (str(value, 'pubdate') && str(value, 'aid'))) !== undefined &&
  str(value, 'title') !== undefined &&
  (isTree(at(value, 'owner')) || str(value, 'mid') !== undefined || str(value, 'author') !== undefined);

/** An entry of a space's list of opuses. */
export const isOpusEntry = (value: unknown): boolean =>
  isTree(value) && str(value, 'opus_id') !== undefined && (str(value, 'content') !== undefined || isTree(at(value, 'cover')));

/** A card of the old dynamic interface: its body is JSON in a string. */
export const isOldCard = (value: unknown): boolean => isTree(value) && typeof at(value, 'card') === 'string' && str(value, 'desc', 'timestamp') !== undefined;

function articleBody(article: unknown): { text: string; images: string[] } {
  const content = str(article, 'content');
  const paragraphs = list(article, 'opus', 'content', 'paragraphs');
  if (paragraphs.length > 0) return paragraphsOf(paragraphs);
  if (!content) return { text: str(article, 'summary') ?? '', images: [] };
  // Notes keep their body as an editor's operations.
  const operations = content.startsWith('{') ? list(parseJson(content), 'ops') : [];
  if (operations.length > 0) {
    return {
      text: operations
        .map((o) => (typeof at(o, 'insert') === 'string' ? String(at(o, 'insert')) : ''))
        .join('')
        .trim(),
      images: operations.map((o) => absolute(str(o, 'insert', 'native-image', 'url'), null)).filter((u) => u !== undefined),
    };
  }
  const $ = loadHtml(content);
  writeEmoticons($);
  return { text: nodeText($.root().toArray()), images: imagesOf($, null, SITE) };
}

/** An article as a post. @param page address of the page, which names the article where the answer does not */
export function articlePost(article: unknown, fetchedAt: Date | null, page: string | null): PostInput | null {
  const id = str(article, 'id') ?? str(article, 'cvid') ?? /(?:[?&]id=|\/read\/(?:cv|mobile\/?))(\d{1,12})/.exec(page ?? '')?.[1];
  const body = articleBody(article);
  const covers = [...list(article, 'origin_image_urls'), ...list(article, 'image_urls')].map((u) => absolute(str(u), null)).filter((u) => u !== undefined);
  const author = at(article, 'author');
  const account = isTree(author) ? biliUser(author) : biliUser({ name: str(article, 'author_name'), mid: str(article, 'mid') });
  return makePost({
    id: id ? `cv${id}` : undefined,
    platform: 'bilibili',
    title: str(article, 'title'),
    text: body.text,
    summary: str(article, 'summary'),
    publishedAt: readTime(num(article, 'publish_time') || num(article, 'ctime') || undefined, fetchedAt),
    url: id ? `${SITE}read/cv${id}` : undefined,
    images: [...new Set(body.images.length > 0 ? body.images : covers)],
    contacts: contactStrings(body.text),
    account: account ?? undefined,
  });
}

/** A video as a post: its words are the description. @param author of the space, for lists that name him once */
export function videoPost(video: unknown, fetchedAt: Date | null, author: AccountInput | null): PostInput | null {
  // Before 2020 a video had a number only.
  const id = str(video, 'bvid') ?? `av${str(video, 'aid') ?? ''}`;
  const raw = list(video, 'desc_v2')
    .map((d) => str(d, 'raw_text'))
    .filter((t) => t !== undefined)
    .join('\n');
  const text = raw || str(video, 'desc') || str(video, 'description') || str(video, 'dynamic') || '';
  const owner = at(video, 'owner');
  const account = isTree(owner) ? biliUser(owner) : (biliUser({ mid: str(video, 'mid'), name: str(video, 'author') }) ?? author);
  return makePost({
    id,
    platform: 'bilibili',
    title: str(video, 'title'),
    text: text === '-' ? '' : text,
    publishedAt: readTime(num(video, 'pubdate') ?? num(video, 'created') ?? num(video, 'ctime'), fetchedAt),
    url: id ? `${SITE}video/${id}` : undefined,
    images: [absolute(str(video, 'pic') ?? str(video, 'cover'), null)].filter((u) => u !== undefined),
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
}

/** An entry of a space's list of opuses, which has no time. */
export function opusEntryPost(entry: unknown): PostInput | null {
  const id = str(entry, 'opus_id');
  const text = str(entry, 'content') ?? '';
  return makePost({
    id,
    platform: 'bilibili',
    text,
    url: absolute(str(entry, 'jump_url'), null) ?? `${SITE}opus/${id ?? ''}`,
    images: [absolute(str(entry, 'cover', 'url'), null)].filter((u) => u !== undefined),
    contacts: contactStrings(text),
  });
}

/** A card of the old dynamic interface as a post. */
export function oldCardPost(card: unknown, fetchedAt: Date | null): PostInput | null {
  const id = str(card, 'desc', 'dynamic_id_str') ?? str(card, 'desc', 'dynamic_id');
  const body = parseJson(str(card, 'card') ?? '');
  const item = at(body, 'item');
  const origin = parseJson(str(body, 'origin') ?? '');
  const quoted = [str(origin, 'item', 'description'), str(origin, 'item', 'content'), str(origin, 'title'), str(origin, 'desc')].filter(Boolean).join('\n');
  const own = [str(body, 'dynamic'), str(item, 'description') ?? str(item, 'content'), str(body, 'desc') ?? str(body, 'summary')].filter(Boolean).join('\n');
  const text = quoted ? `${own}\n转发 @${str(body, 'origin_user', 'info', 'uname') ?? ''}：\n${quoted}` : own;
  const info = at(card, 'desc', 'user_profile', 'info');
  const account = biliUser({
    ...(isTree(info) ? info : {}),
    official_verify: at(card, 'desc', 'user_profile', 'card', 'official_verify'),
    sign: str(card, 'desc', 'user_profile', 'sign'),
  });
  return makePost({
    id,
    platform: 'bilibili',
    title: str(body, 'title'),
    text,
    publishedAt: readTime(num(card, 'desc', 'timestamp'), fetchedAt),
    url: id ? `https://t.bilibili.com/${id}` : undefined,
    images: [
      ...list(item, 'pictures').map((p) => absolute(str(p, 'img_src'), null)),
      absolute(str(body, 'pic'), null),
      ...list(body, 'image_urls').map((p) => absolute(str(p), null)),
    ].filter((u) => u !== undefined),
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
}
