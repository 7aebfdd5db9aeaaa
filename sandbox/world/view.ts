/** The world as a visitor sees it now: who is visible, who is suspended, what an account has posted, newest first. */
import { accountKey, type StateStore } from '../state.ts';
import type { SandboxAccount, SandboxPlatform, SandboxPost, World } from './model.ts';

export interface WorldView {
  readonly world: World;
  /** Visible accounts of a platform, suspended ones included. */
  accounts(platform: SandboxPlatform): readonly SandboxAccount[];
  account(platform: SandboxPlatform, externalId: string): SandboxAccount | null;
  /** A post of a visible account. */
  post(platform: SandboxPlatform, id: string): SandboxPost | null;
  /** Posts of an account, newest first. */
  postsOf(platform: SandboxPlatform, externalId: string): readonly SandboxPost[];
  isSuspended(account: Pick<SandboxAccount, 'platform' | 'externalId'>): boolean;
  isDeleted(post: SandboxPost): boolean;
  /** When what visitors see of the world last changed. */
  changedAt(): Date;
}

/** @param now used to let a suspension with a term run out */
export function viewWorld(world: World, state: StateStore, now: () => Date): WorldView {
  const accounts = new Map(world.accounts.map((a) => [accountKey(a.platform, a.externalId), a]));
  const posts = new Map(world.posts.map((p) => [accountKey(p.platform, p.id), p]));
  const byAccount = new Map<string, SandboxPost[]>();
  for (const post of world.posts) {
    const key = accountKey(post.platform, post.account);
    const list = byAccount.get(key) ?? [];
    list.push(post);
    byAccount.set(key, list);
  }
  for (const list of byAccount.values()) list.sort((a, b) => b.publishedAt.localeCompare(a.publishedAt) || a.id.localeCompare(b.id));
  const isSuspended = (account: Pick<SandboxAccount, 'platform' | 'externalId'>): boolean => {
    const found = state.value.suspended[accountKey(account.platform, account.externalId)];
    return found !== undefined && (found.until === null || Date.parse(found.until) > now().getTime());
  };
  // Whoever came back stays, even after the first account's suspension has run out.
  const isVisible = (account: SandboxAccount): boolean =>
    account.hiddenUntil === null || state.value.suspended[accountKey(account.hiddenUntil.platform, account.hiddenUntil.externalId)] !== undefined;
  const find = (platform: SandboxPlatform, externalId: string): SandboxAccount | null => {
    const account = accounts.get(accountKey(platform, externalId));
    return account && isVisible(account) ? account : null;
  };
  return {
    world,
    accounts: (platform) => world.accounts.filter((a) => a.platform === platform && isVisible(a)),
    account: find,
    post: (platform, id) => {
      const post = posts.get(accountKey(platform, id));
      return post && find(platform, post.account) ? post : null;
    },
    postsOf: (platform, externalId) => byAccount.get(accountKey(platform, externalId)) ?? [],
    isSuspended,
    isDeleted: (post) => state.value.deletedPosts[accountKey(post.platform, post.id)] !== undefined,
    changedAt: () => new Date(state.value.changedAt),
  };
}
