/**
 * A post that repeats what another party published first and names no source. Told from stored posts, and sparingly:
 * the same job of the same employer, on an account of neither that employer nor the first party. Who copies a wording
 * for a job of its own repeats a text, not a post.
 */
import { localDate } from '../../core/clock.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { PostInput } from '../../core/model/post.ts';
import { articlesOf, type Cite } from '../kind-articles.ts';
import { employerNamed } from '../licence/employer-name.ts';
import { nameKey } from '../licence/names.ts';
import { namesSource } from '../rules/format.ts';
import { entityOf, type PartyOfAccount } from './things.ts';

type Words = Pick<PostInput, 'company' | 'title' | 'text' | 'imageText'>;

/** A post, the account it stands on, and when it was published. */
export interface Published {
  readonly account: PartyOfAccount & { readonly name: string };
  readonly post: Words;
  readonly at: Date;
}

const SCORE = 0.75;
const employerOf = (post: Words): string | null => {
  const named = employerNamed(post);
  return named ? nameKey(named.name) : null;
};
const sourced = (post: Words): boolean => namesSource([post.title, post.text, post.imageText].join('\n'));

/**
 * The finding on a post whose text another account published before it.
 * @param others posts of that text on other accounts, oldest first @param own the account's own posts of that text
 * @returns null when it names a source, is of the same party, is the employer's own, another job, or was the account's before
 */
export function unsourcedRepost(
  { account, post, at }: Published,
  others: readonly Published[],
  own: readonly Pick<Published, 'post' | 'at'>[],
  cite: Cite | undefined,
): Finding | null {
  const employer = employerOf(post);
  if (employer === null || sourced(post) || (account.subjectName && nameKey(account.subjectName) === employer)) return null;
  const first = others.find((other) => other.at < at && employerOf(other.post) === employer);
  // Where the earliest post known is a repost itself, this one may as well be what it came from.
  if (!first || sourced(first.post) || entityOf(account) === entityOf(first.account)) return null;
  if (own.some((mine) => mine.at <= first.at && employerOf(mine.post) === employer)) return null;
  return {
    kind: 'unsourced-repost',
    level: 'format',
    score: SCORE,
    source: 'network',
    by: 'network.repost@1',
    field: null,
    quote: null,
    start: null,
    end: null,
    articles: articlesOf('unsourced-repost', cite),
    exempt: false,
    why: `与账号“${first.account.name}”${localDate(first.at)}发布的信息近同，单位相同，未见信息来源`,
  };
}
