/**
 * What an account shows that another account may show too: codes and names of its party, numbers to reach it, codes
 * and looks of its pictures. Each thing is known by a digest of kind and value and told with a masked label.
 */
import { createHash } from 'node:crypto';
import type { ThingKind } from '../../core/model/network.ts';
import type { PictureCode } from '../../core/model/picture.ts';
import type { PostInput } from '../../core/model/post.ts';
import { nameKey, readName } from '../licence/names.ts';
import { checkUscc } from '../licence/uscc.ts';
import { contactsInPost, contactsOfAccount } from './contacts.ts';

export interface PartyOfAccount {
  readonly id: string;
  readonly subjectName?: string | null;
  readonly uscc?: string | null;
  readonly alias?: string | null;
  readonly description?: string | null;
}

/** A picture of a post as it was read: its look and the codes in it. */
export interface PictureSeen {
  readonly look: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly codes: readonly Pick<PictureCode, 'payload' | 'kind'>[];
}

export interface PostSeen {
  readonly id: string;
  readonly input: Pick<PostInput, 'contacts' | 'title' | 'text' | 'imageText'>;
  readonly pictures: readonly PictureSeen[];
  /** Its text stood on another account first. */
  readonly copied?: boolean;
}

/** A thing an account shows. */
export interface Shown {
  readonly id: string;
  readonly kind: ThingKind;
  readonly label: string;
  /** Posts that show it; 0 when only the account's own page does. */
  readonly posts: number;
  /** The first of its posts that shows it. */
  readonly postId: string | null;
  /**
   * The account's own rather than something it repeats: on its page, on half of those posts of its own making that show
   * any way to reach it, or on a good part of all its posts.
   */
  readonly own: boolean;
}

const OWN_SHARE = 0.5;
const OWN_SHARE_OF_ALL = 0.15;
const MANY = 3;
const MAX_THINGS = 500;
const LEAST_SIDE = 100;
/** A picture whose rows hardly rise or fall is a plain surface: it looks like any other. */
const LEAST_BITS = 10;

/** The id of a thing: the first 128 bits of a digest, as a UUID (version 8). */
export function thingId(kind: ThingKind, value: string): string {
  const hex = createHash('sha256').update(`${kind}:${value}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Enough to recognise, not to call. */
export const masked = (value: string): string =>
  value.length >= 8 ? `${value.slice(0, 3)}****${value.slice(-4)}` : `${value.slice(0, 2)}****${value.slice(-1)}`;

const codeOf = (written: string | null | undefined): string | null => {
  const checked = written ? checkUscc(written) : null;
  return checked?.valid ? checked.code : null;
};
/** Words an organisation's name ends with, company forms apart. */
const ORGANISED =
  /(?:中心|工作室|合作社|联合社|事务所|服务部|经营部|营业部|委员会|协会|学会|商会|基金会|办公室|集团|学院|学校|大学|医院|[局院厅处所站社厂店馆园行])$/;
/** What platforms write where they know no subject. */
const NOBODY = /^(?:个体工商户|个人|未知|未认证|未公示|暂无|普通用户|认证用户)|^(?:企业|其他).{0,4}$|(?:主体|认证)$/;
/** Names of people and placeholders are shared by many: only an organisation's name identifies. */
function subjectOf(written: string | null | undefined): string | null {
  if (!written || nameKey(written).length < 5) return null;
  const { plain, form } = readName(written);
  return (form !== '' || ORGANISED.test(plain)) && !NOBODY.test(plain) ? plain : null;
}

/** Who an account belongs to, as far as it says: accounts of one party count as one when it is asked how common a thing is. */
export function entityOf(account: PartyOfAccount): string {
  const code = codeOf(account.uscc);
  if (code) return `uscc:${code}`;
  const subject = subjectOf(account.subjectName);
  return subject ? `subject:${subject}` : `account:${account.id}`;
}

interface Tally {
  readonly kind: ThingKind;
  readonly value: string;
  readonly label: string;
  posts: number;
  /** Posts of its own making that show it. */
  made: number;
  postId: string | null;
  page: boolean;
}

const bits = (look: string): number => [...look].reduce((sum, digit) => sum + (Number.parseInt(digit, 16).toString(2).match(/1/g)?.length ?? 0), 0);
/** The look of a picture that says something; null for small and plain ones. */
export function tellingLook({ look, width, height }: PictureSeen): string | null {
  if (look === null || (width ?? 0) < LEAST_SIDE || (height ?? 0) < LEAST_SIDE) return null;
  const set = bits(look);
  return set >= LEAST_BITS && set <= 64 - LEAST_BITS ? look : null;
}

function thingsInPost(post: PostSeen): Pick<Tally, 'kind' | 'value' | 'label'>[] {
  const contacts = contactsInPost(post.input).flatMap(({ kind, value }) => (kind === 'link' ? [] : [{ kind, value, label: masked(value) }]));
  const pictures = post.pictures.flatMap((picture) => {
    const look = tellingLook(picture);
    const codes = picture.codes.map(({ payload }) => ({ kind: 'qr' as const, value: payload.slice(0, 2_000), label: masked(payload.slice(0, 2_000)) }));
    return look ? [...codes, { kind: 'picture' as const, value: look, label: look.slice(0, 8) }] : codes;
  });
  return [...contacts, ...pictures];
}

/**
 * Everything an account shows by which it may be linked, except texts.
 * @returns at most 500 things, those on most posts first
 */
export function thingsOf(account: PartyOfAccount, posts: readonly PostSeen[]): Shown[] {
  const found = new Map<string, Tally>();
  const note = (thing: Pick<Tally, 'kind' | 'value' | 'label'>, post: PostSeen | null): void => {
    const key = `${thing.kind}:${thing.value}`;
    const known = found.get(key) ?? { ...thing, posts: 0, made: 0, postId: null, page: false };
    if (post === null) known.page = true;
    else known.posts += 1;
    if (post && !post.copied) known.made += 1;
    known.postId ??= post?.id ?? null;
    found.set(key, known);
  };
  const code = codeOf(account.uscc);
  const subject = subjectOf(account.subjectName);
  if (code) note({ kind: 'uscc', value: code, label: code }, null);
  if (subject) note({ kind: 'subject', value: subject, label: account.subjectName?.trim() ?? subject }, null);
  for (const { kind, value } of contactsOfAccount(account)) if (kind !== 'link') note({ kind, value, label: masked(value) }, null);
  let reachable = 0;
  for (const post of posts) {
    const once = new Map(thingsInPost(post).map((thing) => [`${thing.kind}:${thing.value}`, thing]));
    for (const thing of once.values()) note(thing, post);
    if (!post.copied && [...once.values()].some((thing) => thing.kind !== 'picture')) reachable += 1;
  }
  const isOwn = ({ kind, page, posts: n, made }: Tally): boolean =>
    page || (made > 0 && (kind === 'picture' || made >= OWN_SHARE * reachable)) || (n >= MANY && n >= OWN_SHARE_OF_ALL * posts.length);
  return [...found.values()]
    .sort((a, b) => Number(b.page) - Number(a.page) || b.posts - a.posts)
    .slice(0, MAX_THINGS)
    .map((tally) => ({
      id: thingId(tally.kind, tally.value),
      kind: tally.kind,
      label: tally.label,
      posts: tally.posts,
      postId: tally.postId,
      own: isOwn(tally),
    }));
}
