/**
 * Hostile and odd texts for the screener, from a seed: random characters of every awkward sort, the rules' own examples
 * cut, spliced, disguised and repeated, and the words rules look for thrown together. The same seed gives the same texts.
 */
export type Random = () => number;

/** xorshift32: small, fast and the same everywhere. @returns numbers in [0, 1) */
export function seeded(seed: number): Random {
  let state = seed | 0 || 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

const below = (random: Random, bound: number): number => Math.floor(random() * bound);
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)] as T;

/** Ranges of UTF-16 units; the surrogates on purpose, alone and in no order. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0x4e00, 0x9fff],
  [0x3000, 0x303f],
  [0xff00, 0xffef],
  [0x2460, 0x24ff],
  [0x200b, 0x202e],
  [0xd800, 0xdfff],
  [0x0590, 0x06ff],
  [0x0300, 0x036f],
  [0xfe00, 0xfe0f],
  [0x0000, 0x001f],
];
const GAPS = [' ', '·', '.', '*', '-', '\u200b', '\u202e', '\u2060', '/', '　', '❤', '🌹', '\n', '|'] as const;
const TRADITIONAL: Readonly<Record<string, string>> = {
  岁: '歲',
  无: '無',
  传: '傳',
  费: '費',
  单: '單',
  工: '工',
  请: '請',
  体: '體',
  检: '檢',
  训: '訓',
  练: '練',
};

const noise = (random: Random, length: number): string => {
  let text = '';
  for (let i = 0; i < length; i += 1) {
    const [from, to] = pick(random, RANGES);
    text += String.fromCharCode(from + below(random, to - from + 1));
  }
  return text;
};
const wide = (text: string): string => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
const apart = (random: Random, text: string): string => Array.from(text, (c) => c + (random() < 0.5 ? pick(random, GAPS) : '')).join('');
const traditional = (text: string): string => Array.from(text, (c) => TRADITIONAL[c] ?? c).join('');

/** One small change somewhere in the text. */
function mutate(random: Random, text: string, other: string): string {
  const at = below(random, text.length + 1);
  const to = Math.min(text.length, at + below(random, 12));
  switch (below(random, 9)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + noise(random, 1 + below(random, 6)) + text.slice(at);
    case 2:
      return text.slice(0, to) + text.slice(at, to).repeat(1 + below(random, 20)) + text.slice(to);
    case 3:
      return text.slice(0, at) + other + text.slice(at);
    case 4:
      return text.slice(0, at) + wide(text.slice(at, to)) + text.slice(to);
    case 5:
      return text.slice(0, at) + apart(random, text.slice(at, to)) + text.slice(to);
    case 6:
      return traditional(text);
    case 7:
      return text.slice(at) + text.slice(0, at);
    default:
      return text.slice(0, at) + other.slice(0, below(random, other.length + 1));
  }
}

export interface Material {
  /** Whole texts that rules find something in, or just do not. */
  readonly examples: readonly string[];
  /** Words and characters that rules look for. */
  readonly words: readonly string[];
}

const MAX_LENGTH = 1_500;

/** @returns one text of at most 1,500 UTF-16 units. @param worst texts known to be slow, mutated further */
export function hostileText(random: Random, material: Material, worst: readonly string[] = []): string {
  const chance = random();
  if (chance < 0.1) return noise(random, below(random, 400));
  if (chance < 0.25) {
    let text = '';
    for (let i = below(random, 80); i > 0; i -= 1) text += pick(random, material.words) + (random() < 0.3 ? pick(random, GAPS) : '');
    return text.slice(0, MAX_LENGTH);
  }
  let text = worst.length > 0 && chance < 0.5 ? pick(random, worst) : pick(random, material.examples);
  for (let i = 1 + below(random, 6); i > 0; i -= 1)
    text = mutate(random, text, random() < 0.5 ? pick(random, material.examples) : pick(random, material.words));
  return text.slice(0, MAX_LENGTH);
}
