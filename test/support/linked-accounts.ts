/** Accounts linked in memory by the same pure parts the store is linked with: for tests that need no database. */
import { type BannedShare, type SharedWithBanned, weighBanned } from '../../classifiers/network/banned.ts';
import { groupTexts, readText } from '../../classifiers/network/group-texts.ts';
import { type AccountLink, type Holder, linksBetween } from '../../classifiers/network/pairs.ts';
import { entityOf, type PartyOfAccount, thingsOf } from '../../classifiers/network/things.ts';
import type { ThingKind } from '../../core/model/network.ts';
import type { PostInput } from '../../core/model/post.ts';

export interface LinkedAccount extends PartyOfAccount {
  readonly name?: string;
  readonly banned?: boolean;
  readonly bannedOn?: string;
  readonly posts: readonly Pick<PostInput, 'contacts' | 'title' | 'text' | 'imageText' | 'company' | 'publishedAt'>[];
}

interface Held {
  readonly kind: ThingKind;
  readonly label: string;
  readonly own: boolean;
}

export interface LinkedWorld {
  readonly links: readonly AccountLink[];
  sharedWithBanned(accountId: string): SharedWithBanned[];
}

export function linkInMemory(accounts: readonly LinkedAccount[]): LinkedWorld {
  const holdings = new Map<string, Map<string, Held>>();
  const note = (thing: string, account: string, held: Held): void => {
    const known = holdings.get(thing) ?? new Map<string, Held>();
    known.set(account, held);
    holdings.set(thing, known);
  };
  const texts = accounts
    .flatMap(({ id, posts }) =>
      posts.map((post, i) => ({ post: { account: id, key: `${id}/${i}`, at: post.publishedAt ?? '' }, text: readText(post.text ?? '', post.company) })),
    )
    .sort((a, b) => (a.post.at < b.post.at ? -1 : a.post.at > b.post.at ? 1 : 0));
  const { placed } = groupTexts(texts, { groups: new Map(), founders: new Map(), full: new Set() });
  const textsOf = new Map<string, Set<string>>();
  const first = new Map<string, string>();
  const copied = new Set<string>();
  for (const { post, groupId } of placed) {
    if (groupId === null) continue;
    const { account, key } = post;
    if (!first.has(groupId)) first.set(groupId, account);
    if (first.get(groupId) !== account) copied.add(key);
    note(groupId, account, { kind: 'text', label: '文本', own: true });
    textsOf.set(account, (textsOf.get(account) ?? new Set()).add(groupId));
  }
  for (const account of accounts) {
    const posts = account.posts.map((input, i) => ({ id: `${account.id}/${i}`, input, pictures: [], copied: copied.has(`${account.id}/${i}`) }));
    for (const thing of thingsOf(account, posts)) note(thing.id, account.id, thing);
  }
  const byId = new Map(accounts.map((a) => [a.id, a]));
  const party = (id: string): LinkedAccount => byId.get(id) as LinkedAccount;
  const count = (id: string): number => textsOf.get(id)?.size ?? 0;
  const entities = (held: ReadonlyMap<string, Held>): number => new Set([...held.keys()].map((id) => entityOf(party(id)))).size;
  const holders = [...holdings].flatMap(([thingId, held]) =>
    [...held].map(([accountId, { kind, own }]): Holder => ({ thingId, accountId, kind, own, entities: entities(held), texts: count(accountId) })),
  );
  return {
    links: linksBetween(holders),
    sharedWithBanned: (accountId) => {
      const shares = [...holdings.values()].flatMap((held) => {
        const mine = held.get(accountId);
        if (!mine) return [];
        return [...held]
          .filter(([other]) => other !== accountId && party(other).banned)
          .map(([other, { own }]): BannedShare => {
            const { name = other, bannedOn = null } = party(other);
            return {
              party: { id: other, name, bannedOn },
              kind: mine.kind,
              label: mine.label,
              entities: entities(held),
              ownA: mine.own,
              ownB: own,
              texts: count(other),
            };
          });
      });
      return weighBanned(shares, count(accountId));
    },
  };
}
