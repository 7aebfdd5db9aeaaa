/**
 * Keeps compiled law in the data folder, so that a command need not parse and compile it anew. A kept copy is used only
 * when it was made from the very same law files by the very same code and its own digest is right; whatever else
 * happens (no data folder, a folder that cannot be written, a torn file) the law is simply compiled again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { CompiledLaw } from '../classifiers/rules/compile.ts';
import type { LawFile } from '../classifiers/rules/law.ts';
import { sha256 } from '../core/digest.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Everything that decides what law compiles to. */
const CODE = ['classifiers/rules', 'classifiers/text', 'core/model'];
const DIGEST_LENGTH = 64;

let code: string | undefined;
function codeDigest(): string {
  if (code) return code;
  const hash = createHash('sha256')
    .update(process.versions.v8)
    .update(readFileSync(path.join(ROOT, 'package.json')));
  for (const folder of CODE) {
    for (const name of readdirSync(path.join(ROOT, folder)).sort()) {
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(path.join(ROOT, folder, name)));
    }
  }
  code = hash.digest('hex');
  return code;
}

/** What a kept copy must have been made from. */
export function lawKey(files: readonly LawFile[]): string {
  const hash = createHash('sha256').update(codeDigest());
  for (const { path: name, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) hash.update(`\n${name} ${text.length}\n`).update(text);
  return hash.digest('hex');
}

/** The file of kept law; null when there is no data folder, which is not made for this alone. */
function cacheFile(): string | null {
  const data = path.resolve(process.env['PINCHA_DATA'] ?? './data');
  return existsSync(data) ? path.join(data, 'cache', 'compiled-law.bin') : null;
}

/** Key and digest of the body, then the body. */
export function readCompiled(key: string): CompiledLaw | null {
  const file = cacheFile();
  if (!file) return null;
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(DIGEST_LENGTH * 2);
    if (bytes.toString('latin1', 0, DIGEST_LENGTH) !== key) return null;
    if (bytes.toString('latin1', DIGEST_LENGTH, DIGEST_LENGTH * 2) !== sha256(body)) return null;
    return deserialize(body) as CompiledLaw;
  } catch {
    return null;
  }
}

/** Keeps a copy, the last one made; a reader sees the old one or the new one, never half of one. */
export function keepCompiled(key: string, compiled: CompiledLaw): void {
  const file = cacheFile();
  if (!file) return;
  const made = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const body = serialize(compiled);
    writeFileSync(made, Buffer.concat([Buffer.from(`${key}${sha256(body)}`, 'latin1'), body]), { mode: 0o600 });
    renameSync(made, file);
  } catch {
    rmSync(made, { force: true });
  }
}
