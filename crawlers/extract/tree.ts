/**
 * Reading trees that came from outside: every step may be missing or of another type, and nothing is assumed.
 * Values come out as trimmed strings, numbers or lists, or as undefined.
 */
export type Tree = Readonly<Record<string, unknown>>;

export const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under a path of keys; array indexes are written as numbers. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof step === 'number') here = Array.isArray(here) ? here[step] : undefined;
    else here = isTree(here) && Object.hasOwn(here, step) ? here[step] : undefined;
    if (here === undefined || here === null) return undefined;
  }
  return here;
}

/** A trimmed, non-empty string (numbers are written out), or undefined. */
export function str(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  const text = typeof found === 'number' && Number.isFinite(found) ? String(found) : typeof found === 'string' ? found.trim() : '';
  return text === '' ? undefined : text;
}

/** A finite number (numeric strings count), or undefined. */
export function num(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  const number = typeof found === 'number' ? found : typeof found === 'string' && found.trim() !== '' ? Number(found) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** The list under a path; anything else is an empty one. */
export function list(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** The strings of a list, trimmed, without empty ones. */
export const strings = (value: unknown, ...path: readonly (string | number)[]): string[] =>
  list(value, ...path)
    .map((v) => str(v))
    .filter((v) => v !== undefined);

/** Whether lists and objects stand in one another deeper than this: whoever walks such a value by calling itself falls. */
export function deeperThan(value: unknown, levels: number): boolean {
  let layer = [value];
  for (let level = 0; level <= levels; level += 1) {
    layer = layer.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one).filter((v) => typeof v === 'object' && v !== null) : []));
    if (layer.length === 0) return false;
  }
  return true;
}

/** JSON, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
