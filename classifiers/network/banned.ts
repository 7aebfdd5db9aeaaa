/**
 * Whether a banned party (异常名录) is back under another name: the same subject, the same way to reach it, or the
 * same texts. Each shared thing is told with its masked value, so that a person can check it against the evidence.
 */
import type { PostInput } from '../../core/model/post.ts';
import { nameKey, readName } from '../licence/names.ts';
import { checkUscc } from '../licence/uscc.ts';
import { type ContactKey, contactKey, contactsOf, contactsOfAccount, maskedContact, postContacts } from './contacts.ts';
import { type Signature, signatureOf, TextIndex } from './minhash.ts';

export interface BannedParty {
  /** Our account id of the banned account, or any stable id of the list row. */
  readonly id: string;
  /** As people know it. */
  readonly name: string;
  readonly platform?: string | null;
  readonly subjectName?: string | null;
  readonly uscc?: string | null;
  /** `phone:…`, `wechat:…` or as written. */
  readonly contacts?: readonly string[];
  /** Texts it posted when it was banned. */
  readonly texts?: readonly string[];
  /** YYYY-MM-DD. */
  readonly bannedOn?: string | null;
  readonly reason?: string | null;
}

/** What identifies the party behind an account. */
export interface Identifiers {
  readonly uscc: string | null;
  readonly subject: string | null;
  readonly contacts: ReadonlySet<ContactKey>;
  readonly texts: readonly Signature[];
}

export interface SharedWithBanned {
  readonly party: BannedParty;
  readonly by: 'uscc' | 'subject' | 'contact' | 'text';
  /** In Chinese, masked: `电话 138****1111`, `3 篇文本相似（最高 0.92）`. */
  readonly what: string;
  /** How much it alone says, 0-1. */
  readonly weight: number;
}

export interface BannedIndex {
  /** @param selfId the account's own id, which is never its own return */
  sharedWith(found: Identifiers, selfId?: string | null): SharedWithBanned[];
}

const LEAST_SIMILAR = 0.5;
/** Texts alone point at a party only when several are nearly word for word and they are much of what the account posts: adverts are copied by strangers too. */
const NEARLY_SAME = 0.8;
const LEAST_TEXTS = 3;
const LEAST_SHARE = 0.3;

type AccountPart = {
  readonly subjectName?: string | null;
  readonly uscc?: string | null;
  readonly description?: string | null;
  readonly alias?: string | null;
};

const codeOf = (written: string | null | undefined): string | null => {
  const checked = written ? checkUscc(written) : null;
  return checked?.valid ? checked.code : null;
};
/** Names of people are shared by many: only an organisation's name identifies. */
const subjectOf = (written: string | null | undefined): string | null => (written && nameKey(written).length >= 5 ? readName(written).plain : null);

/** Collects what identifies an account from its particulars and its posts (at most 500 are read). */
export function identifiersOf(account: AccountPart, posts: Iterable<Pick<PostInput, 'contacts' | 'title' | 'text'>>): Identifiers {
  const contacts = new Set<ContactKey>(contactsOf(account.description ?? ''));
  for (const own of contactsOfAccount(account)) if (own.field === 'alias') contacts.add(contactKey(own));
  const texts: Signature[] = [];
  let read = 0;
  for (const post of posts) {
    read += 1;
    if (read > 500) break;
    for (const key of postContacts(post)) contacts.add(key);
    const signature = signatureOf(post.text ?? '');
    if (signature) texts.push(signature);
  }
  return { uscc: codeOf(account.uscc), subject: subjectOf(account.subjectName), contacts, texts };
}

class PartyIndex implements BannedIndex {
  readonly #byKey = new Map<string, BannedParty[]>();
  readonly #texts = new TextIndex<BannedParty>();

  constructor(parties: Iterable<BannedParty>) {
    for (const party of parties) {
      const posts = (party.texts ?? []).map((text) => ({ text }));
      const own = identifiersOf({ subjectName: party.subjectName, uscc: party.uscc }, [{ contacts: [...(party.contacts ?? [])] }, ...posts]);
      for (const key of [...own.contacts, ...(own.uscc ? [`uscc:${own.uscc}`] : []), ...(own.subject ? [`subject:${own.subject}`] : [])]) {
        this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), party]);
      }
      for (const signature of own.texts) this.#texts.add(signature, party);
    }
  }

  sharedWith(found: Identifiers, selfId?: string | null): SharedWithBanned[] {
    const shared: SharedWithBanned[] = [];
    const note = (key: string, by: SharedWithBanned['by'], what: string, weight: number): void => {
      for (const party of this.#byKey.get(key) ?? []) if (party.id !== selfId) shared.push({ party, by, what, weight });
    };
    if (found.uscc) note(`uscc:${found.uscc}`, 'uscc', `统一社会信用代码 ${found.uscc}`, 0.95);
    if (found.subject) note(`subject:${found.subject}`, 'subject', '认证主体名称', 0.9);
    for (const key of found.contacts) note(key, 'contact', maskedContact(key), 0.8);
    return [...shared, ...this.#sameTexts(found.texts, selfId)];
  }

  #sameTexts(texts: readonly Signature[], selfId?: string | null): SharedWithBanned[] {
    const best = new Map<BannedParty, number[]>();
    for (const signature of texts) {
      const nearest = new Map<BannedParty, number>();
      for (const { item, similarity } of this.#texts.find(signature, LEAST_SIMILAR)) nearest.set(item, Math.max(nearest.get(item) ?? 0, similarity));
      for (const [party, value] of nearest) best.set(party, [...(best.get(party) ?? []), value]);
    }
    return [...best]
      .filter(([party]) => party.id !== selfId)
      .map(([party, values]) => {
        const near = values.filter((value) => value >= NEARLY_SAME).length;
        const telling = near >= LEAST_TEXTS && values.length / texts.length >= LEAST_SHARE;
        return { party, by: 'text', what: `${values.length} 篇文本相似（最高 ${Math.max(...values).toFixed(2)}）`, weight: telling ? 0.65 : 0.2 };
      });
  }
}

/** An index over the banned parties; build it once a run. */
export const createBannedIndex = (parties: Iterable<BannedParty>): BannedIndex => new PartyIndex(parties);
