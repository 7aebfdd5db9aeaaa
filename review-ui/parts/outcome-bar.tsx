/** What came of the looks of a walk as one bar: read, unchanged, gone, kept out, failed. Colour and pattern, with the figures for who asks. */
import type { OutcomeCounts } from '../../core/model/api-source.ts';
import { FAULTS, OUTCOMES, type Outcome, WALLS } from '../../core/model/capture.ts';
import { useWords } from '../text/language.tsx';
import { count } from '../text/when.ts';

const CLASSES = ['read', 'same', 'gone', 'wall', 'fault'] as const;
export type OutcomeClass = (typeof CLASSES)[number];

export function classOf(outcome: Outcome): OutcomeClass {
  if (outcome === 'ok') return 'read';
  if (outcome === 'unchanged') return 'same';
  return WALLS.has(outcome) ? 'wall' : FAULTS.has(outcome) ? 'fault' : 'gone';
}

/** Sums by class, in the order they are drawn. */
export function classSums(outcomes: OutcomeCounts): { readonly name: OutcomeClass; readonly n: number }[] {
  return CLASSES.map((name) => ({ name, n: OUTCOMES.reduce((sum, outcome) => sum + (classOf(outcome) === name ? (outcomes[outcome] ?? 0) : 0), 0) })).filter(
    (part) => part.n > 0,
  );
}

/** "已读取 20 · 需验证码 1", the most first. */
export function useOutcomeSentence(): (outcomes: OutcomeCounts) => string {
  const words = useWords();
  return (outcomes) =>
    OUTCOMES.filter((outcome) => outcomes[outcome])
      .sort((a, b) => (outcomes[b] ?? 0) - (outcomes[a] ?? 0))
      .map((outcome) => `${words.labels.fetched[outcome] ?? outcome} ${count(outcomes[outcome] ?? 0)}`)
      .join(' · ');
}

/** @param most the largest sum of the bars it is compared with: a bar is as long as its walk was large */
export function OutcomeBar({ outcomes, most }: { outcomes: OutcomeCounts; most?: number }) {
  const say = useOutcomeSentence();
  const parts = classSums(outcomes);
  const sum = parts.reduce((all, part) => all + part.n, 0);
  if (sum === 0) return <span className="meta">—</span>;
  // A few pages beside thousands are still seen.
  const width = most && most > sum ? Math.max(6, (Math.log1p(sum) / Math.log1p(most)) * 100) : 100;
  return (
    <span className="outcome-bar" role="img" aria-label={say(outcomes)} title={say(outcomes)} style={{ width: `${width}%` }}>
      {parts.map((part) => (
        <i key={part.name} className={`out-${part.name}`} style={{ flexGrow: part.n }} />
      ))}
    </span>
  );
}

export function OutcomeLegend() {
  const words = useWords();
  return (
    <span className="legend meta">
      {CLASSES.map((name) => (
        <span key={name}>
          <i className={`swatch out-${name}`} /> {words.runs.outcomeClass[name]}
        </span>
      ))}
    </span>
  );
}
