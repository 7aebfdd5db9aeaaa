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
  // A search page of 搜狗 is full of links to articles, and is none.
  sniff: (html) =>
    (hasArticle(html) || !/\bsogou(?:cdn)?\.com/.test(html.slice(0, 100_000))) &&
    (/mp\.weixin\.qq\.com|res\.wx\.qq\.com|window\.cgiDataNew|mmbiz\.qpic\.cn/.test(html.slice(0, 400_000)) ||
      /id="js_content"|class="profile_nickname"|该内容暂时无法查看/.test(html)),
  kindOf: (url) => (/profile|wxaboutbiz|verify|aboutbiz/.test(url.pathname + url.search) ? 'account' : 'post'),
  wall: wechatWall,
  read: readWechat,
});
