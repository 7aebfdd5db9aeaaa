/**
 * Near-duplicate texts by MinHash: 64 minima over four-character shingles estimate Jaccard similarity, and keys over
 * bands of four minima find candidates in an index of the store (`db/repositories/texts.ts`). Contacts, numbers and
 * punctuation are taken out first, since a repost changes just these.
 */
const HASHES = 64;
const BANDS = 12;
const ROWS = 4;
const SHINGLE = 4;
const MAX_CHARS = 20_000;
/** Fewer shingles than this say too little: short adverts and forms filled in resemble each other by trade, not by hand. */
const MIN_SHINGLES = 40;

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

/**
 * The words of a text without what a repost changes: addresses, numbers, Latin ids, spaces, punctuation.
 * @param names of the employer, taken out as well: the same advert goes round under many of them
 */
export const maskText = (text: string, names: readonly string[] = []): string =>
  names
    .reduce((left, name) => left.replaceAll(name, ''), text.slice(0, MAX_CHARS))
    .normalize('NFKC')
    .toLowerCase()
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[a-z\d_+@.-]{2,}/g, '')
    .replace(/[^\p{Script=Han}\p{L}]/gu, '');

/** The signature of a text, or null when it is too short to compare. */
export const signatureOf = (text: string): Signature | null => signatureOfMasked(maskText(text));

/** The signature of a text that was masked already. */
export function signatureOfMasked(masked: string): Signature | null {
  // Signed whole numbers throughout: unsigned ones above 2^31 would become floating point and take twice as long.
  const all = new Int32Array(Math.max(0, masked.length - SHINGLE + 1));
  const different = new Set<number>();
  for (let i = 0; i < all.length; i++) {
    let hash = 0x811c9dc5 | 0;
    for (let j = i; j < i + SHINGLE; j++) hash = Math.imul(hash ^ masked.charCodeAt(j), 0x01000193);
    all[i] = hash;
    if (different.size < MIN_SHINGLES) different.add(hash);
  }
  if (different.size < MIN_SHINGLES) return null;
  const signature = new Uint32Array(HASHES);
  // One hash after the other over all shingles: its least value stays in a register.
  for (let i = 0; i < HASHES; i++) {
    const offset = (OFFSETS[i] as number) | 0;
    const multiplier = (MULTIPLIERS[i] as number) | 0;
    let least = 0x7fffffff;
    for (let j = 0; j < all.length; j++) {
      const mixed = Math.imul((all[j] as number) ^ offset, multiplier);
      const value = mixed ^ (mixed >>> 15);
      if (value < least) least = value;
    }
    signature[i] = least;
  }
  return signature;
}

/**
 * Estimated Jaccard similarity of two signatures, 0-1 (standard error at 0.6: 0.06).
 * @param least what lies below it is of no interest and comes out as 0: most texts differ, and that shows after a few minima
 */
export function similarity(a: Signature, b: Signature, least = 0): number {
  const most = Math.floor((1 - least) * HASHES);
  let different = 0;
  for (let i = 0; i < HASHES; i++) {
    if (a[i] !== b[i]) {
      different += 1;
      if (different > most) return 0;
    }
  }
  return (HASHES - different) / HASHES;
}

/**
 * The band keys of a signature as whole numbers of 53 bits; two texts that share one are worth comparing. Twelve bands of four
 * minima: chance of a meeting 0.96 at Jaccard 0.7, 0.998 at 0.8, 0.54 at 0.5.
 */
export function bandKeys(signature: Signature): number[] {
  return Array.from({ length: BANDS }, (_, band) => {
    let [high, low] = [0x811c9dc5 ^ band, 0x9dc5811c + band];
    for (let i = band * ROWS; i < (band + 1) * ROWS; i += 1) {
      high = Math.imul(high ^ (signature[i] as number), 0x01000193);
      low = Math.imul(low ^ (signature[i] as number), 0x85ebca6b);
      low ^= low >>> 13;
    }
    return (high >>> 11) * 0x100000000 + (low >>> 0);
  });
}

/** A signature as stored, 256 bytes, and read back. */
export const packSignature = (signature: Signature): Buffer => Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength);
export const unpackSignature = (bytes: Buffer): Signature => {
  const signature = new Uint32Array(HASHES);
  for (let i = 0; i < HASHES && i * 4 + 4 <= bytes.length; i += 1) signature[i] = bytes.readUInt32LE(i * 4);
  return signature;
};
