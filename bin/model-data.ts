/** What training and measuring the model read: labelled posts from files given by name, the project's own wordings, unlabelled posts. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { LabelledPost } from '../classifiers/model/dataset.ts';
import { groupOf } from '../classifiers/model/folds.ts';
import type { RuleReader } from '../classifiers/model/train.ts';
import { disguised, readWordings } from '../classifiers/model/wordings.ts';
import type { RuleSet } from '../classifiers/rules/compile.ts';
import { isNotice } from '../classifiers/rules/posting.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { type PostInput, postInputSchema } from '../core/model/post.ts';

const WORDINGS = fileURLToPath(new URL('../classifiers/model/wordings', import.meta.url));
const labelsSchema = z.array(z.object({ code: z.string().max(8), quote: z.string().max(2_000).optional(), sure: z.boolean().optional() }));

function linesOf(file: string): { value: Record<string, unknown>; place: string }[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
  return text.split('\n').flatMap((line, i) => {
    if (!line.trim()) return [];
    const place = `${file}:${i + 1}`;
    try {
      return [{ value: z.record(z.string(), z.unknown()).parse(JSON.parse(line)), place }];
    } catch (error) {
      throw new PinchaError('FILE_UNREADABLE', { file: place, reason: reasonOf(error) }, error);
    }
  });
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new PinchaError('FILE_UNREADABLE', { file: place, reason: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() });
}

/** Posts whose nulls are left out, as boards' exports write them. */
const postOf = (value: Record<string, unknown>, place: string): PostInput =>
  parsed(postInputSchema, Object.fromEntries(Object.entries(value).filter(([key, v]) => v !== null && key !== 'labels')), place);

/** Lines with a text are posts; lines with `id` and `labels` alone label a post of another file. Posts nobody labelled are left out. */
export function readLabelled(files: readonly string[]): LabelledPost[] {
  const lines = files.flatMap(linesOf);
  const apart = new Map(
    lines.flatMap(({ value, place }) =>
      'text' in value || 'title' in value ? [] : [[String(value['id']), parsed(labelsSchema, value['labels'], place)] as const],
    ),
  );
  return lines.flatMap(({ value, place }): LabelledPost[] => {
    if (!('text' in value || 'title' in value)) return [];
    const labels = value['labels'] === undefined ? apart.get(String(value['id'])) : parsed(labelsSchema, value['labels'], place);
    const post = postOf(value, place);
    return labels ? [{ post, labels, group: groupOf(post), source: typeof value['source'] === 'string' ? value['source'] : 'written' }] : [];
  });
}
export const readUnlabelled = (files: readonly string[]): PostInput[] => files.flatMap((file) => linesOf(file).map(({ value, place }) => postOf(value, place)));

/** The wordings that ship, each also as it is hidden. */
export const ownWordings = (): LabelledPost[] =>
  readdirSync(WORDINGS)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .flatMap((name) => readWordings(readFileSync(join(WORDINGS, name), 'utf8'), basename(name, '.txt')))
    .flatMap((wording) => [wording, ...disguised(wording)]);

export const ruleReader = (rules: RuleSet): RuleReader => ({ read: (post) => rules.read(post), find: (read) => rules.match(read.post, { read }), isNotice });
