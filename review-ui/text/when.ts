/** Instants as the office reads them: Beijing time, 24 hours, the year only when it is not this one. */
const ZONE = 'Asia/Shanghai';
const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function split(iso: string): Record<string, string> | null {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return null;
  return Object.fromEntries(parts.formatToParts(date).map((part) => [part.type, part.value]));
}

/** `11-23 14:05`, with the year in front when it is another one. */
export function moment(iso: string | null): string {
  const p = iso === null ? null : split(iso);
  if (!p) return '—';
  const short = `${p.month}-${p.day} ${p.hour}:${p.minute}`;
  return p.year === split(new Date().toISOString())?.year ? short : `${p.year}-${short}`;
}
/** `2026-11-23`. */
export function day(iso: string | null): string {
  const p = iso === null ? null : split(iso);
  return p ? `${p.year}-${p.month}-${p.day}` : '—';
}
/** `00:38`, hours in front when needed. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${two(Math.floor(s / 60))}:${two(s % 60)}`;
}
export const count = (n: number): string => n.toLocaleString('en-US');
/** `1.2 MB`. */
export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = n;
  let unit = -1;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
