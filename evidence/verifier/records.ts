/**
 * The web archive of a package: record by record in the order the list of captures tells, each inflated in memory
 * only, up to what its ledger row says it holds. Digests of the stored bytes, of the record's block and of the page's
 * body are recomputed, and index and list of pages must say the same.
 */
import { gunzip } from 'node:zlib';
import { INDEX_PART, indexOf, type ListedCapture, PAGES_PART, pageLines, pagesOf, WARC_PART } from '../package-index.ts';
import { CAPTURES_PART as CAPTURES, LINE } from '../package-parts.ts';
import { Broken } from './fault.ts';
import { asObject, digestsOf, exactJson, hasExactly, type Json } from './parts.ts';
import type { PackageFile, Part } from './zip.ts';

export interface CaptureLine extends ListedCapture {
  readonly sm3: string;
  readonly size: number;
  readonly files: unknown;
  readonly url: unknown;
  readonly via: unknown;
  readonly outcome: unknown;
}

const MAX_LINE = 1_048_576;
const MAX_CAPTURES = 20_000;
const MAX_STORED = 300 * 1_048_576;
export const HEADERS = 4 * 1_048_576;
/** Nothing larger is ever sealed, and no record is inflated past it. */
const MAX_BODY = 256 * 1_048_576;
const COMPANION = /^(\d{1,12}) sha256:([0-9a-f]{64})$/;

type Range = { readonly offset: number; readonly length: number };
/** A record's place; null for one that is not there. @throws Broken for what is neither */
const rangeOf = (value: unknown, at: RecordName): Range | null => {
  if (value === null) return null;
  const { offset, length } = asObject(value);
  const natural = (n: unknown): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;
  if (!natural(offset) || !natural(length) || length === 0 || !hasExactly(value, ['length', 'offset']))
    throw new Broken(at, '记录的位置不合理', "a record's place is not plausible");
  return { offset, length };
};

/** A part that must be there. @throws Broken */
export function partOf(parts: readonly Part[], path: string): Part {
  const part = parts.find((p) => p.path === path);
  if (!part) throw new Broken({ part: path }, '缺少该部件', 'this part is missing');
  return part;
}

/** Lines of JSON of a part, with where each stands. @param names members of each, sorted; left out for lines that may have any @throws Broken */
export async function* jsonLines(file: PackageFile, part: Part, names?: readonly string[]): AsyncGenerator<{ value: Json; place: RecordName }> {
  for await (const { text, number, offset } of file.lines(part, MAX_LINE)) {
    const place = { part: part.path, offset, record: `line ${number}` };
    yield { value: exactJson(text, place, names), place };
  }
}

const inflate = (stored: Buffer, most: number): Promise<Buffer> =>
  new Promise((resolve, reject) => gunzip(stored, { maxOutputLength: most }, (error, bytes) => (error ? reject(error) : resolve(bytes))));

interface WarcRecord {
  readonly fields: ReadonlyMap<string, string>;
  readonly block: Buffer;
}

export type RecordName = { readonly part: string; readonly offset: number; readonly record: string };

async function readRecord(stored: Buffer, most: number, place: RecordName): Promise<WarcRecord> {
  const raw = await inflate(stored, most).catch(() => {
    throw new Broken(place, '记录的压缩数据已损坏，或展开后大于登记的长度', 'the record does not inflate, or to more than it may hold');
  });
  const split = raw.indexOf('\r\n\r\n');
  const [version, ...lines] = raw.toString('utf8', 0, Math.max(split, 0)).split('\r\n');
  const fields = new Map(lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]));
  const length = Number(fields.get('content-length'));
  if (split < 0 || !version?.startsWith('WARC/1.') || split + 4 + length + 4 !== raw.length)
    throw new Broken(place, '不是完整的 WARC 记录', 'this is not a whole WARC record');
  const block = raw.subarray(split + 4, split + 4 + length);
  const told = fields.get('warc-block-digest');
  if (told !== undefined && told !== `sha256:${digestsOf(block).sha256}`)
    throw new Broken(place, '记录块的 SHA-256 与记录头不符', "the block's SHA-256 differs from the record's header");
  return { fields, block };
}

/** Checks the record a response names as sealed with it. */
function companion(stored: Buffer, told: string | undefined, place: RecordName): void {
  const match = told ? COMPANION.exec(told) : null;
  if (!match || Number(match[1]) !== stored.length || match[2] !== digestsOf(stored).sha256)
    throw new Broken(place, '字节与响应记录中登记的摘要不符', 'its bytes differ from what the response record says of them');
}

/** A record that names what it was sealed with must have it in the package: none may be taken out. */
class Companions {
  readonly #infos = new Set<string>();

  check(fields: ReadonlyMap<string, string>, given: { readonly head: Stored | null; readonly asked: Stored | null }, at: RecordName): void {
    const [info, request] = [fields.get('pincha-warcinfo-bytes'), fields.get('pincha-request-bytes')];
    if (given.head) {
      companion(given.head.stored, info, given.head.at);
      if (info !== undefined) this.#infos.add(info);
    }
    if (given.asked) companion(given.asked.stored, request, given.asked.at);
    if (request !== undefined && !given.asked) throw new Broken(at, '缺少与它一同封存的请求记录', 'the request record sealed with it is missing');
    if (info !== undefined && !this.#infos.has(info)) throw new Broken(at, '缺少与它一同封存的 warcinfo 记录', 'the warcinfo record sealed with it is missing');
  }
}

type Stored = { readonly stored: Buffer; readonly at: RecordName };

/** Takes the records of a file one behind the other, as a list names them. */
export class RecordWalk {
  readonly #file: PackageFile;
  readonly #warc: Part;
  readonly #companions = new Companions();
  #next = 0;

  constructor(file: PackageFile, warc: Part) {
    this.#file = file;
    this.#warc = warc;
  }

  async #take(told: unknown, what: string, line: RecordName): Promise<Stored | null> {
    const range = rangeOf(told, line);
    if (!range) return null;
    const at = { part: this.#warc.path, offset: this.#warc.start + range.offset, record: what };
    if (range.offset !== this.#next) throw new Broken(at, '记录与前一条不相接', 'the record does not begin where the one before ends');
    if (range.length > MAX_STORED || range.offset + range.length > this.#warc.bytes)
      throw new Broken(at, '记录的长度不合理', "the record's length is not plausible");
    this.#next += range.length;
    return { stored: await this.#file.read(this.#warc.start + range.offset, range.length), at };
  }

  /** The records of one line; their companions are checked, what the answer says is the caller's. @param most bytes the answer may inflate to */
  async line(value: Json, what: string, most: number, line: RecordName): Promise<{ record: WarcRecord; stored: Buffer; at: RecordName }> {
    const head = await this.#take(value['info'], `warcinfo of ${what}`, line);
    const asked = await this.#take(value['request'], `request of ${what}`, line);
    const answer = await this.#take(value['response'], `response of ${what}`, line);
    if (!answer) throw new Broken(line, '清单的一行缺少字段', 'a line of the list lacks members');
    const record = await readRecord(answer.stored, most, answer.at);
    this.#companions.check(record.fields, { head, asked }, answer.at);
    for (const beside of [head, asked]) if (beside) await readRecord(beside.stored, HEADERS, beside.at);
    return { record, ...answer };
  }

  /** @throws Broken when something stands behind the last record */
  finish(): void {
    if (this.#next !== this.#warc.bytes)
      throw new Broken(
        { part: this.#warc.path, offset: this.#warc.start + this.#next },
        '最后一条记录之后有多余字节',
        'there are bytes behind the last record',
      );
  }
}

function checkBody(record: WarcRecord, capture: CaptureLine, place: RecordName): void {
  const split = record.block.indexOf('\r\n\r\n');
  if (record.fields.get('warc-type') !== 'response' || split < 0) throw new Broken(place, '不是 HTTP 响应记录', 'this is not a record of an HTTP response');
  if (record.fields.get('warc-target-uri') !== capture.finalUrl)
    throw new Broken(place, '记录的网址与登记不符', "the record's address differs from the one registered");
  const body = record.block.subarray(split + 4);
  const found = digestsOf(body);
  const payload = record.fields.get('warc-payload-digest');
  if (body.length !== capture.size) throw new Broken(place, '正文长度与登记不符', 'the body has another length than registered');
  if (found.sha256 !== capture.sha256 || (payload !== undefined && payload !== `sha256:${found.sha256}`))
    throw new Broken(place, '正文 SHA-256 与登记不符', "the body's SHA-256 differs from the one registered");
  if (found.sm3 !== null && found.sm3 !== capture.sm3) throw new Broken(place, '正文 SM3 与登记不符', "the body's SM3 differs from the one registered");
}

const optional = (value: unknown, type: 'string' | 'number'): boolean => value === null || typeof value === type;

function captureLine(value: Json, place: RecordName): CaptureLine {
  const response = rangeOf(value['response'], place);
  const { size, fetchedAt } = value;
  const texts = ['id', 'kind', 'finalUrl', 'sha256', 'sm3'].every((name) => typeof value[name] === 'string');
  const others = optional(value['title'], 'string') && optional(value['mediaType'], 'string') && optional(value['status'], 'number');
  const dated = typeof fetchedAt === 'string' && !Number.isNaN(Date.parse(fetchedAt)) && new Date(fetchedAt).toISOString() === fetchedAt;
  if (!response || !texts || !others || !dated || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new Broken(place, '存证件清单的一行缺少字段', 'a line of the list of captures lacks members');
  if (size > MAX_BODY) throw new Broken(place, `正文超过 ${MAX_BODY} 字节`, `the body is larger than ${MAX_BODY} bytes`);
  return { ...value, response } as unknown as CaptureLine;
}

export interface ReadCapture {
  readonly capture: CaptureLine;
  /** SHA-256 of the response record as it stands in the archive. */
  readonly recordSha256: string;
  readonly place: RecordName;
}

/** Walks the archive. Calls back once a capture, in order. @throws Broken for the first record that does not hold */
export async function walkArchive(file: PackageFile, parts: readonly Part[], onCapture: (read: ReadCapture) => void): Promise<number> {
  const walk = new RecordWalk(file, partOf(parts, WARC_PART));
  let [before, count] = ['', 0];
  for await (const { value, place } of jsonLines(file, partOf(parts, CAPTURES), LINE.capture)) {
    count += 1;
    if (count > MAX_CAPTURES) throw new Broken(place, `存证件超过 ${MAX_CAPTURES} 件`, `more than ${MAX_CAPTURES} captures`);
    const capture = captureLine(value, place);
    if (capture.id <= before) throw new Broken(place, '存证件重复或次序不符', 'a capture stands twice, or not in order');
    before = capture.id;
    const { record, stored, at } = await walk.line(value, `capture ${capture.id}`, capture.size + HEADERS, place);
    checkBody(record, capture, at);
    onCapture({ capture, recordSha256: digestsOf(stored).sha256, place: at });
  }
  walk.finish();
  return count;
}

/** The first line in which a part differs from what its package demands of it. @throws Broken */
async function sameText(file: PackageFile, part: Part, expected: string): Promise<void> {
  const lines = expected.split('\n');
  let last = 0;
  for await (const { text, number, offset } of file.lines(part, MAX_LINE)) {
    if (text !== lines[number - 1])
      throw new Broken({ part: part.path, offset, record: `line ${number}` }, '与存证件清单不符', 'it differs from the list of captures');
    last = number;
  }
  if (last !== lines.length - 1)
    throw new Broken({ part: part.path, offset: part.start, record: `line ${last + 1}` }, '与存证件清单不符', 'it differs from the list of captures');
}

/** Index and pages must be exactly what the list of captures makes them. @throws Broken */
export async function checkIndex(file: PackageFile, parts: readonly Part[], captures: readonly CaptureLine[]): Promise<void> {
  await sameText(file, partOf(parts, INDEX_PART), indexOf(captures));
  await sameText(file, partOf(parts, PAGES_PART), pageLines(pagesOf(captures)));
}
