/** BOSS直聘 (zhipin.com). Anonymous crawling meets a security check; pages come by push or import. */
import { definePlatform } from '../define.ts';
import { readZhipin } from './parse.ts';
import { zhipinWall } from './walls.ts';

export const zhipin = definePlatform({
  id: 'zhipin',
  name: { zh: 'BOSS直聘', en: 'BOSS Zhipin' },
  hosts: ['*.zhipin.com'],
  imageHosts: ['*.bosszhipin.com'],
  politeness: { floorDelayMs: 10_000 },
  access: 'push',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['detail', 'detail-answer'],
    list: ['list-answer'],
    states: ['closed'],
    walls: ['refused-answer', 'security-check'],
  },
  keeps: { account: ['subjectKind', 'legalStatus', 'founded'], post: ['experience', 'welfare', 'proxyJob', 'proxyType', 'updatedAt'] },
  sniff: (html) => /zhipin\.com|BOSS直聘|"zpData"/.test(html.slice(0, 100_000)),
  kindOf: (url) => (/\/job_detail\/.+\.html|detail\.json/.test(url.pathname) ? 'post' : /\/gongsi\//.test(url.pathname) ? 'account' : 'list'),
  wall: zhipinWall,
  read: readZhipin,
});
