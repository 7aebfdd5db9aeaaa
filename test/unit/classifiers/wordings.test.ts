/**
 * Ways of saying it, and look-alikes: posts written for this by their writers before they saw the rules, one file a
 * writer and theme. A file names its floors; what falls under them, and every post at fault, is shown.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadRules } from '../../../bin/law.ts';
import type { Finding } from '../../../core/model/finding.ts';
import { findingKindSchema } from '../../../core/model/taxonomy.ts';

const fileSchema = z.strictObject({
  about: z.string(),
  floor: z.strictObject({ recall: z.number(), precision: z.number() }),
  /** `shows`: kind → the words that show it; `may`: kinds that may be found as well. */
  posts: z
    .array(
      z.strictObject({
        title: z.string().optional(),
        text: z.string(),
        shows: z.partialRecord(findingKindSchema, z.string()),
        may: z.array(findingKindSchema).default([]),
      }),
    )
    .min(20),
});
const FOLDER = fileURLToPath(new URL('wordings', import.meta.url));
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .sort();

const rules = loadRules();

describe.each(NAMES)('%s', (name) => {
  const { floor, posts } = fileSchema.parse(parse(readFileSync(`${FOLDER}/${name}`, 'utf8')));
  const kinds = new Set(posts.flatMap((post) => Object.keys(post.shows)));
  const results = posts.map((post) => {
    const found = rules.match({ title: post.title, text: post.text }).filter((f) => !f.exempt && kinds.has(f.kind));
    return { post, found };
  });

  it('finds what is shown and leaves look-alikes alone', () => {
    const slips: string[] = [];
    let [right, missed, wrong] = [0, 0, 0];
    for (const { post, found } of results) {
      const got = new Set(found.map((f) => f.kind));
      for (const [kind, quote] of Object.entries(post.shows)) {
        if (got.has(kind as Finding['kind'])) right += 1;
        else {
          missed += 1;
          slips.push(`missed ${kind}: ${quote}`);
        }
      }
      for (const finding of found) {
        if (finding.kind in post.shows || post.may.includes(finding.kind) || !got.delete(finding.kind)) continue;
        wrong += 1;
        slips.push(`wrong ${finding.kind}: ${finding.quote} (${finding.by}) in ${post.text}`);
      }
    }
    const figures = `${name}: recall ${(right / (right + missed)).toFixed(3)}, precision ${(right / (right + wrong)).toFixed(3)}\n${slips.join('\n')}`;
    expect(right / (right + missed), figures).toBeGreaterThanOrEqual(floor.recall);
    expect(right / (right + wrong), figures).toBeGreaterThanOrEqual(floor.precision);
  });

  it('quotes the words as they stand', () => {
    for (const { post, found } of results) {
      for (const { field, quote, start, end } of found) {
        if (field !== 'title' && field !== 'text') continue;
        expect(post[field]?.slice(start ?? 0, end ?? 0)).toBe(quote);
      }
    }
  });
});
