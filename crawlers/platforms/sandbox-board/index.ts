/** The sandbox platform's job board (loopback only). */
import { definePlatform } from '../define.ts';
import { readBoard } from './parse.ts';
import { boardState } from './walls.ts';

export const sandboxBoard = definePlatform({
  id: 'sandbox-board',
  name: { zh: '演示平台·招聘网站', en: 'Sandbox: job board' },
  hosts: ['127.0.0.1:*', 'localhost:*'],
  politeness: { floorDelayMs: 0 },
  access: 'public',
  render: 'never',
  required: ['title', 'body'],
  can: {
    post: ['job'],
    list: ['list'],
    account: ['company'],
    states: ['expired', 'suspended'],
  },
  keeps: { account: ['website', 'icp', 'qualificationShown', 'url'], post: [] },
  sniff: (html) => /云栖人才网（演示）/.test(html.slice(0, 2_000)),
  kindOf: (url) => (url.pathname.startsWith('/job/') ? 'post' : url.pathname.startsWith('/company/') ? 'account' : 'list'),
  wall: boardState,
  read: readBoard,
});
