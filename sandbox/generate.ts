/**
 * The world of the sandbox, from a seed: accounts of every role on three platforms, their posts made from the
 * invented texts, planted reposts, banned parties that come back, the official licence list and the truth about
 * all of it. The same seed and texts give the same world on every machine and day.
 */
import type { PostInput } from '../core/model/post.ts';
import type { SandboxText } from './texts/load.ts';
import { allotTexts, isDangerous } from './world/allot.ts';
import { printCodes } from './world/codes.ts';
import {
  type BannedParty,
  HONEST_ROLES,
  type ReturnPair,
  SANDBOX_PLATFORMS,
  type SandboxAccount,
  type SandboxPlatform,
  type SandboxPost,
  type World,
} from './world/model.ts';
import { CITIES, createNameBook, drawDetails, type NameBook } from './world/names.ts';
import { type Firm, type Publication, publish } from './world/publish.ts';
import { createRandom, type Random } from './world/random.ts';
import { plantReposts } from './world/reposts.ts';
import { type AccountSeat, buildAccount, drawIdentity, type Identity, kindsOf, officialLicence, ROSTER } from './world/roster.ts';

/** The day the demo world is a picture of; its licences expire and its posts are dated relative to it. */
export const DEFAULT_AS_OF = '2026-11-20';

export interface WorldOptions {
  readonly seed: number;
  readonly texts: readonly SandboxText[];
  /** YYYY-MM-DD; DEFAULT_AS_OF when absent. */
  readonly asOf?: string;
}

/** Posts an account publishes, least and most; a feed account never more than 25. */
const POSTS_PER_ACCOUNT: Record<SandboxPlatform, readonly [number, number]> = {
  'sandbox-wechat': [18, 21],
  'sandbox-board': [24, 27],
  'sandbox-feed': [17, 21],
};
/** Suspended accounts of the public-account platform whose party returns on the job board. */
const RETURNING = 3;

interface Cast {
  readonly accounts: SandboxAccount[];
  readonly identities: Map<string, Identity>;
  readonly licences: World['licences'][number][];
}

function castAccounts(asOf: string, book: NameBook, random: Random): Cast {
  const cast: Cast = { accounts: [], identities: new Map(), licences: [] };
  const publicOnes = { count: 0 };
  for (const platform of SANDBOX_PLATFORMS) {
    let number = 0;
    for (const [role, count] of ROSTER[platform]) {
      for (let i = 0; i < count; i += 1) {
        number += 1;
        const seat: AccountSeat = { platform, role, number };
        const who = drawIdentity(role, role === 'public' ? publicOnes.count++ : number, book);
        const licence = officialLicence(role, { name: who.full, uscc: who.uscc, city: who.city }, asOf, book, random);
        if (licence) cast.licences.push(licence);
        // A borrowed number: it is on the list, but in the name of the first agency there.
        const shown = role === 'licence-of-other' ? (cast.licences[0]?.number ?? '') : (licence?.number ?? '');
        const account = buildAccount(seat, who, shown, asOf, book, random);
        cast.accounts.push(account);
        cast.identities.set(account.externalId, who);
      }
    }
  }
  return cast;
}

const DAY = 86_400_000;
/** An instant `back` days before the picture was taken, at an hour people publish. */
function instant(asOf: string, back: number, random: Random): string {
  const noon = Date.parse(`${asOf}T04:00:00.000Z`);
  return new Date(noon - back * DAY + random.between(-240, 480) * 60_000).toISOString();
}
const dayAfter = (asOf: string, days: number): string => new Date(Date.parse(`${asOf}T00:00:00.000Z`) + days * DAY).toISOString().slice(0, 10);

const ARTICLE_ID = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
function postId(platform: SandboxPlatform, serial: number, random: Random): string {
  if (platform === 'sandbox-wechat') return Array.from({ length: 22 }, () => ARTICLE_ID.charAt(random.int(ARTICLE_ID.length))).join('');
  return platform === 'sandbox-board' ? String(3_000_000 + serial * 13 + random.int(9)) : String(88_000_000 + serial * 101 + random.int(90));
}

/** Agencies, public services and whoever posts for others hire for clients; the rest for themselves. */
const ownRoles = new Set(['employer', 'careless-employer', 'employer-not-registered']);

class Press {
  private serial = 0;
  readonly clients: (Firm & { readonly uscc: string })[];
  private readonly options: { asOf: string; random: Random; identities: ReadonlyMap<string, Identity> };

  constructor(asOf: string, random: Random, book: NameBook, identities: ReadonlyMap<string, Identity>) {
    this.options = { asOf, random, identities };
    this.clients = Array.from({ length: 60 }, (_, i) => {
      const city = CITIES[i % CITIES.length] as (typeof CITIES)[number];
      const { full, brand } = book.company(city);
      return { full, short: city.name.slice(0, 2) + brand, uscc: book.uscc(city) };
    });
  }

  /** A new id and date, everything else drawn for this account. */
  draft(account: SandboxAccount, text: SandboxText): Publication {
    const { asOf, random } = this.options;
    this.serial += 1;
    const who = this.options.identities.get(account.externalId);
    const city = who?.city ?? CITIES[0];
    const local = this.clients.filter((c) => c.full.startsWith(city.name));
    const client = random.pick(local);
    const own = ownRoles.has(account.role) || (text.subject === 'agency' && account.subjectName !== '');
    return {
      id: postId(account.platform, this.serial, random),
      account,
      company: own && who ? { full: who.full, short: who.shortName } : client,
      own,
      client: random.pick(local.filter((c) => c !== client)),
      phone: account.phone,
      wechat: account.wechat,
      details: drawDetails(random, city),
      publishedAt: instant(asOf, random.between(1, 75), random),
      validUntil: dayAfter(asOf, random.between(20, 90)),
    };
  }
}

/** One account's posts: each of its texts once, then again with other particulars until there are `count`. */
function publishAll(account: SandboxAccount, texts: readonly SandboxText[], count: number, press: Press): SandboxPost[] {
  return Array.from({ length: Math.max(count, texts.length) }, (_, i) => {
    const text = texts[i % texts.length] as SandboxText;
    return publish(text, press.draft(account, text));
  });
}

/** The same phone, chat id and words under a new name and company. */
function comeBack(
  from: SandboxAccount,
  posts: readonly SandboxPost[],
  to: SandboxAccount,
  byId: ReadonlyMap<string, SandboxText>,
  press: Press,
): SandboxPost[] {
  return posts.flatMap((post) => {
    const text = byId.get(post.textId);
    if (!text) return [];
    const draft = press.draft(to, text);
    return [publish(text, { ...draft, phone: from.phone, wechat: from.wechat })];
  });
}

function returnedAccount(
  from: SandboxAccount,
  number: number,
  hidden: boolean,
  asOf: string,
  book: NameBook,
  random: Random,
): { account: SandboxAccount; who: Identity } {
  const who = drawIdentity('banned-returned', number, book);
  const seat: AccountSeat = { platform: 'sandbox-board', role: 'banned-returned', number };
  const built = buildAccount(seat, who, '', asOf, book, random);
  const account = {
    ...built,
    phone: from.phone,
    wechat: from.wechat,
    description: built.description.replace(built.wechat, from.wechat),
    hiddenUntil: hidden ? { platform: from.platform, externalId: from.externalId } : null,
  };
  return { account, who };
}

const asInput = (post: SandboxPost): PostInput => ({
  id: post.id,
  platform: post.platform,
  title: post.title,
  company: post.company,
  text: post.text,
  publishedAt: post.publishedAt,
});

/** Makes the world. @param options seed, texts, and the day it is a picture of */
export function generateWorld(options: WorldOptions): World {
  const asOf = options.asOf ?? DEFAULT_AS_OF;
  const root = createRandom(options.seed).fork('world');
  const book = createNameBook(root.fork('names'));
  const cast = castAccounts(asOf, book, root.fork('accounts'));
  const press = new Press(asOf, root.fork('press'), book, cast.identities);
  const byId = new Map(options.texts.map((t) => [t.id, t]));
  const counting = root.fork('counts');
  const publishers = cast.accounts.filter((a) => a.role !== 'banned-returned');
  const wanted = new Map(publishers.map((a) => [a.externalId, counting.between(...POSTS_PER_ACCOUNT[a.platform])]));
  const walled = wallOf(cast.accounts);
  const allotted = allotTexts(publishers, options.texts, wanted, walled, root.fork('allot'));
  const posts = publishers.flatMap((a) => publishAll(a, allotted.get(a.externalId) ?? [], wanted.get(a.externalId) ?? 0, press));

  const story = tellReturns({ cast, posts: posts.filter((p) => p.account !== walled), asOf, book, press, byId, random: root.fork('returns') });
  const all = plantReposts([...posts, ...story.posts], story.accounts, press.draft.bind(press), root.fork('reposts'));
  const accounts = story.accounts.map((a) => actsAsIntermediary(a.externalId === walled ? { ...a, walled: true } : a, all));
  return {
    seed: options.seed,
    asOf,
    accounts,
    posts: markStates(all, accounts, byId, root.fork('states')),
    licences: cast.licences,
    companies: register(accounts, press, cast.identities),
    bannedParties: story.bannedParties,
    returns: story.returns,
  };
}

/** A private person who keeps posting for this many employers does what needs a licence (条例第十八条第一款), not an occasional repost. */
const EMPLOYERS_OF_AN_INTERMEDIARY = 3;

function actsAsIntermediary(account: SandboxAccount, posts: readonly SandboxPost[]): SandboxAccount {
  if (account.subjectType !== 'individual' || account.kinds.includes('unlicensed-intermediary')) return account;
  const employers = new Set(posts.filter((p) => p.account === account.externalId).map((p) => p.company));
  return employers.size < EMPLOYERS_OF_AN_INTERMEDIARY ? account : { ...account, kinds: [...account.kinds, 'unlicensed-intermediary'] };
}

interface StoryInput {
  readonly cast: Cast;
  readonly posts: readonly SandboxPost[];
  readonly asOf: string;
  readonly book: NameBook;
  readonly press: Press;
  readonly byId: ReadonlyMap<string, SandboxText>;
  readonly random: Random;
}

/** Replaces the visible returned account by one tied to a party banned before the start, and adds the hidden ones. */
function tellReturns(input: StoryInput): { accounts: SandboxAccount[]; posts: SandboxPost[]; bannedParties: BannedParty[]; returns: ReturnPair[] } {
  const { cast, asOf, book, press, byId, random } = input;
  const accounts = cast.accounts.filter((a) => a.role !== 'banned-returned');
  const posts: SandboxPost[] = [];
  const returns: ReturnPair[] = [];
  const add = (from: SandboxAccount, fromPosts: readonly SandboxPost[], number: number, hidden: boolean): SandboxAccount => {
    const { account, who } = returnedAccount(from, number, hidden, asOf, book, random);
    cast.identities.set(account.externalId, who);
    accounts.push(account);
    posts.push(...comeBack(from, fromPosts, account, byId, press));
    return account;
  };

  // The party banned before the start: it existed once, only the list of banned subjects remembers it.
  const model = accounts.find((a) => a.role === 'unlicensed-intermediary' && a.platform === 'sandbox-board') as SandboxAccount;
  const who = drawIdentity('unlicensed-intermediary', 90, book);
  const banned: SandboxAccount = {
    ...model,
    platform: 'sandbox-wechat',
    externalId: Buffer.from('399999999').toString('base64'),
    subjectName: who.full,
    uscc: who.uscc,
    phone: book.phone(),
    wechat: book.wechat(),
    name: `${who.brand}招工快线`,
  };
  const dangerous = random.shuffle([...byId.values()].filter((t) => isDangerous(t))).slice(0, 8);
  const former = dangerous.map((text) => publish(text, { ...press.draft(banned, text), company: { full: who.full, short: who.shortName } }));
  const visible = add(banned, [...former, ...former], 91, false);
  const bannedParties: BannedParty[] = [
    {
      platform: 'sandbox-wechat',
      name: banned.name,
      subjectName: banned.subjectName,
      uscc: banned.uscc,
      phone: banned.phone,
      wechat: banned.wechat,
      bannedOn: dayAfter(asOf, -60),
      until: dayAfter(asOf, 305),
      reason: '多次违规发布招聘信息',
      returnedAs: { platform: visible.platform, externalId: visible.externalId },
      posts: former.map(asInput),
    },
  ];

  const willReturn = accounts
    .filter(
      (a) => a.platform === 'sandbox-wechat' && (a.role === 'unlicensed-intermediary' || a.role === 'posting-for-others') && a.externalId !== wallOf(accounts),
    )
    .slice(0, RETURNING);
  for (const [i, from] of willReturn.entries()) {
    const to = add(from, input.posts.filter((p) => p.account === from.externalId).slice(0, 14), 95 + i, true);
    returns.push({ from: { platform: from.platform, externalId: from.externalId }, to: { platform: to.platform, externalId: to.externalId } });
  }
  return { accounts, posts, bannedParties, returns };
}

/** One unlicensed account sits behind a verification wall: blocked is a status, never "no posts". */
const wallOf = (accounts: readonly SandboxAccount[]): string | undefined =>
  accounts.filter((a) => a.platform === 'sandbox-wechat' && a.role === 'unlicensed-intermediary').at(-1)?.externalId;

/** Some articles are deleted, removed or pictures; some jobs have expired. Never so many that a text is lost. */
function markStates(posts: readonly SandboxPost[], accounts: readonly SandboxAccount[], byId: ReadonlyMap<string, SandboxText>, random: Random): SandboxPost[] {
  const changed = new Map<string, Partial<SandboxPost>>();
  const uses = new Map<string, number>();
  for (const post of posts) uses.set(post.textId, (uses.get(post.textId) ?? 0) + 1);
  const open = new Set(accounts.filter((a) => !a.walled && a.hiddenUntil === null).map((a) => a.externalId));
  /** Live posts of each text where a visitor can see them: one of them stays. */
  const shown = new Map<string, number>();
  for (const post of posts) if (open.has(post.account)) shown.set(post.textId, (shown.get(post.textId) ?? 0) + 1);
  const spare = random.shuffle(posts.filter((p) => open.has(p.account) && p.repostOf === null && (uses.get(p.textId) ?? 0) > 2));
  const take = (platform: SandboxPlatform, count: number, change: Partial<SandboxPost>, fits: (p: SandboxPost) => boolean = () => true): void => {
    let left = count;
    for (const post of spare) {
      if (left === 0) return;
      const others = (shown.get(post.textId) ?? 0) - 1;
      if (post.platform !== platform || changed.has(post.id) || !fits(post) || (change.status && others === 0)) continue;
      changed.set(post.id, change);
      if (change.status) shown.set(post.textId, others);
      left -= 1;
    }
  };
  const dangerous = (p: SandboxPost): boolean => byId.get(p.textId) !== undefined && isDangerous(byId.get(p.textId) as SandboxText);
  const inText = (p: SandboxPost): boolean => p.truth.every((t) => t.field === null || t.field === 'text');
  take('sandbox-wechat', 3, { poster: true }, (p) => dangerous(p) && inText(p) && p.text.length < 260);
  take('sandbox-wechat', 2, { poster: true }, (p) => !dangerous(p) && inText(p) && p.text.length < 260);
  take('sandbox-wechat', 5, { status: 'deleted' });
  take('sandbox-wechat', 4, { status: 'removed', removedReason: '由用户投诉并经平台审核，内容涉嫌虚假宣传' });
  take('sandbox-board', 6, { status: 'expired' });
  return printCodes(
    posts.map((p) => ({ ...p, ...changed.get(p.id) })),
    dangerous,
  );
}

/** The invented business register: whoever says it is a company and is one, clients included. */
function register(accounts: readonly SandboxAccount[], press: Press, identities: ReadonlyMap<string, Identity>): World['companies'] {
  const holders = accounts
    .filter((a) => a.subjectName !== '' && a.role !== 'employer-not-registered')
    .map((a) => ({ name: a.subjectName, uscc: identities.get(a.externalId)?.uscc ?? a.uscc, status: '存续' as const }));
  return [...holders, ...press.clients.map((c) => ({ name: c.full, uscc: c.uscc, status: '存续' as const }))];
}

/** Whether the account is honest in truth: no account kind holds for it. */
export const isHonest = (account: SandboxAccount): boolean => HONEST_ROLES.has(account.role) && kindsOf(account.role).length === 0;
