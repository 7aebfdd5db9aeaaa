/**
 * From a status line to an outcome of the closed set. Only what the protocol says is judged here; walls that answer
 * 200 (login forms, captchas, deletion notices) are judged by the platform's adapter, which knows their words.
 */
import type { FetchResult, Outcome } from '../../core/model/capture.ts';
import type { HostReport } from '../../core/ports.ts';

export interface StatusVerdict {
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** How the host treated us. `error` neither counts as a refusal nor ends a row of them. */
  readonly report: HostReport['kind'];
}

/** Retry-After (RFC 9110 section 10.2.3) as milliseconds from now; null when absent or unreadable. */
export function retryAfterMs(value: string | null, now: Date): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) || /^[\d.+-]+$/.test(text) ? null : Math.max(0, date - now.getTime());
}

/** @param conditional whether the request carried a validator, without which a 304 makes no sense */
export function outcomeOfStatus(status: number, conditional: boolean, saysWhen: boolean): StatusVerdict {
  const is = (outcome: Outcome, reason: string | null, report: HostReport['kind']): StatusVerdict => ({ outcome, reason, report });
  // No page: nothing (204, 205), or a part that nobody asked for.
  if (status >= 204 && status <= 206) return is('unavailable', `HTTP ${status}`, 'ok');
  if (status >= 200 && status < 300) return is('ok', null, 'ok');
  if (status === 304 && conditional) return is('unchanged', null, 'ok');
  if (status === 404 || status === 410) return is('deleted', `HTTP ${status}`, 'ok');
  if (status === 401) return is('login_wall', `HTTP ${status}`, 'error');
  if (status === 403) return is('login_wall', `HTTP ${status}`, 'refused');
  if (status === 429) return is('rate_limited', `HTTP ${status}`, 'refused');
  if (status === 503) return is(saysWhen ? 'rate_limited' : 'unavailable', `HTTP ${status}`, 'refused');
  return is('unavailable', `HTTP ${status}`, status >= 500 ? 'error' : 'ok');
}

/** A result without an exchange: nothing came that is worth sealing. */
export const nothing = (outcome: Outcome, reason: string | null, retryAt: Date | null = null): FetchResult => ({ outcome, reason, exchange: null, retryAt });
