/** What must hold of every screening result, whatever was screened. Each breach is told in words; none is thrown. */

import type { Normalised, View } from '../../classifiers/text/normalise.ts';
import { type ScreenResult, screenResultSchema } from '../../core/model/finding.ts';
import type { PostInput } from '../../core/model/post.ts';

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
/** Whether a cut at `at` would tear a character above the basic plane in two. */
const tears = (text: string, at: number): boolean => at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));

/** Findings point at their words in the original, whole characters of them. */
export function breachesOfResult(post: PostInput, result: ScreenResult): string[] {
  const breaches: string[] = [];
  const parsed = screenResultSchema.safeParse(result);
  if (!parsed.success) breaches.push(`shape: ${parsed.error.message}`);
  for (const { by, field, quote, start, end } of result.findings) {
    if (quote === null || field === null) continue;
    const text = post[field];
    if (typeof text !== 'string' || start === null || end === null) breaches.push(`${by}: quote without a place in ${field}`);
    else if (start < 0 || end > text.length || start >= end) breaches.push(`${by}: ${start}..${end} outside ${text.length}`);
    else if (text.slice(start, end) !== quote) breaches.push(`${by}: quote is not the text at ${start}..${end}`);
    else if (tears(text, start) || tears(text, end)) breaches.push(`${by}: ${start}..${end} tears a character`);
  }
  return breaches;
}

function breachesOfView(name: string, view: View, length: number): string[] {
  if (!view.starts || !view.ends) return view.text.length === length ? [] : [`${name}: no way back, and ${view.text.length} units for ${length}`];
  if (view.starts.length !== view.text.length || view.ends.length !== view.text.length)
    return [`${name}: ${view.starts.length} places for ${view.text.length} units`];
  let before = 0;
  for (let i = 0; i < view.text.length; i += 1) {
    const [start, end] = [view.starts[i] as number, view.ends[i] as number];
    if (start < before || end <= start || end > length) return [`${name}: unit ${i} stands for ${start}..${end} after ${before}`];
    before = start;
  }
  return [];
}

/** Every view of a text leads back into it, in order. */
export const breachesOfReading = (read: Normalised): string[] => [
  ...breachesOfView('view', read.view, read.original.length),
  ...(read.squeezed ? breachesOfView('squeezed', read.squeezed, read.original.length) : []),
];
