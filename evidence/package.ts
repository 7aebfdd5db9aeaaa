/**
 * Builds the evidence package of one case: a WACZ that public tools replay, and beside the web archive everything
 * another office needs to check it without us: the ledger rows of its captures, page shots and texts, the custody log,
 * the printable record, a manifest with SHA-256 and SM3 of every part, and the verifier itself. WARC records are
 * copied byte by byte as they were sealed, so what the ledger says of them can be recomputed. One record is in memory
 * at a time; of each capture only its facts are kept.
 */
import { canonicalJson } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import type { CaptureKind } from '../core/model/capture.ts';
import { type SealState, sealState, weakestSeal } from '../core/model/seal-state.ts';
import type { ContentStore, SealedPlace } from '../core/ports.ts';
import { type LedgerRow, readPayload } from './ledger.ts';
import {
  DATAPACKAGE_PART,
  DIGEST_PART,
  datapackage,
  datapackageDigest,
  INDEX_PART,
  indexOf,
  PAGES_PART,
  type PageLine,
  pageLines,
  pagesOf,
  type RecordPlace,
  WARC_PART,
} from './package-index.ts';
import {
  CAPTURES_PART,
  CASE_PART,
  CUSTODY_PART,
  filesOfRows,
  LEDGER_PART,
  MANIFEST_PART,
  MOST_LISTED,
  manifest,
  type NamedFile,
  PROOFS_PART,
  READINGS_PART,
  REVISITS_PART,
  REVISITS_WARC,
  ROOTS_PART,
} from './package-parts.ts';
import { readStatement } from './root.ts';
import type { StoredSeal } from './seal.ts';
import { placeName, recordOf } from './warc.ts';
import { type Sink, type WrittenFile, type WrittenPart, ZipWriter } from './zip-writer.ts';

export const MAX_PACKAGED_CAPTURES = 20_000;

/** One sealed look, with every ledger row about it in order of `seq`. */
export interface PackagedCapture extends SealedPlace {
  readonly id: string;
  readonly kind: CaptureKind;
  readonly url: string;
  readonly finalUrl: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly via: string;
  readonly fetchedAt: Date;
  /** What a reader calls the page; null where nobody read one from it. */
  readonly title: string | null;
  readonly rows: readonly LedgerRow[];
}

/** An answer that said that a packaged capture still stood (304), with its ledger row. */
export interface PackagedRevisit {
  readonly id: string;
  /** The capture it confirms. */
  readonly of: string;
  readonly url: string;
  readonly status: number | null;
  readonly fetchedAt: Date;
  readonly warcFile: string;
  readonly warcOffset: number;
  readonly warcLength: number;
  readonly rows: readonly LedgerRow[];
}

/** What is known of a packaged capture once its records were copied. */
export interface PackagedLine {
  readonly id: string;
  readonly kind: string;
  readonly url: string;
  readonly finalUrl: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly via: string;
  readonly fetchedAt: string;
  readonly mediaType: string | null;
  readonly size: number;
  readonly sha256: string;
  readonly sm3: string;
  readonly title: string | null;
  /** In `archive/data.warc.gz`. `info` stands once for each file the records were sealed in. */
  readonly response: RecordPlace;
  readonly request: RecordPlace | null;
  readonly info: RecordPlace | null;
  /** Shots and texts made of it, as named in the package. */
  readonly files: readonly NamedFile[];
}

/** The same of an answer without a body; its records stand in `archive/revisits.warc.gz`. */
export interface PackagedRevisitLine extends Pick<PackagedLine, 'id' | 'url' | 'finalUrl' | 'status' | 'fetchedAt' | 'response' | 'request' | 'info'> {
  readonly of: string;
}

export interface PackageInput {
  readonly title: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly software: string;
  readonly captures: AsyncIterable<PackagedCapture> | Iterable<PackagedCapture>;
  /** Later answers that said that captures of the package still stood. */
  readonly revisits?: AsyncIterable<PackagedRevisit> | Iterable<PackagedRevisit>;
  /** Captures that show what the case is about, the weightiest first: readers begin with the first of them that is a page. */
  readonly shows?: readonly string[];
  /** `pincha/case.json`: the case and its findings. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Rows of the audit log about the case, its posts, captures and notices, oldest first. */
  readonly custody: AsyncIterable<Readonly<Record<string, unknown>>> | Iterable<Readonly<Record<string, unknown>>>;
  /** What was read in the pictures. */
  readonly readings: AsyncIterable<Readonly<Record<string, unknown>>> | Iterable<Readonly<Record<string, unknown>>>;
  /** Finds the roots these ledger rows stand under, with what vouches for them; rows whose day has no root yet are left out. */
  readonly prove: (seqs: readonly number[]) => Promise<readonly ProvenRoot[]>;
  /** Makes the printable record from what stands in the package already. */
  readonly record: (
    captures: readonly PackagedLine[],
    parts: readonly WrittenPart[],
    standing: PackageStanding,
    revisits: readonly PackagedRevisitLine[],
  ) => string;
  /** The verifier as it is shipped. */
  readonly verifier: Buffer;
  /** How to check the package, for people. */
  readonly readme: string;
}

/** A root of the ledger, what vouches for it, and the way to it from each row of the package. */
export interface ProvenRoot {
  /** Canonical text of the root, see `root.ts`. */
  readonly statement: string;
  readonly seals: readonly StoredSeal[];
  readonly paths: ReadonlyMap<number, readonly string[]>;
}

/** How far the rows of a package are vouched for. */
export interface PackageStanding {
  readonly state: SealState;
  readonly rows: number;
  /** Rows that stand under a root. */
  readonly proven: number;
  readonly roots: readonly ProvenRoot[];
}

export interface PackageSources {
  /** The stored bytes of a sealed record. @throws EVIDENCE_BROKEN */
  readonly raw: (warcFile: string, offset: number, length: number) => Promise<Buffer>;
  readonly content: ContentStore;
}

export interface BuiltPackage extends WrittenFile {
  readonly captures: number;
  readonly parts: readonly WrittenPart[];
  /** The page a replay begins with. */
  readonly first: PageLine | null;
}

/** The weakest of the roots speaks for all; a row under no root is vouched for by nobody. */
function standingOf(rows: number, roots: readonly ProvenRoot[]): PackageStanding {
  const proven = roots.reduce((n, r) => n + r.paths.size, 0);
  const states = roots.map((r) => sealState(r.seals.map((s) => s.kind)));
  return { state: proven < rows ? 'unsigned' : weakestSeal(states), rows, proven, roots };
}

const rootLine = ({ statement, seals }: ProvenRoot) => ({
  statement,
  seals: seals.map(({ kind, algorithm, value, publicKey, nonce, authority, at }) => {
    // A number, in the one way to write it.
    const number = nonce?.replace(/^0+(?=.)/, '') ?? null;
    return { kind, algorithm, value, publicKey, nonce: number, authority, at: at.toISOString() };
  }),
});

function* proofLines(roots: readonly ProvenRoot[]): Generator<{ rootNo: unknown; seq: number; path: readonly string[] }> {
  for (const { statement, paths } of roots) for (const [seq, path] of paths) yield { rootNo: readStatement(statement)?.no, seq, path };
}

const COMPANION = /^(\d{1,12}) sha256:[0-9a-f]{64}$/;

const line = (value: unknown): string => `${canonicalJson(value)}\n`;

/** Copies records into the package's WARC and remembers where they came to stand. */
class Archive {
  readonly lines: PackagedLine[] = [];
  readonly revisits: PackagedRevisitLine[] = [];
  readonly rows: LedgerRow[] = [];
  readonly blobs = new Map<string, string>();
  readonly #infos = new Set<string>();
  readonly #sources: PackageSources;
  #end = 0;

  constructor(sources: PackageSources) {
    this.#sources = sources;
  }

  /** Another file begins. */
  begin(): void {
    this.#end = 0;
    this.#infos.clear();
  }

  async #put(sink: Sink, bytes: Buffer): Promise<RecordPlace> {
    const place = { offset: this.#end, length: bytes.length };
    await sink(bytes);
    this.#end += bytes.length;
    return place;
  }

  /** The record a response names as its companion, or null when it names none. */
  async #companion(file: string, told: string | undefined, endsAt: number | null): Promise<Buffer | null> {
    const length = Number(told ? COMPANION.exec(told)?.[1] : Number.NaN);
    return Number.isSafeInteger(length) ? this.#sources.raw(file, endsAt === null ? 0 : endsAt - length, length) : null;
  }

  /** Copies the records of an answer without a body; they stand in a file of their own, which no replay needs. */
  async copyRevisit(c: PackagedRevisit, sink: Sink): Promise<void> {
    const { fields, ...places } = await this.#records(c, sink);
    this.rows.push(...c.rows);
    const { id, of, url, status } = c;
    this.revisits.push({ id, of, url, status, fetchedAt: c.fetchedAt.toISOString(), finalUrl: fields.get('warc-target-uri') ?? url, ...places });
  }

  async #records(c: Pick<PackagedCapture, 'warcFile' | 'warcOffset' | 'warcLength'>, sink: Sink) {
    const stored = await this.#sources.raw(c.warcFile, c.warcOffset, c.warcLength);
    const { fields } = await recordOf(stored, placeName(c));
    const fresh = !this.#infos.has(c.warcFile);
    this.#infos.add(c.warcFile);
    const info = fresh ? await this.#companion(c.warcFile, fields.get('pincha-warcinfo-bytes'), null) : null;
    const request = await this.#companion(c.warcFile, fields.get('pincha-request-bytes'), c.warcOffset);
    const places = { info: info && (await this.#put(sink, info)), request: request && (await this.#put(sink, request)) };
    return { fields, ...places, response: await this.#put(sink, stored) };
  }

  async copy(c: PackagedCapture, sink: Sink): Promise<void> {
    const { fields, ...places } = await this.#records(c, sink);
    this.rows.push(...c.rows);
    const { id, kind, url, outcome, status, via, mediaType, size, sha256, sm3, title } = c;
    const facts = { id, kind, url, outcome, status, via, mediaType, size, sha256, sm3, title, fetchedAt: c.fetchedAt.toISOString() };
    // The index and the pages speak of the address the record itself names.
    this.lines.push({ ...facts, finalUrl: fields.get('warc-target-uri') ?? c.finalUrl, ...places, files: this.#files(c.rows) });
  }

  #files(rows: readonly LedgerRow[]): readonly NamedFile[] {
    const files = filesOfRows(rows.map(({ kind, payload }) => ({ kind, data: (readPayload(payload)?.data ?? {}) as Readonly<Record<string, unknown>> })));
    for (const { path, sha256 } of files) this.blobs.set(path, sha256);
    return files;
  }
}

/** A list that whoever checks the package could not hold is not handed out. */
function bounded(part: WrittenPart): void {
  const most = MOST_LISTED[part.path];
  if (most !== undefined && part.bytes > most) throw new PinchaError('INPUT_INVALID', { field: 'case', reason: `${part.path} 超过 ${most} 字节，请分案导出` });
}

async function addLines(zip: ZipWriter, path: string, values: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
  const part = await zip.add(path, async (sink) => {
    for await (const value of values) await sink(Buffer.from(line(value), 'utf8'));
  });
  bounded(part);
}

async function addFiles(zip: ZipWriter, archive: Archive, content: ContentStore): Promise<void> {
  for (const [path, digest] of [...archive.blobs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = await content.get(digest);
    if (!bytes) throw new PinchaError('EVIDENCE_BROKEN', { place: `blob/${digest}`, reason: '文件不存在' });
    await zip.addBytes(path, bytes);
  }
}

async function addRevisits(zip: ZipWriter, input: PackageInput, archive: Archive): Promise<void> {
  const found: PackagedRevisit[] = [];
  for await (const revisit of input.revisits ?? []) found.push(revisit);
  if (found.length === 0) return;
  found.sort((a, b) => (a.id < b.id ? -1 : 1));
  archive.begin();
  await zip.add(REVISITS_WARC, async (sink) => {
    for (const revisit of found) await archive.copyRevisit(revisit, sink);
  });
  await addLines(zip, REVISITS_PART, archive.revisits);
}

/** The archive that public tools read: records, index, pages. @returns the page to begin with */
async function addArchive(zip: ZipWriter, input: PackageInput, archive: Archive): Promise<PageLine | null> {
  await zip.add(WARC_PART, async (sink) => {
    for await (const capture of input.captures) {
      if (archive.lines.length >= MAX_PACKAGED_CAPTURES)
        throw new PinchaError('INPUT_INVALID', { field: 'case', reason: `存证件超过 ${MAX_PACKAGED_CAPTURES} 件，请分案导出` });
      await archive.copy(capture, sink);
    }
  });
  await addRevisits(zip, input, archive);
  await zip.addBytes(INDEX_PART, indexOf(archive.lines));
  const pages = pagesOf(archive.lines);
  await zip.addBytes(PAGES_PART, pageLines(pages));
  const byId = new Map(pages.map((page) => [page.id, page]));
  const shown = input.shows?.map((id) => byId.get(id)).find((page) => page !== undefined);
  return shown ?? pages[0] ?? null;
}

async function write(zip: ZipWriter, input: PackageInput, sources: PackageSources): Promise<BuiltPackage> {
  const archive = new Archive(sources);
  const mainPage = await addArchive(zip, input, archive);
  await addFiles(zip, archive, sources.content);
  await addLines(zip, CAPTURES_PART, archive.lines);
  await addLines(
    zip,
    LEDGER_PART,
    archive.rows
      .sort((a, b) => a.seq - b.seq)
      .map(({ seq, kind, refId, payload, prevHash, hash, at }) => ({ seq, kind, refId, payload, prevHash, hash, at: at.toISOString() })),
  );
  const roots = await input.prove(archive.rows.map((row) => row.seq));
  await addLines(zip, ROOTS_PART, roots.map(rootLine));
  await addLines(zip, PROOFS_PART, proofLines(roots));
  await addLines(zip, READINGS_PART, input.readings);
  await addLines(zip, CUSTODY_PART, input.custody);
  bounded(await zip.addBytes(CASE_PART, `${JSON.stringify(input.facts, null, 1)}\n`));
  await zip.addBytes('pincha/record.html', input.record(archive.lines, zip.parts, standingOf(archive.rows.length, roots), archive.revisits));
  await zip.addBytes('README.txt', input.readme);
  await zip.addBytes('verify.mjs', input.verifier);
  await zip.addBytes(MANIFEST_PART, manifest(input.createdAt.toISOString(), zip.parts));
  const { title, description, createdAt: created, software } = input;
  const told = await zip.addBytes(DATAPACKAGE_PART, datapackage(zip.parts, { title, description, created, software, mainPage }));
  await zip.addBytes(DIGEST_PART, datapackageDigest(told));
  const parts = [...zip.parts];
  return { ...(await zip.finish()), captures: archive.lines.length, parts, first: mainPage };
}

/**
 * Writes the package of one case to a new file.
 * @param file must not exist; nothing is left there when the package cannot be made
 * @throws EVIDENCE_BROKEN when something sealed does not hold, INPUT_INVALID when the case is too large for one package
 */
export async function buildPackage(file: string, input: PackageInput, sources: PackageSources): Promise<BuiltPackage> {
  const zip = await ZipWriter.create(file);
  try {
    return await write(zip, input, sources);
  } catch (thrown) {
    await zip.abandon();
    throw thrown;
  }
}
