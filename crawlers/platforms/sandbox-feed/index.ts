/** The sandbox platform's single-page feed (loopback only), which needs a browser. */
import { definePlatform } from '../define.ts';
import { readSandboxFeed } from './parse.ts';
import { feedState } from './walls.ts';

export const sandboxFeed = definePlatform({
  id: 'sandbox-feed',
  name: { zh: '演示平台·信息流', en: 'Sandbox: feed' },
  hosts: ['127.0.0.1:*', 'localhost:*'],
  politeness: { floorDelayMs: 0 },
  access: 'public',
  render: 'when-missing',
  shell: true,
  required: ['title', 'body'],
  can: {
    post: ['drawn'],
    states: ['suspended'],
  },
  keeps: { account: ['url'], post: [] },
  sniff: (html) => /<meta name="feed-seed"/.test(html.slice(0, 2_000)),
  kindOf: (url) => (url.pathname.startsWith('/p/') ? 'post' : 'account'),
  wall: feedState,
  read: readSandboxFeed,
});
