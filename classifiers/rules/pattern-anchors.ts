/**
 * Which words every match of a pattern must hold, and how far from its beginning: what lets a text be searched for all
 * patterns in one pass, and a pattern be tried only around its words.
 */
import { commonness } from './commonness.ts';
import { type Node, widthOf } from './pattern-tree.ts';

/** Every match holds one of `words`, which begins `least` to `most` units after the match does (before it, when negative). */
export interface Anchor {
  readonly words: readonly string[];
  readonly least: number;
  readonly most: number;
}

/** More words than this are not spelled out: the automaton would grow, and so many words select nothing. */
const MAX_WORDS = 700;
/** Beyond this length a word gains nothing in telling texts apart. */
const LONG_ENOUGH = 4;
/** So much of a word is looked for: what is left out tells few texts apart and would make the automaton too large to stay near. */
const KEPT = 4;

const join = (heads: readonly string[], tails: readonly string[]): string[] | null =>
  heads.length * tails.length > MAX_WORDS ? null : heads.flatMap((head) => tails.map((tail) => head + tail));

const known = new WeakMap<Node, readonly string[] | null>();

/** Every text the node matches, spelled out; null when there are too many. Asked often of the same node, so remembered. */
function spelled(node: Node): readonly string[] | null {
  const before = known.get(node);
  if (before !== undefined) return before;
  const words = spell(node);
  known.set(node, words);
  return words;
}

function spell(node: Node): readonly string[] | null {
  switch (node.type) {
    case 'literal':
      return [node.char];
    case 'set':
      return node.chars && node.chars.size <= 40 ? [...node.chars] : null;
    case 'edge':
    case 'look':
      return [''];
    case 'quote':
      return spelled(node.inner);
    case 'sequence': {
      let words: readonly string[] | null = [''];
      for (const item of node.items) {
        const next = spelled(item);
        words = words && next && join(words, next);
        if (!words) return null;
      }
      return words;
    }
    case 'choice': {
      const each = node.options.map(spelled);
      const words = each.every((list) => list !== null) ? [...new Set((each as string[][]).flat())] : null;
      return words && words.length <= MAX_WORDS ? words : null;
    }
    case 'repeat': {
      const once = spelled(node.inner);
      if (!once || node.max > 4) return null;
      let words: string[] = [];
      let power: readonly string[] | null = [''];
      for (let times = 0; times <= node.max && power; times += 1) {
        if (times >= node.min) words = words.concat(power);
        power = times < node.max ? join(power, once) : power;
      }
      return power && words.length <= MAX_WORDS ? [...new Set(words)] : null;
    }
  }
}

/** Of a list of words, 0 when it cannot be relied on: an empty word selects nothing, and a line end may join two fields of a post. */
const lengths = new WeakMap<readonly string[], number>();
function shortest(words: readonly string[]): number {
  const before = lengths.get(words);
  if (before !== undefined) return before;
  let least = words.length === 0 ? 0 : LONG_ENOUGH;
  for (const word of words) least = word.includes('\n') ? 0 : Math.min(least, word.length);
  lengths.set(words, least);
  return least;
}

/** Whether trying a pattern around the words of `b` costs less than around those of `a`. */
const better = (a: Anchor | null, b: Anchor): boolean => shortest(b.words) > 0 && (a === null || cost(b) < cost(a));

interface Stretch extends Anchor {
  readonly from: number;
  readonly to: number;
}

/** Every anchor that neighbouring items give: each stretch of them spelled out from every starting item, and what an item promises by itself. */
function stretchesOf(items: readonly Node[]): Stretch[] {
  const stretches: Stretch[] = [];
  let [least, most] = [0, 0];
  for (const [from, item] of items.entries()) {
    let words: readonly string[] | null = [''];
    for (let to = from; to < items.length && words; to += 1) {
      const next = spelled(items[to] as Node);
      words = next && join(words, next);
      if (words) stretches.push({ words, least, most, from, to });
    }
    const inner = anchorOf(item);
    if (inner) stretches.push({ words: inner.words, least: least + inner.least, most: most + inner.most, from, to: from });
    least += widthOf(item).least;
    most += widthOf(item).most;
  }
  return stretches;
}

/** The best of the stretches outside those taken. */
function bestOf(stretches: readonly Stretch[], taken: readonly Stretch[]): Stretch | null {
  let best: Stretch | null = null;
  for (const one of stretches) if (better(best, one) && !taken.some((t) => one.from <= t.to && t.from <= one.to)) best = one;
  return best;
}

/** Words one of which every match must hold; null when there is no such promise. */
function anchorOf(node: Node): Anchor | null {
  switch (node.type) {
    case 'literal':
      return { words: [node.char], least: 0, most: 0 };
    case 'set': {
      const words = spelled(node);
      return words && { words, least: 0, most: 0 };
    }
    case 'sequence':
      return bestOf(stretchesOf(node.items), []);
    case 'choice': {
      const each = node.options.map(anchorOf).filter((anchor) => anchor !== null);
      if (each.length < node.options.length) return null;
      const words = [...new Set(each.flatMap((anchor) => anchor.words))];
      return { words, least: Math.min(...each.map((a) => a.least)), most: Math.max(...each.map((a) => a.most)) };
    }
    case 'look': {
      const inner = node.open.includes('!') ? null : anchorOf(node.inner);
      if (!inner || node.open === '?=') return inner;
      // What stands before the match ends where the match begins.
      const { least, most } = widthOf(node.inner);
      return { words: inner.words, least: inner.least - most, most: inner.most - least };
    }
    case 'quote':
      return anchorOf(node.inner);
    case 'repeat':
      return node.min > 0 ? anchorOf(node.inner) : null;
    default:
      return null;
  }
}

const MAX_ANCHORS = 3;
/** One sequence inside another is one sequence: its items are neighbours. */
const flat = (node: Node): readonly Node[] => (node.type === 'sequence' ? node.items.flatMap(flat) : node.type === 'quote' ? flat(node.inner) : [node]);

const counted = new WeakMap<readonly string[], number>();
function commonnessOf(words: readonly string[]): number {
  const before = counted.get(words);
  if (before !== undefined) return before;
  const rate = commonness(words);
  counted.set(words, rate);
  return rate;
}
/** What it costs to try the pattern around each of the words. */
const cost = (anchor: Anchor): number => commonnessOf(anchor.words) * (8 + anchor.most - anchor.least);
/** A pattern tried this rarely needs no second word looked for. */
const RARELY = 0.00005;
/** Words together met more often than this (once in 300 characters) are not worth finding for what they tell apart. */
export const TOO_COMMON = 0.01;

/** Anchors of a pattern, the cheapest to try around first: every match holds a word of each. Empty when nothing can be promised. */
export function anchorsOf(tree: Node): readonly Anchor[] {
  const stretches = stretchesOf(flat(tree));
  const taken: Stretch[] = [];
  while (taken.length < MAX_ANCHORS) {
    const next = bestOf(stretches, taken);
    if (!next) break;
    taken.push(next);
  }
  const anchors = taken.map(({ words, least, most }) => ({ words: withoutLonger(words), least, most })).sort((a, b) => cost(a) - cost(b));
  const [lead] = anchors;
  return anchors.filter(({ words }, i) => i === 0 || (lead && commonnessOf(lead.words) > RARELY && commonnessOf(words) < TOO_COMMON));
}

/** Where a word stands, its beginning stands too: words are cut to KEPT units, and those that begin with another are left out. */
function withoutLonger(words: readonly string[]): string[] {
  const all = new Set(words.map((word) => word.slice(0, KEPT)));
  const begun = (word: string): boolean => {
    for (let end = 1; end < word.length; end += 1) if (all.has(word.slice(0, end))) return true;
    return false;
  };
  return [...all].filter((word) => !begun(word));
}
