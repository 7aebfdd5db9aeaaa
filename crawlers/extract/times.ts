/**
 * Times as platforms write them, to ISO-8601 in Asia/Shanghai (`2026-11-23T09:15:00+08:00`); a bare day stays a
 * bare day. "昨天" and "3小时前" are counted from when the page was fetched, and stay unread when that is unknown:
 * a saved page without its date must not be given today's.
 */
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  秒: 1_000,
  秒钟: 1_000,
  分钟: 60_000,
  分: 60_000,
  小时: 3_600_000,
  个小时: 3_600_000,
  天: DAY_MS,
  日: DAY_MS,
  周: 7 * DAY_MS,
  星期: 7 * DAY_MS,
  个月: 30 * DAY_MS,
  月: 30 * DAY_MS,
  年: 365 * DAY_MS,
};
const NUMERALS = '零一二三四五六七八九十';
const numberOf = (text: string): number => (text === '半' ? 0.5 : text === '两' ? 2 : /\d/.test(text) ? Number(text) : NUMERALS.indexOf(text));

/** An instant as ISO-8601 with the offset of Asia/Shanghai. */
export const shanghaiIso = (at: Date): string => `${new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
const dayOf = (at: number): string => shanghaiIso(new Date(at)).slice(0, 10);
const two = (text: string | undefined): string => (text ?? '0').padStart(2, '0');

const realDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};

function fromNumber(value: number): string | undefined {
  const ms = value > 100_000_000_000 ? value : value * 1_000;
  // Between 1990 and 2100: anything else is not the time of a post.
  return ms > 631_152_000_000 && ms < 4_102_444_800_000 ? shanghaiIso(new Date(ms)) : undefined;
}

function fromRelative(text: string, now: Date): string | undefined {
  const ago = /((?<!\d)\d{1,3}|[半两一二三四五六七八九十])\s*(秒钟|秒|分钟|分|个小时|小时|天|日|周|星期|个月|月|年)(?:以|之)?前/.exec(text);
  if (ago) {
    const at = now.getTime() - numberOf(ago[1] ?? '') * (UNITS[ago[2] ?? ''] ?? 0);
    return /天|日|周|星期|月|年/.test(ago[2] ?? '') && ago[1] !== '半' ? dayOf(at) : shanghaiIso(new Date(at));
  }
  if (/刚刚|刚才/.test(text)) return shanghaiIso(now);
  const named = /(今天|今日|昨天|昨日|前天|前日)\s*(?:(\d{1,2})[:：](\d{2}))?/.exec(text);
  if (named) {
    const day = dayOf(now.getTime() - ['今', '昨', '前'].indexOf(named[1]?.charAt(0) ?? '') * DAY_MS);
    return named[2] ? `${day}T${two(named[2])}:${two(named[3])}:00+08:00` : day;
  }
  const monthDay = MONTH_DAY.exec(text);
  if (monthDay) {
    const year = Number(dayOf(now.getTime()).slice(0, 4));
    const day = `${two(monthDay[1])}-${two(monthDay[2])}`;
    const full = `${`${year}-${day}` > dayOf(now.getTime() + DAY_MS) ? year - 1 : year}-${day}`;
    return realDay(full) ? withClock(full, monthDay[3], monthDay[4]) : undefined;
  }
  const clock = /(?:^|[^\d:])(\d{1,2}):(\d{2})(?:发布)?\s*$/.exec(text);
  return clock && text.length < 12 ? `${dayOf(now.getTime())}T${two(clock[1])}:${two(clock[2])}:00+08:00` : undefined;
}

/** A day of a year that is not written, alone or with its minute: `06-14`, `6月17日 18:12`. */
const MONTH_DAY = /^(\d{1,2})[-/月.](\d{1,2})日?(?:\s*(\d{1,2}):(\d{2})(?::\d{2})?)?$/;

/** A day with its clock where there is a possible one. */
const withClock = (day: string, hour: string | undefined, minute: string | undefined, second?: string): string => {
  if (hour === undefined) return day;
  const clock = `${two(hour)}:${two(minute)}:${two(second)}`;
  return /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(clock) ? `${day}T${clock}+08:00` : day;
};

/** The hour of a clock of twelve hours. */
function hourOf(half: string, hour: number): number {
  if (hour > 12 || (half === '中午' && hour > 9)) return hour;
  if (half === '凌晨' || half === '早上') return hour % 12;
  return half === '上午' ? hour : (hour % 12) + 12;
}

/** `下午3:05`: a clock of twelve hours. */
const AFTERNOON = /(上午|下午|晚上|凌晨|早上|中午)\s*(\d{1,2})[:：时点]/;

/** `Tue Feb 23 12:28:47 +0800 2021`, as some interfaces write it. */
const WORDED = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4}) (\d{4})$/;

/** `Mon, 23 Nov 2026 10:00:00`, with a zone by its letters or none; China's own is meant by CST here, and by none. */
const FEED = /^(?:[A-Z][a-z]{2}, ?)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{1,2}:\d{2}(?::\d{2})?)(?: ([A-Z]{1,4}))?$/;
/** `Mon Nov 23 10:00:00 CST 2026`, as programs print a date. */
const PRINTED = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) ([A-Z]{2,4}) (\d{4})$/;
const ZONES: Readonly<Record<string, string>> = {
  ...{ UT: '+0000', UTC: '+0000', GMT: '+0000', Z: '+0000', CST: '+0800', JST: '+0900', HKT: '+0800' },
  ...{ EST: '-0500', EDT: '-0400', CDT: '-0500', MST: '-0700', MDT: '-0600', PST: '-0800', PDT: '-0700', CET: '+0100', BST: '+0100' },
};

/** A time in English words whose zone is letters. */
function fromWords(text: string): string | undefined {
  const feed = FEED.exec(text);
  const printed = feed ? null : PRINTED.exec(text);
  const [day, month, year, clock, zone] = feed ? feed.slice(1) : printed ? [printed[2], printed[1], printed[5], printed[3], printed[4]] : [];
  const offset = zone === undefined ? '+0800' : ZONES[zone];
  return day === undefined || offset === undefined ? undefined : fromNumber(Date.parse(`${day} ${month} ${year} ${clock} ${offset}`));
}

/**
 * Reads a time in any of the writings platforms use.
 * @param now when the page was fetched; null when unknown, then relative times stay unread
 */
export function readTime(value: unknown, now: Date | null): string | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const text = value
    .trim()
    .replace(/^(?:编辑于|发布于|发表于|更新于|(?:页面)?(?:发布|更新|发表|刷新)(?:时间|日期)?[:：]?|时间[:：]|日期[:：])\s*/, '')
    .replace(/\s*(?:发布|更新|发表|刷新|编辑)(?:过|的)?$/, '')
    .replace(AFTERNOON, (_, half: string, hour: string) => `${hourOf(half, Number(hour))}:`)
    .slice(0, 100);
  if (/^\d{10}$|^\d{13}$/.test(text)) return fromNumber(Number(text));
  const worded = WORDED.exec(text);
  if (worded) return fromNumber(Date.parse(`${worded[2]} ${worded[1]} ${worded[5]} ${worded[3]} ${worded[4]}`));
  const english = fromWords(text);
  if (english) return english;
  const packed = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text) ?? /^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)$/.exec(text);
  const zoned = /\d(?:Z|[+-]\d{2}:?\d{2})$|(?:GMT|UTC|[+-]\d{4})\s*$/.test(text);
  if (zoned && !packed) {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return fromNumber(at);
  }
  const full = packed ?? /(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}))?)?/.exec(text);
  if (full) {
    const day = `${full[1]}-${two(full[2])}-${two(full[3])}`;
    if (!realDay(day)) return undefined;
    return withClock(day, full[4], full[5], full[6]);
  }
  return now ? fromRelative(text, now) : undefined;
}
