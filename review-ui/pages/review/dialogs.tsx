/** The dialogs of the review page; everything that leaves the desk passes through one of them. */
import { Modal, Radio } from 'antd';
import { useState } from 'react';
import { REJECT_REASONS, type RejectReason } from '../../../core/model/case.ts';
import { composing, isSubmitKey } from '../../keys/use-keys.ts';
import { Quote } from '../../parts/level-mark.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { useWords } from '../../text/language.tsx';
import { AlikeDialog } from './alike.tsx';
import type { Decision } from './decision-pane.tsx';
import type { Review } from './use-review.ts';

function RejectDialog({ review }: { review: Review }) {
  const words = useWords();
  const [reason, setReason] = useState<RejectReason>(REJECT_REASONS[0]);
  const { finding } = review;
  if (!finding) return null;
  const close = () => review.setDialog(null);
  const send = () => {
    close();
    review.reject(finding.id, reason);
  };
  return (
    <Modal open title={words.review.rejectTitle} okText={words.review.reject} cancelText={words.common.cancel} onOk={send} onCancel={close} width={420}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: number keys choose inside this dialog only */}
      <div
        className="stack"
        onKeyDown={(event) => {
          if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
          const chosen = REJECT_REASONS[Number(event.key) - 1];
          if (chosen) setReason(chosen);
          if (event.key === 'Enter') {
            event.preventDefault();
            send();
          }
        }}
      >
        <p className="wrap">
          <b>{words.labels.kind[finding.kind]}</b>{' '}
          {finding.quote ? (
            <Quote kind={finding.kind} level={finding.level}>
              {finding.quote}
            </Quote>
          ) : null}
        </p>
        <Radio.Group className="choices" value={reason} onChange={(event) => setReason(event.target.value as RejectReason)}>
          {REJECT_REASONS.map((value, i) => (
            <Radio key={value} value={value} autoFocus={i === 0}>
              <kbd>{i + 1}</kbd> {words.labels.rejectReason[value]}
            </Radio>
          ))}
        </Radio.Group>
        <p className="meta">{words.review.rejectHint}</p>
      </div>
    </Modal>
  );
}

function ProposeDialog({ review, decision, onSent }: { review: Review; decision: Decision; onSent: () => void }) {
  const words = useWords();
  const { view } = review;
  const confirmed = review.ordered.numbered.filter((mark) => mark.finding.state === 'confirmed');
  const ready = confirmed.length > 0 && decision.reason.trim().length > 0 && !review.busy;
  const send = () => {
    if (!ready) return;
    review.run({ action: 'propose', measure: decision.measure, days: decision.days, reason: decision.reason.trim() }, () => {
      review.setDialog(null);
      onSent();
    });
  };
  return (
    <Modal
      open
      title={words.review.proposeTitle}
      okText={
        <>
          {words.review.propose} <kbd>Ctrl Enter</kbd>
        </>
      }
      okButtonProps={{ disabled: !ready, loading: review.busy, autoFocus: true }}
      cancelText={words.common.cancel}
      onOk={send}
      onCancel={() => review.setDialog(null)}
      width={520}
      modalRender={(node) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+Enter sends from anywhere in the dialog
        <div onKeyDown={(event) => isSubmitKey(event) && send()}>{node}</div>
      )}
    >
      <p className="meta">{words.review.proposeSummary}</p>
      <dl className="facts summary">
        <dt>{words.review.title}</dt>
        <dd className="mono">{view.number}</dd>
        <dt>{words.review.account}</dt>
        <dd>
          {view.account.name} <span className="meta">{view.account.platform}</span>
        </dd>
        <dt>{words.review.measure}</dt>
        <dd>
          <b>{words.labels.measure[decision.measure]}</b> {decision.days ? words.common.days(decision.days) : ''}
        </dd>
        <dt>{words.review.basis}</dt>
        <dd>
          {confirmed.map((mark) => (
            <span key={mark.finding.id} className="line">
              {words.labels.kind[mark.finding.kind]}{' '}
              {mark.finding.quote ? (
                <Quote kind={mark.finding.kind} level={mark.finding.level}>
                  {mark.finding.quote}
                </Quote>
              ) : null}
            </span>
          ))}
        </dd>
        <dt>{words.review.reason}</dt>
        <dd className="pre">{decision.reason}</dd>
      </dl>
    </Modal>
  );
}

const OUTCOMES = ['no_violation', 'duplicate', 'account_gone'] as const;
function CloseDialog({ review }: { review: Review }) {
  const words = useWords();
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]>('no_violation');
  return (
    <ReasonDialog
      title={words.review.closeTitle}
      ok={words.review.closeCase}
      max={1_000}
      busy={review.busy}
      onClose={() => review.setDialog(null)}
      onOk={(reason) => review.run({ action: 'close', outcome, reason }, () => review.setDialog(null))}
    >
      <Radio.Group className="choices" value={outcome} onChange={(event) => setOutcome(event.target.value as (typeof OUTCOMES)[number])}>
        {OUTCOMES.map((value) => (
          <Radio key={value} value={value}>
            {words.labels.outcome[value]}
          </Radio>
        ))}
      </Radio.Group>
    </ReasonDialog>
  );
}

const DAY_MS = 86_400_000;
const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);
function WaitDialog({ review }: { review: Review }) {
  const words = useWords();
  const [until, setUntil] = useState(() => isoDay(Date.now() + 7 * DAY_MS));
  return (
    <ReasonDialog
      title={words.review.waitTitle}
      hint={words.review.waitHint}
      ok={words.review.wait}
      max={500}
      busy={review.busy}
      onClose={() => review.setDialog(null)}
      // nine in the morning, Beijing time, of the chosen day
      onOk={(reason) => review.run({ action: 'wait', reason, until: `${until}T01:00:00.000Z` }, () => review.setDialog(null))}
    >
      <label>
        <span className="meta">{words.review.waitUntil}</span>
        <br />
        <input
          type="date"
          className="date"
          value={until}
          min={isoDay(Date.now() + DAY_MS)}
          onChange={(event) => event.target.value && setUntil(event.target.value)}
        />
      </label>
    </ReasonDialog>
  );
}

export function ReviewDialogs({ review, decision, onSent }: { review: Review; decision: Decision; onSent: () => void }) {
  const words = useWords();
  const close = () => review.setDialog(null);
  switch (review.dialog) {
    case 'alike':
      return <AlikeDialog review={review} />;
    case 'reject':
      return <RejectDialog review={review} />;
    case 'propose':
      return <ProposeDialog review={review} decision={decision} onSent={onSent} />;
    case 'close':
      return <CloseDialog review={review} />;
    case 'wait':
      return <WaitDialog review={review} />;
    case 'skip':
      return (
        <ReasonDialog
          title={words.review.skipTitle}
          hint={words.review.skipHint}
          ok={words.review.skip}
          max={500}
          busy={review.busy}
          onClose={close}
          onOk={(reason) =>
            review.run({ action: 'release', reason }, () => {
              close();
              review.takeNext();
            })
          }
        />
      );
    case 'note':
      return (
        <ReasonDialog
          title={words.review.noteTitle}
          hint={words.review.noteHint}
          ok={words.common.save}
          max={2_000}
          busy={review.busy}
          onClose={close}
          onOk={(text) => review.run({ action: 'note', text }, close)}
        />
      );
    default:
      return null;
  }
}
