/** Which adapter reads a platform's pages: a built-in one, or the board that a source declares under that name. */
import { PinchaError } from '../core/errors.ts';
import { adapterOfSource } from '../crawlers/boards/adapter.ts';
import { platformById, platformIds } from '../crawlers/platforms/registry.ts';
import type { PlatformAdapter } from '../crawlers/platforms/types.ts';
import type { Db } from '../db/connect.ts';
import { readBoard } from '../db/repositories/source.ts';

/** @throws PinchaError PLATFORM_UNKNOWN naming the known ones */
export async function adapterOfPlatform(db: Db, platform: string): Promise<PlatformAdapter> {
  if (platformIds.includes(platform)) return platformById(platform);
  const board = await readBoard(db, platform);
  if (!board) throw new PinchaError('PLATFORM_UNKNOWN', { platform, known: platformIds.join(', ') });
  return adapterOfSource({ platform, board });
}
