/** The keyboard's place in a list: j and k move it, Enter opens it, and it stays in sight. */
import { useEffect, useRef, useState } from 'react';
import { useKeys } from './use-keys.ts';

export function useCursor<T extends HTMLElement>(length: number, onOpen: (index: number) => void, onEnd?: () => void) {
  const [at, setAt] = useState(0);
  const list = useRef<T>(null);
  const moved = useRef(false);
  const index = Math.min(at, Math.max(0, length - 1));
  const move = (by: number) => {
    moved.current = true;
    if (index + by >= length) onEnd?.();
    setAt(Math.min(Math.max(0, index + by), Math.max(0, length - 1)));
  };
  useKeys({
    down: () => move(1),
    up: () => move(-1),
    ...(length > 0 ? { open: () => onOpen(index) } : {}),
  });
  useEffect(() => {
    if (moved.current) list.current?.querySelectorAll<HTMLElement>('[data-row]')[index]?.scrollIntoView({ block: 'nearest' });
  }, [index]);
  return { index, setAt, list };
}
