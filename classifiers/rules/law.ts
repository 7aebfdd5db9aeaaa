/**
 * Reads `law/` as data: turns the YAML files a caller hands over into checked statutes, rule packs and lexicons.
 * Reading from disk is the caller's: screening stays pure, and a replay can pass in the law of another day.
 */
import { parseDocument } from 'yaml';
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

/** A field as a person finds it: rules by their id, not by their number. */
function placeOf(path: readonly PropertyKey[], value: unknown): string {
  const [first, index, ...rest] = path;
  const rules = typeof value === 'object' && value !== null && 'rules' in value && Array.isArray(value.rules) ? value.rules : null;
  if (first !== 'rules' || typeof index !== 'number' || !rules) return path.map(String).join('.') || '(整体)';
  const rule: unknown = rules[index];
  const id = typeof rule === 'object' && rule !== null && 'id' in rule && typeof rule.id === 'string' ? rule.id : `第 ${index + 1} 条`;
  return [`规则 ${id.slice(0, 80)}`, rest.map(String).join('.')].filter(Boolean).join(' 的 ');
}

const MOST_FAULTS = 5;
/** Checks a value against a schema. @throws RULES_INVALID naming file, rule, field and fault */
export function checked<T extends z.ZodType>(schema: T, value: unknown, place: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.slice(0, MOST_FAULTS).map((issue) => `${placeOf(issue.path, value)} ${issue.message.slice(0, 300)}`);
  throw new PinchaError('RULES_INVALID', { place, reason: faults.join('；') });
}

/** Plain YAML only: no aliases (a few lines of them unfold into gigabytes), no tags, no key twice. @throws RULES_INVALID naming file and line */
export function parseYaml(file: LawFile): unknown {
  try {
    const document = parseDocument(file.text, { schema: 'core', merge: false, strict: true, uniqueKeys: true, prettyErrors: true });
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault) throw new PinchaError('RULES_INVALID', { place: file.path, reason: fault.message.split('\n')[0]?.slice(0, 300) ?? '' }, fault);
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('RULES_INVALID', { place: file.path, reason: reasonOf(error).split('\n')[0]?.slice(0, 300) ?? '' }, error);
  }
}

/** The longest pack a person may hand in, in characters. */
const MAX_PACK = 262_144;
/**
 * Reads one pack somebody wrote or uploaded.
 * @param name what to call it in an error, e.g. its file name
 * @throws FILE_TOO_LARGE, RULES_INVALID naming file, rule and field
 */
export function parsePack(text: string, name: string): PackSource {
  if (text.length > MAX_PACK) throw new PinchaError('FILE_TOO_LARGE', { file: name, limit: '256 KB' });
  return checked(packSchema, parseYaml({ path: name, text }), name);
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
