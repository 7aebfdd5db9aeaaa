/**
 * Screens posts with what is stored beside them: facts of the post itself, of the register, of posts with the same text
 * and of usual pay make a lead (疑似虚假招聘) together, never one alone. And computes what usual pay is.
 */
import type { PostFact } from '../classifiers/false-posting/facts.ts';
import { isFalsePostingLead } from '../classifiers/false-posting/facts.ts';
import { computeRanges } from '../classifiers/false-posting/pay-range.ts';
import { LEAST_EMPLOYERS, type RepeatedText, storedFacts } from '../classifiers/false-posting/stored.ts';
import { readName } from '../classifiers/licence/names.ts';
import type { CompanyRegistry, RegistryAnswer } from '../classifiers/licence/registry.ts';
import { resultOf, type Screener } from '../classifiers/screen.ts';
import { localDate } from '../core/clock.ts';
import { PinchaError } from '../core/errors.ts';
import type { ScreenResult } from '../core/model/finding.ts';
import type { Db } from '../db/connect.ts';
import type { Post } from '../db/repositories/content.ts';
import { paidPosts, payRangesDue, savePayRanges } from '../db/repositories/pay-range.ts';
import { employersOfGroups, type TextOfPost } from '../db/repositories/texts.ts';
import type { JobContext } from './context.ts';

export interface ScreenedPost {
  readonly post: Post;
  readonly result: ScreenResult;
}

/** Characters screened before other work of the process gets its turn, and how many a post counts for at least. */
const IN_ONE_GO = 100_000;
const CHARS_EACH = 1_000;

/** The register's answers, asked once an employer. Only names of companies: a shop of one person stands in no register of companies. */
function asking(register: CompanyRegistry | null): (company: string | null) => RegistryAnswer | null {
  const answers = new Map<string, RegistryAnswer | null>();
  return (company) => {
    const name = company?.trim() ?? '';
    if (!register || name === '') return null;
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = readName(name).form === '' ? null : register.lookUp({ name });
    answers.set(name, answer);
    return answer;
  };
}

function combined(screener: Screener, post: Post, { result, facts }: { result: ScreenResult; facts: readonly PostFact[] }): ScreenResult {
  const lead = screener.falsePosting(facts, post.lastSeenAt);
  const others = result.findings.filter((finding) => !isFalsePostingLead(finding));
  return lead ? resultOf(result.id, [...others, lead]) : result;
}

/** @param texts the groups the posts' texts belong to */
export async function screenPosts(ctx: JobContext, tx: Db, posts: readonly Post[], texts: ReadonlyMap<string, TextOfPost>): Promise<ScreenedPost[]> {
  const [register, ranges] = await Promise.all([ctx.references.register(), ctx.references.payRanges()]);
  const many = [...texts].filter(([, text]) => text.posts > 1 && text.employers >= LEAST_EMPLOYERS);
  const named = await employersOfGroups(tx, [...new Set(many.map(([, text]) => text.groupId))]);
  const repeated = new Map(
    many.map(([postId, { groupId, firstAt, posts: n, employers, accounts }]) => [
      postId,
      { posts: n, employers, named: named.get(groupId) ?? [], accounts, firstOn: localDate(firstAt) } satisfies RepeatedText,
    ]),
  );
  const answer = asking(register);
  const screened = (post: Post): ScreenedPost => {
    const inspected = ctx.screener.inspect(post.input, post.lastSeenAt);
    if (inspected.facts === null) return { post, result: inspected.result };
    const stored = storedFacts(post.input, { registry: answer(post.company), repeated: repeated.get(post.id) ?? null, ranges });
    if (stored.length === 0) return { post, result: inspected.result };
    return { post, result: combined(ctx.screener, post, { result: inspected.result, facts: [...inspected.facts, ...stored] }) };
  };
  const done: ScreenedPost[] = [];
  let chars = 0;
  for (const post of posts) {
    chars += post.text.length + CHARS_EACH;
    // Thousands of posts take seconds, and whoever sits at the desk is served by this process too.
    if (chars > IN_ONE_GO) {
      chars = 0;
      await new Promise((resolve) => setImmediate(resolve));
      if (ctx.signal.aborted) throw new PinchaError('INTERRUPTED', { reason: 'shutdown' });
    }
    done.push(screened(post));
  }
  return done;
}

/** Computes what is usually paid when a run has brought posts since the last time. @returns whether it was due */
export async function renewPayRanges(ctx: Pick<JobContext, 'db' | 'clock'>): Promise<boolean> {
  if (!(await payRangesDue(ctx.db))) return false;
  const now = ctx.clock.now();
  const ranges = computeRanges(await paidPosts(ctx.db));
  await savePayRanges(
    ctx.db,
    ranges.map(({ trade, ...range }) => ({ family: trade, ...range })),
    now,
  );
  return true;
}
