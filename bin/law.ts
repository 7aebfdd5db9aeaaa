/**
 * Reads the folder `law/` from disk and compiles it. The only place where screening's law touches the file system.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileLaw, openLaw, type RuleSet } from '../classifiers/rules/compile.ts';
import { type LawFile, parseLaw } from '../classifiers/rules/law.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { keepCompiled, lawKey, readCompiled } from './law-cache.ts';

/** The law shipped with Pincha. */
export const LAW_DIR = fileURLToPath(new URL('../law', import.meta.url));
const MAX_FILE = 4 * 1024 * 1024;

/** Every YAML file below `dir`, with its path relative to it. @throws FILE_UNREADABLE, FILE_TOO_LARGE */
export function loadLaw(dir: string = LAW_DIR): { files: LawFile[] } {
  try {
    const files = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => readLawFile(dir, path.join(entry.parentPath, entry.name)));
    return { files };
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('FILE_UNREADABLE', { file: dir, reason: reasonOf(error) }, error);
  }
}

function readLawFile(dir: string, file: string): LawFile {
  const text = readFileSync(file, 'utf8');
  if (text.length > MAX_FILE) throw new PinchaError('FILE_TOO_LARGE', { file, limit: '4 MB' });
  return { path: path.relative(dir, file).split(path.sep).join('/'), text };
}

/** What was compiled from the very same files before, or what `make` compiles now, which is kept. @param off rules left out */
export function compiledOnce(files: readonly LawFile[], off: readonly string[], make: () => RuleSet): RuleSet {
  const key = lawKey(files, off);
  const kept = readCompiled(key);
  if (kept) return openLaw(kept);
  const rules = make();
  keepCompiled(key, rules.compiled);
  return rules;
}

/**
 * Loads, checks and compiles `law/`, or takes what was compiled from the very same files before.
 * @throws RULES_INVALID naming pack, rule and pattern
 */
export function loadRules(dir: string = LAW_DIR): RuleSet {
  const { files } = loadLaw(dir);
  return compiledOnce(files, [], () => compileLaw(parseLaw(files)));
}
