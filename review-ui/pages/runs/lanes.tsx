/** One lane a platform, one column a minute: pages, posts, walls and errors as thin ticks on a shared clock. */
import type { RunView } from '../../../core/model/api-run.ts';
import { OutcomeBar, OutcomeLegend } from '../../parts/outcome-bar.tsx';
import { Platform } from '../../parts/small.tsx';
import { usePlatformName } from '../../parts/use-platforms.ts';
import { useWords } from '../../text/language.tsx';
import { count, moment } from '../../text/when.ts';

type Lane = RunView['lanes'][number];
const KINDS = ['pages', 'posts', 'walls', 'errors'] as const;
const WIDTH = 720;
const HEIGHT = 32;
const GAP = 1;

/** Minutes grouped so that a whole night still fits: at most 240 columns. */
export function columnsOf(ticks: Lane['ticks'], minutes: number): { from: number; pages: number; posts: number; walls: number; errors: number }[] {
  const step = Math.max(1, Math.ceil(minutes / 240));
  const columns = new Map<number, { from: number; pages: number; posts: number; walls: number; errors: number }>();
  for (const tick of ticks) {
    const from = Math.floor(tick.minute / step) * step;
    const column = columns.get(from) ?? { from, pages: 0, posts: 0, walls: 0, errors: 0 };
    for (const kind of KINDS) column[kind] += tick[kind];
    columns.set(from, column);
  }
  return [...columns.values()].sort((a, b) => a.from - b.from);
}

function LaneChart({ lane, minutes }: { lane: Lane; minutes: number }) {
  const words = useWords();
  const name = usePlatformName()(lane.platform);
  const columns = columnsOf(lane.ticks, minutes);
  const step = Math.max(1, Math.ceil(minutes / 240));
  const width = Math.min(8, Math.max(2, (WIDTH / Math.max(1, minutes)) * step - GAP));
  const most = Math.max(1, ...columns.map((column) => Math.max(column.pages, column.posts)));
  const tall = (n: number) => (n === 0 ? 0 : Math.max(2, (n / most) * (HEIGHT - 6)));
  return (
    <svg
      className="ticks"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${name}: ${words.runs.legend.pages} ${lane.counts.pages}, ${words.runs.legend.walls} ${lane.counts.walls}`}
    >
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className="axis" />
      {columns.map((column) => {
        const x = (column.from / Math.max(1, minutes)) * WIDTH;
        const half = width / 2;
        return (
          <g key={column.from}>
            <title>
              {words.runs.minute(column.from + 1)} {KINDS.map((kind) => `${words.runs.legend[kind]} ${column[kind]}`).join(' · ')}
            </title>
            <rect x={x} y={0} width={width + GAP} height={HEIGHT} fill="transparent" />
            <rect x={x} y={HEIGHT - tall(column.pages)} width={half} height={tall(column.pages)} className="tick-pages" />
            <rect x={x + half} y={HEIGHT - tall(column.posts)} width={half} height={tall(column.posts)} className="tick-posts" />
            {column.walls ? <rect x={x} y={0} width={width} height={3} className="tick-walls" /> : null}
            {column.errors ? <rect x={x} y={column.walls ? 4 : 0} width={width} height={3} className="tick-errors" /> : null}
          </g>
        );
      })}
    </svg>
  );
}

export function Lanes({ run, onPick }: { run: RunView; onPick: (platform: string) => void }) {
  const words = useWords();
  const end = run.endedAt ? new Date(run.endedAt).getTime() : Date.now();
  const spent = Math.ceil((end - new Date(run.startedAt).getTime()) / 60_000);
  const minutes = Math.max(5, spent, ...run.lanes.flatMap((lane) => lane.ticks.map((tick) => tick.minute + 1)));
  return (
    <div className="lanes">
      {run.lanes.map((lane) => (
        <div key={lane.platform} className="lane">
          <button type="button" className="plain lane-name" onClick={() => onPick(lane.platform)}>
            <span className="clip link block">
              <Platform id={lane.platform} />
            </span>
            <span className="meta">{words.runs.laneDone(lane.done, lane.sources)}</span>
          </button>
          <span className="lane-charts">
            <LaneChart lane={lane} minutes={minutes} />
            <OutcomeBar outcomes={lane.outcomes} />
          </span>
          <span className="num lane-sum">
            {count(lane.counts.posts)} <span className="meta">{words.runs.counts.posts}</span>
            {lane.counts.walls ? (
              <span className="meta">
                {' '}
                · {words.runs.legend.walls} {lane.counts.walls}
              </span>
            ) : null}
            {lane.counts.errors ? (
              <span className="warn">
                {' '}
                · {words.runs.legend.errors} {lane.counts.errors}
              </span>
            ) : null}
          </span>
        </div>
      ))}
      <div className="lane lane-axis meta">
        <span />
        <span className="row">
          <span>{moment(run.startedAt)}</span>
          <span className="grow legend">
            {KINDS.map((kind) => (
              <span key={kind}>
                <i className={`swatch tick-${kind}`} /> {words.runs.legend[kind]}
              </span>
            ))}
          </span>
          <span>{moment(new Date(new Date(run.startedAt).getTime() + minutes * 60_000).toISOString())}</span>
        </span>
        <span />
      </div>
      <p className="meta lane-outcomes">
        {words.runs.outcomes} <OutcomeLegend />
      </p>
    </div>
  );
}
