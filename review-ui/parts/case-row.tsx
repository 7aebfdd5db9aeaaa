/** One case as one row: what it is, whose, the words that hook, the licence, how sure, how long. */
import { Link } from 'wouter';
import type { QueueRow } from '../../core/model/api.ts';
import { useWords } from '../text/language.tsx';
import { familyOf, LevelMark, Quote } from './level-mark.tsx';
import { CaseStateTag, Due, Licence, Platform, Score } from './small.tsx';

export function CaseRowHead() {
  const words = useWords();
  const c = words.queue.columns;
  return (
    <div className="head case-grid wide-only" aria-hidden="true">
      <span />
      <span>{c.account}</span>
      <span>{c.hook}</span>
      <span>{c.licence}</span>
      <span>{c.score}</span>
      <span>{c.due}</span>
      <span>{c.holder}</span>
    </div>
  );
}

export function CaseRow({ row, cursor = false, href, onPoint }: { row: QueueRow; cursor?: boolean; href?: string; onPoint?: () => void }) {
  const words = useWords();
  const subject = row.account.subjectName;
  return (
    <Link
      href={href ?? `/cases/${row.id}`}
      className={`item case-grid${cursor ? ' cursor' : ''}`}
      data-row={row.id}
      aria-current={cursor || undefined}
      onMouseEnter={onPoint}
    >
      <LevelMark level={row.level} family={row.hookKind ? familyOf(row.hookKind) : row.kinds[0] ? familyOf(row.kinds[0]) : undefined} />
      <span className="case-who">
        <span className="clip" title={row.account.name}>
          {row.account.name}
        </span>
        <span className="meta clip" title={subject ?? undefined}>
          <Platform id={row.account.platform} />
          {subject && subject !== row.account.name ? ` · ${subject}` : ''}
        </span>
      </span>
      <span className="case-hook">
        <span className="clip" title={row.hook ?? undefined}>
          {row.hook ? (
            row.hookKind ? (
              <Quote kind={row.hookKind} level={row.level}>
                {row.hook}
              </Quote>
            ) : (
              row.hook
            )
          ) : (
            <span className="meta">{words.queue.noQuote}</span>
          )}
        </span>
        <span className="meta clip">
          {row.number} · {row.hookKind ? words.labels.kind[row.hookKind] : row.kinds.map((kind) => words.labels.kind[kind]).join(words.common.listSep)}
          {row.findingCount > 1 ? ` · ${words.queue.findings(row.findingCount)}` : ''}
        </span>
      </span>
      <span className="case-licence clip">
        <Licence verdict={row.licenceVerdict} />
      </span>
      <span className="case-score">
        <Score value={row.priority} />
      </span>
      <span className="case-due">
        <Due daysLeft={row.daysLeft} closed={row.state === 'closed'} />
      </span>
      <span className="case-holder meta clip">
        {row.state === 'open' ? words.common.nobody : row.state === 'in_review' && row.claimedBy ? row.claimedBy.name : <CaseStateTag state={row.state} />}
      </span>
    </Link>
  );
}
