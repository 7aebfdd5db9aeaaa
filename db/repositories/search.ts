/**
 * Searching names by what the database keeps of them: single characters and pairs of them (`search_words`, migration
 * 0005), folded in width and case. The index finds candidates; the folded text itself decides.
 */
import { and, type Column, type SQL, sql } from 'drizzle-orm';
import { list } from './list.ts';

/** A person's words, folded as the database folds names. */
const fold = (words: string): string[] => words.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);

/** Pairs of neighbouring characters of a word, or the one character it is. */
function pieces(word: string): string[] {
  const chars = Array.from(word);
  if (chars.length < 2) return chars;
  return chars.slice(1).map((ch, i) => `${chars[i]}${ch}`);
}

/** The pieces an indexed row must hold to be a candidate; empty when nothing was asked. */
export const searchPieces = (words: string): string[] => [...new Set(fold(words).flatMap(pieces))];

/**
 * True for rows that hold every word in one of the texts.
 * @param index the column of `search_words` over at least these texts
 * @returns undefined when the words are blank
 */
export function holdsWords(words: string, index: Column | SQL, texts: readonly (Column | SQL)[]): SQL | undefined {
  const wanted = searchPieces(words);
  if (wanted.length === 0) return undefined;
  const folded = sql`lower(normalize(concat_ws(chr(10), ${sql.join([...texts], sql`, `)}), NFKC))`;
  const contiguous = fold(words).map((word) => sql`position(${word} in ${folded}) > 0`);
  return and(sql`${index} @> ${list(wanted, 'text')}`, ...contiguous);
}
