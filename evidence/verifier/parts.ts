/**
 * The digests of a package, from the outside in: CRC, SHA-256 and SM3 of every part in one reading, then
 * `datapackage-digest.json` over `datapackage.json` over all other parts, and the manifest beside it. Every part must be
 * named, every name must be a part, in the same order.
 */
import { createHash, getHashes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { canonicalJson } from '../../core/digest.ts';
import { DATAPACKAGE_PART as DATAPACKAGE, DIGEST_PART as DIGEST, datapackage, datapackageDigest, type PageLine } from '../package-index.ts';
import { CASE_PART, FILES_FOLDER, MANIFEST_PART as MANIFEST, MOST_LISTED, manifest, PACKAGE_FORMAT, partNames } from '../package-parts.ts';
import { Broken, type Place } from './fault.ts';
import { type PackageFile, type Part, strictText } from './zip.ts';

export interface Measured {
  readonly sha256: string;
  /** Null where this Node cannot compute SM3. */
  readonly sm3: string | null;
}
export type Digests = ReadonlyMap<string, Measured>;

const MAX_LIST_BYTES = 32 * 1_048_576;

export const hasSm3 = getHashes().includes('sm3');

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});
/** CRC-32; early releases of Node 20 have none of their own. */
function crcOf(bytes: Buffer, before: number): number {
  if (typeof zlib.crc32 === 'function') return zlib.crc32(bytes, before);
  let c = ~before >>> 0;
  for (const byte of bytes) c = (TABLE[(c ^ byte) & 0xff] as number) ^ (c >>> 8);
  return ~c >>> 0;
}

/** SHA-256 and SM3 of bytes at hand. */
export const digestsOf = (bytes: Buffer | string): Measured => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  sm3: hasSm3 ? createHash('sm3').update(bytes).digest('hex') : null,
});

/** Reads every part once. @throws Broken for the first whose CRC tells that bytes of it changed */
export async function measure(file: PackageFile, parts: readonly Part[]): Promise<{ digests: Digests; damaged: Part | null }> {
  const digests = new Map<string, Measured>();
  let damaged: Part | null = null;
  for (const part of parts) {
    const [a, b] = [createHash('sha256'), hasSm3 ? createHash('sm3') : null];
    let crc = 0;
    for await (const chunk of file.stream(part.start, part.bytes)) {
      a.update(chunk);
      b?.update(chunk);
      crc = crcOf(chunk, crc);
    }
    digests.set(part.path, { sha256: a.digest('hex'), sm3: b?.digest('hex') ?? null });
    if (crc !== part.crc) damaged ??= part;
  }
  return { digests, damaged };
}

export type Json = Readonly<Record<string, unknown>>;
export const asObject = (value: unknown): Json => (value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {});
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** JSON of a part or a line of it. @throws Broken when it is none */
export function parseJson(text: string, place: Place): Json {
  try {
    return asObject(JSON.parse(text));
  } catch {
    throw new Broken(place, '内容不是 JSON', 'this is not JSON');
  }
}

/** Whether an object has these members and no other. @param names sorted */
export const hasExactly = (value: unknown, names: readonly string[]): boolean => Object.keys(asObject(value)).sort().join() === names.join();

/**
 * A line of JSON that is written in the one way there is: no member twice, no blank, no other form of a number or sign.
 * @param names the members it must have, sorted; left out for lines that may have any
 * @throws Broken
 */
export function exactJson(text: string, place: Place, names?: readonly string[]): Json {
  const value = parseJson(text, place);
  let written: string | null = null;
  try {
    written = canonicalJson(value);
  } catch {
    // Nested too deep to be written: nothing of ours is.
  }
  if (written !== text) throw new Broken(place, '不是规定的写法', 'this JSON is not written in the prescribed form');
  if (names && !hasExactly(value, names)) throw new Broken(place, '成员多于或少于规定', 'it has other members than prescribed');
  return value;
}

async function textPart(file: PackageFile, part: Part, max = MAX_LIST_BYTES): Promise<string> {
  return strictText(await file.content(part, max), { part: part.path, offset: part.start });
}

interface Listed {
  readonly path: string;
  readonly bytes: unknown;
  readonly sha256: string;
  readonly sm3: string;
}

const without = (prefix: string, value: unknown): string => (textOf(value).startsWith(prefix) ? textOf(value).slice(prefix.length) : '');

/** Holds a list of parts against the parts there are. @throws Broken */
function compare(list: readonly Listed[], parts: readonly Part[], digests: Digests, by: string): void {
  for (const [i, part] of parts.entries()) {
    const told = list[i];
    const place = { part: part.path, offset: part.start };
    if (told?.path !== part.path) throw new Broken(place, `${by} 没有在此位置列出该部件`, `${by} does not list this part at this place`);
    const found = digests.get(part.path);
    if (told.bytes !== part.bytes) throw new Broken(place, `长度与 ${by} 登记的不符`, `its length differs from what ${by} says`);
    if (told.sha256 !== found?.sha256) throw new Broken(place, `SHA-256 与 ${by} 登记的不符`, `its SHA-256 differs from what ${by} says`);
    if (found.sm3 !== null && told.sm3 !== found.sm3) throw new Broken(place, `SM3 与 ${by} 登记的不符`, `its SM3 differs from what ${by} says`);
  }
  if (list.length !== parts.length) throw new Broken({ part: by }, '列出了包中没有的部件', 'it lists parts that are not there');
}

const listed = (value: unknown): Json[] => (Array.isArray(value) ? value.map(asObject) : []);

/** What the two lists say beside digests, and their own text: both must be exactly what the parts make of them. */
interface ToldLists {
  readonly datapackage: { readonly part: Part; readonly text: string; readonly value: Json; readonly sm3: ReadonlyMap<string, string> };
}

/** A part must be exactly this text. @throws Broken naming the first byte that differs */
function sameAs(part: Part, text: string, expected: string): void {
  if (text === expected) return;
  const [found, wanted] = [Buffer.from(text), Buffer.from(expected)];
  let at = 0;
  while (at < found.length && found[at] === wanted[at]) at += 1;
  throw new Broken({ part: part.path, offset: part.start + at }, '内容不是规定的形式', 'it is not in the prescribed form');
}

/** Checks that every part is what the lists of the package say. @throws Broken */
export async function checkLists(file: PackageFile, parts: readonly Part[], digests: Digests): Promise<ToldLists> {
  for (const part of parts) {
    const most = MOST_LISTED[part.path];
    if (most !== undefined && part.bytes > most)
      throw new Broken({ part: part.path, offset: part.start }, `部件超过 ${most} 字节`, `the part is larger than ${most} bytes`);
  }
  const [last, before, third] = [parts.at(-1), parts.at(-2), parts.at(-3)];
  if (last?.path !== DIGEST || before?.path !== DATAPACKAGE || third?.path !== MANIFEST)
    throw new Broken(
      { part: 'zip' },
      `最后三个部件应为 ${MANIFEST}、${DATAPACKAGE} 与 ${DIGEST}`,
      `the last parts must be ${MANIFEST}, ${DATAPACKAGE} and ${DIGEST}`,
    );
  const digest = await textPart(file, last);
  const told = parseJson(digest, { part: DIGEST, offset: last.start });
  const [sha, sm] = [without('sha256:', told['hash']), without('sm3:', told['sm3'])];
  sameAs(last, digest, datapackageDigest({ path: DATAPACKAGE, sha256: sha, sm3: sm }));
  const found = digests.get(DATAPACKAGE);
  if (found?.sha256 !== sha || (found.sm3 !== null && found.sm3 !== sm))
    throw new Broken({ part: DATAPACKAGE, offset: before.start }, `摘要与 ${DIGEST} 登记的不符`, `its digest differs from what ${DIGEST} says`);
  const text = await textPart(file, before);
  const value = parseJson(text, { part: DATAPACKAGE, offset: before.start });
  const resources = listed(value['resources']).map((r) => ({
    path: textOf(r['path']),
    bytes: r['bytes'],
    sha256: without('sha256:', r['hash']),
    sm3: without('sm3:', r['sm3']),
  }));
  compare(resources, parts.slice(0, -2), digests, DATAPACKAGE);
  const ofParts = await textPart(file, third);
  const inner = parseJson(ofParts, { part: MANIFEST, offset: third.start });
  if (inner['format'] !== PACKAGE_FORMAT) throw new Broken({ part: MANIFEST }, '不认识的包格式', 'unknown format of package');
  const named = listed(inner['parts']).map((p) => ({ path: textOf(p['path']), bytes: Number(p['bytes']), sha256: textOf(p['sha256']), sm3: textOf(p['sm3']) }));
  compare(named, parts.slice(0, -3), digests, MANIFEST);
  sameAs(third, ofParts, manifest(textOf(value['created']), named));
  return { datapackage: { part: before, text, value, sm3: new Map(resources.map(({ path, sm3 }) => [path, sm3])) } };
}

/** The file that opens the archive elsewhere says only what parts and pages make of it; which of them it begins with is free. @throws Broken */
export function checkDatapackage(
  { datapackage: { part, text, value, sm3 } }: ToldLists,
  parts: readonly Part[],
  digests: Digests,
  pages: readonly PageLine[],
): void {
  const written = parts.slice(0, -2).map((p) => ({ ...p, sha256: digests.get(p.path)?.sha256 ?? '', sm3: sm3.get(p.path) ?? '' }));
  const created = new Date(textOf(value['created']));
  if (Number.isNaN(created.getTime())) throw new Broken({ part: part.path, offset: part.start }, '内容不是规定的形式', 'it is not in the prescribed form');
  const mainPage = pages.find(({ url, at }) => url === value['mainPageUrl'] && at.toISOString() === value['mainPageDate']) ?? pages[0] ?? null;
  const [title, description, software] = [textOf(value['title']), textOf(value['description']), textOf(value['software'])];
  sameAs(part, text, datapackage(written, { title, description, created, software, mainPage }));
}

/** Case data may say anything, in one way of writing. @throws Broken */
export async function checkCaseData(file: PackageFile, parts: readonly Part[]): Promise<void> {
  const part = parts.find((p) => p.path === CASE_PART);
  if (!part) throw new Broken({ part: CASE_PART }, '缺少该部件', 'this part is missing');
  const text = await textPart(file, part, MOST_LISTED[CASE_PART]);
  const value = parseJson(text, { part: part.path, offset: part.start });
  let written = '';
  try {
    written = `${JSON.stringify(value, null, 1)}\n`;
  } catch {
    // Nested too deep to be written.
  }
  sameAs(part, text, written);
}

/** The parts there must be, each in its place, and none beside them. @param files paths the list of captures names @throws Broken */
export function checkNames(parts: readonly Part[], files: Iterable<string>, revisits: boolean): void {
  const names = partNames(files, revisits);
  const known = new Set(names);
  const stranger = parts.find((p) => !known.has(p.path));
  if (stranger?.path.startsWith(FILES_FOLDER))
    throw new Broken({ part: stranger.path, offset: stranger.start }, '存证链中没有该文件的记录', 'the ledger has no row of this file');
  if (stranger) throw new Broken({ part: stranger.path, offset: stranger.start }, '包内不应有该部件', 'a package has no such part');
  for (const [i, name] of names.entries()) {
    const part = parts[i];
    if (part?.path === name) continue;
    if (!parts.some((p) => p.path === name)) throw new Broken({ part: name }, '缺少该部件', 'this part is missing');
    throw new Broken({ part: name, ...(part ? { offset: part.start } : {}) }, '部件次序不符', 'the parts do not stand in the prescribed order');
  }
}
