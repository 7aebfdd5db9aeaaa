/**
 * Which addresses a walk may go to, and which posts of a page are its own: both follow from who named the hosts.
 * A platform with hosts of its own stays on them; a format that any site may use stays on the source's origin and
 * on the further hosts that this source allows.
 */
import type { PostInput } from '../core/model/post.ts';
import { hostMatches } from './platforms/define.ts';
import type { PageLink, PlatformAdapter } from './platforms/types.ts';
import { type CrawlStep, readerOf } from './visit.ts';

/** What a walk needs to know of its source. */
export interface Following {
  readonly adapter: PlatformAdapter;
  /** `hosts`: patterns of further hosts this source may lead to. */
  readonly source: { readonly platform: string; readonly url: string; readonly hosts?: readonly string[] };
}

/** Where a walk begins. Where the source names the host no address tells its kind: what the source points at is its list. */
export const firstLinks = ({ adapter, source }: Following): PageLink[] =>
  adapter.firstPages(source.url).map((url) => ({ url, kind: adapter.anyHost ? 'list' : adapter.kindOf(url) }));

/** Whether a link may be followed: the source's own origin, a host it allows, or a named one of the platform; loopback never leaves its port. */
export function allowed({ adapter, source }: Following, link: PageLink): boolean {
  try {
    const [target, home] = [new URL(link.url), new URL(source.url)];
    if (target.host === home.host || hostMatches(source.hosts ?? [], target)) return true;
    const named = (patterns: readonly string[]): readonly string[] => patterns.filter((p) => !p.includes(':'));
    return hostMatches(named(adapter.hosts), target) || (link.kind === 'image' && hostMatches(named(adapter.imageHosts), target));
  } catch {
    return false;
  }
}

/** A post that says no more than its title. */
const bare = (post: PostInput): boolean => (!post.text || post.text === post.title) && !post.images?.length;

/**
 * A step with the posts worth keeping. Cards of a list are pointers: keeping them would shorten what the post's own
 * page said. A feed's entries are posts, except those whose page is visited because they hold a title alone.
 */
export function withOwnPosts(request: Following, step: CrawlStep): CrawlStep {
  if (step.kind !== 'list' || step.posts.length === 0) return step;
  if (!readerOf(request.adapter, step.url).wholeLists) return { ...step, posts: [] };
  const visited = new Set((step.parsed?.links ?? []).filter((link) => link.kind === 'post' && allowed(request, link)).map((link) => link.url));
  return { ...step, posts: step.posts.filter((post) => !(bare(post) && post.url && visited.has(post.url))) };
}
