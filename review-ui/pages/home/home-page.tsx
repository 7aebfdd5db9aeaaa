/** The desk: one big next case, what I hold, what waits, what came back, what is late, and how last night went. */
import { App, Button } from 'antd';
import { Link, useLocation } from 'wouter';
import type { QueueRow } from '../../../core/model/api.ts';
import { useCounts, useQueueTop, useRun, useRuns } from '../../api/queries.ts';
import { useTakeNext } from '../../api/writes.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { CaseRow } from '../../parts/case-row.tsx';
import { Answer, failureSentence, RowsSkeleton, useCurrentUser, useMay } from '../../parts/page-state.tsx';
import { tellingRun } from '../../parts/telling-run.ts';
import { useLanguage, useWords } from '../../text/language.tsx';
import { count, moment } from '../../text/when.ts';

function Counts() {
  const words = useWords();
  const counts = useCounts().data;
  const cells = [
    { name: words.home.openCases, n: counts?.byState.open, href: '/queue?state=open' },
    { name: words.home.inReview, n: counts?.byState.in_review, href: '/queue?state=in_review' },
    { name: words.home.proposed, n: counts?.byState.proposed, href: '/approvals' },
    { name: words.home.enforcing, n: counts?.byState.enforcing, href: '/queue?state=enforcing' },
    { name: words.home.overdue, n: counts?.overdue, href: '/queue?overdue=true', bad: true },
    { name: words.home.notices, n: counts?.noticesNeedingMe, href: '/notices' },
  ];
  return (
    <ul className="figures">
      {cells.map((cell) => (
        <li key={cell.name}>
          <Link href={cell.href}>
            <span className={`figure${cell.bad && cell.n ? ' alert' : ''}`}>{counts === undefined ? '—' : count(cell.n ?? 0)}</span>
            <span className="meta">{cell.name}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Rows({ title, rows, empty, all }: { title: string; rows: readonly QueueRow[]; empty: string; all?: { n: number; href: string } }) {
  const words = useWords();
  return (
    <section className="section">
      <h2>
        {title} {all && all.n > rows.length ? <Link href={all.href}>{words.home.all(all.n)}</Link> : <span className="meta">{rows.length || ''}</span>}
      </h2>
      {rows.length ? (
        <div className="list">
          {rows.map((row) => (
            <CaseRow key={row.id} row={row} />
          ))}
        </div>
      ) : (
        <p className="meta" style={{ padding: '8px 0' }}>
          {empty}
        </p>
      )}
    </section>
  );
}

function LastRun() {
  const words = useWords();
  const runs = useRuns();
  const first = tellingRun(runs.data?.items ?? []);
  const run = useRun(first?.id ?? null);
  return (
    <section className="section">
      <h2>
        {words.home.lastRun} {first ? <span className="meta">{moment(first.startedAt)}</span> : null}
      </h2>
      {first ? (
        <p style={{ padding: '8px 0' }}>
          {run.data?.sentence ?? '…'} <Link href={`/runs/${first.id}`}>{words.common.detail}</Link>
        </p>
      ) : (
        <p className="meta" style={{ padding: '8px 0' }}>
          {words.home.noRun}
        </p>
      )}
    </section>
  );
}

/** What is mine, split by what it asks of me. */
function Mine() {
  const words = useWords();
  const mine = useQueueTop({ mine: 'true' });
  const back = useQueueTop({ returned: 'true' });
  return (
    <Answer query={mine} skeleton={<RowsSkeleton rows={4} />}>
      {(page) => {
        const held = page.items.filter((row) => row.state === 'in_review');
        const waiting = page.items.filter((row) => row.state === 'waiting');
        const returned = back.data?.items ?? [];
        const ids = new Set(returned.map((row) => row.id));
        return (
          <>
            {returned.length ? <Rows title={words.home.returned} rows={returned} empty={words.home.emptyList} /> : null}
            <Rows title={words.home.mine} rows={held.filter((row) => !ids.has(row.id))} empty={words.home.emptyMine} />
            {waiting.length ? <Rows title={words.home.waiting} rows={waiting} empty={words.home.emptyList} /> : null}
          </>
        );
      }}
    </Answer>
  );
}

function Pile({ state, title }: { state: 'open' | 'proposed'; title: string }) {
  const words = useWords();
  const query = useQueueTop({ state, limit: 8 });
  const n = useCounts().data?.byState[state] ?? 0;
  const href = state === 'proposed' ? '/approvals' : `/queue?state=${state}`;
  return (
    <Answer query={query} skeleton={<RowsSkeleton rows={4} />}>
      {(page) => <Rows title={title} rows={page.items} empty={words.home.emptyList} all={{ n, href }} />}
    </Answer>
  );
}

export default function HomePage() {
  const { words, language } = useLanguage();
  const me = useCurrentUser();
  const { message } = App.useApp();
  const [, go] = useLocation();
  const mayRead = useMay('case.read');
  const mayReview = useMay('case.review');
  const mayApprove = useMay('case.approve');
  const mayRuns = useMay('run.read');
  const next = useTakeNext();
  const take = () => {
    if (!mayReview || next.isPending) return;
    next.mutate(undefined, {
      onSuccess: (id) => (id ? go(`/cases/${id}`) : void message.info(words.queue.nothing)),
      onError: (failure) => void message.error(failureSentence(failure, language)),
    });
  };
  useKeys(mayReview ? { open: take } : {});
  return (
    <main className="page">
      <div className="page-head">
        <h1>{words.nav.home}</h1>
        <span className="meta">
          {me.name} · {me.roles.map((role) => words.roles[role] ?? role).join(words.common.listSep)}
        </span>
      </div>
      {mayReview ? (
        <div className="next-one">
          <Button type="primary" size="large" onClick={take} loading={next.isPending}>
            {words.home.next}
          </Button>
          <span className="meta">
            {words.home.nextHint} <kbd>Enter</kbd>
          </span>
        </div>
      ) : null}
      {mayRead ? <Counts /> : null}
      {mayReview ? <Mine /> : null}
      {mayApprove ? <Pile state="proposed" title={words.home.proposed} /> : null}
      {mayRead && !mayApprove ? <Pile state="open" title={words.home.openCases} /> : null}
      {mayRuns ? <LastRun /> : null}
    </main>
  );
}
