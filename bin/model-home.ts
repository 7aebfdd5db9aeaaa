/**
 * The models of a data folder: every file that was ever promoted, named by its digest, and a small file that says which
 * of them speaks. Without one the shipped model does. Changed by rename alone: a kill leaves the old state or the new one.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadModel, type ModelFile } from '../classifiers/model/model-file.ts';
import { sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';

export const SHIPPED_MODEL = fileURLToPath(new URL('../classifiers/model/artifact/model.json', import.meta.url));

const FORMAT = 'pincha-active-model/1';
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const activeSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** SHA-256 of the file that speaks; null: the shipped one, after a rollback. */
  digest: digest.nullable(),
  /** What spoke before, newest first, null for the shipped one: where a rollback goes. */
  before: z.array(digest.nullable()).max(1_000),
  /** ISO instant, and who. */
  at: z.string().max(40),
  by: z.string().max(200),
});
export type ActiveModel = Omit<z.infer<typeof activeSchema>, 'format'>;

const homeOf = (dataDir: string): string => path.join(dataDir, 'models');
const activeFile = (dataDir: string): string => path.join(homeOf(dataDir), 'active.json');
export const modelPath = (dataDir: string, sha: string): string => path.join(homeOf(dataDir), `${sha}.json`);

/** Which model this data folder says speaks; null when it says nothing. @throws MODEL_INVALID naming the file */
export function readActive(dataDir: string): ActiveModel | null {
  const file = activeFile(dataDir);
  if (!existsSync(file)) return null;
  try {
    const { format: _, ...active } = activeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return active;
  } catch (error) {
    throw new PinchaError('MODEL_INVALID', { place: file, reason: reasonOf(error).slice(0, 300) }, error);
  }
}

/** Changes whenever another model is chosen: for those who hold one and look whether it still speaks. */
export function activeMark(dataDir: string): string {
  try {
    const { mtimeMs, size } = statSync(activeFile(dataDir));
    return `${mtimeMs}/${size}`;
  } catch {
    return '';
  }
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/** Keeps a model file under its digest. @returns the digest */
export function keepModel(dataDir: string, text: string): string {
  mkdirSync(homeOf(dataDir), { recursive: true });
  const sha = sha256(text);
  writeWhole(modelPath(dataDir, sha), text);
  return sha;
}

/** Lets a kept model speak (null: the shipped one). The processes that screen take it up within seconds. */
export function activate(dataDir: string, active: ActiveModel): void {
  mkdirSync(homeOf(dataDir), { recursive: true });
  writeWhole(activeFile(dataDir), `${JSON.stringify({ format: FORMAT, ...active })}\n`);
}

export interface ReadModel {
  readonly file: ModelFile;
  readonly sha256: string;
  readonly path: string;
}

/** Reads a model file. @param expected its digest, when it is known @throws MODEL_INVALID naming the place */
export function readModel(file: string, expected?: string): ReadModel {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PinchaError('MODEL_INVALID', { place: file, reason: reasonOf(error) }, error);
  }
  const sha = sha256(text);
  if (expected !== undefined && sha !== expected) throw new PinchaError('MODEL_INVALID', { place: file, reason: `内容与其摘要 ${expected.slice(0, 12)} 不符` });
  return { file: loadModel(text, file), sha256: sha, path: file };
}

/** The model that speaks in this data folder. @throws MODEL_INVALID */
export function activeModel(dataDir: string): ReadModel {
  const active = readActive(dataDir);
  return active?.digest ? readModel(modelPath(dataDir, active.digest), active.digest) : readModel(SHIPPED_MODEL);
}
