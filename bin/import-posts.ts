/**
 * `pincha import posts`: a file of posts into the store, each batch of lines sealed like a page, in small
 * transactions so that a kill loses nothing and a second run adds nothing, then screened account by account.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { PostInput } from '../core/model/post.ts';
import type { GivenColumns } from '../crawlers/registries/columns.ts';
import { readPosts } from '../crawlers/registries/posts.ts';
import { clusterDirty } from '../queue/clustering.ts';
import { handedExchange, patiently, recordIntake, storePosts } from '../queue/intake.ts';
import { screenDue } from '../queue/screen-due.ts';
import { openService, type Service } from './service.ts';

export interface PostImport {
  readonly posts: number;
  readonly fresh: number;
  readonly accounts: number;
  readonly rejected: number;
  readonly findings: number;
  readonly cases: number;
  readonly seconds: number;
}
export interface PostImportOptions {
  readonly platform?: string | undefined;
  readonly mapping?: Record<string, string> | undefined;
  readonly rejects?: string | undefined;
  readonly progress: NodeJS.WriteStream;
}

const BATCH = 250;

interface Origin {
  readonly platform: string;
  /** Name and digest of the file. */
  readonly file: string;
  readonly sha256: string;
}

async function saveBatch(service: Service, posts: readonly PostInput[], { platform, file, sha256: digest }: Origin, first: number): Promise<number> {
  const now = systemClock.now();
  const url = `urn:pincha:import:${digest}#${encodeURIComponent(file)}:${first}-${first + posts.length - 1}`;
  const body = Buffer.from(posts.map((post) => `${JSON.stringify(post)}\n`).join(''), 'utf8');
  const exchange = handedExchange(url, body, now, [['Content-Type', 'application/jsonl; charset=utf-8']]);
  const place = await service.store.sealer.seal(exchange, 'import');
  const captureId = newId();
  const handed = { obtained: 'data_share' as const, by: '命令行', file, fileSha256: digest };
  return patiently(service.store.db, async (tx) => {
    const saved = await storePosts(tx, posts, { platform, account: { id: `file:${file}`, name: file }, captureId, now });
    await recordIntake(tx, captureId, { exchange, place, kind: 'import', outcome: 'ok', reason: null, handed }, now);
    return saved.fresh.length;
  });
}

/** SHA-256 of a file, streamed. @throws FILE_UNREADABLE */
async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
  return hash.digest('hex');
}

/** Imports and screens a file of posts. @throws FILE_UNREADABLE, COLUMNS_UNKNOWN */
export async function importPosts(config: Config, file: string, options: PostImportOptions): Promise<PostImport> {
  const began = Date.now();
  const service = await openService({ ...config, demo: false }, () => undefined);
  const rejects = options.rejects ? createWriteStream(options.rejects) : null;
  const tally = { posts: 0, fresh: 0, rejected: 0, findings: 0, cases: 0 };
  try {
    const origin: Origin = { platform: options.platform ?? 'import', file: path.basename(file), sha256: await digestOf(file) };
    let batch: PostInput[] = [];
    const flush = async (): Promise<void> => {
      tally.fresh += await saveBatch(service, batch, origin, tally.posts + 1);
      tally.posts += batch.length;
      batch = [];
      if (options.progress.isTTY) options.progress.write(`\r已导入 ${tally.posts} 条`);
    };
    for await (const item of readPosts(file, options.mapping ? { mapping: options.mapping as GivenColumns<'posts'> } : {})) {
      if ('reject' in item) {
        tally.rejected += 1;
        (rejects ?? process.stderr).write(`${JSON.stringify({ line: item.line, reason: item.reject })}\n`);
      } else if (batch.push(item.post) >= BATCH) await flush();
    }
    if (batch.length > 0) await flush();
    const screened = await screenDue(service.context, ({ accounts }) => {
      if (options.progress.isTTY) options.progress.write(`\r已筛查账号 ${accounts}      `);
    });
    tally.findings = screened.findings;
    tally.cases = screened.cases;
    await clusterDirty(service.context);
    return { ...tally, accounts: screened.accounts, seconds: (Date.now() - began) / 1000 };
  } finally {
    rejects?.end();
    await service.close();
  }
}
