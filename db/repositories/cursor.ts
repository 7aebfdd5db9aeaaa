/**
 * Opaque list cursors: the sort values of the last row of a page, as base64url JSON. Keyset paging stays fast on page
 * ten thousand and shows no row twice while rows arrive.
 */
import { PinchaError } from '../../core/errors.ts';

type Value = string | number;

/** The cursor behind which the next page starts. */
export const encodeCursor = (values: readonly Value[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const FITS = {
  number: (v: unknown) => typeof v === 'number' && Number.isSafeInteger(v),
  uuid: (v: unknown) => typeof v === 'string' && UUID.test(v),
  instant: (v: unknown) => typeof v === 'string' && !Number.isNaN(Date.parse(v)) && v.length < 40,
} as const;

/**
 * Reads a cursor back.
 * @param shape what each value must be
 * @throws PinchaError INPUT_INVALID (cursor)
 */
export function decodeCursor(cursor: string | undefined, shape: readonly (keyof typeof FITS)[]): Value[] | null {
  if (cursor === undefined) return null;
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    values = null;
  }
  if (Array.isArray(values) && values.length === shape.length && shape.every((kind, i) => FITS[kind](values[i]))) return values as Value[];
  throw new PinchaError('INPUT_INVALID', { field: 'cursor', reason: '翻页标记无效' });
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** Cuts `limit + 1` read rows to a page and makes its cursor. */
export function toPage<T>(rows: T[], limit: number, key: (row: T) => readonly Value[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(key(last)) : null };
}
