/** A 抖音 work (video or pictures) and its author, in the interface's names (`aweme_id`) or the page data's (`awemeId`). */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, num, str } from '../../extract/tree.ts';
import { verifiedSubject } from '../../extract/verified.ts';
import { makeAccount, makePost } from '../define.ts';

export const SITE = 'https://www.douyin.com/';

const any = (value: unknown, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const found = str(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The account of an `author` or `user`; a blue mark (`enterprise_verify_reason`) names an organisation, a yellow one a person. */
export function douyinUser(user: unknown): AccountInput | null {
  if (!isTree(user)) return null;
  const enterprise = any(user, 'enterprise_verify_reason', 'enterpriseVerifyReason') ?? str(user, 'account_cert_info_text');
  const personal = any(user, 'custom_verify', 'customVerify');
  const secure = any(user, 'sec_uid', 'secUid');
  return makeAccount({
    id: any(user, 'uid', 'user_id', 'userId', 'id') ?? secure,
    name: any(user, 'nickname', 'nickName'),
    alias: any(user, 'unique_id', 'uniqueId', 'short_id', 'shortId'),
    description: any(user, 'signature', 'desc'),
    subjectName: enterprise ? verifiedSubject(enterprise) : undefined,
    subjectType: !enterprise && personal ? 'individual' : undefined,
    verified: enterprise !== undefined || personal !== undefined ? true : undefined,
    verifiedReason: enterprise ?? personal,
    verificationType: num(user, 'verification_type') ?? num(user, 'verificationType'),
    secUid: secure,
    ipRegion: any(user, 'ip_location', 'ipLocation')?.replace(/^IP属地[:：]\s*/, ''),
    url: secure ? `${SITE}user/${secure}` : undefined,
  });
}

/** True for a work, and not for a comment under one. */
export const isWork = (value: unknown): boolean =>
  isTree(value) &&
  any(value, 'aweme_id', 'awemeId') !== undefined &&
  !Object.hasOwn(value, 'cid') &&
  ['desc', 'author', 'authorInfo', 'video', 'images', 'create_time', 'createTime'].some((key) => Object.hasOwn(value, key)) &&
  !(Object.hasOwn(value, 'digg_count') && !Object.hasOwn(value, 'author') && !Object.hasOwn(value, 'desc'));

const firstUrl = (picture: unknown): string | undefined =>
  absolute(
    [...list(picture, 'url_list'), ...list(picture, 'urlList')].map((u) => str(u)).find((u) => u !== undefined) ?? any(picture, 'url', 'uri_url'),
    null,
  ) ?? absolute(str(picture), null);

function picturesOf(work: unknown): { urls: string[]; still: boolean } {
  const groups = [list(work, 'images'), list(work, 'image_infos'), list(work, 'imageInfos'), list(work, 'image_post_info', 'images')];
  const given = groups.find((g) => g.length > 0) ?? [];
  const urls = given.map((p) => firstUrl(p) ?? firstUrl(at(p, 'label_large')) ?? firstUrl(at(p, 'display_image'))).filter((u) => u !== undefined);
  if (urls.length > 0) return { urls: [...new Set(urls)], still: true };
  const cover =
    firstUrl(at(work, 'video', 'origin_cover')) ??
    firstUrl(at(work, 'video', 'originCover')) ??
    firstUrl(at(work, 'video', 'cover')) ??
    firstUrl(at(work, 'video', 'coverUrlList'));
  return { urls: cover ? [cover] : [], still: false };
}

/** Why a work cannot be seen, when its own data say so. */
export function gone(work: unknown): string | undefined {
  if (at(work, 'status', 'is_delete') === true || at(work, 'status', 'isDelete') === true || at(work, 'isDelete') === true) return '作品已删除';
  return undefined;
}

/** A work as a post; its time is the stated one, never one worked out of its number. */
export function douyinPost(work: unknown, fetchedAt: Date | null): PostInput | null {
  const id = any(work, 'aweme_id', 'awemeId');
  const { urls, still } = picturesOf(work);
  const text = any(work, 'desc', 'caption') ?? '';
  const account = douyinUser(at(work, 'author') ?? at(work, 'authorInfo') ?? at(work, 'author_info'));
  const title = any(work, 'item_title', 'itemTitle', 'preview_title', 'previewTitle');
  const topics = [...list(work, 'text_extra'), ...list(work, 'textExtra')].map((t) => any(t, 'hashtag_name', 'hashtagName')).filter((t) => t !== undefined);
  return makePost({
    id,
    platform: 'douyin',
    title: title && title !== text ? title : undefined,
    text,
    publishedAt: readTime(at(work, 'create_time') ?? at(work, 'createTime'), fetchedAt),
    url: id ? `${SITE}${still ? 'note' : 'video'}/${id}` : undefined,
    images: urls,
    contacts: contactStrings(text),
    account: account ?? undefined,
    topics,
    ipRegion: any(work, 'region_name', 'ip_label', 'ip_attribution')?.replace(/^IP属地[:：]\s*/, ''),
  });
}
