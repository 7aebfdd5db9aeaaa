/**
 * The same finding on reposts of one text, judged in one step: every post that shows it is listed, whoever decides
 * sees how many there are, and what is decided is stored for each of them as if it had been judged alone.
 */
import { Button, Modal, Radio } from 'antd';
import { useState } from 'react';
import type { FindingView } from '../../../core/model/api.ts';
import { REJECT_REASONS, type RejectReason } from '../../../core/model/case.ts';
import { composing } from '../../keys/use-keys.ts';
import { Quote } from '../../parts/level-mark.tsx';
import { useWords } from '../../text/language.tsx';
import type { Review } from './use-review.ts';

/** Below a finding that stands on several posts: how many more, and the way to judge them together. */
export function AlikeLine({ finding, review }: { finding: FindingView; review: Review }) {
  const words = useWords();
  const others = review.alikeTo(finding).length - 1;
  if (others < 1) return null;
  return (
    <p className="meta">
      {words.review.alike(others)}{' '}
      <Button
        size="small"
        type="text"
        onClick={() => {
          review.focus(finding.id);
          review.openAlike(finding);
        }}
      >
        {words.review.alikeOpen} <kbd>s</kbd>
      </Button>
    </p>
  );
}

const AROUND = 12;
/** The quote with the words beside it, for posts that are on the page. */
function around({ postId, field, start, end }: FindingView, review: Review): string {
  const post = review.view.posts.find((one) => one.id === postId);
  const text: unknown = field === null ? '' : field === 'text' || field === 'title' ? post?.[field] : post?.input[field];
  if (typeof text !== 'string' || start === null || end === null) return '';
  const [from, to] = [Math.max(0, start - AROUND), Math.min(text.length, end + AROUND)];
  return `${from > 0 ? '…' : ''}${text.slice(from, to).replace(/\s+/g, ' ')}${to < text.length ? '…' : ''}`;
}

type Choice = 'confirm' | 'undecide' | RejectReason;
const reasonAt = (key: string): RejectReason | undefined => REJECT_REASONS[Number(key) - 1];

export function AlikeDialog({ review }: { review: Review }) {
  const words = useWords();
  const { finding } = review;
  const open = finding?.state === 'open';
  const [choice, setChoice] = useState<Choice>(open ? 'confirm' : 'undecide');
  if (!finding) return null;
  const members = review.alikeTo(finding);
  const close = () => review.setDialog(null);
  const send = () => {
    close();
    review.judgeAlike(
      members.map((member) => member.id),
      choice,
    );
  };
  return (
    <Modal
      open
      title={words.review.alikeTitle(members.length)}
      okText={words.review.alikeSend(members.length)}
      okButtonProps={{ disabled: review.busy }}
      cancelText={words.common.cancel}
      onOk={send}
      onCancel={close}
      width={520}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys choose inside this dialog only */}
      <div
        className="stack"
        onKeyDown={(event) => {
          if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
          const reason = reasonAt(event.key);
          if (open && event.key === 'a') setChoice('confirm');
          if (open && reason) setChoice(reason);
          if (event.key === 'Enter') {
            event.preventDefault();
            send();
          }
        }}
      >
        <p className="wrap">
          <b>{words.labels.kind[finding.kind]}</b>{' '}
          <Quote kind={finding.kind} level={finding.level}>
            {finding.quote ?? ''}
          </Quote>
        </p>
        <p className="meta">{words.review.alikeHint}</p>
        <ol className="alike-posts">
          {members.map((member) => (
            <li key={member.id} className="wrap">
              {member.postTitle || words.review.untitled} <span className="meta">{around(member, review)}</span>
            </li>
          ))}
        </ol>
        <Radio.Group className="choices" value={choice} onChange={(event) => setChoice(event.target.value as Choice)}>
          {open ? (
            <>
              <Radio value="confirm" autoFocus>
                <kbd>a</kbd> {words.review.confirm}
              </Radio>
              {REJECT_REASONS.map((value, i) => (
                <Radio key={value} value={value}>
                  <kbd>{i + 1}</kbd> {words.review.reject}: {words.labels.rejectReason[value]}
                </Radio>
              ))}
            </>
          ) : (
            <Radio value="undecide" autoFocus>
              {words.review.undo}
            </Radio>
          )}
        </Radio.Group>
      </div>
    </Modal>
  );
}
