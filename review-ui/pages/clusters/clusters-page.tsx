/** All clusters, the one with the riskiest account first: who, what they share, how many, since when. */
import { Link, useLocation } from 'wouter';
import { rowsOf, useClusters } from '../../api/queries.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { LevelMark } from '../../parts/level-mark.tsx';
import { Answer, Empty, ListEnd, Needs } from '../../parts/page-state.tsx';
import { Score } from '../../parts/small.tsx';
import { usePlatformName } from '../../parts/use-platforms.ts';
import { useWords } from '../../text/language.tsx';
import { count, day } from '../../text/when.ts';

function Rows() {
  const words = useWords();
  const [, go] = useLocation();
  const nameOf = usePlatformName();
  const query = useClusters();
  const rows = rowsOf(query.data);
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  const cursor = useCursor<HTMLDivElement>(rows.length, (i) => rows[i] && go(`/clusters/${rows[i].id}`), more);
  const c = words.network.columns;
  return (
    <Answer query={query}>
      {() =>
        rows.length === 0 ? (
          <Empty title={words.network.empty} why={words.network.emptyWhy} />
        ) : (
          <>
            <div className="head cluster-grid wide-only" aria-hidden="true">
              <span />
              <span>{c.accounts}</span>
              <span>{c.shared}</span>
              <span className="num">{c.size}</span>
              <span>{c.score}</span>
              <span>{c.first}</span>
              <span>{c.changed}</span>
            </div>
            <div className="list" ref={cursor.list}>
              {rows.map((row, i) => (
                <Link key={row.id} href={`/clusters/${row.id}`} data-row={row.id} className={`item cluster-grid${i === cursor.index ? ' cursor' : ''}`}>
                  <LevelMark level={row.accounts[0]?.level ?? 'none'} />
                  <span className="case-who">
                    <span className="clip" title={row.accounts.map((a) => a.name).join(words.common.listSep)}>
                      {row.accounts.map((a) => a.name).join(words.common.listSep)}
                    </span>
                    <span className="meta clip">
                      {row.banned > 0 ? <span className="alert">{words.network.bannedOf(row.banned)} · </span> : null}
                      {words.network.andMore(row.size)} · {row.platforms.map(nameOf).join(words.common.listSep)}
                    </span>
                  </span>
                  <span className="cluster-shared">
                    {row.shared.map((thing) => (
                      <span key={`${thing.kind} ${thing.label}`} className="clip">
                        <span className="meta">{words.network.kind[thing.kind]}</span> {thing.label}{' '}
                        <span className="meta">{words.network.held(thing.accounts)}</span>
                      </span>
                    ))}
                  </span>
                  <span className="num wide-only">{count(row.size)}</span>
                  <span className="cluster-score">
                    <Score value={row.topScore} />
                  </span>
                  <span className="meta nowrap wide-only">{day(row.firstSeenAt)}</span>
                  <span className="meta nowrap wide-only">{day(row.changedAt)}</span>
                </Link>
              ))}
            </div>
            <ListEnd n={rows.length} more={query.hasNextPage} busy={query.isFetchingNextPage} onMore={more} words={words} />
          </>
        )
      }
    </Answer>
  );
}

export default function ClustersPage() {
  const words = useWords();
  return (
    <Needs capability="account.read">
      <main className="page">
        <div className="page-head">
          <h1>{words.network.title}</h1>
          <span className="meta">{words.network.hint}</span>
        </div>
        <Rows />
      </main>
    </Needs>
  );
}
