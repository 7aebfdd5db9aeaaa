/**
 * Licence lists (人力资源服务许可 and 备案) as the authority publishes them, whatever their columns are called, to rows
 * of ours. A row that names nobody is rejected with its reason; one whose date cannot be read is kept and says so,
 * because a licence lost from the list would make an honest agency look unlisted.
 */
import { type LicenceRow, licenceRowSchema } from '../../core/model/licence.ts';
import type { FieldOf, GivenColumns } from './columns.ts';
import { isRange, readDate } from './dates.ts';
import { type HeadedRow, openHeaded } from './headed.ts';
import type { Header } from './header.ts';

export type LicenceItem =
  | { readonly line: number; readonly row: LicenceRow; readonly cells: Readonly<Record<string, string>>; readonly warnings: readonly string[] }
  | { readonly line: number; readonly reject: true; readonly reason: string; readonly cells: Readonly<Record<string, string>> };

export interface LicenceList {
  /** Which column of the list was read as which field. */
  readonly mapping: Readonly<Partial<Record<FieldOf<'licences'>, string>>>;
  /** What stands above the header: the title of the list, often its date. */
  readonly title: string;
  readonly rows: AsyncGenerator<LicenceItem>;
}

const text = (row: HeadedRow<'licences'>, field: FieldOf<'licences'>, max: number): string | null => {
  const cell = row.get(field);
  if (cell === null) return null;
  const value = cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell).replace(/\s+/g, ' ').trim();
  return value === '' || /^[-—/]+$/.test(value) ? null : value.slice(0, max);
};

/** A unified social credit code without blanks, upper-case; null for anything that is none (a number format proves nothing more). */
function usccOf(row: HeadedRow<'licences'>, warnings: string[]): string | null {
  const written = text(row, 'uscc', 100);
  const code = written
    ?.normalize('NFKC')
    .replace(/[\s\u200b-]/g, '')
    .toUpperCase();
  if (!code) return null;
  if (/^[0-9A-Z]{18}$/.test(code) || /^\d{15}$/.test(code)) return code;
  warnings.push(`统一社会信用代码不是 18 位：${written}`);
  return null;
}

/** 备案 when the row, its number or the list's own words say so; else 许可. */
function formOf(row: HeadedRow<'licences'>, number: string | null): LicenceRow['form'] {
  const said = text(row, 'form', 100);
  if (said && /备案|许可/.test(said)) return /备案/.test(said) && !/许可证?[^或/]*$/.test(said) ? 'filing' : 'licence';
  if (number && /备|\bba\b/i.test(number)) return 'filing';
  const words = `${row.sheet ?? ''} ${row.header.above} ${row.header.names.join(' ')}`;
  return /备案/.test(words) && !/许可/.test(words) ? 'filing' : 'licence';
}

function toItem(row: HeadedRow<'licences'>): LicenceItem {
  const { line, cells } = row;
  if (row.fault !== undefined) return { line, reject: true, reason: row.fault, cells };
  const name = text(row, 'name', 500);
  if (!name) return { line, reject: true, reason: '没有单位名称', cells };
  if (Object.keys(cells).length === 1 && /^(备注|说明|注|合计|总计|填表|制表)/.test(name)) return { line, reject: true, reason: '不是名录行', cells };
  const warnings: string[] = [];
  const number = text(row, 'number', 200);
  const until = row.get('validUntil');
  const from = row.get('validFrom') ?? (isRange(until) ? until : null);
  const [start, end] = [readDate(from), readDate(until ?? (isRange(from) ? from : null), true)];
  if (start.unread) warnings.push(`发证日期无法识别：${String(from).slice(0, 60)}`);
  if (end.unread) warnings.push(`有效期无法识别：${String(until).slice(0, 60)}`);
  const checked = licenceRowSchema.safeParse({
    name,
    uscc: usccOf(row, warnings),
    number,
    scope: text(row, 'scope', 5_000),
    authority: text(row, 'authority', 300),
    validFrom: start.date,
    validUntil: end.date,
    address: text(row, 'address', 1_000),
    form: formOf(row, number),
  });
  if (checked.success) return { line, row: checked.data, cells, warnings };
  return { line, reject: true, reason: checked.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '), cells };
}

const named = <T extends 'licences'>(header: Header<T>): Partial<Record<FieldOf<T>, string>> =>
  Object.fromEntries(Object.entries(header.mapping).map(([field, column]) => [field, header.names[Number(column)] ?? ''])) as Partial<
    Record<FieldOf<T>, string>
  >;

/**
 * Reads a licence list from xlsx, csv or html.
 * @param options.mapping column names by field, where a person knows better
 * @param options.remembered how the columns of the last list of this source were read
 * @throws PinchaError COLUMNS_UNKNOWN, FILE_UNREADABLE, FILE_TOO_LARGE
 */
export async function readLicences(
  file: string,
  options: { readonly mapping?: GivenColumns<'licences'>; readonly remembered?: GivenColumns<'licences'> } = {},
): Promise<LicenceList> {
  const { header, rows } = await openHeaded(file, 'licences', ['name'], { given: options.mapping, remembered: options.remembered });
  const items = (async function* (): AsyncGenerator<LicenceItem> {
    for await (const row of rows) yield toItem(row);
  })();
  return { mapping: named(header), title: header.above, rows: items };
}
