/**
 * Masks personal data on its way to a screen or a document: telephone numbers (138****1234) and identity-card
 * numbers. Every mask keeps the length of the text, so that the UTF-16 offsets of findings still point at their words.
 */
const GAP = String.raw`[\s\-－—·.]?`;
const digit = '[0-9０-９]';
/** Eleven digits from 1[3-9], with at most one separator between groups. */
const MOBILE = new RegExp(`(?<![0-9０-９])[1１][3-9３-９](?:${GAP}${digit}){9}(?![0-9０-９])`, 'g');
const LANDLINE = new RegExp(`(?<![0-9０-９])[0０]${digit}{2,3}${GAP}${digit}{7,8}(?![0-9０-９])`, 'g');
const IDENTITY = /(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])/g;

/** Replaces the digits from `from` to `to` (counted among the digits only) by asterisks; everything else stays. */
function starDigits(match: string, from: number, to: number): string {
  let seen = 0;
  let out = '';
  for (const ch of match) {
    if (!/[0-9０-９Xx]/.test(ch)) out += ch;
    else {
      out += seen >= from && seen < to ? '*' : ch;
      seen += 1;
    }
  }
  return out;
}
const digitsIn = (match: string): number => match.replace(/[^0-9０-９Xx]/g, '').length;

/** Masks telephone and identity numbers in a text; the result has the same length. */
export function maskText(text: string): string {
  return text
    .replace(IDENTITY, (m) => starDigits(m, 6, 14))
    .replace(MOBILE, (m) => starDigits(m, 3, 7))
    .replace(LANDLINE, (m) => starDigits(m, digitsIn(m) - 8, digitsIn(m) - 4));
}

/** Masks every string inside a JSON value (a post's input as it was read); addresses of pages and images are kept. */
export function maskDeep<T>(value: T, key = ''): T {
  if (typeof value === 'string') return (key === 'url' || key === 'images' ? value : maskText(value)) as T;
  if (Array.isArray(value)) return value.map((v) => maskDeep(v, key)) as T;
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, maskDeep(v, k)])) as T;
  }
  return value;
}
