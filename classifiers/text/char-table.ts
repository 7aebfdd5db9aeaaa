/**
 * One table for every UTF-16 unit: what it reads as once width, case, script and look-alike dashes are taken away.
 * Built once at load from Unicode NFKC and OpenCC's character table (traditional to simplified), so that folding a
 * text is one array look-up a unit. Units that vanish or grow are kept apart in `SPECIAL`.
 */
import { Converter } from 'opencc-js/t2cn';

/** Folded unit by unit; 0 means: look into `SPECIAL`, or it is a surrogate. */
export const FOLD = new Uint16Array(65_536);
/** Units that read as nothing (zero width, direction marks, variation selectors) or as several characters. */
export const SPECIAL = new Map<number, string>();

const DASHES = '‐‑‒–—―−﹘﹣－─━⁃﹣';
const TILDES = '～〜∼˜⁓';
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '❶': '1',
  '❷': '2',
  '❸': '3',
  '❹': '4',
  '❺': '5',
  '❻': '6',
  '❼': '7',
  '❽': '8',
  '❾': '9',
  '❿': '10',
  '⓿': '0',
  '➀': '1',
  '➁': '2',
  '➂': '3',
  '➃': '4',
  '➄': '5',
  '➅': '6',
  '➆': '7',
  '➇': '8',
  '➈': '9',
  '➉': '10',
  '\r': '\n',
  '\u2028': '\n',
  '\u2029': '\n',
  '\u0085': '\n',
  '\t': ' ',
  '﹑': '、',
  '｡': '。',
  '．': '.',
};
/** Controls, zero-width and direction marks, soft hyphen, variation selectors, fill characters: [from, to] pairs. */
const VANISHING: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x7f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
];

function foldOne(unit: number): string {
  const char = String.fromCharCode(unit);
  if (VANISHING.some(([from, to]) => unit >= from && unit <= to)) return '';
  const alike = LOOK_ALIKES[char];
  if (alike !== undefined) return alike;
  if (DASHES.includes(char)) return '-';
  if (TILDES.includes(char)) return '~';
  const wide = char.normalize('NFKC');
  const lower = wide.toLowerCase();
  const folded = lower.length === wide.length ? lower : wide;
  return /^\s+$/.test(folded) && folded !== '\n' ? ' ' : folded;
}

/** Traditional to simplified, one character a time: phrase rules would change lengths and meanings. */
function simplify(): void {
  const convert = Converter({ from: 't', to: 'cn' });
  const chars: number[] = [];
  for (let unit = 0x3400; unit <= 0x9fff; unit += 1) chars.push(unit);
  const converted = convert(chars.map((unit) => String.fromCharCode(unit)).join('\n')).split('\n');
  chars.forEach((unit, i) => {
    const simple = converted[i] ?? '';
    if (simple.length === 1) FOLD[unit] = simple.charCodeAt(0);
  });
}

for (let unit = 0; unit < 65_536; unit += 1) {
  if (unit >= 0xd800 && unit <= 0xdfff) continue;
  const folded = foldOne(unit);
  if (folded.length === 1) FOLD[unit] = folded.charCodeAt(0);
  else SPECIAL.set(unit, folded);
}
simplify();

/** What a folded text reads as when folded again: compatibility forms lead to dashes, radicals to traditional characters. */
export function foldAgain(folded: string): string {
  let out = '';
  for (let i = 0; i < folded.length; i += 1) {
    const unit = folded.charCodeAt(i);
    out += FOLD[unit] ? String.fromCharCode(FOLD[unit] ?? unit) : (SPECIAL.get(unit) ?? folded.charAt(i));
  }
  return out;
}
const ROUNDS = 3;
for (let round = 0; round < ROUNDS; round += 1) {
  for (let unit = 0; unit < 65_536; unit += 1) {
    const first = FOLD[unit] ?? 0;
    if (first !== 0 && first !== unit && (FOLD[first] ?? 0) !== 0) FOLD[unit] = FOLD[first] ?? first;
  }
  for (const [unit, folded] of SPECIAL) if (folded !== '' && folded !== String.fromCharCode(unit)) SPECIAL.set(unit, foldAgain(folded));
}

/** True for a Han character in the basic planes, after folding. */
export const isHan = (unit: number): boolean => unit >= 0x3400 && unit <= 0x9fff;
