/**
 * Where the header of a table stands: among its first rows, below titles, in one row or, with merged cells, in two.
 * When a needed field has no column the error names the field and shows the header that was seen.
 */
import { PinchaError } from '../../core/errors.ts';
import { COLUMN_WORDS, type ColumnMapping, type ColumnTarget, type FieldOf, type KnownColumns, mapColumns, textOf } from './columns.ts';
import type { TableRow } from './row.ts';

const HEADER_SEARCH = 30;

export interface Header<T extends ColumnTarget> {
  readonly mapping: ColumnMapping<T>;
  /** The header's own words, by column. */
  readonly names: readonly string[];
  readonly line: number;
  /** Text of the rows above the header: the list's title, its date. */
  readonly above: string;
}

/** Headers are short and say different things; a row of data is neither. */
function looksLikeHeader(row: TableRow): boolean {
  const words = row.cells.map((c) => (c instanceof Date ? '0000-00-00' : textOf(c).trim())).filter(Boolean);
  return row.fault === undefined && words.every((w) => w.length <= 60 && !/^[\d.,:/-]+$/.test(w)) && new Set(words).size >= words.length * 0.7;
}

/** A later row must be this much better than an earlier one to be taken for the header. */
const CLEARLY_BETTER = 1.3;

/** The words of a second header row below merged cells: 有效期 over 起 and 止. */
const SUB_WORDS = /^[^\d]{1,8}$/;

/**
 * A header of two rows as one: each word below is put behind the one above it, which reaches over the empty cells to
 * its right. Null when the row below is data: it says something where the header above has its first words, or figures.
 */
function withSubHeader(row: TableRow, below: TableRow | undefined): TableRow | null {
  if (!below || below.fault !== undefined || below.sheet !== row.sheet) return null;
  const said = below.cells.map((c) => (c instanceof Date ? '0' : textOf(c).trim()));
  const above = row.cells.map((c) => textOf(c).trim());
  // Cells merged downwards are empty below, or repeat the word above.
  const words = said.map((w, i) => (w === above[i] ? '' : w));
  const told = words.filter(Boolean);
  if (told.length === 0 || told.length * 2 > above.filter(Boolean).length + 1 || !told.every((w) => SUB_WORDS.test(w))) return null;
  let reaching = '';
  const cells = Array.from({ length: Math.max(above.length, words.length) }, (_, i) => {
    if (above[i]) reaching = above[i];
    return words[i] ? `${reaching}${words[i]}` : (above[i] ?? '');
  });
  return { sheet: row.sheet, line: below.line, cells };
}

/** Finds the header among the first rows of a sheet; null when no row maps every required field. */
export function findHeader<T extends ColumnTarget>(
  rows: readonly TableRow[],
  target: T,
  required: readonly FieldOf<T>[],
  known?: KnownColumns<T>,
): Header<T> | null {
  let best: { at: number; mapping: ColumnMapping<T>; score: number } | null = null;
  for (const [at, row] of rows.slice(0, HEADER_SEARCH).entries()) {
    const { mapping, score } = mapColumns(row.cells, target, known);
    const complete = required.every((field) => mapping[field] !== undefined);
    // One matching cell is a title such as 机构名称一览; a header has two at least, unless the table has one column.
    const enough = Object.keys(mapping).length >= Math.min(2, row.cells.filter((c) => textOf(c) !== '').length);
    if (complete && enough && looksLikeHeader(row) && score > (best?.score ?? 0) * CLEARLY_BETTER) best = { at, mapping, score };
  }
  const found = best && rows[best.at];
  if (!best || !found) return null;
  const both = withSubHeader(found, rows[best.at + 1]);
  const deeper = both ? mapColumns(both.cells, target, known) : null;
  const joined = both !== null && deeper !== null && required.every((field) => deeper.mapping[field] !== undefined);
  const row = joined ? both : found;
  if (joined) best = { ...best, mapping: deeper.mapping };
  const above = rows.slice(0, best.at).map((r) => r.cells.map(textOf).filter(Boolean).join(' '));
  return { mapping: best.mapping, names: row.cells.map((c) => textOf(c).trim()), line: row.line, above: above.join('\n').slice(0, 2_000) };
}

/** The error for a list none of whose rows is a header we can use. */
export function columnsUnknown(file: string, rows: readonly TableRow[], target: ColumnTarget, required: readonly string[]): PinchaError {
  const filled = (row: TableRow): number => row.cells.filter((c) => textOf(c).trim() !== '').length;
  const widest = rows.slice(0, HEADER_SEARCH).reduce<TableRow | null>((best, row) => (filled(row) > (best ? filled(best) : 0) ? row : best), null);
  const found = widest ? mapColumns(widest.cells, target).mapping : {};
  const missing = required.find((field) => (found as Readonly<Record<string, number | undefined>>)[field] === undefined) ?? required[0] ?? '';
  const words = (COLUMN_WORDS[target] as Readonly<Record<string, { readonly zh: string }>>)[missing];
  const header =
    widest?.cells
      .map((c) => textOf(c).trim().slice(0, 40))
      .filter(Boolean)
      .join(' | ') ?? '';
  return new PinchaError('COLUMNS_UNKNOWN', { file, field: words ? `${words.zh}（${missing}）` : missing, header: header.slice(0, 500) || '（空）' });
}
