/** Small readings that recur on every page: score, due, licence verdict, states. */
import { Tooltip } from 'antd';
import type { CaseState, NoticeState } from '../../core/model/case.ts';
import type { LicenceVerdict } from '../../core/model/licence.ts';
import { useWords } from '../text/language.tsx';
import { usePlatformName } from './use-platforms.ts';

/** A platform by its name. */
export function Platform({ id }: { id: string }) {
  return <span title={id}>{usePlatformName()(id)}</span>;
}

export function Score({ value }: { value: number }) {
  return (
    <span className="score">
      <span className="num">{value}</span>
      <span className="track" aria-hidden="true">
        <span className="fill" style={{ width: `${Math.min(100, Math.max(0, value))}%` }} />
      </span>
    </span>
  );
}

/** Age and due in one word: 剩 2 日, 超 1 日. */
export function Due({ daysLeft, closed = false }: { daysLeft: number; closed?: boolean }) {
  const words = useWords();
  if (closed) return <span className="meta">—</span>;
  const text = daysLeft < 0 ? words.due.over(-daysLeft) : daysLeft === 0 ? words.due.today : words.due.left(daysLeft);
  return (
    <span className={daysLeft < 0 ? 'alert nowrap' : 'nowrap'} style={daysLeft <= 1 ? { fontWeight: 600 } : undefined} title={words.due.workdays}>
      {text}
    </span>
  );
}

const GOOD: ReadonlySet<LicenceVerdict> = new Set(['licensed']);
export function Licence({ verdict, sentence }: { verdict: LicenceVerdict | null; sentence?: string | null }) {
  const words = useWords();
  if (verdict === null) return <span className="meta">—</span>;
  const text = <span className={GOOD.has(verdict) ? 'good' : verdict === 'cannot_tell' ? 'meta' : undefined}>{words.labels.licence[verdict]}</span>;
  return sentence ? <Tooltip title={sentence}>{text}</Tooltip> : text;
}

export function CaseStateTag({ state }: { state: CaseState }) {
  const words = useWords();
  return <span className={`tag${state === 'in_review' || state === 'proposed' ? ' accent' : ''}`}>{words.labels.caseState[state]}</span>;
}

const BAD_NOTICE: ReadonlySet<NoticeState> = new Set(['undeliverable', 'refused', 'verification_failed']);
export function NoticeStateTag({ state }: { state: NoticeState }) {
  const words = useWords();
  return <span className={`tag${BAD_NOTICE.has(state) ? ' bad' : state === 'verified' ? ' good' : ''}`}>{words.labels.noticeState[state]}</span>;
}
