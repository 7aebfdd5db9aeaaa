/** All adapters, and how one is chosen: by name, by address, or by what a saved page looks like. */
import { PinchaError } from '../../core/errors.ts';
import type { KeptFields } from '../../core/model/kept.ts';
import { job51 } from './51job/index.ts';
import { tongcheng58 } from './58/index.ts';
import { bilibili } from './bilibili/index.ts';
import { douyin } from './douyin/index.ts';
import { feed } from './feed/index.ts';
import { jsonld } from './jsonld/index.ts';
import { kuaishou } from './kuaishou/index.ts';
import { lagou } from './lagou/index.ts';
import { liepin } from './liepin/index.ts';
import { mohrss } from './mohrss/index.ts';
import { ncss } from './ncss/index.ts';
import { qingtuanshe } from './qingtuanshe/index.ts';
import { sandboxBoard } from './sandbox-board/index.ts';
import { sandboxFeed } from './sandbox-feed/index.ts';
import { sandboxWechat } from './sandbox-wechat/index.ts';
import { tieba } from './tieba/index.ts';
import type { PlatformAdapter } from './types.ts';
import { wechat } from './wechat/index.ts';
import { weibo } from './weibo/index.ts';
import { xiaohongshu } from './xiaohongshu/index.ts';
import { zhaopin } from './zhaopin/index.ts';
import { zhipin } from './zhipin/index.ts';

/** In the order in which they are tried on a page without a name or address: specific ones first, formats last. */
export const PLATFORMS: readonly PlatformAdapter[] = [
  feed,
  sandboxWechat,
  sandboxBoard,
  sandboxFeed,
  zhipin,
  zhaopin,
  job51,
  liepin,
  lagou,
  qingtuanshe,
  tongcheng58,
  ncss,
  mohrss,
  weibo,
  xiaohongshu,
  douyin,
  kuaishou,
  bilibili,
  tieba,
  wechat,
  jsonld,
];

export const platformIds: readonly string[] = PLATFORMS.map((p) => p.id);

/** What is kept of posts that files and pushes bring: whatever any platform declares, since they may be of any. */
export const KEPT_OF_ANY: KeptFields = {
  account: [...new Set(PLATFORMS.flatMap((p) => p.keeps.account))],
  post: [...new Set(PLATFORMS.flatMap((p) => p.keeps.post))],
};

/** The adapter of a platform id. @throws PinchaError PLATFORM_UNKNOWN naming the known ones */
export function platformById(id: string): PlatformAdapter {
  const found = PLATFORMS.find((p) => p.id === id);
  if (!found) throw new PinchaError('PLATFORM_UNKNOWN', { platform: id, known: platformIds.join(', ') });
  return found;
}

/**
 * The adapter for a page: by platform id when given (folder names of saved pages count: `feeds`, `wechat-rss`),
 * else by address, else by its content.
 * @throws PinchaError PLATFORM_UNKNOWN naming the known ones
 */
export function adapterFor(of: { readonly platform?: string | null; readonly url?: string | null; readonly html?: string | null }): PlatformAdapter {
  if (of.platform) return platformById(ALIASES[of.platform] ?? of.platform);
  const { url, html } = of;
  const found = (url && PLATFORMS.find((p) => p.matches(url))) || (html && PLATFORMS.find((p) => p.sniff(html)));
  if (!found) throw new PinchaError('PLATFORM_UNKNOWN', { platform: url ?? '?', known: platformIds.join(', ') });
  return found;
}

/** The platform whose own page an address is, when it has one; loopback pages of the sandbox are nobody's. */
export function namedPlatformOf(url: string): PlatformAdapter | null {
  return PLATFORMS.find((p) => p.hosts.some((host) => !host.includes(':')) && p.matches(url)) ?? null;
}

const ALIASES: Readonly<Record<string, string>> = {
  feeds: 'feed',
  rss: 'feed',
  'wechat-rss': 'feed',
  boss: 'zhipin',
  zhilian: 'zhaopin',
  '58tongcheng': '58',
  '58tc': '58',
};
