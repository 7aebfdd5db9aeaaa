/** A dialog that asks for words before something is done; Ctrl+Enter sends, an input method's Enter does not. */
import { Input, Modal } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { isSubmitKey } from '../keys/use-keys.ts';
import { useWords } from '../text/language.tsx';

interface ReasonDialogProps {
  readonly title: string;
  readonly hint?: string;
  readonly ok: string;
  readonly max: number;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly children?: ReactNode;
  readonly onOk: (reason: string) => void;
  readonly onClose: () => void;
}

export function ReasonDialog({ title, hint, ok, max, danger, busy, children, onOk, onClose }: ReasonDialogProps) {
  const words = useWords();
  const [reason, setReason] = useState('');
  const id = useId();
  const ready = reason.trim().length > 0;
  const send = () => {
    if (ready && !busy) onOk(reason.trim());
  };
  return (
    <Modal
      open
      title={title}
      okText={
        <>
          {ok} <kbd>Ctrl Enter</kbd>
        </>
      }
      okButtonProps={{ disabled: !ready, danger, loading: busy }}
      cancelText={words.common.cancel}
      onOk={send}
      onCancel={onClose}
      width={480}
    >
      <div className="stack">
        {hint ? <p className="meta">{hint}</p> : null}
        {children}
        <div>
          <label className="meta" htmlFor={`${id}-1`}>
            {words.common.reason}
          </label>
          <Input.TextArea
            id={`${id}-1`}
            value={reason}
            maxLength={max}
            autoFocus
            autoSize={{ minRows: 3, maxRows: 10 }}
            onChange={(event) => setReason(event.target.value)}
            onKeyDown={(event) => {
              if (isSubmitKey(event)) send();
            }}
          />
        </div>
      </div>
    </Modal>
  );
}
