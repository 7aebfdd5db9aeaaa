/**
 * What a parsed pattern is and what can be known about it before it runs: how many ways backtracking may take at one
 * place, which words every match must hold, and the RegExp it becomes.
 */
export type Node =
  | { readonly type: 'literal'; readonly char: string }
  /** One character; `chars` spells the members out, null when they are too many to. */
  | { readonly type: 'set'; readonly source: string; readonly chars: ReadonlySet<string> | null }
  | { readonly type: 'edge'; readonly source: string }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | { readonly type: 'look'; readonly open: string; readonly inner: Node }
  | { readonly type: 'quote'; readonly inner: Node }
  | { readonly type: 'repeat'; readonly inner: Node; readonly min: number; readonly max: number };

const children = (node: Node): readonly Node[] =>
  node.type === 'sequence' ? node.items : node.type === 'choice' ? node.options : 'inner' in node ? [node.inner] : [];

/** True when something in it may stand more than once. */
export const holdsRepeat = (node: Node): boolean => (node.type === 'repeat' && node.max > 1) || children(node).some(holdsRepeat);

/** The characters a node may begin with; `chars` null = any, `empty` = it may match nothing. */
interface First {
  readonly chars: ReadonlySet<string> | null;
  readonly empty: boolean;
}
const NOTHING: First = { chars: new Set(), empty: true };
const union = (a: First, b: First, empty: boolean): First => ({ chars: a.chars && b.chars ? new Set([...a.chars, ...b.chars]) : null, empty });

/** Asked again and again on the way up a tree; trees never change. */
const firsts = new WeakMap<Node, First>();
function firstOf(node: Node): First {
  const known = firsts.get(node);
  if (known) return known;
  const first = workOutFirst(node);
  firsts.set(node, first);
  return first;
}

function workOutFirst(node: Node): First {
  switch (node.type) {
    case 'literal':
      return { chars: new Set([node.char]), empty: false };
    case 'set':
      return { chars: node.chars, empty: false };
    case 'edge':
    case 'look':
      return NOTHING;
    case 'quote':
      return firstOf(node.inner);
    case 'repeat':
      return { chars: firstOf(node.inner).chars, empty: node.min === 0 || firstOf(node.inner).empty };
    case 'choice':
      return node.options.map(firstOf).reduce((a, b) => union(a, b, a.empty || b.empty));
    case 'sequence':
      return node.items.reduceRight<First>((rest, item) => {
        const first = firstOf(item);
        return first.empty ? union(first, rest, rest.empty) : first;
      }, NOTHING);
  }
}

/** Whether one character decides between going on with the node and leaving it for what follows. */
function toldApart(a: First, b: First): boolean {
  if (!a.chars || !b.chars || b.empty) return b.chars?.size === 0;
  for (const char of a.chars) if (b.chars.has(char)) return false;
  return true;
}

/** The words of a node that is nothing but words. */
function wordsOf(node: Node): string | null {
  if (node.type === 'literal') return node.char;
  if (node.type !== 'sequence') return null;
  let words = '';
  for (const item of node.items) {
    const part = wordsOf(item);
    if (part === null) return null;
    words += part;
  }
  return words;
}

/** How many of these words can match at one place: the longest chain in which each begins with the one before. */
function longestChain(words: readonly string[]): number {
  const chain = new Map<string, number>();
  for (const word of [...words].sort((a, b) => a.length - b.length)) {
    let longest = 0;
    for (let end = 1; end < word.length; end += 1) longest = Math.max(longest, chain.get(word.slice(0, end)) ?? 0);
    chain.set(word, longest + 1);
  }
  return Math.max(0, ...chain.values());
}

/**
 * In how many ways the node can be tried at one place before giving up: what backtracking may cost there.
 * A repetition that one character tells from what follows has one way; others multiply.
 * @param after what may follow the node
 */
export function ways(node: Node, after: First = NOTHING): number {
  switch (node.type) {
    case 'sequence': {
      let product = 1;
      let rest = after;
      for (const item of [...node.items].reverse()) {
        product *= ways(item, rest);
        const first = firstOf(item);
        rest = first.empty ? union(first, rest, rest.empty) : first;
      }
      return product;
    }
    case 'choice': {
      const words = node.options.map(wordsOf);
      const plain = longestChain(words.filter((w) => w !== null));
      const complex = node.options.filter((_, i) => words[i] === null).map((option) => ({ first: firstOf(option), ways: ways(option, after) }));
      const plainFirst: First = { chars: new Set(words.flatMap((w) => (w ? [w.charAt(0)] : []))), empty: false };
      // Only options that can begin alike can both be tried at one place.
      const together = complex.map((one) => {
        const others = complex.filter((other) => !toldApart(one.first, other.first)).reduce((sum, other) => sum + other.ways, 0);
        return others + (plain > 0 && !toldApart(one.first, plainFirst) ? plain : 0);
      });
      return Math.max(1, plain, ...together);
    }
    case 'repeat': {
      const inner = ways(node.inner, after) ** Math.max(1, node.max);
      return toldApart(firstOf(node.inner), after) ? inner : inner * (node.max - node.min + 1);
    }
    case 'look':
      return ways(node.inner);
    case 'quote':
      return ways(node.inner, after);
    default:
      return 1;
  }
}

const escaped = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The RegExp source of a node. */
export function emit(node: Node): string {
  switch (node.type) {
    case 'literal':
      return escaped(node.char);
    case 'set':
    case 'edge':
      return node.source;
    case 'sequence':
      return node.items.map(emit).join('');
    case 'choice':
      return `(?:${node.options.map(emit).join('|')})`;
    case 'look':
      return `(${node.open}${emit(node.inner)})`;
    case 'quote':
      return `(${emit(node.inner)})`;
    case 'repeat': {
      const single = node.inner.type === 'set' || node.inner.type === 'literal';
      const body = single ? emit(node.inner) : `(?:${emit(node.inner)})`;
      return `${body}${node.min === 0 && node.max === 1 ? '?' : `{${node.min},${node.max}}`}`;
    }
  }
}

/** More words than this are not spelled out: the trie would grow, and so many words select nothing. */
const MAX_WORDS = 700;
/** Beyond this length a word gains nothing in telling texts apart. */
const LONG_ENOUGH = 4;

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

const shortest = (words: readonly string[]): number => Math.min(LONG_ENOUGH, ...words.map((word) => word.length));
/** The list that selects fewer texts: longer words first, then fewer of them. A list with an empty word selects nothing. */
function better(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  const usable = (list: readonly string[] | null): readonly string[] | null => (list && list.length > 0 && shortest(list) > 0 ? list : null);
  const [x, y] = [usable(a), usable(b)];
  if (!x || !y) return x ?? y;
  return shortest(y) > shortest(x) || (shortest(y) === shortest(x) && y.length < x.length) ? y : x;
}

interface Stretch {
  readonly words: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Best anchor among the stretches of neighbouring items outside `taken`, each stretch spelled out from every starting item. */
function bestStretch(items: readonly Node[], taken: readonly Stretch[]): Stretch | null {
  let best: Stretch | null = null;
  const free = (i: number): boolean => !taken.some((t) => i >= t.from && i <= t.to);
  const offer = (words: readonly string[] | null, from: number, to: number): void => {
    if (words && better(best?.words ?? null, words) === words) best = { words, from, to };
  };
  for (let from = 0; from < items.length; from += 1) {
    if (!free(from)) continue;
    let words: readonly string[] | null = [''];
    for (let to = from; to < items.length && words && free(to); to += 1) {
      const next = spelled(items[to] as Node);
      words = next && join(words, next);
      offer(words, from, to);
    }
    offer(anchorsOf(items[from] as Node), from, from);
  }
  return best;
}

/** Words one of which every match must hold; null when there is no such promise. */
export function anchorsOf(node: Node): readonly string[] | null {
  switch (node.type) {
    case 'literal':
      return [node.char];
    case 'set':
      return spelled(node);
    case 'sequence':
      return bestStretch(node.items, [])?.words ?? null;
    case 'choice': {
      const each = node.options.map(anchorsOf);
      return each.every((list) => list !== null) ? [...new Set((each as string[][]).flat())] : null;
    }
    case 'look':
      return node.open.includes('!') ? null : anchorsOf(node.inner);
    case 'quote':
      return anchorsOf(node.inner);
    case 'repeat':
      return node.min > 0 ? anchorsOf(node.inner) : null;
    default:
      return null;
  }
}

const MAX_GROUPS = 3;
/** One sequence inside another is one sequence: its items are neighbours. */
const flat = (node: Node): readonly Node[] => (node.type === 'sequence' ? node.items.flatMap(flat) : node.type === 'quote' ? flat(node.inner) : [node]);

/** Groups of words: every match holds a word of each group. Empty when nothing can be promised. */
export function anchorGroups(node: Node): readonly (readonly string[])[] {
  const items = flat(node);
  const taken: Stretch[] = [];
  while (taken.length < MAX_GROUPS) {
    const next = bestStretch(items, taken);
    if (!next || (taken.length > 0 && next.words.length > 60 && shortest(next.words) < 2)) break;
    taken.push(next);
  }
  return taken.map((t) => t.words);
}
