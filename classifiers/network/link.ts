/**
 * How strongly shared things say that two accounts are one party. Each kind has a weight of its own; a thing that many
 * different parties show says less, one a person took off says nothing, and one that an account only repeated from
 * elsewhere says little. Texts count together: one advert is copied by strangers, half of what an account posts is not.
 */
import type { ThingKind } from '../../core/model/network.ts';

/** From this weight on two accounts are linked. */
export const LINKED = 0.6;

const WEIGHT: Readonly<Record<Exclude<ThingKind, 'text'>, number>> = {
  uscc: 0.98,
  subject: 0.9,
  wechat: 0.85,
  phone: 0.8,
  qr: 0.8,
  email: 0.75,
  qq: 0.75,
  group: 0.65,
  picture: 0.35,
};
/** A code or a name of a party means the party however many accounts it has. */
const NAMES: ReadonlySet<ThingKind> = new Set(['uscc', 'subject']);
/** Different parties that show a thing: up to the first number it counts in full, then half, a fifth, and nothing. */
const STEPS = [
  [10, 1],
  [25, 0.5],
  [60, 0.2],
] as const;
/** Adverts and pictures are copied more readily than numbers. */
const COPIED_STEPS = [
  [3, 1],
  [8, 0.5],
  [30, 0.2],
] as const;
const COPIED: ReadonlySet<ThingKind> = new Set(['text', 'picture']);
/** Where a thing changes its worth: whoever holds it is looked at again. */
export const WORTH_STEPS: readonly number[] = [...STEPS, ...COPIED_STEPS].map(([most]) => most);
const ONE_REPEATS = 0.25;
const BOTH_REPEAT = 0.1;
const MOST_BY_PICTURES = 0.55;
const LEAST_TEXTS = 3;

/** What a thing is worth when so many different parties show it, 0-1. */
export const worthAt = (kind: ThingKind, entities: number): number =>
  NAMES.has(kind) ? 1 : ((COPIED.has(kind) ? COPIED_STEPS : STEPS).find(([most]) => entities <= most)?.[1] ?? 0);

export interface SharedThing {
  readonly kind: ThingKind;
  /** Different parties that show it. */
  readonly entities: number;
  readonly ownA: boolean;
  readonly ownB: boolean;
}

/** A thing's own weight between two accounts, texts left out. */
export function thingWeight({ kind, entities, ownA, ownB }: SharedThing): number {
  if (kind === 'text') return 0;
  return WEIGHT[kind] * worthAt(kind, entities) * (ownA && ownB ? 1 : ownA || ownB ? ONE_REPEATS : BOTH_REPEAT);
}

/**
 * What shared texts are worth together, 0-0.65.
 * @param shared texts both post, @param least texts of the account that has fewer
 */
export function textWeight(shared: readonly Pick<SharedThing, 'kind' | 'entities'>[], least: number): number {
  const counted = shared.reduce((sum, { kind, entities }) => sum + (kind === 'text' ? worthAt('text', entities) : 0), 0);
  if (counted === 0 || least === 0) return 0;
  const share = Math.min(1, counted / least);
  if (counted >= LEAST_TEXTS && share >= 0.5) return 0.65;
  if (counted >= LEAST_TEXTS && share >= 0.25) return 0.45;
  return Math.min(0.25, 0.1 * counted);
}

/** Shared texts from which on a number that stands in them is taken for the number of both: who copies so much is no stranger. */
export const MUCH_COPIED = 0.45;

/** @returns 0-1: how far the shared things together say that two accounts are one party */
export function linkWeight(given: readonly SharedThing[], leastTexts: number): number {
  const texts = textWeight(given, leastTexts);
  const shared = texts >= MUCH_COPIED ? given.map((thing) => ({ ...thing, ownA: true, ownB: true })) : given;
  const left = (things: readonly SharedThing[]): number => things.reduce((rest, thing) => rest * (1 - thingWeight(thing)), 1);
  const pictures = Math.min(MOST_BY_PICTURES, 1 - left(shared.filter((s) => s.kind === 'picture')));
  return 1 - left(shared.filter((s) => s.kind !== 'picture')) * (1 - pictures) * (1 - texts);
}
