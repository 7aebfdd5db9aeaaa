/** Any site that marks its posts as schema.org JobPosting. */
import { definePlatform } from '../define.ts';
import { readJsonld } from './parse.ts';

export const jsonld = definePlatform({
  id: 'jsonld',
  name: { zh: '标注 JobPosting 的网站', en: 'Sites with schema.org JobPosting' },
  hosts: [],
  anyHost: true,
  wholeLists: true,
  politeness: { floorDelayMs: 3_000 },
  access: 'public',
  render: 'when-missing',
  required: ['title'],
  can: {
    post: ['graph', 'microdata'],
    list: ['plain-list'],
    states: ['expired'],
  },
  keeps: { account: [], post: ['employmentType'] },
  sniff: (html) =>
    /"@type"\s*:\s*(\[[^\]]{0,200})?"(https?:\/\/schema\.org\/)?JobPosting"|schema\.org\/JobPosting|\btypeof=["'](?:schema:)?JobPosting/.test(html),
  kindOf: () => 'post',
  read: readJsonld,
});
