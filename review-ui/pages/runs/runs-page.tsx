/** The run as it goes: one sentence, one lane a platform, figures beside those of the run before, and the tasks behind them. */
import { App, Button, Modal, Skeleton } from 'antd';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { RunRow, RunView } from '../../../core/model/api-run.ts';
import { type Outcome, WALLS } from '../../../core/model/capture.ts';
import type { RunCounts } from '../../../core/model/run.ts';
import { useRun, useRuns } from '../../api/queries.ts';
import { useAlarms, useJobs } from '../../api/rules.ts';
import { useStartRun, useStopRun } from '../../api/writes.ts';
import { OutcomeBar } from '../../parts/outcome-bar.tsx';
import { Answer, Empty, failureSentence, Needs, useMay } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { tellingRun } from '../../parts/telling-run.ts';
import { useLanguage, useWords } from '../../text/language.tsx';
import { bytes, clock, count, moment } from '../../text/when.ts';
import type { Words } from '../../text/zh-cn.ts';
import { Jobs } from '../rules/jobs.tsx';
import { Lanes } from './lanes.tsx';

type Filter = keyof Words['runs']['taskFilter'];
type Task = RunView['tasks'][number];
const FINE: ReadonlySet<Outcome> = new Set(['ok', 'unchanged', 'deleted', 'removed_by_platform', 'expired', 'empty_state']);

const passes: Record<Filter, (task: Task) => boolean> = {
  all: () => true,
  walls: (task) => task.outcome !== null && WALLS.has(task.outcome),
  errors: (task) => task.state === 'failed' || (task.outcome !== null && !WALLS.has(task.outcome) && !FINE.has(task.outcome)),
  posts: (task) => task.posts > 0,
  unchanged: (task) => task.outcome === 'unchanged',
};

interface FigureRow {
  readonly key: keyof RunCounts & keyof Words['runs']['counts'];
  /** Which list stands behind the number: tasks by filter, or another page. */
  readonly tasks?: Filter;
  readonly href?: (run: RunView) => string;
}
const FIGURES: readonly FigureRow[] = [
  { key: 'accountsDone', href: (run) => `/accounts?run=${run.id}` },
  { key: 'pages', tasks: 'all' },
  { key: 'unchanged', tasks: 'unchanged' },
  { key: 'posts', tasks: 'posts' },
  { key: 'newPosts', tasks: 'posts' },
  { key: 'findings', href: (run) => `/accounts?run=${run.id}&found=findings` },
  { key: 'newFindings', href: (run) => `/accounts?run=${run.id}&found=newFindings` },
  { key: 'casesOpened', href: (run) => `/queue?run=${run.id}` },
  { key: 'walls', tasks: 'walls' },
  { key: 'errors', tasks: 'errors' },
  { key: 'bytes' },
];

function Figures({ run, onTasks }: { run: RunView; onTasks: (filter: Filter) => void }) {
  const words = useWords();
  return (
    <ul className="figures runs">
      {FIGURES.map((row) => {
        const value = run.counts[row.key];
        const before = run.previous?.counts[row.key];
        const say = row.key === 'bytes' ? bytes : count;
        const body = (
          <>
            <span className={`figure${row.key === 'errors' && value ? ' warn' : ''}`}>
              {row.key === 'accountsDone' ? `${count(value)} / ${count(run.counts.accountsPlanned)}` : say(value)}
            </span>
            <span className="meta block">{words.runs.counts[row.key]}</span>
            <span className="meta block">
              {before === undefined ? (row.key === 'accountsDone' ? words.runs.noPrevious : '') : `${words.runs.previous} ${say(before)}`}
            </span>
          </>
        );
        return (
          <li key={row.key}>
            {row.href ? <Link href={row.href(run)}>{body}</Link> : null}
            {row.tasks ? (
              <button type="button" className="plain" onClick={() => row.tasks && onTasks(row.tasks)}>
                {body}
              </button>
            ) : null}
            {row.href || row.tasks ? null : <span>{body}</span>}
          </li>
        );
      })}
    </ul>
  );
}

const TASKS_SHOWN = 200;
function Tasks({
  run,
  filter,
  platform,
  onFilter,
  onPlatform,
}: {
  run: RunView;
  filter: Filter;
  platform: string | null;
  onFilter: (filter: Filter) => void;
  onPlatform: (platform: string | null) => void;
}) {
  const words = useWords();
  const [limit, setLimit] = useState(TASKS_SHOWN);
  const rows = run.tasks.filter((task) => passes[filter](task) && (platform === null || task.platform === platform));
  const c = words.runs.columns;
  const most = Math.max(1, ...rows.map((task) => Object.values(task.outcomes).reduce((sum: number, n) => sum + (n ?? 0), 0)));
  return (
    <section className="section" id="tasks">
      <h2>
        {words.runs.tasks} <span className="meta">{count(rows.length)}</span>
        <span className="chips">
          {(Object.keys(passes) as Filter[]).map((name) => (
            <button
              key={name}
              type="button"
              className={`plain chip${filter === name ? ' on' : ''}`}
              aria-pressed={filter === name}
              onClick={() => onFilter(name)}
            >
              {words.runs.taskFilter[name]} <span className="num">{run.tasks.filter(passes[name]).length}</span>
            </button>
          ))}
          {platform ? (
            <button type="button" className="plain chip on" onClick={() => onPlatform(null)}>
              <Platform id={platform} /> ×
            </button>
          ) : null}
        </span>
      </h2>
      {rows.length === 0 ? (
        <p className="meta pad">{words.runs.tasksEmpty}</p>
      ) : (
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th>{c.source}</th>
                <th>{words.common.platform}</th>
                <th>{c.state}</th>
                <th>{c.outcome}</th>
                <th className="outcome-col">{words.runs.outcomes}</th>
                <th className="num">{c.pages}</th>
                <th className="num">{c.posts}</th>
                <th>{c.detail}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, limit).map((task) => (
                <tr key={task.id}>
                  <td>
                    <Link href={`/sources/${task.sourceId}`}>{task.name}</Link>
                    <span className="meta mono block wrap">{task.url}</span>
                  </td>
                  <td className="meta nowrap">
                    <Platform id={task.platform} />
                  </td>
                  <td className="nowrap">{words.labels.taskState[task.state] ?? task.state}</td>
                  <td className={`nowrap${passes.errors(task) ? ' warn' : ''}`}>{task.outcome ? (words.labels.fetched[task.outcome] ?? task.outcome) : '—'}</td>
                  <td className="outcome-col">
                    <OutcomeBar outcomes={task.outcomes} most={most} />
                  </td>
                  <td className="num">{task.pages}</td>
                  <td className="num">{task.posts}</td>
                  <td className="meta">{task.detail ?? ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > limit ? (
            <div className="row pad">
              <Button onClick={() => setLimit(limit + TASKS_SHOWN)}>{words.common.more}</Button>
            </div>
          ) : null}
        </div>
      )}
    </section>
  );
}

function History({ runs, shown }: { runs: readonly RunRow[]; shown: string }) {
  const words = useWords();
  return (
    <section className="section">
      <h2>{words.runs.history}</h2>
      <div className="scroll-x">
        <table className="grid">
          <tbody>
            {runs.map((run) => (
              <tr key={run.id} className={run.id === shown ? 'here' : undefined}>
                <td className="nowrap">
                  <Link href={`/runs/${run.id}`}>{moment(run.startedAt)}</Link>
                </td>
                <td className="nowrap">{words.labels.runKind[run.kind]}</td>
                <td className="nowrap">{words.labels.runState[run.state]}</td>
                <td className="num">
                  {count(run.counts.posts)} <span className="meta">{words.runs.counts.posts}</span>
                </td>
                <td className="num">
                  {count(run.counts.newFindings)} <span className="meta">{words.runs.counts.newFindings}</span>
                </td>
                <td className="num">
                  {count(run.counts.casesOpened)} <span className="meta">{words.runs.counts.casesOpened}</span>
                </td>
                <td className="meta nowrap">
                  {words.runs.by} {run.startedBy}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function RunBody({ run }: { run: RunView }) {
  const { words, language } = useLanguage();
  const [filter, setFilter] = useState<Filter>('all');
  const [platform, setPlatform] = useState<string | null>(null);
  const end = run.endedAt ? new Date(run.endedAt).getTime() : Date.now();
  const walled = run.tasks.filter(passes.walls).length;
  const show = (next: Filter) => {
    setFilter(next);
    document.getElementById('tasks')?.scrollIntoView({ behavior: 'auto', block: 'start' });
  };
  const part = run.counts.accountsPlanned ? run.counts.accountsDone / run.counts.accountsPlanned : 0;
  return (
    <>
      <p className="sentence-big" aria-live="polite">
        {language === 'zh' ? run.sentence : words.runs.told(count(run.counts.posts), count(run.counts.newFindings), count(run.counts.walls))}
      </p>
      {run.alarms.map((alarm) => (
        <p key={alarm.platform} className="warn" role="alert">
          <Platform id={alarm.platform} /> {words.runs.drift(count(alarm.missing), count(alarm.pages))}
        </p>
      ))}
      <p className="meta">
        {words.labels.runKind[run.kind]} · {words.labels.runState[run.state]} · {moment(run.startedAt)} · {words.runs.elapsed}{' '}
        {clock((end - new Date(run.startedAt).getTime()) / 1_000)} · {words.runs.by} {run.startedBy}
      </p>
      {run.state === 'running' ? (
        <div className="progress" role="progressbar" aria-valuenow={Math.round(part * 100)} aria-valuemin={0} aria-valuemax={100}>
          <span style={{ width: `${Math.min(100, part * 100)}%` }} />
        </div>
      ) : null}
      {walled ? <p className="note warn gap-top">{words.runs.partial(walled)}</p> : null}
      <Figures run={run} onTasks={show} />
      <section className="section">
        <h2>{words.runs.lanes}</h2>
        <Lanes
          run={run}
          onPick={(name) => {
            setPlatform(name);
            show('all');
          }}
        />
      </section>
      <Tasks run={run} filter={filter} platform={platform} onFilter={setFilter} onPlatform={setPlatform} />
    </>
  );
}

/** Work over the archive that goes on beside the run, and rules that found far more or less in it than in the nights before. */
function Archive({ runId }: { runId: string }) {
  const words = useWords();
  const jobs = useJobs();
  const alarms = useAlarms(runId);
  const moving = jobs.data?.items.filter((job) => job.state === 'running' || job.kind === 'rescreen').slice(0, 3) ?? [];
  return (
    <>
      {alarms.data?.items.map((a) => (
        <p key={a.id} className="note warn">
          {a.up ? words.rules.up : words.rules.down} <Link href={`/rules/${a.rule}`}>{a.rule}</Link> <Platform id={a.platform} />{' '}
          {words.rules.alarm(a.day, a.hits, a.posts, a.expected.toFixed(1))}
        </p>
      ))}
      {moving.length > 0 ? (
        <section className="section">
          <h2>{words.rules.jobs}</h2>
          <Jobs jobs={moving} />
        </section>
      ) : null}
    </>
  );
}

function Verbs({ running, onStarted }: { running: RunRow | undefined; onStarted: (id: string) => void }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const may = useMay('run.start');
  const start = useStartRun();
  const stop = useStopRun();
  const [asking, setAsking] = useState(false);
  const tell = (failure: unknown) => void message.error(failureSentence(failure, language));
  return (
    <div className="tools">
      {may ? null : <span className="meta">{words.runs.noRight}</span>}
      {running ? (
        <Button disabled={!may} onClick={() => setAsking(true)}>
          {words.runs.stop}
        </Button>
      ) : (
        <Button
          type="primary"
          disabled={!may}
          loading={start.isPending}
          onClick={() =>
            start.mutate(undefined, {
              onSuccess: (run) => {
                void message.success(words.runs.started);
                onStarted(run.id);
              },
              onError: tell,
            })
          }
        >
          {words.runs.start}
        </Button>
      )}
      <Modal
        open={asking}
        title={words.runs.stopTitle}
        okText={words.runs.stop}
        cancelText={words.common.cancel}
        okButtonProps={{ loading: stop.isPending }}
        onCancel={() => setAsking(false)}
        onOk={() => running && stop.mutate(running.id, { onSettled: () => setAsking(false), onError: tell })}
        width={420}
      >
        <p>{words.runs.stopHint}</p>
      </Modal>
    </div>
  );
}

export default function RunsPage({ runId }: { runId: string | null }) {
  const words = useWords();
  const [, go] = useLocation();
  const runs = useRuns(true, 5_000);
  const shown = runId ?? tellingRun(runs.data?.items ?? [])?.id ?? null;
  const run = useRun(shown);
  const running = runs.data?.items.find((row) => row.state === 'running');
  return (
    <Needs capability="run.read">
      <main className="page">
        <div className="page-head">
          <h1>{words.runs.title}</h1>
          <Verbs running={running} onStarted={(id) => go(`/runs/${id}`)} />
        </div>
        <Answer query={runs}>
          {(list) =>
            shown === null ? (
              <Empty title={words.runs.empty} why={words.runs.emptyWhy} />
            ) : (
              <>
                <Answer query={run} skeleton={<Skeleton active paragraph={{ rows: 12 }} />}>
                  {(view) => <RunBody key={view.id} run={view} />}
                </Answer>
                <Archive runId={shown} />
                <History runs={list.items} shown={shown} />
              </>
            )
          }
        </Answer>
      </main>
    </Needs>
  );
}
