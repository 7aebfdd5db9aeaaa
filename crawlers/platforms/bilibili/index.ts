/** 哔哩哔哩 (bilibili.com): dynamics, articles, videos and spaces; most public data need no login, but checks come quickly. */
import { definePlatform } from '../define.ts';
import { saysItIs } from '../looks.ts';
import { readBilibili } from './parse.ts';
import { bilibiliWall } from './walls.ts';

export const bilibili = definePlatform({
  id: 'bilibili',
  name: { zh: '哔哩哔哩', en: 'Bilibili' },
  hosts: ['*.bilibili.com', 'b23.tv'],
  imageHosts: ['*.hdslb.com'],
  politeness: { floorDelayMs: 5_000 },
  access: 'public',
  render: 'never',
  required: ['body'],
  can: {
    post: ['answers-in-notes', 'article-answer', 'article-facts', 'opus-page', 'video-page'],
    list: ['space-answer'],
    account: ['account-answer'],
    states: ['account-silenced', 'deleted', 'not-there'],
    walls: ['refused-answer'],
  },
  keeps: { account: ['verifiedReason', 'url'], post: ['kind', 'summary', 'link', 'repostOf', 'repostOfAccount', 'originGone', 'ipRegion'] },
  sniff: (html) => {
    const head = html.slice(0, 400_000);
    if (/["'](?:module_dynamic|module_author|dynamic_id_str|opus_id|official_verify)["']\s*:/.test(head)) return true;
    if (/["']bvid["']\s*:/.test(head) && /["'](?:aid|owner|vlist)["']\s*:/.test(head)) return true;
    if (/["']aid["']\s*:\s*["']?\d/.test(head) && /["'](?:tname|videos)["']\s*:/.test(head) && /\.hdslb\.com\//.test(head)) return true;
    if (/["']mid["']\s*:/.test(head) && /["'](?:author_name|[oO]fficial)["']\s*:/.test(head)) return true;
    return /class="(?:opus-module|bili-dyn|bili-rich-text)/.test(head) || saysItIs(html, /(?:^|\.)bilibili\.com$/, /[-_– ](?:哔哩哔哩|bilibili)$/i);
  },
  kindOf: (url) => {
    if (url.hostname.startsWith('space.') && !/dynamic|article|upload|video/.test(url.pathname)) return 'account';
    if (
      url.hostname.startsWith('t.') ||
      url.hostname === 'b23.tv' ||
      /\/(?:opus|read|video)\/|article\/view|dynamic\/v1\/(?:detail|opus\/detail)|web-interface\/view/.test(url.pathname)
    )
      return 'post';
    return /acc\/info|web-interface\/card/.test(url.pathname) ? 'account' : 'list';
  },
  wall: bilibiliWall,
  read: readBilibili,
});
