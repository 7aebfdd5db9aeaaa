/** A 小红书 note and its author, in the web state's names (`noteId`, `ipLocation`) or the interface's (`note_id`, `ip_location`). */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, num, str } from '../../extract/tree.ts';
import { verifiedSubject } from '../../extract/verified.ts';
import { makeAccount, makePost } from '../define.ts';

export const SITE = 'https://www.xiaohongshu.com/';
/** Kind of the red mark: 2 stands beside organisations. */
const ORGANISATION = 2;

/** The first of several names under which a field goes. */
export const any = (value: unknown, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const found = str(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** An account from a note's `user`, or from a profile's facts with its id beside. */
export function xhsUser(user: unknown, id = any(user, 'userId', 'user_id', 'userid', 'id')): AccountInput | null {
  const kind = num(user, 'redOfficialVerifyType') ?? num(user, 'red_official_verify_type') ?? num(user, 'verifyInfo', 'redOfficialVerifyType');
  const phrase = any(user, 'redOfficialVerifyContent', 'red_official_verify_content') ?? str(user, 'verifyInfo', 'redOfficialVerifyContent');
  return makeAccount({
    id,
    name: any(user, 'nickname', 'nickName', 'nick_name', 'name'),
    alias: any(user, 'redId', 'red_id'),
    description: any(user, 'desc', 'description'),
    subjectName: kind === ORGANISATION ? verifiedSubject(phrase) : undefined,
    verified: kind === undefined ? undefined : kind > 0,
    verifiedReason: phrase,
    ipRegion: any(user, 'ipLocation', 'ip_location'),
    url: id && /^[0-9a-f]{24}$/.test(id) ? `${SITE}user/profile/${id}` : undefined,
  });
}

/** The best address of a picture: the default scene before the preview. */
function pictureOf(picture: unknown): string | undefined {
  const scenes = [...list(picture, 'infoList'), ...list(picture, 'info_list')];
  const scene = scenes.find((s) => /DFT|DTL|WM/.test(any(s, 'imageScene', 'image_scene') ?? '')) ?? scenes[0];
  return absolute(
    any(picture, 'urlDefault', 'url_default', 'original', 'url_size_large') ?? str(scene, 'url') ?? any(picture, 'url', 'urlPre', 'url_pre'),
    null,
  );
}

/** True for a note, alone or in the wrapper that lists and searches put around it. */
export const isNote = (value: unknown): boolean => {
  if (!isTree(value)) return false;
  if (isTree(at(value, 'noteCard')) || isTree(at(value, 'note_card'))) return true;
  return (
    any(value, 'noteId', 'note_id') !== undefined &&
    isTree(at(value, 'user')) &&
    ['title', 'desc', 'displayTitle', 'display_title', 'cover'].some((k) => Object.hasOwn(value, k))
  );
};

/** Topics are written `#名[话题]#`; a reader sees `#名`. */
const plain = (text: string): string => text.replace(/#([^#[\n]{1,60})\[[^\]\n]{1,6}\]#[^\S\n]?/g, '#$1 ').trim();

/** When a list shows the time in a corner of the card. */
const corner = (card: unknown): string | undefined =>
  [...list(card, 'cornerTagInfo'), ...list(card, 'corner_tag_info')].filter((t) => str(t, 'type') === 'publish_time').map((t) => str(t, 'text'))[0];

/** A note as a post; null for an empty one. */
export function xhsPost(value: unknown, fetchedAt: Date | null): PostInput | null {
  const card = at(value, 'noteCard') ?? at(value, 'note_card') ?? value;
  const id = any(card, 'noteId', 'note_id') ?? any(value, 'id', 'noteId', 'note_id') ?? any(card, 'id');
  const listed = [...list(card, 'imageList'), ...list(card, 'image_list'), ...list(card, 'images_list')];
  const images = [...new Set((listed.length > 0 ? listed : [at(card, 'cover')]).map(pictureOf).filter((u) => u !== undefined))];
  const text = plain(str(card, 'desc') ?? '');
  const tags = [...list(card, 'tagList'), ...list(card, 'tag_list')].map((t) => str(t, 'name')).filter((t) => t !== undefined);
  const account = xhsUser(at(card, 'user') ?? at(value, 'user'));
  const written = at(card, 'time') ?? at(card, 'create_time') ?? at(card, 'timestamp') ?? corner(card);
  return makePost({
    id,
    platform: 'xiaohongshu',
    title: any(card, 'title', 'displayTitle', 'display_title'),
    text,
    publishedAt: readTime(written, fetchedAt),
    updatedAt: readTime(at(card, 'lastUpdateTime') ?? at(card, 'last_update_time'), fetchedAt),
    url: id ? `${SITE}explore/${id}` : undefined,
    images,
    contacts: contactStrings(text),
    account: account ?? undefined,
    tags,
    ipRegion: any(card, 'ipLocation', 'ip_location'),
    kind: str(card, 'type'),
    // Without it the site refuses the note's page; it goes stale, so it is no part of the address.
    token: any(value, 'xsecToken', 'xsec_token') ?? any(card, 'xsecToken', 'xsec_token'),
  });
}
