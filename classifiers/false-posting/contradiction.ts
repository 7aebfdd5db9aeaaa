/**
 * Facts inside one post that cannot both be true. Only what anyone can check by reading counts: here, a headline pay at
 * least three times the highest monthly pay the text itself names.
 */
import type { RuleSet } from '../rules/compile.ts';
import type { ReadPost } from '../rules/read.ts';
import { originalRange } from '../text/normalise.ts';
import type { PostFact } from './facts.ts';

const AT_LEAST = 3;
const MONTHLY_IN_TEXT =
  /(?:月薪|月工资|月收入|综合(?:工资|薪资|收入)|到手(?:工资|薪资)?|每月工资)[^\d\n,;。]{0,6}(\d{3,6})(?: ?(?:元|块)?[-~至到一] ?(\d{3,6}))?(?!\d| ?\/?(?:时|小时|天|日|年|趟|单|件))/g;
const HEADLINE = /(?:月薪|月入|月收入|薪资|工资)?[^\d\n]{0,3}(\d{4,6})(?: ?(?:元|块)?[-~至到一] ?\d{4,6})?(?: ?元)?(?:\/月|每月|一个月)/;
const PLAUSIBLE = { least: 500, most: 500_000 };
const WEIGHT = 0.45;

function highestMonthly(text: string): number {
  let highest = 0;
  for (const match of text.matchAll(MONTHLY_IN_TEXT)) {
    for (const figure of [match[1], match[2]]) highest = Math.max(highest, figure && Number(figure) <= PLAUSIBLE.most ? Number(figure) : 0);
  }
  return highest;
}

/** Contradictions of a post, with both figures in the sentence. */
export function contradictions(read: ReadPost, rules: Pick<RuleSet, 'computed'>): PostFact[] {
  const body = read.fields.find((f) => f.field === 'text');
  const paid = body ? highestMonthly(body.read.view.text) : 0;
  if (paid < PLAUSIBLE.least) return [];
  for (const { field, read: normalised } of read.fields) {
    if (field !== 'title' && field !== 'salary') continue;
    const match = HEADLINE.exec(normalised.view.text);
    const promised = Number(match?.[1] ?? 0);
    if (!match || promised < AT_LEAST * paid || promised > PLAUSIBLE.most) continue;
    const { start, end } = originalRange(normalised.view, match.index, match.index + match[0].length);
    const words = normalised.original.slice(start, end);
    const sentence = rules.computed('pay-contradiction').why.replaceAll('{quote}', words).replaceAll('{paid}', String(paid));
    return [{ source: 'pay', weight: WEIGHT, sentence, quote: { field, words, start, end } }];
  }
  return [];
}
