/** 青团社 (part-time jobs); read from its list interface by push or import. */
import { definePlatform } from '../define.ts';
import { readQingtuanshe } from './parse.ts';

export const qingtuanshe = definePlatform({
  id: 'qingtuanshe',
  name: { zh: '青团社', en: 'Qingtuanshe' },
  hosts: ['*.qtshe.com', '*.qtshe.net'],
  politeness: { floorDelayMs: 10_000 },
  access: 'push',
  render: 'never',
  required: ['title'],
  can: {
    list: ['list-dump'],
  },
  keeps: { account: ['subjectKind'], post: ['settlement', 'labels'] },
  sniff: (html) => /qtshe\.(com|net)|"partJobId"/.test(html.slice(0, 100_000)),
  kindOf: (url) => (/job|detail/i.test(url.pathname) ? 'post' : 'list'),
  read: readQingtuanshe,
});
