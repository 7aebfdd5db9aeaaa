/**
 * The content store: bytes filed under their own SHA-256 (page shots, DOM texts, imported files). Written to a
 * temporary name, synced, then renamed, so a name in the store always stands for whole bytes; the same bytes are
 * stored once; and what is read is checked against its name, so a changed file can never pass as evidence.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import type { ContentStore } from '../core/ports.ts';
import { blobPath, syncFolder, systemCode } from './place.ts';

/** The size of the file at `path` in bytes, or null when there is none. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${process.pid}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o640);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (thrown) {
    await rm(temporary, { force: true });
    if (systemCode(thrown) === 'ENOSPC') throw new PinchaError('DISK_FULL', { path: folder, freeMb: 0, needMb: Math.ceil(bytes.length / 1_048_576) }, thrown);
    throw thrown;
  }
}

/**
 * A content store on the file system.
 * @param dir the evidence folder; bytes go to `<dir>/blob/ab/cd/<sha256>`
 * @throws EVIDENCE_BROKEN from `get` when stored bytes no longer match their name
 */
export function createContentStore(dir: string): ContentStore {
  return {
    async put(bytes) {
      const digest = sha256(bytes);
      const path = blobPath(dir, digest);
      // A file cut short by a dying disk is replaced; one of the right size is taken as stored and checked on reading.
      if ((await sizeOf(path)) !== bytes.length) await writeDurably(path, bytes);
      return digest;
    },
    async get(digest) {
      const path = blobPath(dir, digest);
      let bytes: Buffer;
      try {
        bytes = await readFile(path);
      } catch (thrown) {
        if (systemCode(thrown) === 'ENOENT') return null;
        throw thrown;
      }
      const found = sha256(bytes);
      if (found !== digest) throw new PinchaError('EVIDENCE_BROKEN', { place: `blob/${digest}`, reason: `内容摘要为 ${found}，与名称不符` });
      return bytes;
    },
  };
}
