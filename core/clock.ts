/**
 * Time. Stored in UTC, shown in Asia/Shanghai; deadlines count Chinese working days (行政处罚法 第八十五条:
 * "二日、三日、五日、七日" are working days), with the State Council's yearly holiday arrangement.
 */
import chineseDays from 'chinese-days';
import { Temporal } from 'temporal-polyfill';

export const ZONE = 'Asia/Shanghai';

/** A source of now, injected so that tests can hold time still. */
export interface Clock {
  now(): Date;
}
export const systemClock: Clock = { now: () => new Date() };

const zoned = (at: Date): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(ZONE);

/** The calendar date of an instant in Asia/Shanghai, as YYYY-MM-DD. */
export const localDate = (at: Date): string => zoned(at).toPlainDate().toString();

/** An instant as people read it: `2026-11-23 13:45` in Asia/Shanghai. */
export const localMinute = (at: Date): string => zoned(at).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');

/** The instant of a wall-clock time in Asia/Shanghai. @param date YYYY-MM-DD @param time HH:MM */
export const instantOf = (date: string, time: string): Date => new Date(Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(ZONE).epochMilliseconds);

/**
 * Adds Chinese working days; the result is the end (23:59:59) of that day in Asia/Shanghai.
 * Years the holiday table does not know count Monday to Friday.
 */
export function addWorkingDays(from: Date, days: number): Date {
  let date = zoned(from).toPlainDate();
  for (let left = days; left > 0; ) {
    date = date.add({ days: 1 });
    if (chineseDays.isWorkday(date.toString())) left -= 1;
  }
  return new Date(date.toZonedDateTime({ timeZone: ZONE, plainTime: '23:59:59' }).epochMilliseconds);
}

/** Working days from now until `due`; negative when overdue. */
export function workingDaysLeft(now: Date, due: Date): number {
  const [a, b] = [zoned(now).toPlainDate(), zoned(due).toPlainDate()];
  const sign = Temporal.PlainDate.compare(b, a) < 0 ? -1 : 1;
  let [date, end] = sign > 0 ? [a, b] : [b, a];
  let count = 0;
  while (Temporal.PlainDate.compare(date, end) < 0 && count < 1000) {
    date = date.add({ days: 1 });
    if (chineseDays.isWorkday(date.toString())) count += 1;
  }
  return due.getTime() < now.getTime() && count === 0 ? -1 : sign * count;
}
