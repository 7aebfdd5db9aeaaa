/**
 * The watched folder: a file of posts that lies there whole is imported, then moved to `done/` or, with a note of why, to
 * `failed/`. Whole means unchanged over two looks; names that other programs give unfinished files are left alone. What
 * is in the store says what is left to do, so that a restart only looks again.
 */
import { lstat, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../core/errors.ts';
import { inTransaction } from '../db/connect.ts';
import { addToOutbox } from '../db/repositories/outbox.ts';
import { beginImport, readImport } from '../db/repositories/post-import.ts';
import type { JobContext } from '../queue/context.ts';
import { digestOfFile, importKey } from '../queue/import-file.ts';

const LOOK_MS = 5_000;
const UNFINISHED = /^[.~]|\.(part|partial|tmp|temp|crdownload|filepart|swp|lock)$/i;
const KINDS = /\.(jsonl|ndjson|json|csv|tsv|txt|xlsx|html?|zip)$/i;
const AWAY = ['done', 'failed'];
const MOST_FILES = 2_000;

interface Seen {
  readonly stamp: string;
  readonly importId: string | null;
}
type InboxContext = Pick<JobContext, 'db' | 'clock' | 'log'>;

interface Laid {
  readonly file: string;
  readonly platform: string;
  readonly stamp: string;
}

async function* laid(dir: string, platform: string, deeper: boolean): AsyncGenerator<Laid> {
  for (const entry of (await readdir(dir, { withFileTypes: true })).slice(0, MOST_FILES)) {
    if (UNFINISHED.test(entry.name) || AWAY.includes(entry.name)) continue;
    const file = path.join(dir, entry.name);
    if (entry.isDirectory() && deeper && /^[\w-]{1,60}$/.test(entry.name)) yield* laid(file, entry.name, false);
    if (!entry.isFile()) continue;
    const { size, mtimeMs } = await lstat(file);
    yield { file, platform, stamp: `${size}/${mtimeMs}` };
  }
}

async function moveAway(file: string, to: 'done' | 'failed', note: string | null): Promise<void> {
  const folder = path.join(path.dirname(file), to);
  await mkdir(folder, { recursive: true });
  const target = path.join(folder, `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}-${path.basename(file)}`);
  // The note first: a file in failed/ always has its reason beside it.
  if (note !== null) await writeFile(`${target}.reason.txt`, `${note}\n`);
  await rename(file, target);
}

async function begin(ctx: InboxContext, { file, platform }: Laid): Promise<string> {
  const { sha256, size } = await digestOfFile(file);
  const head = { key: importKey(sha256, platform, null), sha256, size, name: path.basename(file), platform, mapping: null, path: file };
  const now = ctx.clock.now();
  return inTransaction(ctx.db, async (tx) => {
    const row = await beginImport(tx, { ...head, origin: 'folder', by: '监视文件夹' }, now);
    if (row.state === 'running') await addToOutbox(tx, [{ topic: 'import.posts', payload: { importId: row.id } }], now);
    return row.id;
  });
}

/** One look at the folder. @param seen what the looks before saw, brought up to date */
export async function lookIntoInbox(ctx: InboxContext, dir: string, seen: Map<string, Seen>): Promise<void> {
  const there = new Set<string>();
  for await (const one of laid(dir, 'import', true)) {
    const { file, stamp } = one;
    there.add(file);
    const before = seen.get(file);
    if (before?.stamp !== stamp) {
      seen.set(file, { stamp, importId: null });
    } else if (before.importId === null) {
      if (!KINDS.test(file)) await moveAway(file, 'failed', '不是 jsonl、csv、xlsx、html 或其 zip');
      else if (stamp.startsWith('0/')) await moveAway(file, 'failed', '空文件');
      else seen.set(file, { stamp, importId: await begin(ctx, one) });
    } else {
      const imp = await readImport(ctx.db, before.importId);
      const told = imp && `导入 ${imp.posts} 条，新增或变更 ${imp.fresh}，未能读取 ${imp.rejected}`;
      if (imp?.state === 'done') await moveAway(file, 'done', imp.rejected > 0 ? `${told}；原因见数据目录 imports/rejects/${imp.id}.jsonl` : null);
      else if (imp?.state === 'failed') await moveAway(file, 'failed', `${imp.reason ?? '未知原因'}；已${told}`);
    }
  }
  for (const file of seen.keys()) if (!there.has(file)) seen.delete(file);
}

/** Looks into the folder every few seconds until told to stop. */
export function watchInbox(ctx: InboxContext, dir: string): () => Promise<void> {
  const seen = new Map<string, Seen>();
  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    await mkdir(dir, { recursive: true })
      .then(() => lookIntoInbox(ctx, dir, seen))
      .catch((error: unknown) => ctx.log.warn({ dir, error: reasonOf(error) }, 'watched folder'));
    busy = false;
  };
  const timer = setInterval(() => {
    if (!busy) looking = look();
  }, LOOK_MS);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
