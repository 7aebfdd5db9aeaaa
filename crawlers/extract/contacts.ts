/**
 * Ways to reach the advertiser written in a text: phones, WeChat and QQ numbers, e-mail. They link accounts to
 * each other and show traffic diversion. Bounded: texts are cut, lists are capped, every pattern is linear.
 */
export const CONTACT_KINDS = ['phone', 'wechat', 'qq', 'email'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];
export interface Contact {
  readonly kind: ContactKind;
  readonly value: string;
}

const MAX_SCANNED = 200_000;
const MAX_FOUND = 100;
const PATTERNS: readonly (readonly [ContactKind, RegExp])[] = [
  ['email', /[\w.+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,4}/gi],
  ['phone', /(?<![\d-])(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)/g],
  ['phone', /(?<![\d-])0\d{2,3}[-\s]\d{7,8}(?!\d)|(?<![\d-])400[-\s]?\d{3}[-\s]?\d{4}(?!\d)/g],
  [
    'wechat',
    /(?:微信|薇信|威信|微❤|卫星|weixin|wechat|[vV]信|[vV][xX]|[wW][xX]|加[vV薇微])[^\S\n]{0,3}(?:号|ID|id)?[:：\s]{0,4}([a-zA-Z][-\w]{5,19}|1[3-9]\d{9})/g,
  ],
  ['qq', /(?:QQ|qq|扣扣|企鹅)[^\S\n]{0,3}(?:群|号|交流群)?[:：\s]{0,4}(\d{5,11})(?!\d)/g],
];

/** The contacts of a text in order of kind, without doubles, at most 100. */
export function findContacts(text: string): Contact[] {
  const scanned = text.slice(0, MAX_SCANNED);
  const seen = new Set<string>();
  const out: Contact[] = [];
  for (const [kind, pattern] of PATTERNS) {
    for (const found of scanned.matchAll(pattern)) {
      const written = found[1] ?? found[0];
      const value = kind === 'phone' ? written.replace(/^\+?86(?=[-\s]?1)/, '').replace(/[-\s]/g, '') : written.toLowerCase();
      const key = `${kind}:${value}`;
      if (seen.has(key) || out.length >= MAX_FOUND) continue;
      seen.add(key);
      out.push({ kind, value });
    }
  }
  return out;
}

/** Contacts as the post shape carries them: `phone:13800000000`. */
export const contactStrings = (text: string): string[] => findContacts(text).map((c) => `${c.kind}:${c.value}`);
