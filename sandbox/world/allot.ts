/**
 * Which account publishes which texts. A text belongs to one account, which publishes it again and again with
 * other particulars, as real accounts do; so that the same words under several accounts are always a planted
 * repost. Texts that are unlawful go mostly to accounts that are, some to honest-looking employers.
 */
import { CASE_LEVELS, TAXONOMY } from '../../core/model/taxonomy.ts';
import type { SandboxText } from '../texts/load.ts';
import { HONEST_ROLES, type Role, type SandboxAccount } from './model.ts';
import type { Random } from './random.ts';

const CHANNEL = { 'sandbox-wechat': 'article', 'sandbox-board': 'board', 'sandbox-feed': 'feed' } as const;

/** Whether a text shows something a case may be opened on; acting as an intermediary is an agency's trade, not yet a fault. */
export const isDangerous = (text: SandboxText): boolean =>
  text.truth.some((t) => !t.exempt && t.kind !== 'acts-as-intermediary' && CASE_LEVELS.has(TAXONOMY[t.kind].level));

const AGENCIES: readonly Role[] = [
  'agency',
  'filed-service',
  'unlicensed-intermediary',
  'unfiled-service',
  'unlicensed-dispatch',
  'licence-expired',
  'licence-of-other',
  'licence-without-online',
  'site-not-registered',
  'qualification-not-shown',
];
const SUBJECTS: Record<SandboxText['subject'], ReadonlySet<Role>> = {
  // Agencies and public services publish their clients' jobs too.
  employer: new Set<Role>(['employer', 'careless-employer', 'public', 'employer-not-registered', 'impersonation', 'posting-for-others', ...AGENCIES]),
  agency: new Set(AGENCIES),
  individual: new Set<Role>(['unverified', 'impersonation', 'employer-not-registered']),
};
/** Swindlers post any kind of text. */
const ANYTHING: ReadonlySet<Role> = new Set<Role>(['unlicensed-intermediary', 'employer-not-registered', 'unverified', 'impersonation']);

const takes = (account: SandboxAccount, text: SandboxText): boolean =>
  SUBJECTS[text.subject].has(account.role) || (isDangerous(text) && ANYTHING.has(account.role));

/** What an honest account would never publish: only careless employers do. */
const tolerates = (account: SandboxAccount, text: SandboxText): boolean =>
  !isDangerous(text) || !HONEST_ROLES.has(account.role) || (account.role === 'careless-employer' && text.subject === 'employer');

const onChannel = (account: SandboxAccount, text: SandboxText): boolean => text.channel === 'any' || CHANNEL[account.platform] === text.channel;

/** The accounts that may publish `text`, the rules loosened one by one until there is one. */
function candidates(accounts: readonly SandboxAccount[], text: SandboxText): readonly SandboxAccount[] {
  const wide = accounts.filter((a) => onChannel(a, text));
  const tolerant = wide.filter((a) => tolerates(a, text));
  const right = tolerant.filter((a) => takes(a, text));
  return [right, tolerant, wide].find((set) => set.length > 0) ?? accounts;
}

const FEWEST_TEXTS = 3;
/** Unlawful texts a careless employer has at most, so that it still looks honest. */
const MOST_CARELESS = 2;

/**
 * @param accounts accounts that publish texts of their own (not the returned ones, which repeat)
 * @param wanted how many posts each account will publish, by external id
 * @param walled an account nobody can look at: it repeats texts of others, so that none is lost behind the wall
 * @returns the texts of each account by external id; every text is somebody's
 */
export function allotTexts(
  accounts: readonly SandboxAccount[],
  texts: readonly SandboxText[],
  wanted: ReadonlyMap<string, number>,
  walled: string | undefined,
  random: Random,
): Map<string, SandboxText[]> {
  const allotted = new Map<string, SandboxText[]>(accounts.map((a) => [a.externalId, []]));
  const of = (account: SandboxAccount): SandboxText[] => allotted.get(account.externalId) ?? [];
  const load = (account: SandboxAccount): number => (of(account).length + 1) / (wanted.get(account.externalId) ?? 1);
  const owners = accounts.filter((a) => a.externalId !== walled);
  const full = (account: SandboxAccount, text: SandboxText): boolean =>
    of(account).length >= (wanted.get(account.externalId) ?? 0) ||
    (account.role === 'careless-employer' && isDangerous(text) && of(account).filter(isDangerous).length >= MOST_CARELESS);
  const place = (text: SandboxText): void => {
    const open = candidates(owners, text).filter((a) => !full(a, text));
    const pool = open.length > 0 ? open : owners.filter((a) => tolerates(a, text) && !full(a, text));
    const ranked = random.shuffle(pool).sort((a, b) => load(a) - load(b));
    const account = ranked[0];
    if (account) of(account).push(text);
  };
  const mixed = random.shuffle(texts);
  for (const text of mixed.filter(isDangerous)) place(text);
  for (const text of mixed.filter((t) => !isDangerous(t))) place(text);
  for (const account of accounts) {
    const own = of(account);
    const fit = random.shuffle(texts.filter((t) => onChannel(account, t) && takes(account, t) && tolerates(account, t) && !own.includes(t)));
    const any = random.shuffle(texts.filter((t) => tolerates(account, t) && !own.includes(t)));
    for (const text of [...fit, ...any]) if (own.length < FEWEST_TEXTS) own.push(text);
  }
  return allotted;
}
