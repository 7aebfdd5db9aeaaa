/**
 * A 快手 work and its author. The app's interface writes a flat entry (`photoId`, `userName`), the web's GraphQL a
 * photo beside its author, the page's cache the same two as records that name each other.
 */
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, str } from '../../extract/tree.ts';
import { verifiedSubject } from '../../extract/verified.ts';
import { makeAccount, makePost } from '../define.ts';

export const SITE = 'https://www.kuaishou.com/';

const any = (value: unknown, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const found = str(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const EID = /^3x[a-z0-9]{6,30}$/;

/** The account of a flat entry, a GraphQL author or a profile. */
export function kuaishouUser(user: unknown): AccountInput | null {
  if (!isTree(user)) return null;
  const phrase = str(user, 'verifiedDetail', 'description') ?? str(user, 'verified_detail', 'description');
  const id = any(user, 'userId', 'user_id', 'id', 'eid');
  const eid = [any(user, 'userEid', 'user_eid', 'eid'), /userId=(3x[a-z0-9]+)/.exec(any(user, 'share_info', 'shareInfo') ?? '')?.[1], id].find(
    (v) => v !== undefined && EID.test(v),
  );
  const organisation = /公司|集团|中心|机构|官方|学校|学院|大学|医院|政府|局$|协会|企业/.test(phrase ?? '');
  return makeAccount({
    id,
    name: any(user, 'userName', 'user_name', 'name', 'kwaiName'),
    alias: any(user, 'kwaiId', 'kwai_id'),
    description: any(user, 'user_text', 'userText', 'description'),
    subjectName: organisation ? verifiedSubject(phrase) : undefined,
    verified: typeof at(user, 'verified') === 'boolean' ? at(user, 'verified') === true : phrase ? true : undefined,
    verifiedReason: phrase,
    eid,
    url: eid ? `${SITE}profile/${eid}` : undefined,
  });
}

const flat = (value: unknown): boolean =>
  isTree(value) &&
  any(value, 'photoId', 'photo_id') !== undefined &&
  any(value, 'caption', 'userName', 'user_name', 'userId', 'user_id') !== undefined &&
  !Object.hasOwn(value, 'commentId') &&
  !Object.hasOwn(value, 'comment_id');
const paired = (value: unknown): boolean => isTree(at(value, 'photo')) && any(at(value, 'photo'), 'id', 'photoId') !== undefined;

/** True for a work in either of its forms. */
export const isWork = (value: unknown): boolean => flat(value) || paired(value);

const pictureOf = (value: unknown): string | undefined => absolute(str(value, 'url') ?? str(value), null);

function picturesOf(photo: unknown, beside: unknown): string[] {
  const atlas = [at(photo, 'ext_params', 'atlas'), at(photo, 'atlas'), at(beside, 'atlas')].find((a) => list(a, 'list').length > 0);
  if (atlas !== undefined) {
    const first = at(atlas, 'cdn', 0) ?? at(atlas, 'cdnList', 0, 'cdn');
    const cdn = str(first) ?? str(first, 'cdn');
    return list(atlas, 'list')
      .map((p) => absolute(cdn ? `https://${cdn}${str(p) ?? ''}` : str(p), null))
      .filter((u) => u !== undefined);
  }
  const cover =
    absolute(any(photo, 'coverUrl', 'cover_url', 'poster'), null) ??
    pictureOf(at(photo, 'coverUrls', 0)) ??
    pictureOf(at(photo, 'cover_urls', 0)) ??
    pictureOf(at(photo, 'webpCoverUrls', 0));
  return cover ? [cover] : [];
}

/** A work as a post; null for an empty one. */
export function kuaishouPost(value: unknown, fetchedAt: Date | null): PostInput | null {
  const photo = flat(value) ? value : at(value, 'photo');
  const id = any(photo, 'photoId', 'photo_id', 'id');
  const eid = [/photoId=(3x[a-z0-9]+)/.exec(any(photo, 'share_info', 'shareInfo') ?? '')?.[1], any(photo, 'photoEid', 'eid'), id].find(
    (v) => v !== undefined && EID.test(v),
  );
  const text = any(photo, 'caption', 'originCaption') ?? '';
  const account = kuaishouUser(at(value, 'author') ?? at(photo, 'author') ?? at(photo, 'user') ?? (flat(photo) ? photo : undefined));
  return makePost({
    id,
    platform: 'kuaishou',
    text,
    publishedAt: readTime(at(photo, 'timestamp') ?? at(photo, 'uploadTime'), fetchedAt),
    url: eid ? `${SITE}short-video/${eid}` : id ? `${SITE}short-video/${id}` : undefined,
    images: picturesOf(photo, value),
    contacts: contactStrings(text),
    account: account ?? undefined,
    eid,
  });
}
