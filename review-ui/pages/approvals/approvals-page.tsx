/** Proposals waiting for another person: what the platform would receive, who proposed, who confirmed, and may I. */
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { CaseView } from '../../../core/model/api.ts';
import { addressOf } from '../../api/client.ts';
import { rowsOf, useCase, useQueue } from '../../api/queries.ts';
import { useCaseAct } from '../../api/writes.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { isSubmitKey, useKeys } from '../../keys/use-keys.ts';
import { familyOf, LevelMark, Quote } from '../../parts/level-mark.tsx';
import { Answer, Empty, failureSentence, ListEnd, Needs } from '../../parts/page-state.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { Due, Licence, Platform } from '../../parts/small.tsx';
import { Timeline } from '../../parts/timeline.tsx';
import { useLanguage, useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { caseChanges } from '../review/case-diff.ts';
import { Articles } from '../review/findings-pane.tsx';
import { mayOf } from '../review/order.ts';

function useApproval(view: CaseView) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const [, go] = useLocation();
  const [dialog, setDialog] = useState<'approve' | 'return' | null>(null);
  const [stale, setStale] = useState<readonly string[] | null>(null);
  const act = useCaseAct(
    view.id,
    ({ before, after }) => {
      setDialog(null);
      setStale(caseChanges(before, after, words));
    },
    (failure) => void message.error(failureSentence(failure, language)),
  );
  const done = (said: string) => {
    setDialog(null);
    void message.success(said);
    go('/approvals');
  };
  const approve = () => view.proposal && act.mutate({ action: 'approve', sha256: view.proposal.sha256 }, { onSuccess: () => done(words.approvals.approved) });
  const giveBack = (reason: string) => act.mutate({ action: 'return', reason }, { onSuccess: () => done(words.approvals.returned) });
  return { dialog, setDialog, stale, approve, giveBack, busy: act.isPending };
}
type Approval = ReturnType<typeof useApproval>;

function ApproveDialog({ view, approval }: { view: CaseView; approval: Approval }) {
  const words = useWords();
  const { proposal } = view;
  if (!proposal) return null;
  return (
    <Modal
      open
      title={words.approvals.approveTitle}
      okText={
        <>
          {words.approvals.approve} <kbd>Ctrl Enter</kbd>
        </>
      }
      okButtonProps={{ loading: approval.busy, autoFocus: true }}
      cancelText={words.common.cancel}
      onOk={approval.approve}
      onCancel={() => approval.setDialog(null)}
      width={520}
      modalRender={(node) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+Enter sends from anywhere in the dialog
        <div onKeyDown={(event) => isSubmitKey(event) && !approval.busy && approval.approve()}>{node}</div>
      )}
    >
      <p className="meta">{words.approvals.approveHint}</p>
      <dl className="facts summary big">
        <dt>{words.approvals.caseNumber}</dt>
        <dd className="mono">{view.number}</dd>
        <dt>{words.approvals.target}</dt>
        <dd>
          {view.account.name}{' '}
          <span className="meta">
            <Platform id={view.account.platform} />
          </span>
        </dd>
        <dt>{words.review.measure}</dt>
        <dd>
          <b>{words.labels.measure[proposal.measure]}</b> {proposal.days ? words.common.days(proposal.days) : ''}
        </dd>
        <dt>{words.approvals.digest}</dt>
        <dd className="mono">{proposal.sha256.slice(0, 16)}</dd>
      </dl>
    </Modal>
  );
}

/** The content of the notice as the platform would read it: confirmed findings only, in the words of the proposal. */
function WillReceive({ view }: { view: CaseView }) {
  const words = useWords();
  const { proposal } = view;
  if (!proposal) return null;
  const findings = view.findings.filter((finding) => proposal.findingIds.includes(finding.id));
  return (
    <section className="paper">
      <h2>{words.approvals.willReceive}</h2>
      <dl className="facts">
        <dt>{words.review.to}</dt>
        <dd>
          <Platform id={view.account.platform} />
        </dd>
        <dt>{words.approvals.target}</dt>
        <dd>
          {view.account.name} <span className="meta mono">{view.account.externalId}</span>
          {view.account.url ? <span className="meta mono line">{view.account.url}</span> : null}
        </dd>
        <dt>{words.review.measure}</dt>
        <dd>
          <b>{words.labels.measure[proposal.measure]}</b> {proposal.days ? words.common.days(proposal.days) : ''}
        </dd>
        <dt>{words.approvals.facts}</dt>
        <dd className="pre">{proposal.reason}</dd>
      </dl>
      <ol className="paper-findings">
        {findings.map((finding) => (
          <li key={finding.id}>
            <p>
              <LevelMark level={finding.level} family={familyOf(finding.kind)} /> <b>{words.labels.kind[finding.kind]}</b>{' '}
              {finding.quote ? (
                <Quote kind={finding.kind} level={finding.level}>
                  {finding.quote}
                </Quote>
              ) : null}
            </p>
            <p className="meta">
              <Articles articles={finding.articles} />
            </p>
          </li>
        ))}
      </ol>
      <details>
        <summary>{words.approvals.document}</summary>
        <iframe className="document" title={words.approvals.document} sandbox="" loading="lazy" src={addressOf(`/cases/${view.id}/document`)} />
      </details>
    </section>
  );
}

function Proposal({ view }: { view: CaseView }) {
  const words = useWords();
  const approval = useApproval(view);
  const may = mayOf(view, 'approve');
  const mayReturn = mayOf(view, 'return');
  const confirmers = [
    ...new Set(view.findings.filter((finding) => finding.state === 'confirmed').map((finding) => finding.decidedBy?.name ?? words.common.unknown)),
  ];
  useKeys({
    submit: () => {
      if (may === true) approval.setDialog('approve');
    },
    giveBack: () => {
      if (mayReturn === true) approval.setDialog('return');
    },
  });
  return (
    <div className="proposal">
      <div className="proposal-head">
        <h2 className="mono">{view.number}</h2>
        <span className="clip grow">{view.account.name}</span>
        <Licence verdict={view.account.licenceVerdict} sentence={view.account.licenceSentence} />
        <Due daysLeft={view.daysLeft} />
        <Link href={`/cases/${view.id}`}>{words.approvals.full}</Link>
      </div>
      {approval.stale ? (
        <div className="note warn" role="alert">
          <b>{words.state.stale}</b> {approval.stale.join('; ')} {words.approvals.changed}
        </div>
      ) : null}
      <dl className="facts">
        <dt>{words.approvals.proposer}</dt>
        <dd>
          {view.proposal?.byName ?? '—'} <span className="meta">{moment(view.proposal?.at ?? null)}</span>
        </dd>
        <dt>{words.approvals.confirmers}</dt>
        <dd>{confirmers.join(words.common.listSep) || '—'}</dd>
        <dt>{words.review.licence}</dt>
        <dd>{view.account.licenceSentence ?? '—'}</dd>
      </dl>
      <WillReceive view={view} />
      {may === true || !may ? null : (
        <p className="note" role="note">
          <b>{words.approvals.blocked}</b> {may}
        </p>
      )}
      <div className="row">
        <Button type="primary" disabled={may !== true} onClick={() => approval.setDialog('approve')}>
          {words.approvals.approve} <kbd>Ctrl Enter</kbd>
        </Button>
        <Button disabled={mayReturn !== true} title={mayReturn === true ? undefined : mayReturn} onClick={() => approval.setDialog('return')}>
          {words.approvals.return} <kbd>b</kbd>
        </Button>
      </div>
      <section className="section">
        <h2>{words.review.events}</h2>
        <Timeline events={view.events} />
      </section>
      {approval.dialog === 'approve' ? <ApproveDialog view={view} approval={approval} /> : null}
      {approval.dialog === 'return' ? (
        <ReasonDialog
          title={words.approvals.returnTitle}
          ok={words.approvals.return}
          max={1_000}
          busy={approval.busy}
          onClose={() => approval.setDialog(null)}
          onOk={approval.giveBack}
        />
      ) : null}
    </div>
  );
}

function Chosen({ id }: { id: string }) {
  const query = useCase(id);
  return <Answer query={query}>{(view) => <Proposal view={view} />}</Answer>;
}

function Board({ caseId }: { caseId: string | null }) {
  const words = useWords();
  const [, go] = useLocation();
  const query = useQueue({ state: 'proposed' });
  const rows = rowsOf(query.data);
  const at = rows.findIndex((row) => row.id === caseId);
  const step = (by: 1 | -1) => {
    const to = rows[at + by];
    if (to) go(`/approvals/${to.id}`);
  };
  const cursor = useCursor<HTMLUListElement>(rows.length, (i) => rows[i] && go(`/approvals/${rows[i].id}`));
  useKeys(caseId === null ? {} : { down: () => step(1), up: () => step(-1) });
  return (
    <Answer query={query}>
      {() =>
        rows.length === 0 && caseId === null ? (
          <Empty title={words.approvals.empty} why={words.approvals.emptyWhy} />
        ) : (
          <div className={`split${caseId ? ' chosen' : ''}`}>
            <div className="split-list">
              <ul className="list" ref={cursor.list}>
                {rows.map((row, i) => (
                  <li key={row.id}>
                    <Link
                      href={`/approvals/${row.id}`}
                      data-row={row.id}
                      className={`item brief${row.id === caseId || (caseId === null && i === cursor.index) ? ' cursor' : ''}`}
                    >
                      <LevelMark level={row.level} family={row.hookKind ? familyOf(row.hookKind) : undefined} />
                      <span className="grow">
                        <span className="clip block">{row.account.name}</span>
                        <span className="meta clip block">{row.hook ?? row.kinds.map((kind) => words.labels.kind[kind]).join(words.common.listSep)}</span>
                        <span className="meta clip block">
                          {row.number} · {words.approvals.proposer} {row.proposedBy?.name ?? '—'}
                        </span>
                      </span>
                      <Due daysLeft={row.daysLeft} />
                    </Link>
                  </li>
                ))}
              </ul>
              <ListEnd n={rows.length} more={query.hasNextPage} busy={query.isFetchingNextPage} onMore={() => void query.fetchNextPage()} words={words} />
            </div>
            <div className="split-main">{caseId ? <Chosen key={caseId} id={caseId} /> : <p className="meta wide-only pad">{words.approvals.pick}</p>}</div>
          </div>
        )
      }
    </Answer>
  );
}

export default function ApprovalsPage({ caseId }: { caseId: string | null }) {
  const words = useWords();
  return (
    <Needs capability="case.read">
      <main className="page">
        <div className="page-head">
          <h1>{caseId ? <Link href="/approvals">{words.approvals.title}</Link> : words.approvals.title}</h1>
        </div>
        <Board caseId={caseId} />
      </main>
    </Needs>
  );
}
