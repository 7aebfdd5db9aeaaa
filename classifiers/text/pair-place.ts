/**
 * Where two neighbouring units are marked in a sieve: small tables that tell in one look that most pairs of a text begin
 * nothing that is looked for. Pairs may share a place: a sieve lets too much through, never too little.
 */

/** Places of a sieve. */
export const PAIR_PLACES = 1 << 16;

/** @param one @param two numbers below 65,536 @returns a place below `PAIR_PLACES`, spread by Fibonacci hashing (Knuth, TAOCP 6.4) */
export const pairPlace = (one: number, two: number): number => Math.imul((one << 16) | two, 0x9e3779b1) >>> 16;
