/** One embedded PostgreSQL for a whole test run, with a migrated template database that tests copy in ~30 ms. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../db/embedded/server.ts';
import { ensureDatabase, migrateDatabase } from '../../db/migrate.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-test-'));
  fs.chmodSync(dir, 0o755);
  const server = await startEmbedded(path.join(dir, 'pg'));
  await ensureDatabase(server.url('postgres'), 'pincha_template');
  await migrateDatabase(server.url('pincha_template'));
  project.provide('adminUrl', server.url('postgres'));
  project.provide('templateUrl', server.url('pincha_template'));
  return async () => {
    await server.close();
    fs.rmSync(dir, { recursive: true, force: true });
  };
}

declare module 'vitest' {
  export interface ProvidedContext {
    adminUrl: string;
    templateUrl: string;
  }
}
