/** The board of notices: columns by who must act next, overdue first, one platform or all; one opens in a drawer. */
import { Drawer, Select } from 'antd';
import { Link, useLocation, useSearchParams } from 'wouter';
import type { NoticeRow } from '../../../core/model/api.ts';
import { rowsOf, useNotices } from '../../api/queries.ts';
import { Answer, Empty, ListEnd, Needs } from '../../parts/page-state.tsx';
import { NoticeStateTag, Platform } from '../../parts/small.tsx';
import { usePlatforms } from '../../parts/use-platforms.ts';
import { useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { GROUPS, groupOf } from './groups.ts';
import { NoticeDetail } from './notice-detail.tsx';

const late = (row: NoticeRow): number => (row.overdue ? 0 : 1);
const order = (a: NoticeRow, b: NoticeRow): number => late(a) - late(b) || b.createdAt.localeCompare(a.createdAt);

function Slip({ row }: { row: NoticeRow }) {
  const words = useWords();
  const due = row.acknowledgedAt ? row.actDue : row.ackDue;
  return (
    <li>
      <Link href={`/notices/${row.id}`} className="slip" data-row={row.id}>
        <span className="row">
          <NoticeStateTag state={row.state} />
          {row.overdue ? <b className="alert">{row.overdue === 'ack' ? words.notices.overdueAck : words.notices.overdueAct}</b> : null}
        </span>
        <span className="block wrap name">{row.account.name}</span>
        <span className="meta block clip">
          <Platform id={row.platform} /> · {words.labels.measure[row.measure]}
        </span>
        <span className="meta block clip mono">{row.number}</span>
        {row.lastError ? (
          <span className="meta block wrap">
            {row.lastError}
            {row.nextAttemptAt ? ` · ${words.notices.nextAttempt(moment(row.nextAttemptAt))}` : ''}
          </span>
        ) : null}
        {due && groupOf(row.state) !== 'done' && groupOf(row.state) !== 'checking' ? (
          <span className="meta block">{words.notices.due(moment(due))}</span>
        ) : null}
        {row.verdict ? <span className={`meta block${row.verdict === 'still_live' ? ' alert' : ''}`}>{words.labels.verdict[row.verdict]}</span> : null}
      </Link>
    </li>
  );
}

function Columns({ rows }: { rows: readonly NoticeRow[] }) {
  const words = useWords();
  return (
    <div className="board">
      {GROUPS.map((group) => {
        const inside = rows.filter((row) => groupOf(row.state) === group).sort(order);
        return (
          <section key={group} data-group={group} data-empty={inside.length === 0 || undefined}>
            <h2 title={words.notices.groupHint[group]}>
              {words.notices.groups[group]} <span className="num meta">{inside.length}</span>
            </h2>
            <ul>
              {inside.map((row) => (
                <Slip key={row.id} row={row} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

export default function NoticesPage({ noticeId }: { noticeId: string | null }) {
  const words = useWords();
  const [, go] = useLocation();
  const [params, setParams] = useSearchParams();
  const platforms = usePlatforms();
  const platform = params.get('platform') ?? undefined;
  const overdue = params.get('overdue') === 'true' ? 'true' : undefined;
  const query = useNotices({ platform, overdue, limit: 200 });
  const rows = rowsOf(query.data);
  const set = (name: string, value: string | undefined) =>
    setParams((now) => {
      const next = new URLSearchParams(now);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  return (
    <Needs capability="notice.read">
      <main className="page wide">
        <div className="page-head">
          <h1>{words.notices.title}</h1>
          <search className="sentence">
            <Select
              variant="borderless"
              size="small"
              className={platform ? 'said' : 'unsaid'}
              value={platform ?? ''}
              aria-label={words.common.platform}
              popupMatchSelectWidth={180}
              options={[{ value: '', label: words.queue.anyPlatform }, ...platforms.map((row) => ({ value: row.id, label: row.name }))]}
              onChange={(value) => set('platform', value || undefined)}
            />
            <label className="row">
              <input type="checkbox" checked={overdue === 'true'} onChange={(event) => set('overdue', event.target.checked ? 'true' : undefined)} />{' '}
              {words.notices.overdueOnly}
            </label>
          </search>
        </div>
        <Answer query={query}>
          {() =>
            rows.length === 0 ? (
              <Empty title={platform || overdue ? words.notices.emptyFiltered : words.notices.empty} why={words.notices.emptyWhy} />
            ) : (
              <>
                <Columns rows={rows} />
                <ListEnd n={rows.length} more={query.hasNextPage} busy={query.isFetchingNextPage} onMore={() => void query.fetchNextPage()} words={words} />
              </>
            )
          }
        </Answer>
        <Drawer
          open={noticeId !== null}
          onClose={() => go('/notices')}
          size={760}
          title={null}
          closable={false}
          destroyOnHidden
          // on a phone the notice is the whole page; without this its left side lies outside
          styles={{ body: { padding: 0 }, wrapper: { maxWidth: '100vw' } }}
        >
          {noticeId ? <NoticeDetail id={noticeId} onClose={() => go('/notices')} /> : null}
        </Drawer>
      </main>
    </Needs>
  );
}
