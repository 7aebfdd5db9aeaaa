/**
 * Facts that together make a posting look fake (疑似虚假招聘), each checkable by anyone and shown with what it stands on.
 * None is enough alone: an honest employer may be missing from a register, pay well, or buy the advert everybody uses.
 * Only facts of two different sources make a lead; two facts about one figure are one source.
 */
import type { ArticleRef, Finding } from '../../core/model/finding.ts';
import { capLevel } from '../../core/model/taxonomy.ts';

/** Where a fact comes from; facts of one source do not support each other. */
export type FactSource = 'register' | 'pay' | 'text' | 'model';

export interface PostFact {
  readonly source: FactSource;
  /** How much it adds, 0-1; never enough alone. */
  readonly weight: number;
  /** In Chinese, with figures, names and dates that can be looked up. */
  readonly sentence: string;
  /** The words of the post it points at. */
  readonly quote?: { readonly field: string; readonly words: string; readonly start: number; readonly end: number };
}

const BY = 'false-posting.';
const VERSION = '@1';
const LEAST_SOURCES = 2;
const MOST = 0.9;
const NUMBERED = ['①', '②', '③', '④', '⑤', '⑥'];

export const isFalsePostingLead = (finding: Pick<Finding, 'by'>): boolean => finding.by.startsWith(BY);

/**
 * The lead that facts make together; null when they come from fewer than two sources.
 * @param law `rules.computed('false-posting')` with its articles cited: the sentence in front, and the articles
 */
export function falsePostingLead(facts: readonly PostFact[], law: { readonly why: string; readonly articles: ArticleRef[] }): Finding | null {
  const strongest = new Map<FactSource, number>();
  for (const { source, weight } of facts) strongest.set(source, Math.max(strongest.get(source) ?? 0, weight));
  if (strongest.size < LEAST_SOURCES) return null;
  const left = [...strongest.values()].reduce((rest, weight) => rest * (1 - weight), 1);
  const told = [...facts].sort((a, b) => b.weight - a.weight).slice(0, NUMBERED.length);
  const quote = told.find((fact) => fact.quote)?.quote ?? null;
  return {
    kind: 'false-posting',
    level: capLevel('false-posting', 'lead'),
    score: Math.round(Math.min(MOST, 1 - left) * 100) / 100,
    source: 'format',
    // Other sources make it another lead: people are asked again, and the sentence is told anew.
    by: `${BY}${[...strongest.keys()].sort().join('+')}${VERSION}`,
    field: quote?.field ?? null,
    quote: quote?.words ?? null,
    start: quote?.start ?? null,
    end: quote?.end ?? null,
    articles: law.articles,
    exempt: false,
    why: `${law.why}：${told.map((fact, i) => `${NUMBERED[i]}${fact.sentence}`).join('；')}`,
  };
}
