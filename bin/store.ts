/** Opens the store of a configuration: embedded or given PostgreSQL, migrated, and the evidence folder. */
import fs from 'node:fs';
import path from 'node:path';
import pino, { type Logger } from 'pino';
import type { Config } from '../core/config.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import type { ContentStore, Vault } from '../core/ports.ts';
import { type Connection, connect } from '../db/connect.ts';
import { startEmbedded } from '../db/embedded/server.ts';
import { ensureDatabase, migrateDatabase } from '../db/migrate.ts';
import { createContentStore } from '../evidence/store.ts';
import { vaultAt } from '../evidence/vault.ts';
import { createSealer, type RecordSealer } from '../evidence/warc.ts';
import { sparing } from '../queue/workers.ts';
import { VERSION } from './version.ts';

export interface Store extends Connection {
  readonly config: Config;
  readonly log: Logger;
  readonly databaseUrl: string;
  readonly embedded: boolean;
  /** The bytes of the evidence: a folder below the data folder, or a bucket. */
  readonly vault: Vault;
  readonly sealer: RecordSealer;
  readonly content: ContentStore;
}

/** Makes the data folder and says plainly when that cannot be. */
export function makeDataDir(dir: string): void {
  try {
    fs.mkdirSync(dir, { recursive: true });
    fs.accessSync(dir, fs.constants.W_OK);
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file: dir, reason: reasonOf(error) }, error);
  }
}

/** The log of a process: a file in the data folder, so that the terminal stays readable. */
export function openLog(config: Config): Logger {
  const file = path.join(config.dataDir, 'pincha.log');
  const redact = ['req.headers.cookie', 'req.headers.authorization', '*.password', '*.secret'];
  return pino({ level: config.logLevel, redact }, pino.destination({ dest: file, mkdir: true, sync: false }));
}

async function openDatabase(config: Config): Promise<{ url: string; close: () => Promise<void> }> {
  if (config.databaseUrl) {
    await migrateDatabase(config.databaseUrl);
    return { url: config.databaseUrl, close: async () => undefined };
  }
  const server = await startEmbedded(path.join(config.dataDir, 'pg'));
  try {
    await ensureDatabase(server.url('postgres'), 'pincha');
    await migrateDatabase(server.url('pincha'));
  } catch (error) {
    await server.close();
    throw error;
  }
  return { url: server.url('pincha'), close: () => server.close() };
}

function secretOf(config: Config): string {
  if (config.s3SecretFile === undefined) return config.s3Secret ?? '';
  try {
    return fs.readFileSync(config.s3SecretFile, 'utf8').trim();
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file: config.s3SecretFile, reason: reasonOf(error) }, error);
  }
}

/** The vault of a configuration. In a bucket, too, demo and real use stand apart. What speaks S3 is loaded only when it is wanted. */
export async function openVault(config: Config): Promise<Vault> {
  if (config.store === 'files') return vaultAt(path.join(config.dataDir, 'evidence'));
  const { createS3Vault } = await import('../evidence/s3-vault.ts');
  const [bucket = '', ...prefix] = config.store.slice('s3://'.length).split('/').filter(Boolean);
  return createS3Vault({
    bucket,
    prefix: [...prefix, config.demo ? 'demo' : 'live', ''].join('/'),
    endpoint: config.s3Endpoint ?? `https://s3.${config.s3Region}.amazonaws.com`,
    region: config.s3Region,
    keyId: config.s3KeyId ?? '',
    secret: secretOf(config),
    pathStyle: config.s3PathStyle,
  });
}

/** Opens everything that stores; the caller closes it. */
export async function openStore(config: Config): Promise<Store> {
  makeDataDir(config.dataDir);
  const log = openLog(config);
  const vault = await openVault(config);
  const database = await openDatabase(config);
  const tell = sparing((error, swallowed) => log.error({ error: error.message, swallowed }, 'database connection'));
  const connection = connect(database.url, tell);
  const sealer = createSealer({ dir: vault, software: `pincha/${VERSION}` });
  return {
    ...connection,
    config,
    log,
    databaseUrl: database.url,
    embedded: !config.databaseUrl,
    vault,
    sealer,
    content: createContentStore(vault),
    close: async () => {
      await sealer.close();
      await vault.close();
      await connection.close();
      await database.close();
      await new Promise<void>((resolve) => log.flush(() => resolve()));
    },
  };
}
