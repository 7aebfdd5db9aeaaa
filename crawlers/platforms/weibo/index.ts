/** 微博 (weibo.com, m.weibo.cn, weibo.cn): statuses of an account; most answers need a visitor's or a login session. */

import { titleOf } from '../../extract/html.ts';
import { definePlatform } from '../define.ts';
import { saysItIs } from '../looks.ts';
import { readWeibo } from './parse.ts';
import { weiboWall } from './walls.ts';

export const weibo = definePlatform({
  id: 'weibo',
  name: { zh: '微博', en: 'Weibo' },
  hosts: ['*.weibo.cn', '*.weibo.com'],
  imageHosts: ['*.sinaimg.cn'],
  politeness: { floorDelayMs: 10_000 },
  access: 'session',
  render: 'never',
  required: ['body'],
  can: {
    post: ['lite-status', 'status-page', 'long-text'],
    list: ['answers-in-a-script', 'cards', 'desk-list', 'lite-list', 'saved-search'],
    account: ['lite-facts', 'profile'],
    states: ['deleted', 'suspended'],
    walls: ['refused-answer', 'visitor-wall'],
  },
  keeps: {
    account: ['verifiedReason', 'verifiedType', 'url'],
    post: ['bid', 'shortened', 'repostOf', 'repostOfAccount', 'video', 'ipRegion', 'publishedText'],
  },
  sniff: (html) =>
    /"mblog"|"mblogid"|"screen_name"|"longTextContent"|\$render_data\s*=|<div class="c" id="(?:M_|C_)|node-type="feed_list|class="weibo-(?:text|og)|wbpro-feed|passport\.weibo\.c(?:om|n)\/(?:visitor|sso|signin)/.test(
      html.slice(0, 300_000),
    ) ||
    (/^(?:评论列表|.{1,60}的(?:微博|资料|相册))$/.test(titleOf(html.slice(0, 20_000))) && /weibo\.cn\//.test(html.slice(0, 20_000))) ||
    saysItIs(html, /(?:^|\.)weibo\.c(?:om|n)$/, /^Sina Visitor System$|[-_– ]微博(?:HTML5版)?$/),
  kindOf: (url) => {
    const at = url.pathname + url.search;
    if (/\/(?:detail|status|comment|statuses\/(?:show|extend))\b|\/\d+\/[A-Za-z0-9]{9}$/.test(at)) return 'post';
    return /\/(?:u|n)\/|\/\d+\/info|profile\/info/.test(url.pathname) ? 'account' : 'list';
  },
  // The account's page is drawn by scripts; these two answers hold its facts and its statuses.
  firstPages: (sourceUrl) => {
    const uid = /^https:\/\/(?:m\.)?weibo\.c(?:om|n)\/(?:u\/)?(\d{5,12})\/?(?:\?|$)/.exec(sourceUrl)?.[1];
    const answer = `https://m.weibo.cn/api/container/getIndex?type=uid&value=${uid}`;
    return uid ? [answer, `${answer}&containerid=107603${uid}`] : [sourceUrl];
  },
  wall: weiboWall,
  read: readWeibo,
});
