/**
 * What a walk asks of the place that remembers its addresses, and what it says became of each. One implementation is
 * in memory, one in PostgreSQL; both keep the order in which addresses were found.
 */
import type { CaptureKind, PagePart } from './model/capture.ts';

/** What is known of an address from the last good visit. */
export interface KnownPage {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /**
   * The links the page led to then, so that a 304 of page one still leads to page two. Without them an unchanged
   * list is a leaf; give null for a source whose last crawl did not reach its end.
   */
  readonly links?: readonly { readonly url: string; readonly kind: CaptureKind }[];
  /** What a page that a script draws was drawn from, itself first; it is unchanged when all of it is. */
  readonly parts?: readonly PagePart[] | null;
}

export interface FrontierEntry {
  readonly url: string;
  readonly kind: CaptureKind;
  /** Looks in this run that failed for a moment. */
  readonly tries: number;
  /** Refusals in this run that asked us to come back (429). */
  readonly refusals: number;
  /** From a frontier that reads it along with its addresses. */
  readonly known?: KnownPage | null;
}

/**
 * What becomes of an address that was looked at: it is done and led to others; it is asked for again when the host
 * said (which costs no try); once more when all else is through; or on another night (`own`: for a reason of its own,
 * which after some nights is enough).
 */
export type Settlement =
  | { readonly when: 'done'; readonly links: readonly { readonly url: string; readonly kind: CaptureKind }[] }
  | { readonly when: 'soon'; readonly waitMs: number }
  | { readonly when: 'last' }
  | { readonly when: 'night'; readonly own: boolean };

export interface Frontier {
  /** The address whose turn it is; how long until one's time comes; null when nothing is left for this run. */
  next(): Promise<{ readonly entry: FrontierEntry } | { readonly waitMs: number } | null>;
  /** Which of these the walk knows already. */
  known(urls: readonly string[]): Promise<ReadonlySet<string>>;
  /** Lets all addresses of a host (`name[:port]`) wait: for so long, or for another night when null. */
  holdHost(host: string, forMs: number | null): Promise<void>;
}
