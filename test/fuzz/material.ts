/** What fuzzing is made from: the examples and the words of the shipped rules, so that new rules are fuzzed the day they are written. */
import type { RuleSet } from '../../classifiers/rules/compile.ts';
import type { Material } from './generate.ts';

const WORD = /[一-鿿]{1,6}|[a-z]{2,8}|\d{1,4}/g;

export function materialOf({ rules }: RuleSet): Material {
  const examples = rules
    .flatMap(({ source }) => [...source.mustMatch, ...source.mustNotMatch, ...source.mustExempt])
    .map((e) => (typeof e === 'string' ? e : Object.values(e).join('，')));
  const words = new Set(rules.flatMap(({ source }) => [...source.patterns, ...source.unless.flatMap((c) => c.patterns)]).flatMap((p) => p.match(WORD) ?? []));
  return { examples, words: [...words] };
}
