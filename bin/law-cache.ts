/**
 * Keeps compiled law in the data folder, so that a command or a start need not compile it anew. A kept copy is used only
 * when it was made from the very same law files by the very same code and its own digest is right; whatever else
 * happens (no data folder, a folder that cannot be written, a torn file) the law is simply compiled again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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

/** What a kept copy must have been made from. @param off rules left out of it */
export function lawKey(files: readonly LawFile[], off: readonly string[] = []): string {
  const hash = createHash('sha256').update(codeDigest());
  for (const { path: name, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) hash.update(`\n${name} ${text.length}\n`).update(text);
  return hash.update(JSON.stringify([...off].sort())).digest('hex');
}

/** So many laws are kept, the last ones used: the shipped one, the one in force, and those before it. */
const KEPT = 8;
const NAME = /^law-[\da-f]{16}\.bin$/;

/** The folder of kept laws; null when there is no data folder, which is not made for this alone. */
function cacheFolder(): string | null {
  const data = path.resolve(process.env['PINCHA_DATA'] ?? './data');
  return existsSync(data) ? path.join(data, 'cache') : null;
}
const fileOf = (folder: string, key: string): string => path.join(folder, `law-${key.slice(0, 16)}.bin`);

/** Key and digest of the body, then the body. */
export function readCompiled(key: string): CompiledLaw | null {
  const folder = cacheFolder();
  if (!folder) return null;
  try {
    const bytes = readFileSync(fileOf(folder, key));
    const body = bytes.subarray(DIGEST_LENGTH * 2);
    if (bytes.toString('latin1', 0, DIGEST_LENGTH) !== key) return null;
    if (bytes.toString('latin1', DIGEST_LENGTH, DIGEST_LENGTH * 2) !== sha256(body)) return null;
    const now = new Date();
    utimesSync(fileOf(folder, key), now, now);
    return deserialize(body) as CompiledLaw;
  } catch {
    return null;
  }
}

/** Drops the copies longest unused; one that another process drops first is gone all the same. */
function prune(folder: string): void {
  const kept = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .map((name) => ({ file: path.join(folder, name), at: statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { file } of kept.slice(KEPT)) rmSync(file, { force: true });
}

/** Keeps a copy; a reader sees the old one or the new one, never half of one. */
export function keepCompiled(key: string, compiled: CompiledLaw): void {
  const folder = cacheFolder();
  if (!folder) return;
  const made = `${fileOf(folder, key)}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const body = serialize(compiled);
    writeFileSync(made, Buffer.concat([Buffer.from(`${key}${sha256(body)}`, 'latin1'), body]), { mode: 0o600 });
    renameSync(made, fileOf(folder, key));
    prune(folder);
  } catch {
    rmSync(made, { force: true });
  }
}
