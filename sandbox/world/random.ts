/**
 * Seeded chance: a small generator (mulberry32) whose streams are forked by name, so that adding a draw in one
 * place never moves the world in another. Not for secrets.
 */
export interface Random {
  /** An integer in [0, n). */
  int(n: number): number;
  /** An integer in [low, high], both included. */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
  shuffle<T>(from: readonly T[]): T[];
  /** An independent stream for `name`. */
  fork(name: string): Random;
}

/** FNV-1a over UTF-16 units, mixed with the seed. */
function hash(seed: number, name: string): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i += 1) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

/** @param seed any integer; the same seed gives the same stream on every machine */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (n: number): number => Math.floor(next() * n);
  return {
    int,
    between: (low, high) => low + int(high - low + 1),
    pick: <T>(from: readonly T[]): T => from[int(from.length)] as T,
    chance: (probability) => next() < probability,
    shuffle: <T>(from: readonly T[]): T[] => {
      const out = [...from];
      for (let i = out.length - 1; i > 0; i -= 1) {
        const j = int(i + 1);
        [out[i], out[j]] = [out[j] as T, out[i] as T];
      }
      return out;
    },
    fork: (name) => createRandom(hash(seed, name)),
  };
}
