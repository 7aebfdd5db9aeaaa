/** What a list changes against the one before it, and the choice of a person where it takes much away. */
import { App, Button } from 'antd';
import type { LicenceListRow } from '../../../core/model/api.ts';
import { useListReview } from '../../api/writes.ts';
import { failureSentence, useMay } from '../../parts/page-state.tsx';
import { useLanguage, useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';

function Names({ title, total, names }: { title: string; total: number; names: readonly string[] }) {
  const words = useWords();
  if (total === 0) return null;
  return (
    <div>
      <p className="meta">{title}</p>
      <ul className="bare diff-names">
        {names.map((name) => (
          <li key={name} className="wrap">
            {name}
          </li>
        ))}
        {total > names.length ? <li className="meta">{words.licences.more(total - names.length)}</li> : null}
      </ul>
    </div>
  );
}

export function ListDiff({ row }: { row: LicenceListRow }) {
  const words = useWords();
  const { diff } = row;
  if (!diff) return null;
  const { added, removed, changed, samples } = diff;
  return (
    <details open={row.review === 'waiting'}>
      <summary>
        {words.licences.diff(diff.againstLabel, diff.againstPublishedOn)} {words.licences.added(added)} ·{' '}
        <span className={row.review === 'waiting' ? 'warn' : undefined}>{words.licences.removed(removed)}</span> · {words.licences.changed(changed)}
      </summary>
      <div className="diff-lists pad-y">
        <Names title={words.licences.removed(removed)} total={removed} names={samples.removed} />
        <Names title={words.licences.added(added)} total={added} names={samples.added} />
        <Names title={words.licences.changed(changed)} total={changed} names={samples.changed.map((c) => `${c.name}（${c.what}）`)} />
      </div>
    </details>
  );
}

/** Use it or not: shown while the list waits; afterwards who decided. */
export function ListReview({ row }: { row: LicenceListRow }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const may = useMay('licence.import');
  const review = useListReview((failure) => void message.error(failureSentence(failure, language)));
  const decide = (accept: boolean) => review.mutate({ id: row.id, accept }, { onSuccess: () => void message.success(words.licences.done) });
  if (row.review === null) return null;
  if (row.review !== 'waiting') {
    const told = row.review === 'accepted' ? words.licences.accepted : words.licences.refused;
    return <p className="meta">{told(row.reviewedBy ?? '', moment(row.reviewedAt))}</p>;
  }
  return (
    <div className="stack">
      <p className="warn">{words.licences.waitingWhy}</p>
      <div className="row">
        <Button type="primary" disabled={!may} loading={review.isPending} onClick={() => decide(true)}>
          {words.licences.accept}
        </Button>
        <Button disabled={!may || review.isPending} onClick={() => decide(false)}>
          {words.licences.refuse}
        </Button>
        {may ? null : <span className="meta">{words.licences.noRight}</span>}
      </div>
    </div>
  );
}
