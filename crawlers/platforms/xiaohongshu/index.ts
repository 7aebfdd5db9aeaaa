/** 小红书 (xiaohongshu.com): notes and profiles; a signed session stands before nearly all of it, so pages come by session, push or import. */
import { definePlatform } from '../define.ts';
import { saysItIs } from '../looks.ts';
import { readXiaohongshu } from './parse.ts';
import { xiaohongshuWall } from './walls.ts';

export const xiaohongshu = definePlatform({
  id: 'xiaohongshu',
  name: { zh: '小红书', en: 'Xiaohongshu' },
  hosts: ['*.xiaohongshu.com', '*.xhslink.com'],
  imageHosts: ['*.xhscdn.com', '*.xhscdn.net'],
  politeness: { floorDelayMs: 10_000 },
  access: 'session',
  render: 'never',
  required: ['body'],
  can: {
    post: ['note', 'saved-note'],
    list: ['feed-answer', 'posted-answer', 'profile'],
    states: ['note-gone', 'suspended'],
    walls: ['home-in-place-of-a-profile', 'refused-answer'],
  },
  keeps: { account: ['verifiedReason', 'ipRegion', 'url'], post: ['kind', 'tags', 'ipRegion', 'updatedAt', 'publishedText'] },
  sniff: (html) => {
    const head = html.slice(0, 400_000);
    if (/["'](?:noteDetailMap|userPageData|note_card|noteCard|xsec_token|xsecToken|red_id|redId)["']\s*:/.test(head)) return true;
    if (/["']display_title["']\s*:/.test(head) && /["']note_id["']\s*:/.test(head)) return true;
    return saysItIs(html, /(?:^|\.)xiaohongshu\.com$/, /(?:^|[-_– ])小红书(?:[-_– ]|$)/) || /fe-static\.xhscdn\.com|id="detail-desc"/.test(head);
  },
  kindOf: (url) =>
    url.hostname.endsWith('xhslink.com') || /\/(?:explore|discovery\/item|item)\/\w{10,}|\/feed\b/.test(url.pathname)
      ? 'post'
      : /\/user\/profile\/|otherinfo/.test(url.pathname)
        ? 'account'
        : 'list',
  wall: xiaohongshuWall,
  read: readXiaohongshu,
});
