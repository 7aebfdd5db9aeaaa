/** Runs the examples every rule carries: what it must find, what it must leave alone, and what it must call lawful. */
import type { PostInput } from '../../core/model/post.ts';
import type { RuleSet } from './compile.ts';

export interface ExampleResult {
  readonly rule: string;
  readonly example: string;
  readonly expected: 'match' | 'no-match' | 'exempt';
  readonly got: 'match' | 'no-match' | 'exempt';
}

/** An example is a text, or fields of a post. */
const asPost = (example: string | Record<string, unknown>): PostInput => (typeof example === 'string' ? { text: example } : (example as PostInput));

/** One row an example; `expected` differs from `got` where a rule breaks its word. */
export function runRuleExamples(ruleSet: RuleSet): ExampleResult[] {
  return ruleSet.rules.flatMap(({ id, source }) => {
    const check = (example: string | Record<string, unknown>, expected: ExampleResult['expected']): ExampleResult => {
      const own = ruleSet.match(asPost(example)).filter((finding) => finding.by.startsWith(`${id}@`));
      const got = own.length === 0 ? 'no-match' : own.every((finding) => finding.exempt) ? 'exempt' : 'match';
      return { rule: id, example: typeof example === 'string' ? example : JSON.stringify(example), expected, got };
    };
    return [
      ...source.mustMatch.map((example) => check(example, 'match')),
      ...source.mustNotMatch.map((example) => check(example, 'no-match')),
      ...source.mustExempt.map((example) => check(example, 'exempt')),
    ];
  });
}
