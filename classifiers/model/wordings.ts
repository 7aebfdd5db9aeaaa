/**
 * Wordings written for this project: one short post a line, the words that show a kind in brackets with its code,
 * `加[DIV:薇 abc_7788]`; lines without brackets are honest look-alikes. Euphemisms and disguises that published posts
 * are too few to teach.
 */
import type { PostInput } from '../../core/model/post.ts';
import type { LabelledPost } from './dataset.ts';
import type { PostLabel } from './measure.ts';

const TAGGED = /\[([A-Z]{3,4}):([^\]]{1,200})\]/g;

/** @param name of the file, for ids and groups */
export function readWordings(text: string, name: string): LabelledPost[] {
  return text.split('\n').flatMap((line, i): LabelledPost[] => {
    const labels: PostLabel[] = [];
    const words = line.trim().replace(TAGGED, (_, code: string, quote: string) => {
      labels.push({ code, quote, sure: true });
      return quote;
    });
    const id = `${name}-${i + 1}`;
    return words ? [{ post: { id, text: words }, labels, group: `w:${id}`, source: 'wordings' }] : [];
  });
}

const CHARMS = ['✨', '❤', '🔥', '~', '💰', '👉'];
/** The wording written as people hide it: a charm inside the words, and blanks between all characters. Reading folds other disguises away before the model sees them. */
export function disguised(given: LabelledPost): LabelledPost[] {
  const tricks: ((words: string, at: number) => string)[] = [
    (words, at) => (words.length < 4 ? words : `${words.slice(0, words.length >> 1)}${CHARMS[at % CHARMS.length]}${words.slice(words.length >> 1)}`),
    (words) => Array.from(words).join(' '),
  ];
  return tricks.map((trick, at): LabelledPost => {
    const labels = given.labels.map((label) => ({ ...label, quote: trick(label.quote ?? '', at + (label.quote?.length ?? 0)) }));
    let text = given.post.text ?? '';
    for (const [i, { quote }] of given.labels.entries()) if (quote) text = text.replace(quote, () => labels[i]?.quote ?? quote);
    const post: PostInput = { ...given.post, text: given.labels.length === 0 ? trick(text, at) : text };
    return { ...given, post, labels };
  });
}
