/**
 * Ways to reach the advertiser, read out of any text through its disguises: phones, WeChat and QQ numbers, group
 * numbers, e-mail and links, each with where it stands, its words and one normal form to compare by. Works on the
 * folded text (`normalise.ts`), so full width, circled digits and invisible characters are already gone; code words
 * for the networks (薇, V信, 扣扣), Chinese digits (幺三八) and numbers pulled apart are read here. Every pattern is
 * bounded, so time is linear in the text; of many contacts the first are kept and all are counted.
 */
import type { ContactKind } from '../../core/model/picture.ts';
import { fold, originalRange } from './normalise.ts';

export interface Contact {
  readonly kind: ContactKind;
  /**
   * What equal contacts have in common: digits of a phone without +86 (a landline with its area code), a lower-case
   * WeChat id, QQ or group digits, a lower-case address, a link as `host/path?query` without scheme and `www.`.
   */
  readonly value: string;
  /** UTF-16 offsets in the text as given, and the words that stand there. */
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}
export interface ContactReading {
  /** In the order of the text, each value of a kind once, at most `limit`. */
  readonly contacts: readonly Contact[];
  /** How many different ones there were, kept or not. */
  readonly count: number;
}

/** Most contacts kept of one text. */
export const MAX_CONTACTS = 200;

const DIGIT_OF: Readonly<Record<string, string>> = {
  零: '0',
  〇: '0',
  '○': '0',
  o: '0',
  一: '1',
  幺: '1',
  壹: '1',
  二: '2',
  两: '2',
  贰: '2',
  三: '3',
  叁: '3',
  四: '4',
  肆: '4',
  五: '5',
  伍: '5',
  六: '6',
  陆: '6',
  七: '7',
  柒: '7',
  八: '8',
  捌: '8',
  九: '9',
  玖: '9',
};
const D = `[0-9${Object.keys(DIGIT_OF).join('')}]`;
/** What stands between the digits of a number that is pulled apart; the keycap mark of 1️⃣ is one of them. */
const GAP = '[ \\-.·•*_~、,/|\u20e3]{0,3}';
const digitsOf = (written: string): string => Array.from(written, (c) => (c >= '0' && c <= '9' ? c : (DIGIT_OF[c] ?? ''))).join('');

/** Group sizes a mobile number is written in; 13000-150000 is a range of pay, not a number. */
const GROUPS = new Set([
  '3-4-4',
  '3-8',
  '7-4',
  '4-4-3',
  '4-3-4',
  '3-3-5',
  '3-5-3',
  '3-3-3-2',
  '3-2-2-2-2',
  '3-2-3-3',
  '2-3-3-3',
  '5-3-3',
  '3-4-2-2',
  '3-2-2-4',
]);
function looksLikeMobile(written: string): boolean {
  const sizes = written
    .split(/(?:[ \-.·•*_~、,/|]|\u20e3)+/)
    .filter(Boolean)
    .map((group) => group.length);
  return sizes.length === 1 || Math.max(...sizes) <= 2 || GROUPS.has(sizes.join('-'));
}
/** A number inside a code of letters and digits (a credit code, an order number) is none; letters alone before it are a marker. */
function insideCode(text: string, start: number): boolean {
  let i = start;
  while (i > 0 && start - i < 12 && /[a-z]/.test(text[i - 1] ?? '')) i -= 1;
  return i > 0 && /[0-9a-z]/.test(text[i - 1] ?? '');
}

interface Found {
  readonly kind: ContactKind;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}
/** Units of the text that belong to a contact already read. */
type Taken = Uint8Array;
type Reader = (text: string, taken: Taken) => Found[];
const inside = (taken: Taken, start: number, end: number): boolean => taken.subarray(start, end).includes(1);
const at = (match: RegExpMatchArray, group: number): readonly [number, number] =>
  match.indices?.[group] ?? [match.index ?? 0, (match.index ?? 0) + match[0].length];

const EMAIL = /[a-z0-9][\w.+-]{0,63} ?(?:@|\(at\)|\[at\]|艾特) ?[a-z0-9-]{1,63}(?:[.。][a-z0-9-]{1,63}){1,4}/dg;
const emails: Reader = (text) =>
  !/@|\(at\)|\[at\]|艾特/.test(text)
    ? []
    : [...text.matchAll(EMAIL)].map((m) => {
        const [start, end] = at(m, 0);
        return { kind: 'email', start, end, value: m[0].replace(/ ?(?:\(at\)|\[at\]|艾特|@) ?/, '@').replaceAll('。', '.') };
      });

const TLD = '(?:com|cn|net|org|top|xyz|vip|cc|info|site|shop|club|online|icu|work|ltd|fun|me|io|tv|app|link|ink|wang|pro|tech|store|im|gg|edu|gov)';
const LINK = new RegExp(
  `(?:https?://[a-z0-9.-]{1,253}(?::\\d{1,5})?|(?<![\\w@.-])(?:[a-z0-9-]{1,63}\\.){1,5}${TLD}(?![a-z0-9-]))(?:/[\\w\\-.~%!$&'()*+;=:@/?]{0,500})?(?:\\?[\\w\\-.~%!$&'()*+;=:@/]{0,500})?`,
  'dg',
);
/** A link as it is compared: host without `www.`, path without its last slash, query as it is. */
export const linkValue = (written: string): string =>
  written
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[).,;:'!]+$/, '')
    .replace(/\/$/, '')
    .slice(0, 300);
const links: Reader = (text, taken) =>
  [...text.matchAll(LINK)].flatMap((m) => {
    const [start, end] = at(m, 0);
    const value = linkValue(m[0]);
    // 3.5 and v1.2.cn-like scraps have no letter in the name that counts.
    return inside(taken, start, end) || !/^[^/]*[a-z]/.test(value) || !value.includes('.') ? [] : [{ kind: 'link', start, end, value }];
  });

const MOBILE = new RegExp(`(?<!${D})(?:\\+?86 ?-? ?)?([1一幺壹]${GAP}[3-9三叁四肆五伍六陆七柒八捌九玖](?:${GAP}${D}){9})(?!${D})`, 'dg');
const LANDLINE = /(?<![\d.-])\(?(0(?:10|2\d|[3-9]\d{2}))\)?[- ]{0,2}([2-8]\d{2,3}[- ]?\d{4})(?![\d])|(?<![\d.-])([48]00[- ]?\d{3,4}[- ]?\d{3,4})(?!\d)/dg;
const phones: Reader = (text, taken) => {
  const mobiles = [...text.matchAll(MOBILE)].flatMap((m): Found[] => {
    const [start, end] = at(m, 1);
    const written = m[1] ?? '';
    if (inside(taken, start, end) || insideCode(text, at(m, 0)[0]) || !looksLikeMobile(written)) return [];
    return [{ kind: 'phone', start: at(m, 0)[0], end, value: digitsOf(written) }];
  });
  const fixed = [...text.matchAll(LANDLINE)].flatMap((m): Found[] => {
    const [start, end] = at(m, 0);
    const value = (m[3] ?? `${m[1] ?? ''}${m[2] ?? ''}`).replace(/\D/g, '');
    if ((m[3] !== undefined && value.length !== 10) || inside(taken, start, end) || insideCode(text, start)) return [];
    return [{ kind: 'phone', start, end, value }];
  });
  return [...mobiles, ...fixed];
};

/** Names WeChat goes by. Single letters and characters count only with something that invites: 加v, v:, 薇: . */
const WECHAT_NAME =
  '微信|[薇威葳维徽魏徵徽][信芯伈❤♥x]|微[❤♥芯伈x]|卫星号?|wei ?xin|we ?chat|wei信|v ?[信芯❤♥伈]|(?<![a-z0-9])[vw] ?x(?![a-z]{1,2}(?![a-z0-9]))|(?:加|➕|\\+|添加|扫)(?:我|个)?[v薇微威葳](?![a-z])|(?<![a-z0-9])[v薇葳](?=[ :=]|\\d{6})';
const FILLER = '(?:[ :=~>\\-→👉👈☞"“”\'()【\\[]|号码?|id|同号|同步|搜索?|联系|咨询|添加|请|是|为|我|账号|帐号|公众号){0,8}';
const WECHAT_ID = `[a-z][a-z0-9_-]{5,19}(?![a-z0-9_@])|[a-z0-9_](?:[ .·][a-z0-9_-]){5,19}(?![a-z0-9_@])|(?:wxid_)[a-z0-9]{6,30}`;
const WECHAT = new RegExp(`(?:${WECHAT_NAME})${FILLER}(${WECHAT_ID}|[1一幺壹]${GAP}[3-9三四五六七八九](?:${GAP}${D}){9}(?!${D})|[1-9]\\d{5,10}(?!\\d))`, 'dgu');
/** Latin words that follow 微信 without being its number. */
const NO_ID = /^(?:wechat|weixin|official|please|number|qrcode|android|iphone|online|offer|https?|www)/;
const wechats: Reader = (text, taken) =>
  !/[微薇威葳维徽魏徵卫vw]/.test(text)
    ? []
    : [...text.matchAll(WECHAT)].flatMap((m): Found[] => {
        const [start, end] = at(m, 1);
        const written = m[1] ?? '';
        if (inside(taken, start, end) || NO_ID.test(written)) return [];
        const number = /^[\d一幺壹]/.test(written) && digitsOf(written).length >= 6 && !/[a-np-z]/.test(written);
        return [{ kind: 'wechat', start, end, value: number ? digitsOf(written) : written.replace(/[ .·]/g, '') }];
      });
/** 13800000000（微信同号）: one number, both ways. */
const SAME = /^[ ,，、;()（[]{0,3}(?:(?:和|与|加|也是|即|同|=){0,2}(?:微信|[薇威葳]信|v信?|v ?x|wx|微)(?:同号?|号同|同步|一样|号)?|同(?:号|微))/;
const alsoWechat = (text: string, found: readonly Found[]): Found[] =>
  found
    .filter(
      (f) => f.kind === 'phone' && f.value.length === 11 && SAME.test(text.slice(f.end, f.end + 12)) && !/^.{0,12}[:：]/.test(text.slice(f.end, f.end + 8)),
    )
    .map((f) => ({ ...f, kind: 'wechat' as const }));

const QQ_NAME = '(?<![a-z])q ?q(?![a-z])|扣扣|抠抠|蔻蔻|叩叩|企鹅|秋秋|球球|(?<![a-z])q(?=[ :=号群]|\\d{6})|(?:加|➕)q(?![a-z])';
const QQ = new RegExp(
  `(?:${QQ_NAME}|(?=[^\\n]{0,4}群))((?:[ :=~>\\-→"“()【\\[]|号码?|同号|群|交流|招聘|兼职|求职|联系|咨询|加|请|是|为|我){0,8})([1-9一二三四五六七八九](?:${GAP}${D}){4,10})(?!${D})`,
  'dgu',
);
const qqs: Reader = (text, taken) =>
  !/[q扣抠蔻叩企秋球群]/.test(text)
    ? []
    : [...text.matchAll(QQ)].flatMap((m): Found[] => {
        const [start, end] = at(m, 2);
        const named = (m[0] ?? '').slice(0, (m[0] ?? '').length - (m[2] ?? '').length);
        const group = named.includes('群');
        const value = digitsOf(m[2] ?? '');
        // 群里 500 人 and 进群 13800000000 are no group numbers: without QQ before it a group needs its mark and no phone.
        const loose = !/q|扣|抠|蔻|叩|企鹅|秋|球/.test(named);
        if (value.length < 5 || inside(taken, start, end) || (loose && (!/群(?:号|[ :=])/.test(named) || /^1[3-9]\d{9}$/.test(value)))) return [];
        return [{ kind: group ? 'group' : 'qq', start, end, value }];
      });

/** Readers in the order of their claims: a number inside an address belongs to the address. */
function readAll(text: string): Found[] {
  const taken: Taken = new Uint8Array(text.length);
  const claim = (found: Found[]): Found[] => {
    for (const { start, end } of found) taken.fill(1, start, end);
    return found;
  };
  const fixed = [...claim(emails(text, taken)), ...claim(links(text, taken))];
  // A phone number given as WeChat is a phone number too.
  const chats = wechats(text, taken);
  const numbers = [...claim(qqs(text, taken)), ...phones(text, taken)];
  return [...fixed, ...chats, ...numbers, ...alsoWechat(text, numbers)];
}

/** Nothing below can match a text without any of these. */
const WORTH = /[0-9a-z零〇一幺壹]/;

/**
 * Reads the contacts of a text.
 * @param text as published, at most MAX_TEXT units are read
 * @param limit most contacts kept; all are counted
 */
export function readContacts(text: string, limit = MAX_CONTACTS): ContactReading {
  const view = fold(text);
  if (!WORTH.test(view.text)) return { contacts: [], count: 0 };
  const seen = new Set<string>();
  const contacts: Contact[] = [];
  for (const { kind, value, start, end } of readAll(view.text).sort((a, b) => a.start - b.start || a.end - b.end)) {
    const key = `${kind}:${value}`;
    if (value === '' || seen.has(key)) continue;
    seen.add(key);
    if (contacts.length >= limit) continue;
    const range = originalRange(view, start, end);
    contacts.push({ kind, value, ...range, quote: text.slice(range.start, range.end) });
  }
  return { contacts, count: seen.size };
}
