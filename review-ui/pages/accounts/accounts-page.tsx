/** All accounts that were seen, riskiest first, with what the licence lists say of them. */
import { Link, useLocation } from 'wouter';
import { LICENCE_VERDICTS } from '../../../core/model/licence.ts';
import { POST_LEVELS } from '../../../core/model/taxonomy.ts';
import { rowsOf, useAccounts } from '../../api/queries.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { FilterPick, FilterSearch, useFilters } from '../../parts/filters.tsx';
import { LevelMark } from '../../parts/level-mark.tsx';
import { Answer, Empty, ListEnd, Needs } from '../../parts/page-state.tsx';
import { Licence, Platform, Score } from '../../parts/small.tsx';
import { usePlatforms } from '../../parts/use-platforms.ts';
import { useWords } from '../../text/language.tsx';
import { count, moment } from '../../text/when.ts';

type Field = 'platform' | 'verdict' | 'level' | 'run' | 'found' | 'q';
const FIELDS: readonly Field[] = ['platform', 'verdict', 'level', 'run', 'found', 'q'];

function Rows({ filter }: { filter: Partial<Record<Field, string>> }) {
  const words = useWords();
  const [, go] = useLocation();
  const query = useAccounts(filter);
  const rows = rowsOf(query.data);
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  const cursor = useCursor<HTMLDivElement>(rows.length, (i) => rows[i] && go(`/accounts/${rows[i].id}`), more);
  const c = words.accounts.columns;
  return (
    <Answer query={query}>
      {() =>
        rows.length === 0 ? (
          <Empty title={words.accounts.empty} why={words.accounts.emptyWhy} />
        ) : (
          <>
            <div className="head account-grid wide-only" aria-hidden="true">
              <span />
              <span>{c.name}</span>
              <span>{c.subject}</span>
              <span>{c.licence}</span>
              <span className="num">{c.posts}</span>
              <span>{c.score}</span>
              <span>{c.seen}</span>
            </div>
            <div className="list" ref={cursor.list}>
              {rows.map((row, i) => (
                <Link key={row.id} href={`/accounts/${row.id}`} data-row={row.id} className={`item account-grid${i === cursor.index ? ' cursor' : ''}`}>
                  <LevelMark level={row.level} />
                  <span className="case-who">
                    <span className="clip" title={row.name}>
                      {row.name}
                    </span>
                    <span className="meta clip">
                      <Platform id={row.platform} />
                      {row.status === 'active' || row.status === 'unknown' ? '' : ` · ${words.labels.accountStatus[row.status]}`}
                      {row.banned ? ` · ${words.accounts.banned}` : ''}
                    </span>
                  </span>
                  <span className="account-subject">
                    <span className="clip" title={row.subjectName ?? undefined}>
                      {row.subjectName ?? '—'}
                    </span>
                    <span className="meta clip">{words.labels.subjectType[row.subjectType]}</span>
                  </span>
                  <span className="clip account-licence">
                    <Licence verdict={row.licenceVerdict} sentence={row.licenceSentence} />
                  </span>
                  <span className="num wide-only">{count(row.postCount)}</span>
                  <span className="account-score">
                    <Score value={row.score} />
                  </span>
                  <span className="meta nowrap wide-only">{moment(row.lastSeenAt)}</span>
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

export default function AccountsPage() {
  const words = useWords();
  const platforms = usePlatforms();
  const { filter, set, drop } = useFilters(FIELDS);
  return (
    <Needs capability="account.read">
      <main className="page">
        <div className="page-head">
          <h1>{words.accounts.title}</h1>
        </div>
        <search className="sentence">
          <FilterPick
            value={filter.platform}
            blank={words.queue.anyPlatform}
            options={platforms.map((row) => ({ value: row.id, label: row.name }))}
            onChange={(value) => set('platform', value)}
          />
          <FilterPick
            value={filter.verdict}
            blank={words.accounts.anyVerdict}
            options={LICENCE_VERDICTS.map((value) => ({ value, label: words.labels.licence[value] }))}
            onChange={(value) => set('verdict', value)}
          />
          <FilterPick
            value={filter.level}
            blank={words.accounts.anyLevel}
            options={POST_LEVELS.map((value) => ({ value, label: words.labels.level[value] }))}
            onChange={(value) => set('level', value)}
          />
          <FilterSearch value={filter.q} label={words.accounts.search} width={240} onSearch={(text) => set('q', text)} />
          {filter.run ? (
            <button type="button" className="plain chip on" onClick={() => drop('run', 'found')}>
              {words.accounts.ofRun[filter.found === 'findings' || filter.found === 'newFindings' ? filter.found : 'all']} ×
            </button>
          ) : null}
        </search>
        <Rows filter={filter} />
      </main>
    </Needs>
  );
}
