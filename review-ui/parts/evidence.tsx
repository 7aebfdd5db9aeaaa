/** Where the sealed look stands that shows what is found: when, which link of the chain, and the picture made of it. */
import type { CaptureView } from '../../core/model/api.ts';
import { addressOf } from '../api/client.ts';
import { useWords } from '../text/language.tsx';
import { moment } from '../text/when.ts';
import { useMay } from './page-state.tsx';

/** Time, place in the ledger and digest of a sealed look. */
export function SealedLine({ capture }: { capture: CaptureView }) {
  const words = useWords();
  return (
    <>
      {words.review.sealedAt} {moment(capture.fetchedAt)} ·{' '}
      <span title={capture.sha256 ?? ''}>
        {words.review.sealed(capture.ledgerSeq === null ? '—' : String(capture.ledgerSeq), capture.sha256?.slice(0, 12) ?? '—')}
      </span>{' '}
      · {words.review.sealState[capture.seal.state]}
      {capture.seal.root === null ? words.review.noRootYet : null}
    </>
  );
}

/** Who handed a look in and how it was obtained; nothing for what was fetched by the system itself. */
export function OriginLine({ capture }: { capture: CaptureView }) {
  const words = useWords();
  if (!capture.origin) return null;
  const { obtained, by, note, file, fileSha256, part, obtainedAt, importedAt } = capture.origin;
  const told = [words.origin.how[obtained], words.origin.by(by), note, file, part, obtainedAt ? words.origin.at(moment(obtainedAt)) : null];
  return (
    <span className="meta wrap" title={fileSha256 ?? ''}>
      {words.origin.title(moment(importedAt))} · {told.filter(Boolean).join(' · ')}
    </span>
  );
}

/** The words of a post, and what was sealed of it. */
export function PostBody({ text, capture }: { text: string; capture: CaptureView | null }) {
  return (
    <>
      <p className="post-text">{text}</p>
      {capture ? (
        <p className="meta">
          <SealedLine capture={capture} />
        </p>
      ) : null}
      {capture ? <OriginLine capture={capture} /> : null}
    </>
  );
}

/** What shows a finding about the account itself: the last sealed look at its page. */
export function AccountEvidence({ capture }: { capture: CaptureView | null }) {
  const words = useWords();
  const may = useMay('evidence.read');
  const mayAll = useMay('evidence.unmask');
  if (!capture) return <p className="meta">{words.review.noAccountEvidence}</p>;
  const open = (what: string, name: string) => (
    <a href={addressOf(`/captures/${capture.id}/${what}`)} target="_blank" rel="noreferrer">
      {name}
    </a>
  );
  return (
    <p className="meta wrap">
      {words.review.accountEvidence} · <SealedLine capture={capture} /> <OriginLine capture={capture} />
      {may && capture.hasShot ? <> · {open('shot.png', words.review.tabs.shot)}</> : null}
      {mayAll ? <> · {open('raw', words.review.tabs.raw)}</> : null}
    </p>
  );
}
