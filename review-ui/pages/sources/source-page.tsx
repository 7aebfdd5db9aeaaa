/** One source: how it is visited, what came of its last walks as bars beside each other, and what could not be read. */
import { Button, Skeleton } from 'antd';
import { Link, useLocation } from 'wouter';
import type { SourceDetail } from '../../../core/model/api-source.ts';
import { addressOf } from '../../api/client.ts';
import { useSource } from '../../api/sources.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { OutcomeBar, OutcomeLegend, useOutcomeSentence } from '../../parts/outcome-bar.tsx';
import { Answer, Needs, useMay } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { SourceSwitch, toneOf } from './sources-page.tsx';

const total = (visit: SourceDetail['visits'][number]): number => Object.values(visit.outcomes).reduce((sum: number, n) => sum + (n ?? 0), 0);

function Visits({ visits }: { visits: SourceDetail['visits'] }) {
  const words = useWords();
  const w = words.sources.one;
  const say = useOutcomeSentence();
  const most = Math.max(1, ...visits.map(total));
  return (
    <section className="section">
      <h2>
        {w.visits} <OutcomeLegend />
      </h2>
      {visits.length === 0 ? <p className="meta pad-y">{w.noVisits}</p> : null}
      <ul className="list bare">
        {visits.map((visit) => (
          <li key={visit.runId} className="visit-row">
            <Link href={`/runs/${visit.runId}`} className="nowrap num">
              {moment(visit.at)}
            </Link>
            <span className={toneOf(visit.outcome)}>
              {visit.outcome ? words.labels.fetched[visit.outcome] : (words.labels.taskState[visit.state] ?? visit.state)}
            </span>
            <OutcomeBar outcomes={visit.outcomes} most={most} />
            <span className="meta visit-said">
              {say(visit.outcomes)}
              {visit.detail ? ` · ${visit.detail}` : ''}
            </span>
            <span className="num nowrap visit-posts">{words.sources.posts(visit.posts)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Unread({ unread }: { unread: SourceDetail['unread'] }) {
  const words = useWords();
  const w = words.sources.one;
  const may = useMay('evidence.unmask');
  return (
    <section className="section">
      <h2>
        {w.unread} <span className="meta">{unread.length || ''}</span>
      </h2>
      {unread.length === 0 ? <p className="meta pad-y">{w.allRead}</p> : null}
      <ul className="list bare">
        {unread.map((look) => (
          <li key={look.id} className="visit-row">
            <span className="meta nowrap num">{moment(look.at)}</span>
            <span className={toneOf(look.outcome)}>{words.labels.fetched[look.outcome]}</span>
            <span className="meta mono wrap visit-url">{look.url}</span>
            <span className="meta visit-said">{look.reason ?? ''}</span>
            <span className="visit-posts">
              {may && look.sealed ? (
                <a href={addressOf(`/captures/${look.id}/raw`)} target="_blank" rel="noreferrer">
                  {words.review.tabs.raw}
                </a>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ detail }: { detail: SourceDetail }) {
  const words = useWords();
  const w = words.sources;
  const { source } = detail;
  const rows: (readonly [string, string | null])[] = [
    [w.form.role, source.role === 'search' ? w.form.roles.search : w.form.roles.visit],
    [w.one.interval, source.nightly ? w.nightly : w.every(source.intervalHours)],
    [w.columns.last, source.lastVisitedAt ? moment(source.lastVisitedAt) : w.never],
    [w.columns.next, source.active ? moment(source.nextDueAt) : w.notDue],
    [w.one.hosts, detail.hosts.length > 0 ? detail.hosts.join(words.common.listSep) : null],
    [w.one.added, moment(source.createdAt)],
  ];
  return (
    <dl className="facts pad-y">
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

export default function SourcePage({ id }: { id: string }) {
  const words = useWords();
  const w = words.sources;
  const query = useSource(id);
  const may = useMay('source.manage');
  const [, go] = useLocation();
  useKeys({ escape: () => go('/sources') });
  return (
    <Needs capability="run.read">
      <main className="page">
        <Answer query={query} skeleton={<Skeleton active paragraph={{ rows: 10 }} />}>
          {(detail) => (
            <>
              <div className="page-head">
                <h1 className="wrap">{detail.source.name}</h1>
                <span className="meta">
                  <Platform id={detail.source.platform} />
                </span>
                <span className={`tag${detail.source.active ? '' : ' bad'}`}>{detail.source.active ? w.active : w.paused}</span>
                <span className={toneOf(detail.source.lastOutcome)}>{detail.source.lastOutcome ? words.labels.fetched[detail.source.lastOutcome] : ''}</span>
                <div className="tools">
                  <Link href="/sources">{w.one.back}</Link>
                  {may && detail.board !== null ? <Button onClick={() => go(`/sources/${id}/board`)}>{w.board.edit}</Button> : null}
                  <SourceSwitch row={detail.source} may={may} />
                </div>
              </div>
              <p className="meta mono wrap">{detail.source.url}</p>
              <Facts detail={detail} />
              <Visits visits={detail.visits} />
              <Unread unread={detail.unread} />
              {detail.board === null ? null : (
                <section className="section">
                  <h2>{w.board.title}</h2>
                  <pre className="raw">{detail.board}</pre>
                </section>
              )}
              {detail.source.lastVisitedAt === null && detail.visits.length === 0 ? <p className="meta gap-top">{w.one.first}</p> : null}
            </>
          )}
        </Answer>
      </main>
    </Needs>
  );
}
