/** Where a notice is verified: the account's page and its posts' pages, as far as they can show anything. */
import { describe, expect, it } from 'vitest';
import { platformById } from '../../../crawlers/platforms/registry.ts';
import { placesToLook } from '../../../queue/jobs/verify-notice.ts';

const post = (n: number, url: string | null = `https://rc.example.cn/${n}`) => ({ id: String(n), externalId: String(n), url, contentSha256: 'x' });
const targets = (posts: ReturnType<typeof post>[]) => ({ account: { id: 'a', platform: 'feed', externalId: 'a', url: 'https://rc.example.cn/' }, posts });

describe('placesToLook', () => {
  it.each([
    ['a feed: the posts, since its home shows neither them nor that they are gone', 'feed', [post(1), post(2)], null, ['1', '2']],
    ['a feed whose posts have no page: its home', 'feed', [post(1, null)], 'https://rc.example.cn/', []],
    ['a platform: the account and its posts', 'bilibili', [post(1)], 'https://rc.example.cn/', ['1']],
    ['a page that a script draws: that page alone', 'sandbox-feed', [post(1)], 'https://rc.example.cn/', []],
    ['no more than five posts', 'feed', [1, 2, 3, 4, 5, 6].map((n) => post(n)), null, ['1', '2', '3', '4', '5']],
  ])('%s', (_, platform, posts, home, ids) => {
    const looks = placesToLook(platformById(platform), targets(posts));
    expect(looks.home).toBe(home);
    expect(looks.posts.map((p) => p.id)).toEqual(ids);
  });
});
