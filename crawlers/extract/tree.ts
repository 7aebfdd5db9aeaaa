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

const MAX_STEPS = 300_000;
const MAX_GATHERED = 2_000;

/**
 * Every value inside a tree for which `wanted` holds, in order, without looking inside those: interfaces of one
 * platform put the same things into ever other places. Bounded in steps and finds.
 */
export function gather(root: unknown, wanted: (value: unknown) => boolean): readonly unknown[] {
  const found: unknown[] = [];
  const stack: unknown[] = [root];
  for (let step = 0; stack.length > 0 && step < MAX_STEPS && found.length < MAX_GATHERED; step += 1) {
    const here = stack.pop();
    if (typeof here !== 'object' || here === null) continue;
    if (wanted(here)) {
      found.push(here);
      continue;
    }
    const inner: readonly unknown[] = Array.isArray(here) ? (here as readonly unknown[]) : Object.values(here);
    for (let i = inner.length - 1; i >= 0; i -= 1) if (typeof inner[i] === 'object' && inner[i] !== null) stack.push(inner[i]);
  }
  return found;
}
