/** Links between accounts from who holds what: every pair that shares a thing, with what it shares and how strongly that links. */
import type { ThingKind } from '../../core/model/network.ts';
import { LINKED, linkWeight, type SharedThing } from './link.ts';

/** That an account holds a thing, with what is known of the thing. */
export interface Holder {
  readonly thingId: string;
  readonly kind: ThingKind;
  readonly entities: number;
  readonly accountId: string;
  readonly own: boolean;
  /** Text groups of the account. */
  readonly texts: number;
}

export interface AccountLink<T extends Holder = Holder> {
  readonly a: string;
  readonly b: string;
  readonly weight: number;
  readonly things: readonly { readonly a: T; readonly b: T }[];
}

/**
 * Pairs that are linked.
 * @param holders grouped by thing
 * @param around only pairs with one of these accounts; all without it
 */
export function linksBetween<T extends Holder>(holders: readonly T[], around?: ReadonlySet<string>): AccountLink<T>[] {
  const byThing = new Map<string, T[]>();
  for (const holder of holders) {
    const known = byThing.get(holder.thingId);
    if (known) known.push(holder);
    else byThing.set(holder.thingId, [holder]);
  }
  const pairs = new Map<string, { a: T; b: T }[]>();
  for (const held of byThing.values()) {
    for (const [i, one] of held.entries()) {
      for (const other of held.slice(i + 1)) {
        if (around && !around.has(one.accountId) && !around.has(other.accountId)) continue;
        const [a, b] = one.accountId < other.accountId ? [one, other] : [other, one];
        const key = `${a.accountId} ${b.accountId}`;
        const known = pairs.get(key);
        if (known) known.push({ a, b });
        else pairs.set(key, [{ a, b }]);
      }
    }
  }
  const links: AccountLink<T>[] = [];
  for (const things of pairs.values()) {
    const { a, b } = things[0] as { a: T; b: T };
    const shared = things.map((t): SharedThing => ({ kind: t.a.kind, entities: t.a.entities, ownA: t.a.own, ownB: t.b.own }));
    const weight = linkWeight(shared, Math.min(a.texts, b.texts));
    if (weight >= LINKED) links.push({ a: a.accountId, b: b.accountId, weight, things });
  }
  return links;
}
