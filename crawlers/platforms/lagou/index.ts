/** 拉勾 (lagou.com). */
import { definePlatform } from '../define.ts';
import { readLagou } from './parse.ts';

export const lagou = definePlatform({
  id: 'lagou',
  name: { zh: '拉勾', en: 'Lagou' },
  hosts: ['*.lagou.com'],
  imageHosts: ['*.lgstatic.com'],
  politeness: { floorDelayMs: 10_000 },
  access: 'push',
  render: 'never',
  required: ['title', 'body'],
  can: {
    list: ['cards', 'mobile-dump'],
  },
  keeps: { account: [], post: ['experience', 'publishedText'] },
  sniff: (html) => /com\.lagou\.|lagou\.com|拉勾/.test(html.slice(0, 100_000)),
  kindOf: (url) => (url.pathname.startsWith('/jobs/') ? 'post' : url.pathname.startsWith('/gongsi/') ? 'account' : 'list'),
  read: readLagou,
});
