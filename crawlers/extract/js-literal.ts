/**
 * Reads a JavaScript literal out of a page's script without running it: platforms put their data into
 * `window.x = {…}` with single quotes, trailing commas, `'123' * 1`, `JsDecode('\x3c…')` and `a || b`.
 * A bounded tokenizer understands exactly these; whatever else stands where a value should be (a call, a
 * function, a name) is skipped to the next comma and reads as `undefined`. Nothing is ever evaluated.
 */
import { PinchaError } from '../../core/errors.ts';
import { parseJson } from './tree.ts';

export interface LiteralLimits {
  readonly maxDepth: number;
  readonly maxNodes: number;
  /** UTF-16 code units read from the start of the literal. */
  readonly maxLength: number;
}
const LIMITS: LiteralLimits = { maxDepth: 64, maxNodes: 300_000, maxLength: 16_000_000 };

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', '0': '\0' };
const DECODED: Readonly<Record<string, string>> = { '5c': '\\', '0d': '\r', '22': '"', '26': '&', '27': "'", '3c': '<', '3e': '>', '0a': '\n' };

/** What WeChat's own `JsDecode` does to a string that was escaped twice. */
export const jsDecode = (text: string): string => text.replace(/\\x(5c|0d|22|26|27|3c|3e|0a)/g, (_, code: string) => DECODED[code] ?? '');

const truthy = (value: unknown): boolean => Boolean(value);
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

class LiteralReader {
  at: number;
  private nodes = 0;
  private readonly text: string;
  private readonly end: number;
  private readonly limits: LiteralLimits;

  constructor(text: string, start: number, limits: LiteralLimits) {
    this.text = text;
    this.at = start;
    this.limits = limits;
    this.end = Math.min(text.length, start + limits.maxLength);
  }

  private fail(reason: string): never {
    throw new PinchaError('INPUT_INVALID', { field: `script@${this.at}`, reason });
  }

  private space(): void {
    for (;;) {
      while (this.at < this.end && /\s/.test(this.text.charAt(this.at))) this.at += 1;
      const close = this.text.startsWith('//', this.at) ? '\n' : this.text.startsWith('/*', this.at) ? '*/' : null;
      if (!close) return;
      const found = this.text.indexOf(close, this.at + 2);
      this.at = found < 0 ? this.end : found + close.length;
    }
  }

  private peek(): string {
    this.space();
    return this.at < this.end ? this.text.charAt(this.at) : '';
  }

  /** A full expression of the small grammar: operands joined by `*`, `+`, `||`, `&&`, `??`. */
  value(depth: number): unknown {
    if (depth > this.limits.maxDepth) this.fail('nested too deep');
    this.nodes += 1;
    if (this.nodes > this.limits.maxNodes) this.fail('too many values');
    let left = this.primary(depth);
    for (;;) {
      this.space();
      const two = this.text.slice(this.at, this.at + 2);
      if (two === '||' || two === '&&' || two === '??') {
        this.at += 2;
        const right = this.primary(depth);
        if (two === '&&' ? truthy(left) : two === '||' ? !truthy(left) : left === undefined || left === null) left = right;
      } else if (two.startsWith('*')) {
        this.at += 1;
        left = Number(left) * Number(this.primary(depth));
      } else if (two.startsWith('+')) {
        this.at += 1;
        const right = this.primary(depth);
        left = typeof left === 'number' && typeof right === 'number' ? left + right : `${left ?? ''}${right ?? ''}`;
      } else if ([',', '}', ']', ')', ';', ''].includes(two.charAt(0)) || depth === 0) return left;
      else {
        this.skip();
        return undefined;
      }
    }
  }

  private primary(depth: number): unknown {
    const c = this.peek();
    if (c === '{') return this.object(depth);
    if (c === '[') return this.array(depth);
    if (c === '"' || c === "'" || c === '`') return this.string();
    if (c === '(') {
      this.at += 1;
      const inner = this.value(depth + 1);
      if (this.peek() !== ')') this.skip();
      if (this.peek() === ')') this.at += 1;
      return inner;
    }
    const number = /^[-+]?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[-+]?\d+)?)/i.exec(this.text.slice(this.at, this.at + 40));
    if (number) {
      this.at += number[0].length;
      return Number(number[0]);
    }
    return this.word(depth);
  }

  private word(depth: number): unknown {
    const name = /^[A-Za-z_$][\w$.]*/.exec(this.text.slice(this.at, this.at + 200))?.[0];
    if (!name) {
      this.skip();
      return undefined;
    }
    this.at += name.length;
    if (name === 'true' || name === 'false') return name === 'true';
    if (name === 'null') return null;
    if (['JsDecode', 'htmlDecode', 'String', 'Number', 'parseInt', 'parseFloat'].includes(name) && this.peek() === '(') {
      this.at += 1;
      const argument = this.peek() === ')' ? undefined : this.value(depth + 1);
      if (this.peek() !== ')') this.skip();
      while (this.peek() === ',') {
        this.at += 1;
        this.value(depth + 1);
      }
      if (this.peek() === ')') this.at += 1;
      if (name === 'JsDecode') return typeof argument === 'string' ? jsDecode(argument) : argument;
      if (name === 'htmlDecode') return argument;
      return name === 'String' ? String(argument ?? '') : Number(argument);
    }
    if (!/[,}\]);|&?*+]|^$/.test(this.peek())) this.skip();
    return undefined;
  }

  private string(): string {
    const quote = this.text.charAt(this.at);
    const parts: string[] = [];
    let from = this.at + 1;
    for (let i = from; i < this.end; i += 1) {
      const c = this.text.charAt(i);
      if (c === quote) {
        parts.push(this.text.slice(from, i));
        this.at = i + 1;
        return parts.join('');
      }
      if (c !== '\\') continue;
      parts.push(this.text.slice(from, i));
      const [char, length] = this.escape(i + 1);
      parts.push(char);
      i += length;
      from = i + 1;
    }
    return this.fail('string without end');
  }

  /** The character an escape stands for, and how many code units after the backslash it took. */
  private escape(at: number): [string, number] {
    const c = this.text.charAt(at);
    const hex = c === 'x' ? /^[\da-f]{2}/i.exec(this.text.slice(at + 1, at + 3)) : c === 'u' ? /^[\da-f]{4}/i.exec(this.text.slice(at + 1, at + 5)) : null;
    if (hex) return [String.fromCharCode(Number.parseInt(hex[0], 16)), 1 + hex[0].length];
    const braced = c === 'u' ? /^\{([\da-f]{1,6})\}/i.exec(this.text.slice(at + 1, at + 9)) : null;
    if (braced?.[1]) {
      const code = Number.parseInt(braced[1], 16);
      return [code <= 0x10_ffff ? String.fromCodePoint(code) : '\ufffd', 1 + braced[0].length];
    }
    if (c === '\r' && this.text.charAt(at + 1) === '\n') return ['', 2];
    return c === '\n' ? ['', 1] : [ESCAPES[c] ?? c, 1];
  }

  private object(depth: number): Record<string, unknown> {
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    this.at += 1;
    for (;;) {
      const c = this.peek();
      if (c === '}') {
        this.at += 1;
        return out;
      }
      if (c === ',') {
        this.at += 1;
        continue;
      }
      if (c === '') this.fail('object without end');
      const key = this.key(c);
      if (this.peek() === ':') {
        this.at += 1;
        const value = this.value(depth + 1);
        if (value !== undefined) out[key] = value;
      } else this.skip();
    }
  }

  private key(c: string): string {
    if (c === '"' || c === "'" || c === '`') return this.string();
    const name = /^[\w$\u0080-\uffff-]+/.exec(this.text.slice(this.at, this.at + 200))?.[0];
    if (!name) this.fail('key expected');
    this.at += name.length;
    return name;
  }

  private array(depth: number): unknown[] {
    const out: unknown[] = [];
    this.at += 1;
    for (;;) {
      const c = this.peek();
      if (c === ']') {
        this.at += 1;
        return out;
      }
      if (c === '') this.fail('array without end');
      if (c === ',') {
        this.at += 1;
        continue;
      }
      const before = this.at;
      out.push(this.value(depth + 1));
      if (this.at === before) this.fail('value expected');
    }
  }

  /** Passes over whatever stands here, to the comma or closing bracket that ends it; quotes and brackets are respected. */
  private skip(): void {
    const open: string[] = [];
    while (this.at < this.end) {
      const c = this.peek();
      if (c === '') return;
      if (c === '"' || c === "'" || c === '`') {
        this.string();
        continue;
      }
      const closing = CLOSING[c];
      if (closing) open.push(closing);
      else if (c === '}' || c === ']' || c === ')') {
        if (open.length === 0) return;
        open.pop();
      } else if ((c === ',' || c === ';') && open.length === 0) return;
      this.at += 1;
    }
  }
}

/**
 * Reads the literal that begins at `start`.
 * @throws PinchaError INPUT_INVALID when it has no end or is beyond the limits
 */
export function readLiteral(text: string, start: number, limits: Partial<LiteralLimits> = {}): { value: unknown; end: number } {
  const reader = new LiteralReader(text, start, { ...LIMITS, ...limits });
  const value = reader.value(0);
  return { value, end: reader.at };
}

/** The value assigned by `name = …` in a script (the last assignment of an object or array wins nothing: the first does), or undefined. */
export function readAssigned(text: string, name: string, limits?: Partial<LiteralLimits>): unknown {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const before = text.charAt(at - 1);
    const after = /^\s*=(?!=)\s*/.exec(text.slice(at + name.length, at + name.length + 40));
    if (after && !/[\w$]/.test(before)) return readLiteral(text, at + name.length + after[0].length, limits).value;
  }
  return undefined;
}

/** The same of a page that may be cut off in the middle of the value, which then is not there. */
export function wholeAssigned(text: string, name: string, limits?: Partial<LiteralLimits>): unknown {
  try {
    return readAssigned(text, name, limits);
  } catch {
    return undefined;
  }
}

/** Reads a saved dump: plain JSON, or a script that assigns or exports one big literal. */
export function readDump(text: string): unknown {
  const body = text.replace(/^\ufeff/, '').trimStart();
  if (body.startsWith('{') || body.startsWith('[')) {
    try {
      return JSON.parse(body) as unknown;
    } catch {
      return readLiteral(body, 0).value;
    }
  }
  const start = /(?:=|export\s+default)\s*(?=[[{])/.exec(body.slice(0, 20_000));
  return start ? readLiteral(body, start.index + start[0].length).value : undefined;
}

const MAX_DUMPS = 2_000;
/** Values that may be broken, and how often the whole text may be gone over for them. */
const MAX_BROKEN = 200;
const MAX_LOST = 2;

/** The value that begins at `start`, and where it ends; when it is broken or empty, where that showed. */
function literalAt(text: string, start: number): { value: object | null; end: number } {
  const reader = new LiteralReader(text, start, LIMITS);
  try {
    const value = reader.value(0);
    return { value: typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? value : null, end: reader.at };
  } catch {
    return { value: null, end: reader.at };
  }
}

/**
 * Every object or list of a dump: one answer (plain or wrapped in a callback), a script that assigns several or hands
 * them to a function, or answers pasted under one another. Bounded: 2,000 values, 200 broken ones, and no more than
 * twice the text lost on those; the rest is left unread.
 */
export function readDumps(text: string): readonly unknown[] {
  const body = text.replace(/^\ufeff/, '').trim();
  const whole = parseJson(body);
  if (typeof whole === 'object' && whole !== null) return [whole];
  const found: unknown[] = [];
  const opening = /(?:^|[\n=(]|\(\s{0,20}["'][^"'\n]{0,200}["']\s{0,20},|\bexport\s+default\b)[^\S\n]{0,20}(?=[[{])/g;
  let broken = 0;
  let lost = 0;
  for (let start = opening.exec(body); start && found.length < MAX_DUMPS; start = opening.exec(body)) {
    const from = start.index + start[0].length;
    const { value, end } = literalAt(body, from);
    if (value) found.push(value);
    else {
      broken += 1;
      lost += end - from;
    }
    if (broken > MAX_BROKEN || lost > body.length * MAX_LOST) break;
    // Reading a value passes over the line's end behind it, at which the next one may begin.
    opening.lastIndex = value ? Math.max(from + 1, body.slice(from, end).trimEnd().length + from) : from + 1;
  }
  return found;
}
