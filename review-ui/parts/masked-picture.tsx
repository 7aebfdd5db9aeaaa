/**
 * A picture as the desk shows it: its masked copy, and the original for who asks and may. A copy that is not there yet is
 * asked for again; the original never takes its place unasked.
 */
import { useEffect, useState } from 'react';
import { useWords } from '../text/language.tsx';
import { useMay } from './page-state.tsx';

const AGAIN_MS = 5_000;

/** @param address of the masked copy; `?original=true` is the original's */
export function MaskedPicture({ address, name, className }: { address: string; name: string; className?: string }) {
  const words = useWords();
  const may = useMay('evidence.unmask');
  const [original, setOriginal] = useState(false);
  const [broken, setBroken] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!broken || original) return;
    const timer = setTimeout(() => {
      setTurn((n) => n + 1);
      setBroken(false);
    }, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [broken, original]);
  const src = original ? `${address}?original=true` : turn === 0 ? address : `${address}?n=${turn}`;
  return (
    <>
      {broken ? (
        <p className="meta picture-none">{original ? words.review.pictureBroken : words.review.noMaskedCopy}</p>
      ) : (
        <a href={src} target="_blank" rel="noreferrer" title={words.review.pictureOpen}>
          <img className={className} loading={className ? 'eager' : 'lazy'} src={src} alt={name} onError={() => setBroken(true)} />
        </a>
      )}
      {may ? (
        <p className="meta pad">
          {original ? words.review.originalShown : words.review.maskedShown}{' '}
          <button
            type="button"
            className="plain link"
            title={words.review.unmaskHint}
            onClick={() => {
              setBroken(false);
              setOriginal(!original);
            }}
          >
            {original ? words.review.showMasked : words.review.showOriginal}
          </button>
        </p>
      ) : null}
    </>
  );
}
