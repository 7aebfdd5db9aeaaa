/** Sources and candidates as the stand-in for the API answers them: long names, walls, drift, one refused before. */
import type { BoardPreview, CandidateRow, SourceDetail, SourceKind, SourceRow } from '../../core/model/api-source.ts';
import { ago, uuid } from './desk-fixtures.ts';

const source = (n: number, over: Partial<SourceRow> = {}): SourceRow => ({
  id: uuid(),
  platform: n % 2 ? 'sandbox-board' : 'sandbox-wechat',
  name: `第 ${n} 招工来源`,
  url: `http://127.0.0.1:8720/account/a${n}`,
  role: 'visit',
  active: true,
  intervalHours: n % 3 ? 24 : 36,
  nightly: n % 4 === 0,
  lastVisitedAt: ago(400 + n),
  lastOutcome: 'ok',
  lastDetail: null,
  nextDueAt: new Date(Date.now() + 36_000_000).toISOString(),
  pages: 12 + n * 7,
  posts: 10 + n,
  createdAt: ago(90_000),
  ...over,
});

export const sourceRows = (): SourceRow[] => [
  source(1, { lastOutcome: 'captcha', lastDetail: '环境异常, 完成验证后即可继续访问' }),
  source(2, { lastOutcome: 'parse_drift', lastDetail: '缺少字段: body ×12' }),
  source(3, { role: 'search', name: '本地招聘搜索页', url: `http://127.0.0.1:8720/search?q=${'%E6%8B%9B'.repeat(40)}` }),
  source(4, { active: false, lastOutcome: 'login_wall' }),
  source(5, { lastVisitedAt: null, lastOutcome: null, pages: null, posts: null, name: '云汀市河埠区劳务市场零工驿站与周边县乡用工信息汇总发布平台（试运行）' }),
  ...Array.from({ length: 8 }, (_, i) => source(6 + i)),
];

const candidate = (over: Partial<CandidateRow>): CandidateRow => ({
  id: uuid(),
  platform: 'sandbox-wechat',
  name: '河埠零工驿站',
  url: null,
  state: 'proposed',
  seen: 7,
  again: false,
  firstSeenAt: ago(9_000),
  lastSeenAt: ago(90),
  decidedBy: null,
  decidedAt: null,
  reason: null,
  sourceId: null,
  grounds: [
    { kind: 'name', speaker: '云汀招工', accountId: uuid(), quote: '更多岗位请关注公众号：河埠零工驿站，每日更新', times: 12, at: ago(90) },
    { kind: 'name', speaker: '青岚就业', accountId: uuid(), quote: '转自公众号「河埠零工驿站」', times: 1, at: ago(900) },
  ],
  ...over,
});

export const candidateRows = (): CandidateRow[] => [
  candidate({}),
  candidate({
    name: null,
    url: 'http://127.0.0.1:8720/account/z9',
    seen: 3,
    grounds: [{ kind: 'link', speaker: '南浦求职', accountId: uuid(), quote: 'http://127.0.0.1:8720/account/z9', times: 2, at: ago(300) }],
  }),
  candidate({ name: '云汀同城生活圈', seen: 2, again: true, reason: '与招聘无关' }),
  candidate({
    name: '石塘就业',
    url: 'http://127.0.0.1:8720/account/s1',
    seen: 1,
    grounds: [{ kind: 'seed', speaker: '周远', accountId: null, quote: 'http://127.0.0.1:8720/account/s1', times: 1, at: ago(20) }],
  }),
];

export const sourceKinds = (): { items: SourceKind[] } => ({
  items: [
    {
      platform: 'sandbox-wechat',
      name: { zh: '演示平台·公众号', en: 'Sandbox: public accounts' },
      access: 'public',
      render: 'never',
      floorDelayMs: 0,
      hosts: ['127.0.0.1:*'],
      fields: [
        {
          name: 'url',
          kind: 'url',
          required: true,
          label: { zh: '地址', en: 'Address' },
          hint: { zh: '须属于 127.0.0.1:*', en: 'Must belong to 127.0.0.1:*' },
        },
      ],
    },
    {
      platform: 'zhipin',
      name: { zh: 'BOSS直聘', en: 'BOSS Zhipin' },
      access: 'push',
      render: 'never',
      floorDelayMs: 10_000,
      hosts: ['*.zhipin.com'],
      fields: [
        {
          name: 'url',
          kind: 'url',
          required: true,
          label: { zh: '地址', en: 'Address' },
          hint: { zh: '须属于 *.zhipin.com', en: 'Must belong to *.zhipin.com' },
        },
      ],
    },
  ],
});

export const sourceDetail = (row: SourceRow): SourceDetail => ({
  source: row,
  hosts: ['*.rc.example.cn'],
  board: row.platform === 'sandbox-board' ? 'id: my-board\nlist:\n  item: li\n' : null,
  visits: Array.from({ length: 6 }, (_, i) => ({
    runId: uuid(),
    at: ago(600 + i * 1_440),
    state: 'done',
    outcome: i === 2 ? 'captcha' : 'ok',
    detail: null,
    pages: 40 - i,
    posts: 20,
    outcomes: i === 2 ? { captcha: 1 } : { ok: 20 - i, unchanged: 18, removed_by_platform: 2 },
  })),
  unread: [{ id: uuid(), url: 'https://rc.example.cn/jobs/404.html', outcome: 'removed_by_platform', reason: '此内容已被移除', at: ago(600), sealed: true }],
});

export const boardPreview = (): BoardPreview => ({
  platform: 'my-board',
  name: '某某人才网',
  start: 'https://rc.example.cn/jobs',
  page: { url: 'https://rc.example.cn/jobs', status: 'ok', reason: null, postCount: 0, posts: [], linkCount: 1, links: ['https://rc.example.cn/1.html'] },
  selectors: [
    { field: 'list.item', selector: 'ul.jobs > li', found: 2, of: null, values: ['普工', '文员'] },
    { field: 'list.fields.salary', selector: '.pay', found: 0, of: 2, values: [] },
    { field: 'post.fields.title', selector: 'h1', found: 0, of: null, values: [] },
  ],
});
