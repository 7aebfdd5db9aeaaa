/** Runs as the API shows them: lanes by platform with their minutes, and the one sentence of the night. */
import { localDate } from '../../core/clock.ts';
import type { RunRow, RunView } from '../../core/model/api-run.ts';
import type { OutcomeCounts } from '../../core/model/api-source.ts';
import { EMPTY_COUNTS, type RunCounts } from '../../core/model/run.ts';
import type { LaneSum, OutcomeSum, RunDetail, RunRecord, RunTick, TaskRecord } from '../../db/repositories/read-run.ts';
import { iso } from './account.ts';

const KEYS = Object.keys(EMPTY_COUNTS) as (keyof RunCounts)[];
const combine = (a: RunCounts, b: RunCounts, how: (x: number, y: number) => number): RunCounts =>
  Object.fromEntries(KEYS.map((key) => [key, how(a[key] ?? 0, b[key] ?? 0)])) as unknown as RunCounts;
const add = (a: RunCounts, b: RunCounts): RunCounts => combine(a, b, (x, y) => x + y);

export const runRow = (r: RunRecord): RunRow => ({
  id: r.id,
  kind: r.kind,
  runDate: r.runDate,
  state: r.state,
  counts: { ...EMPTY_COUNTS, ...r.counts },
  startedBy: r.startedBy,
  startedAt: r.startedAt.toISOString(),
  endedAt: iso(r.endedAt),
});

type Lane = RunView['lanes'][number];

/** Sums by outcome, of one lane or source each. */
function outcomesBy(sums: readonly OutcomeSum[]): Map<string, OutcomeCounts> {
  const by = new Map<string, OutcomeCounts>();
  for (const { key, outcome, n } of sums) by.set(key, { ...by.get(key), [outcome]: n });
  return by;
}

function lanesOf(sums: readonly LaneSum[], ticks: readonly RunTick[], outcomes: ReadonlyMap<string, OutcomeCounts>): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const sum of sums) {
    const lane = lanes.get(sum.platform) ?? {
      platform: sum.platform,
      counts: { ...EMPTY_COUNTS },
      sources: 0,
      done: 0,
      outcomes: outcomes.get(sum.platform) ?? {},
      ticks: [],
    };
    lanes.set(sum.platform, { ...lane, counts: add(lane.counts, sum.counts), sources: lane.sources + sum.sources, done: lane.done + sum.done });
  }
  for (const { platform, ...tick } of ticks) lanes.get(platform)?.ticks.push(tick);
  return [...lanes.values()];
}

const number = (n: number): string => n.toLocaleString('en-US');

/** A nightly run that began before noon is last night's; one that was made up for later says its day. */
function whenOf(row: RunRecord, now: Date): string {
  const hour = Number(row.startedAt.toLocaleString('en-GB', { hour: '2-digit', timeZone: 'Asia/Shanghai' }));
  if (row.kind === 'nightly' && row.runDate === localDate(now) && hour < 12) return '昨夜';
  const time = row.startedAt.toLocaleString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' });
  return `${row.runDate} ${time} 巡查`;
}

/** "昨夜 41,208 条，新增疑点 312，3 个平台受限". */
function sentence(row: RunRecord, counts: RunCounts, lanes: readonly Lane[], now: Date): string {
  const walled = lanes.filter((l) => l.counts.walls > 0).length;
  const parts = [`${number(counts.posts)} 条`, `新增疑点 ${number(counts.newFindings)}`, ...(walled > 0 ? [`${walled} 个平台受限`] : [])];
  const again = counts.accountsAgain > 0 ? `，待复筛 ${number(counts.accountsAgain)}` : '';
  if (row.state === 'running') return `巡查进行中 ${number(counts.accountsDone)}/${number(counts.accountsPlanned)}${again}，${parts.join('，')}`;
  const end = { done: '', failed: '，未能完成', stopped: '，已停止' }[row.state];
  if (counts.accountsPlanned === 0) return `${whenOf(row, now)} 没有到期的来源，未访问任何页面${end}`;
  return `${whenOf(row, now)} ${parts.join('，')}${end}`;
}

const taskView = ({ t, platform, name, url }: TaskRecord, outcomes: OutcomeCounts): RunView['tasks'][number] => ({
  id: t.id,
  sourceId: t.sourceId,
  platform,
  name,
  url,
  state: t.state === 'working' ? 'running' : t.state,
  outcome: t.outcome,
  detail: t.detail,
  pages: t.counts.pages ?? 0,
  posts: t.counts.posts ?? 0,
  outcomes,
});

export function runView(detail: RunDetail, now: Date): RunView {
  const bySource = outcomesBy(detail.outcomes.tasks);
  const lanes = lanesOf(detail.lanes, detail.ticks, outcomesBy(detail.outcomes.lanes));
  // A running run may be behind its tasks: the larger number is the truer one.
  const summed = lanes.reduce((sum, lane) => add(sum, lane.counts), { ...EMPTY_COUNTS } as RunCounts);
  const stored = { ...EMPTY_COUNTS, ...detail.run.counts };
  const counts = detail.run.state === 'running' ? combine(stored, summed, Math.max) : stored;
  return {
    ...runRow(detail.run),
    counts,
    sentence: sentence(detail.run, counts, lanes, now),
    lanes,
    tasks: detail.tasks.map((task) => taskView(task, bySource.get(task.t.sourceId) ?? {})),
    alarms: [...detail.alarms],
    previous: detail.previous && { id: detail.previous.id, counts: { ...EMPTY_COUNTS, ...detail.previous.counts } },
  };
}
