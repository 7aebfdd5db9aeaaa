/**
 * Reads `law/` as data: turns the YAML files a caller hands over into checked statutes, rule packs and lexicons.
 * Reading from disk is the caller's: screening stays pure, and a replay can pass in the law of another day.
 */
import { parse } from 'yaml';
import type { z } from 'zod';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { computedSchema, type LexiconFile, lexiconSchema, type PackSource, packSchema, type Statute, statuteSchema } from './schema.ts';

/** One file of `law/`: its path relative to that folder, with forward slashes, and its text. */
export interface LawFile {
  readonly path: string;
  readonly text: string;
}
export interface Law {
  readonly statutes: readonly Statute[];
  readonly packs: readonly PackSource[];
  readonly lexicons: readonly LexiconFile[];
  readonly computed: Computed;
}
/** Finding name → the law it cites and why, for what is computed rather than matched. */
export type Computed = Readonly<Record<string, { readonly articles: readonly string[]; readonly why: string }>>;

/** Checks a value against a schema. @throws RULES_INVALID naming file, field and fault */
export function checked<T extends z.ZodType>(schema: T, value: unknown, place: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || '(整体)'} ${issue.message}`);
  throw new PinchaError('RULES_INVALID', { place, reason: faults.join(';') });
}

function parseYaml(file: LawFile): unknown {
  try {
    return parse(file.text, { maxAliasCount: 100 });
  } catch (error) {
    throw new PinchaError('RULES_INVALID', { place: file.path, reason: reasonOf(error) }, error);
  }
}

/**
 * Parses the files of `law/`; the first folder of a path says what a file is.
 * @throws RULES_INVALID naming the file and the field
 */
export function parseLaw(files: readonly LawFile[]): Law {
  const statutes: Statute[] = [];
  const packs: PackSource[] = [];
  const lexicons: LexiconFile[] = [];
  const computed: Record<string, { articles: string[]; why: string }> = {};
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!/\.ya?ml$/.test(file.path)) continue;
    const folder = file.path.split('/')[0];
    if (folder === 'statutes') statutes.push(checked(statuteSchema, parseYaml(file), file.path));
    if (folder === 'lexicons') lexicons.push(checked(lexiconSchema, parseYaml(file), file.path));
    if (folder !== 'rules') continue;
    if (file.path.endsWith('/computed.yaml')) Object.assign(computed, checked(computedSchema, parseYaml(file), file.path));
    else packs.push(checked(packSchema, parseYaml(file), file.path));
  }
  return { statutes, packs, lexicons, computed };
}
