/** 58同城招聘 (58.com). A captcha stands before anonymous clients; pages come by push or import. */
import { definePlatform } from '../define.ts';
import { read58 } from './parse.ts';
import { wall58 } from './walls.ts';

export const tongcheng58 = definePlatform({
  id: '58',
  name: { zh: '58同城', en: '58.com' },
  hosts: ['*.58.com'],
  imageHosts: ['*.58cdn.com.cn'],
  politeness: { floorDelayMs: 10_000 },
  access: 'push',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['detail', 'detail-bare', 'detail-drawn-digits'],
    list: ['list'],
    states: ['offline'],
    walls: ['captcha'],
  },
  keeps: {
    account: ['subjectKind', 'industry', 'size', 'businessScope', 'url'],
    post: ['position', 'experience', 'welfare', 'onBehalf', 'drawnDigits', 'publishedText'],
  },
  sniff: (html) => /58同城|58cdn\.com\.cn|[./]58\.com\//.test(html.slice(0, 100_000)) || /class="[^"]*(pos_base_info|comp_baseInfo_title)/.test(html),
  kindOf: (url) => (/\/\d{8,20}x?\.shtml/.test(url.pathname) ? 'post' : /^qy\./.test(url.hostname) || /\/mq?\/?\d{6,}/.test(url.pathname) ? 'account' : 'list'),
  wall: wall58,
  read: read58,
});
