/**
 * What came of looking at one address: the closed set of outcomes, the capture that is sealed for each,
 * and what an adapter reads from it. A wall is an outcome, never "no posts".
 */
import { z } from 'zod';
import type { PageLayout } from './page-layout.ts';
import type { AccountInput, PostInput } from './post.ts';

export const OUTCOMES = [
  'ok',
  'unchanged',
  'deleted',
  'removed_by_platform',
  'expired',
  'unavailable',
  'login_wall',
  'captcha',
  'rate_limited',
  'robots_denied',
  'empty_state',
  'parse_drift',
  'network',
  'host_paused',
  'refused_address',
  'too_large',
  'timeout',
] as const;
export const outcomeSchema = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof outcomeSchema>;

/** Outcomes that say the platform kept us out: recorded, left alone, shown as "受限". */
export const WALLS: ReadonlySet<Outcome> = new Set(['login_wall', 'captcha', 'rate_limited', 'robots_denied', 'host_paused']);
/** Outcomes that say something went wrong, counted as errors. */
export const FAULTS: ReadonlySet<Outcome> = new Set(['network', 'timeout', 'too_large', 'parse_drift', 'refused_address']);

export const CAPTURE_KINDS = ['account', 'list', 'post', 'image', 'probe', 'import'] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

/** Who was spoken to, as far as our side of the connection shows it. */
export interface NetworkFacts {
  /** What the resolver answered for the host of this connection; null for address literals. */
  readonly resolved: readonly string[] | null;
  /** Null for plain http. */
  readonly tls: TlsFacts | null;
  /** Who told what when it was not our own connection: a browser's goes through our proxy, which sees no further than the tunnel. */
  readonly observers?: NetworkObservers;
}
/** `address` with what was resolved; `clock` is the header `Date` and when it came. */
export interface NetworkObservers {
  readonly address: 'proxy';
  readonly tls: 'browser';
  readonly clock: 'browser';
}
export interface TlsFacts {
  /** As Node writes it: `TLSv1.3`. */
  readonly protocol: string | null;
  /** As its observer names it: `TLS_AES_128_GCM_SHA256` for our own connection, `AES_128_GCM` for a browser's. */
  readonly cipher: string | null;
  /** SHA-256 of the peer's certificate (DER), hex. */
  readonly certificateSha256: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
  /** As the certificate states them, ISO 8601. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** One HTTP exchange, redirects included, as bytes. */
export interface Exchange {
  readonly url: string;
  readonly finalUrl: string;
  readonly method: 'GET' | 'POST';
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number;
  readonly statusText: string;
  readonly httpVersion: string;
  /** Raw header pairs in the order they came. */
  readonly responseHeaders: readonly (readonly [string, string])[];
  /** Body after transfer and content decoding. */
  readonly body: Buffer;
  readonly remoteAddress: string | null;
  /** Absent for bytes that did not come over the network. */
  readonly network?: NetworkFacts;
  readonly fetchedAt: Date;
  readonly elapsedMs: number;
  /** When the head of this very answer was there, and how long after its request; told where `elapsedMs` holds more than the one answer. */
  readonly answered?: { readonly at: Date; readonly afterMs: number };
  /** `http` for plain fetches, `browser` when the page was rendered. */
  readonly via: 'http' | 'browser';
}

/** A request a page's script made for what it drew, with the validators of its answer. */
export interface PagePart {
  readonly url: string;
  /** Headers the script set, without cookies and credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly sha256: string;
}

/** A picture of a page while it stood drawn, with what a reader saw of it. */
export interface LiveShot {
  readonly png: Buffer;
  readonly domText: string;
  /** True when the page went on below the picture. */
  readonly cut: boolean;
  /** Null when it could not be measured. */
  readonly layout: PageLayout | null;
}

/** What a fetch came to: always an outcome; an exchange when the server answered with bytes worth sealing. */
export interface FetchResult {
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly exchange: Exchange | null;
  /** A 304: who said so and when, without a body; there is nothing to seal. */
  readonly confirmed?: Exchange;
  /** When the address may be tried again, for rate_limited and host_paused. */
  readonly retryAt: Date | null;
  /** The host (`name[:port]`) that did not let us ask at all; a redirect may have led there. */
  readonly heldHost?: string;
  /** Rendered pages: what the script fetched; null when it cannot be asked for again (a POST, too much of it). */
  readonly parts?: readonly PagePart[] | null;
  /** Rendered pages: the shot taken of the live page; null when none could be taken. */
  readonly shot?: LiveShot | null;
}

/** How the reason of a page begins of which posts lack required fields. */
export const LACKING = '缺少字段';

export const PARSE_STATUSES = [
  'ok',
  'deleted',
  'removed_by_platform',
  'expired',
  'unavailable',
  'login_wall',
  'captcha',
  'empty_state',
  'parse_drift',
] as const;
export type ParseStatus = (typeof PARSE_STATUSES)[number];

/** What an adapter reads from one saved or fetched page (`pincha parse`). */
export interface ParsedPage {
  readonly platform: string;
  readonly status: ParseStatus;
  readonly statusReason: string | null;
  readonly account: AccountInput | null;
  readonly posts: readonly PostInput[];
  /** Addresses this page leads to that the adapter wants fetched next (details, next list page). */
  readonly links: readonly { readonly url: string; readonly kind: CaptureKind }[];
}
