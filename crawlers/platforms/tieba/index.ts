/** 百度贴吧 (tieba.baidu.com): threads, a forum's list, search results; checks and logins stand before machines, so pages come by session or import. */
import { definePlatform } from '../define.ts';
import { saysItIs } from '../looks.ts';
import { readTieba } from './parse.ts';
import { tiebaWall } from './walls.ts';

export const tieba = definePlatform({
  id: 'tieba',
  name: { zh: '百度贴吧', en: 'Baidu Tieba' },
  hosts: ['tieba.baidu.com', '*.tieba.baidu.com', 'c.tieba.baidu.com', 'tiebac.baidu.com', 'wapp.baidu.com'],
  imageHosts: ['*.baidu.com', '*.bdstatic.com', '*.bdimg.com'],
  politeness: { floorDelayMs: 10_000 },
  access: 'session',
  render: 'never',
  required: ['title'],
  can: {
    post: ['replies', 'thread', 'thread-answer'],
    list: ['forum', 'forum-answer', 'home', 'search', 'thread-second-page'],
    states: ['deleted', 'hidden'],
    walls: ['refused-answer', 'slider'],
  },
  keeps: { account: ['ipRegion', 'url'], post: ['forum', 'firstFloor', 'ipRegion', 'publishedText'] },
  sniff: (html) => {
    if (/PageData\.(?:thread|forum)\s*=|j_l_post\b|j_thread_list\b|class="lzl_single_post|class="s_post"/.test(html)) return true;
    if (/["']post_list["']\s*:/.test(html) && /["'](?:forum|thread)["']\s*:/.test(html)) return true;
    if (/["']thread_list["']\s*:/.test(html) && /["'](?:forum|user_list|fid|reply_num)["']\s*:/.test(html)) return true;
    return saysItIs(html, /(?:^|\.)tieba\.baidu\.com$/, /百度贴吧|^贴吧404|^百度安全验证$/);
  },
  kindOf: (url) => (/^\/p\/\d|pb\/page|getPbData/.test(url.pathname) ? 'post' : /\/home\/main|\/home\/profile/.test(url.pathname) ? 'account' : 'list'),
  wall: tiebaWall,
  read: readTieba,
});
