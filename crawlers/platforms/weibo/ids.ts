/**
 * Numbers of 微博 statuses. A status has a number (`mid`) and the same number in base 62, three parts of seven
 * digits (`bid`), which stands in addresses; the number's upper bits are the second in which it was given out. Old
 * answers and the lite site write times without a year ("06-14"): the number completes what is written, and only that.
 */
import { readTime } from '../../extract/times.ts';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Second 0 of the numbers, as seconds since 1970; the second stands above the lower 22 bits. */
const EPOCH = 515_483_463;
const SECOND = 4_194_304;

/** The number behind an address's short form; undefined for anything else. */
export function midOf(bid: string | undefined): string | undefined {
  if (!bid || !/^[0-9A-Za-z]{8,9}$/.test(bid) || /^\d+$/.test(bid)) return undefined;
  let out = '';
  for (let end = bid.length; end > 0; end -= 4) {
    const part = [...bid.slice(Math.max(0, end - 4), end)].reduce((sum, c) => sum * 62 + DIGITS.indexOf(c), 0);
    out = String(part).padStart(end > 4 ? 7 : 0, '0') + out;
  }
  return out;
}

/** When a number was given out, or null for one that holds no time. */
export function timeOfMid(mid: string | undefined): Date | null {
  if (!mid || !/^\d{16}$/.test(mid)) return null;
  const at = (Math.floor(Number(mid) / SECOND) + EPOCH) * 1_000;
  return at > 1_262_304_000_000 && at < 4_102_444_800_000 ? new Date(at) : null;
}

/** The time a status shows. @param fetchedAt of the page; without it, what lacks a year is counted from the status's own number */
export function statusTime(written: string | undefined, mid: string | undefined, fetchedAt: Date | null): string | undefined {
  const given = timeOfMid(mid);
  const said = written
    ?.slice(0, 60)
    .replace(/\s*来自.*$/s, '')
    .trim();
  // "5分钟前" needs the moment of the fetch; the number itself is that moment less five minutes.
  if (said && !fetchedAt && given && /前$|^刚刚|^今天|^昨天/.test(said)) return readTime(given.getTime(), null);
  // A day without a year cannot lie after the fetch, so either moment gives the same year.
  return said ? readTime(said, given ?? fetchedAt) : undefined;
}
