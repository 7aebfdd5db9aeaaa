/**
 * The evidence folder as a vault: bytes written to a temporary name, synced and renamed, so that a name always stands
 * for whole bytes. What talks to evidence goes through the vault, so that the same bytes under the same names may stand
 * in a bucket instead (`s3-vault.ts`).
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PinchaError } from '../core/errors.ts';
import type { Stretch, Vault } from '../core/ports.ts';
import { checkedName, syncFolder, systemCode } from './place.ts';

/** An evidence folder by its path, or a vault. */
export type EvidencePlace = string | Vault;

const TEMPORARY = /\.[0-9a-f-]{36}\.tmp$/;

const missing = (thrown: unknown): null => {
  if (systemCode(thrown) === 'ENOENT') return null;
  throw thrown;
};

/** Writes a new file whole and durable beside `path`. @returns its temporary name */
async function writeBeside(path: string, bytes: Buffer): Promise<string> {
  const temporary = `${path}.${process.pid}.${randomUUID()}.tmp`;
  const handle = await open(temporary, 'wx', 0o640);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  } finally {
    await handle.close();
  }
  return temporary;
}

async function writeDurably(path: string, bytes: Buffer, take: (temporary: string) => Promise<boolean>): Promise<boolean> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  let temporary: string | null = null;
  try {
    temporary = await writeBeside(path, bytes);
    const taken = await take(temporary);
    await syncFolder(folder);
    return taken;
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOSPC') throw new PinchaError('DISK_FULL', { path: folder, freeMb: 0, needMb: Math.ceil(bytes.length / 1_048_576) }, thrown);
    throw thrown;
  } finally {
    if (temporary) await rm(temporary, { force: true });
  }
}

/** Reads `length` bytes at `offset`; fewer when the file ends before. */
async function readStretch(handle: FileHandle, { offset, length }: Stretch): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await handle.read(bytes, got, length - got, offset + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes.subarray(0, got);
}

class FolderVault implements Vault {
  readonly title: string;

  constructor(dir: string) {
    this.title = dir;
  }

  readonly #path = (name: string): string => join(this.title, checkedName(name));

  async #size(name: string): Promise<number | null> {
    return stat(this.#path(name)).then(({ size }) => size, missing);
  }

  size = (name: string): Promise<number | null> => this.#size(name);

  async put(name: string, bytes: Buffer): Promise<boolean> {
    const path = this.#path(name);
    const there = await this.#size(name);
    if (there === bytes.length) return false;
    // A file cut short by a dying disk is replaced.
    const replaced = there === null ? null : (temporary: string) => rename(temporary, path).then(() => true);
    return writeDurably(path, bytes, replaced ?? ((temporary) => this.#linked(temporary, path)));
  }

  /** Two who put at once: one wins, and nobody's bytes are written over. */
  async #linked(temporary: string, path: string): Promise<boolean> {
    try {
      await link(temporary, path);
      return true;
    } catch (thrown) {
      if (systemCode(thrown) === 'EEXIST') return false;
      // File systems without hard links.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemCode(thrown) ?? '')) throw thrown;
      await rename(temporary, path);
      return true;
    }
  }

  async read(name: string, stretch?: Stretch): Promise<Buffer | null> {
    const handle = await open(this.#path(name), 'r').catch(missing);
    if (!handle) return null;
    try {
      return stretch ? await readStretch(handle, stretch) : await handle.readFile();
    } finally {
      await handle.close();
    }
  }

  async *stream(name: string): AsyncGenerator<Buffer> {
    yield* createReadStream(this.#path(name)) as AsyncIterable<Buffer>;
  }

  async overwrite(name: string, offset: number, bytes: Buffer): Promise<void> {
    const handle = await open(this.#path(name), 'r+').catch(missing);
    if (!handle) return;
    try {
      const { size } = await handle.stat();
      if (offset + bytes.length > size) throw new PinchaError('EVIDENCE_BROKEN', { place: `${name}@${offset}`, reason: '文件在该记录之前已结束' });
      for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  remove = (name: string): Promise<void> => rm(this.#path(name), { force: true });

  async *list(prefix: string): AsyncGenerator<{ name: string; size: number }> {
    const entries = await readdir(join(this.title, prefix), { recursive: true, withFileTypes: true }).catch(missing);
    for (const entry of entries ?? []) {
      if (!entry.isFile() || TEMPORARY.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(join(this.title, '/').length).replaceAll('\\', '/');
      const size = await stat(path).then((s) => s.size, missing);
      if (size !== null) yield { name, size };
    }
  }

  async begin(name: string, head: Buffer): Promise<{ append(bytes: Buffer): Promise<void>; close(): Promise<void> }> {
    const path = this.#path(name);
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'ax', 0o640);
    const append = async (bytes: Buffer): Promise<void> => {
      for (let written = 0; written < bytes.length; ) written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
      await handle.sync();
    };
    try {
      await append(head);
      await syncFolder(dirname(path));
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
    return { append, close: () => handle.close() };
  }

  close = async (): Promise<void> => undefined;
}

/** The vault of an evidence folder, or the vault itself. */
export const vaultAt = (place: EvidencePlace): Vault => (typeof place === 'string' ? new FolderVault(place) : place);
