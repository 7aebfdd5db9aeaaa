/**
 * What the ledger said of the captures: every row's hash covers what the row says, every capture and every file made of
 * one has its row, and the digests in the rows are those found. The custody log's rows are hashed by themselves too.
 */
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { CAPTURES_PART as CAPTURES, CUSTODY_PART as CUSTODY, filesOfRows, LEDGER_PART as LEDGER, LINE, READINGS_PART } from '../package-parts.ts';
import { Broken } from './fault.ts';
import { asObject, type Digests, type Json, parseJson, textOf } from './parts.ts';
import { jsonLines, partOf, type ReadCapture } from './records.ts';
import type { PackageFile, Part } from './zip.ts';

export interface PackagedRow {
  readonly seq: number;
  readonly kind: string;
  readonly ref: string;
  readonly payload: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly data: Json;
  readonly place: { readonly part: string; readonly offset: number; readonly record: string };
}

/** What this check asks of a row: nothing else of a stranger's is kept in memory. */
const ASKED = ['url', 'status', 'via', 'captureKind', 'fetchedAt', 'mediaType', 'size', 'outcome', 'sha256', 'sm3', 'recordSha256', 'from'] as const;

function askedOf(told: unknown): Json {
  const data = asObject(told);
  const { of, sha256: confirmed } = asObject(data['revisit']);
  const plain = ASKED.filter((name) => data[name] === null || typeof data[name] !== 'object').map((name) => [name, data[name]]);
  return { ...Object.fromEntries(plain), revisit: { of: textOf(of), sha256: textOf(confirmed) } };
}

/** The rows in order. @throws Broken for the first whose hash or columns do not hold */
export async function readRows(file: PackageFile, parts: readonly Part[]): Promise<PackagedRow[]> {
  const rows: PackagedRow[] = [];
  for await (const { value, place } of jsonLines(file, partOf(parts, LEDGER), LINE.row)) {
    const [payload, prevHash, hash] = [textOf(value['payload']), textOf(value['prevHash']), textOf(value['hash'])];
    const at = typeof value['seq'] === 'number' ? { ...place, record: `ledger row ${value['seq']}` } : place;
    // What is hashed are bytes: signs that no bytes stand for would be hashed alike.
    if (Buffer.from(payload).toString('utf8') !== payload || hash !== sha256(`${prevHash}\n${payload}`))
      throw new Broken(at, '内容与哈希不符', 'the hash does not cover this content');
    const told = parseJson(payload, at);
    const same = told['seq'] === value['seq'] && told['kind'] === value['kind'] && told['ref'] === value['refId'] && told['at'] === value['at'];
    if (!same || typeof told['seq'] !== 'number')
      throw new Broken(at, '序号、类别、引用或时间与已存证内容不符', 'number, kind, reference or time differ from what was hashed');
    const before = rows.at(-1);
    if (before && told['seq'] <= before.seq) throw new Broken(at, '序号未递增', 'the numbers do not rise');
    if (before && before.seq + 1 === told['seq'] && prevHash !== before.hash) throw new Broken(at, '与前一条不相连', 'it is not linked to the row before');
    rows.push({ seq: told['seq'], kind: textOf(told['kind']), ref: textOf(told['ref']), payload, prevHash, hash, data: askedOf(told['data']), place: at });
  }
  return rows;
}

/** What list and ledger both say of a capture. */
const TOLD = ['url', 'status', 'via', 'kind', 'fetchedAt', 'mediaType', 'size', 'outcome'] as const;

/** The files a capture's line names must be those its rows name. */
function checkFiles(capture: ReadCapture['capture'], rows: readonly PackagedRow[]): void {
  if (canonicalJson(capture.files) !== canonicalJson(filesOfRows(rows)))
    throw new Broken(
      { part: CAPTURES, record: `capture ${capture.id}` },
      '所列文件与存证链记录不符',
      'the files it lists differ from those the ledger speaks of',
    );
}

/** Holds the captures and the files made of them against the ledger. @throws Broken */
export function checkAgainstLedger(
  reads: readonly ReadCapture[],
  rows: readonly PackagedRow[],
  parts: readonly Part[],
  digests: Digests,
  revisits: ReadonlySet<string>,
): void {
  const captured = new Map<string, PackagedRow>();
  for (const row of rows.filter((r) => r.kind === 'capture')) {
    if (captured.has(row.ref)) throw new Broken(row.place, '存证件重复登记', 'the capture is entered twice');
    captured.set(row.ref, row);
  }
  const known = new Set([...reads.map(({ capture }) => capture.id), ...revisits]);
  const rowsOf = new Map<string, PackagedRow[]>();
  for (const row of rows) {
    const own = rowsOf.get(row.ref);
    if (own) own.push(row);
    else rowsOf.set(row.ref, [row]);
  }
  for (const { capture, recordSha256, place } of reads) {
    const row = captured.get(capture.id);
    if (!row) throw new Broken(place, '存证链中没有该存证件的记录', 'the ledger has no row of this capture');
    const { sha256: sha, sm3, recordSha256: record, captureKind } = row.data;
    const both = { ...place, record: `${place.record} / ${row.place.record}` };
    if (sha !== capture.sha256 || sm3 !== capture.sm3 || (record !== undefined && record !== recordSha256))
      throw new Broken(both, '存证件与存证链记录不符', 'the capture differs from what the ledger says of it');
    // Members that rows of an older form lack are not held against them.
    const told: Json = { ...row.data, kind: captureKind };
    const wrong = TOLD.find((name) => told[name] !== undefined && told[name] !== capture[name]);
    if (wrong)
      throw new Broken({ part: CAPTURES, record: `capture ${capture.id}` }, `${wrong} 与存证链记录不符`, `its ${wrong} differs from what the ledger says`);
    checkFiles(capture, rowsOf.get(capture.id) ?? []);
  }
  const byPath = new Map(parts.map((p) => [p.path, p]));
  for (const row of rows) {
    if (!known.has(row.ref)) throw new Broken(row.place, '该行不属于包内任何存证件', 'the row belongs to no capture of this package');
    const [named] = filesOfRows([row]);
    if (!named) continue;
    const part = byPath.get(named.path);
    const found = part && digests.get(part.path);
    if (!part || found?.sha256 !== named.sha256) throw new Broken(row.place, '包内没有该行所指的文件', 'the file this row speaks of is not in the package');
    if (found.sm3 !== null && named.sm3 !== null && named.sm3 !== found.sm3)
      throw new Broken({ part: part.path, offset: part.start }, 'SM3 与存证链记录不符', 'its SM3 differs from what the ledger says');
  }
}

/** What was read in the pictures: once of each, and of pictures that are there. What the words are, no ledger row says. @throws Broken */
export async function checkReadings(file: PackageFile, parts: readonly Part[], reads: readonly ReadCapture[]): Promise<void> {
  const captures = new Map(reads.map(({ capture }) => [capture.id, capture]));
  let before = '';
  for await (const { value, place } of jsonLines(file, partOf(parts, READINGS_PART))) {
    const id = textOf(value['captureId']);
    const capture = captures.get(id);
    if (!capture || id <= before || (value['sha256'] !== undefined && value['sha256'] !== capture.sha256))
      throw new Broken(place, '没有所指的图片，或重复、次序不符', 'there is no such picture, or it stands twice or not in order');
    before = id;
  }
}

/** The custody log: each row's own hash, and the link where two neighbours are there. @returns how many rows */
export async function checkCustody(file: PackageFile, parts: readonly Part[]): Promise<number> {
  let before: { seq: number; hash: string } | null = null;
  let count = 0;
  for await (const { value, place } of jsonLines(file, partOf(parts, CUSTODY))) {
    const { hash, prevHash, ...rest } = value;
    const seq = typeof value['seq'] === 'number' ? value['seq'] : Number.NaN;
    const at = { ...place, record: `audit row ${seq}` };
    if (Number.isNaN(seq) || hash !== sha256(`${textOf(prevHash)}\n${canonicalJson(rest)}`))
      throw new Broken(at, '内容与哈希不符', 'the hash does not cover this content');
    if (before && (seq <= before.seq || (seq === before.seq + 1 && prevHash !== before.hash)))
      throw new Broken(at, '与前一条不相连', 'it is not linked to the row before');
    before = { seq, hash: textOf(hash) };
    count += 1;
  }
  return count;
}
