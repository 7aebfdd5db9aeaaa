/**
 * Measures account screening against the sandbox's truth on what a crawler can see and no more: particulars as each
 * face shows them, posts without the fields a face has not, and findings of the real screener. Kind by kind, with
 * whom it missed and whom it took for what.
 */
import { type AccountFacts, operatorOf, summarisePosts } from '../../classifiers/account-facts.ts';
import { createLicenceMatcher, type ListedLicence } from '../../classifiers/licence/match.ts';
import { createCompanyRegistry } from '../../classifiers/licence/registry.ts';
import type { Screener } from '../../classifiers/screen.ts';
import { screenAccount } from '../../classifiers/screen-account.ts';
import type { Finding } from '../../core/model/finding.ts';
import { CASE_LEVELS, type FindingKind, TAXONOMY } from '../../core/model/taxonomy.ts';
import { officialRows } from '../../sandbox/licence-list.ts';
import type { SandboxAccount, World } from '../../sandbox/world/model.ts';
import { linkInMemory } from './linked-accounts.ts';
import { asCrawled } from './sandbox-truth.ts';

const LIST = { id: 'list-1', label: '演示名录', authority: '演示人社局', publishedOn: '2026-11-20', sourceUrl: null, sha256: '0'.repeat(64) };
const orNone = (value: string): string | undefined => value || undefined;

/** The account as its face shows it. */
export function accountAsShown(a: SandboxAccount): AccountFacts {
  const common = {
    id: a.externalId,
    platform: a.platform,
    name: a.name,
    description: a.description,
    category: orNone(a.category),
    verifiedAt: orNone(a.verifiedAt),
  };
  const licenceNo = a.showsQualification ? orNone(a.licenceNo) : undefined;
  const shownCode = a.showsQualification ? orNone(a.uscc) : undefined;
  if (a.platform === 'sandbox-board')
    return {
      ...common,
      subjectName: orNone(a.subjectName),
      subjectType: a.subjectType,
      uscc: orNone(a.uscc),
      verified: a.verified,
      licenceNo,
    };
  if (a.platform === 'sandbox-feed')
    return { ...common, subjectName: a.verified ? orNone(a.subjectName) : undefined, uscc: shownCode, verified: a.verified, licenceNo };
  const subjectType = a.subjectType === 'individual' || a.subjectType === 'public' ? a.subjectType : undefined;
  return { ...common, alias: orNone(a.alias), subjectName: orNone(a.subjectName), subjectType, uscc: shownCode, verified: a.verified, licenceNo };
}

const asRow = (l: ReturnType<typeof officialRows>[number], i: number): ListedLicence => ({
  ...{ id: String(i), name: l.name, uscc: l.uscc, number: l.number, scope: l.scope, authority: l.authority },
  ...{ validFrom: l.issuedOn, validUntil: l.validUntil, address: null, form: l.form === '许可' ? ('licence' as const) : ('filing' as const) },
});

export interface ScreenedAccount {
  readonly account: SandboxAccount;
  readonly found: readonly Finding[];
  /** Whether its posts alone would open a case, by the real screener and in truth. */
  readonly postsFlagged: boolean;
  readonly postsWrong: boolean;
}

/** Screens every account that can be seen. */
export function screenAccounts(world: World, screener: Screener): ScreenedAccount[] {
  const matcher = createLicenceMatcher(LIST, officialRows(world).map(asRow), { asOf: world.asOf });
  const registry = createCompanyRegistry({ label: '演示登记', publishedOn: world.asOf, complete: true }, world.companies);
  const seen = world.accounts.filter((a) => !a.walled && a.hiddenUntil === null);
  const postsOf = (a: SandboxAccount) => world.posts.filter((p) => p.account === a.externalId && p.status === 'live' && !p.poster);
  const linked = linkInMemory([
    ...world.bannedParties.map((b) => ({
      id: `banned ${b.name}`,
      name: b.name,
      alias: b.wechat,
      subjectName: b.subjectName,
      uscc: b.uscc,
      posts: b.posts,
      banned: true,
    })),
    ...seen.map((a) => ({
      ...accountAsShown(a),
      id: a.externalId,
      name: a.name,
      posts: postsOf(a).map((p) => ({ ...asCrawled(p), publishedAt: p.publishedAt })),
    })),
  ]);
  return seen.map((account) => {
    const facts = accountAsShown(account);
    const posts = postsOf(account).map((p) => ({ truth: p.truth, post: asCrawled(p), findings: screener.screen(asCrawled(p)).findings }));
    const summary = summarisePosts(posts, facts);
    const operator = operatorOf(facts, summary);
    const found = screenAccount({
      account: facts,
      posts: summary,
      licenceMatch: matcher.match(facts),
      registry: registry.lookUp(operator?.by === 'brand' ? { brand: operator.name } : { name: operator?.name, uscc: facts.uscc }),
      shared: linked.sharedWithBanned(account.externalId),
      showsQualification: account.platform === 'sandbox-board' && account.subjectType === 'agency' && !facts.licenceNo ? false : null,
      site: account.platform === 'sandbox-board' && account.website ? { host: account.website, icp: account.icp || null } : null,
    });
    const opens = (kind: FindingKind, exempt: boolean): boolean => !exempt && CASE_LEVELS.has(TAXONOMY[kind].level);
    return {
      account,
      found,
      postsFlagged: posts.some((p) => p.findings.some((f) => CASE_LEVELS.has(f.level) && !f.exempt)),
      postsWrong: posts.some((p) => p.truth.some((t) => opens(t.kind, t.exempt))),
    };
  });
}

export interface AccountsMeasured {
  readonly byKind: ReadonlyMap<FindingKind, { readonly truth: number; readonly found: number; readonly wrong: number }>;
  /** `role name kind`. */
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

/** What is true of an account and what was found about it, kind by kind. */
export function measureAccounts(screened: readonly ScreenedAccount[]): AccountsMeasured {
  const byKind = new Map<FindingKind, { truth: number; found: number; wrong: number }>();
  const [missed, wrong]: [string[], string[]] = [[], []];
  const tally = (kind: FindingKind) => {
    const known = byKind.get(kind) ?? { truth: 0, found: 0, wrong: 0 };
    byKind.set(kind, known);
    return known;
  };
  for (const { account, found } of screened) {
    const got = new Map(found.map((f) => [f.kind, f]));
    for (const kind of account.kinds) {
      tally(kind).truth += 1;
      if (got.has(kind)) tally(kind).found += 1;
      else missed.push(`${account.platform} ${account.role} ${account.name} ${kind}`);
    }
    for (const [kind, f] of got) {
      if (account.kinds.includes(kind)) continue;
      tally(kind).wrong += 1;
      wrong.push(`${account.platform} ${account.role} ${account.name} ${kind}: ${f.why}`);
    }
  }
  return { byKind, missed, wrong };
}

/** For people to read. */
export const describeAccounts = ({ byKind, missed, wrong }: AccountsMeasured): string =>
  [
    ...[...byKind].map(([kind, t]) => `${kind.padEnd(24)} ${t.found}/${t.truth}, wrong ${t.wrong}`),
    ...missed.map((m) => `missed ${m}`),
    ...wrong.map((w) => `wrong ${w}`),
  ].join('\n');
