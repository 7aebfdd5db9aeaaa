/**
 * Finds names in a list: the same but for writing by a map, near ones by their rarest character pairs. Each name is
 * filed under its six rarest pairs only; common pairs (有限, 公司, 资源) point at everybody and are never followed.
 */
import { bigrams, compareNames, type NameLikeness, type ReadName, readName } from './names.ts';

export interface NameHit<T> {
  readonly row: T;
  readonly likeness: NameLikeness;
}
export interface NameIndex<T> {
  /** Best first; names that share no rare pair with the query are not looked at. */
  find(name: string): NameHit<T>[];
}

const FILED_UNDER = 6;
const MAX_CANDIDATES = 150;
/** A pair that leads to more rows than this says too little to follow. */
const MAX_POSTING = 3_000;

/** What near names are searched by: trade name and trade, without place and form that everybody shares. */
const searchText = (name: ReadName): string => `${name.tradeName}${name.trade}`;

/** @param nameOf the name of a row, as the list writes it */
export function createNameIndex<T>(rows: readonly T[], nameOf: (row: T) => string): NameIndex<T> {
  const names = rows.map((row) => readName(nameOf(row)));
  const exact = new Map<string, number[]>();
  const counts = new Map<string, number>();
  const put = (map: Map<string, number[]>, key: string, at: number): void => {
    const there = map.get(key);
    if (there) there.push(at);
    else map.set(key, [at]);
  };
  for (const [at, name] of names.entries()) {
    put(exact, name.plain, at);
    for (const pair of bigrams(searchText(name))) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const rarest = (text: string): string[] =>
    bigrams(text)
      .sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))
      .slice(0, FILED_UNDER);
  const postings = new Map<string, number[]>();
  for (const [at, name] of names.entries()) for (const pair of rarest(searchText(name))) put(postings, pair, at);

  const candidates = (query: ReadName): Set<number> => {
    const found = new Set<number>(exact.get(query.plain));
    if (found.size > 0) return found;
    const lists = bigrams(searchText(query))
      .map((pair) => postings.get(pair) ?? [])
      .filter((list) => list.length > 0 && list.length <= MAX_POSTING)
      .sort((a, b) => a.length - b.length);
    for (const list of lists) {
      for (const at of list) {
        if (found.size >= MAX_CANDIDATES) return found;
        found.add(at);
      }
    }
    return found;
  };

  return {
    find(written) {
      const query = readName(written);
      if (query.key.length < 2) return [];
      const hits = [...candidates(query)].map((at) => ({ row: rows[at] as T, likeness: compareNames(query, names[at] as ReadName) }));
      return hits
        .filter((h) => h.likeness.same || h.likeness.similarity >= 0.5)
        .sort((a, b) => Number(b.likeness.same) - Number(a.likeness.same) || b.likeness.similarity - a.likeness.similarity);
    },
  };
}
