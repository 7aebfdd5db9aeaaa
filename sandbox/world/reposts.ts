/**
 * Planted reposts: the same words, company and telephone under several accounts. Honest reposters name the source
 * ("来源:…"), most others do not, which is itself a finding (unsourced-repost).
 */
import type { SandboxText } from '../texts/load.ts';
import { HONEST_ROLES, type Role, type SandboxAccount, type SandboxPost } from './model.ts';
import type { Publication } from './publish.ts';
import type { Random } from './random.ts';

const ORIGINALS = 22;
const REPOSTERS: ReadonlySet<Role> = new Set<Role>(['public', 'agency', 'unlicensed-intermediary', 'posting-for-others', 'unverified', 'impersonation']);
const MOST_ON_FEED = 25;

/**
 * @param draft gives a new id, date and particulars for an account
 * @returns the posts with the reposts behind them
 */
export function plantReposts(
  posts: readonly SandboxPost[],
  accounts: readonly SandboxAccount[],
  draft: (account: SandboxAccount, text: SandboxText) => Publication,
  random: Random,
): SandboxPost[] {
  const byId = new Map(accounts.map((a) => [a.externalId, a]));
  const visible = accounts.filter((a) => a.hiddenUntil === null);
  const originals = random
    .shuffle(posts.filter((p) => ['employer', 'careless-employer', 'agency'].includes(byId.get(p.account)?.role ?? '')))
    .slice(0, ORIGINALS);
  const room = new Map(visible.map((a) => [a.externalId, MOST_ON_FEED - posts.filter((p) => p.account === a.externalId).length]));
  const reposts = originals.flatMap((original) => {
    const open = visible.filter(
      (a) => REPOSTERS.has(a.role) && a.externalId !== original.account && (a.platform !== 'sandbox-feed' || (room.get(a.externalId) ?? 0) > 0),
    );
    return random
      .shuffle(open)
      .slice(0, random.between(1, 4))
      .map((account) => {
        room.set(account.externalId, (room.get(account.externalId) ?? 0) - 1);
        return repost(original, account, byId.get(original.account)?.name ?? '', HONEST_ROLES.has(account.role) || random.chance(0.25), draft);
      });
  });
  return [...posts, ...reposts];
}

function repost(
  original: SandboxPost,
  account: SandboxAccount,
  from: string,
  credited: boolean,
  draft: (account: SandboxAccount, text: SandboxText) => Publication,
): SandboxPost {
  const fresh = draft(account, { subject: 'employer' } as SandboxText);
  const later = new Date(Math.max(Date.parse(original.publishedAt) + 3_600_000, Date.parse(fresh.publishedAt))).toISOString();
  const truth = original.truth.filter((t) => t.kind !== 'unsourced-repost');
  return {
    ...original,
    id: fresh.id,
    platform: account.platform,
    account: account.externalId,
    publishedAt: later,
    text: credited ? `${original.text}\n来源：${from}` : original.text,
    repostOf: original.id,
    credited,
    truth: credited ? truth : [...truth, { kind: 'unsourced-repost', field: null, quote: null, start: null, end: null, exempt: false }],
  };
}
