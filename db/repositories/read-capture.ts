/** Where the bytes and the page shot of a capture stand. */
import { eq } from 'drizzle-orm';
import type { SealedPlace } from '../../core/ports.ts';
import type { Db } from '../connect.ts';
import { capture } from '../schema/index.ts';

export interface CaptureRecord {
  readonly id: string;
  readonly url: string;
  readonly shotSha256: string | null;
  /** Null when there were no bytes to seal. */
  readonly place: Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength' | 'sha256'> | null;
}

/** @returns null when there is no such capture */
export async function readCapture(db: Db, id: string): Promise<CaptureRecord | null> {
  const [row] = await db.select().from(capture).where(eq(capture.id, id));
  if (!row) return null;
  const { warcFile, warcOffset, warcLength, sha256 } = row;
  const sealed = warcFile !== null && warcOffset !== null && warcLength !== null && sha256 !== null;
  return { id: row.id, url: row.url, shotSha256: row.shotSha256, place: sealed ? { warcFile, warcOffset, warcLength, sha256 } : null };
}
