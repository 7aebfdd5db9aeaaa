/**
 * Files into the store: licence lists and business registers (posts: `import-posts.ts`). Every file is kept in the content store with
 * its digest and a ledger row, so that what was imported can be shown later; the same file twice changes nothing.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { nameKey } from '../classifiers/licence/names.ts';
import { localDate, systemClock } from '../core/clock.ts';
import { sha256, sm3 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import type { ListDiff, ListReview, MappingBy } from '../core/model/licence.ts';
import type { GivenColumns } from '../crawlers/registries/columns.ts';
import { readCompanies } from '../crawlers/registries/companies.ts';
import { readLicences } from '../crawlers/registries/licences.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { appendLedger } from '../db/repositories/capture.ts';
import { importRegister } from '../db/repositories/company.ts';
import { importList, type ListRow, rememberedMapping } from '../db/repositories/licence.ts';
import { blobFacts, ledgerRow } from '../evidence/ledger.ts';
import type { Store } from './store.ts';

const MAX_LIST_BYTES = 200 * 1_048_576;

export interface ImportOptions {
  readonly label?: string | undefined;
  readonly authority?: string | undefined;
  readonly publishedOn?: string | undefined;
  readonly sourceUrl?: string | undefined;
  readonly mapping?: Record<string, string> | undefined;
  /** A register that covers everybody who could be asked for. */
  readonly complete?: boolean | undefined;
  readonly by: string;
}
export interface ImportResult {
  readonly rows: number;
  readonly rejected: readonly { line: number; reason: string }[];
  readonly already: boolean;
  readonly mapping: Readonly<Record<string, string>>;
  /** Who said which column is which. */
  readonly mappingBy?: MappingBy;
  readonly warnings: number;
  readonly listId?: string;
  /** Against the list before it. */
  readonly diff?: ListDiff | null;
  readonly review?: ListReview | null;
}

/** Digest of a file, bounded. @throws FILE_UNREADABLE, FILE_TOO_LARGE */
async function digestOf(file: string): Promise<string> {
  try {
    const { size } = await fs.stat(file);
    if (size > MAX_LIST_BYTES) throw new PinchaError('FILE_TOO_LARGE', { file, limit: '200 MB' });
    return sha256(await fs.readFile(file));
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
}

/** The date a list carries in its title or name (截至2026年11月20日, 2026-11-20), else null. */
function dateIn(words: string): string | null {
  const found = /(20\d{2})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})/.exec(words);
  return found ? `${found[1]}-${found[2]?.padStart(2, '0')}-${found[3]?.padStart(2, '0')}` : null;
}

/** Puts a file into the content store before anything refers to it; a file that is there already stays one. */
async function keepBytes(store: Store, file: string): Promise<Buffer> {
  const bytes = await fs.readFile(file);
  await store.content.put(bytes);
  return bytes;
}

/** Enters an imported file in the ledger, in the transaction of its rows. */
async function enterFile(tx: Db, refId: string, file: string, bytes: Buffer, now: Date): Promise<void> {
  const payload = { ...blobFacts({ sha256: sha256(bytes), sm3: sm3(bytes), size: bytes.length, from: 'live' }), name: path.basename(file) };
  await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'import', refId, payload, at: now }));
}

const NO_AUTHORITY = '未注明发证机关';

/** Reads a list by the columns a person gives, else by those of the last list of its source, else by their words. */
async function readBySource(store: Store, file: string, options: ImportOptions) {
  const remembered = await rememberedMapping(store.db, options.authority ?? NO_AUTHORITY, options.sourceUrl ?? null);
  const list = await readLicences(file, {
    ...(options.mapping ? { mapping: options.mapping as GivenColumns<'licences'> } : {}),
    ...(remembered ? { remembered: remembered as GivenColumns<'licences'> } : {}),
  });
  const kept = remembered !== null && Object.entries(remembered).some(([field, name]) => (list.mapping as Record<string, string>)[field] === name);
  return { ...list, mappingBy: options.mapping ? ('given' as const) : kept ? ('remembered' as const) : ('guessed' as const) };
}

/** Imports a licence list: xlsx, csv or html with any column names. */
export async function importLicences(store: Store, file: string, options: ImportOptions): Promise<ImportResult> {
  const digest = await digestOf(file);
  const { mapping, mappingBy, title, rows } = await readBySource(store, file, options);
  const rejected: { line: number; reason: string }[] = [];
  let warnings = 0;
  const kept = (async function* (): AsyncGenerator<ListRow> {
    for await (const item of rows) {
      if ('reject' in item) rejected.push({ line: item.line, reason: item.reason });
      else {
        warnings += item.warnings.length;
        yield { row: item.row, nameKey: nameKey(item.row.name), cells: { ...item.cells } };
      }
    }
  })();
  const now = systemClock.now();
  const publishedOn = options.publishedOn ?? dateIn(title) ?? dateIn(path.basename(file)) ?? localDate(now);
  const label = options.label ?? (title.replace(/[（(].*?[）)]/g, '').trim() || path.basename(file));
  const head = {
    label,
    publishedOn,
    sha256: digest,
    fileName: path.basename(file),
    by: options.by,
    now,
    authority: options.authority ?? NO_AUTHORITY,
    sourceUrl: options.sourceUrl ?? null,
    mapping: mapping as Record<string, string>,
    mappingBy,
  };
  const bytes = await keepBytes(store, file);
  const done = await inTransaction(store.db, async (tx) => {
    const list = await importList(tx, head, kept, () => rejected.length);
    if (!list.already) await enterFile(tx, list.listId, file, bytes, now);
    return list;
  });
  const { listId, diff, review, already } = done;
  return { rows: done.rows, rejected, already, mapping: mapping as Record<string, string>, mappingBy, warnings, listId, diff, review };
}

/** Imports a business register. */
export async function importCompanies(store: Store, file: string, options: ImportOptions): Promise<ImportResult> {
  const digest = await digestOf(file);
  const { rows } = await readCompanies(file, options.mapping ? { mapping: options.mapping as GivenColumns<'companies'> } : {});
  const rejected: { line: number; reason: string }[] = [];
  const kept = (async function* () {
    for await (const item of rows) {
      if ('reject' in item) rejected.push({ line: item.line, reason: item.reason });
      else yield { name: item.row.name, nameKey: nameKey(item.row.name), uscc: item.row.uscc, status: item.row.status };
    }
  })();
  const now = systemClock.now();
  const label = options.label ?? path.basename(file).replace(/\.\w+$/, '');
  const publishedOn = options.publishedOn ?? dateIn(path.basename(file)) ?? localDate(now);
  const head = { label, publishedOn, sha256: digest, fileName: path.basename(file), complete: options.complete === true, by: options.by, now };
  const bytes = await keepBytes(store, file);
  const done = await inTransaction(store.db, async (tx) => {
    const register = await importRegister(tx, head, kept, () => rejected.length);
    if (!register.already) await enterFile(tx, register.importId, file, bytes, now);
    return register;
  });
  return { rows: done.rows, rejected, already: done.already, mapping: {}, warnings: 0 };
}
