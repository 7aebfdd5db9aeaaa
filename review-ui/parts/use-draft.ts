/** Words a person is typing: kept on this machine until they are sent, across reloads, crashes and expired sessions. */
import { useCallback, useState } from 'react';

const PREFIX = 'pincha.draft.';

function read<T extends object>(key: string): Partial<T> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Partial<T>) : {};
  } catch {
    return {};
  }
}

/** @returns what was changed by hand (only that), a setter, and a way to drop it once it is sent. */
export function useDraft<T extends object>(key: string): [Partial<T>, (change: Partial<T>) => void, () => void] {
  const [draft, setDraft] = useState<Partial<T>>(() => read<T>(key));
  const change = useCallback(
    (part: Partial<T>) =>
      setDraft((now) => {
        const next = { ...now, ...part };
        try {
          sessionStorage.setItem(PREFIX + key, JSON.stringify(next));
        } catch {
          // a full or forbidden store only costs the safety net, not the typing
        }
        return next;
      }),
    [key],
  );
  const drop = useCallback(() => {
    sessionStorage.removeItem(PREFIX + key);
    setDraft({});
  }, [key]);
  return [draft, change, drop];
}
