/**
 * What a page speaks of besides itself: links to accounts of platforms we know, accounts named by @ and by name
 * (公众号：…). Pure: it proposes, and nothing it names is fetched. Personal numbers (加微信 …) are contacts, not accounts.
 */
import { addressKeyOf, type GroundKind, nameKeyOf, type Proposal } from '../core/model/discovery.ts';
import type { PostInput } from '../core/model/post.ts';
import { PLATFORMS } from './platforms/registry.ts';
import type { PlatformAdapter } from './platforms/types.ts';

/** Of one page: a wall of links is no discovery. */
const MOST_PROPOSALS = 50;
/** Characters of a post that are read. */
export const MOST_TEXT = 50_000;
const QUOTE_CHARS = 60;

const NAME = '[\\p{Script=Han}A-Za-z0-9_·-]{2,30}';
const OPEN = '[「『“"‘《【〖\\[]';
const CLOSE = '[」』”"’》】〗\\]]';
/** After the word either a colon or quotation marks: 公众号后台 and 公众号回复 name nobody. */
const named = (words: string): RegExp => new RegExp(`(?:${words})\\s*(?:名称|名字|昵称|ID)?\\s*(?:[:：]\\s*${OPEN}?(${NAME})|${OPEN}(${NAME})${CLOSE})`, 'giu');
const NAMED: readonly (readonly [string, RegExp])[] = [
  ['wechat', named('(?:微信)?公众号|微信公众平台|订阅号|服务号|公号')],
  ['weibo', named('新浪微博|微博(?:号|账号)?')],
  ['douyin', named('抖音(?:号|账号)?')],
  ['xiaohongshu', named('小红书(?:号|账号)?')],
  ['kuaishou', named('快手(?:号|账号)?')],
  ['bilibili', named('哔哩哔哩|[Bb]站(?:号|账号)?')],
];
/** Where an @ names an account of the same platform. */
const AT_PLATFORMS: ReadonlySet<string> = new Set(['weibo', 'douyin', 'xiaohongshu', 'kuaishou', 'bilibili', 'tieba', 'sandbox-feed']);
const AT = new RegExp(`(?<![A-Za-z0-9._%+-])[@＠](${NAME})(?!\\.[a-z])`, 'giu');
const NOBODY = /^(所有人|全体|all|everyone|回复|点击|私信|查看|后台|同名|搜索|关注|扫码|下方|如下|本|微信|二维码)/i;
const LINK = /https?:\/\/[^\s<>"'，。；、）)\]】」]+/gi;

const clip = (text: string, at: number, length: number): string =>
  text
    .slice(Math.max(0, at - 10), Math.max(0, at - 10) + Math.max(QUOTE_CHARS, Math.min(length + 20, 120)))
    .replace(/\s+/g, ' ')
    .trim();

/** The platform whose account or list an address is; an article of a public account stands for the account. */
function accountOf(url: string, near: PlatformAdapter | null): { platform: string; key: string; url: string } | null {
  const address = addressKeyOf(url);
  if (!address) return null;
  const found = near?.hosts.length && near.matches(address.url) ? near : PLATFORMS.find((p) => p.hosts.length > 0 && p.matches(address.url));
  if (!found) return null;
  if (found.kindOf(address.url) === 'account') return { platform: found.id, ...address };
  const biz = found.id === 'wechat' ? new URL(address.url).searchParams.get('__biz') : null;
  return biz && /^[A-Za-z0-9+/=]{4,40}$/.test(biz) ? { platform: found.id, key: `biz:${biz}`, url: address.url } : null;
}

interface Speaker {
  /** Platform of the page. */
  readonly platform: string;
  /** Names and addresses that are the speaker's own. */
  readonly own: readonly (string | undefined)[];
}

function* inText(text: string, speaker: Speaker): Generator<Proposal> {
  const known = new Set(PLATFORMS.map((p) => p.id));
  const near = PLATFORMS.find((p) => p.id === speaker.platform) ?? null;
  const name = (platform: string, found: string, ground: GroundKind, quote: string): Proposal | null => {
    const trimmed = found.trim().replace(/[-_·]+$/, '');
    return trimmed.length < 2 || NOBODY.test(trimmed) ? null : { platform, key: nameKeyOf(trimmed), url: null, name: trimmed, ground, quote };
  };
  for (const match of text.matchAll(LINK)) {
    const account = accountOf(match[0], near);
    if (account) yield { ...account, name: null, ground: 'link', quote: clip(text, match.index, match[0].length) };
  }
  for (const [platform, pattern] of NAMED) {
    if (!known.has(platform)) continue;
    for (const match of text.matchAll(pattern)) {
      const made = name(platform, match[1] ?? match[2] ?? '', 'name', clip(text, match.index, match[0].length));
      if (made) yield made;
    }
  }
  if (!AT_PLATFORMS.has(speaker.platform)) return;
  for (const match of text.matchAll(AT)) {
    const made = name(speaker.platform, match[1] ?? '', 'mention', clip(text, match.index, match[0].length));
    if (made) yield made;
  }
}

const keysOf = (own: Speaker['own']): Set<string> =>
  new Set(own.flatMap((word) => (word ? [nameKeyOf(word), ...(addressKeyOf(word) ? [addressKeyOf(word)?.key ?? ''] : [])] : [])));

function bounded(found: Iterable<Proposal>, own: ReadonlySet<string>): Proposal[] {
  const kept = new Map<string, Proposal>();
  for (const proposal of found) {
    const id = `${proposal.platform} ${proposal.key}`;
    if (own.has(proposal.key) || kept.has(id)) continue;
    kept.set(id, proposal);
    if (kept.size >= MOST_PROPOSALS) break;
  }
  return [...kept.values()];
}

/** Accounts that posts of one account speak of, the account itself left out. */
export function accountsNamedIn(platform: string, posts: readonly PostInput[]): Proposal[] {
  const own = posts.flatMap(({ account }) => [account?.name, account?.alias, account?.id, typeof account?.['url'] === 'string' ? account['url'] : undefined]);
  const speaker = { platform, own };
  function* all(): Generator<Proposal> {
    for (const post of posts) yield* inText([post.title, post.text, post.imageText].filter(Boolean).join('\n').slice(0, MOST_TEXT), speaker);
  }
  return bounded(all(), keysOf(own));
}

/** Accounts that a search page lists: those of its entries, and what its links to accounts lead to. */
export function accountsListedOn(
  platform: string,
  page: { readonly posts: readonly PostInput[]; readonly links: readonly { url: string; kind: string }[] },
): Proposal[] {
  const near = PLATFORMS.find((p) => p.id === platform) ?? null;
  function* all(): Generator<Proposal> {
    for (const { account, title } of page.posts) {
      const told = typeof account?.['url'] === 'string' ? accountOf(account['url'], near) : null;
      const name = account?.name?.slice(0, 100) ?? null;
      if (told) yield { ...told, name, ground: 'search', quote: (title ?? name ?? '').slice(0, QUOTE_CHARS) };
      else if (name) yield { platform, key: nameKeyOf(name), url: null, name, ground: 'search', quote: (title ?? name).slice(0, QUOTE_CHARS) };
    }
    for (const link of page.links) {
      const account = link.kind === 'account' ? accountOf(link.url, near) : null;
      if (account) yield { ...account, name: null, ground: 'search', quote: account.url.slice(0, 200) };
    }
  }
  return bounded(all(), new Set());
}

/**
 * Proposals a person hands in, one a line: an address, or `platform name` for an account known by name only.
 * @returns what could be read, and the numbers of the lines that could not
 */
export function seedsOf(text: string): { proposals: Proposal[]; unread: number[] } {
  const proposals: Proposal[] = [];
  const unread: number[] = [];
  for (const [i, line] of text.split(/\r?\n/).slice(0, 1_000).entries()) {
    const words = line.trim();
    if (words === '') continue;
    const account = accountOf(words, null);
    const address = addressKeyOf(words);
    const adapter = address ? PLATFORMS.find((p) => p.hosts.length > 0 && p.matches(address.url)) : undefined;
    const named = /^(\S+)\s+(.{2,100})$/u.exec(words);
    if (account) proposals.push({ ...account, name: null, ground: 'seed', quote: words.slice(0, 200) });
    else if (address && adapter) proposals.push({ platform: adapter.id, ...address, name: null, ground: 'seed', quote: words.slice(0, 200) });
    else if (named && PLATFORMS.some((p) => p.id === named[1])) {
      const name = (named[2] ?? '').trim();
      proposals.push({ platform: named[1] ?? '', key: nameKeyOf(name), url: null, name, ground: 'seed', quote: name });
    } else unread.push(i + 1);
  }
  return { proposals, unread };
}
