/**
 * Near-duplicate texts by MinHash: 64 minima over four-character shingles estimate Jaccard similarity, and an index
 * of 16 bands of 4 minima finds candidates (chance of a meeting: 0.2 at Jaccard 0.3, 0.65 at 0.5, 0.9 at 0.6).
 * Contacts, numbers and punctuation are taken out first, since a repost changes just these.
 */
const HASHES = 64;
const BANDS = 16;
const ROWS = HASHES / BANDS;
const SHINGLE = 4;
const MAX_CHARS = 20_000;
/** Fewer shingles than this say too little: short adverts resemble each other by trade, not by hand. */
const MIN_SHINGLES = 20;

export type Signature = Uint32Array;

/** Odd multipliers and offsets of the hash family, fixed for all time so that stored signatures stay comparable. */
const [MULTIPLIERS, OFFSETS] = ((): [Uint32Array, Uint32Array] => {
  let state = 0x9e3779b9;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return [Uint32Array.from({ length: HASHES }, () => next() | 1), Uint32Array.from({ length: HASHES }, next)];
})();

/** The words of a text without what a repost changes: addresses, numbers, Latin ids, spaces, punctuation. */
export const maskText = (text: string): string =>
  text
    .slice(0, MAX_CHARS)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[a-z\d_+@.-]{2,}/g, '')
    .replace(/[^\p{Script=Han}\p{L}]/gu, '');

/** The signature of a text, or null when it is too short to compare. */
export function signatureOf(text: string): Signature | null {
  const masked = maskText(text);
  const shingles = new Set<number>();
  for (let i = 0; i + SHINGLE <= masked.length; i++) {
    let hash = 0x811c9dc5;
    for (let j = i; j < i + SHINGLE; j++) hash = Math.imul(hash ^ masked.charCodeAt(j), 0x01000193);
    shingles.add(hash >>> 0);
  }
  if (shingles.size < MIN_SHINGLES) return null;
  const signature = new Uint32Array(HASHES).fill(0xffffffff);
  for (const shingle of shingles) {
    for (let i = 0; i < HASHES; i++) {
      let value = Math.imul(shingle ^ (OFFSETS[i] as number), MULTIPLIERS[i] as number);
      value = (value ^ (value >>> 15)) >>> 0;
      if (value < (signature[i] as number)) signature[i] = value;
    }
  }
  return signature;
}

/** Estimated Jaccard similarity of two signatures, 0-1 (standard error at 0.6: 0.06). */
export function similarity(a: Signature, b: Signature): number {
  let same = 0;
  for (let i = 0; i < HASHES; i++) if (a[i] === b[i]) same += 1;
  return same / HASHES;
}

/** The 16 band keys of a signature; two texts that share one are worth comparing. */
export function bandKeys(signature: Signature): string[] {
  return Array.from({ length: BANDS }, (_, band) => `${band}:${signature.subarray(band * ROWS, (band + 1) * ROWS).join('.')}`);
}

export interface NearText<T> {
  readonly item: T;
  readonly similarity: number;
}

/** An index of texts in memory. A bucket takes at most 200 texts: what stands there so often is a template. */
export class TextIndex<T> {
  readonly #buckets = new Map<string, { readonly item: T; readonly signature: Signature }[]>();

  add(signature: Signature, item: T): void {
    const entry = { item, signature };
    for (const key of bandKeys(signature)) {
      const bucket = this.#buckets.get(key);
      if (!bucket) this.#buckets.set(key, [entry]);
      else if (bucket.length < 200) bucket.push(entry);
    }
  }

  /** Texts at least `least` similar, best first. */
  find(signature: Signature, least: number): NearText<T>[] {
    const seen = new Map<object, NearText<T>>();
    for (const key of bandKeys(signature)) {
      for (const entry of this.#buckets.get(key) ?? []) {
        if (!seen.has(entry)) seen.set(entry, { item: entry.item, similarity: similarity(signature, entry.signature) });
      }
    }
    return [...seen.values()].filter((near) => near.similarity >= least).sort((a, b) => b.similarity - a.similarity);
  }
}
