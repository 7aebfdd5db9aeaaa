/**
 * Lists as offices send them: xlsx, csv (UTF-8 or GB18030, any usual delimiter) and tables saved as HTML, read as
 * a stream of rows. Everything is bounded: an archive's unpacked size is counted before a workbook is opened, and
 * rows, cells and cell lengths have limits.
 */
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { parse as csvParser } from 'csv-parse';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { loadHtml, nodeText } from '../extract/html.ts';
import { decodeText } from '../fetch/charset.ts';
import type { TableLimits, TableRow } from './row.ts';
import { readWorkbook } from './workbook.ts';

export const TABLE_LIMITS: TableLimits = { maxRows: 5_000_000, maxColumns: 300, maxCell: 400_000, maxUnpacked: 1_500_000_000 };
const MAX_HTML = 16_000_000;
const SAMPLE = 65_536;

export type TableKind = 'xlsx' | 'csv' | 'html';

/** The first bytes of a file. @throws PinchaError FILE_UNREADABLE */
export async function headOf(file: string, bytes = SAMPLE): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  }
}

/** No text in UTF-8 or GB18030 holds these; a file of UTF-16 says so at its beginning. */
const isBinary = (head: Buffer): boolean =>
  !/^(?:\xff\xfe|\xfe\xff)/.test(head.subarray(0, 2).toString('latin1')) &&
  head.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x1a) || (byte > 0x1b && byte < 0x20));

/** What kind of table a file is, by its bytes. @throws PinchaError FILE_UNREADABLE for old .xls and other binaries */
export function kindOfTable(file: string, head: Buffer): TableKind {
  if (head.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]))) return 'xlsx';
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])))
    throw new PinchaError('FILE_UNREADABLE', { file, reason: '旧版 .xls 或加密文件，请另存为 .xlsx' });
  if (head.length === 0) throw new PinchaError('FILE_UNREADABLE', { file, reason: '空文件' });
  if (/^%PDF|^\x7fELF|^\x89PNG|^\xff\xd8/.test(head.subarray(0, 8).toString('latin1')) || isBinary(head))
    throw new PinchaError('FILE_UNREADABLE', { file, reason: '不是表格文件' });
  return /^\s*<(!doctype|html|table|head|body|\?xml|div|meta)/i.test(decodeText(head.subarray(0, 2_000)).text.replace(/^\ufeff/, '')) ? 'html' : 'csv';
}

const DELIMITERS = [',', '\t', ';', '|'] as const;

/** The delimiter that cuts most of the first lines into the same number of columns, quoted text left aside. */
export function sniffDelimiter(text: string): string {
  const lines = text
    .replace(/"(?:[^"]|""){0,20000}"/g, '')
    .split(/\r?\n/)
    .filter((l) => l.trim() !== '')
    .slice(0, 40);
  const scored = DELIMITERS.map((delimiter) => {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const count = line.split(delimiter).length - 1;
      if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    const [count, agreeing] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
    return { delimiter, score: (agreeing / Math.max(1, lines.length)) * Math.log2(count + 1) };
  });
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  // A full-width comma is a delimiter only where nothing else is: in Chinese text it stands in every cell.
  return best.score === 0 && lines.some((l) => l.includes('，')) ? '，' : best.delimiter;
}

/** A sample cut at its last line break, so that no character in the middle of its bytes speaks against an encoding. */
const wholeLines = (head: Buffer): Buffer => (head.length < SAMPLE || !head.includes(0x0a) ? head : head.subarray(0, head.lastIndexOf(0x0a)));

/** The file as decoded text chunks. */
export async function* decodedChunks(file: string, head: Buffer): AsyncGenerator<string> {
  const decoder = new TextDecoder(decodeText(wholeLines(head)).encoding);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (thrown) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  }
}

const CSV_FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: '引号没有闭合，直到文件末尾',
  CSV_INVALID_CLOSING_QUOTE: '引号之后还有别的字符',
  INVALID_OPENING_QUOTE: '引号出现在字段中间',
  CSV_MAX_RECORD_SIZE: '一行过长',
};
/** Why a row could not be read, in our words where we have them. */
const csvFault = (code: unknown, message: string | undefined): string => (CSV_FAULTS[String(code)] ?? message ?? '无法解析').slice(0, 200);

async function* readCsv(file: string, head: Buffer, limits: TableLimits): AsyncGenerator<TableRow> {
  const faults: TableRow[] = [];
  const parser = csvParser({
    delimiter: sniffDelimiter(decodeText(wholeLines(head)).text),
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: limits.maxCell * 4,
    on_skip: (error) => {
      if (faults.length < 1_000) faults.push({ sheet: null, line: Number(error?.['lines'] ?? 0), cells: [], fault: csvFault(error?.['code'], error?.message) });
      return undefined;
    },
  });
  const feeding = (async () => {
    for await (const text of decodedChunks(file, head)) {
      if (!parser.write(text)) await new Promise<void>((resolve) => parser.once('drain', resolve).once('close', resolve));
      if (parser.destroyed) return;
    }
    parser.end();
  })().catch((thrown: unknown) => {
    parser.destroy(thrown instanceof Error ? thrown : new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }));
  });
  let rows = 0;
  try {
    for await (const each of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      while (faults.length > 0) yield faults.shift() as TableRow;
      rows += 1;
      if (rows > limits.maxRows) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `${limits.maxRows} 行` });
      yield { sheet: null, line: each.info.lines, cells: each.record.slice(0, limits.maxColumns).map((c) => c.slice(0, limits.maxCell)) };
    }
    yield* faults;
  } catch (thrown) {
    if (thrown instanceof PinchaError) throw thrown;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  } finally {
    parser.destroy();
    await feeding;
  }
}

const MAX_SPAN = 300;
const span = (written: string | undefined): number => Math.min(MAX_SPAN, Math.max(1, Number.parseInt(written ?? '1', 10) || 1));

/**
 * Cells of a row in their columns: one that spans columns or rows stands in its first and leaves the others empty.
 * @param hanging rows that each column is still taken by from above; brought up to date
 */
function laidOut(cells: readonly { text: string; across: number; down: number }[], hanging: number[], maxColumns: number): string[] {
  const out: string[] = [];
  const pass = (): void => {
    while ((hanging[out.length] ?? 0) > 0 && out.length < maxColumns) {
      hanging[out.length] = (hanging[out.length] ?? 0) - 1;
      out.push('');
    }
  };
  for (const { text, across, down } of cells) {
    pass();
    for (let i = 0; i < across && out.length < maxColumns; i += 1) {
      hanging[out.length] = down - 1;
      out.push(i === 0 ? text : '');
    }
  }
  pass();
  return out;
}

async function* readHtmlTables(file: string, limits: TableLimits): AsyncGenerator<TableRow> {
  if ((await stat(file)).size > MAX_HTML) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `${MAX_HTML / 1_000_000} MB` });
  const $ = loadHtml(decodeText(await readFile(file)).text);
  const tables = $('table')
    .toArray()
    .filter((t) => $(t).find('table').length === 0);
  let line = 0;
  for (const [index, table] of tables.entries()) {
    const hanging: number[] = [];
    for (const tr of $(table).find('tr').toArray().slice(0, limits.maxRows)) {
      line += 1;
      const written = $(tr).children('td, th').toArray().slice(0, limits.maxColumns);
      const spans = written.map((c) => ({
        text: nodeText([c]).slice(0, limits.maxCell),
        across: span($(c).attr('colspan')),
        down: span($(c).attr('rowspan')),
      }));
      yield { sheet: tables.length > 1 ? `table ${index + 1}` : null, line, cells: laidOut(spans, hanging, limits.maxColumns) };
    }
  }
}

/**
 * The rows of a table file, empty rows left out.
 * @throws PinchaError FILE_UNREADABLE, FILE_TOO_LARGE
 */
export async function* readTable(file: string, limits: Partial<TableLimits> = {}): AsyncGenerator<TableRow> {
  const all = { ...TABLE_LIMITS, ...limits };
  const head = await headOf(file);
  const kind = kindOfTable(file, head);
  const rows = kind === 'xlsx' ? readWorkbook(file, all) : kind === 'html' ? readHtmlTables(file, all) : readCsv(file, head, all);
  for await (const row of rows) if (row.fault !== undefined || row.cells.some((c) => c !== null && String(c).trim() !== '')) yield row;
}
