/**
 * QR codes printed on posters: the chat group of whoever hides what it does from the platform, which no word of the
 * poster tells, and beside it the lawful look-alike, a public account's code of itself.
 */
import { sha256 } from '../../core/digest.ts';
import type { PostTruth, SandboxPost } from './model.ts';

/** Posters that carry the code of a chat group, and of those nothing is wrong with one that carries a public account's. */
const WITH_GROUP = 2;
const WITH_ACCOUNT = 1;

const groupLink = (account: string): string => `https://weixin.qq.com/g/AwYAA${sha256(`group ${account}`).slice(0, 18)}`;
const accountLink = (account: string): string => `http://weixin.qq.com/r/${sha256(`account ${account}`).slice(0, 16)}`;

/** What a group's code says of its post; where it will stand among the words read from the picture is not known here. */
const diverts = (payload: string): PostTruth => ({ kind: 'traffic-diversion', field: 'imageText', quote: payload, start: null, end: null, exempt: false });

/** @param dangerous whether a post is unlawful anyway: what is in order leads nobody away */
export function printCodes(posts: readonly SandboxPost[], dangerous: (post: SandboxPost) => boolean): SandboxPost[] {
  const posters = posts.filter((p) => p.poster && p.status === 'live');
  const group = new Set(
    posters
      .filter(dangerous)
      .slice(0, WITH_GROUP)
      .map((p) => p.id),
  );
  const own = new Set(
    posters
      .filter((p) => !dangerous(p))
      .slice(0, WITH_ACCOUNT)
      .map((p) => p.id),
  );
  return posts.map((post) => {
    if (own.has(post.id)) return { ...post, code: accountLink(post.account) };
    if (!group.has(post.id)) return post;
    const code = groupLink(post.account);
    return { ...post, code, truth: [...post.truth, diverts(code)] };
  });
}
