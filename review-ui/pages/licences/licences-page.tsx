/** The licence lists a look-up is made against: whose, of which date, how many rows, and how their columns were read. */
import type { LicenceListRow } from '../../../core/model/api.ts';
import { useLists } from '../../api/queries.ts';
import { Answer, Empty } from '../../parts/page-state.tsx';
import { useWords } from '../../text/language.tsx';
import { count, moment } from '../../text/when.ts';
import type { Words } from '../../text/zh-cn.ts';
import { ListDiff, ListReview } from './list-diff.tsx';

/** In use, waiting for a person, refused by one, or superseded. */
function standing(row: LicenceListRow, { licences }: Words): string {
  if (row.current) return licences.current;
  return row.review === 'waiting' ? licences.waiting : row.review === 'refused' ? licences.unused : licences.old;
}

function List({ row }: { row: LicenceListRow }) {
  const words = useWords();
  const c = words.licences.columns;
  return (
    <li className="licence-list">
      <div className="row">
        <b className="wrap">{row.label}</b>
        <span className={`tag${row.current ? ' accent' : row.review === 'waiting' ? ' bad' : ''}`}>{standing(row, words)}</span>
        <span className="meta wrap">{row.authority}</span>
      </div>
      <dl className="inline-facts">
        <div>
          <dt>{c.published}</dt>
          <dd>{row.publishedOn}</dd>
        </div>
        <div>
          <dt>{c.rows}</dt>
          <dd>{count(row.rows)}</dd>
        </div>
        <div>
          <dt>{c.rejected}</dt>
          <dd className={row.rejected ? 'warn' : undefined}>{count(row.rejected)}</dd>
        </div>
        <div>
          <dt>{c.imported}</dt>
          <dd>{moment(row.importedAt)}</dd>
        </div>
        <div>
          <dt>{words.licences.sha}</dt>
          <dd className="mono" title={row.sha256}>
            {row.sha256.slice(0, 16)}
          </dd>
        </div>
        {row.sourceUrl ? (
          <div>
            <dt>{words.licences.source}</dt>
            <dd className="mono wrap">{row.sourceUrl}</dd>
          </div>
        ) : null}
      </dl>
      <ListReview row={row} />
      <ListDiff row={row} />
      <details>
        <summary>
          {words.licences.mapping}{' '}
          <span className="meta">
            {words.licences.mappingBy[row.mappingBy]} · {words.licences.mappingHint}
          </span>
        </summary>
        <dl className="facts pad-y">
          {Object.entries(row.mapping).map(([field, column]) => (
            <div key={field} className="contents">
              <dt>{words.licences.fields[field] ?? field}</dt>
              <dd>{column}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}

export default function LicencesPage() {
  const words = useWords();
  const query = useLists();
  return (
    <main className="page">
      <div className="page-head">
        <h1>{words.licences.title}</h1>
      </div>
      <p className="meta">{words.licences.intro}</p>
      <Answer query={query}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={words.licences.empty} why={words.licences.emptyWhy} />
          ) : (
            <ul className="list bare" style={{ marginTop: 16 }}>
              {page.items.map((row) => (
                <List key={row.id} row={row} />
              ))}
            </ul>
          )
        }
      </Answer>
    </main>
  );
}
