/** Dates as lists write them: 2026年3月1日, 2026/3/1, 2026.3.1, 20260301, Excel serial numbers, 二〇二六年, 长期, and ranges. */
import type { Cell } from './row.ts';

const DIGITS: Readonly<Record<string, string>> = {
  〇: '0',
  零: '0',
  '○': '0',
  一: '1',
  二: '2',
  三: '3',
  四: '4',
  五: '5',
  六: '6',
  七: '7',
  八: '8',
  九: '9',
};
/** Day zero of Excel's 1900 system, with its leap-year fault: serial 60 and later are right. */
const EXCEL_EPOCH = Date.UTC(1899, 11, 30);
const LONG_TERM = /长期|永久|无固定|不限|无期限/;

const iso = (year: number, month: number, day: number): string | null => {
  const at = new Date(Date.UTC(year, month - 1, day));
  const real = year >= 1949 && year <= 2200 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return real ? at.toISOString().slice(0, 10) : null;
};

const fromSerial = (serial: number): string | null =>
  serial >= 18_000 && serial < 110_000 ? new Date(EXCEL_EPOCH + Math.floor(serial) * 86_400_000).toISOString().slice(0, 10) : null;

/** 二〇二六年三月十五日 with figures instead. */
function figures(text: string): string {
  return text
    .replace(/[〇零○一二三四五六七八九]{4}(?=年)/g, (y) => [...y].map((c) => DIGITS[c] ?? c).join(''))
    .replace(/([二三]?)十([一二三四五六七八九]?)(?=[月日])/g, (_, tens: string, ones: string) => `${tens ? DIGITS[tens] : '1'}${ones ? DIGITS[ones] : '0'}`)
    .replace(/[一二三四五六七八九](?=[月日])/g, (c) => DIGITS[c] ?? c);
}

const DATE = /(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?|(?<!\d)((?:19|20|21)\d{2})(\d{2})(\d{2})(?!\d)/g;

/** All dates written in a text, in order; a month without a day is its first, or its last when `end`. */
function written(text: string, end: boolean): string[] {
  const out: string[] = [];
  for (const m of figures(text.normalize('NFKC')).matchAll(DATE)) {
    const [year, month] = [Number(m[1] ?? m[4]), Number(m[2] ?? m[5])];
    const day = m[3] ?? m[6];
    const found = iso(year, month, day === undefined ? (end ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 1) : Number(day));
    if (found) out.push(found);
  }
  return out;
}

export interface ReadDate {
  /** YYYY-MM-DD, or null for none and for long-term. */
  readonly date: string | null;
  /** The cell says that there is no end. */
  readonly longTerm: boolean;
  /** The cell holds something that is no date. */
  readonly unread: boolean;
}
const NONE: ReadDate = { date: null, longTerm: false, unread: false };

/** One date of a cell. @param end for a last day: of a range the later date, of a bare month its last day */
export function readDate(cell: Cell, end = false): ReadDate {
  if (cell === null) return NONE;
  // The reader gives a date cell as midnight UTC of its day.
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? { ...NONE, unread: true } : { ...NONE, date: cell.toISOString().slice(0, 10) };
  if (typeof cell === 'number') {
    const date = fromSerial(cell) ?? written(String(cell), end)[0] ?? null;
    return { ...NONE, date, unread: date === null };
  }
  const text = cell.trim().slice(0, 200);
  if (/^[-—/无\s]*$/.test(text)) return NONE;
  const dates = written(text, end);
  if (LONG_TERM.test(text) && (end || dates.length === 0)) return { ...NONE, longTerm: true };
  const date = (end ? dates.at(-1) : dates[0]) ?? (/^\d{5}(\.\d+)?$/.test(text) ? fromSerial(Number(text)) : null);
  return { ...NONE, date, unread: date === null };
}

/** Whether a cell holds a range such as 2021年3月1日至2026年2月28日. */
export const isRange = (cell: Cell): boolean =>
  typeof cell === 'string' && (written(cell, false).length > 1 || (LONG_TERM.test(cell) && written(cell, false).length === 1));
