/** The checklist: each finding with its words, its law, who says so and how sure, and the two verbs. */
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import type { FindingView } from '../../../core/model/api.ts';
import type { ArticleRef } from '../../../core/model/finding.ts';
import { AccountEvidence } from '../../parts/evidence.tsx';
import type { MarkedFinding } from '../../parts/highlight.tsx';
import { familyOf, LevelMark, Quote } from '../../parts/level-mark.tsx';
import { useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { AlikeLine } from './alike.tsx';
import { mayOf } from './order.ts';
import type { Review } from './use-review.ts';

export function Articles({ articles }: { articles: readonly ArticleRef[] }) {
  const words = useWords();
  if (!articles.length) return <span className="meta">{words.review.noLaw}</span>;
  return (
    <>
      {articles.map((article) => (
        <span key={article.id} className="article">
          <span title={`${article.instrument} ${article.article}`}>
            {article.instrument.replace(/^中华人民共和国/, '')} {article.article}
          </span>{' '}
          {article.verified ? null : <span className="tag">{words.review.lawPending}</span>}
        </span>
      ))}
    </>
  );
}

function Verdict({ finding }: { finding: FindingView }) {
  const words = useWords();
  if (finding.state !== 'confirmed' && finding.state !== 'rejected') return null;
  return (
    <p className="meta">
      <span className={finding.state === 'confirmed' ? 'tag accent' : 'tag'}>{words.review[finding.state]}</span>{' '}
      {finding.rejectReason ? `${words.labels.rejectReason[finding.rejectReason]} · ` : ''}
      {finding.decidedBy?.name ?? ''} {finding.decidedAt ? moment(finding.decidedAt) : ''}
    </p>
  );
}

function Verbs({ mark, review }: { mark: MarkedFinding; review: Review }) {
  const words = useWords();
  const { finding } = mark;
  const decided = finding.state === 'confirmed' || finding.state === 'rejected';
  // who cannot judge at all reads one sentence above the list, not a row of dead buttons on every finding
  if (mayOf(review.view, decided ? 'undecide' : 'reject') !== true) return null;
  return (
    <div className="verbs">
      {decided ? (
        <Button size="small" type="text" onClick={() => review.undo(finding.id)}>
          {words.review.undo} <kbd>u</kbd>
        </Button>
      ) : (
        <>
          <Button size="small" onClick={() => review.confirm(finding.id)}>
            {words.review.confirm} <kbd>a</kbd>
          </Button>
          <Button
            size="small"
            onClick={() => {
              review.focus(finding.id);
              review.openDialog('reject', 'reject');
            }}
          >
            {words.review.reject} <kbd>r</kbd>
          </Button>
        </>
      )}
    </div>
  );
}

function Item({ mark, review }: { mark: MarkedFinding; review: Review }) {
  const words = useWords();
  const { finding, no } = mark;
  const on = review.focused === finding.id;
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (on) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [on]);
  const off = finding.state === 'rejected' || finding.exempt;
  return (
    <li
      ref={ref}
      className={`finding${on ? ' cursor' : ''}${off ? ' off' : ''}${review.lit === finding.id ? ' lit' : ''}`}
      data-finding-row={finding.id}
      data-state={finding.state}
      aria-current={on || undefined}
      onMouseEnter={() => review.setLit(finding.id)}
      onMouseLeave={() => review.setLit(null)}
    >
      <button type="button" className="plain finding-head" onClick={() => review.focus(finding.id)}>
        <span className="num finding-no">{no ?? ''}</span>
        <LevelMark level={finding.level} family={familyOf(finding.kind)} exempt={finding.exempt} />
        <span className="grow wrap">
          <b>{words.labels.kind[finding.kind]}</b>{' '}
          <span className="meta">
            {words.labels.level[finding.level]}
            {finding.exempt ? ` · ${words.review.exempt}` : ''}
          </span>
        </span>
      </button>
      <div className="finding-body">
        {finding.quote ? (
          <p className="quote">
            <Quote kind={finding.kind} level={finding.level} exempt={off}>
              {finding.quote}
            </Quote>
          </p>
        ) : null}
        <p className="wrap">{finding.why}</p>
        {finding.exempt ? (
          <p className="meta">
            {words.review.ground}: {finding.ground ?? '—'}
          </p>
        ) : (
          <p className="law">
            <Articles articles={finding.articles} />
          </p>
        )}
        <p className="meta wrap">
          {words.labels.source[finding.source] ?? finding.source} <span className="mono">{finding.by}</span> · {finding.score.toFixed(2)}
          {' · '}
          {finding.postId === null ? words.review.accountField : finding.postTitle || words.review.otherPost}
        </p>
        {finding.postId === null ? <AccountEvidence capture={review.view.accountCapture} /> : null}
        <Verdict finding={finding} />
        {no === null ? null : <AlikeLine finding={finding} review={review} />}
        {no === null ? null : <Verbs mark={mark} review={review} />}
      </div>
    </li>
  );
}

export function FindingsPane({ review }: { review: Review }) {
  const words = useWords();
  const { numbered, hints } = review.ordered;
  const may = mayOf(review.view, 'reject');
  const open = numbered.some((mark) => mark.finding.state === 'open');
  return (
    <section className="pane" aria-label={words.review.findings}>
      <h2 className="pane-head">
        {words.review.findings} {numbered.length} <span className="meta wide-only">{words.review.findingsHint}</span>
      </h2>
      <div className="pane-body">
        {may !== true && may && open && review.view.state !== 'open' ? <p className="meta pad">{may}</p> : null}
        {numbered.length === 0 && hints.length === 0 ? <p className="meta pad">{words.review.noFindings}</p> : null}
        <ol>
          {numbered.map((mark) => (
            <Item key={mark.finding.id} mark={mark} review={review} />
          ))}
        </ol>
        {hints.length ? (
          <>
            <h3 className="pad">{words.review.advisoryGroup}</h3>
            <ol>
              {hints.map((mark) => (
                <Item key={mark.finding.id} mark={mark} review={review} />
              ))}
            </ol>
          </>
        ) : null}
      </div>
    </section>
  );
}
