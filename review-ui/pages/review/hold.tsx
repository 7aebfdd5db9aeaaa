/** A legal hold on the case: who holds its evidence and why; placed and lifted with a reason by those who may. */
import { App } from 'antd';
import { useState } from 'react';
import { useHold, useHolds } from '../../api/sources.ts';
import { failureSentence, useMay } from '../../parts/page-state.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { useLanguage } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';

export function Hold({ caseId }: { caseId: string }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const w = words.sources.hold;
  const may = useMay('evidence.hold');
  const holds = useHolds(caseId).data?.items ?? [];
  const standing = holds.find((hold) => hold.liftedAt === null);
  const change = useHold(caseId);
  const [asking, setAsking] = useState(false);
  if (holds.length === 0 && !may) return null;
  const lift = standing !== undefined;
  const send = (reason: string) =>
    change.mutate(
      { lift, reason },
      {
        onSuccess: () => {
          void message.success(lift ? w.lifted : w.done);
          setAsking(false);
        },
        onError: (failure) => void message.error(failureSentence(failure, language)),
      },
    );
  return (
    <p className="meta sealed wrap">
      {standing ? (
        <span className="warn" title={standing.reason}>
          {w.standing(standing.by, moment(standing.at))} {standing.reason}{' '}
        </span>
      ) : null}
      {may ? (
        <button type="button" className="plain link" onClick={() => setAsking(true)}>
          {lift ? w.lift : w.place}
        </button>
      ) : null}
      {holds
        .filter((hold) => hold.liftedAt !== null)
        .map((hold) => (
          <span key={hold.id} className="block" title={hold.liftReason ?? undefined}>
            {w.was(hold.by, moment(hold.at), moment(hold.liftedAt))} · {hold.reason}
            {hold.liftReason ? ` · ${hold.liftReason}` : ''}
          </span>
        ))}
      {asking ? (
        <ReasonDialog
          title={lift ? w.liftTitle : w.placeTitle}
          hint={lift ? w.liftHint : w.placeHint}
          ok={lift ? w.lift : w.place}
          max={500}
          busy={change.isPending}
          onOk={send}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </p>
  );
}
