/**
 * The digests of a package, from the outside in: CRC, SHA-256 and SM3 of every part in one reading, then
 * `datapackage-digest.json` over `datapackage.json` over all other parts, and the manifest beside it. Every part must be
 * named, every name must be a part, in the same order.
 */
import { createHash, getHashes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { Broken } from './fault.ts';
import type { PackageFile, Part } from './zip.ts';

export interface Measured {
  readonly sha256: string;
  /** Null where this Node cannot compute SM3. */
  readonly sm3: string | null;
}
export type Digests = ReadonlyMap<string, Measured>;

const MAX_LIST_BYTES = 48 * 1_048_576;
const DATAPACKAGE = 'datapackage.json';
const DIGEST = 'datapackage-digest.json';
const MANIFEST = 'pincha/manifest.json';

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
export function parseJson(text: string, place: { part: string; offset?: number; record?: string }): Json {
  try {
    return asObject(JSON.parse(text));
  } catch {
    throw new Broken(place, '内容不是 JSON', 'this is not JSON');
  }
}

async function jsonPart(file: PackageFile, parts: readonly Part[], path: string): Promise<Json> {
  const part = parts.find((p) => p.path === path);
  if (!part) throw new Broken({ part: path }, '缺少该部件', 'this part is missing');
  return parseJson((await file.content(part, MAX_LIST_BYTES)).toString('utf8'), { part: path, offset: part.start });
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

/** Checks that every part is what the lists of the package say. @throws Broken */
export async function checkLists(file: PackageFile, parts: readonly Part[], digests: Digests): Promise<Json> {
  const [last, before] = [parts.at(-1), parts.at(-2)];
  if (last?.path !== DIGEST || before?.path !== DATAPACKAGE)
    throw new Broken({ part: 'zip' }, `最后两个部件应为 ${DATAPACKAGE} 与 ${DIGEST}`, `the last two parts must be ${DATAPACKAGE} and ${DIGEST}`);
  const told = await jsonPart(file, parts, DIGEST);
  const [sha, sm] = [without('sha256:', told['hash']), without('sm3:', told['sm3'])];
  const exact = `${JSON.stringify({ hash: `sha256:${sha}`, path: DATAPACKAGE, sm3: `sm3:${sm}` })}\n`;
  if ((await file.content(last, MAX_LIST_BYTES)).toString('utf8') !== exact)
    throw new Broken({ part: DIGEST, offset: last.start }, '内容不是规定的形式', 'it is not in the prescribed form');
  const found = digests.get(DATAPACKAGE);
  if (found?.sha256 !== sha || (found.sm3 !== null && found.sm3 !== sm))
    throw new Broken({ part: DATAPACKAGE, offset: before.start }, `摘要与 ${DIGEST} 登记的不符`, `its digest differs from what ${DIGEST} says`);
  const datapackage = await jsonPart(file, parts, DATAPACKAGE);
  const resources = listed(datapackage['resources']).map((r) => ({
    path: textOf(r['path']),
    bytes: r['bytes'],
    sha256: without('sha256:', r['hash']),
    sm3: without('sm3:', r['sm3']),
  }));
  compare(resources, parts.slice(0, -2), digests, DATAPACKAGE);
  const manifest = await jsonPart(file, parts, MANIFEST);
  if (manifest['format'] !== 'pincha-package/1') throw new Broken({ part: MANIFEST }, '不认识的包格式', 'unknown format of package');
  const inner = listed(manifest['parts']).map((p) => ({ path: textOf(p['path']), bytes: p['bytes'], sha256: textOf(p['sha256']), sm3: textOf(p['sm3']) }));
  compare(inner, parts.slice(0, -3), digests, MANIFEST);
  return datapackage;
}
