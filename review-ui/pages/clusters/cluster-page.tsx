/** One cluster: who may be one party, what joins them as a picture and as a list, and what became of it over time. */
import { Skeleton } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ClusterView, SharedThingView } from '../../../core/model/api-network.ts';
import { useCluster } from '../../api/queries.ts';
import { LevelMark } from '../../parts/level-mark.tsx';
import { Answer, Needs, useMay } from '../../parts/page-state.tsx';
import { Licence, Platform, Score } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { day, moment } from '../../text/when.ts';
import type { Words } from '../../text/zh-cn.ts';
import { ClusterGraph } from './graph.tsx';
import { Things } from './things.tsx';

/** What an account shares in one line: texts and pictures by their number, everything else by name. */
function tellShared(things: readonly SharedThingView[], words: Words): string {
  const copied = (kind: 'text' | 'picture') => {
    const n = things.filter((thing) => thing.kind === kind).length;
    return n > 1
      ? [`${words.network.kind[kind]} ${words.network.several(n)}`]
      : things.filter((thing) => thing.kind === kind).map((thing) => `${words.network.kind[kind]} ${thing.label}`);
  };
  const named = things.filter((thing) => thing.kind !== 'text' && thing.kind !== 'picture').map((thing) => `${words.network.kind[thing.kind]} ${thing.label}`);
  return [...named, ...copied('picture'), ...copied('text')].join(words.common.listSep);
}

function Members({ view, focus, onFocus }: { view: ClusterView; focus: string | null; onFocus: (id: string | null) => void }) {
  const words = useWords();
  const mayCases = useMay('case.read');
  return (
    <ul className="list bare">
      {view.accounts.map((row) => {
        const shared = view.things.filter((thing) => !thing.ignored && thing.holders.some((h) => h.accountId === row.id));
        return (
          <li
            key={row.id}
            className={`member${focus === row.id || shared.some((thing) => thing.id === focus) ? ' cursor' : ''}`}
            onMouseEnter={() => onFocus(row.id)}
            onMouseLeave={() => onFocus(null)}
          >
            <LevelMark level={row.level} />
            <div className="grow">
              <p>
                <Link href={`/accounts/${row.id}`} className="wrap">
                  {row.name}
                </Link>{' '}
                {row.banned ? <span className="tag bad">{words.accounts.banned}</span> : null}{' '}
                {row.status === 'suspended' ? <span className="tag">{words.labels.accountStatus[row.status]}</span> : null}{' '}
                {mayCases && row.case ? (
                  <Link href={`/cases/${row.case.id}`} className="nowrap">
                    {row.case.number}
                  </Link>
                ) : null}
              </p>
              <p className="meta wrap">
                <Platform id={row.platform} /> · {row.subjectName ?? words.labels.subjectType[row.subjectType]} · <Licence verdict={row.licenceVerdict} /> ·{' '}
                {words.network.joined(day(row.joinedAt))}
              </p>
              <p className="meta wrap">{tellShared(shared, words)}</p>
            </div>
            <Score value={row.score} />
          </li>
        );
      })}
    </ul>
  );
}

function History({ view }: { view: ClusterView }) {
  const words = useWords();
  return (
    <ul className="list bare">
      {view.events.map((event) => (
        <li key={event.id} className="pad-y">
          <span className="meta nowrap">{moment(event.at)}</span> <b>{words.network.action[event.action]}</b>{' '}
          <span className="wrap">{event.accounts.map((a) => a.name).join(words.common.listSep)}</span>{' '}
          {event.otherId ? <Link href={`/clusters/${event.otherId}`}>{words.network.toOther}</Link> : null}{' '}
          <span className="meta">{words.network.sizeAfter(event.size)}</span>
        </li>
      ))}
    </ul>
  );
}

function Ended({ view }: { view: ClusterView }) {
  const words = useWords();
  if (view.state === 'live') return null;
  return (
    <p className="warn">
      {view.state === 'merged' ? words.network.merged : words.network.dissolved}{' '}
      {view.mergedInto ? <Link href={`/clusters/${view.mergedInto}`}>{words.network.toOther}</Link> : null}
    </p>
  );
}

export default function ClusterPage({ id }: { id: string }) {
  const words = useWords();
  const query = useCluster(id);
  const [focus, setFocus] = useState<string | null>(null);
  return (
    <Needs capability="account.read">
      <main className="page">
        <Answer query={query} skeleton={<Skeleton active paragraph={{ rows: 12 }} />}>
          {(view) => (
            <>
              <div className="page-head">
                <h1>{words.network.title}</h1>
                <span>{words.network.headline(view.size, day(view.firstSeenAt))}</span>
                {view.accounts.some((a) => a.banned) ? (
                  <span className="tag bad">{words.network.bannedOf(view.accounts.filter((a) => a.banned).length)}</span>
                ) : null}
                <span className="nowrap">
                  {words.network.columns.score} <b>{view.topScore}</b>
                </span>
              </div>
              <Ended view={view} />
              {view.accounts.length > 1 ? (
                <section className="section">
                  <h2>
                    {words.network.picture} <span className="meta wide-only">{words.network.hint}</span>
                  </h2>
                  <ClusterGraph view={view} focus={focus} onFocus={setFocus} />
                </section>
              ) : null}
              <div className="cols">
                <section className="section">
                  <h2>
                    {words.network.accounts} <span className="meta">{view.accounts.length || ''}</span>
                  </h2>
                  <Members view={view} focus={focus} onFocus={setFocus} />
                </section>
                <section className="section">
                  <h2>
                    {words.network.things} <span className="meta">{view.things.length || ''}</span>
                  </h2>
                  <Things view={view} focus={focus} onFocus={setFocus} />
                </section>
              </div>
              <section className="section">
                <h2>{words.network.history}</h2>
                <History view={view} />
              </section>
            </>
          )}
        </Answer>
      </main>
    </Needs>
  );
}
