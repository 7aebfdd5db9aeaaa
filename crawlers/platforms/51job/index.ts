/** 前程无忧 (51job.com); older pages are GBK. */
import { definePlatform } from '../define.ts';
import { read51job } from './parse.ts';

export const job51 = definePlatform({
  id: '51job',
  name: { zh: '前程无忧', en: '51job' },
  hosts: ['*.51job.com'],
  imageHosts: ['*.51jobcdn.com'],
  politeness: { floorDelayMs: 10_000 },
  access: 'push',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['detail'],
    list: ['company', 'search-gbk'],
    account: ['company'],
  },
  keeps: { account: ['subjectKind', 'url'], post: ['experience', 'welfare'] },
  sniff: (html) => /51job\.com|前程无忧/.test(html.slice(0, 100_000)),
  kindOf: (url) => (/\/co\d+\.html/.test(url.pathname) ? 'account' : url.hostname.startsWith('jobs.') || url.pathname.includes('jobdetail') ? 'post' : 'list'),
  read: read51job,
});
