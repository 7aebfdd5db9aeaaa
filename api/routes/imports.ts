/**
 * Files of posts by upload: streamed to the data folder with their size counted and their digest taken on the way, then
 * imported by a job. Progress, stopping and going on for whoever may import.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson, sha256 as digestOf } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import { type ImportRejects, type ImportView, importPage, importRejects, importView, uploadQuery } from '../../core/model/intake.ts';
import { inTransaction } from '../../db/connect.ts';
import { recordAudit } from '../../db/repositories/audit.ts';
import { countDue } from '../../db/repositories/due.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { beginImport, endImport, listImports, type PostImportRow, readImport, resumeImport } from '../../db/repositories/post-import.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { idParams } from './shapes.ts';

const KINDS = /\.(jsonl|ndjson|json|csv|tsv|txt|xlsx|html?|zip)$/i;

function view(row: PostImportRow): ImportView {
  const { id, name, sha256, size, platform, origin, by, state, reason, posts, fresh, rejected, workedMs } = row;
  const rate = posts > 0 && workedMs > 0 ? Math.round((posts / workedMs) * 1_000) : null;
  const times = { startedAt: row.startedAt.toISOString(), updatedAt: row.updatedAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null };
  return { id, name, sha256, size, platform, origin, by, state, reason, posts, fresh, rejected, rate, ...times };
}

interface Kept {
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
}

/** Streams an upload to disk; nothing of it is left when it is too large, cut off or empty. */
async function keep(stream: AsyncIterable<Buffer>, folder: string, name: string, mostBytes: number): Promise<Kept> {
  await mkdir(folder, { recursive: true });
  const temporary = path.join(folder, `${randomUUID()}.part`);
  const hash = createHash('sha256');
  let size = 0;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      for await (const chunk of stream) {
        size += chunk.length;
        if (size > mostBytes) throw new PinchaError('FILE_TOO_LARGE', { file: name, limit: `${Math.round(mostBytes / 1_048_576)} MB`, field: 'body' });
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (size === 0) throw new PinchaError('FILE_UNREADABLE', { file: name, reason: '空文件' });
    const sha256 = hash.digest('hex');
    const file = path.join(folder, `${sha256}${path.extname(name).toLowerCase()}`);
    await rename(temporary, file);
    return { file, sha256, size };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const REJECTS_SHOWN = 200;
const REJECTS_BYTES = 262_144;

/** The first lines that could not be read, from the beginning of the file they were written to. */
async function rejectsOf(row: PostImportRow, folder: string): Promise<ImportRejects> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path.join(folder, `${row.id}.jsonl`), 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(REJECTS_BYTES, row.rejectsSize)), 0, null, 0);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(0, -1).slice(0, REJECTS_SHOWN);
    const items = lines.map((line) => {
      const { part, line: at, reason } = JSON.parse(line) as { part?: string; line: number; reason: string };
      return { part: part ?? null, line: at, reason: reason.slice(0, 500) };
    });
    return { items, more: Math.max(0, row.rejected - items.length) };
  } catch (error) {
    // Kept elsewhere by whoever imported from the command line, or nothing was rejected.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { items: [], more: row.rejected };
    throw error;
  } finally {
    await handle?.close();
  }
}

function mappingOf(given: string | readonly string[] | undefined): Record<string, string> | null {
  const pairs = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  if (pairs.length === 0) return null;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new PinchaError('INPUT_INVALID', { field: 'map', reason: `须为 字段=列名：${pair.slice(0, 60)}` });
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export function importRoutes(app: Api, deps: ApiDeps): void {
  const mostBytes = deps.config.uploadMb * 1_048_576;
  const needs = { needs: ['post.import'] as const };
  app.addContentTypeParser('application/octet-stream', { bodyLimit: mostBytes }, (_req, payload, done) => done(null, payload));
  app.get('/imports', { config: needs, schema: { response: { 200: importPage } } }, async () => ({
    items: (await listImports(deps.db)).map(view),
    accountsWaiting: await countDue(deps.db, 1_000_000),
  }));
  app.get('/imports/:id/rejects', { config: needs, schema: { params: idParams, response: { 200: importRejects } } }, async (req) => {
    const row = await readImport(deps.db, req.params.id);
    if (!row) throw new PinchaError('NOT_FOUND', { what: '导入' });
    return rejectsOf(row, path.join(deps.config.dataDir, 'imports', 'rejects'));
  });
  const shown = {
    description: '上传一个招聘信息文件（application/octet-stream） · upload a file of posts',
    querystring: uploadQuery,
    response: { 200: importView },
  };
  app.post('/imports', { config: needs, bodyLimit: mostBytes, schema: shown }, async (req) => {
    const { name, platform, map } = req.query;
    const { actor } = whoOf(req);
    if (!KINDS.test(name)) throw new PinchaError('INPUT_INVALID', { field: 'name', reason: '须为 jsonl、csv、xlsx、html 或其 zip' });
    const mapping = mappingOf(map);
    const body: unknown = req.body;
    if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body))
      throw new PinchaError('INPUT_INVALID', { field: 'content-type', reason: '须为 application/octet-stream' });
    const kept = await keep(body as AsyncIterable<Buffer>, path.join(deps.config.dataDir, 'imports', 'files'), name, mostBytes);
    const key = digestOf(canonicalJson({ digest: kept.sha256, platform, mapping }));
    const head = {
      key,
      sha256: kept.sha256,
      size: kept.size,
      name: path.basename(name),
      platform,
      mapping,
      path: kept.file,
      origin: 'upload' as const,
      by: actor.name,
    };
    const now = deps.clock.now();
    const begun = await inTransaction(deps.db, async (tx) => {
      const row = await beginImport(tx, head, now);
      if (row.state === 'running') await addToOutbox(tx, [{ topic: 'import.posts', payload: { importId: row.id } }], now);
      return row;
    });
    if (begun.state === 'done') await rm(kept.file, { force: true });
    const data = { name: head.name, sha256: kept.sha256, size: kept.size, platform };
    await recordAudit(deps.db, { action: 'import.upload', subjectType: 'import', subjectId: begun.id, data }, actor, now, req.ip);
    return view(begun);
  });
  for (const act of ['stop', 'resume'] as const)
    app.post(`/imports/:id/${act}`, { config: needs, schema: { params: idParams, response: { 200: z.object({ ok: z.literal(true) }) } } }, async (req) => {
      const { actor } = whoOf(req);
      const { id } = req.params;
      const now = deps.clock.now();
      if (!(await readImport(deps.db, id))) throw new PinchaError('NOT_FOUND', { what: '导入' });
      const done = await inTransaction(deps.db, async (tx) => {
        if (act === 'stop') return endImport(tx, id, 'stopped', `由${actor.name}停止`, now);
        const resumed = await resumeImport(tx, id, now);
        if (resumed) await addToOutbox(tx, [{ topic: 'import.posts', payload: { importId: id } }], now);
        return resumed;
      });
      if (!done) throw new PinchaError('GUARD_FAILED', { reason: act === 'stop' ? '该导入不在进行中' : '该导入不能由服务继续' });
      await recordAudit(deps.db, { action: `import.${act}`, subjectType: 'import', subjectId: id, data: {} }, actor, now, req.ip);
      return { ok: true as const };
    });
}
