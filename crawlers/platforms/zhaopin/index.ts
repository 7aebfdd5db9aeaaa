/** 智联招聘 (zhaopin.com). A slider check stands before anonymous clients; pages come by push or import. */
import { definePlatform } from '../define.ts';
import { readZhaopin } from './parse.ts';

export const zhaopin = definePlatform({
  id: 'zhaopin',
  name: { zh: '智联招聘', en: 'Zhaopin' },
  hosts: ['*.zhaopin.com', '*.zhaopin.cn'],
  politeness: { floorDelayMs: 10_000 },
  access: 'push',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['detail-state'],
    list: ['campus-cards', 'search-dump'],
    states: ['closed-state'],
    walls: ['slider'],
  },
  keeps: { account: ['subjectKind', 'industry', 'size', 'url'], post: ['experience', 'welfare', 'industry', 'onBehalf', 'onBehalfOf', 'updatedAt'] },
  sniff: (html) => /zhaopin\.(com|cn)|智联招聘/.test(html.slice(0, 200_000)),
  kindOf: (url) => (url.hostname.startsWith('jobs.') ? 'post' : url.hostname.startsWith('company.') ? 'account' : 'list'),
  read: readZhaopin,
});
