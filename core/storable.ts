/**
 * Text and times as PostgreSQL keeps them: no NUL, which neither text nor JSON may hold there, and no half of a surrogate
 * pair, which JSON may not. Halves become U+FFFD, one unit for one, so that offsets stay true; a NUL is dropped. A time
 * of another age, which it may refuse or give back in a way nobody reads, is no time.
 */
const HALF = /\p{Surrogate}/gu;
const UNKEPT = /[\0\ud800-\udfff]/;

/** @returns the same text where nothing stands in its way */
export const storableText = (text: string): string => (UNKEPT.test(text) ? text.replaceAll('\0', '').replace(HALF, '\ufffd') : text);

/** The same of a value of any shape, names of fields included. */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return storableText(value) as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [storableText(name), storable(one)])) as T;
}

const [FIRST_TIME, LAST_TIME] = [Date.parse('1950-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')];

/** A time as it was written somewhere; null where it is none that can be kept. */
export function storableTime(written: string | null | undefined): Date | null {
  const at = written ? new Date(written) : null;
  // Not a number is neither before nor after anything.
  return at && at.getTime() >= FIRST_TIME && at.getTime() <= LAST_TIME ? at : null;
}
