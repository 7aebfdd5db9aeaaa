/** 中国公共招聘网 (job.mohrss.gov.cn): public lists that carry whole posts, and public detail pages. */
import { definePlatform } from '../define.ts';
import { readMohrss } from './parse.ts';

export const mohrss = definePlatform({
  id: 'mohrss',
  name: { zh: '中国公共招聘网', en: 'China public recruitment (MOHRSS)' },
  hosts: ['job.mohrss.gov.cn'],
  wholeLists: true,
  politeness: { floorDelayMs: 3_000 },
  access: 'public',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['detail'],
    list: ['list', 'list-cards'],
    account: ['employer'],
    states: ['gone'],
  },
  keeps: { account: ['subjectKind', 'industry'], post: ['providedBy', 'sourceUrl', 'employmentType'] },
  sniff: (html) => /job\.mohrss\.gov\.cn|中国公共招聘网|id="findjob(list|Table)"/.test(html.slice(0, 200_000)),
  kindOf: (url) => (/\/showgw$/.test(url.pathname) ? 'post' : /\/showdw$/.test(url.pathname) ? 'account' : 'list'),
  read: readMohrss,
});
