/** How posts have changed against the nights before, in plain words: what moved, where, and whether chance would do as much. */
import type { DriftList } from '../../../core/model/api-rule.ts';
import { useDrift } from '../../api/rules.ts';
import { Answer } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';

type Row = DriftList['items'][number];
const SHOWN = 8;
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

function DriftRow({ row }: { row: Row }) {
  const words = useWords();
  const w = words.rules.drift;
  const kindOf = (kind: string): string => (kind === 'none' ? w.none : ((words.labels.kind as Record<string, string>)[kind] ?? kind));
  const [measure = '', rest = ''] = row.measure.split('/');
  const name = measure === 'margin' ? w.measure.margin(kindOf(rest.split('@')[0] ?? '')) : (w.measure[measure as 'kind' | 'length' | 'score'] ?? measure);
  const bucketOf = (bucket: string): string => (measure === 'kind' ? kindOf(bucket) : bucket.replace(/\b0+(?=\d)/g, ''));
  return (
    <li className="pad">
      <span className={row.state === 'alarm' ? 'tag bad' : 'tag'}>{w.state[row.state]}</span> {row.platform === '' ? w.all : <Platform id={row.platform} />}{' '}
      {name} <span className="meta num">{w.figures(row.psi.toFixed(3), row.chance.toFixed(3), row.recent, row.reference)}</span>
      <div className="meta">{row.moved.map((m) => w.moved(bucketOf(m.bucket), percent(m.before), percent(m.now))).join(' · ')}</div>
    </li>
  );
}

export function Drift() {
  const w = useWords().rules.drift;
  const query = useDrift();
  return (
    <section className="section">
      <h2>{w.title}</h2>
      <Answer query={query}>
        {({ items, nights, against }) => (
          <>
            <p className="meta pad">{w.hint(nights, against)}</p>
            {items.length === 0 ? <p className="pad">{w.empty}</p> : null}
            <ul className="plain-list">
              {items.slice(0, SHOWN).map((row) => (
                <DriftRow key={`${row.platform} ${row.measure}`} row={row} />
              ))}
            </ul>
          </>
        )}
      </Answer>
    </section>
  );
}
