/** What happened, newest first: who, what, from which state to which, and the words they left. */
import { useState } from 'react';
import { useWords } from '../text/language.tsx';
import { moment } from '../text/when.ts';

interface EventLike {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}
const SHOWN = 8;
/** The parts of an event's data that a person wrote or would ask for. */
const TELLING = ['reason', 'text', 'detail', 'error', 'number', 'reference'] as const;

function said(data: EventLike['data'], words: ReturnType<typeof useWords>): string {
  return TELLING.flatMap((key) => {
    const value = data[key];
    if (typeof value !== 'string' || value === '') return [];
    const reason = key === 'reason' ? (words.labels.rejectReason as Record<string, string>)[value] : undefined;
    return [reason ?? value];
  }).join(' · ');
}

export function Timeline({ events }: { events: readonly EventLike[] }) {
  const words = useWords();
  const [all, setAll] = useState(false);
  const sorted = [...events].sort((a, b) => b.at.localeCompare(a.at));
  const shown = all ? sorted : sorted.slice(0, SHOWN);
  return (
    <ol className="events">
      {shown.map((event) => (
        <li key={event.id}>
          <span className="meta nowrap">{moment(event.at)}</span>
          <span className="wrap">
            <span className="meta">{event.actor}</span> {words.labels.action[event.action] ?? event.action}
            {said(event.data, words) ? <span className="meta"> {said(event.data, words)}</span> : null}
          </span>
        </li>
      ))}
      {sorted.length > shown.length ? (
        <li>
          <button type="button" className="plain link meta" onClick={() => setAll(true)}>
            {words.review.eventsHidden(sorted.length - shown.length)}
          </button>
        </li>
      ) : null}
    </ol>
  );
}
