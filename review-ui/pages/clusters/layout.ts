/**
 * The picture of a cluster as two columns: accounts on the left, what they share on the right, a line for each showing.
 * Rows are ordered so that few lines cross, the same for the same cluster every time, and labels never cover each other.
 */
import type { ClusterView, SharedThingView } from '../../../core/model/api-network.ts';

/** Rows that still read at a glance; the list beside the picture has all of them. */
export const MOST_ROWS = 20;

/** One row on the right: a thing, or several copied ones that the same accounts show. */
export interface ThingRow {
  readonly key: string;
  readonly kind: SharedThingView['kind'];
  readonly label: string;
  /** How many things stand in this row. */
  readonly n: number;
  readonly holders: readonly { readonly accountId: string; readonly own: boolean }[];
}

/** Texts and pictures that the same accounts show are one row: ten copied adverts say one thing. */
export function thingRows(things: ClusterView['things']): ThingRow[] {
  const rows = new Map<string, ThingRow>();
  for (const thing of things) {
    if (thing.ignored) continue;
    const copied = thing.kind === 'text' || thing.kind === 'picture';
    const who = thing.holders.map((h) => h.accountId).sort();
    const key = copied ? `${thing.kind} ${who.join(' ')}` : thing.id;
    const known = rows.get(key);
    if (known) rows.set(key, { ...known, n: known.n + 1 });
    else rows.set(key, { key, kind: thing.kind, label: thing.label, n: 1, holders: thing.holders.map(({ accountId, own }) => ({ accountId, own })) });
  }
  return [...rows.values()].slice(0, MOST_ROWS);
}

export interface Order {
  readonly accounts: readonly string[];
  readonly things: readonly string[];
}

/** Lines that cross when rows stand in this order. */
export function crossings(order: Order, rows: readonly ThingRow[]): number {
  const left = new Map(order.accounts.map((id, i) => [id, i]));
  const right = new Map(order.things.map((key, i) => [key, i]));
  const lines = rows.flatMap((row) =>
    row.holders.flatMap(({ accountId }) => {
      const [a, t] = [left.get(accountId), right.get(row.key)];
      return a === undefined || t === undefined ? [] : [[a, t] as const];
    }),
  );
  let count = 0;
  for (const [i, [a, t]] of lines.entries()) for (const [b, u] of lines.slice(i + 1)) if ((a - b) * (t - u) < 0) count += 1;
  return count;
}

const ROUNDS = 6;
const mean = (places: readonly number[]): number => (places.length === 0 ? Number.POSITIVE_INFINITY : places.reduce((sum, p) => sum + p, 0) / places.length);

/** Rows by the mean place of what they are joined to, taken from either side in turn; the best order met is kept. */
export function orderRows(accounts: readonly string[], rows: readonly ThingRow[]): Order {
  const holders = new Map(rows.map((row) => [row.key, row.holders.map((h) => h.accountId)]));
  const heldBy = new Map(accounts.map((id) => [id, rows.filter((row) => row.holders.some((h) => h.accountId === id)).map((row) => row.key)]));
  const sorted = (keys: readonly string[], near: ReadonlyMap<string, readonly string[]>, places: readonly string[]): string[] => {
    const at = new Map(places.map((key, i) => [key, i]));
    const weight = new Map(keys.map((key) => [key, mean((near.get(key) ?? []).flatMap((other) => at.get(other) ?? []))]));
    return [...keys].sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0) || (a < b ? -1 : 1));
  };
  const names = [...accounts].sort();
  let best: Order = { accounts: names, things: [...holders.keys()].sort() };
  let least = crossings(best, rows);
  let order = best;
  for (let round = 0; round < ROUNDS && least > 0; round += 1) {
    const things = sorted(order.things, holders, order.accounts);
    order = { accounts: sorted(order.accounts, heldBy, things), things };
    const now = crossings(order, rows);
    if (now < least) [best, least] = [order, now];
  }
  return best;
}

/** As much of a name as fits, in pixels of the 13 px type of the picture; Latin letters are half as wide as characters. */
export function clip(text: string, width: number): string {
  let used = 0;
  let out = '';
  for (const char of text) {
    used += char.charCodeAt(0) < 0x2e80 ? 7.4 : 13;
    if (used > width) return `${out}…`;
    out += char;
  }
  return out;
}
