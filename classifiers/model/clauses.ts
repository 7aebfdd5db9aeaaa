/**
 * Texts as the model reads them: the folded view of a field cut into clauses, so that what is judged is about as long
 * as what a person would quote. Works on units and offsets of the view alone; no string is made until one is needed.
 */

/** A clause of a view: units `start..end`. */
export interface ClauseSpan {
  readonly start: number;
  readonly end: number;
}

const MAX_CLAUSES = 600;
/** A clause without any mark is cut here: longer ones add up weights until anything looks like anything. */
const MAX_CLAUSE = 40;
/** Scraps such as `1` or `3)` join the clause after them. */
const LEAST_CLAUSE = 3;
const STOPS = new Set(Array.from(',;。!?\n\r\t|~…●★■◆▶☆※【】', (mark) => mark.charCodeAt(0)));
const isStop = new Uint8Array(65_536);
for (const unit of STOPS) isStop[unit] = 1;
const BLANK = 32;

/**
 * Cuts a folded text at its clause marks.
 * @param text a view as `classifiers/text/normalise.ts` makes it
 * @returns at most 600 clauses of 3 to 40 units, in order, none overlapping
 */
export function clausesOf(text: string): ClauseSpan[] {
  const clauses: ClauseSpan[] = [];
  let start = 0;
  const { length } = text;
  for (let i = 0; i <= length && clauses.length < MAX_CLAUSES; i += 1) {
    const ends = i === length || isStop[text.charCodeAt(i)] === 1;
    if (!ends && i - start < MAX_CLAUSE) continue;
    while (start < i && text.charCodeAt(start) === BLANK) start += 1;
    let end = i;
    while (end > start && text.charCodeAt(end - 1) === BLANK) end -= 1;
    if (ends ? end - start >= LEAST_CLAUSE : end > start) clauses.push({ start, end });
    start = ends ? i + 1 : i;
  }
  return clauses;
}
