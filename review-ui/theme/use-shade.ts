/** Light or dark: the machine's wish unless the reviewer chose; kept on this machine. */
import { useEffect, useState } from 'react';

export type Shade = 'light' | 'dark';
const KEY = 'pincha.shade';
const wished = (): Shade => (window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
const chosen = (): Shade | null => {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : null;
};

export function useShade(): { shade: Shade; toggle: () => void } {
  const [shade, setShade] = useState<Shade>(() => chosen() ?? wished());
  useEffect(() => {
    const media = window.matchMedia('(prefers-color-scheme: dark)');
    const follow = () => {
      if (chosen() === null) setShade(wished());
    };
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = shade;
  }, [shade]);
  const toggle = () =>
    setShade((now) => {
      const next = now === 'light' ? 'dark' : 'light';
      localStorage.setItem(KEY, next);
      return next;
    });
  return { shade, toggle };
}
