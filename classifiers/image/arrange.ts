/**
 * Puts the lines of a picture in the order people read them, and joins what belongs together: parts of one row by a
 * blank, a sentence the poster wrapped by nothing, everything else by a line break.
 */
import type { PictureLine } from '../../core/model/picture.ts';
import { type Box, cornersOf } from './boxes.ts';
import type { ReadLine } from './engine.ts';
import type { Quarter } from './strip.ts';

export interface PlacedLine extends ReadLine {
  readonly box: Box;
}
/** A line in the picture turned upright: left, right, middle, height. */
interface Upright extends PlacedLine {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly middle: number;
  readonly high: number;
}

/** The lines as they stand once the picture is turned by so many quarters and by the slant most lines have. */
function turned(lines: readonly PlacedLine[], quarter: Quarter): Upright[] {
  const slants = lines.map((l) => l.box.angle).sort((a, b) => a - b);
  const slant = (slants[Math.floor(slants.length / 2)] ?? 0) - (quarter * Math.PI) / 2;
  const [cos, sin] = [Math.cos(slant), Math.sin(slant)];
  return lines.map((line) => {
    const { x, y, width, height } = line.box;
    const [along, high] = quarter % 2 === 1 ? [height, width] : [width, height];
    const [u, v] = [x * cos + y * sin, y * cos - x * sin];
    return { ...line, left: u - along / 2, right: u + along / 2, top: v - high / 2, middle: v, high };
  });
}

/** Rows from top to bottom, each from left to right. */
function rowsOf(lines: readonly Upright[]): Upright[][] {
  const rows: Upright[][] = [];
  for (const line of [...lines].sort((a, b) => a.middle - b.middle)) {
    const row = rows.at(-1);
    const head = row?.[0];
    if (row && head && Math.abs(line.middle - head.middle) < 0.5 * Math.min(line.high, head.high)) row.push(line);
    else rows.push([line]);
  }
  return rows.map((row) => row.sort((a, b) => a.left - b.left));
}

const ENDS = /[。！？!?；;：:]$/;
const BEGINS = /^(?:[\d一二三四五六七八九十]{1,2}[、.．)）]|[①-⑩●•·◆■★☆✓✔【（(［[-])/;

/** Whether a row goes on in the next one: both alone in their rows, alike, the first as wide as the block allows. */
function wraps(above: readonly Upright[], below: readonly Upright[], blockRight: number): boolean {
  const [a, b] = [above[0], below[0]];
  if (!a || !b || above.length > 1 || below.length > 1 || ENDS.test(a.text) || BEGINS.test(b.text)) return false;
  const high = (a.high + b.high) / 2;
  const alike = Math.abs(a.high - b.high) < 0.3 * high && Math.abs(a.left - b.left) < 1.2 * high && b.top - (a.top + a.high) < 1.3 * high;
  return alike && a.right > blockRight - 2.2 * high && a.right - a.left > 8 * high;
}

/**
 * @param lines as read, their boxes in pixels of the decoded picture
 * @param quarter turns that make the words upright
 * @param scale pixels of the published picture to one of the decoded
 */
export function arrangeLines(lines: readonly PlacedLine[], quarter: Quarter, scale: number): PictureLine[] {
  const rows = rowsOf(turned(lines, quarter));
  const blockRight = Math.max(...rows.flatMap((row) => row.map((l) => l.right)), 0);
  return rows.flatMap((row, r) =>
    row.map((line, i): PictureLine => {
      const previous = rows[r - 1];
      const before = i > 0 ? ' ' : previous && wraps(previous, row, blockRight) ? '' : '\n';
      return { text: line.text, before, confidence: Math.round(line.confidence * 1000) / 1000, box: cornersOf(line.box, scale) };
    }),
  );
}
