/** Made-up runs and licence lists, for the desk before a server with made-up answers. */
import type { LicenceListRow } from '../../core/model/api.ts';
import type { RunRow, RunView } from '../../core/model/api-run.ts';
import { ago, NAMES, SHA, uuid } from './desk-fixtures.ts';

const counts = (k: number): RunRow['counts'] => ({
  accountsPlanned: 64,
  accountsDone: Math.round(64 * Math.min(1, k)),
  accountsAgain: 0,
  pages: Math.round(412 * k),
  unchanged: Math.round(96 * k),
  walls: Math.round(5 * k),
  errors: Math.round(3 * k),
  posts: Math.round(1243 * k),
  newPosts: Math.round(310 * k),
  findings: Math.round(688 * k),
  newFindings: Math.round(112 * k),
  casesOpened: Math.round(23 * k),
  bytes: Math.round(8_432_000 * k),
});

export const runRow = (k: number, over: Partial<RunRow> = {}): RunRow => ({
  id: uuid(),
  kind: 'nightly',
  runDate: '2026-11-23',
  state: 'done',
  counts: counts(k),
  startedBy: '定时任务',
  startedAt: ago(60),
  endedAt: ago(20),
  ...over,
});

export function runView(row: RunRow, k: number): RunView {
  const lane = (platform: string, part: number, walls: number): RunView['lanes'][number] => ({
    platform,
    counts: { ...counts(k * part), walls, errors: walls ? 1 : 0 },
    sources: 20,
    outcomes: { ok: Math.round(200 * part), unchanged: Math.round(60 * part), ...(walls ? { login_wall: walls, network: 1 } : { deleted: 2 }) },
    done: Math.round(20 * Math.min(1, k)),
    ticks: Array.from({ length: Math.round(38 * Math.min(1, k)) }, (_, minute) => ({
      minute,
      pages: Math.round((6 + 5 * Math.sin(minute / 3)) * part),
      posts: Math.max(0, Math.round((20 + 18 * Math.sin(minute / 5 + part)) * part)),
      walls: walls && minute % 11 === 3 ? 1 : 0,
      errors: walls && minute === 17 ? 1 : 0,
    })),
  });
  const task = (i: number, over: Partial<RunView['tasks'][number]>): RunView['tasks'][number] => ({
    id: uuid(),
    sourceId: uuid(),
    platform: NAMES[i % 3]?.[0] ?? '沙箱公众号',
    name: NAMES[i % NAMES.length]?.[1] ?? '账号',
    url: `http://127.0.0.1:8720/wx/acc-${i}`,
    state: 'done',
    outcome: 'ok',
    detail: null,
    pages: 6,
    posts: 18 + i,
    outcomes: over.outcome ? { ok: 2, [over.outcome]: 3 } : { ok: 5, unchanged: i % 5, removed_by_platform: i % 2 },
    ...over,
  });
  return {
    ...row,
    sentence:
      row.state === 'running' ? `已读 ${row.counts.posts} 条, 新增疑点 ${row.counts.newFindings}, 3 个来源受限` : '本次 1,243 条, 新增疑点 112, 3 个来源受限',
    lanes: [lane('沙箱公众号', 0.4, 0), lane('沙箱招聘板', 0.5, 4), lane('沙箱信息流', 0.1, 1)],
    tasks: [
      ...Array.from({ length: 14 }, (_, i) => task(i, i % 4 === 1 ? { outcome: 'unchanged', posts: 0, pages: 1 } : {})),
      task(14, { outcome: 'login_wall', detail: '页面要求登录, 已记录, 不再尝试', posts: 0, pages: 1 }),
      task(15, { outcome: 'rate_limited', detail: '对方要求 60 秒后再试', posts: 0 }),
      task(16, { state: 'failed', outcome: 'network', detail: '连接被重置, 已试 3 次', posts: 0, pages: 0 }),
    ],
    alarms: [],
    previous: { id: uuid(), counts: counts(0.93) },
  };
}

export const licenceList = (current: boolean): LicenceListRow => ({
  id: uuid(),
  label: current ? '演示名录 2026-11' : '演示名录 2026-08',
  authority: '演示市人力资源和社会保障局',
  publishedOn: current ? '2026-11-01' : '2026-08-01',
  sourceUrl: null,
  sha256: SHA,
  rows: current ? 486 : 471,
  rejected: current ? 2 : 0,
  mapping: { name: '机构全称', uscc: '信用代码', number: '证书编号', scope: '核准项目', validUntil: '截止日' },
  mappingBy: current ? 'remembered' : 'guessed',
  diff: null,
  review: null,
  reviewedBy: null,
  reviewedAt: null,
  current,
  importedAt: ago(60 * 24 * 12),
});
