/**
 * The model's arithmetic: log-odds of a passage as the sum of its words' weights, the probability of a text from
 * its strongest passage. It is naive Bayes as `natural` trained it, kept in logarithms so that long passages
 * do not underflow, which they do in `natural` itself.
 */
import type { KindModel } from './model-file.ts';
import { type Passage, passagesOf, tokensOf } from './passages.ts';

export interface ReadPassage extends Passage {
  readonly tokens: readonly string[];
}

export interface Judgement {
  readonly passage: ReadPassage;
  readonly logOdds: number;
  /** Calibrated, 0-1. */
  readonly probability: number;
}

export const readPassages = (text: string): ReadPassage[] => passagesOf(text).map((p) => ({ ...p, tokens: tokensOf(p.text) }));

/** The sum of a passage's weights; words the model never saw count nothing. */
export function logOdds(model: Pick<KindModel, 'bias' | 'weights'>, tokens: readonly string[]): number {
  let sum = model.bias;
  for (const token of tokens) sum += Object.hasOwn(model.weights, token) ? (model.weights[token] as number) : 0;
  return sum;
}

export const calibrated = ({ slope, intercept }: KindModel['calibration'], value: number): number => 1 / (1 + Math.exp(-(slope * value + intercept)));

/** The pairs that moved a judgement most towards the kind, joined where they overlap in the passage: 学费 + 费分 + 分期 → 学费分期. */
export function movingWords(model: KindModel, passage: string, most = 4): string[] {
  const weightOf = (token: string): number => (Object.hasOwn(model.weights, token) ? (model.weights[token] as number) : 0);
  const plain = passage.normalize('NFKC').toLowerCase();
  const runs: { words: string; weight: number }[] = [];
  for (let i = 0; i + 1 < plain.length; i++) {
    const weight = weightOf(plain.slice(i, i + 2));
    if (weight <= 0) continue;
    const last = runs.at(-1);
    if (last && plain.startsWith(last.words, i + 1 - last.words.length)) {
      last.words += plain.charAt(i + 1);
      last.weight += weight;
    } else runs.push({ words: plain.slice(i, i + 2), weight });
  }
  return [...new Set(runs.sort((a, b) => b.weight - a.weight).map((run) => run.words))].slice(0, most);
}
