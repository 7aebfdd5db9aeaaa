/**
 * A search page shows accounts that nobody has accepted: its pages of results are read, what they list is held back as
 * proposals, and neither a post nor an account on them is followed or kept.
 */
import type { ParsedPage } from '../core/model/capture.ts';
import type { PlatformAdapter } from './platforms/types.ts';

const held = new WeakMap<ParsedPage, ParsedPage>();

/** The page as it was read, for proposing what it lists; the page itself when nothing was held back. */
export const asRead = (page: ParsedPage): ParsedPage => held.get(page) ?? page;

/** The adapter of a source that is searched: only further pages of results are followed. */
export const searchOnly = (adapter: PlatformAdapter): PlatformAdapter => ({
  ...adapter,
  // Pages of other platforms are not read by their own adapters either, which would keep what they show.
  anyHost: false,
  kindOf: () => 'list',
  parse: (page) => {
    const read = adapter.parse(page);
    const bare: ParsedPage = { ...read, account: null, posts: [], links: read.links.filter((link) => link.kind === 'list') };
    held.set(bare, read);
    return bare;
  },
});
