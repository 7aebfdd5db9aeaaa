/**
 * Pictures that look alike: recompressed, resized or slightly retouched ones differ in few of the 64 bits of their look.
 * A look joins the founder it is nearest to, at most four bits away; founders come from the store by quarters of the look.
 */
import type { Known, NewGroup } from './group-texts.ts';
import { thingId } from './things.ts';

const NEAR = 4;
const QUARTERS = 4;

/** Keys of a look in the index that texts use too: negative, where texts have positive ones. */
export const lookKeys = (look: string): number[] =>
  Array.from({ length: QUARTERS }, (_, quarter) => -1 - quarter * 65_536 - Number.parseInt(look.slice(quarter * 4, quarter * 4 + 4), 16));

function setBits(value: number): number {
  let count = 0;
  for (let left = value; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** Bits in which two looks of 16 hexadecimal digits differ. */
export const lookDistance = (a: string, b: string): number =>
  [0, 8].reduce((sum, at) => sum + setBits(Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16)), 0);

/** The founder of each look, and those that found one. */
export function groupLooks(looks: Iterable<string>, known: Known): { founderOf: Map<string, string>; founded: NewGroup[] } {
  const founders = new Map([...known.founders].map(([id, bytes]) => [id, bytes.toString('hex')]));
  const fresh = new Map<number, string[]>();
  const founderOf = new Map<string, string>();
  const founded: NewGroup[] = [];
  for (const look of new Set(looks)) {
    const keys = lookKeys(look);
    const near = [...new Set(keys.flatMap((key) => [...(known.groups.get(key) ?? []), ...(fresh.get(key) ?? [])]))]
      .flatMap((id) => founders.get(id) ?? [])
      .map((founder) => ({ founder, distance: lookDistance(founder, look) }))
      .filter(({ distance }) => distance <= NEAR)
      .sort((a, b) => a.distance - b.distance || (a.founder < b.founder ? -1 : 1));
    founderOf.set(look, near[0]?.founder ?? look);
    if (near.length > 0) continue;
    const id = thingId('picture', look);
    founders.set(id, look);
    founded.push({ id, signature: Buffer.from(look, 'hex'), keys: keys.filter((key) => !known.full.has(key)) });
    for (const key of keys) fresh.set(key, [...(fresh.get(key) ?? []), id]);
  }
  return { founderOf, founded };
}
