/** One notice: how far it has come, what the platform answered, what our re-crawls saw, the document itself. */
import { App, Button } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import type { NoticeView } from '../../../core/model/api.ts';
import { addressOf } from '../../api/client.ts';
import { useNotice } from '../../api/queries.ts';
import { type NoticeStep, useNoticeAct } from '../../api/writes.ts';
import { Answer, failureSentence, useMay } from '../../parts/page-state.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { NoticeStateTag, Platform } from '../../parts/small.tsx';
import { Timeline } from '../../parts/timeline.tsx';
import { useLanguage, useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';

function Steps({ view }: { view: NoticeView }) {
  const words = useWords();
  const steps = [
    { name: words.notices.steps.created, at: view.createdAt, due: null },
    { name: words.notices.steps.sent, at: view.sentAt, due: null },
    { name: words.notices.steps.delivered, at: view.deliveredAt, due: null },
    { name: words.notices.steps.acknowledged, at: view.acknowledgedAt, due: view.ackDue },
    { name: words.notices.steps.acted, at: view.actedAt, due: view.actDue },
    { name: words.notices.steps.verified, at: view.verifiedAt, due: null },
  ];
  return (
    <ol className="steps">
      {steps.map((step) => {
        const late = step.at === null && step.due !== null && new Date(step.due).getTime() < Date.now();
        return (
          <li key={step.name} data-done={step.at !== null || undefined} className={late ? 'alert' : undefined}>
            <b>{step.name}</b>
            <span className="meta">{step.at ? moment(step.at) : step.due ? words.notices.due(moment(step.due)) : words.notices.notYet}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Probes({ view }: { view: NoticeView }) {
  const words = useWords();
  if (!view.verifications.length) return <p className="meta">{words.notices.noProbes}</p>;
  return (
    <div className="scroll-x">
      <table className="grid">
        <tbody>
          {view.verifications.map((item) => (
            <tr key={item.id}>
              <td className="nowrap">{words.notices.probe(item.probe)}</td>
              <td className="nowrap">{moment(item.at)}</td>
              <td className={`nowrap${item.verdict === 'still_live' ? ' alert' : item.verdict === 'confirmed_off' ? ' good' : ''}`}>
                {words.labels.verdict[item.verdict]}
              </td>
              <td className="meta nowrap">{item.how === 'attested' ? words.notices.attested : (words.labels.how[item.how] ?? item.how)}</td>
              <td className="meta">{item.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Acts({ view }: { view: NoticeView }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const may = useMay('notice.send');
  const act = useNoticeAct(view.id);
  const [revoking, setRevoking] = useState(false);
  const run = (step: NoticeStep, said: string) =>
    act.mutate(step, {
      onSuccess: () => {
        setRevoking(false);
        void message.success(said);
      },
      onError: (failure) => void message.error(failureSentence(failure, language)),
    });
  // the server's table decides; this only keeps buttons from promising what it would refuse
  const unanswered = ['approved', 'sending', 'undeliverable', 'delivered'].includes(view.state);
  const checkable = ['delivered', 'acknowledged', 'partly_acted', 'acted'].includes(view.state);
  const over = ['verified', 'revoked', 'closed', 'amended', 'expired', 'returned'].includes(view.state);
  const mayCheck = useMay('case.review') || may;
  const why = may ? undefined : words.notices.noRight;
  return (
    <div className="row">
      <Button disabled={!may || !unanswered} title={why} loading={act.isPending} onClick={() => run({ action: 'resend' }, words.notices.resent)}>
        {words.notices.resend}
      </Button>
      <Button disabled={!mayCheck || !checkable} title={mayCheck ? undefined : why} onClick={() => run({ action: 'verify_now' }, words.notices.verifyQueued)}>
        {words.notices.verifyNow}
      </Button>
      <Button type="text" disabled={!may || over} title={why} onClick={() => setRevoking(true)}>
        {words.notices.revoke}
      </Button>
      {revoking ? (
        <ReasonDialog
          title={words.notices.revokeTitle}
          ok={words.notices.revoke}
          max={1_000}
          busy={act.isPending}
          onClose={() => setRevoking(false)}
          onOk={(reason) => run({ action: 'revoke', reason }, words.notices.revoked)}
        />
      ) : null}
    </div>
  );
}

function Detail({ view, onClose }: { view: NoticeView; onClose: () => void }) {
  const words = useWords();
  return (
    <article className="notice">
      <header className="row">
        <h2 className="mono">{view.number}</h2>
        <NoticeStateTag state={view.state} />
        {view.overdue ? <b className="alert">{view.overdue === 'ack' ? words.notices.overdueAck : words.notices.overdueAct}</b> : null}
        <span className="grow" />
        <Button type="text" size="small" onClick={onClose}>
          {words.common.close} <kbd>Esc</kbd>
        </Button>
      </header>
      <Steps view={view} />
      <dl className="facts">
        <dt>{words.review.account}</dt>
        <dd>
          <Link href={`/accounts/${view.account.id}`}>{view.account.name}</Link>{' '}
          <span className="meta">
            <Platform id={view.platform} />
          </span>
        </dd>
        <dt>{words.review.measure}</dt>
        <dd>{words.labels.measure[view.measure]}</dd>
        <dt>{words.notices.case}</dt>
        <dd>
          <Link href={`/cases/${view.caseId}`} className="mono">
            {view.caseNumber}
          </Link>
        </dd>
        {view.platformReference ? (
          <>
            <dt>{words.notices.platformRef}</dt>
            <dd className="mono">{view.platformReference}</dd>
          </>
        ) : null}
      </dl>
      {view.lastError ? (
        <p className="note bad">
          {words.notices.lastError}: {view.lastError} <span className="meta">{words.notices.attempts(view.attempts)}</span>{' '}
          {view.nextAttemptAt ? <span className="meta">{words.notices.nextAttempt(moment(view.nextAttemptAt))}</span> : null}
        </p>
      ) : null}
      <Acts view={view} />
      <section className="section">
        <h2>{words.notices.probes}</h2>
        <Probes view={view} />
      </section>
      {view.receipts.length ? (
        <section className="section">
          <h2>{words.notices.receipts}</h2>
          {view.receipts.map((item) => (
            <p key={item.id} className="wrap">
              <span className="meta">{moment(item.receivedAt)}</span> {words.labels.receipt[item.kind] ?? item.kind}{' '}
              {item.reference ? <span className="mono">{item.reference}</span> : null} {item.reason ? (words.labels.refusal[item.reason] ?? item.reason) : ''}{' '}
              {item.detail ?? ''}
            </p>
          ))}
        </section>
      ) : null}
      <section className="section">
        <h2>{words.notices.timeline}</h2>
        <Timeline events={view.events} />
      </section>
      <section className="section">
        <h2>
          {words.notices.document} <span className="meta mono">SHA-256 {view.bodySha256.slice(0, 16)}</span>
        </h2>
        <iframe className="document" title={words.notices.frameTitle} sandbox="" src={addressOf(`/notices/${view.id}/document`)} />
      </section>
    </article>
  );
}

export function NoticeDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useNotice(id);
  return <Answer query={query}>{(view) => <Detail view={view} onClose={onClose} />}</Answer>;
}
