/** WeChat public accounts (mp.weixin.qq.com): articles and account pages; lists need a session and come by push. */
import { definePlatform } from '../define.ts';
import { readWechat } from './parse.ts';
import { hasArticle, wechatWall } from './walls.ts';

export const wechat = definePlatform({
  id: 'wechat',
  name: { zh: '微信公众号', en: 'WeChat public accounts' },
  hosts: ['mp.weixin.qq.com'],
  imageHosts: ['mmbiz.qpic.cn', '*.qpic.cn', '*.qlogo.cn'],
  politeness: { floorDelayMs: 5_000 },
  access: 'public',
  render: 'never',
  required: ['body'],
  can: {
    post: [
      'article-2018',
      'article-current',
      'article-quotes-a-wall',
      'article-script-cut',
      'article-share',
      'article-share-drawn',
      'image-share',
      'image-share-plain',
      'poster-only',
      'short-post',
      'text-share',
      'video-share',
    ],
    list: ['history-profile', 'message-list', 'publications'],
    account: ['about-organisation', 'about-other-template', 'about-person', 'about-registered', 'about-renamed'],
    states: [
      'account-banned-old-template',
      'account-blocked',
      'account-cancelled',
      'account-frozen',
      'account-migrated',
      'article-emptied',
      'complained',
      'deleted',
      'link-expired',
      'removed-for-violation',
      'reported',
      'state-unknown-template',
      'temporarily-unavailable',
      'visible-to-few',
    ],
    walls: ['environment-wall', 'message-list-refused', 'needs-client', 'needs-verification'],
  },
  // A search page of 搜狗 is full of links to articles, and is none.
  keeps: {
    account: ['userName', 'subjectKind', 'certifiedAs', 'icp', 'servicePhone', 'renames', 'url'],
    post: ['summary', 'sourceUrl', 'showType', 'ipRegion'],
  },
  sniff: (html) =>
    (hasArticle(html) || !/\bsogou(?:cdn)?\.com/.test(html.slice(0, 100_000))) &&
    (/mp\.weixin\.qq\.com|res\.wx\.qq\.com|window\.cgiDataNew|mmbiz\.qpic\.cn/.test(html.slice(0, 400_000)) ||
      /id="js_content"|class="profile_nickname"|该内容暂时无法查看/.test(html)),
  kindOf: (url) => (/profile|wxaboutbiz|verify|aboutbiz/.test(url.pathname + url.search) ? 'account' : 'post'),
  wall: wechatWall,
  read: readWechat,
});
