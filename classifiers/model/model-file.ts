/**
 * The model as a file: plain JSON that says of which version it is, what it was trained on, and for each kind the
 * weight of every word, so that a finding can be explained and a file of another make is refused by name.
 */
import { z } from 'zod';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import { findingKindSchema } from '../../core/model/taxonomy.ts';

export const MODEL_FORMAT = 'pincha-bayes/1';

/** Kinds whose words alone decide too little for a rule: the only ones the model may raise. */
export const MODEL_KINDS = [
  'training-loan',
  'exaggerated-pay',
  'fraud-lead',
  'acts-as-intermediary',
  'traffic-diversion',
  'unlawful-terms',
] as const satisfies readonly FindingKind[];
export type ModelKind = (typeof MODEL_KINDS)[number];

const finite = z.number().refine(Number.isFinite);
const kindSchema = z.strictObject({
  /** Log-odds before any word. */
  bias: finite,
  /** Probability = 1 / (1 + exp(-(slope × log-odds + intercept))), fitted on held-out folds. */
  calibration: z.strictObject({ slope: finite, intercept: finite }),
  /** Probability from which the kind is raised; null when no threshold held the wanted precision: it stays silent. */
  threshold: z.number().min(0).max(1).nullable(),
  positives: z.number().int().nonnegative(),
  weights: z.record(z.string().max(200), finite),
});

export const modelFileSchema = z.strictObject({
  format: z.literal(MODEL_FORMAT),
  id: z.string().regex(/^[\w.-]{1,80}$/),
  trainedOn: z.string().max(500),
  seed: z.number().int(),
  samples: z.number().int().nonnegative(),
  kinds: z.partialRecord(findingKindSchema, kindSchema),
});
export type ModelFile = z.infer<typeof modelFileSchema>;
export type KindModel = z.infer<typeof kindSchema>;

const MAX_MODEL_CHARS = 20_000_000;

/**
 * Reads a model file.
 * @param source its text or the parsed value @param place how to name it in an error
 * @throws MODEL_INVALID naming the place and the fault
 */
export function loadModel(source: unknown, place = 'model'): ModelFile {
  let value = source;
  if (typeof source === 'string') {
    if (source.length > MAX_MODEL_CHARS) throw new PinchaError('MODEL_INVALID', { place, reason: '文件过大' });
    try {
      value = JSON.parse(source);
    } catch (thrown) {
      throw new PinchaError('MODEL_INVALID', { place, reason: `不是 JSON（${reasonOf(thrown)}）` }, thrown);
    }
  }
  const format = value !== null && typeof value === 'object' && 'format' in value ? value.format : undefined;
  if (format !== MODEL_FORMAT)
    throw new PinchaError('MODEL_INVALID', { place: `${place} format`, reason: `版本为 ${String(format).slice(0, 60)}，本程序只用 ${MODEL_FORMAT}` });
  const result = modelFileSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new PinchaError('MODEL_INVALID', { place: `${place} ${issue?.path.map(String).join('.') ?? ''}`.trim(), reason: issue?.message ?? '内容不符' });
}
