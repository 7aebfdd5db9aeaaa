/** A table under its header: finds the header of each sheet among its first rows, then streams the rows below it. */
import type { ColumnTarget, FieldOf, KnownColumns } from './columns.ts';
import { columnsUnknown, findHeader, type Header } from './header.ts';
import type { Cell, TableRow } from './row.ts';
import { readTable } from './table.ts';

const LOOKAHEAD = 30;

export interface HeadedRow<T extends ColumnTarget> {
  readonly line: number;
  readonly sheet: string | null;
  readonly header: Header<T>;
  /** Cell of a field; null when the list has no such column or it is empty. */
  readonly get: (field: FieldOf<T>) => Cell;
  /** All cells under their own column names, as text, for what we have no field for. */
  readonly cells: Readonly<Record<string, string>>;
  readonly fault?: string;
}

const textOf = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '' : cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell).trim();

function headed<T extends ColumnTarget>(row: TableRow, header: Header<T>): HeadedRow<T> {
  const cells: Record<string, string> = {};
  for (const [i, name] of header.names.entries()) if (name !== '' && textOf(row.cells[i]) !== '') cells[name] = textOf(row.cells[i]);
  const get = (field: FieldOf<T>): Cell => {
    const column = header.mapping[field];
    const cell = column === undefined ? null : (row.cells[column] ?? null);
    return typeof cell === 'string' ? cell.trim() || null : cell;
  };
  return { line: row.line, sheet: row.sheet, header, get, cells, ...(row.fault === undefined ? {} : { fault: row.fault }) };
}

/**
 * Opens a list. Sheets without a usable header are passed over as long as one has it.
 * @throws PinchaError COLUMNS_UNKNOWN naming the missing field and the header seen; FILE_UNREADABLE, FILE_TOO_LARGE
 */
export async function openHeaded<T extends ColumnTarget>(
  file: string,
  target: T,
  required: readonly FieldOf<T>[],
  known?: KnownColumns<T>,
): Promise<{ header: Header<T>; rows: AsyncGenerator<HeadedRow<T>> }> {
  const walk = walkSheets(file, target, required, known);
  const first = await walk.next();
  if (first.done) throw first.value;
  const rows = (async function* (): AsyncGenerator<HeadedRow<T>> {
    try {
      if (first.value.row) yield first.value.row;
      for await (const item of walk) if (item.row) yield item.row;
    } finally {
      await walk.return(columnsUnknown(file, [], target, required));
    }
  })();
  return { header: first.value.header, rows };
}

/** Yields a header as soon as one is known, then its rows; returns the error to throw when there was none. */
async function* walkSheets<T extends ColumnTarget>(
  file: string,
  target: T,
  required: readonly FieldOf<T>[],
  known: KnownColumns<T> | undefined,
): AsyncGenerator<{ header: Header<T>; row: HeadedRow<T> | null }, ReturnType<typeof columnsUnknown>> {
  let sheet: string | null | undefined;
  let waiting: TableRow[] = [];
  let header: Header<T> | null = null;
  let searching = true;
  const seen: TableRow[] = [];
  const settle = function* (): Generator<{ header: Header<T>; row: HeadedRow<T> | null }> {
    header = findHeader(waiting, target, required, known);
    searching = false;
    if (header) {
      const at = header.line;
      yield { header, row: null };
      for (const row of waiting) if (row.line > at) yield { header, row: headed(row, header) };
    } else seen.push(...waiting.slice(0, LOOKAHEAD));
    waiting = [];
  };
  for await (const row of readTable(file)) {
    if (row.sheet !== sheet && sheet !== undefined && searching) yield* settle();
    if (row.sheet !== sheet) {
      sheet = row.sheet;
      searching = true;
      header = null;
    }
    if (searching) {
      waiting.push(row);
      if (waiting.length >= LOOKAHEAD) yield* settle();
    } else if (header) yield { header, row: headed(row, header) };
  }
  if (searching) yield* settle();
  return columnsUnknown(file, seen, target, required);
}
