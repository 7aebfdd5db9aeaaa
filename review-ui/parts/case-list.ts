/** Which list the reviewer came from, so that j and k on a case go down and up that list. */
let ids: readonly string[] = [];

export const rememberList = (next: readonly string[]): void => {
  ids = next;
};
/** The case `by` places away from `id` in that list, or null. */
export function neighbour(id: string, by: 1 | -1): string | null {
  const at = ids.indexOf(id);
  return at < 0 ? null : (ids[at + by] ?? null);
}
