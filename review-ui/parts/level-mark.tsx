/** The mark of a finding: its outline is the level, its colour and hatching the family, so it reads without colour too. */
import { type Family, type FindingKind, type Level, type PostLevel, TAXONOMY } from '../../core/model/taxonomy.ts';
import { useWords } from '../text/language.tsx';

const HATCH: Record<Family, string> = {
  discrimination: '',
  money: 'M2 4.5h8M2 7.5h8',
  fraud: 'M2 7l5-5M3.5 10L10 3.5M7 10l3-3',
  identity: 'M4 4.2v.1M8 4.2v.1M4 8v.1M8 8v.1M6 6.1v.1',
  form: '',
};
const DASH: Record<PostLevel, string | undefined> = { statutory: undefined, lead: '3 1.6', advisory: '1 1.8', format: '1 1.8', none: '1 3' };

/** Quoted words in the same mark they carry in the post. */
export function Quote({ kind, level, exempt = false, children }: { kind: FindingKind; level: Level; exempt?: boolean; children: string }) {
  const family = level === 'advisory' || level === 'format' ? 'form' : familyOf(kind);
  return <q className={`mark fam-${family} lvl-${level}${exempt ? ' exempt' : ''}`}>{children}</q>;
}

export const familyOf = (kind: FindingKind): Family => TAXONOMY[kind].family;

export function LevelMark({ level, family, label = false, exempt = false }: { level: PostLevel; family?: Family; label?: boolean; exempt?: boolean }) {
  const words = useWords();
  const solid = level === 'statutory' && !exempt;
  const hatch = family ? HATCH[family] : '';
  return (
    <span className={`level${family ? ` fam-${level === 'advisory' || level === 'format' ? 'form' : family}` : ''}`} title={words.labels.levelHint[level]}>
      <svg width="14" height="14" viewBox="0 0 12 12" role="img" aria-label={words.labels.level[level]}>
        <rect x="1" y="1" width="10" height="10" fill={solid ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="1.4" strokeDasharray={DASH[level]} />
        {hatch && level !== 'none' ? (
          <path d={hatch} stroke={solid ? 'var(--ground)' : 'currentColor'} strokeWidth="1.1" strokeLinecap="round" fill="none" />
        ) : null}
        {exempt ? <path d="M0 6h12" stroke="currentColor" strokeWidth="1.2" /> : null}
      </svg>
      {label ? <span>{words.labels.level[level]}</span> : null}
    </span>
  );
}
