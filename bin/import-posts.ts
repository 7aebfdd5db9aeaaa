/**
 * `pincha import posts`: a file of posts into the store, sealed as a file (digest, ledger row), in small
 * transactions so that a kill loses nothing and a second run adds nothing, then screened account by account.
 */
import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { canonicalJson, sha256, sm3 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { PostInput } from '../core/model/post.ts';
import type { GivenColumns } from '../crawlers/registries/columns.ts';
import { readPosts } from '../crawlers/registries/posts.ts';
import { inTransaction } from '../db/connect.ts';
import { appendLedger } from '../db/repositories/capture.ts';
import { saveAccount, savePost } from '../db/repositories/content.ts';
import { ledgerRow } from '../evidence/ledger.ts';
import { screenAccountNow } from '../queue/jobs/screen-account.ts';
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
const MAX_KEPT_BYTES = 512 * 1_048_576;

/** The account a post belongs to: its own, else the employer it names, else the file. */
function accountOf(post: PostInput, file: string) {
  if (post.account && (post.account.id || post.account.name)) return post.account;
  const name = post.company?.trim();
  return name ? { id: `company:${name}`, name, subjectName: name } : { id: `file:${file}`, name: file };
}

async function saveBatch(service: Service, posts: readonly PostInput[], platform: string, file: string, touched: Set<string>): Promise<number> {
  const now = systemClock.now();
  return inTransaction(service.store.db, async (tx) => {
    let fresh = 0;
    const known = new Map<string, string>();
    for (const input of posts) {
      const account = accountOf(input, file);
      const key = account.id ?? account.name ?? '';
      const on = input.platform ?? platform;
      const accountId = known.get(`${on}/${key}`) ?? (await saveAccount(tx, { platform: on, input: account, url: null, now }));
      known.set(`${on}/${key}`, accountId);
      touched.add(accountId);
      const contentSha256 = sha256(canonicalJson(input));
      const at = input.publishedAt ? new Date(input.publishedAt) : null;
      const publishedAt = at && !Number.isNaN(at.getTime()) ? at : null;
      const externalId = (input.id ?? input.url ?? contentSha256).replaceAll('\0', '').slice(0, 300);
      const saved = await savePost(tx, { accountId, platform: on, externalId, input, contentSha256, captureId: null, publishedAt, now });
      if (saved.change !== 'same') fresh += 1;
    }
    return fresh;
  });
}

/** Keeps the file itself as evidence of what was imported. */
async function sealFile(service: Service, file: string): Promise<void> {
  const { size } = await stat(file).catch((error: Error) => {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: error.message }, error);
  });
  if (size > MAX_KEPT_BYTES) return;
  const bytes = await readFile(file);
  const digest = await service.store.content.put(bytes);
  const now = systemClock.now();
  const payload = { sha256: digest, sm3: sm3(bytes), size, name: path.basename(file), from: 'import' };
  await inTransaction(service.store.db, (tx) => appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'import', refId: newId(), payload, at: now })));
}

/** Imports and screens a file of posts. @throws FILE_UNREADABLE, COLUMNS_UNKNOWN */
export async function importPosts(config: Config, file: string, options: PostImportOptions): Promise<PostImport> {
  const began = Date.now();
  const service = await openService({ ...config, demo: false }, () => undefined);
  const rejects = options.rejects ? createWriteStream(options.rejects) : null;
  const tally = { posts: 0, fresh: 0, rejected: 0, findings: 0, cases: 0 };
  const touched = new Set<string>();
  const platform = options.platform ?? 'import';
  const name = path.basename(file);
  try {
    await sealFile(service, file);
    let batch: PostInput[] = [];
    const flush = async (): Promise<void> => {
      tally.fresh += await saveBatch(service, batch, platform, name, touched);
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
    let done = 0;
    for (const accountId of touched) {
      const { findings, opened } = await screenAccountNow(service.context, accountId);
      tally.findings += findings;
      if (opened) tally.cases += 1;
      done += 1;
      if (options.progress.isTTY && done % 20 === 0) options.progress.write(`\r已筛查账号 ${done}/${touched.size}      `);
    }
    return { ...tally, accounts: touched.size, seconds: (Date.now() - began) / 1000 };
  } finally {
    rejects?.end();
    await service.close();
  }
}
