/**
 * Finds names in a list: the same but for writing by a map; a slip of one character by what is left when each
 * character in turn is left out; homophones by their sounds; abbreviations by the trade name. Each is a look-up in
 * sorted numbers, so that a list of 100,000 rows takes a few tens of microseconds a name. Names that merely come near
 * are searched by their rarest character pairs, and only where nothing else was found.
 */
import { soundKey } from './look-alikes.ts';
import { bigrams, bodyOf, judgeNames, looks, type NameLikeness } from './name-likeness.ts';
import { type ReadName, readName } from './names.ts';

export interface NameHit<T> {
  readonly row: T;
  readonly name: ReadName;
  readonly likeness: NameLikeness;
}
export interface NameIndex<T> {
  /** Best first: same, then doubtful, then what merely comes near (likeness of half and more). */
  find(name: string): NameHit<T>[];
}

/** Each name is filed under its rarest pairs; common ones (资源, 网络) point at everybody and are never followed. */
const FILED_UNDER = 4;
const MAX_POSTING = 2_000;
/** How many near names are looked at closely. */
const NEAREST = 6;
/** A key that leads to more rows than this (鹿溪 in every city) says too little. */
const MAX_ROWS = 200;
/** Beginnings this long of a body are abbreviations people use. */
const SHORTEST_BEGINNING = 4;

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let h = 2_166_136_261;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 16_777_619);
  return h >>> 0;
}

/** Under what a body is filed and searched: itself and itself without each character, by sound, its trade name, its beginnings. */
function keysOf(name: ReadName): number[] {
  const body = bodyOf(name);
  const keys = [hash(body), hash(`~${soundKey(body)}`), hash(`=${name.tradeName}`)];
  for (let i = 0; i < body.length; i += 1) keys.push(hash(body.slice(0, i) + body.slice(i + 1)));
  return keys;
}

const beginningsOf = (body: string): number[] =>
  Array.from({ length: Math.max(0, body.length - SHORTEST_BEGINNING + 1) }, (_, i) => hash(`<${body.slice(0, SHORTEST_BEGINNING + i)}`));

/** Rows by hashed keys, kept as two flat arrays sorted by key. */
class KeyTable {
  readonly #keys: Uint32Array;
  readonly #rows: Uint32Array;

  constructor(keys: readonly number[], rows: readonly number[]) {
    const order = Float64Array.from(keys, (key, i) => key * 2 ** 21 + (rows[i] ?? 0)).sort();
    this.#keys = Uint32Array.from(order, (v) => Math.floor(v / 2 ** 21));
    this.#rows = Uint32Array.from(order, (v) => v % 2 ** 21);
  }

  /** Adds the rows of a key to `found`. */
  collect(key: number, found: Set<number>): void {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    for (let i = low; this.#keys[i] === key && i - low < MAX_ROWS; i += 1) found.add(this.#rows[i] as number);
  }
}

function tableOf(names: readonly ReadName[], of: (name: ReadName) => readonly number[]): KeyTable {
  const [keys, rows]: [number[], number[]] = [[], []];
  for (const [at, name] of names.entries()) {
    for (const key of of(name)) {
      keys.push(key);
      rows.push(at);
    }
  }
  return new KeyTable(keys, rows);
}

/** Near names by rare pairs of characters. */
function pairSearch(names: readonly ReadName[]): (query: ReadName) => number[] {
  const counts = new Map<string, number>();
  for (const name of names) for (const pair of bigrams(bodyOf(name))) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  const postings = new Map<string, number[]>();
  for (const [at, name] of names.entries()) {
    const rare = bigrams(bodyOf(name)).sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
    for (const pair of rare.slice(0, FILED_UNDER)) {
      if ((counts.get(pair) ?? 0) > MAX_POSTING) continue;
      const there = postings.get(pair);
      if (there) there.push(at);
      else postings.set(pair, [at]);
    }
  }
  return (query) => {
    const shared = new Map<number, number>();
    for (const pair of bigrams(bodyOf(query))) {
      const posting = postings.get(pair);
      // A rare pair says more than a common one.
      if (posting) for (const at of posting) shared.set(at, (shared.get(at) ?? 0) + 1 + 1 / posting.length);
    }
    return [...shared]
      .sort((a, b) => b[1] - a[1])
      .slice(0, NEAREST)
      .map(([at]) => at);
  };
}

const rank = ({ likeness: l }: NameHit<unknown>): number => (l.same ? 2 : l.doubtful ? 1 : 0) + l.similarity / 10;

/** @param nameOf the name of a row, as the list writes it */
export function createNameIndex<T>(rows: readonly T[], nameOf: (row: T) => string): NameIndex<T> {
  const names = rows.map((row) => readName(nameOf(row)));
  const exact = new Map<string, number[]>();
  for (const [at, { plain }] of names.entries()) {
    const there = exact.get(plain);
    if (there) there.push(at);
    else exact.set(plain, [at]);
  }
  const slips = tableOf(names, keysOf);
  const beginnings = tableOf(names, (name) => beginningsOf(bodyOf(name)));
  const near = pairSearch(names);
  const hitsOf = (query: ReadName, candidates: Iterable<number>, least: number): NameHit<T>[] => {
    const hits: NameHit<T>[] = [];
    for (const at of candidates) {
      const name = names[at] as ReadName;
      const judged = judgeNames(query, name);
      if (!judged.same && !judged.doubtful && least > 1) continue;
      const likeness = { ...judged, similarity: judged.similarity ?? looks(query, name) };
      if (likeness.same || likeness.doubtful || likeness.similarity >= least) hits.push({ row: rows[at] as T, name, likeness });
    }
    return hits.sort((a, b) => rank(b) - rank(a));
  };
  return {
    find(written) {
      const query = readName(written);
      if (query.key.length < 2) return [];
      const same = hitsOf(query, exact.get(query.plain) ?? [], 0.5);
      if (same.some((hit) => hit.likeness.same)) return same;
      const found = new Set<number>();
      for (const key of keysOf(query)) slips.collect(key, found);
      // Only a name without its form is an abbreviation, so only then beginnings are asked for.
      if (query.form === '' && bodyOf(query).length >= SHORTEST_BEGINNING - 1) beginnings.collect(hash(`<${bodyOf(query)}`), found);
      const hits = hitsOf(query, found, 2);
      return hits.length > 0 ? hits : [...same, ...hitsOf(query, near(query), 0.5)];
    },
  };
}
