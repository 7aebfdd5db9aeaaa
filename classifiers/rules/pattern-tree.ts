/**
 * What a parsed pattern is and what can be known about it before it runs: how long its matches are, how many ways
 * backtracking may take at one place, and the RegExp it becomes. The words every match must hold: `pattern-anchors.ts`.
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

export interface Width {
  readonly least: number;
  readonly most: number;
}
const widths = new WeakMap<Node, Width>();

/** How many units a match of the node takes up; what merely stands beside a match takes none. */
export function widthOf(node: Node): Width {
  const known = widths.get(node);
  if (known) return known;
  const width = measure(node);
  widths.set(node, width);
  return width;
}

function measure(node: Node): Width {
  switch (node.type) {
    case 'literal':
    case 'set':
      return { least: 1, most: 1 };
    case 'edge':
    case 'look':
      return { least: 0, most: 0 };
    case 'quote':
      return widthOf(node.inner);
    case 'repeat': {
      const { least, most } = widthOf(node.inner);
      return { least: least * node.min, most: most * node.max };
    }
    case 'choice': {
      const each = node.options.map(widthOf);
      return { least: Math.min(...each.map((w) => w.least)), most: Math.max(...each.map((w) => w.most)) };
    }
    case 'sequence': {
      const each = node.items.map(widthOf);
      return { least: each.reduce((sum, w) => sum + w.least, 0), most: each.reduce((sum, w) => sum + w.most, 0) };
    }
  }
}

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
