/**
 * What an exchange tells beside its bytes, for the ledger: which address answered and what the resolver had said, what
 * the peer showed when the connection was encrypted, and how our clock stood to the host's. None of it is proof by
 * itself: TLS signs no content, and a host's clock is anybody's; held against each other they show a machine that was
 * lied to or whose clock was wrong.
 */
import type { Exchange } from '../core/model/capture.ts';

/** How our clock stood to the `Date` header of an answer. */
export interface ClockFacts {
  /** The header as an instant. */
  readonly hostDate: string;
  /** Host minus us, ms: positive when the host's clock is ahead. */
  readonly offsetMs: number;
  /** How far off that may be: half the time the answer took, and the header's whole second. */
  readonly withinMs: number;
}

/** Null when the answer says no time, or one that a cache handed on. */
function clockFacts(exchange: Pick<Exchange, 'responseHeaders' | 'fetchedAt' | 'elapsedMs' | 'answered'>): ClockFacts | null {
  const header = (wanted: string): string | undefined => exchange.responseHeaders.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const told = new Date(header('date') ?? '');
  const age = Number(header('age') ?? 0);
  if (Number.isNaN(told.getTime()) || !(age === 0)) return null;
  const { answered } = exchange;
  const half = Math.round((answered?.afterMs ?? exchange.elapsedMs) / 2);
  const middle = answered ? answered.at.getTime() - half : exchange.fetchedAt.getTime() + half;
  // The header names a second that has begun: on average half a second has gone.
  return { hostDate: told.toISOString(), offsetMs: told.getTime() + 500 - middle, withinMs: half + 500 };
}

/** Address, resolver, TLS and clock as the ledger states them, and who saw them when we did not ourselves; nothing for bytes that came over no network. */
export function exchangeFacts(exchange: Exchange | null): Record<string, unknown> {
  if (!exchange?.network) return {};
  const { remoteAddress, network } = exchange;
  const { resolved, tls, observers } = network;
  return { address: remoteAddress, resolved, tls, clock: clockFacts(exchange), ...(observers ? { observers } : {}) };
}
