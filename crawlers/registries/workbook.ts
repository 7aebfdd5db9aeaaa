/**
 * Workbooks (.xlsx, ECMA-376 part 1, §18) as a stream of rows. The parts are taken from the archive by name and in the
 * order they are needed (the list of sheets, shared strings, number formats, then each sheet in the order of its tab),
 * so nothing depends on how the writer laid the file out. The streaming reader of exceljs lost the last part of the
 * archive in 10 of 3,000 readings of a sound file; a list that is read tonight and not tomorrow is no list, so the
 * words a sheet holds are read here, by a strict XML parser that knows no entities of a document's own.
 */
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { Cell, TableLimits, TableRow } from './row.ts';
import { checkZip, readEntry, type ZipEntry, zipEntries } from './zip.ts';

/** Characters of shared strings held in memory, and of a part without one tag or word ending. */
const MAX_HELD = 150_000_000;
const MAX_UNBROKEN = 16_000_000;
const DAY = 86_400_000;
/** Serial 0 of the two calendars a workbook may count in (§18.17.4.1). */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);

interface Handler {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Parses a part chunk by chunk, and yields after each so that the caller may take what has come. */
async function* walk(file: string, part: ZipEntry, handler: Handler): AsyncGenerator<void> {
  const parser = new SaxesParser();
  let unbroken = 0;
  const fail = (reason: string): never => {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: `${part.name}：${reason}` });
  };
  parser.on('error', (error) => fail(reasonOf(error)));
  parser.on('opentag', (tag: SaxesTagPlain) => {
    unbroken = 0;
    handler.open?.(localName(tag.name), tag.attributes);
  });
  parser.on('text', (text) => {
    unbroken = 0;
    handler.text?.(text);
  });
  parser.on('closetag', (tag: SaxesTagPlain) => {
    unbroken = 0;
    handler.close?.(localName(tag.name));
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of readEntry(file, part)) {
    unbroken += chunk.length;
    if (unbroken > MAX_UNBROKEN) fail('一处内容过长');
    parser.write(decoder.decode(chunk, { stream: true }));
    yield;
  }
  parser.write(decoder.decode());
  parser.close();
}

async function readWhole(file: string, part: ZipEntry | undefined, handler: Handler): Promise<void> {
  if (part) for await (const _ of walk(file, part, handler));
}

interface Sheet {
  readonly name: string;
  readonly part: ZipEntry;
}

interface Book {
  readonly sheets: readonly Sheet[];
  readonly strings: readonly string[];
  /** Whether a cell of this style shows a date, by the style's index. */
  readonly dateStyles: readonly boolean[];
  readonly epoch: number;
}

/** `worksheets/sheet1.xml`, `/xl/worksheets/sheet1.xml` and `../xl/…` all name the same part. */
const partName = (target: string): string => new URL(target, 'zip:///xl/').pathname.replace(/^\/+/, '');

async function relations(file: string, parts: ReadonlyMap<string, ZipEntry>): Promise<Map<string, { type: string; part: ZipEntry | undefined }>> {
  const found = new Map<string, { type: string; part: ZipEntry | undefined }>();
  await readWhole(file, parts.get('xl/_rels/workbook.xml.rels'), {
    open: (name, { Id, Type, Target, TargetMode }) => {
      if (name === 'Relationship' && Id && Target && TargetMode !== 'External')
        found.set(Id, { type: (Type ?? '').replace(/^.*\//, ''), part: parts.get(partName(Target)) });
    },
  });
  return found;
}

/** The text of each shared string, its runs joined and the reading aids (§18.4.6) left out. */
async function sharedStrings(file: string, part: ZipEntry | undefined, max: number): Promise<string[]> {
  const strings: string[] = [];
  let [text, held, inText, inReading] = ['', 0, false, false];
  await readWhole(file, part, {
    open: (name) => {
      if (name === 'si') text = '';
      inText = name === 't';
      if (name === 'rPh') inReading = true;
    },
    text: (words) => {
      if (inText && !inReading) text = (text + words).slice(0, max);
    },
    close: (name) => {
      inText = false;
      if (name === 'rPh') inReading = false;
      if (name !== 'si') return;
      held += text.length;
      if (held > MAX_HELD) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `${MAX_HELD} 字` });
      strings.push(unescaped(text));
    },
  });
  return strings;
}

/** A character XML cannot hold is written `_x000D_` (§22.9.2.19). */
const unescaped = (text: string): string =>
  text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;

/** Whether a format shows a date or a time: the built-in numbers of §18.8.30 (with those of Chinese workbooks), or letters for it in its code. */
function showsDate(id: number, codes: ReadonlyMap<number, string>): boolean {
  const code = codes.get(id);
  if (code === undefined) return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  return /[ymdhs]/i.test(code.replace(/\[[^\]]*\]|"[^"]*"|[\\_*]./g, '').replace(/general/gi, ''));
}

async function dateStyles(file: string, part: ZipEntry | undefined): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let inCells = false;
  await readWhole(file, part, {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) formats.push(Number(attributes['numFmtId'] ?? 0));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats.map((id) => showsDate(id, codes));
}

async function openBook(file: string, limits: TableLimits): Promise<Book> {
  const parts = new Map((await zipEntries(file)).map((entry) => [entry.name.replaceAll('\\', '/'), entry]));
  const workbook = parts.get('xl/workbook.xml');
  if (!workbook) throw new PinchaError('FILE_UNREADABLE', { file, reason: '压缩包里没有工作簿（xl/workbook.xml）' });
  const related = await relations(file, parts);
  const partOf = (type: string) => [...related.values()].find((r) => r.type === type)?.part;
  const sheets: Sheet[] = [];
  let epoch = EPOCH_1900;
  await readWhole(file, workbook, {
    open: (name, attributes) => {
      if (name === 'workbookPr' && /^(1|true)$/.test(attributes['date1904'] ?? '')) epoch = EPOCH_1904;
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      const relation = related.get(id);
      if (relation && relation.type !== 'worksheet') return;
      if (!relation?.part) throw new PinchaError('FILE_UNREADABLE', { file, reason: `找不到工作表“${attributes['name'] ?? id}”的内容` });
      sheets.push({ name: attributes['name'] ?? '', part: relation.part });
    },
  });
  return { sheets, strings: await sharedStrings(file, partOf('sharedStrings'), limits.maxCell), dateStyles: await dateStyles(file, partOf('styles')), epoch };
}

/** The column of a cell's address, from 0: A1 is 0, AB7 is 27. NaN when there are no letters. */
function columnOf(address: string): number {
  let column = 0;
  let at = 0;
  for (; at < address.length && at < 4; at++) {
    const letter = address.charCodeAt(at) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return at === 0 ? Number.NaN : column - 1;
}

/** Collects the rows of one sheet from its tags. */
class SheetReader implements Handler {
  readonly #book: Book;
  readonly #limits: TableLimits;
  readonly #sheet: string;
  #ready: TableRow[] = [];
  #cells: Cell[] = [];
  #line = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  #value = '';
  #taking = false;
  #inReading = false;

  constructor(book: Book, sheet: string, limits: TableLimits) {
    [this.#book, this.#sheet, this.#limits] = [book, sheet, limits];
  }

  /** The rows that ended since the last call. */
  take(): TableRow[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  readonly open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (name === 'row') {
      const line = Number(attributes['r'] ?? this.#line + 1);
      this.#line = Number.isSafeInteger(line) && line > 0 ? line : this.#line + 1;
      this.#cells = [];
      this.#column = -1;
    } else if (name === 'c') {
      const column = columnOf(attributes['r'] ?? '');
      this.#column = Number.isNaN(column) ? this.#column + 1 : column;
      this.#type = attributes['t'] ?? 'n';
      this.#style = Number(attributes['s'] ?? 0);
      this.#value = '';
    } else if (name === 'rPh') this.#inReading = true;
    this.#taking = name === 'v' || name === 't';
  };

  readonly text = (words: string): void => {
    if (this.#taking && !this.#inReading && this.#value.length < this.#limits.maxCell) this.#value += words;
  };

  readonly close = (name: string): void => {
    this.#taking = false;
    if (name === 'rPh') this.#inReading = false;
    if (name === 'c' && this.#column < this.#limits.maxColumns) {
      while (this.#cells.length < this.#column) this.#cells.push(null);
      this.#cells[this.#column] = this.#cell();
    }
    if (name === 'row') this.#ready.push({ sheet: this.#sheet, line: this.#line, cells: this.#cells });
  };

  /** The value of the cell that ends (§18.18.11 names the types). */
  #cell(): Cell {
    const { strings, dateStyles: dates, epoch } = this.#book;
    const value = this.#value;
    if (this.#type === 's') return strings[Number(value)] ?? null;
    if (this.#type === 'inlineStr' || this.#type === 'str') return unescaped(value).slice(0, this.#limits.maxCell);
    if (value.trim() === '' || this.#type === 'e') return null;
    if (this.#type === 'b') return value.trim() === '1' ? '是' : '否';
    if (this.#type === 'd') return value.slice(0, this.#limits.maxCell);
    const number = Number(value);
    if (!Number.isFinite(number)) return value.slice(0, this.#limits.maxCell);
    if (!dates[this.#style]) return number;
    const date = new Date(epoch + Math.round(number * DAY));
    return Number.isNaN(date.getTime()) ? number : date;
  }
}

/**
 * The rows of every sheet of a workbook, in the order of the tabs. A date is a Date at its day in UTC, a cell with an
 * error or nothing is null, true and false are 是 and 否.
 * @throws PinchaError FILE_UNREADABLE with the part at fault, FILE_TOO_LARGE
 */
export async function* readWorkbook(file: string, limits: TableLimits): AsyncGenerator<TableRow> {
  await checkZip(file, limits.maxUnpacked);
  let rows = 0;
  try {
    const book = await openBook(file, limits);
    for (const { name, part } of book.sheets) {
      const reader = new SheetReader(book, name, limits);
      for await (const _ of walk(file, part, reader))
        for (const row of reader.take()) {
          rows += 1;
          if (rows > limits.maxRows) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `${limits.maxRows} 行` });
          yield row;
        }
    }
  } catch (thrown) {
    if (thrown instanceof PinchaError) throw thrown;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  }
}
