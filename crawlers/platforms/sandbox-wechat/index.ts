/** The sandbox platform's public-account face (loopback only). */
import { definePlatform } from '../define.ts';
import { wechatWall } from '../wechat/walls.ts';
import { readSandboxWechat } from './parse.ts';

export const sandboxWechat = definePlatform({
  id: 'sandbox-wechat',
  name: { zh: '演示平台·公众号', en: 'Sandbox: public accounts' },
  hosts: ['127.0.0.1:*', 'localhost:*'],
  politeness: { floorDelayMs: 0 },
  access: 'public',
  render: 'never',
  required: ['body'],
  can: {
    post: ['article'],
    account: ['account'],
    states: ['suspended'],
  },
  keeps: { account: ['userName', 'subjectKind', 'icp', 'servicePhone', 'renames', 'url'], post: ['summary', 'sourceUrl', 'showType', 'ipRegion'] },
  sniff: (html) => /class="about-container" data-biz=|https?:\/\/127\.0\.0\.1:\d+\/(s|mmbiz)\//.test(html.slice(0, 20_000)),
  kindOf: (url) =>
    url.pathname.startsWith('/account/') ? (url.searchParams.has('page') && url.searchParams.get('page') !== '1' ? 'list' : 'account') : 'post',
  wall: wechatWall,
  read: readSandboxWechat,
});
