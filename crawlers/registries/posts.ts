/**
 * Posts from files: JSON lines in the shape of 4.2, csv and xlsx with any column names. Read as a stream in constant
 * memory; a line that is broken, too long or not a post is reported with its reason and never stops the file.
 */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { PinchaError } from '../../core/errors.ts';
import { keeper } from '../../core/model/kept.ts';
import { MAX_TEXT, type PostInput, postInputSchema } from '../../core/model/post.ts';
import { isPlainPost } from '../../core/model/post-shape.ts';
import { contactStrings } from '../extract/contacts.ts';
import { readTime } from '../extract/times.ts';
import { deeperThan, isTree, parseJson } from '../extract/tree.ts';
import { KEPT_OF_ANY } from '../platforms/registry.ts';
import type { FieldOf, GivenColumns } from './columns.ts';
import { type HeadedRow, openHeaded } from './headed.ts';
import { decodedChunks, headOf } from './table.ts';

export type PostItem =
  | { readonly line: number; readonly post: PostInput }
  /** `fault`: a row the reader of tables could not make out; it may come a little before or after its place. */
  | { readonly line: number; readonly reject: string; readonly fault?: true };

/** Longest line of a JSON-lines file, in UTF-16 code units. */
export const MAX_LINE = 8_000_000;
/** Bytes of a JSON file that is read as one array. */
const MAX_ARRAY = 64_000_000;
/** A post is nearly flat; what stands deeper than this in one another was made to make readers fall. */
const MAX_DEPTH = 40;

const KEPT = keeper(KEPT_OF_ANY);

/** Names other programs use for our fields; taken only where ours is absent. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  businessScope: ['business_scope'],
  publishedAt: ['published_at', 'published', 'publish_time', 'updated'],
  validUntil: ['valid_until'],
  company: ['company_name'],
  title: ['job_title', 'job_name'],
  text: ['content', 'description', 'job_description'],
};

/** An object of a file under our names; a credit code beside a company becomes the account's. */
function normalise(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const post: Record<string, unknown> = { ...given };
  for (const [ours, others] of Object.entries(OTHER_NAMES)) {
    if (post[ours] !== undefined) continue;
    const other = others.find((name) => typeof post[name] === 'string' && post[name] !== '');
    if (other) post[ours] = post[other];
  }
  for (const [name, value] of Object.entries(post)) if (value === null) delete post[name];
  const code = given.credit_code ?? given.uscc;
  if (post.account === undefined && typeof code === 'string' && code !== '' && typeof post.company === 'string') {
    post.account = { name: post.company, subjectName: post.company, uscc: code.slice(0, 40) };
  }
  if (typeof post.text === 'string' && post.text.length > MAX_TEXT) {
    post.text = post.text.slice(0, MAX_TEXT);
    post.textCut = true;
  }
  return post;
}

/** Checks one object against the shape; the reason names the field. */
export function readPost(line: number, given: unknown): PostItem {
  if (!isTree(given)) return { line, reject: '不是一个 JSON 对象' };
  if (deeperThan(given, MAX_DEPTH)) return { line, reject: `嵌套超过 ${MAX_DEPTH} 层` };
  const named = normalise(given);
  if (isPlainPost(named)) return { line, post: KEPT.post(named) };
  const checked = postInputSchema.safeParse(named);
  if (checked.success) return { line, post: KEPT.post(checked.data) };
  return {
    line,
    reject: checked.error.issues
      .slice(0, 5)
      .map((i) => `${i.path.join('.') || 'post'}: ${i.message}`)
      .join('; '),
  };
}

function readLine(line: number, text: string): PostItem {
  try {
    return readPost(line, JSON.parse(text));
  } catch (thrown) {
    return { line, reject: `不是有效的 JSON: ${thrown instanceof Error ? thrown.message.slice(0, 150) : ''}` };
  }
}

/** Lines of a chunked text with their numbers; a line over the limit comes as null. */
export async function* boundedLines(chunks: AsyncIterable<string>, max = MAX_LINE): AsyncGenerator<{ line: number; text: string | null }> {
  let rest = '';
  let line = 0;
  let skipping = false;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      line += 1;
      const whole = rest + chunk.slice(from, end);
      yield { line, text: skipping || whole.length > max ? null : whole };
      rest = '';
      skipping = false;
      from = end + 1;
    }
    if (!skipping) rest += chunk.slice(from);
    if (rest.length > max) {
      skipping = true;
      rest = '';
    }
  }
  if (rest !== '' || skipping) yield { line: line + 1, text: skipping ? null : rest };
}

/** A file that is one JSON array, however its lines are broken; null when it is none or too large to hold. */
async function readArray(file: string, head: Buffer): Promise<readonly unknown[] | null> {
  if (
    !/^\s*\[/.test(
      head
        .subarray(0, 200)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    ) ||
    (await stat(file)).size > MAX_ARRAY
  )
    return null;
  let text = '';
  for await (const chunk of decodedChunks(file, head)) text += chunk;
  const value = parseJson(text.replace(/^\ufeff/, ''));
  return Array.isArray(value) ? (value as readonly unknown[]) : null;
}

async function* readJsonLines(file: string, head: Buffer, skip: number, signal: AbortSignal | undefined): AsyncGenerator<PostItem> {
  const array = await readArray(file, head);
  if (array) {
    for (const [i, each] of array.entries()) if (i >= skip && !signal?.aborted) yield readPost(i + 1, each);
    return;
  }
  let passed = 0;
  for await (const { line, text } of boundedLines(decodedChunks(file, head))) {
    if (signal?.aborted) return;
    if (text === null) {
      passed += 1;
      if (passed > skip) yield { line, reject: `超过单行上限 ${MAX_LINE} 字符` };
    } else {
      // A file saved as one array has brackets and commas around the same lines.
      const body = text
        .replace(/^\ufeff/, '')
        .trim()
        .replace(/^[[\],]+$/, '')
        .replace(/,$/, '');
      if (body === '') continue;
      passed += 1;
      if (passed > skip) yield readLine(line, body);
    }
  }
}

const ACCOUNT_FIELDS: Readonly<Partial<Record<FieldOf<'posts'>, string>>> = { accountName: 'name', accountId: 'id', uscc: 'uscc', licenceNo: 'licenceNo' };

/** A row of a table as a post; columns that no field and no declaration names are left in the file. */
function fromRow(row: HeadedRow<'posts'>): PostItem {
  if (row.fault !== undefined) return { line: row.line, reject: row.fault, fault: true };
  const used = new Set(Object.values(row.header.mapping).map((column) => row.header.names[Number(column)]));
  const post: Record<string, unknown> = Object.fromEntries(Object.entries(row.cells).filter(([name]) => !used.has(name)));
  const account: Record<string, string> = {};
  for (const field of Object.keys(row.header.mapping) as FieldOf<'posts'>[]) {
    const cell = row.get(field);
    if (cell === null) continue;
    const value = cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell);
    const ofAccount = ACCOUNT_FIELDS[field];
    if (ofAccount) account[ofAccount] = value;
    else if (field === 'images') post.images = value.split(/[\s,;，；]+/).filter(Boolean);
    else if (field === 'contacts') post.contacts = contactStrings(value).length > 0 ? contactStrings(value) : [value.slice(0, 500)];
    else post[field] = field === 'publishedAt' || field === 'validUntil' ? (readTime(value, null) ?? value.slice(0, 60)) : value;
  }
  if (Object.keys(account).length > 0) {
    if (typeof post.company === 'string') account.subjectName = post.company;
    post.account = { ...account, name: account.name ?? post.company };
  }
  return readPost(row.line, post);
}

/** A table needs a text; one with titles alone will do where there is none. */
async function openPosts(file: string, mapping: GivenColumns<'posts'> | undefined): ReturnType<typeof openHeaded<'posts'>> {
  try {
    return await openHeaded(file, 'posts', ['text'], { given: mapping });
  } catch (thrown) {
    if (!(thrown instanceof PinchaError) || thrown.code !== 'COLUMNS_UNKNOWN') throw thrown;
    return openHeaded(file, 'posts', ['title'], { given: mapping }).catch(() => Promise.reject(thrown));
  }
}

/**
 * Reads posts from jsonl, csv, xlsx or html.
 * @param options.skip items to pass over, faults not counted: a second reading of a file goes on where the first stopped
 * @param options.signal ends the reading early, wherever it is
 * @throws PinchaError FILE_UNREADABLE, FILE_TOO_LARGE, and COLUMNS_UNKNOWN for a table with neither text nor title
 */
export async function* readPosts(
  file: string,
  options: { readonly mapping?: GivenColumns<'posts'>; readonly skip?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<PostItem> {
  const head = await headOf(file);
  const looksJson = /^\s*[[{]/.test(
    head
      .subarray(0, 200)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  );
  if (looksJson || /^\.(jsonl|ndjson|json)$/i.test(extname(file))) {
    yield* readJsonLines(file, head, options.skip ?? 0, options.signal);
    return;
  }
  const { rows } = await openPosts(file, options.mapping);
  let left = options.skip ?? 0;
  for await (const row of rows) {
    if (options.signal?.aborted) return;
    if (left === 0) yield fromRow(row);
    else if (row.fault === undefined) left -= 1;
  }
}
