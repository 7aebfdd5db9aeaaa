/** A row of a table as every reader yields it, and how much of a table is read. */
export type Cell = string | number | Date | null;

export interface TableRow {
  /** Name of the sheet, or null. */
  readonly sheet: string | null;
  /** Line in the file or row in the sheet, from 1. */
  readonly line: number;
  readonly cells: readonly Cell[];
  /** Set when the row could not be read; then there are no cells. */
  readonly fault?: string;
}

export interface TableLimits {
  readonly maxRows: number;
  readonly maxColumns: number;
  readonly maxCell: number;
  /** Bytes a workbook may unpack to. */
  readonly maxUnpacked: number;
}
