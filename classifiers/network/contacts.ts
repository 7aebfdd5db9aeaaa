/**
 * Contacts that link accounts: phones, WeChat and QQ numbers, e-mail. Taken from the contacts a post carries
 * (`phone:…`, as adapters write them, or bare) and from its words. People see them masked; the full value stays
 * in sealed evidence.
 */
import type { PostInput } from '../../core/model/post.ts';

export const CONTACT_KINDS = ['phone', 'wechat', 'qq', 'email'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

const MAX_TEXT = 50_000;
const MAX_CONTACTS = 50;

const FOUND: readonly (readonly [ContactKind, RegExp])[] = [
  ['email', /[\w.+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,4}/gi],
  ['phone', /(?<![\d-])(?:\+?86[-\s]?)?(1[3-9]\d[-\s]?\d{4}[-\s]?\d{4})(?!\d)/g],
  ['phone', /(?<![\d-])(0\d{2,3}[-\s]?\d{7,8}|400[-\s]?\d{3}[-\s]?\d{4})(?!\d)/g],
  ['wechat', /(?:微信|薇信|威信|微❤|weixin|wechat|[vV]信|\b[vVwW][xX]|加[vV薇微])[^\S\n]{0,3}(?:同?号|ID|id)?[:：\s]{0,4}([a-zA-Z][-\w]{5,19}|1[3-9]\d{9})/g],
  ['qq', /(?:QQ|扣扣|企鹅)[^\S\n]{0,3}(?:交流)?群?号?[:：\s]{0,4}(\d{5,11})(?!\d)/gi],
];

/** A contact as it is compared: `phone:13800001111`. */
export type ContactKey = `${ContactKind}:${string}`;

const keyOf = (kind: ContactKind, value: string): ContactKey =>
  `${kind}:${kind === 'phone' ? value.replace(/\D/g, '').replace(/^86(?=1\d{10}$)/, '') : value.toLowerCase()}`;

/** Contacts written in a text. */
export function contactsOf(text: string): Set<ContactKey> {
  const found = new Set<ContactKey>();
  const plain = text.slice(0, MAX_TEXT).normalize('NFKC');
  for (const [kind, pattern] of FOUND) {
    for (const match of plain.matchAll(pattern)) {
      if (found.size >= MAX_CONTACTS) return found;
      found.add(keyOf(kind, match[1] ?? match[0]));
    }
  }
  return found;
}

const PREFIXED = /^(phone|wechat|qq|email):(.{3,100})$/s;

/** Contacts of a post: those its source lists and those in its words. */
export function postContacts(post: Pick<PostInput, 'contacts' | 'title' | 'text'>): Set<ContactKey> {
  const found = contactsOf(`${post.title ?? ''}\n${post.text ?? ''}`);
  for (const written of (post.contacts ?? []).slice(0, MAX_CONTACTS)) {
    const [, kind, value] = PREFIXED.exec(written.trim()) ?? [];
    if (kind && value) found.add(keyOf(kind as ContactKind, value));
    else for (const key of contactsOf(written)) found.add(key);
  }
  return found;
}

const KIND_NAME: Record<ContactKind, string> = { phone: '电话', wechat: '微信号', qq: 'QQ 号', email: '邮箱' };

/** `电话 138****1111`: enough to recognise, not to call. */
export function maskedContact(key: ContactKey): string {
  const at = key.indexOf(':');
  const kind = key.slice(0, at) as ContactKind;
  const value = key.slice(at + 1);
  const shown = value.length >= 8 ? `${value.slice(0, 3)}****${value.slice(-4)}` : `${value.slice(0, 2)}****${value.slice(-1)}`;
  return `${KIND_NAME[kind]} ${shown}`;
}
