/** Company registers (name, credit code, status, scope) as files, whatever their columns are called. */
import type { FieldOf, GivenColumns } from './columns.ts';
import { readDate } from './dates.ts';
import { type HeadedRow, openHeaded } from './headed.ts';

export interface CompanyRow {
  readonly name: string;
  readonly uscc: string | null;
  readonly status: string | null;
  readonly scope: string | null;
  readonly nature: string | null;
  readonly address: string | null;
  /** YYYY-MM-DD. */
  readonly registeredOn: string | null;
}
export type CompanyItem =
  | { readonly line: number; readonly row: CompanyRow; readonly cells: Readonly<Record<string, string>> }
  | { readonly line: number; readonly reject: true; readonly reason: string; readonly cells: Readonly<Record<string, string>> };

function toItem(row: HeadedRow<'companies'>): CompanyItem {
  const { line, cells } = row;
  if (row.fault !== undefined) return { line, reject: true, reason: row.fault, cells };
  const text = (field: FieldOf<'companies'>, max: number): string | null => {
    const cell = row.get(field);
    return cell === null ? null : String(cell).trim().slice(0, max) || null;
  };
  const name = text('name', 500);
  if (!name) return { line, reject: true, reason: '没有单位名称', cells };
  const code = text('uscc', 60)?.normalize('NFKC').replace(/\s/g, '').toUpperCase() ?? '';
  return {
    line,
    cells,
    row: {
      name,
      uscc: /^[0-9A-Z]{18}$|^\d{15}$/.test(code) ? code : null,
      status: text('status', 100),
      scope: text('scope', 20_000),
      nature: text('nature', 200),
      address: text('address', 1_000),
      registeredOn: readDate(row.get('registeredOn')).date,
    },
  };
}

/**
 * Reads a company register from xlsx, csv or html.
 * @throws PinchaError COLUMNS_UNKNOWN, FILE_UNREADABLE, FILE_TOO_LARGE
 */
export async function readCompanies(
  file: string,
  options: { readonly mapping?: GivenColumns<'companies'> } = {},
): Promise<{ rows: AsyncGenerator<CompanyItem> }> {
  const { rows } = await openHeaded(file, 'companies', ['name'], { given: options.mapping });
  const items = (async function* (): AsyncGenerator<CompanyItem> {
    for await (const row of rows) yield toItem(row);
  })();
  return { rows: items };
}
