/**
 * Contacts that link accounts: what `text/contacts.ts` reads from a post's words and pictures, and the contacts its
 * source lists (`phone:…`, as adapters write them, or bare). People see them masked; the full value stays in the
 * store and in sealed evidence.
 */
import { type ContactKind, contactKindSchema } from '../../core/model/picture.ts';
import type { PostInput } from '../../core/model/post.ts';
import { type Contact, linkValue, readContacts } from '../text/contacts.ts';

/** A contact as it is compared: `phone:13800001111`. */
export type ContactKey = `${ContactKind}:${string}`;
export const contactKey = ({ kind, value }: Pick<Contact, 'kind' | 'value'>): ContactKey => `${kind}:${value}`;

/** A contact of a post and the field it stands in; offsets are null where the source lists it without words. */
export interface PostContact {
  readonly kind: ContactKind;
  readonly value: string;
  readonly field: 'title' | 'text' | 'imageText' | 'contacts' | 'description' | 'alias';
  readonly start: number | null;
  readonly end: number | null;
}

/** Fields of a post whose words are read for contacts. */
const FIELDS = ['title', 'text', 'imageText'] as const;
const MAX_LISTED = 200;
/** Links lead to platforms, maps and registers too: alone they do not say that two accounts are one party. */
const LINKING: ReadonlySet<ContactKind> = new Set(['phone', 'wechat', 'qq', 'group', 'email']);

const PREFIXED = /^([a-z]{2,10}):(.{3,400})$/s;
function listed(written: string): Pick<PostContact, 'kind' | 'value'>[] {
  const [, told = '', value = ''] = PREFIXED.exec(written.trim()) ?? [];
  const kind = contactKindSchema.safeParse(told);
  if (!kind.success) return [...readContacts(written).contacts];
  const digits = value.replace(/\D/g, '').replace(/^86(?=1\d{10}$)/, '');
  return [{ kind: kind.data, value: kind.data === 'phone' ? digits : kind.data === 'link' ? linkValue(value) : value.trim().toLowerCase() }];
}

/** Every contact of a post once, with the field where it stands first: words, pictures, then what the source lists. */
export function contactsInPost(post: Pick<PostInput, 'contacts' | 'title' | 'text' | 'imageText'>): PostContact[] {
  const found = new Map<ContactKey, PostContact>();
  const add = (one: PostContact): void => {
    const key = contactKey(one);
    if (one.value !== '' && !found.has(key)) found.set(key, one);
  };
  for (const field of FIELDS) {
    for (const { kind, value, start, end } of readContacts(post[field] ?? '').contacts) add({ kind, value, field, start, end });
  }
  for (const written of (post.contacts ?? []).slice(0, MAX_LISTED)) {
    for (const { kind, value } of listed(written)) add({ kind, value, field: 'contacts', start: null, end: null });
  }
  return [...found.values()];
}

/** Contacts an account shows of itself: in its description, and its alias, which on a public account is its WeChat number. */
export function contactsOfAccount(account: { readonly alias?: string | null; readonly description?: string | null }): PostContact[] {
  const alias = account.alias?.trim().toLowerCase() ?? '';
  const own: PostContact[] = /^[a-z][-\w]{5,19}$/.test(alias) ? [{ kind: 'wechat', value: alias, field: 'alias', start: null, end: null }] : [];
  const told = readContacts(account.description ?? '').contacts.map(({ kind, value, start, end }) => ({
    kind,
    value,
    field: 'description' as const,
    start,
    end,
  }));
  return [...own, ...told.filter((c) => c.value !== alias)];
}

const keysOf = (contacts: readonly PostContact[]): Set<ContactKey> => new Set(contacts.filter((c) => LINKING.has(c.kind)).map(contactKey));

/** Contacts written in a text by which accounts are linked. */
export const contactsOf = (text: string): Set<ContactKey> => keysOf(contactsInPost({ text }));

/** Contacts of a post by which accounts are linked: those in its words and pictures and those its source lists. */
export const postContacts = (post: Pick<PostInput, 'contacts' | 'title' | 'text' | 'imageText'>): Set<ContactKey> => keysOf(contactsInPost(post));

const KIND_NAME: Record<ContactKind, string> = { phone: '电话', wechat: '微信号', qq: 'QQ 号', group: '群号', email: '邮箱', link: '链接' };

/** `电话 138****1111`: enough to recognise, not to call. */
export function maskedContact(key: ContactKey): string {
  const at = key.indexOf(':');
  const kind = key.slice(0, at) as ContactKind;
  const value = key.slice(at + 1);
  const shown = value.length >= 8 ? `${value.slice(0, 3)}****${value.slice(-4)}` : `${value.slice(0, 2)}****${value.slice(-1)}`;
  return `${KIND_NAME[kind]} ${shown}`;
}
