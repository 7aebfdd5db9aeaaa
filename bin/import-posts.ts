/**
 * `pincha import posts`: a file of posts into the store, each batch of lines sealed like a page, in small
 * transactions so that a kill loses nothing and a second run adds nothing, then screened account by account.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { canonicalJson, sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Exchange } from '../core/model/capture.ts';
import type { PostInput } from '../core/model/post.ts';
import type { SealedPlace } from '../core/ports.ts';
import { storableText } from '../core/storable.ts';
import type { GivenColumns } from '../crawlers/registries/columns.ts';
import { readPosts } from '../crawlers/registries/posts.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { appendLedger, insertCapture } from '../db/repositories/capture.ts';
import { saveAccount, savePost } from '../db/repositories/content.ts';
import { captureFacts, ledgerRow } from '../evidence/ledger.ts';
import { clusterDirty } from '../queue/clustering.ts';
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

/** The account a post belongs to: its own, else the employer it names, else the file. */
function accountOf(post: PostInput, file: string) {
  if (post.account && (post.account.id || post.account.name)) return post.account;
  const name = post.company?.trim();
  return name ? { id: `company:${name}`, name, subjectName: name } : { id: `file:${file}`, name: file };
}

interface Origin {
  readonly platform: string;
  /** Name and digest of the file. */
  readonly file: string;
  readonly sha256: string;
}

/** The lines of a batch as they were read, as one exchange to seal: what an office imported must be provable too. */
function exchangeOf(posts: readonly PostInput[], { file, sha256: digest }: Origin, first: number, now: Date): Exchange {
  const url = `urn:pincha:import:${digest}#${encodeURIComponent(file)}:${first}-${first + posts.length - 1}`;
  const headers: [string, string][] = [['Content-Type', 'application/jsonl; charset=utf-8']];
  const body = Buffer.from(posts.map((post) => `${JSON.stringify(post)}\n`).join(''), 'utf8');
  return {
    url,
    finalUrl: url,
    method: 'GET',
    requestHeaders: {},
    status: 200,
    statusText: 'Imported',
    httpVersion: '1.1',
    responseHeaders: headers,
    body,
    remoteAddress: null,
    fetchedAt: now,
    elapsedMs: 0,
    via: 'http',
  };
}

/** Enters a sealed batch in the ledger. @returns the capture its posts refer to */
async function recordBatch(tx: Db, exchange: Exchange, place: SealedPlace, now: Date): Promise<string> {
  const id = newId();
  const { url, finalUrl, status, fetchedAt } = exchange;
  const payload = captureFacts(place, { url, finalUrl, status, via: 'import', fetchedAt, kind: 'import' });
  const row = await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'capture', refId: id, payload, at: now }));
  const seen = { runId: null, sourceId: null, accountId: null, kind: 'import' as const, outcome: 'ok' as const, reason: null, via: 'import' as const };
  await insertCapture(tx, { id, ...seen, url, finalUrl, status, fetchedAt, place, ledgerSeq: row.seq });
  return id;
}

async function saveBatch(service: Service, posts: readonly PostInput[], origin: Origin, first: number, touched: Set<string>): Promise<number> {
  const now = systemClock.now();
  const { platform, file } = origin;
  const exchange = exchangeOf(posts, origin, first, now);
  const place = await service.store.sealer.seal(exchange, 'import');
  return inTransaction(service.store.db, async (tx) => {
    const captureId = await recordBatch(tx, exchange, place, now);
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
      const externalId = storableText(input.id ?? input.url ?? contentSha256).slice(0, 300);
      const saved = await savePost(tx, { accountId, platform: on, externalId, input, contentSha256, captureId, publishedAt, now });
      if (saved.change !== 'same') fresh += 1;
    }
    return fresh;
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
  const touched = new Set<string>();
  try {
    const origin: Origin = { platform: options.platform ?? 'import', file: path.basename(file), sha256: await digestOf(file) };
    let batch: PostInput[] = [];
    const flush = async (): Promise<void> => {
      tally.fresh += await saveBatch(service, batch, origin, tally.posts + 1, touched);
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
    await clusterDirty(service.context);
    return { ...tally, accounts: touched.size, seconds: (Date.now() - began) / 1000 };
  } finally {
    rejects?.end();
    await service.close();
  }
}
