/**
 * A file of posts into the store in constant memory: some hundred lines at a time are sealed as they were read, and rows,
 * capture, ledger row, the accounts to screen and the file's place go in one transaction. Stopped or killed, it goes on
 * behind the last line that was stored; begun again with the same file and columns, it is the same import.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson, sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { PostInput } from '../core/model/post.ts';
import { postFiles } from '../crawlers/registries/bundle.ts';
import type { GivenColumns } from '../crawlers/registries/columns.ts';
import { readPosts } from '../crawlers/registries/posts.ts';
import { inTransaction, patiently, refusedValue } from '../db/connect.ts';
import { advanceImport, endImport, type PostImportRow, type Progress, readImport } from '../db/repositories/post-import.ts';
import type { JobContext } from './context.ts';
import { callForScreening, handedExchange, type PreparedPost, preparePosts, recordIntake, refusedPosts, storePrepared } from './intake.ts';
import { readAhead } from './read-ahead.ts';

type ImportContext = Pick<JobContext, 'db' | 'clock' | 'sealer' | 'config' | 'log' | 'signal'>;

/** Posts stored in one transaction, and UTF-16 units of them after which fewer will do. */
const BATCH = 500;
const BATCH_CHARS = 4_000_000;

/** Where files that were uploaded lie, parts of archives are unpacked, and what could not be read is written. */
export const importFolder = (dataDir: string, what: 'files' | 'scratch' | 'rejects'): string => path.join(dataDir, 'imports', what);
export const rejectsFile = (dataDir: string, id: string): string => path.join(importFolder(dataDir, 'rejects'), `${id}.jsonl`);

/** Why an import failed, as it may be shown: the file by the name it was given, not by where it lies here. */
export const reasonToShow = (imp: Pick<PostImportRow, 'path' | 'name'> | null, dataDir: string, reason: string): string => {
  const named = imp?.path ? reason.replaceAll(imp.path, imp.name) : reason;
  return named.replaceAll(path.resolve(importFolder(dataDir, 'scratch')), '').slice(0, 500);
};

/** SHA-256 and size of a file, streamed. @throws PinchaError FILE_UNREADABLE, and INTERRUPTED when the signal aborts */
export async function digestOfFile(file: string, signal?: AbortSignal): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      if (signal?.aborted) throw new PinchaError('INTERRUPTED', { reason: path.basename(file) });
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
  return { sha256: hash.digest('hex'), size };
}

/** What makes two imports one: the bytes, whose posts they are, and which column is which. */
export const importKey = (digest: string, platform: string, mapping: Readonly<Record<string, string>> | null): string =>
  sha256(canonicalJson({ digest, platform, mapping }));

/** The rejects of an import as a file that can be cut back to what a stored place knows of. */
async function openRejects(
  file: string,
  size: number,
): Promise<{ write(line: number, part: string | null, reason: string): void; flush(): Promise<number>; close(): Promise<void> }> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle: FileHandle = await open(file, 'a+');
  const { size: there } = await handle.stat();
  await handle.truncate(Math.min(size, there));
  let at = Math.min(size, there);
  let waiting = '';
  return {
    write: (line, part, reason) => {
      waiting += `${JSON.stringify({ ...(part ? { part } : {}), line, reason })}\n`;
    },
    flush: async () => {
      if (waiting === '') return at;
      const bytes = Buffer.from(waiting, 'utf8');
      waiting = '';
      await handle.appendFile(bytes);
      await handle.datasync();
      at += bytes.length;
      return at;
    },
    close: () => handle.close(),
  };
}

interface Lines {
  readonly posts: readonly PostInput[];
  /** Where each stands. */
  readonly at: readonly number[];
  readonly part: { readonly index: number; readonly name: string | null };
  readonly first: number;
  readonly last: number;
  /** Items passed, rejected ones included, and how many of all were rejected. */
  readonly items: number;
  readonly rejected: number;
  /** Those that could not be read, with their reasons. */
  readonly rejects: readonly Reject[];
}
interface Reject {
  readonly line: number;
  readonly part: string | null;
  readonly reason: string;
}
/** Lines with everything made ready that needs no database. */
interface Prepared extends Lines {
  readonly body: Buffer;
  readonly prepared: readonly PreparedPost[];
}

function prepare(imp: PostImportRow, lines: Lines): Prepared {
  const account = { id: `file:${imp.name}`.slice(0, 300), name: imp.name.slice(0, 500) };
  const body = Buffer.from(lines.posts.map((post) => `${JSON.stringify(post)}\n`).join(''), 'utf8');
  return { ...lines, body, prepared: preparePosts(lines.posts, { platform: imp.platform, account }) };
}

/** Seals and stores some lines and moves the import's place. @returns the import as it stands then; null when it was stopped or taken over */
async function storeLines(ctx: ImportContext, imp: PostImportRow, lines: Prepared, rejectsSize: number, began: number): Promise<PostImportRow | null> {
  const now = ctx.clock.now();
  const { posts, part, first, last, body, prepared } = lines;
  const captureId = newId();
  const name = encodeURIComponent(part.name ?? imp.name);
  const exchange = handedExchange(`urn:pincha:import:${imp.sha256}#${name}:${first}-${last}`, body, now, [
    ['Content-Type', 'application/jsonl; charset=utf-8'],
  ]);
  // Sealed while the rows are written; they are committed once the bytes are on disk.
  const sealing = posts.length > 0 ? ctx.sealer.seal(exchange, 'import') : null;
  sealing?.catch(() => undefined);
  const handed = { obtained: 'data_share' as const, by: imp.by, file: imp.name, fileSha256: imp.sha256, part: part.name };
  const moved = await patiently(ctx.db, async (tx) => {
    const saved = posts.length > 0 ? await storePrepared(tx, prepared, { captureId, now }) : null;
    const to: Progress = {
      part: part.index,
      item: (part.index === imp.part ? imp.item : 0) + lines.items,
      posts: imp.posts + posts.length,
      fresh: imp.fresh + (saved?.fresh.length ?? 0),
      rejected: imp.rejected + lines.rejected,
      rejectsSize,
      workedMs: imp.workedMs + Math.round(performance.now() - began),
    };
    if (!(await advanceImport(tx, imp, to, now))) throw new PinchaError('STALE', { what: 'post_import' });
    // The ledger's lock is taken last, so that nobody waits for it longer than a moment.
    if (sealing) await recordIntake(tx, captureId, { exchange, place: await sealing, kind: 'import', outcome: 'ok', reason: null, handed }, now);
    return to;
  }).catch((error: unknown) => {
    if (error instanceof PinchaError && error.code === 'STALE') return null;
    throw error;
  });
  return moved && { ...imp, ...moved };
}

/** The same lines without posts the store refuses for what they say; those are rejected with its reason. */
async function withoutRefused(ctx: ImportContext, imp: PostImportRow, lines: Prepared): Promise<Prepared> {
  const { posts, at, part, rejected } = lines;
  const refused = await refusedPosts(ctx.db, lines.prepared, { captureId: newId(), now: ctx.clock.now() });
  const rejects = [...refused].map(([i, said]) => ({ line: at[i] ?? lines.first, part: part.name, reason: `无法入库：${said}` }));
  const kept = <T>(of: readonly T[]): T[] => of.filter((_, i) => !refused.has(i));
  return prepare(imp, { ...lines, posts: kept(posts), at: kept(at), rejects, rejected: rejected + rejects.length });
}

/** Items of all parts behind the import's place, gathered to batches. */
async function* linesLeft(imp: PostImportRow, file: string, scratch: string, signal: AbortSignal): AsyncGenerator<Prepared> {
  for await (const part of postFiles(file, scratch, imp.part, signal)) {
    let [posts, at]: [PostInput[], number[]] = [[], []];
    let rejects: Reject[] = [];
    let [first, last, items, chars] = [0, 0, 0, 0];
    const skip = part.index === imp.part ? imp.item : 0;
    const taken = (): Prepared => {
      const lines = { posts, at, part, first, last, items, rejected: rejects.length, rejects };
      [posts, at, rejects] = [[], [], []];
      [first, items, chars] = [0, 0, 0];
      return prepare(imp, lines);
    };
    for await (const item of readPosts(part.path, { ...(imp.mapping ? { mapping: imp.mapping as GivenColumns<'posts'> } : {}), skip, signal })) {
      if ('post' in item) {
        posts.push(item.post);
        at.push(item.line);
        chars += (item.post.text?.length ?? 0) + 500;
        last = item.line;
        first ||= item.line;
      } else {
        rejects.push({ line: item.line, part: part.name, reason: item.reject });
      }
      if (!('reject' in item && item.fault)) items += 1;
      if (posts.length >= BATCH || items >= BATCH * 4 || chars >= BATCH_CHARS) yield taken();
    }
    // Told to end: what is not stored yet is read again.
    if (signal.aborted) return;
    // A part without a line left still moves the place on, so that it is not unpacked again.
    if (items > 0 || rejects.length > 0 || part.index > imp.part) yield taken();
  }
}

export interface ImportWay {
  /** Where the rejects go; the data folder's own place without it. */
  readonly rejects?: string | undefined;
  /** Told after each batch, with the posts of this go and its seconds. */
  readonly tell?: (imp: PostImportRow, go: { posts: number; seconds: number }) => void;
  readonly signal?: AbortSignal;
  /** The digest was taken a moment ago. */
  readonly known?: boolean;
}

async function checkFile(imp: PostImportRow, file: string, signal: AbortSignal): Promise<void> {
  const { size } = await stat(file).catch((error: unknown) =>
    Promise.reject(new PinchaError('FILE_UNREADABLE', { file: imp.name, reason: reasonOf(error) }, error)),
  );
  if (size !== imp.size || (await digestOfFile(file, signal)).sha256 !== imp.sha256)
    throw new PinchaError('FILE_UNREADABLE', { file: imp.name, reason: '文件内容与开始导入时不同' });
}

/**
 * Works a running import off until it is done, stopped, or the signal aborts.
 * @returns the import as it stands then; still `running` when the signal aborted
 * @throws PinchaError FILE_UNREADABLE, FILE_TOO_LARGE, COLUMNS_UNKNOWN, INTERRUPTED: the import stays where it is
 */
export async function workImport(ctx: ImportContext, id: string, way: ImportWay = {}): Promise<PostImportRow | null> {
  let imp = await readImport(ctx.db, id);
  if (imp?.state !== 'running' || imp.path === null) return imp;
  const file = imp.path;
  const signal = way.signal ?? ctx.signal;
  if (!way.known) await checkFile(imp, file, signal);
  const rejects = await openRejects(way.rejects ?? rejectsFile(ctx.config.dataDir, id), imp.rejectsSize);
  const [start, before] = [performance.now(), imp.posts];
  try {
    let began = start;
    const storeNow = async (at: PostImportRow, lines: Prepared): Promise<PostImportRow | null> => {
      for (const { line, part, reason } of lines.rejects) rejects.write(line, part, reason);
      return storeLines(ctx, at, lines, await rejects.flush(), began);
    };
    // While some lines are stored the next are read.
    for await (const lines of readAhead(linesLeft(imp, file, path.join(importFolder(ctx.config.dataDir, 'scratch'), id), signal))) {
      const here: PostImportRow = imp;
      const moved = await storeNow(here, lines).catch(async (error: unknown) => {
        if (refusedValue(error) === null) throw error;
        return storeNow(here, await withoutRefused(ctx, here, lines));
      });
      if (!moved) return await readImport(ctx.db, id);
      imp = moved;
      began = performance.now();
      way.tell?.(imp, { posts: imp.posts - before, seconds: (began - start) / 1_000 });
      if (signal.aborted) return imp;
    }
    // Reading ended because it was told to: there may be more.
    if (signal.aborted) return imp;
    const now = ctx.clock.now();
    await inTransaction(ctx.db, async (tx) => {
      await endImport(tx, id, 'done', null, now);
      await callForScreening(tx, now);
    });
    if (imp.origin === 'upload') await rm(file, { force: true });
    return await readImport(ctx.db, id);
  } finally {
    await rejects.close();
  }
}
