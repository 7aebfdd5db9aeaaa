/** Facts about a post that need what is stored beside it: the business register, posts with the same text, usual pay. */
import type { PostInput } from '../../core/model/post.ts';
import type { RegistryAnswer } from '../licence/registry.ts';
import type { PostFact } from './facts.ts';
import { type PayRanges, payOutside } from './pay-range.ts';

const REGISTER: Readonly<Partial<Record<RegistryAnswer['standing'], readonly [number, string]>>> = {
  struck_off: [0.55, '招聘单位疑似已注销'],
  revoked: [0.55, '招聘单位疑似已吊销'],
  not_found: [0.4, '招聘单位疑似未见登记，个体工商户、机关事业单位须另行核对'],
};
/** Fewer employers under one text are a chain, its agency, or a job description everybody copies. */
export const LEAST_EMPLOYERS = 4;
const TEXT = { least: 0.3, more: 0.05, most: 0.5 };

/** One text under many employers, as the store counts it. */
export interface RepeatedText {
  readonly posts: number;
  readonly employers: number;
  /** Some of them. */
  readonly named: readonly string[];
  readonly accounts: number;
  /** YYYY-MM-DD. */
  readonly firstOn: string;
}

export interface StoredAbout {
  /** The register's answer on the employer the post names. */
  readonly registry: RegistryAnswer | null;
  readonly repeated: RepeatedText | null;
  readonly ranges: PayRanges | null;
}

/** What the store says of a post. */
export function storedFacts(post: Pick<PostInput, 'title' | 'salary' | 'location'>, { registry, repeated, ranges }: StoredAbout): PostFact[] {
  const facts: PostFact[] = [];
  const standing = registry ? REGISTER[registry.standing] : undefined;
  if (registry && standing) facts.push({ source: 'register', weight: standing[0], sentence: `${registry.sentence}，${standing[1]}` });
  if (repeated && repeated.employers >= LEAST_EMPLOYERS) {
    const { posts, employers, named, accounts, firstOn } = repeated;
    const some = named.length > 0 ? `，如${named.map((name) => `“${name}”`).join('、')}` : '';
    const weight = Math.min(TEXT.most, TEXT.least + TEXT.more * (employers - LEAST_EMPLOYERS));
    facts.push({ source: 'text', weight, sentence: `相同或相近的正文署有 ${employers} 家不同单位${some}（${accounts} 个账号，${posts} 条，最早 ${firstOn}）` });
  }
  const pay = ranges ? payOutside(post, ranges) : null;
  return pay ? [...facts, pay] : facts;
}
