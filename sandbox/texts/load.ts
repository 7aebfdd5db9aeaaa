/**
 * The invented recruitment texts of the sandbox platform: YAML files next to this module, one per theme, each text
 * with the truth about it (which 疑点 it really shows, with the exact words, or an empty list when it is honest).
 * The demo generator fills the slots and publishes them; the evaluation compares findings with the truth.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { type FindingKind, findingKindSchema, TAXONOMY } from '../../core/model/taxonomy.ts';

/**
 * What a slot is filled with. `salary` is a whole pay phrase (`6000-8000元/月`), `headcount` a bare number, `client` a
 * second employer (for texts of intermediaries), `person` a contact such as 王经理, `deadline` a date.
 */
export const TEXT_SLOTS = ['company', 'client', 'city', 'district', 'address', 'salary', 'headcount', 'phone', 'wechat', 'person', 'deadline'] as const;
export type TextSlot = (typeof TEXT_SLOTS)[number];

/** Kinds that say something is absent; they carry no quote. */
export const KINDS_WITHOUT_QUOTE: ReadonlySet<FindingKind> = new Set(['missing-element', 'unsourced-repost']);

const postKindSchema = findingKindSchema.refine((kind) => TAXONOMY[kind].subject === 'post', 'must be a kind whose subject is a post');

const truthSchema = z
  .strictObject({
    kind: postKindSchema,
    /** Exact substring of title, text or a field, free of slots. */
    quote: z.string().min(1).max(60).optional(),
    /** The words are there but lawful for this job: finding it as exempt and not finding it are both right. */
    exempt: z.boolean().default(false),
  })
  .refine((truth) => KINDS_WITHOUT_QUOTE.has(truth.kind) || truth.quote !== undefined, 'a quote is required for this kind');

const textSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)+$/),
  channel: z.enum(['article', 'board', 'feed', 'any']).default('any'),
  subject: z.enum(['employer', 'agency', 'individual']).default('employer'),
  title: z.string().min(2).max(80),
  text: z.string().min(20).max(800),
  fields: z
    .strictObject({
      sex: z.string().optional(),
      age: z.string().optional(),
      education: z.string().optional(),
      headcount: z.string().optional(),
      salary: z.string().optional(),
    })
    .default({}),
  truth: z.array(truthSchema),
});

export type SandboxText = z.infer<typeof textSchema>;
export type SandboxTruth = z.infer<typeof truthSchema>;

/** All texts of this folder in file order; ids are unique. Throws INPUT_INVALID naming the file and field at fault. */
export function loadTexts(): SandboxText[] {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const texts = files.flatMap((file) => readTexts(folder, file));
  const seen = new Set<string>();
  for (const text of texts) {
    if (seen.has(text.id)) throw new PinchaError('INPUT_INVALID', { field: text.id, reason: 'id is used twice' });
    seen.add(text.id);
  }
  return texts;
}

function readTexts(folder: string, file: string): SandboxText[] {
  let rows: unknown;
  try {
    rows = parse(readFileSync(`${folder}/${file}`, 'utf8'));
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: error instanceof Error ? error.message : String(error) });
  }
  const result = z.array(textSchema).safeParse(rows);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const index = issue?.path[0];
  const row = Array.isArray(rows) && typeof index === 'number' ? (rows[index] as { id?: unknown }) : undefined;
  throw new PinchaError('INPUT_INVALID', { field: `${file} ${String(row?.id ?? '')} ${issue?.path.join('.') ?? ''}`, reason: issue?.message ?? '' });
}
