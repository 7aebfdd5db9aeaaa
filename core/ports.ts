/**
 * Ports: what a stage needs from the outside, so that stages never import the store, the queue or each other.
 * The composition root in `bin/` hands in the real thing; tests hand in one in memory. Each port with more than
 * one implementation has one conformance suite in `test/`.
 */
import type { Exchange, FetchResult } from './model/capture.ts';
import type { RobotsPage } from './politeness.ts';

/** What a caller asks of a host's clock. */
export interface SlotWish {
  /** Least gap to the slot before, in ms: the greatest of floor and robots delay. */
  readonly gapMs: number;
  /** Whether a slow host gets a longer gap (5 × latency). */
  readonly adaptive?: boolean;
  /** A longer wait counts as a pause, in ms; ten minutes unless told. */
  readonly maxWaitMs?: number;
}

/** Instants are the clock's own; a caller, whose clock may be wrong, goes by `waitMs`. */
export interface HostSlot {
  /** When the request may start; null when the host is paused. */
  readonly at: Date | null;
  /** When a paused host may be tried again. */
  readonly pausedUntil: Date | null;
  /** Until `at` or `pausedUntil`, in ms from the answer. */
  readonly waitMs: number;
  /** A start that is later than this, in ms, has lost its slot and asks for another; 0 when it does not matter. */
  readonly graceMs: number;
  /** The latency noted of a host that has no refusals on its record, in ms; null for one that has, or is paused. */
  readonly calmMs: number | null;
}

/** How an answer treated us, reported back to the host's clock. */
export interface HostReport {
  readonly kind: 'ok' | 'refused' | 'error';
  readonly latencyMs: number;
  /** From Retry-After, when the host sent one. */
  readonly retryAfterMs: number | null;
}

/** One clock per host across all processes and machines: slots are reserved atomically, so gaps hold whoever asks. */
export interface HostClock {
  /** Reserves the next slot of `host`, at least the gap wished for after the one before. */
  reserve(host: string, wish: SlotWish): Promise<HostSlot>;
  report(host: string, report: HostReport): Promise<void>;
  /** robots.txt of a site (scheme and authority) as last fetched (RFC 9309), or null when it was never fetched or is older than a day. */
  robots(site: string): Promise<{ status: number; body: string } | null>;
  saveRobots(site: string, robots: { status: number; body: string }): Promise<void>;
}

export interface FetchOptions {
  readonly etag?: string | null;
  readonly lastModified?: string | null;
  readonly signal?: AbortSignal;
  /** Overrides the configured floor between two requests to this host, in ms (an adapter may only ask for more, the sandbox for less). */
  readonly floorDelayMs?: number;
  readonly maxBytes?: number;
  /** Longest wait for the host's turn, in ms; what is longer comes back as `host_paused`. Ten minutes unless told. */
  readonly maxWaitMs?: number;
  /** Further headers of a request that a page's script made before; `x-…` only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a robots.txt means that answers with a web page: `open` (no rules stated) unless told. */
  readonly robotsPage?: RobotsPage;
  /** Judges an answer that went through before the host's clock hears of it: a wall counts as a refusal, whatever its status. */
  readonly walled?: (exchange: Exchange) => boolean;
}

/** The only way out to the web: polite, bounded, guarded. It never throws for what a host does. */
export interface Fetcher {
  fetch(url: string, options?: FetchOptions): Promise<FetchResult>;
  /** The same page through a real browser, under the same guard and clock. */
  render(url: string, options?: FetchOptions): Promise<FetchResult>;
  close(): Promise<void>;
}

/** Where sealed bytes stand. */
export interface SealedPlace {
  readonly sha256: string;
  readonly sm3: string;
  readonly size: number;
  readonly mediaType: string | null;
  readonly warcFile: string;
  readonly warcOffset: number;
  readonly warcLength: number;
}

/** A capture that a later answer said nothing changed of. */
export interface Confirmed {
  readonly captureId: string;
  readonly url: string;
  readonly fetchedAt: Date;
  readonly sha256: string;
}

/** A sealed record without a body of its own. */
export interface RecordPlace {
  readonly warcFile: string;
  readonly warcOffset: number;
  readonly warcLength: number;
  readonly recordSha256: string;
}

export interface Sealer {
  /** Writes request and response records (WARC 1.1) and returns where they stand. Durable when it returns. */
  seal(exchange: Exchange, via: 'http' | 'browser' | 'import'): Promise<SealedPlace>;
  /** Writes request and `revisit` record of an answer that said that nothing changed (304). Durable when it returns. */
  revisit(exchange: Exchange, of: Confirmed): Promise<RecordPlace>;
  /** Reads a sealed response body back and checks its digest. */
  read(
    place: Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength' | 'sha256'>,
  ): Promise<{ url: string; status: number; headers: [string, string][]; body: Buffer }>;
  close(): Promise<void>;
}

/** The bytes of one sealed exchange in a WARC file. */
export interface DestroyedRegion {
  readonly warcFile: string;
  readonly start: number;
  readonly length: number;
}

/** Lets sealed bytes go where they stand; every act may be done again. */
export interface Destroyer {
  /** @throws PinchaError EVIDENCE_BROKEN when there is no sound record */
  regionOf(place: Pick<SealedPlace, 'warcFile' | 'warcOffset' | 'warcLength'>): Promise<DestroyedRegion>;
  overwrite(region: DestroyedRegion, no: number, at: Date): Promise<void>;
  removeBlob(sha256: string): Promise<void>;
}

/** Content-addressed bytes: page shots, DOM texts, imported files. */
export interface ContentStore {
  put(bytes: Buffer): Promise<string>;
  get(sha256: string): Promise<Buffer | null>;
}

export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where the bytes of the evidence stand under their names (`blob/ab/cd/<sha256>`, `warc/<name>.warc.gz`): a folder, or a
 * bucket of a store that speaks S3. A name stands for whole bytes or for none, and what is put is durable.
 */
export interface Vault {
  /** What people call it: a path, or `s3://bucket/prefix`. */
  readonly title: string;
  /** Stores bytes unless the name holds as many already. @returns whether they were stored now */
  put(name: string, bytes: Buffer): Promise<boolean>;
  /** All bytes or a stretch, fewer where they end before; null when the name holds none. */
  read(name: string, stretch?: Stretch): Promise<Buffer | null>;
  /** All bytes in pieces; the name must hold some. */
  stream(name: string): AsyncIterable<Buffer>;
  size(name: string): Promise<number | null>;
  /** Puts other bytes in the place of a stretch, for destroying it: what stood there is gone, in older versions too. */
  overwrite(name: string, offset: number, bytes: Buffer): Promise<void>;
  /** What is gone already is no fault. */
  remove(name: string): Promise<void>;
  list(prefix: string): AsyncIterable<{ readonly name: string; readonly size: number }>;
  /** A new name that grows; absent where names are whole from the start. */
  begin?(name: string, head: Buffer): Promise<{ append(bytes: Buffer): Promise<void>; close(): Promise<void> }>;
  close(): Promise<void>;
}

/** A time-stamp service (RFC 3161): bytes of a request in, bytes of the reply out, bounded in size and time. */
export interface TimestampService {
  readonly url: string;
  /** Certificates of the authorities above the service, PEM; without them its tokens are checked, not whose they are. */
  readonly anchors?: readonly string[];
  /** @throws FETCH_FAILED when the service does not answer as one */
  ask(request: Buffer): Promise<Buffer>;
}
