/** 国家大学生就业服务平台 (ncss.cn): a public JSON list and public detail pages. */
import { definePlatform } from '../define.ts';
import { ncssFirstPages, ncssWall, readNcss } from './parse.ts';

export const ncss = definePlatform({
  id: 'ncss',
  name: { zh: '国家大学生就业服务平台', en: 'National platform for graduates (NCSS)' },
  hosts: ['*.ncss.cn', '*.ncss.org.cn'],
  politeness: { floorDelayMs: 3_000 },
  access: 'public',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['detail-between-headings', 'detail-embedded', 'detail-pre'],
    list: ['list'],
    states: ['detail-offline'],
    walls: ['list-behind-login'],
  },
  keeps: { account: ['subjectKind', 'size'], post: ['major', 'welfare', 'providedBy', 'updatedAt'] },
  sniff: (html) =>
    /ncss\.(org\.)?cn|国家大学生就业服务平台|国家24365/.test(html.slice(0, 100_000)) || /"pagenation"\s*:|"recName"\s*:/.test(html.slice(0, 20_000)),
  kindOf: (url) => (/\/jobs\/[\w-]{6,60}\/detail/.test(url.pathname) ? 'post' : /\/corps?\/|\/company\//.test(url.pathname) ? 'account' : 'list'),
  firstPages: ncssFirstPages,
  wall: ncssWall,
  read: readNcss,
});
