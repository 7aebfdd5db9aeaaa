/**
 * Accounts and sources that were come across but are not visited: where they were seen, and what people decided.
 * Nothing of a candidate is fetched before a person accepts it.
 */
export const CANDIDATE_STATES = ['proposed', 'accepted', 'refused'] as const;
export type CandidateState = (typeof CANDIDATE_STATES)[number];

/** How it was come across: handed in by a person, on a search page, by a link, by an @, by its name in a text. */
export const GROUND_KINDS = ['seed', 'search', 'link', 'mention', 'name'] as const;
export type GroundKind = (typeof GROUND_KINDS)[number];

/** One account or page that a page speaks of. */
export interface Proposal {
  readonly platform: string;
  /** What makes two proposals one: `url:` with the address, or `name:` with the folded name. */
  readonly key: string;
  readonly url: string | null;
  readonly name: string | null;
  readonly ground: GroundKind;
  /** The words it was read from. */
  readonly quote: string;
}

const MAX_NAME = 100;
/** A name as it is compared: width and case folded, without spaces. */
export const nameKeyOf = (name: string): string => `name:${name.normalize('NFKC').toLowerCase().replace(/\s+/g, '').slice(0, MAX_NAME)}`;

const TRACKING = /^(utm_\w+|spm|from|share\w*|scene|chksm|sessionid|timestamp|source)$/i;
/** An address as it is compared: without fragment and the marks of who shared it; null for none that could be visited. */
export function addressKeyOf(address: string): { key: string; url: string } | null {
  if (address.length > 2_000 || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) return null;
  url.hash = '';
  url.username = '';
  url.password = '';
  for (const name of [...url.searchParams.keys()]) if (TRACKING.test(name)) url.searchParams.delete(name);
  return { key: `url:${url.href}`, url: url.href };
}
