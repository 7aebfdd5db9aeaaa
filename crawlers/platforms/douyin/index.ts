/** 抖音 (douyin.com): works of an account; its interfaces want a session and a signature, so pages come by session, push or import. */
import { definePlatform } from '../define.ts';
import { saysItIs } from '../looks.ts';
import { readDouyin } from './parse.ts';
import { douyinWall } from './walls.ts';

export const douyin = definePlatform({
  id: 'douyin',
  name: { zh: '抖音', en: 'Douyin' },
  hosts: ['*.douyin.com', '*.iesdouyin.com'],
  imageHosts: ['*.douyinpic.com', '*.byteimg.com', '*.pstatp.com'],
  politeness: { floorDelayMs: 10_000 },
  access: 'session',
  render: 'never',
  required: ['body'],
  can: {
    post: ['saved-work', 'share-page', 'work-page', 'streamed-page'],
    list: ['works-answer'],
    account: ['profile-answer'],
    states: ['deleted'],
    walls: ['refused-answer', 'slider'],
  },
  keeps: { account: ['secUid', 'verifiedReason', 'verificationType', 'ipRegion', 'url'], post: ['topics', 'ipRegion', 'publishedText'] },
  sniff: (html) => {
    const head = html.slice(0, 400_000);
    if (/["']?(?:aweme_list|aweme_detail|aweme_info|awemeId|enterprise_verify_reason)["']?\s*:|%22(?:awemeId|aweme|secUid)%22/.test(head)) return true;
    if (/["']aweme_id["']\s*:/.test(head) && /["'](?:sec_uid|filter_detail|item_list)["']\s*:/.test(head)) return true;
    if (/["'](?:sec_uid|secUid)["']\s*:/.test(head) && /["'](?:unique_id|uniqueId)["']\s*:/.test(head)) return true;
    return (
      /data-e2e="(?:detail-video-info|user-post-list|video-desc)"/.test(html) || saysItIs(html, /(?:^|\.)(?:ies)?douyin\.com$/, /^验证码中间页$|[-_– ]抖音$/)
    );
  },
  // v.douyin.com is a shared work's short address.
  kindOf: (url) =>
    url.hostname === 'v.douyin.com' || /\/(?:video|note|share\/(?:video|note|slides))\/\d|aweme\/detail|iteminfo/.test(url.pathname)
      ? 'post'
      : /\/(?:user|share\/user)\/|user\/profile|user\/info/.test(url.pathname)
        ? 'account'
        : 'list',
  wall: douyinWall,
  read: readDouyin,
});
