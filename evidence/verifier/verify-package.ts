/**
 * Checks one package from the outside in and stops at the first thing that does not hold: the ZIP's own bytes, every
 * part's digests, the records of the web archive, the ledger's rows and proofs, signature and time-stamp. Reads the
 * file only; extracts nothing, writes nothing, asks nobody.
 */
import { open } from 'node:fs/promises';
import { pagesOf, WARC_PART } from '../package-index.ts';
import { CUSTODY_PART, LEDGER_PART, REVISITS_WARC } from '../package-parts.ts';
import { Broken, type Fault } from './fault.ts';
import { checkAgainstLedger, checkCustody, checkReadings, readRows } from './ledger.ts';
import { type Origin, originOf, type Words } from './origin.ts';
import { asObject, checkCaseData, checkDatapackage, checkLists, checkNames, hasSm3, measure, textOf } from './parts.ts';
import { checkIndex, type ReadCapture, walkArchive } from './records.ts';
import { checkRevisits, walkRevisits } from './revisits.ts';
import { checkRoots, fingerprintOfPem, type RootsReport } from './roots.ts';
import { PackageFile, type Part, readParts } from './zip.ts';

export interface PackageReport extends Omit<RootsReport, 'proven'> {
  readonly ok: boolean;
  readonly first: Fault | null;
  /** SHA-256 of the whole file; null when something in it does not hold. */
  readonly sha256: string | null;
  /** What speaks for where it comes from, and what this check leaves open; both say nothing of a package that does not hold. */
  readonly origin: Origin;
  readonly notProven: readonly Words[];
  readonly checked: {
    readonly parts: number;
    readonly captures: number;
    readonly revisits: number;
    readonly rows: number;
    readonly proven: number;
    readonly custody: number;
  };
  /** False where this Node cannot compute SM3: SHA-256 alone was checked. */
  readonly sm3: boolean;
}

export interface VerifyOptions {
  /** SHA-256 of the whole file as the issuing office gave it by another way. */
  readonly sha256?: string;
  /** The office's public key as PEM, got by another way. */
  readonly rootKey?: string;
  /** Certificates of time-stamp authorities that are trusted, PEM. */
  readonly tsaCa?: readonly string[];
}

/** For a part whose bytes changed: the record of the archive or the row that holds them, when it can be told. */
async function narrow(file: PackageFile, parts: readonly Part[], damaged: Part): Promise<Fault | null> {
  try {
    if (damaged.path === WARC_PART) await walkArchive(file, parts, () => undefined);
    if (damaged.path === REVISITS_WARC) for await (const _ of walkRevisits(file, parts));
    if (damaged.path === LEDGER_PART) await readRows(file, parts);
    if (damaged.path === CUSTODY_PART) await checkCustody(file, parts);
  } catch (thrown) {
    if (thrown instanceof Broken && thrown.fault.part === damaged.path) return thrown.fault;
  }
  return null;
}

async function wholeDigest(file: PackageFile): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for await (const chunk of file.stream(0, file.bytes)) hash.update(chunk);
  return hash.digest('hex');
}

async function damageOf(file: PackageFile, parts: readonly Part[], damaged: Part): Promise<Broken> {
  const found = await narrow(file, parts, damaged);
  const place = found ?? { part: damaged.path, offset: damaged.start };
  const where = found ? { zh: `：${found.zh}`, en: `: ${found.en}` } : { zh: '', en: '' };
  return new Broken(place, `部件内容已改变（CRC-32 不符）${where.zh}`, `the content of the part was changed (CRC-32)${where.en}`);
}

interface Counts {
  parts: number;
  captures: number;
  revisits: number;
  rows: number;
  proven: number;
  custody: number;
}

/** Paths of files; that they are those of the ledger was checked before. */
const filesOf = (files: unknown): string[] => (Array.isArray(files) ? files.map((file) => textOf(asObject(file)['path'])) : []);

interface Sound extends RootsReport {
  readonly sha256: string;
}

async function check(file: PackageFile, counts: Counts, options: VerifyOptions): Promise<Sound> {
  const parts = await readParts(file);
  counts.parts = parts.length;
  const { digests, damaged } = await measure(file, parts);
  if (damaged) throw await damageOf(file, parts, damaged);
  const lists = await checkLists(file, parts, digests);
  const sha256 = await wholeDigest(file);
  if (options.sha256 !== undefined && sha256 !== options.sha256.toLowerCase())
    throw new Broken({ part: 'zip' }, '整包 SHA-256 与给出的不符', 'the SHA-256 of the whole file differs from the one given');
  const reads: ReadCapture[] = [];
  counts.captures = await walkArchive(file, parts, (read) => reads.push(read));
  const rows = await readRows(file, parts);
  counts.rows = rows.length;
  const revisits = await checkRevisits(file, parts, reads, rows);
  counts.revisits = revisits.size;
  checkAgainstLedger(reads, rows, parts, digests, revisits);
  const captures = reads.map(({ capture }) => capture);
  const files = captures.flatMap((capture) => filesOf(capture.files));
  checkNames(
    parts,
    files,
    parts.some((p) => p.path === REVISITS_WARC),
  );
  await checkIndex(file, parts, captures);
  checkDatapackage(lists, parts, digests, pagesOf(captures));
  await checkReadings(file, parts, reads);
  await checkCaseData(file, parts);
  counts.custody = await checkCustody(file, parts);
  const key = options.rootKey === undefined ? undefined : fingerprintOfPem(options.rootKey);
  if (key === null) throw new Broken({ part: '--root-key' }, '给出的文件不是 PEM 公钥', 'the file given is no public key in PEM');
  const roots = await checkRoots(file, parts, rows, { ...(key ? { keys: [key] } : {}), ...(options.tsaCa ? { anchors: options.tsaCa } : {}) });
  counts.proven = roots.proven;
  if (key && roots.state === 'unsigned')
    throw new Broken({ part: 'pincha/roots.jsonl' }, '给出了公钥，但并非每一行都有签名的日根', 'a key was given, but not every row stands under a signed root');
  return { ...roots, sha256 };
}

/**
 * Checks a package. Never throws for what is wrong inside it: the report says so.
 * @throws the system's error when the file cannot be opened
 */
export async function verifyPackage(path: string, options: VerifyOptions = {}): Promise<PackageReport> {
  const handle = await open(path, 'r');
  const counts: Counts = { parts: 0, captures: 0, revisits: 0, rows: 0, proven: 0, custody: 0 };
  try {
    const file = new PackageFile(handle, (await handle.stat()).size);
    const { state, keys, times, roots, sha256 } = await check(file, counts, options);
    const brought = { digest: options.sha256 !== undefined, key: options.rootKey !== undefined, anchors: options.tsaCa !== undefined };
    return { ok: true, state, ...originOf({ state, times }, brought), sha256, roots, keys, times, first: null, checked: counts, sm3: hasSm3 };
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown;
    const nothing = { state: 'unsigned', origin: 'not proven', notProven: [], sha256: null, roots: [], keys: [], times: [] } as const;
    return { ok: false, ...nothing, first: thrown.fault, checked: counts, sm3: hasSm3 };
  } finally {
    await handle.close();
  }
}
