/**
 * As much DER (X.690) as time-stamps and keys need: definite lengths only, every length checked against the bytes
 * there are, nothing recursive that hostile input could drive deep. Anything else is not DER and is refused.
 */
import { PinchaError } from '../core/errors.ts';

/** One element: its tag, its contents, and the whole of it as it stands in the input. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;
/** The tag of a constructed context element `[n]`. */
export const context = (n: number): number => 0xa0 + n;

const MAX_CHILDREN = 1_000;
const broken = (reason: string): PinchaError => new PinchaError('INPUT_INVALID', { field: 'DER', reason });

function lengthAt(bytes: Buffer, at: number): { length: number; start: number } {
  const first = bytes[at];
  if (first === undefined) throw broken('数据提前结束');
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) throw broken('长度不是 DER 写法');
  return { length: bytes.readUIntBE(at + 1, count), start: at + 1 + count };
}

function elementAt(bytes: Buffer, at: number): Der {
  const tag = bytes[at];
  if (tag === undefined || (tag & 0x1f) === 0x1f) throw broken('标签不在支持范围内');
  const { length, start } = lengthAt(bytes, at + 1);
  if (start + length > bytes.length) throw broken('长度超出数据');
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

/** The one element these bytes are. @throws INPUT_INVALID when they are not exactly one */
export function readDer(bytes: Buffer, tag?: number): Der {
  const found = elementAt(bytes, 0);
  if (found.whole.length !== bytes.length) throw broken('数据之后还有多余字节');
  if (tag !== undefined && found.tag !== tag) throw broken(`应为标签 ${tag}，实为 ${found.tag}`);
  return found;
}

/** The elements inside one. @throws INPUT_INVALID */
export function childrenOf(of: Der): Der[] {
  const found: Der[] = [];
  for (let at = 0; at < of.content.length; ) {
    const child = elementAt(of.content, at);
    found.push(child);
    at += child.whole.length;
    if (found.length > MAX_CHILDREN) throw broken('元素过多');
  }
  return found;
}

/** The child at `index`, which must be there and, if given, have the tag. @throws INPUT_INVALID */
export function childAt(of: Der | readonly Der[], index: number, tag?: number): Der {
  const child = ('content' in of ? childrenOf(of) : of)[index];
  if (!child || (tag !== undefined && child.tag !== tag)) throw broken(`第 ${index + 1} 个元素缺失或类型不符`);
  return child;
}

/** An object identifier in dotted form. @throws INPUT_INVALID */
export function oidOf(of: Der): string {
  if (of.tag !== TAG.oid || of.content.length === 0 || of.content.length > 40) throw broken('不是对象标识符');
  const parts: number[] = [];
  let value = 0;
  for (const byte of of.content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 256) throw broken('对象标识符过大');
    if (byte & 0x80) continue;
    parts.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = parts;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

/** A non-negative integer as hex without leading zeros. @throws INPUT_INVALID */
export function hexOf(of: Der): string {
  if (of.tag !== TAG.integer || of.content.length === 0 || ((of.content[0] ?? 0) & 0x80) !== 0) throw broken('不是非负整数');
  return of.content.toString('hex').replace(/^0+(?=.)/, '');
}

/** GeneralizedTime in UTC. @throws INPUT_INVALID */
export function timeOf(of: Der): Date {
  const match = of.tag === TAG.time ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(of.content.toString('latin1')) : null;
  const [, y, mo, d, h, mi, s, fraction = ''] = match ?? [];
  const at = new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}${fraction.slice(0, 4)}Z`);
  if (!match || Number.isNaN(at.getTime())) throw broken('时间写法有误');
  return at;
}

/** One element as bytes. */
export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff_ff ? 6 : content.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, content]);
}

/** A non-negative integer, minimal. @param hex as {@link hexOf} gives it */
export function derInteger(hex: string): Buffer {
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = Buffer.from(even.replace(/^(00)+(?=..)/, ''), 'hex');
  return der(TAG.integer, ((bytes[0] ?? 0) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
}

/** An object identifier from its dotted form. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((value) => {
    const groups = [value % 128];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) + 0x80);
    return groups;
  });
  return der(TAG.oid, Buffer.from(bytes));
}
