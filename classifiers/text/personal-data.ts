/**
 * Where personal data stands in a text that goes into a picture somebody looks at: every place of every number and name
 * by which a person is reached or known, not each once. What reads contacts elsewhere reads them here; identity cards
 * and bank cards are added, which are nobody's contact.
 */
import { readContacts } from './contacts.ts';

export const PERSONAL_KINDS = ['phone', 'wechat', 'qq', 'group', 'email', 'identity', 'bank_card'] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

/** UTF-16 offsets in the text as given. */
export interface PersonalSpan {
  readonly kind: PersonalKind;
  readonly start: number;
  readonly end: number;
}

const GAP = '[ \\-－·.]?';
const digit = '[0-9０-９]';
/** Eighteen places of a resident identity card, with or without gaps; its check digit is not asked for: one misread is still personal. */
const IDENTITY = new RegExp(
  `(?<![0-9０-９A-Za-z])[1-9１-９](?:${GAP}${digit}){5}${GAP}(?:[1１]${GAP}[89８９]|[2２]${GAP}[0０])(?:${GAP}${digit}){9}${GAP}[0-9０-９XxＸｘ](?![0-9０-９A-Za-z])`,
  'g',
);
const CARD = new RegExp(`(?<![0-9０-９A-Za-z])[3-6３-６](?:${GAP}${digit}){14,18}(?![0-9０-９A-Za-z])`, 'g');

const digitsOf = (written: string): number[] => [...written.normalize('NFKC')].filter((c) => c >= '0' && c <= '9').map(Number);
/** The check digit of ISO/IEC 7812. */
const luhn = (digits: readonly number[]): boolean =>
  digits.reduceRight((sum, d, i) => sum + ((digits.length - 1 - i) % 2 === 0 ? d : d > 4 ? 2 * d - 9 : 2 * d), 0) % 10 === 0;

/** Every place of `quote` from where it was found first. */
function places(text: string, quote: string, from: number): number[] {
  const found: number[] = [];
  for (let at = from; at >= 0 && quote !== '' && found.length < 1_000; at = text.indexOf(quote, at + quote.length)) found.push(at);
  return found;
}

/** Personal data of a text, in its order; spans may overlap. */
export function personalData(text: string): PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  for (const { kind, start, quote } of readContacts(text).contacts) {
    if (kind === 'link') continue;
    for (const at of places(text, quote, start)) spans.push({ kind, start: at, end: at + quote.length });
  }
  const add = (kind: PersonalKind, m: RegExpMatchArray): void => void spans.push({ kind, start: m.index ?? 0, end: (m.index ?? 0) + m[0].length });
  for (const m of text.matchAll(IDENTITY)) add('identity', m);
  for (const m of text.matchAll(CARD)) if (luhn(digitsOf(m[0]))) add('bank_card', m);
  return spans.sort((a, b) => a.start - b.start || a.end - b.end);
}
