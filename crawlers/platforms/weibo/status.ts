/**
 * One 微博 status (`mblog`) of any interface: m.weibo.cn (`text` as markup, `pics`), weibo.com/ajax (`text_raw`,
 * `pic_infos`), the detail page's script. A forwarded status carries the original's words and pictures behind its
 * own, because forwarding an advertisement publishes it.
 */
import type { AccountInput, PostInput, SubjectType } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { richText } from '../../extract/rich-text.ts';
import { at, isTree, list, num, str } from '../../extract/tree.ts';
import { verifiedSubject } from '../../extract/verified.ts';
import { makeAccount, makePost } from '../define.ts';
import { midOf, statusTime } from './ids.ts';

/** `verified_type`: 0 is a person, these are organisations (1 a public body, 2 a company, 3 media, 4 school, 5-7 sites and groups). */
const ORGANISATIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7]);
const subjectTypeOf = (kind: number | undefined): SubjectType | undefined => (kind === 1 ? 'public' : kind === 0 || kind === 220 ? 'individual' : undefined);

/** The account of a `user` or `userInfo`. */
export function weiboUser(user: unknown): AccountInput | null {
  if (!isTree(user)) return null;
  const kind = num(user, 'verified_type');
  const reason = str(user, 'verified_reason');
  const id = str(user, 'idstr') ?? str(user, 'id');
  return makeAccount({
    id,
    name: str(user, 'screen_name') ?? str(user, 'name'),
    description: str(user, 'description'),
    subjectName: kind !== undefined && ORGANISATIONS.has(kind) ? verifiedSubject(reason) : undefined,
    subjectType: subjectTypeOf(kind),
    verified: at(user, 'verified') === true || (kind !== undefined && kind >= 0),
    verifiedReason: reason,
    verifiedType: kind,
    url: id ? `https://weibo.com/u/${id}` : undefined,
  });
}

/** The link that stands behind a shortened text. */
const LONGER = /<(a|span)\b[^>]{0,300}>(?:全文|展开)<\/\1>/;

/** The words of a status: the long form where there is one. @returns whether they were cut by the platform */
function wordsOf(status: unknown): { text: string; cut: boolean } {
  const long = str(status, 'longText', 'longTextContent') ?? str(status, 'longText', 'content') ?? str(status, 'longTextContent');
  const raw = str(status, 'longText', 'longTextContent_raw') ?? (long ? undefined : str(status, 'text_raw'));
  const markup = long ?? str(status, 'text') ?? '';
  const text = raw ?? richText(markup.replace(LONGER, ''));
  return {
    text: text.replace(/\u200b/g, '').trim(),
    cut: !long && (raw === undefined ? LONGER.test(markup) : at(status, 'isLongText') === true && at(status, 'longText') === undefined),
  };
}

function picturesOf(status: unknown): string[] {
  const pics = at(status, 'pics');
  const listed = (Array.isArray(pics) ? (pics as readonly unknown[]) : isTree(pics) ? Object.values(pics) : []).map(
    (p) => str(p, 'large', 'url') ?? str(p, 'url'),
  );
  const infos = at(status, 'pic_infos');
  const ids = list(status, 'pic_ids').map((id) => str(id));
  const byId = isTree(infos)
    ? [...new Set([...ids.filter((id) => id !== undefined), ...Object.keys(infos)])].map(
        (id) => str(infos, id, 'largest', 'url') ?? str(infos, id, 'large', 'url') ?? str(infos, id, 'original', 'url'),
      )
    : ids.map((id) => (id && /^[\w.]{10,60}$/.test(id) ? `https://wx1.sinaimg.cn/large/${id}${id.includes('.') ? '' : '.jpg'}` : undefined));
  const mixed = list(status, 'mix_media_info', 'items').map((item) => str(item, 'data', 'largest', 'url') ?? str(item, 'data', 'page_pic'));
  const cover = str(status, 'page_info', 'page_pic', 'url') ?? str(status, 'page_info', 'page_pic');
  const found = [listed, byId, mixed].find((group) => group.some((u) => u !== undefined)) ?? [cover];
  return [...new Set(found.map((u) => absolute(u, null)).filter((u) => u !== undefined))];
}

/** True for a status as any interface writes it, and not for a comment under one. */
export const isStatus = (value: unknown): boolean =>
  isTree(value) &&
  (str(value, 'text') ?? str(value, 'text_raw')) !== undefined &&
  str(value, 'created_at') !== undefined &&
  !['rootid', 'floor_number', 'reply_id', 'reply_comment', 'rootidstr'].some((key) => Object.hasOwn(value, key)) &&
  ['reposts_count', 'mblogid', 'pic_ids', 'isLongText', 'textLength', 'retweeted_status', 'pic_num'].some((key) => Object.hasOwn(value, key));

/** A status as a post; null for an empty one. */
export function weiboPost(status: unknown, fetchedAt: Date | null): PostInput | null {
  const bid = str(status, 'bid') ?? str(status, 'mblogid');
  const id = str(status, 'mid') ?? str(status, 'idstr') ?? str(status, 'id') ?? midOf(bid);
  const own = wordsOf(status);
  const origin = at(status, 'retweeted_status');
  const quoted = origin === undefined ? null : wordsOf(origin);
  const source = weiboUser(at(origin, 'user'));
  const text = quoted ? [own.text, `转发 @${source?.name ?? ''}：`, quoted.text].filter(Boolean).join('\n') : own.text;
  const account = weiboUser(at(status, 'user'));
  return makePost({
    id,
    platform: 'weibo',
    text,
    publishedAt: statusTime(str(status, 'created_at'), id, fetchedAt),
    publishedText: str(status, 'created_at'),
    url: id ? `https://m.weibo.cn/detail/${id}` : undefined,
    images: [...new Set([...picturesOf(status), ...(origin === undefined ? [] : picturesOf(origin))])],
    contacts: contactStrings(text),
    account: account ?? undefined,
    bid,
    shortened: own.cut || quoted?.cut || undefined,
    repostOf: str(origin, 'mid') ?? str(origin, 'id'),
    repostOfAccount: source?.name,
    ipRegion: str(status, 'region_name')?.replace(/^发布于\s*/, ''),
    video: at(status, 'page_info', 'type') === 'video' ? (str(status, 'page_info', 'page_url') ?? str(status, 'page_info', 'media_info', 'h5_url')) : undefined,
  });
}
