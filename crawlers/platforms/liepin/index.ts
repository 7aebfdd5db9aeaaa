/** 猎聘 (liepin.com); lists need a logged-in browser, so they come by push or import. */
import { definePlatform } from '../define.ts';
import { readLiepin } from './parse.ts';

export const liepin = definePlatform({
  id: 'liepin',
  name: { zh: '猎聘', en: 'Liepin' },
  hosts: ['*.liepin.com'],
  imageHosts: ['*.lietou-static.com'],
  politeness: { floorDelayMs: 10_000 },
  access: 'push',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['headhunter'],
    list: ['search-dump'],
  },
  keeps: { account: ['industry', 'url'], post: ['experience', 'welfare', 'labels', 'recruiterTitle'] },
  sniff: (html) => /liepin\.com|猎聘/.test(html.slice(0, 100_000)),
  kindOf: (url) => (/^\/(a|job|lptjob)\//.test(url.pathname) ? 'post' : url.pathname.startsWith('/company/') ? 'account' : 'list'),
  read: readLiepin,
});
