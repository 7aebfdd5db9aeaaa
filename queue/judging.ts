/**
 * What an account comes to once its posts are screened: findings about the account itself, the score with everything it
 * rests on, and the words a reader sees first. Several accounts are read together, each is judged by itself.
 */
import { type AccountFacts, operatorOf, summarisePosts } from '../classifiers/account-facts.ts';
import { typeAccount } from '../classifiers/licence/account-type.ts';
import { type LicenceMatcher, noList } from '../classifiers/licence/match.ts';
import type { CompanyRegistry } from '../classifiers/licence/registry.ts';
import type { SharedWithBanned } from '../classifiers/network/banned.ts';
import { type CaseScore, scoreCase } from '../classifiers/score/case-score.ts';
import { screenAccount as screenParty } from '../classifiers/screen-account.ts';
import type { Finding } from '../core/model/finding.ts';
import type { LicenceMatch } from '../core/model/licence.ts';
import type { SubjectType } from '../core/model/post.ts';
import { CASE_LEVELS } from '../core/model/taxonomy.ts';
import type { Db } from '../db/connect.ts';
import type { Account, Post } from '../db/repositories/content.ts';
import { type ScoreFacts, scoreFacts } from '../db/repositories/score-facts.ts';
import type { TextOfPost } from '../db/repositories/texts.ts';
import type { JobContext } from './context.ts';
import type { ScreenedPost } from './false-posting.ts';
import { sharedWithBannedParties } from './linking.ts';

const factsOf = (a: Account): AccountFacts => {
  const { licenceNo, subjectName, alias, description, uscc, category, verified, verifiedAt, name, id, platform, subjectType, details } = a;
  const text = (v: string | null): string | undefined => v ?? undefined;
  // The type screening worked out before must not become its own reason: only what the platform said counts.
  const told = typeof details['subjectType'] === 'string' ? subjectType : 'unknown';
  return {
    id,
    platform,
    name,
    alias: text(alias),
    description: text(description),
    subjectName: text(subjectName),
    uscc: text(uscc),
    category: text(category),
    verified: verified ?? undefined,
    licenceNo: text(licenceNo),
    verifiedAt: text(verifiedAt),
    subjectType: told,
  };
};

/** A site of its own, as the platform's page tells it. */
function siteOf(details: Record<string, unknown>): { host: string; icp: string | null } | null {
  const { website, icp } = details;
  if (typeof website !== 'string' || website.trim() === '') return null;
  return { host: website.trim().slice(0, 300), icp: typeof icp === 'string' && icp.trim() !== '' ? icp : null };
}

/** What is stored beside accounts and held against them. */
export interface Beside {
  readonly licences: LicenceMatcher | null;
  readonly register: CompanyRegistry | null;
  readonly shared: ReadonlyMap<string, readonly SharedWithBanned[]>;
  readonly facts: ReadonlyMap<string, ScoreFacts>;
  readonly texts: ReadonlyMap<string, TextOfPost>;
}

/** Reads it for several accounts at once. @param texts the groups their posts' texts belong to */
export async function readBeside(ctx: JobContext, tx: Db, accountIds: readonly string[], texts: ReadonlyMap<string, TextOfPost>): Promise<Beside> {
  const [licences, register] = await Promise.all([ctx.references.licences(), ctx.references.register()]);
  return { licences, register, shared: await sharedWithBannedParties(tx, accountIds), facts: await scoreFacts(tx, accountIds), texts };
}

interface Party {
  readonly findings: Finding[];
  readonly licenceMatch: LicenceMatch;
  readonly type: SubjectType;
}

function partyOf(ctx: JobContext, beside: Beside, account: Account, screened: readonly ScreenedPost[]): Party {
  const facts = factsOf(account);
  const posts = summarisePosts(
    screened.map(({ post, result }) => ({ post: post.input, findings: result.findings })),
    facts,
  );
  const operator = operatorOf(facts, posts);
  const told = operator?.by === 'posts' ? { ...facts, subjectName: operator.name } : facts;
  const matched = beside.licences?.match(told) ?? noList();
  // Where no subject is shown the match rests on what the posts say: people read that first.
  const licenceMatch = operator?.by === 'posts' ? { ...matched, reasons: [operator.reason, ...matched.reasons] } : matched;
  const asked = operator?.by === 'brand' ? { brand: operator.name } : { name: operator?.name ?? null, uscc: account.uscc };
  const findings = screenParty({
    account: facts,
    posts,
    licenceMatch,
    shared: beside.shared.get(account.id) ?? [],
    registry: beside.register?.lookUp(asked) ?? null,
    showsQualification: account.details['qualificationShown'] === false ? false : null,
    site: siteOf(account.details),
    cite: (ids) => ctx.cite(ids, account.lastSeenAt),
  });
  return { findings, licenceMatch, type: typeAccount(facts).type };
}

/** The account's score with everything it rests on; posts that say the same count once. */
function scoreOf({ facts, texts }: Beside, accountId: string, screened: readonly ScreenedPost[], party: Party, now: Date): CaseScore {
  const postFindings = screened.map(({ post, result }) => ({
    postId: post.id,
    findings: result.findings,
    textGroup: texts.get(post.id)?.groupId ?? null,
    words: `${post.title ?? ''}\n${post.text}`,
    publishedAt: post.publishedAt ?? post.firstSeenAt,
  }));
  const { clusterSize, earlierCases } = facts.get(accountId) ?? { clusterSize: 1, earlierCases: 0 };
  const { findings: accountFindings, licenceMatch } = party;
  return scoreCase({ accountFindings, postFindings, licenceVerdict: licenceMatch.verdict, clusterSize, earlierCases, asOf: now });
}

export interface Hook {
  readonly finding: Finding;
  readonly words: string;
}
const rank = (f: Finding): number => (f.level === 'statutory' ? 2 : 1) + f.score;
const HOOK_CHARS = 36;
const CLAUSE_END = /[。；;！!？?，,、\n]/;

/** The quote with the clause it stands in: "女" alone tells a reader nothing, "只招女，35岁以下" does. */
function inItsClause(text: string, start: number, end: number): string {
  let [from, to] = [start, end];
  while (from > 0 && to - from < HOOK_CHARS && !CLAUSE_END.test(text[from - 1] ?? '')) from -= 1;
  while (to < text.length && to - from < HOOK_CHARS && !CLAUSE_END.test(text[to] ?? '')) to += 1;
  return text.slice(from, to).trim();
}

function wordsOf(finding: Finding, post: Post | null): string {
  const { quote, field, start, end, why } = finding;
  if (quote === null || !post || field === null || start === null || end === null) return quote ?? why;
  const text = post.input[field];
  return typeof text === 'string' ? inItsClause(text, start, end) || quote : quote;
}

/** The finding a reader sees first: the strongest one that quotes words, in its clause. */
function hookOf(posts: readonly ScreenedPost[], party: readonly Finding[]): Hook | null {
  const counted = [
    ...posts.flatMap(({ post, result }) => result.findings.map((finding) => ({ finding, post }))),
    ...party.map((finding) => ({ finding, post: null })),
  ].filter(({ finding }) => !finding.exempt && CASE_LEVELS.has(finding.level));
  const [best] = counted.sort((a, b) => Number(b.finding.quote !== null) - Number(a.finding.quote !== null) || rank(b.finding) - rank(a.finding));
  return best ? { finding: best.finding, words: wordsOf(best.finding, best.post) } : null;
}

/** An account with all that screening made of it. */
export interface Judged {
  readonly account: Account;
  readonly screened: readonly ScreenedPost[];
  readonly party: Party;
  readonly score: CaseScore;
  readonly hook: Hook | null;
}

/** @param screened the account's posts */
export function judge(ctx: JobContext, beside: Beside, account: Account, screened: readonly ScreenedPost[], now: Date): Judged {
  const party = partyOf(ctx, beside, account, screened);
  return { account, screened, party, score: scoreOf(beside, account.id, screened, party, now), hook: hookOf(screened, party.findings) };
}
