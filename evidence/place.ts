/**
 * Under which names evidence stands in its vault, a folder or a bucket: `warc/` for sealed exchanges, `blob/` for
 * content-addressed bytes. Names from outside (database rows, package manifests) pass through here before they
 * become paths or keys, so no row can make us read or write elsewhere.
 */
import { open } from 'node:fs/promises';
import { PinchaError } from '../core/errors.ts';

export const WARC_FOLDER = 'warc';
export const BLOB_FOLDER = 'blob';

const WARC_NAME = /^warc\/[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.warc\.gz$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Any name below the vault: plain parts, none of which leads out of it. */
const NAME = /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,220}\/)*[A-Za-z0-9][A-Za-z0-9._-]{0,220}$/;

/** @throws PinchaError EVIDENCE_BROKEN for a name that may not be one */
export function checkedName(name: string): string {
  if (!NAME.test(name)) throw new PinchaError('EVIDENCE_BROKEN', { place: name.slice(0, 200), reason: '不是存证目录内的名称' });
  return name;
}

/** The name of a WARC file in the vault. @param warcFile as stored in a capture, `warc/<name>.warc.gz` */
export function warcName(warcFile: string): string {
  if (!WARC_NAME.test(warcFile)) throw new PinchaError('EVIDENCE_BROKEN', { place: warcFile.slice(0, 200), reason: '不是存证目录内的 WARC 文件名' });
  return warcFile;
}

/** The name of content-addressed bytes, two folder levels deep. @param sha256 64 lower-case hex digits */
export function blobName(sha256: string): string {
  if (!SHA256.test(sha256)) throw new PinchaError('INPUT_INVALID', { field: 'sha256', reason: '应为 64 位小写十六进制' });
  return `${BLOB_FOLDER}/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

/** Makes a new or renamed directory entry durable; a no-op where folders cannot be opened (Windows). */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some file systems refuse fsync on folders: the file's own fsync stands.
  }
}

/** The code of a Node system error, or null. */
export const systemCode = (thrown: unknown): string | null =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
