/** Cuts work into portions, so that what is held in memory at once stays bounded however large the parts are. */

/** @returns the items in their order, cut where `most` would be exceeded; one that is larger by itself stands alone */
export function inPortions<T>(items: readonly T[], weight: (item: T) => number, most: number): T[][] {
  const portions: T[][] = [];
  let left = 0;
  for (const item of items) {
    const more = weight(item);
    if (portions.length === 0 || more > left) {
      portions.push([]);
      left = most;
    }
    portions.at(-1)?.push(item);
    left -= more;
  }
  return portions;
}
