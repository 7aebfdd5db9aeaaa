/** The main screen: what is it, how sure are we, what do I do. Three panes that scroll on their own, one line above, one below. */
import { Button, Skeleton, Tooltip } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { CaseView } from '../../../core/model/api.ts';
import { useCase, useQueueTop } from '../../api/queries.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { neighbour } from '../../parts/case-list.ts';
import { LevelMark } from '../../parts/level-mark.tsx';
import { Answer, Needs, useCurrentUser, useMay } from '../../parts/page-state.tsx';
import { CaseStateTag, Due, Licence, Platform } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { clock } from '../../text/when.ts';
import { DecisionPane, useDecision } from './decision-pane.tsx';
import { ReviewDialogs } from './dialogs.tsx';
import { FindingsPane } from './findings-pane.tsx';
import { mayOf } from './order.ts';
import { OriginalPane } from './original-pane.tsx';
import { Packages } from './packages.tsx';
import { type Review, useReview } from './use-review.ts';

type Pane = 'original' | 'findings' | 'decision';
const PANES: readonly Pane[] = ['original', 'findings', 'decision'];

function CaseHead({ view }: { view: CaseView }) {
  const words = useWords();
  const why = (
    <>
      {words.review.riskWhy}
      {view.contributions.map((item) => (
        <div key={item.label} className="row">
          <span className="grow">{item.label}</span>
          <span className="num">{item.points > 0 ? `+${item.points}` : item.points}</span>
        </div>
      ))}
    </>
  );
  return (
    <header className="case-head">
      <LevelMark level={view.level} label />
      <h1 className="mono nowrap">{view.number}</h1>
      <Link href={`/accounts/${view.account.id}`} className="clip case-name" title={view.account.name}>
        {view.account.name}
      </Link>
      <span className="meta nowrap wide-only">
        <Platform id={view.account.platform} />
      </span>
      <Licence verdict={view.account.licenceVerdict} sentence={view.account.licenceSentence} />
      <Tooltip title={why}>
        <span className="nowrap">
          {words.review.risk} <b>{view.priority}</b>
        </span>
      </Tooltip>
      {view.earlier.length ? <span className="nowrap">{words.review.nth(view.earlier.length + 1)}</span> : null}
      <Due daysLeft={view.daysLeft} closed={view.state === 'closed'} />
      <CaseStateTag state={view.state} />
    </header>
  );
}

/** Private: how long this case has been open here. Never sent. */
function Timer() {
  const words = useWords();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const from = Date.now();
    const timer = setInterval(() => setSeconds((Date.now() - from) / 1_000), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="meta nowrap" title={words.review.private}>
      {words.review.timer} <span className="num">{clock(seconds)}</span>
    </span>
  );
}

function CaseFoot({ review }: { review: Review }) {
  const words = useWords();
  const me = useCurrentUser();
  const mine = review.view.state === 'in_review' && review.view.claimedBy?.id === me.id;
  const mayReview = useMay('case.review');
  const next = useQueueTop({ state: 'open', limit: 2 }, mayReview);
  const upcoming = next.data?.items.find((row) => row.id !== review.view.id);
  // read ahead, so that the next case is on screen at once
  useCase(upcoming?.id ?? null);
  return (
    <footer className="case-foot">
      <span className="meta wide-only">
        <kbd>j</kbd> <kbd>k</kbd> <kbd>1-9</kbd> <kbd>a</kbd> <kbd>r</kbd> <kbd>u</kbd> <kbd>p</kbd> · <kbd>?</kbd> {words.nav.keys}
      </span>
      <Timer />
      <Packages view={review.view} />
      <span className="grow" />
      <span className="meta clip">
        {!mayReview ? null : upcoming ? (
          <>
            {words.review.nextLoaded} · {upcoming.account.name}
          </>
        ) : (
          words.review.noNext
        )}
      </span>
      {mayReview ? (
        <Button size="small" onClick={review.takeNext} loading={review.taking} type={mine ? 'text' : 'default'}>
          {words.review.next} {mine ? null : <kbd>Enter</kbd>}
        </Button>
      ) : null}
    </footer>
  );
}

function Stale({ review }: { review: Review }) {
  const words = useWords();
  if (!review.stale) return null;
  return (
    <div className="note warn stale" role="alert">
      <b>{words.state.stale}</b> {review.stale.length ? review.stale.join('; ') : words.state.staleSame} <span className="meta">{words.state.staleKept}</span>{' '}
      <button type="button" className="plain link" onClick={() => review.setStale(null)}>
        {words.common.close}
      </button>
    </div>
  );
}

function useReviewKeys(review: Review, reason: React.RefObject<HTMLDivElement | null>, setPane: (pane: Pane) => void): void {
  const [, go] = useLocation();
  const { view } = review;
  const me = useCurrentUser();
  const mayReview = useMay('case.review');
  const step = (by: 1 | -1) => {
    const to = neighbour(view.id, by);
    if (to) go(`/cases/${to}`);
  };
  useKeys({
    down: () => step(1),
    up: () => step(-1),
    open: () => {
      if (view.state === 'in_review' && view.claimedBy?.id === me.id) return;
      if ((view.state === 'open' || view.state === 'in_review') && mayOf(view, 'claim') === true) review.run({ action: 'claim' });
      else if (mayReview) review.takeNext();
    },
    finding: (event) => {
      const mark = review.ordered.numbered[Number(event.key) - 1];
      if (mark) review.focus(mark.finding.id);
    },
    nextFinding: () => {
      const at = review.ordered.numbered.findIndex((mark) => mark.finding.id === review.focused);
      const mark = review.ordered.numbered[(at + 1) % Math.max(1, review.ordered.numbered.length)];
      if (mark) review.focus(mark.finding.id);
    },
    confirm: () => review.confirm(review.focused),
    reject: () => {
      if (review.finding && review.ordered.numbered.some((mark) => mark.finding.id === review.focused)) review.openDialog('reject', 'reject');
    },
    alike: () => review.openAlike(review.finding),
    undo: () => review.undo(review.focused),
    propose: () => {
      setPane('decision');
      reason.current?.querySelector('textarea')?.focus();
    },
    submit: () => review.openDialog('propose', 'propose'),
    closeCase: () => review.openDialog('close', 'close'),
    wait: () => review.openDialog('wait', 'wait'),
    skip: () => review.openDialog('skip', 'release'),
    note: () => review.openDialog('note', 'note'),
  });
}

function Desk({ view }: { view: CaseView }) {
  const words = useWords();
  const review = useReview(view);
  const decision = useDecision(view);
  const reason = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState<Pane>('findings');
  useReviewKeys(review, reason, setPane);
  return (
    <main className="review" data-pane={pane}>
      <CaseHead view={view} />
      <Stale review={review} />
      <div className="pane-switch" role="tablist">
        {PANES.map((name) => (
          <button key={name} type="button" role="tab" className="plain" aria-selected={pane === name} onClick={() => setPane(name)}>
            {words.review[name]} {name === 'findings' ? review.ordered.numbered.length : ''}
          </button>
        ))}
      </div>
      <div className="panes">
        <OriginalPane review={review} />
        <FindingsPane review={review} />
        <DecisionPane review={review} decision={decision} reasonRef={reason} />
      </div>
      <CaseFoot review={review} />
      <ReviewDialogs review={review} decision={decision} onSent={decision.drop} />
    </main>
  );
}

function ReviewSkeleton() {
  return (
    <main className="review">
      <div className="case-head">
        <Skeleton.Input size="small" active style={{ width: 320 }} />
      </div>
      <div className="panes">
        {PANES.map((name) => (
          <section key={name} className="pane">
            <div className="pane-body pad">
              <Skeleton active paragraph={{ rows: 9 }} />
            </div>
          </section>
        ))}
      </div>
    </main>
  );
}

export default function ReviewPage({ id }: { id: string }) {
  const query = useCase(id);
  return (
    <Needs capability="case.read">
      <Answer query={query} skeleton={<ReviewSkeleton />}>
        {(view) => <Desk view={view} />}
      </Answer>
    </Needs>
  );
}
