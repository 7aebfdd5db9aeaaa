/**
 * `pincha import posts`: files of posts into the store, resumable at every line, then the accounts they touched screened
 * from the list. Where a server runs on the same store, screening is left to it.
 */
import path from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { PinchaError } from '../core/errors.ts';
import { inTransaction } from '../db/connect.ts';
import { countDue, releaseDue } from '../db/repositories/due.ts';
import { beginImport, endImport, type PostImportRow, readImport } from '../db/repositories/post-import.ts';
import { clusterDirty } from '../queue/clustering.ts';
import { digestOfFile, importKey, rejectsFile, workImport } from '../queue/import-file.ts';
import { type ScreenedDue, screenDue } from '../queue/screen-due.ts';
import { holderOf } from './lock.ts';
import { openService, type Service } from './service.ts';

export interface PostImport {
  readonly state: PostImportRow['state'];
  /** Done before: nothing was read again. */
  readonly already: boolean;
  readonly posts: number;
  readonly fresh: number;
  readonly accounts: number;
  readonly rejected: number;
  readonly rejects: string;
  readonly findings: number;
  readonly cases: number;
  readonly seconds: number;
  /** Accounts a running server screens, or that wait because the work was stopped. */
  readonly waiting: number;
}
export interface PostImportOptions {
  readonly platform?: string | undefined;
  readonly mapping?: Record<string, string> | undefined;
  readonly rejects?: string | undefined;
  readonly progress: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

/** Tells progress: in place on a terminal, elsewhere a line every ten seconds. */
export function teller(to: NodeJS.WriteStream): (words: string) => void {
  let last = 0;
  return (words) => {
    const now = Date.now();
    if (now - last < (to.isTTY ? 200 : 10_000)) return;
    last = now;
    to.write(to.isTTY ? `\r${words}\u001b[K` : `${words}\n`);
  };
}

async function store(
  service: Service,
  file: string,
  { platform = 'import', mapping = null, rejects, signal, progress }: Omit<PostImportOptions, 'mapping'> & { mapping?: Record<string, string> | null },
) {
  const { sha256, size } = await digestOfFile(file);
  const head = { key: importKey(sha256, platform, mapping), sha256, size, name: path.basename(file), platform, mapping, path: path.resolve(file) };
  const begun = await inTransaction(service.store.db, (tx) => beginImport(tx, { ...head, origin: 'command', by: '命令行' }, systemClock.now()));
  if (begun.state === 'done') return { begun, done: begun };
  const tell = teller(progress);
  if (begun.posts > 0) progress.write(`接着此前的进度：已有 ${begun.posts} 条\n`);
  const run = workImport(service.context, begun.id, {
    rejects,
    signal,
    known: true,
    tell: (imp, go) => tell(`已导入 ${imp.posts} 条，未能读取 ${imp.rejected}；每秒 ${Math.round(go.posts / Math.max(0.001, go.seconds))} 条`),
  });
  const done = await run.catch(async (error: unknown) => {
    if (signal.aborted && error instanceof PinchaError && error.code === 'INTERRUPTED') return null;
    await endImport(service.store.db, begun.id, 'failed', error instanceof Error ? error.message.slice(0, 500) : null, systemClock.now());
    throw error;
  });
  // Only the server takes up what runs: an import by hand waits for the hand.
  if (signal.aborted) await endImport(service.store.db, begun.id, 'stopped', '由操作者停止', systemClock.now());
  return { begun, done: done ?? (await readImport(service.store.db, begun.id)) ?? begun };
}

/** Screens what waits, unless a server does. */
async function screenWaiting(service: Service, options: Pick<PostImportOptions, 'progress' | 'signal'>): Promise<ScreenedDue> {
  if (options.signal.aborted) return { accounts: 0, findings: 0, cases: 0 };
  const tell = teller(options.progress);
  const began = Date.now();
  // Nobody else works on a store of our own: what a killed process had claimed is taken up at once.
  if (service.store.embedded) await releaseDue(service.store.db);
  const done = await screenDue(
    service.context,
    (so) => tell(`已筛查账号 ${so.accounts}；每秒 ${(so.accounts / Math.max(0.001, (Date.now() - began) / 1_000)).toFixed(1)} 个`),
    options.signal,
  );
  if (!options.signal.aborted) await clusterDirty(service.context, options.signal);
  return done;
}

/** Imports and screens a file of posts. @throws FILE_UNREADABLE, FILE_TOO_LARGE, COLUMNS_UNKNOWN */
export async function importPosts(config: Config, file: string, options: PostImportOptions): Promise<PostImport> {
  const start = Date.now();
  const served = holderOf(config.dataDir) !== null;
  const service = await openService({ ...config, demo: false }, () => undefined);
  try {
    const { begun, done } = await store(service, file, options);
    const none = { accounts: 0, findings: 0, cases: 0 };
    const screened = served ? none : await screenWaiting(service, options);
    if (options.progress.isTTY) options.progress.write('\r\u001b[K');
    return {
      state: options.signal.aborted && done.state !== 'done' ? 'stopped' : done.state,
      already: begun.state === 'done',
      posts: done.posts,
      fresh: done.fresh,
      rejected: done.rejected,
      rejects: options.rejects ?? rejectsFile(config.dataDir, done.id),
      ...screened,
      seconds: (Date.now() - start) / 1_000,
      waiting: await countDue(service.store.db),
    };
  } finally {
    await service.close();
  }
}
