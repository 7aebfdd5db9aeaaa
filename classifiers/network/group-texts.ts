/**
 * Which group of nearly equal texts a post belongs to. A text joins the group whose founder it resembles most, so groups
 * do not drift from one advert to the next; otherwise it founds one. Founders come from the store by band keys.
 */
import { readName } from '../licence/names.ts';
import { bandKeys, maskText, packSignature, type Signature, signatureOfMasked, similarity, unpackSignature } from './minhash.ts';
import { thingId } from './things.ts';

/** From this estimated similarity on two texts are one. */
const SAME_TEXT = 0.7;

export interface ReadText {
  readonly signature: Signature;
  readonly keys: readonly number[];
  /** The id of the group this text would found. */
  readonly id: string;
}

/** An account names few employers, and reading a name takes as long as reading a text: the last ones are kept. */
const KEPT = 2_000;
const names = new Map<string, readonly string[]>();

/** The employer as a text may name it: in full, without its form, by its trade name. */
function namesOf(company: string): readonly string[] {
  const known = names.get(company);
  if (known) return known;
  if (names.size >= KEPT) names.clear();
  const { tradeName, trade } = readName(company);
  const found = new Set([company.trim(), tradeName + trade, tradeName].filter((name) => name.length >= 2));
  const longest = [...found].sort((a, b) => b.length - a.length);
  names.set(company, longest);
  return longest;
}

/** A text made ready to be compared; null when it is too short to say anything. */
export function readText(text: string, company?: string | null): ReadText | null {
  const masked = maskText(text, company?.trim() ? namesOf(company) : []);
  const signature = signatureOfMasked(masked);
  return signature ? { signature, keys: bandKeys(signature), id: thingId('text', masked) } : null;
}

/** What the store knows of groups near these texts. */
export interface Known {
  readonly groups: ReadonlyMap<number, readonly string[]>;
  readonly founders: ReadonlyMap<string, Buffer>;
  readonly full: ReadonlySet<number>;
}

export interface Grouped<T> {
  readonly post: T;
  readonly groupId: string | null;
  readonly similarity: number;
}
export interface NewGroup {
  readonly id: string;
  readonly signature: Buffer;
  /** Keys whose buckets still take it. */
  readonly keys: readonly number[];
}

/** Places texts one after the other; a text may join a group that one before it in the same batch founded. */
export function groupTexts<T>(
  posts: readonly { readonly post: T; readonly text: ReadText | null }[],
  known: Known,
): { placed: Grouped<T>[]; founded: NewGroup[] } {
  const signatures = new Map<string, Signature>();
  const signatureById = (id: string): Signature | undefined => {
    const read = signatures.get(id);
    if (read) return read;
    const bytes = known.founders.get(id);
    if (!bytes) return undefined;
    const unpacked = unpackSignature(bytes);
    signatures.set(id, unpacked);
    return unpacked;
  };
  const fresh = new Map<number, string[]>();
  const founded: NewGroup[] = [];
  const placed = posts.map(({ post, text }): Grouped<T> => {
    if (!text) return { post, groupId: null, similarity: 0 };
    const near = new Set<string>();
    for (const key of text.keys) {
      for (const id of known.groups.get(key) ?? []) near.add(id);
      for (const id of fresh.get(key) ?? []) near.add(id);
    }
    let best: { id: string; value: number } | null = null;
    for (const id of near) {
      const founder = signatureById(id);
      const value = founder ? similarity(founder, text.signature, SAME_TEXT) : 0;
      // Between equals the smaller id, so that the order of candidates does not matter.
      if (value >= SAME_TEXT && (!best || value > best.value || (value === best.value && id < best.id))) best = { id, value };
    }
    if (best) return { post, groupId: best.id, similarity: best.value };
    if (!signatureById(text.id)) {
      signatures.set(text.id, text.signature);
      const keys = text.keys.filter((key) => !known.full.has(key));
      founded.push({ id: text.id, signature: packSignature(text.signature), keys });
      for (const key of keys) {
        const members = fresh.get(key);
        if (members) members.push(text.id);
        else fresh.set(key, [text.id]);
      }
    }
    return { post, groupId: text.id, similarity: 1 };
  });
  return { placed, founded };
}
