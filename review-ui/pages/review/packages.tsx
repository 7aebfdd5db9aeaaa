/** Evidence of the case as one file, and its replay: each is made when asked for, and logged. */
import { Modal } from 'antd';
import type { CaseView } from '../../../core/model/api.ts';
import { addressOf } from '../../api/client.ts';
import { useExport, useReplay } from '../../api/writes.ts';
import { useMay } from '../../parts/page-state.tsx';
import { useWords } from '../../text/language.tsx';

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function Packages({ view }: { view: CaseView }) {
  const words = useWords().packages;
  const [exporting, replaying] = [useExport(view.id), useReplay(view.id)];
  if (!useMay('evidence.read')) return null;
  const failure = exporting.error ?? replaying.error;
  const close = () => {
    exporting.reset();
    replaying.reset();
  };
  const { data: receipt } = exporting;
  const { data: replay } = replaying;
  return (
    <>
      <button type="button" className="plain link nowrap" title={words.exportHint} disabled={exporting.isPending} onClick={() => exporting.mutate()}>
        {words.export}
        {exporting.isPending ? ' …' : ''}
      </button>
      <button type="button" className="plain link nowrap" title={words.replayHint} disabled={replaying.isPending} onClick={() => replaying.mutate()}>
        {words.replay}
        {replaying.isPending ? ' …' : ''}
      </button>
      <Modal
        open={Boolean(receipt ?? replay ?? failure)}
        footer={null}
        onCancel={close}
        title={failure ? words.failed : receipt ? words.export : words.replay}
        width={560}
      >
        {failure ? <p role="alert">{wordsOf(failure)}</p> : null}
        {receipt ? (
          <>
            <p>
              {words.done(receipt.number, receipt.captures)} · {words.state[receipt.state]}
            </p>
            <p className="meta">{words.digest}</p>
            <p className="mono" style={{ overflowWrap: 'anywhere' }}>
              SHA-256 {receipt.sha256}
              <br />
              SM3 {receipt.sm3}
            </p>
            <p>
              <a href={addressOf(`/cases/${view.id}/package/${receipt.sha256}`)} download>
                {words.download}
              </a>
            </p>
          </>
        ) : null}
        {replay ? (
          <p>
            {words.ready} ·{' '}
            <a href={replay.url} target="_blank" rel="noopener noreferrer" onClick={close}>
              {words.open}
            </a>
          </p>
        ) : null}
      </Modal>
    </>
  );
}
