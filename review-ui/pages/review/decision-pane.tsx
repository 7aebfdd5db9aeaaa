/** The decision fills itself from the confirmed findings; nothing must be typed in the common case. */
import { Button, Input, InputNumber, Select } from 'antd';
import type { Ref } from 'react';
import { Link } from 'wouter';
import type { CaseView } from '../../../core/model/api.ts';
import { MEASURES, type Measure } from '../../../core/model/case.ts';
import { useCurrentUser } from '../../parts/page-state.tsx';
import { NoticeStateTag, Platform } from '../../parts/small.tsx';
import { Timeline } from '../../parts/timeline.tsx';
import { useDraft } from '../../parts/use-draft.ts';
import { useWords } from '../../text/language.tsx';
import { day, moment } from '../../text/when.ts';
import { cameBack, mayOf } from './order.ts';
import type { Review } from './use-review.ts';

export interface DecisionDraft {
  measure: Measure;
  days: number | null;
  reason: string;
}
const DEFAULT_DAYS = 30;
/** Measures that run for a term; the others have none. */
const WITH_TERM: ReadonlySet<Measure> = new Set(['suspend_service', 'restrict_function']);

/** What would be proposed: the server's suggestion with what the reviewer changed by hand on top. */
export function useDecision(view: CaseView) {
  const [draft, change, drop] = useDraft<DecisionDraft>(`case.${view.id}`);
  const measure = draft.measure ?? view.suggested.measure;
  const days = WITH_TERM.has(measure) ? (draft.days ?? view.suggested.days ?? DEFAULT_DAYS) : null;
  return { measure, days, reason: draft.reason ?? view.suggested.reason, change, drop };
}
export type Decision = ReturnType<typeof useDecision>;

function Basis({ review }: { review: Review }) {
  const words = useWords();
  const confirmed = review.ordered.numbered.filter((mark) => mark.finding.state === 'confirmed');
  if (!confirmed.length) return <span className="meta">{words.review.basisNone}</span>;
  return (
    <>
      {confirmed.map((mark) => (
        <button key={mark.finding.id} type="button" className="plain basis" onClick={() => review.focus(mark.finding.id)}>
          <span className="num">{mark.no}</span> {words.labels.kind[mark.finding.kind]}
        </button>
      ))}
    </>
  );
}

function Form({ review, decision, reasonRef }: { review: Review; decision: Decision; reasonRef: Ref<HTMLDivElement> }) {
  const words = useWords();
  const { view } = review;
  const may = mayOf(view, 'propose');
  const close = mayOf(view, 'close');
  const wait = mayOf(view, 'wait');
  return (
    <>
      <p className="wrap">
        <span className="meta">{words.review.suggested}</span> <b>{words.labels.measure[view.suggested.measure]}</b>
        {view.suggested.days ? ` ${words.common.days(view.suggested.days)}` : ''}
        <br />
        <span className="meta">
          {words.review.suggestedWhy}: {view.suggested.why}
        </span>
      </p>
      <div className="form">
        <label htmlFor="measure">{words.review.measure}</label>
        <Select
          id="measure"
          value={decision.measure}
          onChange={(measure) => decision.change({ measure })}
          options={MEASURES.map((value) => ({ value, label: words.labels.measure[value] }))}
        />
        {WITH_TERM.has(decision.measure) ? (
          <>
            <label htmlFor="days">{words.review.term}</label>
            <InputNumber id="days" value={decision.days} min={1} max={3650} precision={0} onChange={(days) => days !== null && decision.change({ days })} />
          </>
        ) : null}
        <span className="meta">{words.review.basis}</span>
        <div>
          <Basis review={review} />
        </div>
        <span className="meta">{words.review.to}</span>
        <span className="clip">
          <Platform id={view.account.platform} />
        </span>
      </div>
      <div ref={reasonRef}>
        <label htmlFor="reason" className="meta">
          {words.review.reason}
        </label>
        <Input.TextArea
          id="reason"
          value={decision.reason}
          maxLength={5_000}
          autoSize={{ minRows: 4, maxRows: 12 }}
          onChange={(event) => decision.change({ reason: event.target.value })}
        />
      </div>
      <Button type="primary" block disabled={may !== true} title={may === true ? undefined : may} onClick={() => review.openDialog('propose', 'propose')}>
        {words.review.propose} <kbd>Ctrl Enter</kbd>
      </Button>
      {may === true || !may ? null : <p className="meta">{may}</p>}
      <div className="row">
        {close ? (
          <Button
            size="small"
            type="text"
            disabled={close !== true}
            title={close === true ? undefined : close}
            onClick={() => review.openDialog('close', 'close')}
          >
            {words.review.closeCase} <kbd>d</kbd>
          </Button>
        ) : null}
        {wait ? (
          <Button size="small" type="text" disabled={wait !== true} title={wait === true ? undefined : wait} onClick={() => review.openDialog('wait', 'wait')}>
            {words.review.wait} <kbd>w</kbd>
          </Button>
        ) : null}
        {mayOf(view, 'release') === true ? (
          <Button size="small" type="text" onClick={() => review.openDialog('skip', 'release')}>
            {words.review.skip} <kbd>x</kbd>
          </Button>
        ) : null}
        {mayOf(view, 'note') === true ? (
          <Button size="small" type="text" onClick={() => review.openDialog('note', 'note')}>
            {words.review.note} <kbd>n</kbd>
          </Button>
        ) : null}
      </div>
    </>
  );
}

export function ProposalFacts({ view }: { view: CaseView }) {
  const words = useWords();
  const { proposal } = view;
  if (!proposal) return null;
  return (
    <dl className="facts">
      <dt>{words.review.measure}</dt>
      <dd>
        <b>{words.labels.measure[proposal.measure]}</b> {proposal.days ? words.common.days(proposal.days) : ''}
      </dd>
      <dt>{words.review.proposedBy}</dt>
      <dd>{proposal.byName}</dd>
      <dt>{words.review.reason}</dt>
      <dd className="pre">{proposal.reason}</dd>
    </dl>
  );
}

function Standing({ review }: { review: Review }) {
  const words = useWords();
  const { view } = review;
  const me = useCurrentUser();
  if (view.state === 'open' || (view.state === 'in_review' && view.claimedBy?.id !== me.id)) {
    const may = mayOf(view, 'claim');
    return (
      <>
        <p className="meta">{may === true ? words.review.claimHint : may}</p>
        <Button type="primary" block disabled={may !== true} onClick={() => review.run({ action: 'claim' })}>
          {words.review.claim} <kbd>Enter</kbd>
        </Button>
      </>
    );
  }
  if (view.state === 'waiting') {
    const may = mayOf(view, 'resume');
    return (
      <>
        <p className="wrap">{words.review.waiting(view.waitReason ?? '—', day(view.waitUntil))}</p>
        <Button disabled={may !== true} title={may === true ? undefined : may} onClick={() => review.run({ action: 'resume' })}>
          {words.review.resume}
        </Button>
      </>
    );
  }
  if (view.state === 'closed')
    return (
      <p className="wrap">
        {words.review.done}: <b>{view.outcome ? words.labels.outcome[view.outcome] : '—'}</b>
        {view.outcomeReason ? <span className="meta"> {view.outcomeReason}</span> : null}
      </p>
    );
  const withdraw = view.state === 'proposed' ? mayOf(view, 'withdraw') : '';
  const approve = view.state === 'proposed' ? mayOf(view, 'approve') : '';
  return (
    <>
      <ProposalFacts view={view} />
      {withdraw === true ? <Button onClick={() => review.run({ action: 'withdraw' })}>{words.review.withdraw}</Button> : null}
      {approve === true ? <Link href={`/approvals/${view.id}`}>{words.nav.approvals}</Link> : null}
    </>
  );
}

export function DecisionPane({ review, decision, reasonRef }: { review: Review; decision: Decision; reasonRef: Ref<HTMLDivElement> }) {
  const words = useWords();
  const { view } = review;
  const me = useCurrentUser();
  const back = cameBack(view);
  const editable = view.state === 'in_review' && view.claimedBy?.id === me.id;
  return (
    <section className="pane" aria-label={words.review.decision}>
      <h2 className="pane-head">
        {words.review.decision}{' '}
        <span className="meta">
          {view.claimedBy && view.state === 'in_review' ? words.review.claimedBy(view.claimedBy.name) : words.labels.caseState[view.state]}
        </span>
      </h2>
      <div className="pane-body pad stack">
        {back && (view.state === 'in_review' || view.state === 'open') ? (
          <p className="note warn">
            <b>{words.review.cameBack}</b> {back.reason}{' '}
            <span className="meta">
              {back.by} {moment(back.at)}
            </span>
          </p>
        ) : null}
        {editable ? <Form review={review} decision={decision} reasonRef={reasonRef} /> : <Standing review={review} />}
        {view.notices.length ? (
          <div>
            <h3>{words.review.notices}</h3>
            {view.notices.map((notice) => (
              <p key={notice.id} className="row">
                <Link href={`/notices/${notice.id}`} className="mono">
                  {notice.number}
                </Link>
                <NoticeStateTag state={notice.state} />
              </p>
            ))}
          </div>
        ) : null}
        <div>
          <h3>{words.review.events}</h3>
          <Timeline events={view.events} />
        </div>
      </div>
    </section>
  );
}
