/** Evidence of the case as one file, and its replay: each is made when asked for, and logged. */
import { App, Button, Modal } from 'antd';
import type { CaseView } from '../../../core/model/api.ts';
import type { PackageReceipt } from '../../../core/model/api-package.ts';
import { addressOf } from '../../api/client.ts';
import { useExport, useReplay } from '../../api/writes.ts';
import { failureCode, failureSentence, useMay } from '../../parts/page-state.tsx';
import { useLanguage, useWords } from '../../text/language.tsx';
import { bytes, count, moment } from '../../text/when.ts';

function Receipt({ view, receipt }: { view: CaseView; receipt: PackageReceipt }) {
  const words = useWords();
  const w = words.packages;
  const { message } = App.useApp();
  const digests = `SHA-256 ${receipt.sha256}\nSM3 ${receipt.sm3}`;
  return (
    <div className="stack">
      <p>{w.done(receipt.number, receipt.captures)}</p>
      <dl className="facts">
        <dt>{w.captures}</dt>
        <dd>{count(receipt.captures)}</dd>
        <dt>{w.size}</dt>
        <dd>{bytes(receipt.bytes)}</dd>
        <dt>{w.sealState}</dt>
        <dd>
          {words.looks.seq(receipt.ledgerSeq)} ·{' '}
          <span className={`tag${receipt.state === 'signed+timestamped' ? ' good' : ''}`}>{words.review.sealState[receipt.state]}</span>
        </dd>
        <dt>SHA-256</dt>
        <dd className="mono">{receipt.sha256}</dd>
        <dt>SM3</dt>
        <dd className="mono">{receipt.sm3}</dd>
        <dt>{w.verify}</dt>
        <dd className="mono">
          node verify.mjs {receipt.number}.wacz --sha256 {receipt.sha256}
        </dd>
      </dl>
      <p className="meta">{w.digest}</p>
      <div className="row">
        <Button type="primary" href={addressOf(`/cases/${view.id}/package/${receipt.sha256}`)} download autoFocus>
          {w.download}
        </Button>
        <Button onClick={() => void navigator.clipboard?.writeText(digests).then(() => message.success(w.copied))}>{w.copy}</Button>
      </div>
    </div>
  );
}

export function Packages({ view }: { view: CaseView }) {
  const { language } = useLanguage();
  const words = useWords().packages;
  const [exporting, replaying] = [useExport(view.id), useReplay(view.id)];
  if (!useMay('evidence.unmask')) return null;
  const failure = exporting.error ?? replaying.error;
  const close = () => {
    exporting.reset();
    replaying.reset();
  };
  const { data: receipt } = exporting;
  const { data: replay } = replaying;
  const waiting = exporting.isPending;
  return (
    <>
      <button type="button" className="plain link nowrap" title={words.exportHint} disabled={waiting} onClick={() => exporting.mutate()}>
        {words.export}
        {waiting ? ' …' : ''}
      </button>
      <button type="button" className="plain link nowrap" title={words.replayHint} disabled={replaying.isPending} onClick={() => replaying.mutate()}>
        {words.replay}
        {replaying.isPending ? ' …' : ''}
      </button>
      {waiting ? (
        <span className="meta wide-only" role="status">
          {words.busy}
        </span>
      ) : null}
      <Modal
        open={Boolean(receipt ?? replay ?? failure)}
        footer={null}
        onCancel={close}
        title={failure ? words.failed : receipt ? words.export : words.replay}
        width={600}
        destroyOnHidden
      >
        {failure ? (
          <p role="alert">
            {failureSentence(failure, language)} <span className="mono meta">{failureCode(failure)}</span>
          </p>
        ) : null}
        {receipt && !failure ? <Receipt view={view} receipt={receipt} /> : null}
        {replay && !failure ? (
          <div className="stack">
            {replay.page ? (
              <>
                <p>{words.ready}</p>
                <p>
                  {words.beginsWith} <b>{replay.page.title}</b> <span className="meta">{moment(replay.page.at)}</span>
                </p>
                <p className="meta">{words.replayHint}</p>
                <div className="row">
                  <Button type="primary" href={replay.url} target="_blank" rel="noopener noreferrer" onClick={close} autoFocus>
                    {words.open}
                  </Button>
                </div>
              </>
            ) : (
              <p>{words.noPage}</p>
            )}
          </div>
        ) : null}
      </Modal>
    </>
  );
}
