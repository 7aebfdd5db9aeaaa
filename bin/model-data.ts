/** What training and measuring the model read: labelled posts from files given by name, the project's own wordings, unlabelled posts. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { LabelledPost } from '../classifiers/model/dataset.ts';
import { groupOf } from '../classifiers/model/folds.ts';
import { CODE_KINDS } from '../classifiers/model/measure.ts';
import { type Prepared, prepare, type RuleReader } from '../classifiers/model/train.ts';
import { disguised, readWordings } from '../classifiers/model/wordings.ts';
import type { RuleSet } from '../classifiers/rules/compile.ts';
import { isNotice } from '../classifiers/rules/posting.ts';
import { canonicalJson, sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { type PostInput, postInputSchema } from '../core/model/post.ts';
import { loadRules } from './law.ts';

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

/** Codes of kinds that were decided, as `model labels` writes them, and words decided not to show one. */
const decidedSchema = z.array(z.enum(Object.keys(CODE_KINDS) as [keyof typeof CODE_KINDS, ...(keyof typeof CODE_KINDS)[]])).optional();
const dismissedSchema = z.array(z.object({ code: z.string().max(8), quote: z.string().max(2_000).optional() })).optional();
/** What of a line is no part of the post. */
const ABOUT: ReadonlySet<string> = new Set(['labels', 'decided', 'dismissed', 'decisions']);

/** Posts whose nulls are left out, as boards' exports write them. */
const postOf = (value: Record<string, unknown>, place: string): PostInput =>
  parsed(postInputSchema, Object.fromEntries(Object.entries(value).filter(([key, v]) => v !== null && !ABOUT.has(key))), place);

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
    if (!labels) return [];
    const decided = parsed(decidedSchema, value['decided'], place)?.map((code) => CODE_KINDS[code]);
    const dismissed = parsed(dismissedSchema, value['dismissed'], place);
    return [{ post, labels, group: groupOf(post), source: typeof value['source'] === 'string' ? value['source'] : 'written', decided, dismissed }];
  });
}
const readUnlabelled = (files: readonly string[]): PostInput[] => files.flatMap((file) => linesOf(file).map(({ value, place }) => postOf(value, place)));

/** The wordings that ship, each also as it is hidden. */
const ownWordings = (): LabelledPost[] =>
  readdirSync(WORDINGS)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .flatMap((name) => readWordings(readFileSync(join(WORDINGS, name), 'utf8'), basename(name, '.txt')))
    .flatMap((wording) => [wording, ...disguised(wording)]);

const ruleReader = (rules: RuleSet): RuleReader => ({ read: (post) => rules.read(post), find: (read) => rules.match(read.post, { read }), isNotice });

export interface Sources {
  /** Files of labelled posts. */
  readonly labels: readonly string[];
  readonly unlabelled?: readonly string[];
  /** Posts that reviewers decided about. */
  readonly decided?: readonly LabelledPost[];
}
export interface Gathered {
  readonly posts: Prepared[];
  /** Digest of all of it. */
  readonly data: string;
  /** Version of the rules that read it. */
  readonly rules: string;
  readonly trainedOn: string;
}

/** Everything a model is trained from or measured on, read by the shipped rules. */
export function gather({ labels, unlabelled = [], decided = [] }: Sources): Gathered {
  const labelled = readLabelled(labels);
  const wordings = ownWordings();
  const others = readUnlabelled(unlabelled);
  const rules = loadRules();
  const all = [...labelled, ...decided, ...wordings];
  const posts = prepare({ labelled: all, unlabelled: others }, ruleReader(rules));
  const parts = [
    `${labelled.length} labelled posts`,
    ...(decided.length > 0 ? [`${decided.length} posts reviewers decided about`] : []),
    `${wordings.length} own wordings (a third plain, the rest disguised)`,
    `${posts.length - all.length} unlabelled posts as rules read them`,
  ];
  return { posts, data: dataDigest(all, others), rules: rules.version, trainedOn: parts.join(', ') };
}

/** Posts to judge models by, read by the shipped rules; nothing is learned from them. */
export const toJudge = (files: readonly string[], decided: readonly LabelledPost[]): Prepared[] =>
  prepare({ labelled: [...readLabelled(files), ...decided] }, ruleReader(loadRules()));

/** Digest of what a model learns from: the posts and what was said of them, whatever the files were called and in whatever order they came. */
export function dataDigest(labelled: readonly LabelledPost[], unlabelled: readonly PostInput[]): string {
  const told = labelled.map(({ post, labels, decided, dismissed }) => sha256(canonicalJson({ post, labels, decided, dismissed })));
  return sha256([...told.sort(), '', ...unlabelled.map((post) => sha256(canonicalJson(post))).sort()].join('\n'));
}
